//! Listings as streams: of their items, or of whole answers.

mod cursor;
mod fetch;

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;

use crate::action::Action;
use crate::client::Client;
use crate::error::{Error, Result};

use cursor::Walk;
use fetch::Fetch;

/// The request of an action whose answers come in pages: what [`Client::paginate`] takes.
///
/// Implemented for those requests and for no others. Most actions answer everything at once and have a method of
/// [`Client`] only.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the request of an action with pages",
    label = "its action answers everything at once",
    note = "call the action's own method of `Client` instead: one answer of it holds everything",
    note = "requests are taken by value: `client.paginate(request)`, not `client.paginate(&request)`"
)]
pub trait Paginated: Clone + Send + Sync + Sized + 'static {
    /// The action.
    type Action: Action<Request = Self, Response: Send + 'static>;
    /// What the pages list.
    type Item: Send + 'static;

    /// Where the request says which page it asks for.
    #[doc(hidden)]
    fn cursor(&mut self) -> Cursor<'_>;

    /// What an answer says of the page after it.
    #[doc(hidden)]
    fn next(answer: &Answer<Self>) -> Next<'_>;

    /// The items of an answer.
    #[doc(hidden)]
    fn items(answer: Answer<Self>) -> Vec<Self::Item>;
}

/// The answer to a request with pages.
pub type Answer<R> = <<R as Paginated>::Action as Action>::Response;

/// The fields of a request that say which page it asks for.
#[derive(Debug)]
pub enum Cursor<'a> {
    /// The page that a token stands for, which the answer before gave.
    Token {
        /// `NextPageToken`.
        token: &'a mut Option<String>,
        /// `ResultsPerPage`.
        size: &'a mut Option<i64>,
    },
    /// The page that begins after so many items.
    FirstItem {
        /// `FirstItem`.
        first: &'a mut Option<i64>,
        /// `ResultsPerPage`.
        size: &'a mut Option<i64>,
    },
}

/// What an answer says of the page after it.
#[derive(Clone, Copy, Debug)]
pub enum Next<'a> {
    /// There is one if there is a token.
    Token {
        /// How many items this answer has.
        count: usize,
        /// `NextPageToken`.
        token: Option<&'a str>,
    },
    /// There is one if the answer says so.
    FirstItem {
        /// How many items this answer has.
        count: usize,
        /// `HasMoreItems`.
        more: Option<bool>,
    },
    /// There is none.
    End,
}

impl Client {
    /// Reads a listing page by page, as one stream of its items.
    ///
    /// Nothing is sent before the first item is asked for. The request says what is listed; a place in it, such as
    /// a `next_page_token`, is where the stream begins. Every fetch is a call like any other, with the settings of
    /// this client: retries, time-outs, rate limit.
    ///
    /// ```no_run
    /// # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
    /// use osc_api::types::ReadVmsRequest;
    ///
    /// let mut vms = client.paginate(ReadVmsRequest::new());
    /// while let Some(vm) = vms.try_next().await? {
    ///     println!("{}", vm.vm_id.unwrap_or_default());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The request of an action that answers everything at once does not compile here; the action's own method is
    /// all that it needs:
    ///
    /// ```compile_fail,E0277
    /// # async fn example(client: osc_api::Client) {
    /// use osc_api::types::ReadRegionsRequest;
    ///
    /// let regions = client.paginate(ReadRegionsRequest::new());
    /// # }
    /// ```
    pub fn paginate<R: Paginated>(&self, request: R) -> Items<R> {
        let pages = Pages { client: self.clone(), walk: Walk::new(request), fetch: None, ahead: 0 };
        Items { pages, items: Vec::new().into_iter() }
    }
}

/// The items of a listing, one after the other: what [`Client::paginate`] gives.
///
/// It is a [`Stream`], and [`next`](Self::next) needs no other crate. At any time it holds one page (and those
/// fetched ahead), however many there are.
///
/// # Errors
/// A page that cannot be fetched is an item of the stream that is an error. All items before it were given, and
/// asking for the next one fetches that page again: nothing is lost, nothing comes twice. The stream ends
/// - after an error that no repetition can mend ([`Error::is_pagination`]): the server gives a page token twice,
///   claims more items after an empty page, or does not take its token any more because it is too old;
/// - when a page fails twice in a row for a reason that does not pass by waiting
///   ([`Error::is_retryable`] is false), so that a loop that goes on after errors has an end. [`next_page`]
///   still tells from where to begin again.
///
/// A future of this type can be dropped at any point: the next one goes on with the page that was on its way.
///
/// [`next_page`]: Self::next_page
#[must_use = "a stream does nothing until it is asked for its items"]
pub struct Items<R: Paginated> {
    pages: Pages<R>,
    items: vec::IntoIter<R::Item>,
}

/// The answers of a listing, page after page: what [`Items::pages`] gives.
///
/// It is a [`Stream`], and [`next`](Self::next) needs no other crate. Its errors are those of [`Items`].
#[must_use = "a stream does nothing until it is asked for its pages"]
pub struct Pages<R: Paginated> {
    client: Client,
    walk: Walk<R>,
    fetch: Option<Fetch<R>>,
    ahead: usize,
}

impl<R: Paginated> Items<R> {
    /// How many items the server is asked to put on a page. It may put less. Default: what the request says, else
    /// 1000, which is the most that the API allows, or the server's own 100 where a listing goes by `FirstItem`.
    ///
    /// Set it before the first item is asked for.
    pub fn page_size(mut self, items: u32) -> Self {
        self.pages.walk.set_size(items);
        self
    }

    /// How many pages are fetched ahead, in a task of their own, while the items before them are worked on.
    /// Default: 0, so that each page is fetched when it is needed.
    ///
    /// As each page tells where the next one is, they are fetched one after the other, and all of them are kept in
    /// memory. What was fetched ahead is dropped with the stream.
    ///
    /// Set it before the first item is asked for.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.pages.ahead = pages;
        self
    }

    /// The stream of whole answers in place of that of their items.
    ///
    /// Choose it before the first item is asked for: the rest of a page that was begun is dropped.
    pub fn pages(self) -> Pages<R> {
        self.pages
    }

    /// The next item, or `None` after the last one.
    ///
    /// ```no_run
    /// # async fn example(client: osc_api::Client) {
    /// use osc_api::types::ReadSnapshotsRequest;
    ///
    /// let mut snapshots = client.paginate(ReadSnapshotsRequest::new()).page_size(100).prefetch(1);
    /// while let Some(snapshot) = snapshots.next().await {
    ///     match snapshot {
    ///         Ok(snapshot) => println!("{:?}", snapshot.snapshot_id),
    ///         // The same page is fetched again, or this was the end.
    ///         Err(error) => eprintln!("{error}"),
    ///     }
    /// }
    /// # }
    /// ```
    pub async fn next(&mut self) -> Option<Result<R::Item>> {
        poll_fn(|context| self.poll(context)).await
    }

    /// The same as [`next`](Self::next), for the operator `?`.
    ///
    /// # Errors
    /// Those of the page that had to be fetched.
    pub async fn try_next(&mut self) -> Result<Option<R::Item>> {
        self.next().await.transpose()
    }

    /// All items that are still to come, in a collection such as `Vec`.
    ///
    /// ```no_run
    /// # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
    /// use osc_api::types::ReadVolumesRequest;
    ///
    /// let volumes: Vec<_> = client.paginate(ReadVolumesRequest::new()).try_collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The first one of any page. What was collected until then is dropped: use [`next`](Self::next) to keep it.
    pub async fn try_collect<C: Default + Extend<R::Item>>(mut self) -> Result<C> {
        let mut all = C::default();
        while let Some(item) = self.try_next().await? {
            // What is left of the page comes with it, at once.
            all.extend([item].into_iter().chain(self.items.by_ref()));
        }
        Ok(all)
    }

    /// The request that the next page is fetched with, once the items of the current one are used up; `None` when
    /// there is no page left, or no way to it.
    ///
    /// A listing can go on from there later, even in another process: keep the request, or the `next_page_token`
    /// or `first_item` in it. Tokens expire. The items of the current page that were not given yet are not on the
    /// next one; with [`pages`](Self::pages) a page is always given as a whole.
    pub fn next_page(&self) -> Option<&R> {
        self.pages.next_page()
    }

    /// Sends its requests through this client from now on.
    #[cfg(feature = "blocking")]
    pub(crate) fn through(&mut self, client: Client) {
        self.pages.through(client);
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<R::Item>>> {
        loop {
            if let Some(item) = self.items.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.pages.poll(context)) {
                Some(Ok(answer)) => self.items = R::items(answer).into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<R: Paginated> Pages<R> {
    /// The next answer, or `None` after the last one.
    ///
    /// ```no_run
    /// # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
    /// use osc_api::types::ReadUsersRequest;
    ///
    /// let mut pages = client.paginate(ReadUsersRequest::new()).pages();
    /// while let Some(page) = pages.try_next().await? {
    ///     println!("{} users", page.users.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn next(&mut self) -> Option<Result<Answer<R>>> {
        poll_fn(|context| self.poll(context)).await
    }

    /// The same as [`next`](Self::next), for the operator `?`.
    ///
    /// # Errors
    /// Those of the page that had to be fetched.
    pub async fn try_next(&mut self) -> Result<Option<Answer<R>>> {
        self.next().await.transpose()
    }

    /// The request that the next page is fetched with; `None` when there is none left, or no way to it.
    ///
    /// A listing can go on from there later, even in another process: keep the request, or the `next_page_token`
    /// or `first_item` in it. Tokens expire.
    pub fn next_page(&self) -> Option<&R> {
        self.walk.place().map(|request| &**request)
    }

    /// Sends its requests through this client from now on.
    #[cfg(feature = "blocking")]
    pub(crate) fn through(&mut self, client: Client) {
        self.client = client;
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Answer<R>>>> {
        loop {
            if let Some(reason) = self.walk.take_dead_end() {
                return Poll::Ready(Some(Err(Error::pagination(R::Action::NAME, reason))));
            }
            let Some(request) = self.walk.wanted() else {
                self.fetch = None;
                return Poll::Ready(None);
            };
            let fetch = self.fetch.get_or_insert_with(|| match self.ahead {
                0 => Fetch::one(&self.client, request),
                pages => Fetch::ahead(&self.client, request, &self.walk, pages),
            });
            let Some(result) = ready!(fetch.poll(context)) else {
                // It went with its runtime: this page is fetched in the one that is here.
                self.fetch = Some(Fetch::one(&self.client, request));
                continue;
            };
            if result.is_err() || matches!(fetch, Fetch::One(_)) {
                self.fetch = None;
            }
            return Poll::Ready(Some(match result {
                Ok(answer) => {
                    self.walk.advance(&answer);
                    Ok(answer)
                }
                Err(error) => Err(self.walk.failed(error)),
            }));
        }
    }
}

// Nothing inside is ever pinned in place.
impl<R: Paginated> Unpin for Items<R> {}
impl<R: Paginated> Unpin for Pages<R> {}

impl<R: Paginated> Stream for Items<R> {
    type Item = Result<R::Item>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(context)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let here = self.items.len();
        (here, self.pages.walk.is_over().then_some(here))
    }
}

impl<R: Paginated> Stream for Pages<R> {
    type Item = Result<Answer<R>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(context)
    }
}

impl<R: Paginated> fmt::Debug for Items<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pages, items } = self;
        f.debug_struct("Items").field("pages", pages).field("left_of_page", &items.len()).finish()
    }
}

impl<R: Paginated> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("action", &R::Action::NAME)
            .field("ahead", &self.ahead)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

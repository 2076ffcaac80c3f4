//! Paginated actions as streams of items or pages.

mod cursor;
mod fetch;
mod no_iterator;
mod request;

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;

use crate::action::Action;
use crate::client::Client;
use crate::error::{Error, Result};

use cursor::PageCursor;
use fetch::Fetch;

pub(crate) use cursor::{CycleDetector, ENDLESS, MAX_EMPTY_PAGES, TOKEN_REFUSED};
pub(crate) use fetch::SingleFetch;
pub(crate) use request::sealed;
pub use request::{Cursor, ListRequest, Next, Paginated, ResponseOf};

impl Client {
    /// Reads all pages of an action, as a stream of their items.
    ///
    /// Nothing is sent before the first item is requested. The stream starts at the page that the request selects, for
    /// example with a `next_page_token`. Each page is read by a call with the settings of this client: retries,
    /// timeouts, rate limit. A page is retried until that call times out, so that the stream outlasts a shorter outage.
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
    /// The request of an action that returns everything at once does not compile; call the action's method:
    ///
    /// ```compile_fail,E0277
    /// # async fn example(client: osc_api::Client) {
    /// use osc_api::types::ReadRegionsRequest;
    ///
    /// let regions = client.paginate(ReadRegionsRequest::new());
    /// # }
    /// ```
    pub fn paginate<R: Paginated>(&self, request: R) -> Items<R> {
        self.list(request)
    }

    /// Reads everything that an action lists, as a stream of items: page by page if it is paginated, else with one request.
    ///
    /// For code that treats all listings alike: otherwise call the action's own method, or [`paginate`](Self::paginate),
    /// which compiles only where there are pages. The stream behaves in the same way.
    ///
    /// ```no_run
    /// # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
    /// use osc_api::types::{ReadLoadBalancersRequest, ReadVmsRequest};
    /// use osc_api::{Client, ListRequest, Result};
    ///
    /// async fn count<R: ListRequest>(client: &Client, request: R) -> Result<usize> {
    ///     let items: Vec<_> = client.list(request).try_collect().await?;
    ///     Ok(items.len())
    /// }
    ///
    /// let vms = count(&client, ReadVmsRequest::new()).await?;
    /// let load_balancers = count(&client, ReadLoadBalancersRequest::new()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn list<R: ListRequest>(&self, request: R) -> Items<R> {
        let pages =
            Pages { client: self.persistent(), cursor: PageCursor::new(request), fetch: None, prefetch: 0 };
        Items { pages, items: Vec::new().into_iter() }
    }
}

/// A stream of the items of all pages, returned by [`Client::paginate`] and [`Client::list`].
///
/// It implements [`Stream`]; [`next`](Self::next) needs no other crate. It holds one page in memory, and those that are
/// prefetched.
///
/// # Errors
/// A page that cannot be read yields an error in place of an item. All items before it were yielded, and the next poll
/// reads that page again: no item is lost or repeated. The stream ends
/// - after an error that repetition cannot fix ([`Error::is_pagination`]): the server repeats a page token, claims more
///   items after an empty page, or refuses its token because it expired;
/// - if a page fails twice in a row with an error that is not temporary ([`Error::is_retryable`] is false), so that a
///   loop that continues after errors ends. [`next_page`] still returns where to resume.
///
/// The futures of this type are cancel-safe: the next one continues with the page that was being read.
///
/// [`next_page`]: Self::next_page
#[must_use = "a stream does nothing until it is polled"]
pub struct Items<R: ListRequest> {
    pages: Pages<R>,
    items: vec::IntoIter<R::Item>,
}

/// A stream of whole pages, returned by [`Items::pages`].
///
/// It implements [`Stream`]; [`next`](Self::next) needs no other crate. Its errors are those of [`Items`].
#[must_use = "a stream does nothing until it is polled"]
pub struct Pages<R: ListRequest> {
    client: Client,
    cursor: PageCursor<R>,
    fetch: Option<Fetch<R>>,
    prefetch: usize,
}

impl<R: ListRequest> Items<R> {
    /// Sets the page size, in items. The server may return fewer. Defaults to that of the request, else to 1000, the
    /// maximum of the API, or to the server's default of 100 for actions that use `FirstItem`.
    ///
    /// Call it before the first item is requested.
    pub fn page_size(mut self, items: u32) -> Self {
        self.pages.cursor.set_size(items);
        self
    }

    /// Sets how many pages a background task reads ahead. Defaults to 0: each page is read when it is needed.
    ///
    /// Pages are read one after the other, since each contains the token of the next, and are kept in memory.
    /// Prefetched pages are dropped with the stream.
    ///
    /// Call it before the first item is requested.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.pages.prefetch = pages;
        self
    }

    /// Converts this into a stream of whole pages.
    ///
    /// Call it before the first item is requested: remaining items of the current page are dropped.
    pub fn pages(self) -> Pages<R> {
        self.pages
    }

    /// Returns the next item, or `None` after the last one.
    ///
    /// ```no_run
    /// # async fn example(client: osc_api::Client) {
    /// use osc_api::types::ReadSnapshotsRequest;
    ///
    /// let mut snapshots = client.paginate(ReadSnapshotsRequest::new()).page_size(100).prefetch(1);
    /// while let Some(snapshot) = snapshots.next().await {
    ///     match snapshot {
    ///         Ok(snapshot) => println!("{:?}", snapshot.snapshot_id),
    ///         // The next iteration reads the same page again, or ends.
    ///         Err(error) => eprintln!("{error}"),
    ///     }
    /// }
    /// # }
    /// ```
    pub async fn next(&mut self) -> Option<Result<R::Item>> {
        poll_fn(|context| self.poll(context)).await
    }

    /// Like [`next`](Self::next), for the operator `?`.
    ///
    /// # Errors
    /// Returns an error if the page cannot be read.
    pub async fn try_next(&mut self) -> Result<Option<R::Item>> {
        self.next().await.transpose()
    }

    /// Collects all remaining items into a collection such as `Vec`.
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
    /// Returns the first error of any page; the collected items are dropped. Use [`next`](Self::next) to keep them.
    pub async fn try_collect<C: Default + Extend<R::Item>>(mut self) -> Result<C> {
        let mut all = C::default();
        while let Some(item) = self.try_next().await? {
            // The rest of the page is already here.
            all.extend([item].into_iter().chain(self.items.by_ref()));
        }
        Ok(all)
    }

    /// Returns the request of the next page, or `None` if there is none.
    ///
    /// Pagination can resume from it later, also in another process: store the request, or its `next_page_token` or
    /// `first_item`. Tokens expire. Items of the current page that were not yielded yet are not on the next page; with
    /// [`pages`](Self::pages) a page is always yielded as a whole.
    pub fn next_page(&self) -> Option<&R> {
        self.pages.next_page()
    }

    /// Replaces the client that sends the requests.
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
                Some(Ok(response)) => self.items = R::items(response).into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<R: ListRequest> Pages<R> {
    /// Returns the next page, or `None` after the last one.
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
    pub async fn next(&mut self) -> Option<Result<ResponseOf<R>>> {
        poll_fn(|context| self.poll(context)).await
    }

    /// Like [`next`](Self::next), for the operator `?`.
    ///
    /// # Errors
    /// Returns an error if the page cannot be read.
    pub async fn try_next(&mut self) -> Result<Option<ResponseOf<R>>> {
        self.next().await.transpose()
    }

    /// Returns the request of the next page, or `None` if there is none.
    ///
    /// Pagination can resume from it later, also in another process: store the request, or its `next_page_token` or
    /// `first_item`. Tokens expire.
    pub fn next_page(&self) -> Option<&R> {
        self.cursor.position().map(|request| &**request)
    }

    /// Replaces the client that sends the requests.
    #[cfg(feature = "blocking")]
    pub(crate) fn through(&mut self, client: Client) {
        self.client = client.persistent();
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<ResponseOf<R>>>> {
        loop {
            if let Some(reason) = self.cursor.take_failure() {
                return Poll::Ready(Some(Err(Error::pagination(R::Action::NAME, reason))));
            }
            let Some(request) = self.cursor.request() else {
                self.fetch = None;
                return Poll::Ready(None);
            };
            let fetch = self.fetch.get_or_insert_with(|| match self.prefetch {
                0 => Fetch::single(&self.client, request),
                pages => Fetch::prefetch(&self.client, request, &self.cursor, pages),
            });
            let Some(result) = ready!(fetch.poll(context)) else {
                // Its runtime ended: read this page in the current one.
                self.fetch = Some(Fetch::single(&self.client, request));
                continue;
            };
            if result.is_err() || matches!(fetch, Fetch::Single(_)) {
                self.fetch = None;
            }
            return Poll::Ready(Some(match result {
                Ok(response) => {
                    self.cursor.advance(&response);
                    Ok(response)
                }
                Err(error) => Err(self.cursor.failed(error)),
            }));
        }
    }
}

// No field is pinned.
impl<R: ListRequest> Unpin for Items<R> {}
impl<R: ListRequest> Unpin for Pages<R> {}

impl<R: ListRequest> Stream for Items<R> {
    type Item = Result<R::Item>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(context)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let buffered = self.items.len();
        (buffered, self.pages.cursor.is_finished().then_some(buffered))
    }
}

impl<R: ListRequest> Stream for Pages<R> {
    type Item = Result<ResponseOf<R>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(context)
    }
}

impl<R: ListRequest> fmt::Debug for Items<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pages, items } = self;
        f.debug_struct("Items").field("pages", pages).field("remaining_of_page", &items.len()).finish()
    }
}

impl<R: ListRequest> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("action", &R::Action::NAME)
            .field("prefetch", &self.prefetch)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

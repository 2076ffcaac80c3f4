//! Listings as iterators: of their items, or of whole answers.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures_core::Stream as _;

use super::Client;
use crate::action::Action;
use crate::error::Result;
use crate::paginate::{self, Answer, Paginated};

impl Client {
    /// Reads a listing page by page, as one iterator over its items: see
    /// [`Client::paginate`](crate::Client::paginate).
    ///
    /// ```no_run
    /// # fn example(client: osc_api::blocking::Client) -> osc_api::Result<()> {
    /// use osc_api::types::ReadVmsRequest;
    ///
    /// for vm in client.paginate(ReadVmsRequest::new()) {
    ///     println!("{}", vm?.vm_id.unwrap_or_default());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn paginate<R: Paginated>(&self, request: R) -> Items<R> {
        Items { client: self.clone(), stream: Some(self.model.paginate(request)) }
    }
}

/// The items of a listing, one after the other: what [`Client::paginate`] gives.
///
/// Its errors are those of [the stream](crate::Items): the iterator can be asked for more after one, and fetches
/// the page that failed again.
#[must_use = "an iterator does nothing until it is asked for its items"]
pub struct Items<R: Paginated> {
    client: Client,
    /// None where it was lost in a panic.
    stream: Option<paginate::Items<R>>,
}

/// The answers of a listing, page after page: what [`Items::pages`] gives. Its errors are those of [`Items`].
#[must_use = "an iterator does nothing until it is asked for its pages"]
pub struct Pages<R: Paginated> {
    client: Client,
    /// None where it was lost in a panic.
    stream: Option<paginate::Pages<R>>,
}

impl<R: Paginated> Items<R> {
    /// How many items the server is asked to put on a page: see [`Items::page_size`](crate::Items::page_size).
    pub fn page_size(mut self, items: u32) -> Self {
        self.stream = self.stream.map(|stream| stream.page_size(items));
        self
    }

    /// How many pages are fetched ahead, while the items before them are worked on: see
    /// [`Items::prefetch`](crate::Items::prefetch).
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.stream = self.stream.map(|stream| stream.prefetch(pages));
        self
    }

    /// An iterator over whole answers in place of one over their items: see
    /// [`Items::pages`](crate::Items::pages).
    pub fn pages(self) -> Pages<R> {
        Pages { client: self.client, stream: self.stream.map(paginate::Items::pages) }
    }

    /// The request that the next page is fetched with: see [`Items::next_page`](crate::Items::next_page).
    pub fn next_page(&self) -> Option<&R> {
        self.stream.as_ref()?.next_page()
    }
}

impl<R: Paginated> Pages<R> {
    /// The request that the next page is fetched with: see [`Pages::next_page`](crate::Pages::next_page).
    pub fn next_page(&self) -> Option<&R> {
        self.stream.as_ref()?.next_page()
    }
}

impl<R: Paginated> Iterator for Items<R> {
    type Item = Result<R::Item>;

    fn next(&mut self) -> Option<Self::Item> {
        let stream = self.stream.as_mut()?;
        // What is left of a page needs no thread.
        if stream.size_hint().0 > 0
            && let Poll::Ready(item) = Pin::new(stream).poll_next(&mut Context::from_waker(Waker::noop()))
        {
            return item;
        }
        advance(&self.client, R::Action::NAME, &mut self.stream, |mut stream, client| async move {
            stream.through(client);
            let element = stream.next().await;
            (stream, element)
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.as_ref().map_or((0, Some(0)), |stream| stream.size_hint())
    }
}

impl<R: Paginated> Iterator for Pages<R> {
    type Item = Result<Answer<R>>;

    fn next(&mut self) -> Option<Self::Item> {
        advance(&self.client, R::Action::NAME, &mut self.stream, |mut stream, client| async move {
            stream.through(client);
            let element = stream.next().await;
            (stream, element)
        })
    }
}

impl<R: Paginated> fmt::Debug for Items<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.stream.fmt(f)
    }
}

impl<R: Paginated> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.stream.fmt(f)
    }
}

/// Lends a stream to the client's thread until it has its next element.
fn advance<S, T, F>(
    client: &Client,
    action: &str,
    stream: &mut Option<S>,
    next: impl FnOnce(S, crate::Client) -> F,
) -> Option<Result<T>>
where
    S: Send + 'static,
    T: Send + 'static,
    F: Future<Output = (S, Option<Result<T>>)> + Send + 'static,
{
    // Without a thread the stream stays where it is.
    let worker = match client.home.worker(&client.model, action) {
        Ok(worker) => worker,
        Err(error) => return Some(Err(error)),
    };
    let lent = stream.take()?;
    match worker.run(&client.model, action, |client| next(lent, client)) {
        Ok((back, element)) => {
            *stream = Some(back);
            element
        }
        Err(error) => Some(Err(error)),
    }
}

//! Listings as iterators: of their items, or of whole answers.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures_core::Stream as _;

use super::Client;
use crate::action::Action;
use crate::error::Result;
use crate::paginate::{self, Answer, Paginated};

/// So many refusals in a row are told: the first may be an accident.
const MOST_REFUSALS: u8 = 2;

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
        let stream = Some(self.model.paginate(request));
        Items { lent: Lent { client: self.clone(), stream, refusals: 0 } }
    }
}

/// The items of a listing, one after the other: what [`Client::paginate`] gives.
///
/// Its errors are those of [the stream](crate::Items): the iterator can be asked for more after one, and fetches
/// the page that failed again. Two refusals in a row of the client's thread are the end too.
#[must_use = "an iterator does nothing until it is asked for its items"]
pub struct Items<R: Paginated> {
    lent: Lent<paginate::Items<R>>,
}

/// The answers of a listing, page after page: what [`Items::pages`] gives. Its errors are those of [`Items`].
#[must_use = "an iterator does nothing until it is asked for its pages"]
pub struct Pages<R: Paginated> {
    lent: Lent<paginate::Pages<R>>,
}

impl<R: Paginated> Items<R> {
    /// How many items the server is asked to put on a page: see [`Items::page_size`](crate::Items::page_size).
    pub fn page_size(mut self, items: u32) -> Self {
        self.lent = self.lent.map(|stream| stream.page_size(items));
        self
    }

    /// How many pages are fetched ahead, while the items before them are worked on: see
    /// [`Items::prefetch`](crate::Items::prefetch).
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.lent = self.lent.map(|stream| stream.prefetch(pages));
        self
    }

    /// An iterator over whole answers in place of one over their items: see
    /// [`Items::pages`](crate::Items::pages).
    pub fn pages(self) -> Pages<R> {
        Pages { lent: self.lent.map(paginate::Items::pages) }
    }

    /// The request that the next page is fetched with: see [`Items::next_page`](crate::Items::next_page).
    pub fn next_page(&self) -> Option<&R> {
        self.lent.stream.as_ref()?.next_page()
    }
}

impl<R: Paginated> Pages<R> {
    /// The request that the next page is fetched with: see [`Pages::next_page`](crate::Pages::next_page).
    pub fn next_page(&self) -> Option<&R> {
        self.lent.stream.as_ref()?.next_page()
    }
}

impl<R: Paginated> Iterator for Items<R> {
    type Item = Result<R::Item>;

    fn next(&mut self) -> Option<Self::Item> {
        let stream = self.lent.stream.as_mut()?;
        // What is left of a page needs no thread.
        if stream.size_hint().0 > 0
            && let Poll::Ready(item) = Pin::new(stream).poll_next(&mut Context::from_waker(Waker::noop()))
        {
            return item;
        }
        self.lent.advance(R::Action::NAME, |mut stream, client| async move {
            stream.through(client);
            let element = stream.next().await;
            (stream, element)
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.lent.stream.as_ref().map_or((0, Some(0)), |stream| stream.size_hint())
    }
}

impl<R: Paginated> Iterator for Pages<R> {
    type Item = Result<Answer<R>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.lent.advance(R::Action::NAME, |mut stream, client| async move {
            stream.through(client);
            let element = stream.next().await;
            (stream, element)
        })
    }
}

impl<R: Paginated> fmt::Debug for Items<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lent.stream.fmt(f)
    }
}

impl<R: Paginated> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lent.stream.fmt(f)
    }
}

/// A stream, and the client whose thread it is lent to for each element that is not there yet.
struct Lent<S> {
    client: Client,
    /// None where it was lost in a panic.
    stream: Option<S>,
    /// How often in a row the thread was not to be had.
    refusals: u8,
}

impl<S> Lent<S> {
    fn map<T>(self, change: impl FnOnce(S) -> T) -> Lent<T> {
        let Self { client, stream, refusals } = self;
        Lent { client, stream: stream.map(change), refusals }
    }

    /// Lends the stream until it has its next element.
    fn advance<T, F>(&mut self, action: &str, next: impl FnOnce(S, crate::Client) -> F) -> Option<Result<T>>
    where
        S: Send + 'static,
        T: Send + 'static,
        F: Future<Output = (S, Option<Result<T>>)> + Send + 'static,
    {
        // A loop that goes on after errors must have an end, as it has with the stream.
        if self.refusals >= MOST_REFUSALS {
            return None;
        }
        let Client { model, home } = &self.client;
        // Without a thread the stream stays where it is.
        let worker = match home.worker(model, action) {
            Ok(worker) => worker,
            Err(error) => {
                self.refusals += 1;
                return Some(Err(error));
            }
        };
        self.refusals = 0;
        let lent = self.stream.take()?;
        match worker.run(model, action, |client| next(lent, client)) {
            Ok((back, element)) => {
                self.stream = Some(back);
                element
            }
            Err(error) => Some(Err(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::runtime;

    use super::*;
    use crate::RetryPolicy;
    use crate::types::ReadVmsRequest;

    #[test]
    fn pages_that_a_thread_of_another_process_was_to_fetch_are_fetched_here() {
        // Nobody listens there, so that whoever fetches gets an error.
        let model = crate::Client::builder()
            .ignore_environment()
            .endpoint("http://127.0.0.1:1")
            .access_key("A", "s")
            .retry(RetryPolicy::none())
            .build()
            .unwrap();
        let mut vms = Client::from(model).paginate(ReadVmsRequest::new()).prefetch(1);
        // A runtime that nobody drives is as good as one that a fork left behind.
        let behind = runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _inside = behind.enter();
        let stream = Pin::new(vms.lent.stream.as_mut().unwrap());
        assert!(stream.poll_next(&mut Context::from_waker(Waker::noop())).is_pending());
        assert!(vms.next().unwrap().unwrap_err().is_transport());
    }
}

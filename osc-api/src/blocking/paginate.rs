//! Paginated actions as iterators of items or pages.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures_core::Stream as _;

use super::Client;
use crate::action::Action;
use crate::error::Result;
use crate::paginate::{self, ListRequest, Paginated, ResponseOf};

/// Number of consecutive refusals of the background thread before the iterator ends; one alone may be spurious.
const MAX_REFUSALS: u8 = 2;

impl Client {
    /// Reads all pages of an action, as an iterator of their items: see
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
        self.list(request)
    }

    /// Reads everything that an action lists, paginated or not, as an iterator: see [`Client::list`](crate::Client::list).
    pub fn list<R: ListRequest>(&self, request: R) -> Items<R> {
        let stream = Some(self.template.list(request));
        Items { inner: MovableStream { client: self.clone(), stream, refusals: 0 } }
    }
}

/// An iterator of the items of all pages, returned by [`Client::paginate`] and [`Client::list`].
///
/// Its errors are those of [the stream](crate::Items): after an error the iterator continues with the page that failed.
/// It also ends if the background thread is unavailable twice in a row.
#[must_use = "an iterator does nothing until it is consumed"]
pub struct Items<R: ListRequest> {
    inner: MovableStream<paginate::Items<R>>,
}

/// An iterator of whole pages, returned by [`Items::pages`]. Its errors are those of [`Items`].
#[must_use = "an iterator does nothing until it is consumed"]
pub struct Pages<R: ListRequest> {
    inner: MovableStream<paginate::Pages<R>>,
}

impl<R: ListRequest> Items<R> {
    /// Sets the page size: see [`Items::page_size`](crate::Items::page_size).
    pub fn page_size(mut self, items: u32) -> Self {
        self.inner = self.inner.map(|stream| stream.page_size(items));
        self
    }

    /// Sets how many pages are read ahead: see
    /// [`Items::prefetch`](crate::Items::prefetch).
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.inner = self.inner.map(|stream| stream.prefetch(pages));
        self
    }

    /// Converts this into an iterator of whole pages: see
    /// [`Items::pages`](crate::Items::pages).
    pub fn pages(self) -> Pages<R> {
        Pages { inner: self.inner.map(paginate::Items::pages) }
    }

    /// Returns the request of the next page: see [`Items::next_page`](crate::Items::next_page).
    pub fn next_page(&self) -> Option<&R> {
        self.inner.stream.as_ref()?.next_page()
    }
}

impl<R: ListRequest> Pages<R> {
    /// Returns the request of the next page: see [`Pages::next_page`](crate::Pages::next_page).
    pub fn next_page(&self) -> Option<&R> {
        self.inner.stream.as_ref()?.next_page()
    }
}

impl<R: ListRequest> Iterator for Items<R> {
    type Item = Result<R::Item>;

    fn next(&mut self) -> Option<Self::Item> {
        let stream = self.inner.stream.as_mut()?;
        // The rest of the current page needs no thread.
        if stream.size_hint().0 > 0
            && let Poll::Ready(item) = Pin::new(stream).poll_next(&mut Context::from_waker(Waker::noop()))
        {
            return item;
        }
        self.inner.advance(R::Action::NAME, |mut stream, client| async move {
            stream.through(client);
            let element = stream.next().await;
            (stream, element)
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.stream.as_ref().map_or((0, Some(0)), |stream| stream.size_hint())
    }
}

impl<R: ListRequest> Iterator for Pages<R> {
    type Item = Result<ResponseOf<R>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.inner.advance(R::Action::NAME, |mut stream, client| async move {
            stream.through(client);
            let element = stream.next().await;
            (stream, element)
        })
    }
}

impl<R: ListRequest> fmt::Debug for Items<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.stream.fmt(f)
    }
}

impl<R: ListRequest> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.stream.fmt(f)
    }
}

/// A stream that is moved to the background thread for each element that is not buffered.
struct MovableStream<S> {
    client: Client,
    /// `None` if it was lost in a panic.
    stream: Option<S>,
    /// Number of consecutive refusals of the thread.
    refusals: u8,
}

impl<S> MovableStream<S> {
    fn map<T>(self, change: impl FnOnce(S) -> T) -> MovableStream<T> {
        let Self { client, stream, refusals } = self;
        MovableStream { client, stream: stream.map(change), refusals }
    }

    /// Moves the stream to the thread until it yields its next element.
    fn advance<T, F>(&mut self, action: &str, next: impl FnOnce(S, crate::Client) -> F) -> Option<Result<T>>
    where
        S: Send + 'static,
        T: Send + 'static,
        F: Future<Output = (S, Option<Result<T>>)> + Send + 'static,
    {
        // A loop that continues after errors must end, as with the stream.
        if self.refusals >= MAX_REFUSALS {
            return None;
        }
        let Client { template, background } = &self.client;
        // Without a thread the stream stays here.
        let worker = match background.worker(template, action) {
            Ok(worker) => worker,
            Err(error) => {
                self.refusals += 1;
                return Some(Err(error));
            }
        };
        self.refusals = 0;
        let stream = self.stream.take()?;
        match worker.run(template, action, |client| next(stream, client)) {
            Ok((stream, element)) => {
                self.stream = Some(stream);
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
    fn pages_that_a_lost_thread_was_reading_are_read_again() {
        // Nothing listens there: reading the page fails.
        let template = crate::Client::builder()
            .ignore_environment()
            .endpoint("http://127.0.0.1:1")
            .access_key("A", "s")
            .retry(RetryPolicy::none())
            .build()
            .unwrap();
        let mut vms = Client::from(template).paginate(ReadVmsRequest::new()).prefetch(1);
        // A runtime that is not driven is like one left behind by a fork.
        let idle = runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _inside = idle.enter();
        let stream = Pin::new(vms.inner.stream.as_mut().unwrap());
        assert!(stream.poll_next(&mut Context::from_waker(Waker::noop())).is_pending());
        assert!(vms.next().unwrap().unwrap_err().is_transport());
    }
}

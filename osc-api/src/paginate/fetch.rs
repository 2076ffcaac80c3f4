//! Reads pages: one at a time, or ahead in a background task.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::runtime::{Handle, Id};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tracing::Instrument;

use super::cursor::PageCursor;
use super::{ListRequest, ResponseOf};
use crate::client::Client;
use crate::error::Result;

/// Maximum number of prefetched pages. A Tokio channel panics above a limit of its own.
const MAX_PREFETCH: usize = 1 << 20;

/// A read in progress. It is kept between polls, so that a dropped future loses nothing.
pub(super) enum Fetch<R: ListRequest> {
    /// A call for one page.
    Single(SingleFetch<ResponseOf<R>>),
    /// A background task that reads ahead.
    Prefetch(Prefetch<R>),
}

/// A call, and the runtime that it was started in.
pub(crate) struct SingleFetch<T> {
    call: Pin<Box<dyn Future<Output = Result<T>> + Send>>,
    runtime: Option<Id>,
}

/// A task that reads page after page until one fails or is the last.
pub(super) struct Prefetch<R: ListRequest> {
    runtime: Option<Id>,
    pages: mpsc::Receiver<Result<ResponseOf<R>>>,
    task: AbortHandle,
}

impl<R: ListRequest> Fetch<R> {
    /// Reads one page.
    pub(super) fn single(client: &Client, request: &Arc<R>) -> Self {
        let (client, request) = (client.clone(), Arc::clone(request));
        Self::Single(SingleFetch::new(async move { client.send_for_page::<R::Action>(&request).await }))
    }

    /// Reads pages in a background task, at most `pages` ahead. Outside a runtime, reads one page: its call reports the
    /// missing runtime.
    pub(super) fn prefetch(client: &Client, request: &Arc<R>, cursor: &PageCursor<R>, pages: usize) -> Self {
        let Ok(runtime) = Handle::try_current() else { return Self::single(client, request) };
        let (sender, receiver) = mpsc::channel(pages.clamp(1, MAX_PREFETCH));
        let task = read_pages(client.clone(), cursor.clone(), sender).in_current_span();
        let task = runtime.spawn(task).abort_handle();
        Self::Prefetch(Prefetch { runtime: Some(runtime.id()), pages: receiver, task })
    }

    /// Returns the next page, or `None` if this read cannot finish: see [`SingleFetch::poll`].
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<ResponseOf<R>>>> {
        match self {
            Self::Single(fetch) => fetch.poll(context),
            Self::Prefetch(prefetch) => match prefetch.pages.poll_recv(context) {
                Poll::Pending if prefetch.runtime != current_runtime() => Poll::Ready(None),
                page => page,
            },
        }
    }
}

impl<T> SingleFetch<T> {
    /// Starts a call.
    pub(crate) fn new(call: impl Future<Output = Result<T>> + Send + 'static) -> Self {
        Self { call: Box::pin(call), runtime: current_runtime() }
    }

    /// Returns the result, or `None` if this call cannot finish.
    ///
    /// A call started in another runtime is abandoned: that runtime may have ended, in which case polling its timers
    /// panics, or it may not be running, in which case its tasks make no progress.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        match self.runtime == current_runtime() {
            true => self.call.as_mut().poll(context).map(Some),
            false => Poll::Ready(None),
        }
    }
}

/// The runtime of the caller.
fn current_runtime() -> Option<Id> {
    Handle::try_current().ok().map(|runtime| runtime.id())
}

impl<R: ListRequest> Drop for Prefetch<R> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Reads pages while the channel has capacity, with a cursor of its own.
async fn read_pages<R: ListRequest>(
    client: Client,
    mut cursor: PageCursor<R>,
    pages: mpsc::Sender<Result<ResponseOf<R>>>,
) {
    while let Some(request) = cursor.request().map(Arc::clone) {
        let Ok(slot) = pages.reserve().await else { return };
        let page = client.send_for_page::<R::Action>(&request).await;
        drop(request);
        match &page {
            Ok(response) => cursor.advance(response),
            Err(_) => return slot.send(page),
        }
        slot.send(page);
    }
}

//! Pages on their way: one that was asked for, or some fetched ahead.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::runtime::{Handle, Id};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tracing::Instrument;

use super::cursor::Walk;
use super::{Answer, Paginated};
use crate::client::Client;
use crate::error::Result;

/// More pages than anybody has memory for: a channel has a limit of its own, and panics above it.
const MOST_AHEAD: usize = 1 << 20;

/// What will bring the next page. It is kept between polls, so that nobody who stops to wait loses it.
pub(super) enum Fetch<R: Paginated> {
    /// The call for this page, carried on when it is polled.
    One(One<R>),
    /// A task that goes on by itself.
    Ahead(Ahead<R>),
}

/// A call, and the runtime that it was begun in.
pub(super) struct One<R: Paginated> {
    call: Pin<Box<dyn Future<Output = Result<Answer<R>>> + Send>>,
    runtime: Option<Id>,
}

/// The other end of a task that fetches page after page until one fails or was the last.
pub(super) struct Ahead<R: Paginated> {
    runtime: Option<Id>,
    pages: mpsc::Receiver<Result<Answer<R>>>,
    task: AbortHandle,
}

impl<R: Paginated> Fetch<R> {
    /// Fetches one page.
    pub(super) fn one(client: &Client, request: &Arc<R>) -> Self {
        let (client, request) = (client.clone(), Arc::clone(request));
        let call = Box::pin(async move { client.send::<R::Action>(&request).await });
        Self::One(One { call, runtime: here() })
    }

    /// Fetches pages in a task of their own, with so many at most that nobody has taken yet. Without a runtime to
    /// start a task in, it is one page, and the call will say what is missing.
    pub(super) fn ahead(client: &Client, request: &Arc<R>, walk: &Walk<R>, pages: usize) -> Self {
        let Ok(runtime) = Handle::try_current() else { return Self::one(client, request) };
        let (sender, receiver) = mpsc::channel(pages.clamp(1, MOST_AHEAD));
        let task = go_on(client.clone(), walk.clone(), sender).in_current_span();
        let task = runtime.spawn(task).abort_handle();
        Self::Ahead(Ahead { runtime: Some(runtime.id()), pages: receiver, task })
    }

    /// The next page, or `None` where nothing is left that would bring it.
    ///
    /// What was begun in another runtime is not waited for: that one may have ended, where polling its timers
    /// panics, or may not be running now, where a task in it does nothing.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Answer<R>>>> {
        match self {
            Self::One(one) if one.runtime != here() => Poll::Ready(None),
            Self::One(one) => one.call.as_mut().poll(context).map(Some),
            Self::Ahead(ahead) => match ahead.pages.poll_recv(context) {
                Poll::Pending if ahead.runtime != here() => Poll::Ready(None),
                page => page,
            },
        }
    }
}

/// The runtime that this is called in.
fn here() -> Option<Id> {
    Handle::try_current().ok().map(|runtime| runtime.id())
}

impl<R: Paginated> Drop for Ahead<R> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Fetches pages as long as there is room for them. It walks by itself what the stream walks after it.
async fn go_on<R: Paginated>(client: Client, mut walk: Walk<R>, pages: mpsc::Sender<Result<Answer<R>>>) {
    while let Some(request) = walk.wanted().map(Arc::clone) {
        let Ok(room) = pages.reserve().await else { return };
        let page = client.send::<R::Action>(&request).await;
        drop(request);
        match &page {
            Ok(answer) => walk.advance(answer),
            Err(_) => return room.send(page),
        }
        room.send(page);
    }
}

//! The background task of a poller.

use std::sync::Arc;

use tokio::time::{Instant, timeout_at};

use super::{MAX_IDS_PER_REQUEST, Poller};
use crate::Client;
use crate::error::Result;
use crate::wait::Listed;

/// Registers the task with its poller. However the task ends, dropping this lets another one start.
pub(super) struct TaskGuard<A: Listed> {
    poller: Arc<Poller<A>>,
    number: u64,
}

impl<A: Listed> TaskGuard<A> {
    pub(super) fn new(poller: &Arc<Poller<A>>, number: u64) -> Self {
        Self { poller: Arc::clone(poller), number }
    }
}

impl<A: Listed> Drop for TaskGuard<A> {
    fn drop(&mut self) {
        let mut state = self.poller.state();
        if state.task.as_ref().is_some_and(|task| task.number == self.number) {
            state.task = None;
            state.subscribers.values().for_each(|subscriber| subscriber.observed.notify_one());
        }
    }
}

/// Reads until the task is aborted.
pub(super) async fn run<A: Listed>(guard: TaskGuard<A>, client: Client) {
    let poller = &guard.poller;
    loop {
        let next = poller.state().next_read();
        match next {
            None => poller.changed.notified().await,
            Some(next) if next > Instant::now() => {
                // A new subscriber may be due earlier.
                _ = timeout_at(next, poller.changed.notified()).await;
            }
            Some(_) => {
                let ids = poller.state().begin(Instant::now());
                for ids in ids.chunks(MAX_IDS_PER_REQUEST) {
                    read_batch(poller, &client, ids).await;
                }
            }
        }
    }
}

/// Reads resources in one request, or in several if one of the IDs makes the server refuse the request.
async fn read_batch<A: Listed>(poller: &Poller<A>, client: &Client, ids: &[String]) {
    let mut batches = vec![ids];
    while let Some(ids) = batches.pop() {
        match list::<A>(client, ids).await {
            Ok((items, is_complete)) => {
                let find = |id: &str| items.iter().find(|item| A::id(item) == Some(id)).cloned();
                poller.state().deliver(ids, Instant::now(), |id| match find(id) {
                    // The listing was cut off: the resource may be in the rest.
                    None if !is_complete => None,
                    found => Some(Ok(found)),
                });
            }
            Err(error) if ids.len() > 1 && (error.is_not_found() || error.is_validation()) => {
                let (first, second) = ids.split_at(ids.len() / 2);
                batches.extend([second, first]);
            }
            Err(error) => poller.state().deliver(ids, Instant::now(), |_| Some(Err(error.clone()))),
        }
    }
}

/// Lists the resources with these IDs. Returns also whether the listing is complete.
async fn list<A: Listed>(client: &Client, ids: &[String]) -> Result<(Vec<A::Item>, bool)> {
    let (mut items, mut page) = (Vec::new(), None);
    // There are at most as many pages as resources, and an empty one at the end.
    for _ in 0..=ids.len() {
        let (more, next) = A::items(client.send_for_page::<A>(&A::request(ids.to_vec(), page)).await?);
        items.extend(more);
        page = next.filter(|token| !token.is_empty());
        if page.is_none() {
            return Ok((items, true));
        }
    }
    Ok((items, false))
}

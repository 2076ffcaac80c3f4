//! The background task of a poller.

use std::sync::Arc;

use tokio::time::{Instant, timeout_at};

use super::Poller;
use crate::Client;
use crate::batch::{MAX_IDS_PER_REQUEST, read_divided};
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

/// Reads resources, and delivers them to their subscribers.
async fn read_batch<A: Listed>(poller: &Poller<A>, client: &Client, ids: &[String]) {
    read_divided::<A>(client, ids, |ids, result| match result {
        Ok((items, is_complete)) => {
            let find = |id: &str| items.iter().find(|item| A::id(item) == Some(id)).cloned();
            poller.state().deliver(ids, Instant::now(), |id| match find(id) {
                // The listing was cut off: the resource may be in the rest.
                None if !is_complete => None,
                found => Some(Ok(found)),
            });
        }
        Err(error) => poller.state().deliver(ids, Instant::now(), |_| Some(Err(error.clone()))),
    })
    .await;
}

//! The task that reads for all who wait.

use std::sync::Arc;

use tokio::time::{Instant, timeout_at};

use super::{Hub, MOST};
use crate::Client;
use crate::error::Result;
use crate::wait::Listed;

/// The task's post at a hub. However the task ends, the post is free for another afterwards.
pub(super) struct Post<A: Listed> {
    hub: Arc<Hub<A>>,
    number: u64,
}

impl<A: Listed> Post<A> {
    pub(super) fn new(hub: &Arc<Hub<A>>, number: u64) -> Self {
        Self { hub: Arc::clone(hub), number }
    }
}

impl<A: Listed> Drop for Post<A> {
    fn drop(&mut self) {
        let mut state = self.hub.state();
        if state.reader.as_ref().is_some_and(|reader| reader.number == self.number) {
            state.reader = None;
            state.seats.values().for_each(|seat| seat.seen.notify_one());
        }
    }
}

/// Reads until it is stopped.
pub(super) async fn read<A: Listed>(post: Post<A>, client: Client) {
    let hub = &post.hub;
    loop {
        let next = hub.state().next_read();
        match next {
            None => hub.changed.notified().await,
            Some(next) if next > Instant::now() => {
                // Either will do: somebody new may be due before.
                _ = timeout_at(next, hub.changed.notified()).await;
            }
            Some(_) => {
                let ids = hub.state().begin(Instant::now());
                for ids in ids.chunks(MOST) {
                    read_some(hub, &client, ids).await;
                }
            }
        }
    }
}

/// Reads some resources in one request; where one of them makes the server refuse the request, in several.
async fn read_some<A: Listed>(hub: &Hub<A>, client: &Client, ids: &[String]) {
    let mut todo = vec![ids];
    while let Some(ids) = todo.pop() {
        match list::<A>(client, ids).await {
            Ok((items, is_whole)) => {
                let find = |id: &str| items.iter().find(|item| A::id(item) == Some(id)).cloned();
                hub.state().deliver(ids, Instant::now(), |id| match find(id) {
                    // What is not in a part of a list may be in the other.
                    None if !is_whole => None,
                    found => Some(Ok(found)),
                });
            }
            Err(error) if ids.len() > 1 && (error.is_not_found() || error.is_validation()) => {
                let (some, others) = ids.split_at(ids.len() / 2);
                todo.extend([others, some]);
            }
            Err(error) => hub.state().deliver(ids, Instant::now(), |_| Some(Err(error.copy()))),
        }
    }
}

/// The resources with these identifiers, and whether that is all of them.
async fn list<A: Listed>(client: &Client, ids: &[String]) -> Result<(Vec<A::Item>, bool)> {
    let (mut items, mut page) = (Vec::new(), None);
    // There cannot be more pages than resources, but for an empty one at the end.
    for _ in 0..=ids.len() {
        let (more, next) = A::items(client.send::<A>(&A::request(ids.to_vec(), page)).await?);
        items.extend(more);
        page = next.filter(|token| !token.is_empty());
        if page.is_none() {
            return Ok((items, true));
        }
    }
    Ok((items, false))
}

//! The shared poller: all waits for resources that one action lists subscribe to its poller, whose background task
//! reads for all of them.
//!
//! A task reads, not the first of the waits: a wait that is not polled for a while, as in a `select!`, would block all
//! others. The task ends with the last subscription.

mod task;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::Listed;
use super::schedule::{Schedule, after};
use crate::batch::MAX_IDS_PER_REQUEST;
use crate::error::{Error, ErrorRepr, NotSentCause, Result};
use crate::{Client, random};

/// Minimum time between two reads, unless a subscriber's own interval is shorter: it batches the reads of subscribers
/// that arrive one after the other.
const MIN_READ_INTERVAL: Duration = Duration::from_millis(500);

/// What a read observed of a resource: `None` if it is not listed.
pub(super) type Observation<Item> = Result<Option<Item>>;

/// Polls the resources that an action lists.
struct Poller<A: Listed> {
    state: Mutex<PollerState<A::Item>>,
    /// Wakes the task when a subscriber arrives.
    changed: Notify,
}

struct PollerState<Item> {
    /// The last number given to a subscriber or a task.
    last_number: u64,
    subscribers: BTreeMap<u64, Subscriber<Item>>,
    /// When the last read began. Cleared with the last subscription: the next subscriber is not part of a batch.
    last_read: Option<Instant>,
    /// The last number given before that read began.
    read_to: u64,
    task: Option<RunningTask>,
}

/// The background task. Its handle is set as soon as it is spawned.
struct RunningTask {
    number: u64,
    handle: Option<AbortHandle>,
}

/// One wait, as the poller sees it.
struct Subscriber<Item> {
    id: String,
    schedule: Schedule,
    since: Instant,
    /// When the resource must be read next, at the latest.
    due: Instant,
    observation: Option<Observation<Item>>,
    observed: Arc<Notify>,
}

/// A subscription to the reads of a resource, cancelled on drop.
pub(super) struct Subscription<A: Listed> {
    poller: Arc<Poller<A>>,
    client: Client,
    number: u64,
    observed: Arc<Notify>,
}

impl<A: Listed> Subscription<A> {
    /// Subscribes to a resource.
    pub(super) fn new(client: &Client, id: &str, schedule: Schedule) -> Self {
        let poller = client.extension::<Poller<A>>();
        let (now, observed) = (Instant::now(), Arc::new(Notify::new()));
        let mut state = poller.state();
        let number = state.number();
        let subscriber = Subscriber {
            id: id.to_owned(),
            schedule,
            since: now,
            due: now,
            observation: None,
            observed: Arc::clone(&observed),
        };
        state.subscribers.insert(number, subscriber);
        drop(state);
        poller.changed.notify_one();
        Self { poller, client: client.clone(), number, observed }
    }

    /// The next observation. Cancel-safe.
    pub(super) async fn next(&self) -> Observation<A::Item> {
        loop {
            let subscriber = |state: &mut PollerState<A::Item>| {
                state.subscribers.get_mut(&self.number)?.observation.take()
            };
            if let Some(observation) = subscriber(&mut self.poller.state()) {
                return observation;
            }
            Poller::ensure_task(&self.poller, &self.client)?;
            self.observed.notified().await;
        }
    }
}

impl<A: Listed> Drop for Subscription<A> {
    fn drop(&mut self) {
        let mut state = self.poller.state();
        state.subscribers.remove(&self.number);
        if !state.subscribers.is_empty() {
            return;
        }
        state.last_read = None;
        if let Some(RunningTask { handle: Some(handle), .. }) = state.task.take() {
            drop(state);
            handle.abort();
        }
    }
}

impl<A: Listed> Default for Poller<A> {
    fn default() -> Self {
        Self { state: Mutex::new(PollerState::new()), changed: Notify::new() }
    }
}

impl<A: Listed> Poller<A> {
    fn state(&self) -> MutexGuard<'_, PollerState<A::Item>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Spawns the task if none is running: at first, and after its runtime shut down.
    ///
    /// # Errors
    /// Returns an error if this runtime is shutting down, too.
    fn ensure_task(poller: &Arc<Self>, client: &Client) -> Result<()> {
        let mut state = poller.state();
        if state.task.is_some() {
            return Ok(());
        }
        let number = state.number();
        state.task = Some(RunningTask { number, handle: None });
        // A runtime that is shutting down drops the task at once, and dropping the task takes the lock.
        drop(state);
        let task = tokio::spawn(task::run(task::TaskGuard::new(poller, number), client.clone()));
        match poller.state().task.as_mut().filter(|task| task.number == number) {
            Some(running) => running.handle = Some(task.abort_handle()),
            None => return Err(shutting_down(A::NAME)),
        }
        Ok(())
    }
}

fn shutting_down(action: &str) -> Error {
    let reason = "the Tokio runtime is shutting down and cannot spawn the polling task".to_owned();
    Error::new(action, ErrorRepr::NotSent { reason, cause: NotSentCause::Invalid })
}

impl<Item> PollerState<Item> {
    fn new() -> Self {
        Self { last_number: 0, subscribers: BTreeMap::new(), last_read: None, read_to: 0, task: None }
    }

    fn number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    /// When to read next: when a subscriber is due, but not within the minimum interval after the last read. Many
    /// subscribers that arrive one after the other hardly cause more reads than one.
    fn next_read(&self) -> Option<Instant> {
        let due = self.subscribers.values().map(|subscriber| subscriber.due).min()?;
        let min_interval = self
            .subscribers
            .values()
            .map(|subscriber| subscriber.schedule.first)
            .min()?
            .min(MIN_READ_INTERVAL);
        Some(self.last_read.map_or(due, |last| due.max(after(last, min_interval))))
    }

    /// Begins a read and returns the IDs: all that are due, and others up to the limit of the last request.
    fn begin(&mut self, now: Instant) -> Vec<String> {
        (self.last_read, self.read_to) = (Some(now), self.last_number);
        let mut subscribers: Vec<_> = self.subscribers.values().collect();
        subscribers.sort_by_key(|subscriber| subscriber.due);
        let is_due = |subscriber: &&&Subscriber<Item>| subscriber.due <= now;
        let due: BTreeSet<&str> =
            subscribers.iter().take_while(is_due).map(|subscriber| subscriber.id.as_str()).collect();
        let limit = due.len().next_multiple_of(MAX_IDS_PER_REQUEST);
        let mut ids = due;
        for subscriber in &subscribers {
            if ids.len() < limit {
                ids.insert(&subscriber.id);
            }
        }
        ids.into_iter().map(str::to_owned).collect()
    }

    /// Delivers a read to the subscribers of its resources. `ids` are sorted.
    ///
    /// Subscribers that arrived after the read began are skipped: it may not reflect what they did before.
    fn deliver(&mut self, ids: &[String], now: Instant, find: impl Fn(&str) -> Option<Observation<Item>>) {
        for (_, subscriber) in self.subscribers.range_mut(..=self.read_to) {
            if ids.binary_search(&subscriber.id).is_err() {
                continue;
            }
            let elapsed = now.duration_since(subscriber.since);
            subscriber.due = after(now, subscriber.schedule.delay(elapsed, random::unit()));
            if let Some(observation) = find(&subscriber.id) {
                subscriber.observation = Some(observation);
                subscriber.observed.notify_one();
            }
        }
    }
}

#[cfg(test)]
mod tests;

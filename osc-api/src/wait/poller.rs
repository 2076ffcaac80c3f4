//! One read for many waits: all who wait for resources that one action lists take a place at its hub, and a task
//! reads for all of them.
//!
//! It is a task and not the first of the waits that reads: a wait that nobody polls for a while, as happens in
//! a `select!`, would stop all others. The task ends with the last place.

mod reader;

use std::any::{Any, TypeId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::Listed;
use super::schedule::{Schedule, after};
use crate::error::{Error, ErrorRepr, Result};
use crate::{Client, random};

/// So many resources are asked for in one request: as many as one page of an answer holds at least.
const MOST: usize = 100;

/// Between two reads there is this time at least, or less where somebody wants it: those who come one by one are
/// read for together.
const SPACE: Duration = Duration::from_millis(500);

/// What a read says of a resource, which may be missing.
pub(super) type Sighting<Item> = Result<Option<Item>>;

/// The hubs of a client and its clones, by action.
#[derive(Default)]
pub(crate) struct Hubs(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Hubs {
    fn of<A: Listed>(&self) -> Arc<Hub<A>> {
        let mut hubs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = hubs.get(&TypeId::of::<A>()).map(Arc::clone);
        if let Some(Ok(hub)) = known.map(Arc::downcast) {
            return hub;
        }
        let hub = Arc::new(Hub::<A>::default());
        hubs.insert(TypeId::of::<A>(), Arc::clone(&hub) as _);
        hub
    }
}

/// Who waits for the resources that an action lists.
struct Hub<A: Listed> {
    state: Mutex<State<A::Item>>,
    /// Wakes the reader when somebody comes.
    changed: Notify,
}

struct State<Item> {
    /// Numbers places and readers.
    next: u64,
    seats: BTreeMap<u64, Seat<Item>>,
    /// When the last read began. Forgotten with the last place: whoever comes then does not come one by one.
    last_read: Option<Instant>,
    /// The last number that was given before it began.
    read_to: u64,
    reader: Option<Reader>,
}

/// The task that reads. Its handle is there as soon as it is started.
struct Reader {
    number: u64,
    task: Option<AbortHandle>,
}

/// Somebody who waits.
struct Seat<Item> {
    id: String,
    schedule: Schedule,
    since: Instant,
    /// When the resource is to be read next, at the latest.
    due: Instant,
    sighting: Option<Sighting<Item>>,
    seen: Arc<Notify>,
}

/// The right to learn what is read of a resource, given back when it is dropped.
pub(super) struct Place<A: Listed> {
    hub: Arc<Hub<A>>,
    client: Client,
    number: u64,
    seen: Arc<Notify>,
}

impl<A: Listed> Place<A> {
    /// Takes a place.
    pub(super) fn take(client: &Client, id: &str, schedule: Schedule) -> Self {
        let hub = client.waits().of::<A>();
        let (now, seen) = (Instant::now(), Arc::new(Notify::new()));
        let mut state = hub.state();
        let number = state.number();
        let seat = Seat {
            id: id.to_owned(),
            schedule,
            since: now,
            due: now,
            sighting: None,
            seen: Arc::clone(&seen),
        };
        state.seats.insert(number, seat);
        drop(state);
        hub.changed.notify_one();
        Self { hub, client: client.clone(), number, seen }
    }

    /// What is read of the resource next. Nothing is lost where this is dropped.
    pub(super) async fn next(&self) -> Sighting<A::Item> {
        loop {
            let seat = |state: &mut State<A::Item>| state.seats.get_mut(&self.number)?.sighting.take();
            if let Some(sighting) = seat(&mut self.hub.state()) {
                return sighting;
            }
            Hub::read_on(&self.hub, &self.client)?;
            self.seen.notified().await;
        }
    }
}

impl<A: Listed> Drop for Place<A> {
    fn drop(&mut self) {
        let mut state = self.hub.state();
        state.seats.remove(&self.number);
        if !state.seats.is_empty() {
            return;
        }
        state.last_read = None;
        if let Some(Reader { task: Some(task), .. }) = state.reader.take() {
            drop(state);
            task.abort();
        }
    }
}

impl<A: Listed> Default for Hub<A> {
    fn default() -> Self {
        Self { state: Mutex::new(State::new()), changed: Notify::new() }
    }
}

impl<A: Listed> Hub<A> {
    fn state(&self) -> MutexGuard<'_, State<A::Item>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a reader where there is none: the first one, or the next after one whose runtime has ended.
    ///
    /// # Errors
    /// Where this runtime has ended too.
    fn read_on(hub: &Arc<Self>, client: &Client) -> Result<()> {
        let mut state = hub.state();
        if state.reader.is_some() {
            return Ok(());
        }
        let number = state.number();
        state.reader = Some(Reader { number, task: None });
        // A runtime that is about to end drops the task at once, and the task takes the lock when it is dropped.
        drop(state);
        let task = tokio::spawn(reader::read(reader::Post::new(hub, number), client.clone()));
        match hub.state().reader.as_mut().filter(|reader| reader.number == number) {
            Some(reader) => reader.task = Some(task.abort_handle()),
            None => return Err(ended(A::NAME)),
        }
        Ok(())
    }
}

fn ended(action: &str) -> Error {
    let reason = "the tokio runtime is shutting down, and starts no task that could read".to_owned();
    Error::new(action, ErrorRepr::NotSent { reason, credentials: false })
}

impl<Item> State<Item> {
    fn new() -> Self {
        Self { next: 0, seats: BTreeMap::new(), last_read: None, read_to: 0, reader: None }
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// When to read next: as soon as somebody is due, but not at once after the last read unless one of them
    /// would do so alone. So there are hardly more reads for many who come one by one than for one.
    fn next_read(&self) -> Option<Instant> {
        let due = self.seats.values().map(|seat| seat.due).min()?;
        let space = self.seats.values().map(|seat| seat.schedule.first).min()?.min(SPACE);
        Some(self.last_read.map_or(due, |last| due.max(after(last, space))))
    }

    /// The resources to read now: all that are due, and as many others as the last request has room for.
    fn begin(&mut self, now: Instant) -> Vec<String> {
        (self.last_read, self.read_to) = (Some(now), self.next);
        let mut seats: Vec<_> = self.seats.values().collect();
        seats.sort_by_key(|seat| seat.due);
        let is_due = |seat: &&&Seat<Item>| seat.due <= now;
        let due: BTreeSet<&str> = seats.iter().take_while(is_due).map(|seat| seat.id.as_str()).collect();
        let most = due.len().next_multiple_of(MOST);
        let mut ids = due;
        for seat in &seats {
            if ids.len() < most {
                ids.insert(&seat.id);
            }
        }
        ids.into_iter().map(str::to_owned).collect()
    }

    /// Gives everybody whose resource was read what was seen of it. `ids` are in order.
    ///
    /// Those who came after the read began are left out: what they did before they came, it may not have seen.
    fn deliver(&mut self, ids: &[String], now: Instant, sighting: impl Fn(&str) -> Option<Sighting<Item>>) {
        for (_, seat) in self.seats.range_mut(..=self.read_to) {
            if ids.binary_search(&seat.id).is_err() {
                continue;
            }
            let elapsed = now.duration_since(seat.since);
            seat.due = after(now, seat.schedule.delay(elapsed, random::unit()));
            if let Some(sighting) = sighting(&seat.id) {
                seat.sighting = Some(sighting);
                seat.seen.notify_one();
            }
        }
    }
}

#[cfg(test)]
mod tests;

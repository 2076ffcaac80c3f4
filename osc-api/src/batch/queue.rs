//! The reads that wait for a request, per action and runtime.
//!
//! Requests are sent by tasks, not by one of the reads: a read that is not polled would block all others. Reads of
//! different runtimes share nothing, since a runtime that is not running would block the reads of another.

use std::collections::{BTreeMap, HashMap};
use std::future::poll_fn;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::runtime::{Handle, Id};
use tokio::sync::{Notify, oneshot};
use tokio::time::{sleep, timeout};
use tracing::Instrument as _;

use super::{Listed, MAX_IDS_PER_REQUEST, read_divided};
use crate::Client;
use crate::error::{Error, ErrorRepr, NotSentCause, Result};

/// How long a read waits for others.
const GATHER_TIME: Duration = Duration::from_millis(2);

/// How long a read waits for others at most, while a request is in flight.
const MAX_GATHER_TIME: Duration = Duration::from_millis(100);

/// The queues of an action, by runtime.
struct BatchQueues<A: Listed>(Mutex<HashMap<Id, Arc<BatchQueue<A>>>>);

struct BatchQueue<A: Listed> {
    state: Mutex<QueueState<A::Item>>,
    /// Wakes the gathering task when the last request in flight ends.
    idle: Notify,
}

struct QueueState<Item> {
    /// The reads to send next, by ID.
    waiting: BTreeMap<String, Vec<Reader<Item>>>,
    is_gathering: bool,
    /// Number of requests in flight.
    in_flight: usize,
}

type Reader<Item> = oneshot::Sender<Result<Option<Item>>>;
type Reads<Item> = BTreeMap<String, Vec<Reader<Item>>>;

/// A read that waits, and the runtime that its request is sent in.
struct WaitingRead<Item> {
    result: oneshot::Receiver<Result<Option<Item>>>,
    runtime: Id,
}

/// Reads a resource.
pub(super) async fn read<A: Listed>(client: &Client, id: String) -> Result<Option<A::Item>> {
    let mut read = None;
    let runtime = || {
        Handle::try_current()
            .map_err(|_| failed::<A>("no Tokio runtime is running: call the client from within one"))
    };
    runtime()?;
    let result = poll_fn(|context| {
        // It may be polled in another runtime than before, which may have ended.
        let runtime = runtime()?;
        let waiting = match &mut read {
            Some(WaitingRead { runtime: own, result }) if *own == runtime.id() => result,
            _ => {
                let result = enqueue::<A>(client, &runtime, &id);
                &mut read.insert(WaitingRead { result, runtime: runtime.id() }).result
            }
        };
        let result = ready!(Pin::new(waiting).poll(context));
        Poll::Ready(result.unwrap_or_else(|_| Err(failed::<A>("the Tokio runtime is shutting down"))))
    });
    match timeout(client.timeout(), result).await {
        Ok(result) => result,
        Err(_) => {
            let reason = format!("it timed out after {:?} while waiting for a shared read", client.timeout());
            Err(Error::new(A::NAME, ErrorRepr::NotSent { reason, cause: NotSentCause::TimedOut }))
        }
    }
}

/// Adds a read to the queue of its runtime.
fn enqueue<A: Listed>(
    client: &Client,
    runtime: &Handle,
    id: &str,
) -> oneshot::Receiver<Result<Option<A::Item>>> {
    let queue = client.extension::<BatchQueues<A>>().of(runtime.id());
    let (sender, receiver) = oneshot::channel();
    let mut state = queue.state();
    state.waiting.entry(id.to_owned()).or_default().push(sender);
    let full = (state.waiting.len() >= MAX_IDS_PER_REQUEST).then(|| state.begin());
    let gathers = full.is_none() && !mem::replace(&mut state.is_gathering, true);
    // A runtime that is shutting down drops a task at once, and dropping it takes the lock.
    drop(state);
    if let Some(reads) = full {
        send(&queue, client, runtime, reads);
    } else if gathers {
        let gathering = Gathering(Arc::clone(&queue));
        runtime.spawn(gathering.run(client.clone()).in_current_span());
    }
    receiver
}

/// Sends one request for these reads.
fn send<A: Listed>(queue: &Arc<BatchQueue<A>>, client: &Client, runtime: &Handle, reads: Reads<A::Item>) {
    let (request, client) = (SentBatch { queue: Arc::clone(queue), reads }, client.persistent());
    runtime.spawn(request.run(client).in_current_span());
}

fn failed<A: Listed>(reason: &str) -> Error {
    Error::new(A::NAME, ErrorRepr::NotSent { reason: reason.to_owned(), cause: NotSentCause::Invalid })
}

impl<A: Listed> Default for BatchQueues<A> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<A: Listed> BatchQueues<A> {
    /// The queue of a runtime. Those that are not in use are dropped: their runtime may have ended.
    fn of(&self, runtime: Id) -> Arc<BatchQueue<A>> {
        let mut queues = lock(&self.0);
        if let Some(queue) = queues.get(&runtime) {
            return Arc::clone(queue);
        }
        queues.retain(|_, queue| Arc::strong_count(queue) > 1);
        let state = QueueState { waiting: BTreeMap::new(), is_gathering: false, in_flight: 0 };
        let queue = Arc::new(BatchQueue { state: Mutex::new(state), idle: Notify::new() });
        queues.insert(runtime, Arc::clone(&queue));
        queue
    }
}

impl<A: Listed> BatchQueue<A> {
    fn state(&self) -> MutexGuard<'_, QueueState<A::Item>> {
        lock(&self.state)
    }

    /// Whether no request is in flight, or no read waits.
    fn is_idle(&self) -> bool {
        let state = self.state();
        state.in_flight == 0 || state.waiting.is_empty()
    }
}

impl<Item> QueueState<Item> {
    /// Takes the reads of the next request, which is in flight from now on.
    fn begin(&mut self) -> Reads<Item> {
        self.in_flight += 1;
        let mut reads = mem::take(&mut self.waiting);
        // The callers of the others were dropped.
        reads.retain(|_, readers| readers.iter().any(|reader| !reader.is_closed()));
        reads
    }
}

/// The task that waits for more reads.
struct Gathering<A: Listed>(Arc<BatchQueue<A>>);

impl<A: Listed> Gathering<A> {
    async fn run(self, client: Client) {
        sleep(GATHER_TIME).await;
        let _ = timeout(MAX_GATHER_TIME.saturating_sub(GATHER_TIME), self.until_idle()).await;
        let reads = {
            let mut state = self.0.state();
            state.is_gathering = false;
            if state.waiting.is_empty() {
                return;
            }
            state.begin()
        };
        let request = SentBatch { queue: Arc::clone(&self.0), reads };
        drop(self);
        tokio::spawn(request.run(client.persistent()).in_current_span());
    }

    async fn until_idle(&self) {
        loop {
            let mut idle = std::pin::pin!(self.0.idle.notified());
            // Registered before looking at the state, so that no change in between is missed.
            idle.as_mut().enable();
            if self.0.is_idle() {
                return;
            }
            idle.await;
        }
    }
}

/// However the task ends, the next read starts another one. Reads that wait fail if the runtime shuts down.
impl<A: Listed> Drop for Gathering<A> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        if mem::replace(&mut state.is_gathering, false) {
            let waiting = mem::take(&mut state.waiting);
            drop(state);
            drop(waiting);
        }
    }
}

/// A request in flight.
struct SentBatch<A: Listed> {
    queue: Arc<BatchQueue<A>>,
    reads: Reads<A::Item>,
}

impl<A: Listed> SentBatch<A> {
    async fn run(mut self, client: Client) {
        let ids: Vec<String> = self.reads.keys().cloned().collect();
        if ids.is_empty() {
            return;
        }
        let reads = Mutex::new(mem::take(&mut self.reads));
        let mut request = std::pin::pin!(read_divided::<A>(&client, &ids, |ids, result| {
            deliver_group::<A>(&mut lock(&reads), ids, &result);
        }));
        // Without readers, an outage would keep it in flight for the timeout of each part.
        poll_fn(|context| match request.as_mut().poll(context) {
            Poll::Pending if !are_abandoned(&mut lock(&reads), context) => Poll::Pending,
            _ => Poll::Ready(()),
        })
        .await;
    }
}

/// Whether no read waits any more. Else the task is woken when one of those that wait ends.
fn are_abandoned<Item>(reads: &mut Reads<Item>, context: &mut Context<'_>) -> bool {
    reads.values_mut().flatten().all(|reader| reader.poll_closed(context).is_ready())
}

/// Delivers the result of a part of the request.
fn deliver_group<A: Listed>(
    reads: &mut Reads<A::Item>,
    ids: &[String],
    result: &Result<(Vec<A::Item>, bool)>,
) {
    for id in ids {
        let result = match result {
            Ok((items, is_complete)) => match items.iter().find(|item| A::id(item) == Some(id)) {
                None if !is_complete => Err(Error::pagination(A::NAME, "it has too many pages")),
                item => Ok(item.cloned()),
            },
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.clone()),
        };
        deliver(reads, id, &result);
    }
}

impl<A: Listed> Drop for SentBatch<A> {
    fn drop(&mut self) {
        let mut state = self.queue.state();
        state.in_flight = state.in_flight.saturating_sub(1);
        let is_idle = state.in_flight == 0;
        drop(state);
        if is_idle {
            self.queue.idle.notify_waiters();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn deliver<Item: Clone>(reads: &mut Reads<Item>, id: &str, result: &Result<Option<Item>>) {
    for reader in reads.remove(id).unwrap_or_default() {
        // It may have been dropped.
        _ = reader.send(result.clone());
    }
}

/// Number of queues.
#[cfg(test)]
pub(super) fn count<A: Listed>(client: &Client) -> usize {
    lock(&client.extension::<BatchQueues<A>>().0).len()
}

/// Number of requests in flight in the current runtime.
#[cfg(test)]
pub(super) fn in_flight<A: Listed>(client: &Client) -> usize {
    client.extension::<BatchQueues<A>>().of(Handle::current().id()).state().in_flight
}

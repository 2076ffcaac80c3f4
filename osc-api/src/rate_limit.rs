//! The rate limiter of a client: one limit for the account, and one for each action that the server throttles
//! separately. Shared by all clones of a client.

mod controller;
mod history;
mod queue;
mod schedule;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use queue::{Granted, Queues};

/// The rate at which a client sends requests.
///
/// Requests of an action are sent in the order of the calls. All clones of a client share one rate limiter.
///
/// ```
/// use osc_api::{Client, RateLimit};
///
/// # fn example() -> osc_api::Result<()> {
/// let steady = Client::builder().rate_limit(5.0).build()?;
/// let unlimited = Client::builder().rate_limit(RateLimit::Off).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum RateLimit {
    /// Unlimited until the server throttles, then just below the observed limit, then ramps back up. An action
    /// that the server throttles separately does not slow down the others.
    #[default]
    Adaptive,
    /// Requests per second, evenly spaced. Must be greater than 0.
    Fixed(f64),
    /// Unlimited, even when the server throttles.
    Off,
}

impl From<f64> for RateLimit {
    /// A fixed number of requests per second.
    fn from(rate: f64) -> Self {
        Self::Fixed(rate)
    }
}

impl RateLimit {
    /// Why the limit is invalid, if it is.
    pub(crate) fn problem(self) -> Option<String> {
        match self {
            Self::Fixed(rate) if !(rate.is_finite() && rate > 0.0) => {
                Some(format!("invalid rate limit of {rate} requests per second: must be greater than 0"))
            }
            Self::Adaptive | Self::Fixed(_) | Self::Off => None,
        }
    }
}

/// The rate limiter of one client.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    limit: RateLimit,
    queues: Arc<Mutex<Queues>>,
}

impl RateLimiter {
    pub(crate) fn new(limit: RateLimit) -> Self {
        Self { limit, queues: Arc::new(Mutex::new(Queues::new(limit))) }
    }

    /// The same limit, with nothing observed yet and empty queues.
    #[cfg(feature = "blocking")]
    pub(crate) fn separate(&self) -> Self {
        Self::new(self.limit)
    }

    /// The limit of all requests, if any, and those of single actions, in requests per second.
    pub(crate) fn rates(&self) -> (Option<f64>, Vec<(String, f64)>) {
        lock(&self.queues).rates()
    }

    /// Waits until a request of this action may be sent, at the end of the queue or at an earlier position of the request.
    /// Dropping the future leaves the queue.
    ///
    /// Never waits for another future to be polled.
    pub(crate) async fn acquire_at(&self, action: &str, position: Position) -> Permit {
        if self.limit == RateLimit::Off {
            return Permit(None);
        }
        let waker = Arc::new(Notify::new());
        let (queued, mut decision) = self.join(action, position, Arc::clone(&waker));
        loop {
            match decision {
                Ok(granted) => return queued.into_permit(granted, self.limit),
                // Notified or not: check again.
                Err(time) => _ = timeout_at(time, waker.notified()).await,
            }
            decision = lock(&self.queues).poll(&queued.action, queued.ticket, Instant::now());
        }
    }

    /// Joins the queue of an action. Also returns the granted request, or else when to check again.
    fn join(
        &self,
        action: &str,
        position: Position,
        waker: Arc<Notify>,
    ) -> (QueuedCall<'_>, Result<Granted, Instant>) {
        let mut queues = lock(&self.queues);
        let now = Instant::now();
        let (action, ticket) = queues.join(action, position.0, waker, now);
        let decision = queues.poll(&action, ticket, now);
        (QueuedCall { queues: &self.queues, action, ticket, has_left: false }, decision)
    }
}

/// A position in the queue of an action. The default is the end.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Position(Option<u64>);

/// The right to send one request now. Dropped without a result, it counts as neither accepted nor throttled.
#[derive(Debug)]
#[must_use]
pub(crate) struct Permit(Option<Sent>);

#[derive(Debug)]
struct Sent {
    queues: Arc<Mutex<Queues>>,
    action: Arc<str>,
    limit: RateLimit,
    ticket: u64,
    granted: Granted,
}

impl Permit {
    /// Returns the permit unused: the request was not sent. Its position in the queue is kept for a later
    /// [`acquire_at`](RateLimiter::acquire_at).
    pub(crate) fn release(mut self) -> Position {
        let Some(sent) = self.0.take() else { return Position(None) };
        let mut queues = lock(&sent.queues);
        queues.cancel(&sent.action, sent.granted);
        queues.advance(Instant::now());
        Position(Some(sent.ticket))
    }

    /// The server accepted the request.
    pub(crate) fn accepted(mut self) {
        let Some(sent) = self.0.take() else { return };
        let now = Instant::now();
        let mut queues = lock(&sent.queues);
        queues.accepted(&sent.action, sent.granted, now);
        queues.advance(now);
    }

    /// The server throttled the request, for the account or, if `is_by_action`, for the action alone.
    pub(crate) fn throttled(mut self, is_by_action: bool, retry_after: Option<Duration>) {
        let Some(sent) = self.0.take() else { return };
        let now = Instant::now();
        let mut queues = lock(&sent.queues);
        // A configured rate holds for all actions.
        match is_by_action && sent.limit == RateLimit::Adaptive {
            true => queues.throttled_action(&sent.action, sent.granted, now, retry_after),
            false => queues.throttled(&sent.action, sent.granted, now, retry_after),
        }
        queues.advance(now);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let Some(sent) = self.0.take() else { return };
        let mut queues = lock(&sent.queues);
        queues.end(&sent.action, sent.granted);
        queues.advance(Instant::now());
    }
}

/// A call in a queue. Dropping it leaves the queue.
struct QueuedCall<'a> {
    queues: &'a Arc<Mutex<Queues>>,
    action: Arc<str>,
    ticket: u64,
    has_left: bool,
}

impl QueuedCall<'_> {
    /// Leaves the queue with a granted request.
    fn into_permit(mut self, granted: Granted, limit: RateLimit) -> Permit {
        self.has_left = true;
        let Self { queues, action, ticket, .. } = &self;
        let (queues, action) = (Arc::clone(queues), Arc::clone(action));
        Permit(Some(Sent { queues, action, limit, ticket: *ticket, granted }))
    }
}

impl Drop for QueuedCall<'_> {
    fn drop(&mut self) {
        if self.has_left {
            return;
        }
        let mut queues = lock(self.queues);
        if let Some(granted) = queues.leave(&self.action, self.ticket) {
            queues.cancel(&self.action, granted);
        }
        queues.advance(Instant::now());
    }
}

fn lock(queues: &Mutex<Queues>) -> MutexGuard<'_, Queues> {
    queues.lock().unwrap_or_else(PoisonError::into_inner)
}

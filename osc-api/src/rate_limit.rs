//! How fast a client sends: one pace for the account, and one for each action that the server throttles on
//! its own. Shared by all clones of a client.

mod controller;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout_at};

use controller::{Pace, Turn};

pub(crate) use controller::Answer;

/// How fast a client sends requests.
///
/// Queues are in the order of the calls, and shared by all clones of a client.
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
    /// Full speed until the server throttles, then down at once to a little less than what it let through,
    /// and up again step by step. An action that the server throttles on its own slows down no other.
    #[default]
    Adaptive,
    /// So many requests per second, evenly spaced: more than 0.
    Fixed(f64),
    /// Full speed, whatever the server says.
    Off,
}

impl From<f64> for RateLimit {
    /// So many requests per second.
    fn from(rate: f64) -> Self {
        Self::Fixed(rate)
    }
}

impl RateLimit {
    /// What is wrong with it, if anything.
    pub(crate) fn problem(self) -> Option<String> {
        match self {
            Self::Fixed(rate) if !(rate.is_finite() && rate > 0.0) => {
                Some(format!("a rate limit of {rate} requests per second is not possible: give more than 0"))
            }
            Self::Adaptive | Self::Fixed(_) | Self::Off => None,
        }
    }
}

/// The paces of one client.
#[derive(Debug)]
pub(crate) struct Throttle {
    limit: RateLimit,
    account: Arc<Lane>,
    /// Only the actions that were throttled on their own.
    actions: Mutex<BTreeMap<Box<str>, Arc<Lane>>>,
}

impl Throttle {
    pub(crate) fn new(limit: RateLimit) -> Self {
        let pace = match limit {
            RateLimit::Fixed(rate) => Pace::fixed(rate, Instant::now()),
            RateLimit::Adaptive | RateLimit::Off => Pace::adaptive(),
        };
        Self { limit, account: Arc::new(Lane::new(pace)), actions: Mutex::default() }
    }

    /// The same limit, with nothing known yet and nobody in the queues.
    #[cfg(feature = "blocking")]
    pub(crate) fn apart(&self) -> Self {
        Self::new(self.limit)
    }

    /// Waits until a request of this action may go out.
    pub(crate) async fn enter(&self, action: &str) -> Pass<'_> {
        if self.limit == RateLimit::Off {
            return Pass { throttle: self, slots: None };
        }
        let lane = self.actions().get(action).map(Arc::clone);
        let action = match lane {
            Some(lane) => Some(Slot::take(lane).await),
            None => None,
        };
        let account = Slot::take(Arc::clone(&self.account)).await;
        Pass { throttle: self, slots: Some((account, action)) }
    }

    /// Waits as [`enter`](Self::enter), but not beyond a time.
    pub(crate) async fn enter_before(&self, action: &str, deadline: Instant) -> Option<Pass<'_>> {
        timeout_at(deadline, self.enter(action)).await.ok()
    }

    /// Gives an action a pace of its own, which begins below what the whole account has sent.
    fn begin(&self, action: &str, measured: f64, retry_after: Option<Duration>) {
        let now = Instant::now();
        let lane = || Arc::new(Lane::new(Pace::lowered(measured, now)));
        let lane = Arc::clone(self.actions().entry(action.into()).or_insert_with(lane));
        if let Some(wait) = retry_after {
            lane.pace().pause(now, wait);
        }
    }

    fn actions(&self) -> MutexGuard<'_, BTreeMap<Box<str>, Arc<Lane>>> {
        self.actions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to send one request. Dropped without an answer, it says that nobody knows what became of it.
#[derive(Debug)]
pub(crate) struct Pass<'a> {
    throttle: &'a Throttle,
    slots: Option<(Slot, Option<Slot>)>,
}

impl Pass<'_> {
    /// The server took the request.
    pub(crate) fn taken(self) {
        let Some((account, action)) = self.slots else { return };
        account.answer(Answer::Taken);
        if let Some(action) = action {
            action.answer(Answer::Taken);
        }
    }

    /// The server said that it came too soon. `action` is given where the limit is that of the action alone.
    pub(crate) fn throttled(self, action: Option<&str>, retry_after: Option<Duration>) {
        let Some((account, own)) = self.slots else { return };
        let answer = Answer::Throttled(retry_after);
        // A rate that the program fixed is that of all actions.
        let action = action.filter(|_| self.throttle.limit == RateLimit::Adaptive);
        match (action, own) {
            (None, own) => {
                account.answer(answer);
                drop(own);
            }
            (Some(_), Some(own)) => {
                account.answer(Answer::Taken);
                own.answer(answer);
            }
            (Some(action), None) => {
                self.throttle.begin(action, account.lane.measured(), retry_after);
                account.answer(Answer::Taken);
            }
        }
    }
}

/// A pace, and the queue of those who wait for it.
#[derive(Debug)]
struct Lane {
    /// Those who wait, the first of the queue included.
    waiting: AtomicUsize,
    /// Held by the first of the queue.
    queue: tokio::sync::Mutex<()>,
    pace: Mutex<Pace>,
    /// Wakes the first of the queue after an answer.
    answered: Notify,
}

impl Lane {
    fn new(pace: Pace) -> Self {
        Self {
            waiting: AtomicUsize::new(0),
            queue: tokio::sync::Mutex::default(),
            pace: Mutex::new(pace),
            answered: Notify::new(),
        }
    }

    /// Waits for a turn.
    async fn enter(&self) -> Instant {
        // Where nobody waits there is no queue: many tasks at full speed must not hand a lock from one to the
        // next, which takes longer than a request.
        if self.waiting.load(Ordering::Acquire) == 0
            && let (now, Turn::Go) = self.turn()
        {
            return now;
        }
        let _place = Place::take(&self.waiting);
        let _first = self.queue.lock().await;
        loop {
            match self.turn() {
                (now, Turn::Go) => return now,
                // An answer may put the time off; that is seen when it comes.
                (_, Turn::At(time)) => sleep_until(time).await,
                (_, Turn::Later) => self.answered.notified().await,
            }
        }
    }

    fn turn(&self) -> (Instant, Turn) {
        let now = Instant::now();
        (now, self.pace().turn(now))
    }

    fn answer(&self, sent: Instant, answer: Answer) {
        self.pace().answered(Instant::now(), sent, answer);
        self.answered.notify_one();
    }

    fn measured(&self) -> f64 {
        self.pace().measured(Instant::now())
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in a queue, until it is dropped.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::AcqRel);
        Self(waiting)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A request that a lane counts as sent, until it is answered or dropped.
#[derive(Debug)]
struct Slot {
    lane: Arc<Lane>,
    sent: Instant,
    is_answered: bool,
}

impl Slot {
    async fn take(lane: Arc<Lane>) -> Self {
        let sent = lane.enter().await;
        Self { lane, sent, is_answered: false }
    }

    fn answer(mut self, answer: Answer) {
        self.is_answered = true;
        self.lane.answer(self.sent, answer);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if !self.is_answered {
            self.lane.answer(self.sent, Answer::None);
        }
    }
}

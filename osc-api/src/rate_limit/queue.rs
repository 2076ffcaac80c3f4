//! The queues of a client, one for each action, in front of the account's limiter.
//!
//! Waiters do not depend on one another: each timer of a waiter and each response grants the requests that are due, in
//! order. Each waiter records when it checks again. A waiter that is late is stalled: others overtake it until it is
//! polled, which restores its position. A waiter that is never polled again wastes at most one request.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::RateLimit;
use super::controller::RateController;
use super::schedule::SendDecision;

/// A waiter with at least this number of waiters before it checks again after [`CHECK_INTERVAL`].
const MAX_LOOKAHEAD: usize = 16;

/// Interval at which a waiter far back in the queue checks that those before it make progress.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// A waiter that is late by more than this is stalled.
const STALL_TIMEOUT: Duration = Duration::from_millis(50);

/// The resolution of the runtime's timers.
const MIN_SLEEP: Duration = Duration::from_millis(1);

/// The limiters of an account and the requests that wait for them.
#[derive(Debug)]
pub(crate) struct Queues {
    account: RateController,
    actions: BTreeMap<Arc<str>, Queue>,
    next_ticket: u64,
    next_number: u64,
    /// Requests that were granted and not yet collected by their waiters, by ticket.
    granted: BTreeMap<u64, Granted>,
}

/// The requests of one action.
#[derive(Debug)]
struct Queue {
    controller: RateController,
    waiting: BTreeMap<u64, Waiting>,
    stalled: BTreeMap<u64, Waiting>,
}

#[derive(Debug)]
struct Waiting {
    waker: Arc<Notify>,
    /// The time at which it checks again, if it is polled.
    wakes_at: Instant,
}

impl Queue {
    fn new() -> Self {
        let controller = RateController::open();
        Self { controller, waiting: BTreeMap::new(), stalled: BTreeMap::new() }
    }

    /// The first waiter that is not stalled.
    fn first(&mut self, now: Instant) -> Option<u64> {
        while let Some(first) = self.waiting.first_entry() {
            if now.saturating_duration_since(first.get().wakes_at) <= STALL_TIMEOUT {
                return Some(*first.key());
            }
            let (ticket, waiting) = first.remove_entry();
            self.stalled.insert(ticket, waiting);
        }
        None
    }

    /// Records that the waiter was polled.
    fn revive(&mut self, ticket: u64, now: Instant) {
        if let Some(waiting) = self.stalled.remove(&ticket) {
            self.waiting.insert(ticket, waiting);
        }
        if let Some(waiting) = self.waiting.get_mut(&ticket) {
            waiting.wakes_at = now;
        }
    }

    /// Sets and returns the latest time at which the waiter checks again.
    fn wakes_at(&mut self, ticket: u64, account: &mut RateController, now: Instant) -> Instant {
        let at = |decision| match decision {
            SendDecision::Now => now,
            SendDecision::At(time) => time,
        };
        let due = at(self.controller.decide(now)).max(at(account.decide(now))).max(now + MIN_SLEEP);
        let time = match self.waiting.range(..ticket).take(MAX_LOOKAHEAD).count() {
            0 => due,
            MAX_LOOKAHEAD => now + CHECK_INTERVAL,
            ahead => {
                // Those before it may never be polled again.
                let interval = self.controller.interval().max(account.interval());
                let ahead = u32::try_from(ahead).unwrap_or(u32::MAX);
                due + interval.saturating_mul(ahead).min(CHECK_INTERVAL)
            }
        };
        if let Some(waiting) = self.waiting.get_mut(&ticket) {
            waiting.wakes_at = time;
        }
        time
    }
}

/// A request that may be sent now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Granted {
    pub(crate) number: u64,
    pub(crate) sent: Instant,
}

impl Queues {
    pub(crate) fn new(limit: RateLimit) -> Self {
        let account = match limit {
            RateLimit::Fixed(rate) => RateController::fixed(rate, Instant::now()),
            RateLimit::Adaptive | RateLimit::Off => RateController::adaptive(),
        };
        Self { account, actions: BTreeMap::new(), next_ticket: 0, next_number: 0, granted: BTreeMap::new() }
    }

    /// Joins the queue of an action, at the end or with an earlier ticket. Returns the name of the queue and the ticket,
    /// which is the position in the order of all calls.
    pub(crate) fn join(
        &mut self,
        action: &str,
        ticket: Option<u64>,
        waker: Arc<Notify>,
        now: Instant,
    ) -> (Arc<str>, u64) {
        let known = self.actions.get_key_value(action).map(|(known, _)| Arc::clone(known));
        let action = known.unwrap_or_else(|| action.into());
        let ticket = ticket.unwrap_or(self.next_ticket);
        self.next_ticket = self.next_ticket.max(ticket + 1);
        self.queue(&action).waiting.insert(ticket, Waiting { waker, wakes_at: now });
        (action, ticket)
    }

    /// Leaves the queue. Returns the request if it was granted in the meantime: it is not sent.
    pub(crate) fn leave(&mut self, action: &Arc<str>, ticket: u64) -> Option<Granted> {
        let queue = self.queue(action);
        queue.waiting.remove(&ticket);
        queue.stalled.remove(&ticket);
        self.granted.remove(&ticket)
    }

    /// Grants the requests that are due. Returns the one of this ticket, or else when to check again.
    pub(crate) fn poll(&mut self, action: &Arc<str>, ticket: u64, now: Instant) -> Result<Granted, Instant> {
        self.queue(action).revive(ticket, now);
        self.advance(now);
        if let Some(granted) = self.granted.remove(&ticket) {
            return Ok(granted);
        }
        let Self { account, actions, .. } = self;
        Err(actions
            .get_mut(action)
            .map_or(now + CHECK_INTERVAL, |queue| queue.wakes_at(ticket, account, now)))
    }

    /// Grants the requests that are due, in the order of the calls among the actions that may send.
    pub(crate) fn advance(&mut self, now: Instant) {
        loop {
            let first = self.actions.values_mut().filter_map(|queue| {
                let ticket = queue.first(now)?;
                (queue.controller.decide(now) == SendDecision::Now).then_some((ticket, queue))
            });
            let Some((ticket, queue)) = first.min_by_key(|(ticket, _)| *ticket) else { break };
            if self.account.decide(now) != SendDecision::Now {
                break;
            }
            let Some(Waiting { waker, .. }) = queue.waiting.remove(&ticket) else { break };
            let granted = Granted { number: self.next_number, sent: now };
            self.next_number += 1;
            queue.controller.send(now, granted.number);
            self.account.send(now, granted.number);
            self.granted.insert(ticket, granted);
            waker.notify_one();
            // The next waiter of the action resets its timer.
            if let Some(mut next) = queue.waiting.first_entry() {
                let next = next.get_mut();
                next.wakes_at = next.wakes_at.min(now);
                next.waker.notify_one();
            }
        }
    }

    /// Records that a granted request is not sent.
    pub(crate) fn cancel(&mut self, action: &Arc<str>, granted: Granted) {
        self.account.cancel(granted.number, granted.sent);
        self.queue(action).controller.cancel(granted.number, granted.sent);
    }

    /// Records that a request ended without information about the rate.
    pub(crate) fn end(&mut self, action: &Arc<str>, granted: Granted) {
        self.account.end(granted.number);
        self.queue(action).controller.end(granted.number);
    }

    pub(crate) fn accepted(&mut self, action: &Arc<str>, granted: Granted, now: Instant) {
        self.account.end(granted.number);
        self.account.accepted(now);
        let queue = self.queue(action);
        queue.controller.end(granted.number);
        queue.controller.accepted(now);
    }

    /// The account's limiter throttled the request.
    pub(crate) fn throttled(
        &mut self,
        action: &Arc<str>,
        granted: Granted,
        now: Instant,
        after: Option<Duration>,
    ) {
        self.end(action, granted);
        self.account.throttled(now, granted.sent, after);
    }

    /// The action's limiter throttled the request, which the account's had accepted.
    pub(crate) fn throttled_action(
        &mut self,
        action: &Arc<str>,
        granted: Granted,
        now: Instant,
        after: Option<Duration>,
    ) {
        self.end(action, granted);
        self.account.accepted(now);
        self.queue(action).controller.throttled(now, granted.sent, after);
    }

    /// The limit of the account, if any, and those of single actions, in requests per second.
    pub(crate) fn rates(&self) -> (Option<f64>, Vec<(String, f64)>) {
        let limited = self.actions.iter().filter_map(|(name, queue)| {
            let rate = queue.controller.rate()?;
            Some((name.to_string(), rate))
        });
        (self.account.rate(), limited.collect())
    }

    #[cfg(test)]
    pub(crate) fn rate(&self, action: &str, is_by_action: bool) -> Option<f64> {
        match is_by_action {
            true => self.actions.get(action)?.controller.rate(),
            false => self.account.rate(),
        }
    }

    fn queue(&mut self, action: &Arc<str>) -> &mut Queue {
        self.actions.entry(Arc::clone(action)).or_insert_with(Queue::new)
    }
}

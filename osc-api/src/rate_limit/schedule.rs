//! Evenly spaced requests.

use std::time::Duration;

use tokio::time::Instant;

/// Maximum lateness of a timer that does not lower the rate.
const MAX_LATENESS: Duration = Duration::from_millis(50);

/// When the next request may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SendDecision {
    /// Now.
    Now,
    /// Not before this time, unless a response changes that.
    At(Instant),
}

/// Evenly spaced times.
#[derive(Clone, Copy, Debug)]
pub(super) struct SendSchedule {
    /// Requests per second.
    pub(super) rate: f64,
    pub(super) next: Instant,
    /// Whether a request is waiting for `next`.
    is_awaited: bool,
    /// The number of the last request, and the value of `next` that it set.
    last: Option<(u64, Instant)>,
}

impl SendSchedule {
    pub(super) fn new(rate: f64, next: Instant) -> Self {
        Self { rate, next, is_awaited: false, last: None }
    }

    pub(super) fn decide(&mut self, now: Instant) -> SendDecision {
        if now >= self.next {
            return SendDecision::Now;
        }
        self.is_awaited = true;
        SendDecision::At(self.next)
    }

    pub(super) fn take(&mut self, now: Instant, number: u64) {
        let is_late = self.is_awaited && now.saturating_duration_since(self.next) < MAX_LATENESS;
        let from = if is_late { self.next } else { now };
        self.next = later(from, 1.0 / self.rate);
        self.last = Some((number, self.next));
        // Catching up after a late timer: the following requests waited as well.
        self.is_awaited = self.next <= now;
    }

    /// Releases the time of a request that was not sent, unless a later request was sent.
    pub(super) fn release(&mut self, number: u64, granted: Instant) {
        if self.last.take_if(|last| *last == (number, self.next)).is_some() {
            (self.next, self.is_awaited) = (granted, false);
        }
    }
}

/// A number of seconds after a time, at most an hour.
pub(super) fn later(time: Instant, seconds: f64) -> Instant {
    let seconds =
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX).min(Duration::from_secs(3600));
    time.checked_add(seconds).unwrap_or(time)
}

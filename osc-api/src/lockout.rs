//! The lockout guard stops a client before the server locks its credentials.
//!
//! Four failed authentications in a row lock an access key or login for one minute, and each further four for one
//! more minute, up to ten (provider's documentation). The guard stops before the fourth.
//!
//! The guard counts what the server may have counted: while the credentials are unproven, a request whose response was
//! lost is a possible failure. Unproven requests are sent one at a time, so that a program that starts with many tasks
//! and a wrong key does not send dozens before the first response.
//!
//! A closed guard is half-open: after the lock time it allows a single probe, and the next one after a longer time.
//! Credentials that were certainly refused and never accepted are not probed: only a person can fix them.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

/// Maximum number of failures in a row: one fewer than the server's limit.
pub(crate) const MAX_FAILURES: u32 = 3;

/// How long an unproven request may delay the next one. After that, another one is sent as well, if both cannot
/// exceed [`MAX_FAILURES`].
const SERIAL_TIMEOUT: Duration = Duration::from_secs(5);

/// Lock time of the server after the first four failures. It grows by this with each further four.
const LOCK_TIME: Duration = Duration::from_secs(60);

/// Maximum lock time of the server.
const MAX_LOCK_TIME: Duration = Duration::from_secs(600);

/// Counts failed authentications of all clones of a client.
#[derive(Debug, Default)]
pub(crate) struct LockoutGuard {
    state: Mutex<GuardState>,
    changed: Notify,
    /// Whether credentials that were never accepted are probed, too.
    probes_rejected: bool,
}

#[derive(Debug, Default)]
struct GuardState {
    /// Whether the last authentication whose result is known succeeded.
    is_proven: bool,
    /// Whether any authentication ever succeeded.
    was_ever_accepted: bool,
    /// Failures since the last success.
    failures: u32,
    /// Requests since the last success whose result is unknown, and which may have failed.
    possible_failures: u32,
    /// Requests in flight.
    in_flight: u32,
    /// Number of permits issued so far.
    issued: u64,
    /// The value of `issued` at the last failure.
    issued_before_failure: u64,
    /// When the guard closed or the last probe ended, and the number of probes so far.
    closed: Option<(Instant, u32)>,
    /// Distinguishes requests sent before and after a reset or a success.
    epoch: u64,
    /// The server's last refusal.
    last_refusal: String,
    /// Whether the secret was replaced since the last refusal.
    has_new_secret: bool,
}

/// Why no request may be sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Closed {
    pub(crate) failures: u32,
    pub(crate) possible_failures: u32,
    pub(crate) last_refusal: String,
}

impl LockoutGuard {
    pub(crate) fn new(probes_rejected: bool) -> Self {
        Self { probes_rejected, ..Self::default() }
    }

    /// Waits until a request may be sent, or until the guard is closed. Returns whether the wait took longer than
    /// [`SERIAL_TIMEOUT`]. Cancel-safe.
    ///
    /// `has_waited`: the request has already waited that long.
    pub(crate) async fn ready(&self, mut has_waited: bool) -> bool {
        loop {
            // Registered before looking at the state, so that no change in between is missed.
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            if self.state().decide(self.probes_rejected, has_waited).is_some() {
                return has_waited;
            }
            has_waited |= timeout(SERIAL_TIMEOUT, changed).await.is_err();
        }
    }

    /// Issues a permit for a request that is sent now. Returns `None` if the request must wait until the guard is
    /// [`ready`](Self::ready), and an error while the guard is closed.
    pub(crate) fn try_acquire(self: &Arc<Self>, has_waited: bool) -> Option<Result<LockoutPermit, Closed>> {
        let mut state = self.state();
        let decision = state.decide(self.probes_rejected, has_waited)?;
        Some(decision.map(|()| {
            state.in_flight += 1;
            state.issued += 1;
            let (epoch, number) = (state.epoch, state.issued);
            LockoutPermit { guard: Arc::clone(self), epoch, number, is_pending: true }
        }))
    }

    /// Forgets all failures.
    pub(crate) fn reset(&self) {
        let mut state = self.state();
        state.forget_failures();
        state.is_proven = false;
        drop(state);
        self.changed.notify_waiters();
    }

    /// The secret of the same access key or login was replaced. The server's count of failures stands, so a closed guard
    /// lets the new secret pass after the lock time.
    pub(crate) fn replace_secret(&self) {
        let mut state = self.state();
        state.has_new_secret = true;
        state.is_proven = false;
        drop(state);
        self.changed.notify_waiters();
    }

    /// Sends the next request alone, for example because the clock jumped.
    pub(crate) fn require_proof(&self) {
        self.state().is_proven = false;
    }

    /// Whether the credentials were accepted and not refused since.
    pub(crate) fn is_proven(&self) -> bool {
        self.state().is_proven
    }

    /// The number of failures if the guard is closed, and the time until a probe if there will be one.
    pub(crate) fn closed(&self) -> Option<(u32, Option<Duration>)> {
        self.state().closed_status(self.probes_rejected, Instant::now())
    }

    fn state(&self) -> MutexGuard<'_, GuardState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl GuardState {
    fn count(&self) -> u32 {
        self.failures.saturating_add(self.possible_failures)
    }

    /// Whether a request may be sent now: `None` if it must wait, an error if the guard is closed.
    fn decide(&self, probes_rejected: bool, has_waited: bool) -> Option<Result<(), Closed>> {
        let is_closed = self.count() >= MAX_FAILURES;
        if is_closed && !self.may_probe(probes_rejected, Instant::now()) {
            return Some(Err(Closed {
                failures: self.failures,
                possible_failures: self.possible_failures,
                last_refusal: self.last_refusal.clone(),
            }));
        }
        let may_send = self.is_proven
            || self.in_flight == 0
            || (has_waited && !is_closed && self.count() + self.in_flight < MAX_FAILURES);
        may_send.then_some(Ok(()))
    }

    fn forget_failures(&mut self) {
        (self.failures, self.possible_failures, self.closed) = (0, 0, None);
        self.epoch = self.epoch.wrapping_add(1);
    }

    /// Whether the lock time is over, and a probe makes sense.
    fn may_probe(&self, probes_rejected: bool, now: Instant) -> bool {
        self.in_flight == 0 && self.time_until_probe(probes_rejected, now) == Some(Duration::ZERO)
    }

    /// The rest of the lock time, or `None` if no probe makes sense.
    fn time_until_probe(&self, probes_rejected: bool, now: Instant) -> Option<Duration> {
        let is_hopeless = !self.was_ever_accepted && !self.has_new_secret && self.failures >= MAX_FAILURES;
        let (since, probes) = self.closed.filter(|_| !is_hopeless || probes_rejected)?;
        let lock_time = LOCK_TIME.saturating_mul(probes.saturating_add(1)).min(MAX_LOCK_TIME);
        Some(lock_time.saturating_sub(now.duration_since(since)))
    }

    fn closed_status(&self, probes_rejected: bool, now: Instant) -> Option<(u32, Option<Duration>)> {
        let is_closed = self.count() >= MAX_FAILURES;
        is_closed.then(|| (self.count(), self.time_until_probe(probes_rejected, now)))
    }

    /// Notes that the guard closed, or that a probe did not open it.
    fn update_closed(&mut self) {
        if self.count() >= MAX_FAILURES {
            let probes = self.closed.map_or(0, |(_, probes)| probes.saturating_add(1));
            self.closed = Some((Instant::now(), probes));
        }
    }
}

/// The right to send one authenticated request.
///
/// Dropped without a result, for example because the call was cancelled or its response lost, it counts as a possible
/// failure while the credentials are unproven.
#[derive(Debug)]
pub(crate) struct LockoutPermit {
    guard: Arc<LockoutGuard>,
    epoch: u64,
    /// Permits are numbered in the order in which they are issued.
    number: u64,
    is_pending: bool,
}

impl LockoutPermit {
    /// The server accepted the credentials.
    ///
    /// A request sent before the last failure may have been accepted before it: then the failures still stand.
    pub(crate) fn accepted(self) {
        let number = self.number;
        self.finish(|state| {
            state.was_ever_accepted = true;
            if number > state.issued_before_failure || state.failures == 0 {
                state.forget_failures();
                state.is_proven = true;
            }
        });
    }

    /// The server refused the credentials. Returns the number of failures in a row.
    pub(crate) fn refused(self, refusal: String) -> u32 {
        self.finish(|state| {
            state.failures = state.failures.saturating_add(1);
            state.issued_before_failure = state.issued;
            state.is_proven = false;
            state.has_new_secret = false;
            state.last_refusal = refusal;
            state.update_closed();
            state.failures
        })
    }

    /// The server refused the request because of its date, not because of the credentials. It still counts as a
    /// failure.
    ///
    /// `is_first`: no other request with the same clock correction was refused before.
    pub(crate) fn refused_for_its_date(self, is_first: bool) {
        self.finish(|state| {
            state.is_proven = false;
            if is_first {
                state.possible_failures = state.possible_failures.saturating_add(1);
                state.update_closed();
            }
        });
    }

    /// The response is not evidence about the credentials, or the request was not sent.
    pub(crate) fn unaffected(self) {
        self.finish(|_| ());
    }

    fn finish<T>(mut self, update: impl FnOnce(&mut GuardState) -> T) -> T {
        self.is_pending = false;
        let guard = Arc::clone(&self.guard);
        let mut state = guard.state();
        state.in_flight = state.in_flight.saturating_sub(1);
        let result = update(&mut state);
        drop(state);
        guard.changed.notify_waiters();
        result
    }
}

impl Drop for LockoutPermit {
    fn drop(&mut self) {
        if !self.is_pending {
            return;
        }
        let mut state = self.guard.state();
        state.in_flight = state.in_flight.saturating_sub(1);
        // A success since then, or a reset, does not depend on this request.
        if !state.is_proven && state.epoch == self.epoch {
            state.possible_failures = state.possible_failures.saturating_add(1);
            state.update_closed();
        }
        drop(state);
        self.guard.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests;

//! The guard before the lock: four failed authentications in a row lock an access key or login for a minute,
//! and each further four for a minute more (the provider's documentation). After the third one in a row nothing more is
//! sent.
//!
//! As long as no request was accepted, only one is on its way: otherwise a program that begins with many
//! tasks and a wrong key would have sent a dozen before the first answer is there.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

/// So many failures in a row are let happen: one fewer than lock.
pub(crate) const MOST: u32 = 3;

/// A request that waits so long for the one before it is let go beside it, as long as both cannot bring the
/// failures over the limit: that one may be slow for reasons of its own.
const PATIENCE: Duration = Duration::from_secs(5);

/// Counts the failures of all clones of a client.
#[derive(Debug, Default)]
pub(crate) struct Guard {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// Whether the last authentication that was decided was accepted.
    proven: bool,
    /// Failures since the last success.
    failures: u32,
    /// Requests on their way.
    in_flight: u32,
    /// What the server said last.
    last: String,
}

/// Why nothing is sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Closed {
    pub(crate) failures: u32,
    pub(crate) last: String,
}

impl Guard {
    /// Waits until a request may go out.
    ///
    /// # Errors
    /// When too many have failed.
    pub(crate) async fn enter(&self) -> Result<Permit<'_>, Closed> {
        let mut is_impatient = false;
        loop {
            // The usual case needs no place among those who wait.
            if let Some(entered) = self.try_enter(is_impatient) {
                return entered;
            }
            // Registered before the state is looked at again, so that no change is missed in between.
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            if let Some(entered) = self.try_enter(is_impatient) {
                return entered;
            }
            is_impatient |= timeout(PATIENCE, changed).await.is_err();
        }
    }

    /// Lets a request out, refuses it, or leaves it waiting.
    fn try_enter(&self, is_impatient: bool) -> Option<Result<Permit<'_>, Closed>> {
        let mut state = self.state();
        if state.failures >= MOST {
            return Some(Err(Closed { failures: state.failures, last: state.last.clone() }));
        }
        state.lets_in(is_impatient).then(|| {
            state.in_flight += 1;
            Ok(Permit { guard: self })
        })
    }

    /// Forgets all failures.
    pub(crate) fn reset(&self) {
        let mut state = self.state();
        state.failures = 0;
        state.proven = false;
        drop(state);
        self.changed.notify_waiters();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn lets_in(&self, impatient: bool) -> bool {
        self.proven || self.in_flight == 0 || (impatient && self.failures + self.in_flight < MOST)
    }
}

/// The right to send one authenticated request. Dropped without a verdict, it leaves the count as it is.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    guard: &'a Guard,
}

impl Permit<'_> {
    /// The server knows who sent the request.
    pub(crate) fn accepted(self) {
        let mut state = self.guard.state();
        state.failures = 0;
        state.proven = true;
    }

    /// The server does not. Returns the failures in a row.
    pub(crate) fn refused(self, answer: String) -> u32 {
        let mut state = self.guard.state();
        state.failures = state.failures.saturating_add(1);
        state.proven = false;
        state.last = answer;
        state.failures
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self.guard.state();
        state.in_flight = state.in_flight.saturating_sub(1);
        drop(state);
        self.guard.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
    }

    fn is_waiting(guard: &Guard) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        matches!(pin!(guard.enter()).poll(&mut context), Poll::Pending)
    }

    #[test]
    fn the_fourth_failure_never_happens() {
        runtime().block_on(async {
            let guard = Guard::default();
            for failures in 1..=MOST {
                assert_eq!(guard.enter().await.unwrap().refused(format!("no {failures}")), failures);
            }
            let closed = guard.enter().await.unwrap_err();
            assert_eq!(closed, Closed { failures: MOST, last: "no 3".to_owned() });
            guard.reset();
            assert!(guard.enter().await.is_ok());
        });
    }

    #[test]
    fn a_success_counts_as_a_new_beginning() {
        runtime().block_on(async {
            let guard = Guard::default();
            for _ in 0..10 {
                guard.enter().await.unwrap().refused(String::new());
                guard.enter().await.unwrap().refused(String::new());
                guard.enter().await.unwrap().accepted();
            }
            assert!(guard.enter().await.is_ok());
        });
    }

    #[test]
    fn one_at_a_time_until_one_was_accepted() {
        runtime().block_on(async {
            let guard = Guard::default();
            let first = guard.enter().await.unwrap();
            assert!(is_waiting(&guard));
            first.accepted();
            let many: Vec<Permit<'_>> = {
                let mut many = Vec::new();
                for _ in 0..100 {
                    many.push(guard.enter().await.unwrap());
                }
                many
            };
            // One of them fails: from now on it is one at a time again.
            let mut many = many.into_iter();
            assert_eq!(many.next().unwrap().refused(String::new()), 1);
            assert!(is_waiting(&guard));
            drop(many);
            assert!(!is_waiting(&guard));
        });
    }

    #[test]
    fn a_permit_that_was_dropped_lets_the_next_one_in_and_counts_nothing() {
        runtime().block_on(async {
            let guard = Guard::default();
            for _ in 0..10 {
                drop(guard.enter().await.unwrap());
            }
            let first = guard.enter().await.unwrap();
            let waiting = async { guard.enter().await.map(drop) };
            let (_, entered) = tokio::join!(async { drop(first) }, waiting);
            assert!(entered.is_ok());
        });
    }

    #[test]
    fn a_slow_request_holds_up_the_others_for_a_while_only() {
        runtime().block_on(async {
            let guard = Guard::default();
            let began = tokio::time::Instant::now();
            let first = guard.enter().await.unwrap();
            let second = guard.enter().await.unwrap();
            assert_eq!(began.elapsed(), PATIENCE);
            let third = guard.enter().await.unwrap();
            // All three may fail; a fourth must not be able to.
            assert!(timeout(PATIENCE * 100, guard.enter()).await.is_err());
            for permit in [first, second, third] {
                permit.refused(String::new());
            }
            assert!(guard.enter().await.is_err());
        });
    }
}

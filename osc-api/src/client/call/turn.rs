//! The turn of a request: the permits of the rate limiter and of the lockout guard, both valid when it is sent.

use std::sync::Arc;

use crate::lockout::{Closed, LockoutGuard, LockoutPermit};
use crate::rate_limit::{Permit as RatePermit, Position, RateLimiter};

/// The right to send one request now.
pub(super) struct Turn {
    pub(super) rate_permit: RatePermit,
    /// `None` for a request without credentials.
    pub(super) lockout_permit: Option<LockoutPermit>,
}

impl Turn {
    /// Gives the turn up: nothing is sent.
    pub(super) fn release(self) {
        let Self { rate_permit, lockout_permit } = self;
        rate_permit.release();
        if let Some(permit) = lockout_permit {
            permit.unaffected();
        }
    }
}

/// What a request is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WaitingFor {
    RateLimit,
    LockoutGuard,
}

/// Waits until the rate limiter and the guard, if any, both let a request pass. Cancel-safe.
///
/// No permit is held while the request waits: held rate permits would be used at once and exceed the rate, and a held
/// permit of the guard could be used after the credentials were refused. A request that must wait for the guard
/// therefore returns its rate permit, and keeps its position in the queue of the rate limiter.
///
/// # Errors
/// Returns an error while the guard is closed.
pub(super) async fn wait(
    limiter: &RateLimiter,
    guard: Option<&Arc<LockoutGuard>>,
    action: &str,
    waiting_for: &mut WaitingFor,
) -> Result<Turn, Closed> {
    let mut position = Position::default();
    let mut has_waited = false;
    loop {
        *waiting_for = WaitingFor::RateLimit;
        let rate_permit = limiter.acquire_at(action, position).await;
        let Some(guard) = guard else { return Ok(Turn { rate_permit, lockout_permit: None }) };
        match guard.try_acquire(has_waited) {
            Some(Ok(permit)) => return Ok(Turn { rate_permit, lockout_permit: Some(permit) }),
            Some(Err(closed)) => {
                rate_permit.release();
                return Err(closed);
            }
            None => position = rate_permit.release(),
        }
        *waiting_for = WaitingFor::LockoutGuard;
        has_waited = guard.ready(has_waited).await;
    }
}

#[cfg(test)]
mod tests;

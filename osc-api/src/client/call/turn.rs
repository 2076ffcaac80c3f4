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

/// What a request is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WaitingFor {
    RateLimit,
    LockoutGuard,
}

/// Waits until the rate limiter and the guard, if any, both let a request pass. Cancel-safe.
///
/// A permit to send now must not be kept: several that were would be used at once and exceed the rate, or be used with
/// credentials that were refused meanwhile. So the guard never waits for the rate limiter, and a request that must wait
/// for the guard returns the permit of the rate limiter, but keeps its position there.
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

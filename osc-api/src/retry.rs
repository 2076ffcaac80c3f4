//! The retry policy and budget: pure rules, with time and randomness passed in.

#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::error::AttemptOutcome;

/// Minimum delay before a retry beyond the budget, whatever the policy: one without delays would send requests as fast
/// as they fail.
const MIN_UNBUDGETED_DELAY: Duration = Duration::from_millis(100);

/// How often, and how fast, failed requests are retried.
///
/// Which failures are retried is a matter of safety, not of the policy:
/// - A *throttled* request (status 429, or 503 with code 6) was not carried out. It is retried until the call times out,
///   whatever the action. Throttled attempts do not count towards [`max_attempts`](Self::max_attempts).
/// - A request that was *never sent*, because no connection could be made, is retried, unless another attempt is bound to
///   fail in the same way, such as with an untrusted certificate.
/// - If the *outcome is unknown* (no complete response; status 408, 500, 502, 503 or 504), only idempotent requests are
///   retried: `Read*` and `Check*`, and the four creates with a client token, which the client adds. Before the first
///   successful authentication, a request whose response was lost is not retried: it may have been a failed
///   authentication.
/// - Any other failure is returned at once.
///
/// The delay before attempt *n* + 1 is random, between zero and `base_delay` · 2ⁿ⁻¹, at most `max_delay` ("full jitter"),
/// and at least what the server requests with `Retry-After`. If the delay would exceed the timeout of the call, the
/// failure is returned at once. All clones of a client share a budget of 50 retries, refilled by 2 per second and 0.1 per
/// success, so that many tasks do not overload a platform in trouble.
///
/// ```
/// use std::time::Duration;
///
/// use osc_api::RetryPolicy;
///
/// let patient = RetryPolicy::new().max_attempts(10).max_delay(Duration::from_secs(10));
/// let once = RetryPolicy::none();
/// # let _ = (patient, once);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
}

impl Default for RetryPolicy {
    /// Same as [`new`](Self::new).
    fn default() -> Self {
        Self { max_attempts: 5, base_delay: Duration::from_secs(1), max_delay: Duration::from_secs(30) }
    }
}

impl RetryPolicy {
    /// Up to 5 attempts, with delays of up to 1, 2, 4 and 8 s.
    pub fn new() -> Self {
        Self::default()
    }

    /// No retries.
    pub fn none() -> Self {
        Self::default().max_attempts(1)
    }

    /// Sets the maximum number of attempts, not counting throttled ones. Defaults to 5. With 1 or 0, nothing is retried, not
    /// even throttled requests.
    ///
    /// Except with 1 or 0, it does not limit the pages of [listings](crate::Client::list) and the requests of
    /// [batches](crate::batch): they are retried until they time out, so that they outlast an outage. If the budget of
    /// retries is exhausted, they wait for the [maximum delay](Self::max_delay), but at least 100 ms, and at most half of
    /// the time left.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets the maximum delay before the second attempt. It doubles with each further one. Defaults to 1 s.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets the maximum of the random delay before any attempt, also of a throttled request. Defaults to 30 s.
    ///
    /// It does not limit a delay that the server requests with `Retry-After`, nor the time that the attempt then waits for
    /// the [rate limit](crate::RateLimit) or for the first response of a new client. The timeout of the call limits them
    /// all.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Whether nothing is retried.
    pub(crate) fn is_off(&self) -> bool {
        self.max_attempts <= 1
    }

    /// The delay before the next attempt, or `None` if there must be none.
    ///
    /// `random` is from 0 up to 1.
    pub(crate) fn delay(&self, failure: &RetryContext, random: f64) -> Option<Duration> {
        let RetryContext { outcome, repeatable, failed, is_persistent, throttled, retry_after, left } =
            *failure;
        let attempt = match outcome {
            AttemptOutcome::Throttled => throttled,
            AttemptOutcome::NotSent => failed,
            AttemptOutcome::Unknown if repeatable => failed,
            AttemptOutcome::Unknown | AttemptOutcome::Final => return None,
        };
        if self.is_off() || (failed >= self.max_attempts && !is_persistent) {
            return None;
        }
        let doublings = attempt.saturating_sub(1).min(31);
        let longest = self.base_delay.saturating_mul(1 << doublings).min(self.max_delay);
        let jittered =
            Duration::try_from_secs_f64(longest.as_secs_f64() * random.clamp(0.0, 1.0)).unwrap_or(longest);
        let delay = jittered.max(retry_after.unwrap_or_default());
        (delay < left).then_some(delay)
    }

    /// The delay before the next attempt of a persistent call for which the budget has no retry left: the maximum, so that
    /// it adds little load, but at most half of the time left, so that a call with a short timeout is retried too.
    pub(crate) fn unbudgeted_delay(&self, failure: &RetryContext) -> Option<Duration> {
        let delay = self.max_delay.min(failure.left / 2).max(MIN_UNBUDGETED_DELAY);
        let delay = delay.max(failure.retry_after.unwrap_or_default());
        (failure.is_persistent && delay < failure.left).then_some(delay)
    }
}

/// What the decision about another attempt depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryContext {
    /// How the last attempt ended.
    pub(crate) outcome: AttemptOutcome,
    /// Whether the request is idempotent.
    pub(crate) repeatable: bool,
    /// Number of attempts that were not throttled.
    pub(crate) failed: u32,
    /// Whether the number of attempts is not limited.
    pub(crate) is_persistent: bool,
    /// Number of throttled attempts.
    pub(crate) throttled: u32,
    /// The delay that the server requested.
    pub(crate) retry_after: Option<Duration>,
    /// Time left until the call times out.
    pub(crate) left: Duration,
}

/// Budget of retries for all calls of a client, refilled by time and by successes. Throttled requests do not use it: the
/// rate limiter controls them.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    tokens: f64,
    /// When `tokens` was updated, in seconds since the client was built.
    at: f64,
}

impl RetryBudget {
    const SIZE: f64 = 50.0;
    const PER_SECOND: f64 = 2.0;
    const PER_SUCCESS: f64 = 0.1;

    pub(crate) fn new() -> Self {
        Self { tokens: Self::SIZE, at: 0.0 }
    }

    /// Takes one retry, if any is left. `now` is in seconds since the client was built.
    pub(crate) fn take(&mut self, now: f64) -> bool {
        self.add((now - self.at).max(0.0) * Self::PER_SECOND);
        self.at = now.max(self.at);
        let is_available = self.tokens >= 1.0;
        if is_available {
            self.tokens -= 1.0;
        }
        is_available
    }

    /// Counts a success.
    pub(crate) fn earn(&mut self) {
        self.add(Self::PER_SUCCESS);
    }

    fn add(&mut self, tokens: f64) {
        self.tokens = (self.tokens + tokens).min(Self::SIZE);
    }
}

//! When to send a request again, and how long to wait before: pure rules. Time and randomness are passed in.

#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::Error;

/// When a failed request is sent again.
///
/// Which failures are, is not a matter of the policy but of safety:
/// - A *throttled* request (status 429, or 503 with code 6) was not carried out: it is sent again until the
///   time of the call is over, whatever the action. These attempts do not count towards
///   [`max_attempts`](Self::max_attempts).
/// - A request that was *never sent*, because no connection could be made, is sent again too, except where
///   another attempt is sure to fail in the same way, such as with a certificate that is not trusted.
/// - A failure that *leaves open* whether the request was carried out (no complete answer; status 500, 502,
///   503 or 504) is tried again only where repeating does no harm: for `Read*` and `Check*`, and for the four
///   creates that have a client token, which the client fills in.
/// - Everything else is told at once.
///
/// The wait before attempt *n* + 1 is random, between nothing and `base_delay` · 2ⁿ⁻¹, at most `max_delay`
/// ("full jitter"), and at least what the server asks for with `Retry-After`. Where it would outlast the time
/// of the call, the failure is told at once. All clones of a client share a budget of 50 retries, to which
/// come 2 per second and a tenth per success, so that a platform in trouble is not hammered by many tasks.
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
    /// What [`new`](Self::new) gives.
    fn default() -> Self {
        Self { max_attempts: 5, base_delay: Duration::from_secs(1), max_delay: Duration::from_secs(30) }
    }
}

impl RetryPolicy {
    /// Up to 5 attempts, with waits of up to 1, 2, 4 and 8 seconds between them.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends every request once, whatever happens.
    pub fn none() -> Self {
        Self::default().max_attempts(1)
    }

    /// How often a request is sent at most, not counting the times that it was throttled. Default: 5. With 1,
    /// or 0, it is never sent again, not even when it was throttled.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// The longest wait before the second attempt. It doubles with each further one. Default: 1 second.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// The longest wait before any attempt, unless the server asks for more. Default: 30 seconds.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Whether nothing is ever sent again.
    pub(crate) fn sends_once(&self) -> bool {
        self.max_attempts <= 1
    }

    /// How long to wait before the request is sent again, or `None` where it must not be.
    ///
    /// `random` is from 0 up to 1.
    pub(crate) fn delay(&self, failure: &Failure, random: f64) -> Option<Duration> {
        let Failure { outcome, repeatable, failed, throttled, retry_after, left } = *failure;
        let attempt = match outcome {
            Outcome::Throttled => throttled,
            Outcome::NotSent => failed,
            Outcome::Unclear if repeatable => failed,
            Outcome::Unclear | Outcome::Final => return None,
        };
        if self.sends_once() || failed >= self.max_attempts {
            return None;
        }
        let doublings = attempt.saturating_sub(1).min(31);
        let longest = self.base_delay.saturating_mul(1 << doublings).min(self.max_delay);
        let jittered =
            Duration::try_from_secs_f64(longest.as_secs_f64() * random.clamp(0.0, 1.0)).unwrap_or(longest);
        let delay = jittered.max(retry_after.unwrap_or_default());
        (delay < left).then_some(delay)
    }
}

/// What a failed attempt says about whether the request was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The server said that it came too soon: it was not.
    Throttled,
    /// No connection carried it: it was not, and the reason may pass.
    NotSent,
    /// It may have been.
    Unclear,
    /// However that may be: another attempt would not help.
    Final,
}

impl Outcome {
    /// What an error means for another attempt.
    pub(crate) fn of(error: &Error) -> Self {
        if error.is_throttled() {
            Self::Throttled
        } else if error.is_permanent() {
            Self::Final
        } else if error.is_connect() {
            Self::NotSent
        } else if error.is_transport()
            || error.api().is_some_and(|answer| matches!(answer.status(), 500 | 502..=504))
        {
            Self::Unclear
        } else {
            Self::Final
        }
    }
}

/// All that decides about another attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failure {
    /// How the last attempt ended.
    pub(crate) outcome: Outcome,
    /// Whether sending the request twice does no more than sending it once.
    pub(crate) repeatable: bool,
    /// Attempts so far that ended in another way than throttled.
    pub(crate) failed: u32,
    /// Attempts so far that were throttled.
    pub(crate) throttled: u32,
    /// What the server asked for.
    pub(crate) retry_after: Option<Duration>,
    /// What is left of the time of the call.
    pub(crate) left: Duration,
}

/// How many retries all calls of a client may make together: so many at once, and so many that come to it by
/// time and by success. Throttled requests need none: their pace is a matter of the throttle.
#[derive(Debug)]
pub(crate) struct Budget {
    tokens: f64,
    /// Seconds since some beginning, when `tokens` was true.
    at: f64,
}

impl Budget {
    const SIZE: f64 = 50.0;
    const PER_SECOND: f64 = 2.0;
    const PER_SUCCESS: f64 = 0.1;

    pub(crate) fn new() -> Self {
        Self { tokens: Self::SIZE, at: 0.0 }
    }

    /// Takes one retry, if there is one. `now` is in seconds since the client was made.
    pub(crate) fn take(&mut self, now: f64) -> bool {
        self.add((now - self.at).max(0.0) * Self::PER_SECOND);
        self.at = now.max(self.at);
        let is_there = self.tokens >= 1.0;
        if is_there {
            self.tokens -= 1.0;
        }
        is_there
    }

    /// Counts a success.
    pub(crate) fn earn(&mut self) {
        self.add(Self::PER_SUCCESS);
    }

    fn add(&mut self, tokens: f64) {
        self.tokens = (self.tokens + tokens).min(Self::SIZE);
    }
}

//! Throttling, and the lockout after failed authentications. Pure: the time is passed in.

use std::collections::HashMap;
use std::time::Duration;

use super::fault::Fault;
use crate::codes;

/// Number of failed authentications in a row after which a key or login is locked, and locked longer each time.
const FAILURES_PER_LOCK: u32 = 4;

/// Each lock lasts this much longer than the one before.
const LOCK_STEP: Duration = Duration::from_secs(60);

/// Maximum number of steps of a lock.
const MAX_LOCK_STEPS: u32 = 10;

/// Token buckets: of the account, and of each action.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    /// Maximum number of requests per second, if limited.
    per_account: Option<u32>,
    per_action: Option<u32>,
    /// By action; `None` is the account.
    buckets: HashMap<Option<String>, Bucket>,
}

#[derive(Debug)]
struct Bucket {
    /// Requests that are allowed now.
    tokens: f64,
    /// Time of the last refill.
    at: Duration,
}

impl Throttle {
    pub(super) fn new(per_account: Option<u32>, per_action: Option<u32>) -> Self {
        Self { per_account, per_action, buckets: HashMap::new() }
    }

    /// Counts a request. The limiters apply one after the other, as in the cloud.
    ///
    /// # Errors
    /// Returns the error response if the request is throttled.
    pub(super) fn admit(&mut self, action: &str, now: Duration) -> Result<(), Fault> {
        let limits = [
            (None, self.per_account, codes::THROTTLED_BY_ACCOUNT),
            (Some(action.to_owned()), self.per_action, codes::THROTTLED_BY_ACTION),
        ];
        for (key, rate, code) in limits {
            let Some(rate) = rate.map(f64::from) else { continue };
            let bucket = self.buckets.entry(key).or_insert(Bucket { tokens: rate, at: now });
            let refill = now.saturating_sub(bucket.at).as_secs_f64() * rate;
            bucket.tokens = (bucket.tokens + refill).min(rate);
            bucket.at = now;
            if bucket.tokens < 1.0 {
                return Err(Fault::code(code));
            }
            bucket.tokens -= 1.0;
        }
        Ok(())
    }
}

/// The failed authentications of each access key and login.
#[derive(Debug, Default)]
pub(super) struct Lockouts {
    is_enabled: bool,
    locks: HashMap<String, Lock>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Lock {
    /// Failures since the last success.
    failures: u32,
    until: Duration,
}

impl Lockouts {
    pub(super) fn new(is_enabled: bool) -> Self {
        Self { is_enabled, locks: HashMap::new() }
    }

    /// Refuses a locked access key or login, whether its authentication would succeed or not.
    ///
    /// # Errors
    /// Returns the error response if it is locked.
    pub(super) fn check(&self, name: &str, now: Duration) -> Result<(), Fault> {
        match self.locks.get(name).filter(|lock| now < lock.until) {
            Some(lock) => {
                let left = (lock.until - now).as_secs_f64().ceil();
                Err(Fault::code(codes::LOCKED_TEMPORARILY).details(format!("locked for {left} seconds")))
            }
            None => Ok(()),
        }
    }

    pub(super) fn record(&mut self, name: &str, is_success: bool, now: Duration) {
        if !self.is_enabled {
            return;
        }
        if is_success {
            self.locks.remove(name);
            return;
        }
        let lock = self.locks.entry(name.to_owned()).or_default();
        lock.failures += 1;
        if lock.failures.is_multiple_of(FAILURES_PER_LOCK) {
            let steps = (lock.failures / FAILURES_PER_LOCK).min(MAX_LOCK_STEPS);
            lock.until = now.saturating_add(LOCK_STEP * steps);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_rate_is_enforced_per_second_for_the_account_and_for_each_action() {
        let mut throttle = Throttle::new(Some(3), Some(2));
        let mut admit = |action: &str, at: u64| throttle.admit(action, seconds(at));
        assert_eq!(admit("ReadVms", 0), Ok(()));
        assert_eq!(admit("ReadVms", 0), Ok(()));
        assert_eq!(admit("ReadVms", 0), Err(Fault::code(25)));
        assert_eq!(admit("ReadNets", 0), Err(Fault::code(24)));
        assert_eq!(admit("ReadNets", 1), Ok(()));
        assert_eq!(admit("ReadVms", 1), Ok(()));
        // Unused tokens are not saved up.
        let refused = (0..9).filter(|_| admit("ReadNets", 100).is_err()).count();
        assert_eq!(refused, 7);
    }

    #[test]
    fn without_limits_nothing_is_throttled() {
        let mut throttle = Throttle::new(None, None);
        assert!((0..1000).all(|_| throttle.admit("ReadVms", Duration::ZERO).is_ok()));
    }

    #[test]
    fn every_fourth_failure_in_a_row_locks_for_a_minute_longer() {
        let mut lockouts = Lockouts::new(true);
        let mut now = 0;
        for minutes in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10] {
            for _ in 0..4 {
                assert_eq!(lockouts.check("key", seconds(now)), Ok(()));
                lockouts.record("key", false, seconds(now));
            }
            assert!(lockouts.check("key", seconds(now + minutes * 60 - 1)).is_err(), "{minutes}");
            assert_eq!(lockouts.check("other key", seconds(now)), Ok(()));
            now += minutes * 60;
        }
        lockouts.record("key", true, seconds(now));
        for _ in 0..3 {
            lockouts.record("key", false, seconds(now));
        }
        assert_eq!(lockouts.check("key", seconds(now)), Ok(()));
    }

    #[test]
    fn a_disabled_lockout_never_locks() {
        let mut lockouts = Lockouts::new(false);
        (0..9).for_each(|_| lockouts.record("key", false, Duration::ZERO));
        assert_eq!(lockouts.check("key", Duration::ZERO), Ok(()));
    }
}

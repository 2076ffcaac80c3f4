//! The poll interval: pure, with time and randomness passed in.

use std::time::Duration;

use tokio::time::Instant;

/// Longer than any wait: replaces a duration that is too large to be added to an instant.
const FAR_FUTURE: Duration = Duration::from_secs(365 * 86_400);

/// The poll interval, which doubles from the first to the longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Schedule {
    pub(super) first: Duration,
    pub(super) longest: Duration,
}

impl Default for Schedule {
    /// Other OUTSCALE tools poll every 0.1 to 10 seconds.
    fn default() -> Self {
        Self { first: Duration::from_millis(500), longest: Duration::from_secs(10) }
    }
}

impl Schedule {
    /// The delay after a read, `elapsed` after the beginning of the wait. `random` is between 0 and 1.
    ///
    /// Delaying by the elapsed time doubles the interval, and does not depend on reads made for other waiters.
    pub(super) fn delay(self, elapsed: Duration, random: f64) -> Duration {
        let whole = self.first.saturating_add(elapsed).min(self.longest);
        whole.saturating_sub(whole.mul_f64(random.clamp(0.0, 1.0) / 4.0))
    }
}

/// The instant `duration` after another.
pub(super) fn after(start: Instant, duration: Duration) -> Instant {
    start.checked_add(duration).unwrap_or(start + FAR_FUTURE)
}

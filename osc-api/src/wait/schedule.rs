//! When to read next: pure, with the time and the chance passed in.

use std::time::Duration;

use tokio::time::Instant;

/// Longer than any wait: where a time is too large to be added to another.
const FAR: Duration = Duration::from_secs(365 * 86_400);

/// The time between two reads, which doubles from the first to the longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Schedule {
    pub(super) first: Duration,
    pub(super) longest: Duration,
}

impl Default for Schedule {
    /// What other tools of the cloud do lies between 0.1 and 10 seconds.
    fn default() -> Self {
        Self { first: Duration::from_millis(500), longest: Duration::from_secs(10) }
    }
}

impl Schedule {
    /// How long to wait after a read, by the time since the beginning and a number from 0 to 1 drawn by chance.
    ///
    /// Waiting as long as the wait has lasted already is what doubling does; but a read too many, made for
    /// somebody else, changes nothing.
    pub(super) fn delay(self, elapsed: Duration, chance: f64) -> Duration {
        let whole = self.first.saturating_add(elapsed).min(self.longest);
        whole.saturating_sub(whole.mul_f64(chance.clamp(0.0, 1.0) / 4.0))
    }
}

/// The time that is so long after another.
pub(super) fn after(start: Instant, duration: Duration) -> Instant {
    start.checked_add(duration).unwrap_or(start + FAR)
}

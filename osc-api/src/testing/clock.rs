//! The clock of a fake: it can be advanced, so that no test has to sleep.

use std::time::{Duration, Instant};

/// The time since the start of a fake.
#[derive(Debug)]
pub(super) struct FakeClock {
    start: Instant,
    /// Time added by the test.
    advanced: Duration,
    /// Whether only the test moves the clock.
    is_manual: bool,
}

impl FakeClock {
    pub(super) fn new(is_manual: bool) -> Self {
        Self { start: Instant::now(), advanced: Duration::ZERO, is_manual }
    }

    pub(super) fn now(&self) -> Duration {
        let elapsed = if self.is_manual { Duration::ZERO } else { self.start.elapsed() };
        elapsed.saturating_add(self.advanced)
    }

    pub(super) fn advance(&mut self, by: Duration) {
        self.advanced = self.advanced.saturating_add(by);
    }
}

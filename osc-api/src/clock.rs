//! The server's time, as a correction of this machine's clock.
//!
//! The server refuses requests whose date is off by more than five minutes, and some machines' clocks are. Only a response
//! that proves the clock wrong corrects it: a 401 in the API's own format, with a `Date` and without an `Age`. Any other
//! response may come from a gateway or a cache with another date.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

/// Tolerated clock skew. The server accepts five minutes to either side (provider's documentation); `Date` has whole
/// seconds, and a response may take a minute.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(120);

/// A reading of the clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    /// The server's time, as far as known.
    pub(crate) at: Timestamp,
    correction: SignedDuration,
    /// Whether this machine's clock jumped since the last reading: no request has proven the new time yet.
    pub(crate) has_jumped: bool,
}

/// The clock skew that the date of a refusal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Skew {
    /// The date of the request is not the cause.
    None,
    /// The date of the request was wrong, and the correction is already known.
    Known,
    /// The date of the request was wrong: the clock is now corrected.
    Learned(SignedDuration),
}

/// This machine's clock, with the learned correction.
#[derive(Debug, Default)]
pub(crate) struct Clock(Mutex<ClockState>);

#[derive(Debug, Default)]
struct ClockState {
    /// Added to this machine's time.
    correction: SignedDuration,
    /// The last reading, by the machine's clock and by a clock that never jumps.
    last: Option<(Timestamp, Instant)>,
}

impl Clock {
    pub(crate) fn read(&self) -> Reading {
        self.read_at(Timestamp::now(), Instant::now())
    }

    fn read_at(&self, machine: Timestamp, monotonic: Instant) -> Reading {
        let mut state = self.state();
        let jump = state.last.replace((machine, monotonic)).map_or(SignedDuration::ZERO, |(then, since)| {
            let elapsed = SignedDuration::try_from(monotonic.duration_since(since)).unwrap_or_default();
            machine.duration_since(then).saturating_sub(elapsed)
        });
        let has_jumped = jump.abs() > TOLERANCE;
        // A jump that cancels the known skew corrected the machine's clock. Otherwise, it keeps its skew: after a
        // suspension the clock is as right or wrong as before.
        let without = state.correction.saturating_sub(jump);
        if has_jumped && without.abs() < state.correction.abs() {
            state.correction = without;
        }
        let correction = state.correction;
        Reading { at: machine.saturating_add(correction).unwrap_or(machine), correction, has_jumped }
    }

    /// What is added to this machine's time.
    pub(crate) fn correction(&self) -> SignedDuration {
        self.state().correction
    }

    /// Learns from the `Date` of a 401 to a request signed with the reading `sent`.
    pub(crate) fn learn(&self, sent: Reading, date: &str) -> Skew {
        self.learn_at(sent, date, Timestamp::now())
    }

    fn learn_at(&self, sent: Reading, date: &str, machine: Timestamp) -> Skew {
        let Some(server) = crate::http::parse_date(date) else { return Skew::None };
        let Ok(sent_at) = sent.at.checked_sub(sent.correction) else { return Skew::None };
        // The server set its date between these two times.
        let Ok(middle) = sent_at.checked_add(machine.duration_since(sent_at) / 2) else { return Skew::None };
        let correction = server.duration_since(middle);
        if (correction - sent.correction).abs() <= TOLERANCE {
            return Skew::None;
        }
        let mut state = self.state();
        if (correction - state.correction).abs() <= TOLERANCE {
            return Skew::Known;
        }
        state.correction = correction;
        Skew::Learned(correction)
    }

    fn state(&self) -> MutexGuard<'_, ClockState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// 2024-01-01T00:00:00Z.
    const MIDNIGHT: i64 = 1_704_067_200;

    fn machine(seconds: i64) -> Timestamp {
        Timestamp::from_second(MIDNIGHT + seconds).unwrap()
    }

    fn date(seconds: i64) -> String {
        machine(seconds).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    /// A clock, with simulated times of the machine's clock and of the monotonic clock, in seconds.
    struct Readings(Clock, Instant);

    impl Readings {
        fn new() -> Self {
            Self(Clock::default(), Instant::now())
        }

        fn at(&self, seconds: i64) -> Reading {
            self.at_both(seconds, u64::try_from(seconds).unwrap())
        }

        fn at_both(&self, seconds: i64, monotonic: u64) -> Reading {
            self.0.read_at(machine(seconds), self.1 + Duration::from_secs(monotonic))
        }
    }

    #[test]
    fn a_skewed_clock_is_corrected_once() {
        for skew in [-86_400 * 400, -600, -130, 130, 600, 86_400 * 400] {
            let readings = Readings::new();
            let (sent, other) = (readings.at(0), readings.at(0));
            assert!(matches!(readings.0.learn_at(sent, &date(skew), machine(0)), Skew::Learned(_)), "{skew}");
            assert_eq!(readings.0.learn_at(other, &date(skew), machine(0)), Skew::Known, "{skew}");
            let sent = readings.at(10);
            assert_eq!(sent.at, machine(10 + skew));
            assert_eq!(readings.0.learn_at(sent, &date(10 + skew), machine(10)), Skew::None);
        }
    }

    #[test]
    fn a_small_skew_is_ignored() {
        for skew in [-120, -1, 0, 1, 120] {
            let readings = Readings::new();
            let sent = readings.at(0);
            assert_eq!(readings.0.learn_at(sent, &date(skew), machine(0)), Skew::None, "{skew}");
            assert_eq!(readings.at(0).at, machine(0));
        }
    }

    #[test]
    fn a_slow_response_is_not_a_skew() {
        let readings = Readings::new();
        let sent = readings.at(0);
        for written in [0, 30, 60] {
            assert_eq!(readings.0.learn_at(sent, &date(written), machine(60)), Skew::None, "{written}");
        }
    }

    #[test]
    fn a_jump_of_the_machines_clock_is_detected_and_drops_an_obsolete_correction() {
        let readings = Readings::new();
        let sent = readings.at(0);
        assert!(matches!(readings.0.learn_at(sent, &date(600), machine(0)), Skew::Learned(_)));
        assert!(!readings.at(10).has_jumped);
        // The machine's clock is set right: it shows the server's time.
        let reading = readings.at_both(620, 20);
        assert!(reading.has_jumped);
        assert_eq!(reading.at, machine(620));
        assert!(!readings.at_both(630, 30).has_jumped);
        // After a suspension the monotonic clock lags behind: the machine's clock is right as before.
        let reading = readings.at_both(8_000, 40);
        assert!(reading.has_jumped);
        assert_eq!(reading.at, machine(8_000));
    }

    #[test]
    fn an_invalid_date_is_ignored() {
        for date in ["", "yesterday", "Mon, 99 Jan 2024 00:00:00 GMT", "2024-01-01T00:00:00Z", "-1", "\u{0}"]
        {
            let readings = Readings::new();
            let sent = readings.at(0);
            assert_eq!(readings.0.learn_at(sent, date, machine(0)), Skew::None, "{date}");
        }
        let readings = Readings::new();
        let sent = readings.at(0);
        for date in ["Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT"] {
            let _ = readings.0.learn_at(sent, date, machine(0));
            let _ = readings.0.read_at(Timestamp::MAX, Instant::now());
            let _ = readings.0.read_at(Timestamp::MIN, Instant::now());
        }
    }
}

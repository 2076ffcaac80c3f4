//! The server's clock: a request must arrive within minutes of the date that it is signed with, and not every
//! machine knows the time.
//!
//! Every answer carries the server's `Date`. Where it is far from this machine's time, later requests are
//! signed with the corrected time. A request that was accepted proves that its time was good enough, so that
//! its answer corrects nothing.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};

/// How far the clocks may be apart before it matters. The server takes requests of five minutes to either side
/// (the provider's documentation); `Date` has whole seconds, and an answer may take a minute.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(120);

/// A time, and by how much it was corrected.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    /// The server's time, as far as it is known.
    pub(crate) at: Timestamp,
    correction: SignedDuration,
}

/// This machine's clock with the correction that was learned.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// What has to be added to this machine's time, in milliseconds.
    correction: AtomicI64,
}

impl Clock {
    pub(crate) fn read(&self) -> Reading {
        self.reading(Timestamp::now())
    }

    fn reading(&self, machine: Timestamp) -> Reading {
        let correction = SignedDuration::from_millis(self.correction.load(Ordering::Relaxed));
        Reading { at: machine.saturating_add(correction).unwrap_or(machine), correction }
    }

    /// Learns from the `Date` of an answer that was not one to an accepted request. `sent` is the reading
    /// before the request. Returns the new correction, where there is one.
    pub(crate) fn learn(&self, sent: Reading, date: &str) -> Option<SignedDuration> {
        self.learn_at(sent, date, Timestamp::now())
    }

    fn learn_at(&self, sent: Reading, date: &str, machine: Timestamp) -> Option<SignedDuration> {
        let server = DateTimeParser::new().parse_timestamp(date).ok()?;
        let begun = sent.at.checked_sub(sent.correction).ok()?;
        // The server wrote its date somewhen between the two.
        let middle = begun.checked_add(machine.duration_since(begun) / 2).ok()?;
        let correction = server.duration_since(middle);
        let known = SignedDuration::from_millis(self.correction.load(Ordering::Relaxed));
        if (correction - known).abs() <= TOLERANCE {
            return None;
        }
        self.correction.store(correction.as_millis().try_into().ok()?, Ordering::Relaxed);
        Some(correction)
    }

    /// Whether the clock now says something else than what a request was signed with, so that signing it
    /// again may help.
    pub(crate) fn has_moved(&self, sent: Reading) -> bool {
        let known = SignedDuration::from_millis(self.correction.load(Ordering::Relaxed));
        (known - sent.correction).abs() > TOLERANCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-01-01T00:00:00Z.
    const MIDNIGHT: i64 = 1_704_067_200;

    fn machine(seconds: i64) -> Timestamp {
        Timestamp::from_second(MIDNIGHT + seconds).unwrap()
    }

    fn date(seconds: i64) -> String {
        machine(seconds).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    #[test]
    fn a_clock_that_is_far_off_is_corrected_once() {
        for skew in [-86_400 * 400, -600, -130, 130, 600, 86_400 * 400] {
            let clock = Clock::default();
            let sent = clock.reading(machine(0));
            assert!(clock.learn_at(sent, &date(skew), machine(0)).is_some(), "{skew}");
            assert!(clock.has_moved(sent));
            let sent = clock.reading(machine(10));
            assert_eq!(sent.at, machine(10 + skew));
            assert_eq!(clock.learn_at(sent, &date(10 + skew), machine(10)), None);
            assert!(!clock.has_moved(sent));
        }
    }

    #[test]
    fn a_clock_that_is_good_enough_is_left_alone() {
        for skew in [-120, -1, 0, 1, 120] {
            let clock = Clock::default();
            let sent = clock.reading(machine(0));
            assert_eq!(clock.learn_at(sent, &date(skew), machine(0)), None, "{skew}");
            assert!(!clock.has_moved(sent) && clock.reading(machine(0)).at == machine(0));
        }
    }

    #[test]
    fn slow_answers_are_no_skew() {
        let clock = Clock::default();
        let sent = clock.reading(machine(0));
        for written in [0, 30, 60] {
            assert_eq!(clock.learn_at(sent, &date(written), machine(60)), None, "{written}");
        }
    }

    #[test]
    fn a_clock_that_is_set_right_is_followed() {
        let clock = Clock::default();
        clock.learn_at(clock.reading(machine(0)), &date(600), machine(0)).unwrap();
        // The machine's clock now shows the server's time, and the correction makes it wrong.
        let sent = clock.reading(machine(600));
        clock.learn_at(sent, &date(600), machine(600)).unwrap();
        assert_eq!(clock.reading(machine(601)).at, machine(601));
    }

    #[test]
    fn what_is_no_date_is_no_reason() {
        let clock = Clock::default();
        for date in ["", "yesterday", "Mon, 99 Jan 2024 00:00:00 GMT", "2024-01-01T00:00:00Z", "-1", "\u{0}"]
        {
            assert_eq!(clock.learn_at(clock.reading(machine(0)), date, machine(0)), None, "{date}");
        }
        let sent = clock.reading(machine(0));
        for date in ["Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT"] {
            let _ = clock.learn_at(sent, date, machine(0));
            let _ = clock.reading(Timestamp::MAX);
            let _ = clock.reading(Timestamp::MIN);
        }
    }
}

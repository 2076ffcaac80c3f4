//! Moments as nanoseconds since 1970: what texts mean, up to the end of the year 9999.
//!
//! `jiff::Timestamp` ends 26 hours earlier, so that every moment of it exists in every time zone. The API writes
//! `9999-12-31T23:59:59Z` for "never".

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use ::jiff::civil::{self, DateTime as CivilDateTime};
use ::jiff::fmt::temporal::Pieces;
use ::jiff::tz::Offset;
use ::jiff::{SignedDuration, Timestamp};

/// Nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
pub(super) type Nanoseconds = i128;

const NANOSECONDS_PER_SECOND: i128 = 1_000_000_000;

/// The most digits of a second that count. Further ones are cut off.
const MAX_FRACTION_DIGITS: usize = 9;

/// Longer than what `Timestamp` lacks at the end of the year 9999.
const BEYOND: SignedDuration = SignedDuration::from_hours(48);

/// The moment of a text in any of the forms seen: with `T` or a space, with or without a fraction, with `Z`, `+01:00`
/// or `+0100`. Without an offset a text means no moment, because guessing one could be hours wrong.
pub(super) fn parse(text: &str) -> Option<Nanoseconds> {
    let text = cut_fraction(text);
    match text.parse::<Timestamp>() {
        Ok(timestamp) => Some(timestamp.as_nanosecond()),
        Err(_) => parse_beyond(&text),
    }
}

/// The first moment of a day in UTC.
pub(super) fn midnight(day: civil::Date) -> Option<Nanoseconds> {
    in_utc(day.at(0, 0, 0, 0))
}

/// The moment as a `Timestamp`; one that it cannot hold becomes the nearest one that it can.
pub(super) fn to_timestamp(moment: Nanoseconds) -> Timestamp {
    let bound = if moment < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_nanosecond(moment).unwrap_or(bound)
}

/// The moment as a `SystemTime`, if the platform can hold it.
pub(super) fn to_system_time(moment: Nanoseconds) -> Option<SystemTime> {
    let seconds = u64::try_from((moment / NANOSECONDS_PER_SECOND).abs()).ok()?;
    let nanoseconds = u32::try_from((moment % NANOSECONDS_PER_SECOND).abs()).ok()?;
    let distance = Duration::new(seconds, nanoseconds);
    if moment < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    }
}

pub(super) fn of_system_time(time: SystemTime) -> Nanoseconds {
    let nanoseconds = |distance: Duration| i128::try_from(distance.as_nanos()).unwrap_or(i128::MAX);
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => nanoseconds(after),
        Err(before) => -nanoseconds(before.duration()),
    }
}

/// The moment from seconds since the Unix epoch and nanoseconds.
#[cfg(any(feature = "chrono", feature = "time"))]
pub(super) fn of_seconds(seconds: i64, nanoseconds: u32) -> Nanoseconds {
    i128::from(seconds) * NANOSECONDS_PER_SECOND + i128::from(nanoseconds)
}

/// The moment in UTC with milliseconds; finer digits are cut off. A moment before or after the years that the API can
/// write becomes the first or last one that it can.
pub(super) fn format(moment: Nanoseconds) -> String {
    match Timestamp::from_nanosecond(moment) {
        Ok(timestamp) => format!("{timestamp:.3}"),
        Err(_) if moment < 0 => format!("{:.3}", Timestamp::MIN),
        Err(_) => format!("{:.3}Z", beyond(moment).unwrap_or(CivilDateTime::MAX)),
    }
}

/// The day of the moment in UTC: the start of its [`format`].
pub(super) fn day(moment: Nanoseconds) -> String {
    let mut text = format(moment);
    if let Some(end) = text.find('T') {
        text.truncate(end);
    }
    text
}

/// The date and time in UTC of a moment after `Timestamp::MAX`.
fn beyond(moment: Nanoseconds) -> Option<CivilDateTime> {
    let earlier = Timestamp::from_nanosecond(moment.checked_sub(BEYOND.as_nanos())?).ok()?;
    Offset::UTC.to_datetime(earlier).checked_add(BEYOND).ok()
}

#[cold]
fn parse_beyond(text: &str) -> Option<Nanoseconds> {
    let pieces = Pieces::parse(text).ok()?;
    let (time, offset) = (pieces.time()?, pieces.to_numeric_offset()?);
    let is_last_year = pieces.date().year() == civil::Date::MAX.year();
    let local = is_last_year.then(|| in_utc(pieces.date().to_datetime(time))).flatten()?;
    Some(local - i128::from(offset.seconds()) * NANOSECONDS_PER_SECOND)
}

fn in_utc(time: CivilDateTime) -> Option<Nanoseconds> {
    if let Ok(timestamp) = Offset::UTC.to_timestamp(time) {
        return Some(timestamp.as_nanosecond());
    }
    let earlier = Offset::UTC.to_timestamp(time.checked_sub(BEYOND).ok()?).ok()?;
    Some(earlier.as_nanosecond() + BEYOND.as_nanos())
}

/// The text with at most nine digits of a second.
fn cut_fraction(text: &str) -> Cow<'_, str> {
    let Some((whole, rest)) = text.split_once(['.', ',']) else { return Cow::Borrowed(text) };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits <= MAX_FRACTION_DIGITS {
        return Cow::Borrowed(text);
    }
    let kept = text.get(..whole.len() + 1 + MAX_FRACTION_DIGITS).unwrap_or(text);
    Cow::Owned([kept, rest.get(digits..).unwrap_or_default()].concat())
}

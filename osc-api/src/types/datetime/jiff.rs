//! Conversions from and to the types of `jiff` and of the standard library.

use std::time::SystemTime;

use jiff::{Timestamp, civil};

use super::{Date, DateOrDateTime, DateTime, understood};

/// Written in UTC with milliseconds; finer digits are cut off.
impl From<Timestamp> for DateTime {
    fn from(moment: Timestamp) -> Self {
        Self::from(format!("{moment:.3}"))
    }
}

/// As from a [`Timestamp`]; times that the calendar of the API cannot write become the first or last one that
/// it can.
impl From<SystemTime> for DateTime {
    fn from(time: SystemTime) -> Self {
        let bound = if time < SystemTime::UNIX_EPOCH { Timestamp::MIN } else { Timestamp::MAX };
        Self::from(Timestamp::try_from(time).unwrap_or(bound))
    }
}

impl From<civil::Date> for Date {
    fn from(day: civil::Date) -> Self {
        Self::from(day.to_string())
    }
}

impl From<Timestamp> for DateOrDateTime {
    fn from(moment: Timestamp) -> Self {
        DateTime::from(moment).into()
    }
}

impl From<SystemTime> for DateOrDateTime {
    fn from(time: SystemTime) -> Self {
        DateTime::from(time).into()
    }
}

impl From<civil::Date> for DateOrDateTime {
    fn from(day: civil::Date) -> Self {
        Date::from(day).into()
    }
}

understood! {
    DateTime => Timestamp: to_timestamp;
    DateTime => SystemTime: to_system_time;
    Date => civil::Date: to_civil;
    DateOrDateTime => Timestamp: to_timestamp;
    DateOrDateTime => SystemTime: to_system_time;
}

/// The moment so many seconds and nanoseconds after 1970, or the nearest one that can be written.
#[cfg(any(feature = "chrono", feature = "time"))]
pub(super) fn moment(seconds: i64, nanoseconds: i32) -> Timestamp {
    let bound = if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::new(seconds, nanoseconds).unwrap_or(bound)
}

/// The day of a year, or the nearest one that can be written.
#[cfg(any(feature = "chrono", feature = "time"))]
pub(super) fn day(year: i32, month: u32, day: u32) -> civil::Date {
    let bound = if year < 0 { civil::Date::MIN } else { civil::Date::MAX };
    match (i16::try_from(year), i8::try_from(month), i8::try_from(day)) {
        (Ok(year), Ok(month), Ok(day)) => civil::Date::new(year, month, day).unwrap_or(bound),
        _ => bound,
    }
}

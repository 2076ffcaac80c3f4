//! Conversions from and to the types of `jiff` and of the standard library.

use std::time::SystemTime;

use jiff::{Timestamp, civil};

use super::moment;
use super::{Date, DateOrDateTime, DateTime, try_from_parsed};
use crate::values::argument::into_value;

/// The string is in UTC with milliseconds; finer digits are cut off.
impl From<Timestamp> for DateTime {
    fn from(moment: Timestamp) -> Self {
        Self::from(moment::format(moment.as_nanosecond()))
    }
}

/// As from a [`Timestamp`]; a time before or after the years that the API can write becomes the first or last one that it
/// can.
impl From<SystemTime> for DateTime {
    fn from(time: SystemTime) -> Self {
        Self::from(moment::format(moment::of_system_time(time)))
    }
}

impl From<civil::Date> for Date {
    fn from(day: civil::Date) -> Self {
        Self::from(day.to_string())
    }
}

/// The day in UTC.
impl From<Timestamp> for Date {
    fn from(moment: Timestamp) -> Self {
        Self::from(moment::day(moment.as_nanosecond()))
    }
}

/// The day in UTC.
impl From<SystemTime> for Date {
    fn from(time: SystemTime) -> Self {
        Self::from(moment::day(moment::of_system_time(time)))
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

into_value!(Timestamp, SystemTime => DateTime);
into_value!(civil::Date, Timestamp, SystemTime => Date);
into_value!(Timestamp, SystemTime, civil::Date => DateOrDateTime);

try_from_parsed! {
    DateTime => Timestamp: to_timestamp;
    DateTime => SystemTime: to_system_time;
    Date => civil::Date: to_civil;
    DateOrDateTime => Timestamp: to_timestamp;
    DateOrDateTime => SystemTime: to_system_time;
}

/// A day, or the nearest one that the API can write.
#[cfg(any(feature = "chrono", feature = "time"))]
pub(super) fn day(year: i32, month: u32, day: u32) -> civil::Date {
    let bound = if year < 0 { civil::Date::MIN } else { civil::Date::MAX };
    match (i16::try_from(year), i8::try_from(month), i8::try_from(day)) {
        (Ok(year), Ok(month), Ok(day)) => civil::Date::new(year, month, day).unwrap_or(bound),
        _ => bound,
    }
}

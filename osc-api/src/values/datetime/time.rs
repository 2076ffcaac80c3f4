//! Conversions from and to the types of `time`. A moment that the API cannot write becomes the nearest one that it can.

use time::{Month, OffsetDateTime, UtcDateTime};

use super::jiff::day;
use super::moment;
use super::{Date, DateOrDateTime, DateTime, try_from_parsed};
use crate::values::argument::into_value;

/// The string is in UTC with milliseconds; finer digits are cut off.
impl From<OffsetDateTime> for DateTime {
    fn from(time: OffsetDateTime) -> Self {
        Self::from(moment::format(moment::of_seconds(time.unix_timestamp(), time.nanosecond())))
    }
}

/// The string is in UTC with milliseconds; finer digits are cut off.
impl From<UtcDateTime> for DateTime {
    fn from(time: UtcDateTime) -> Self {
        Self::from(moment::format(moment::of_seconds(time.unix_timestamp(), time.nanosecond())))
    }
}

impl From<time::Date> for Date {
    fn from(date: time::Date) -> Self {
        day(date.year(), u8::from(date.month()).into(), date.day().into()).into()
    }
}

impl From<OffsetDateTime> for DateOrDateTime {
    fn from(time: OffsetDateTime) -> Self {
        DateTime::from(time).into()
    }
}

impl From<UtcDateTime> for DateOrDateTime {
    fn from(time: UtcDateTime) -> Self {
        DateTime::from(time).into()
    }
}

impl From<time::Date> for DateOrDateTime {
    fn from(date: time::Date) -> Self {
        Date::from(date).into()
    }
}

impl DateTime {
    /// The moment for `time` (feature `time`), if the string is one.
    pub fn to_time(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp_nanos(self.moment()?).ok()
    }
}

impl Date {
    /// The day for `time` (feature `time`), if the string is one.
    pub fn to_time(&self) -> Option<time::Date> {
        let day = self.to_civil()?;
        let month = Month::try_from(day.month().unsigned_abs()).ok()?;
        time::Date::from_calendar_date(day.year().into(), month, day.day().unsigned_abs()).ok()
    }
}

impl DateOrDateTime {
    /// The moment for `time` (feature `time`), or the first moment of a day in UTC.
    pub fn to_time(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp_nanos(self.moment()?).ok()
    }
}

into_value!(OffsetDateTime, UtcDateTime => DateTime);
into_value!(time::Date => Date);
into_value!(OffsetDateTime, UtcDateTime, time::Date => DateOrDateTime);

try_from_parsed! {
    DateTime => OffsetDateTime: to_time;
    Date => time::Date: to_time;
    DateOrDateTime => OffsetDateTime: to_time;
}

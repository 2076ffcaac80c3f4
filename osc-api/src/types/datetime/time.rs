//! Conversions from and to the types of `time`. Moments that the API cannot write become the nearest one that
//! it can.

use time::{Month, OffsetDateTime, UtcDateTime};

use super::jiff::{day, moment};
use super::{Date, DateOrDateTime, DateTime, understood};

/// Written in UTC with milliseconds; finer digits are cut off.
impl From<OffsetDateTime> for DateTime {
    fn from(time: OffsetDateTime) -> Self {
        let nanoseconds = i32::try_from(time.nanosecond()).unwrap_or_default();
        moment(time.unix_timestamp(), nanoseconds).into()
    }
}

/// Written in UTC with milliseconds; finer digits are cut off.
impl From<UtcDateTime> for DateTime {
    fn from(time: UtcDateTime) -> Self {
        let nanoseconds = i32::try_from(time.nanosecond()).unwrap_or_default();
        moment(time.unix_timestamp(), nanoseconds).into()
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
    /// The moment that the text means, if it means one, for `time` (feature `time`).
    pub fn to_time(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp_nanos(self.to_timestamp()?.as_nanosecond()).ok()
    }
}

impl Date {
    /// The day that the text means, if it means one, for `time` (feature `time`).
    pub fn to_time(&self) -> Option<time::Date> {
        let day = self.to_civil()?;
        let month = Month::try_from(day.month().unsigned_abs()).ok()?;
        time::Date::from_calendar_date(day.year().into(), month, day.day().unsigned_abs()).ok()
    }
}

impl DateOrDateTime {
    /// The moment that the text means, for `time` (feature `time`); for a day, its first moment in UTC.
    pub fn to_time(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp_nanos(self.to_timestamp()?.as_nanosecond()).ok()
    }
}

understood! {
    DateTime => OffsetDateTime: to_time;
    Date => time::Date: to_time;
    DateOrDateTime => OffsetDateTime: to_time;
}

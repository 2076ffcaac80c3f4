//! Conversions from and to the types of `chrono`. A moment or day after the year 9999 becomes the last one that the API
//! can write.

use chrono::{DateTime as ChronoDateTime, Datelike, NaiveDate, TimeZone, Utc};

use super::jiff::day;
use super::moment::{self, Nanoseconds};
use super::{Date, DateOrDateTime, DateTime, try_from_parsed};
use crate::values::argument::{IntoValue, into_value};

/// The string is in UTC with milliseconds; finer digits are cut off.
impl<Tz: TimeZone> From<ChronoDateTime<Tz>> for DateTime {
    fn from(time: ChronoDateTime<Tz>) -> Self {
        // `chrono` gives a leap second up to two thousand million nanoseconds; it becomes the last of its minute.
        let nanoseconds = time.timestamp_subsec_nanos().min(999_999_999);
        Self::from(moment::format(moment::of_seconds(time.timestamp(), nanoseconds)))
    }
}

impl From<NaiveDate> for Date {
    fn from(date: NaiveDate) -> Self {
        day(date.year(), date.month(), date.day()).into()
    }
}

impl<Tz: TimeZone> From<ChronoDateTime<Tz>> for DateOrDateTime {
    fn from(time: ChronoDateTime<Tz>) -> Self {
        DateTime::from(time).into()
    }
}

impl From<NaiveDate> for DateOrDateTime {
    fn from(date: NaiveDate) -> Self {
        Date::from(date).into()
    }
}

impl DateTime {
    /// The moment for `chrono` (feature `chrono`), if the string is one.
    pub fn to_chrono(&self) -> Option<ChronoDateTime<Utc>> {
        to_chrono(self.moment()?)
    }
}

impl Date {
    /// The day for `chrono` (feature `chrono`), if the string is one.
    pub fn to_chrono(&self) -> Option<NaiveDate> {
        let day = self.to_civil()?;
        NaiveDate::from_ymd_opt(
            day.year().into(),
            day.month().unsigned_abs().into(),
            day.day().unsigned_abs().into(),
        )
    }
}

impl DateOrDateTime {
    /// The moment for `chrono` (feature `chrono`), or the first moment of a day in UTC.
    pub fn to_chrono(&self) -> Option<ChronoDateTime<Utc>> {
        to_chrono(self.moment()?)
    }
}

impl<Tz: TimeZone> IntoValue<DateTime> for ChronoDateTime<Tz> {
    fn into_value(self) -> Option<DateTime> {
        Some(self.into())
    }
}

impl<Tz: TimeZone> IntoValue<DateTime> for Option<ChronoDateTime<Tz>> {
    fn into_value(self) -> Option<DateTime> {
        self.map(Into::into)
    }
}

impl<Tz: TimeZone> IntoValue<DateOrDateTime> for ChronoDateTime<Tz> {
    fn into_value(self) -> Option<DateOrDateTime> {
        Some(self.into())
    }
}

impl<Tz: TimeZone> IntoValue<DateOrDateTime> for Option<ChronoDateTime<Tz>> {
    fn into_value(self) -> Option<DateOrDateTime> {
        self.map(Into::into)
    }
}

into_value!(NaiveDate => Date);
into_value!(NaiveDate => DateOrDateTime);

try_from_parsed! {
    DateTime => ChronoDateTime<Utc>: to_chrono;
    Date => NaiveDate: to_chrono;
    DateOrDateTime => ChronoDateTime<Utc>: to_chrono;
}

fn to_chrono(moment: Nanoseconds) -> Option<ChronoDateTime<Utc>> {
    let seconds = i64::try_from(moment.div_euclid(1_000_000_000)).ok()?;
    ChronoDateTime::from_timestamp(seconds, u32::try_from(moment.rem_euclid(1_000_000_000)).ok()?)
}

//! Conversions from and to the types of `chrono`. Years beyond 9999, which the API cannot write, become the
//! nearest moment or day that it can.

use chrono::{DateTime as ChronoDateTime, Datelike, NaiveDate, TimeZone, Utc};

use super::jiff::{day, moment};
use super::{Date, DateOrDateTime, DateTime, understood};

/// Written in UTC with milliseconds; finer digits are cut off.
impl<Tz: TimeZone> From<ChronoDateTime<Tz>> for DateTime {
    fn from(time: ChronoDateTime<Tz>) -> Self {
        // A leap second has up to two thousand million nanoseconds there; it is written as the last of its
        // minute.
        let nanoseconds = time.timestamp_subsec_nanos().min(999_999_999);
        moment(time.timestamp(), i32::try_from(nanoseconds).unwrap_or_default()).into()
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
    /// The moment that the text means, if it means one, for `chrono` (feature `chrono`).
    pub fn to_chrono(&self) -> Option<ChronoDateTime<Utc>> {
        chrono(self.to_timestamp()?)
    }
}

impl Date {
    /// The day that the text means, if it means one, for `chrono` (feature `chrono`).
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
    /// The moment that the text means, for `chrono` (feature `chrono`); for a day, its first moment in UTC.
    pub fn to_chrono(&self) -> Option<ChronoDateTime<Utc>> {
        chrono(self.to_timestamp()?)
    }
}

understood! {
    DateTime => ChronoDateTime<Utc>: to_chrono;
    Date => NaiveDate: to_chrono;
    DateOrDateTime => ChronoDateTime<Utc>: to_chrono;
}

fn chrono(moment: jiff::Timestamp) -> Option<ChronoDateTime<Utc>> {
    let nanoseconds = moment.as_nanosecond();
    let seconds = i64::try_from(nanoseconds.div_euclid(1_000_000_000)).ok()?;
    ChronoDateTime::from_timestamp(seconds, u32::try_from(nanoseconds.rem_euclid(1_000_000_000)).ok()?)
}

//! Dates and times that keep their original text.
//!
//! The API writes times in more than one form (`2010-10-01T12:34:56.789Z`, but also `2017-05-10T12:34:56.789+0000`),
//! and its description does not say which field uses which. The types here therefore hold the text, encode it
//! unchanged, and parse it only on demand.

#[cfg(feature = "chrono")]
mod chrono;
mod jiff;
mod moment;
mod text;
#[cfg(feature = "time")]
mod time;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::time::SystemTime;

use ::jiff::Timestamp;
use ::jiff::civil;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use moment::Nanoseconds;
use text::DateText;

use super::argument::{FromText, into_value};

/// A moment in time: a string with a date, a time and an offset from UTC.
///
/// Decoding and [`From<&str>`](#impl-From<%26str>-for-DateTime) keep any string: a response must not fail on a form
/// that was never seen before, and the server validates requests. [`str::parse`] is for user input: it returns an
/// error for a string that is not a moment.
///
/// Values compare by moment, regardless of form, to the nanosecond. Strings that are not a moment sort after all others,
/// as strings.
///
/// Converts from [`jiff::Timestamp`](::jiff::Timestamp), [`SystemTime`], and the types of `chrono` and `time` behind the
/// features of these names. The string is then in UTC with milliseconds; finer digits are cut off. Methods that return an
/// `Option`, and `TryFrom` with an error that shows the string, convert in the other direction.
///
/// ```
/// use osc_api::DateTime;
///
/// let server = DateTime::from("2017-05-10T12:34:56.789+0000");
/// let ours: DateTime = "2017-05-10T14:34:56.789+02:00".parse()?;
/// assert_eq!(server, ours);
/// assert_eq!(server.as_str(), "2017-05-10T12:34:56.789+0000");
/// let timestamp = server.to_timestamp().expect("a valid date");
/// assert_eq!(timestamp.as_millisecond(), 1_494_419_696_789);
/// assert!("tomorrow".parse::<DateTime>().is_err());
///
/// let moment = std::time::SystemTime::try_from(&server)?;
/// assert_eq!(DateTime::from(moment), server);
/// # Ok::<(), osc_api::ParseDateError>(())
/// ```
#[derive(Clone)]
pub struct DateTime(DateText);

/// A calendar day: a string such as `2023-04-05`.
///
/// Decoding and [`From<&str>`](#impl-From<%26str>-for-Date) keep any string, as for [`DateTime`]; [`str::parse`]
/// returns an error for a string that is not a day. Values compare by day; strings that are not a day sort after all
/// others.
///
/// ```
/// use osc_api::Date;
///
/// let day: Date = "2023-04-05".parse()?;
/// assert!(day < Date::from("2023-04-06"));
/// assert_eq!(day.to_civil().map(|day| day.year()), Some(2023));
/// # Ok::<(), osc_api::ParseDateError>(())
/// ```
///
/// The days from a month ago to today, in UTC:
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use osc_api::Date;
///
/// let to = SystemTime::now();
/// let from = to - Duration::from_secs(30 * 24 * 3600);
/// assert!(Date::from(from) < Date::from(to));
/// ```
#[derive(Clone)]
pub struct Date(DateText);

/// A day or a moment, for request fields that accept both.
///
/// In comparisons a day counts as its first moment in UTC. Otherwise like [`DateTime`] and [`Date`], which convert into
/// it.
///
/// ```
/// use osc_api::{Date, DateOrDateTime};
///
/// let from = DateOrDateTime::from(Date::from("2023-04-05"));
/// let to: DateOrDateTime = "2023-04-05T12:00:00Z".parse()?;
/// assert!(from < to);
/// # Ok::<(), osc_api::ParseDateError>(())
/// ```
#[derive(Clone)]
pub struct DateOrDateTime(DateText);

/// The error for a string that is not a date or time of the expected form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseDateError {
    text: Box<str>,
    expected: &'static str,
}

impl fmt::Display for ParseDateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not {}", self.text, self.expected)
    }
}

impl std::error::Error for ParseDateError {}

impl DateTime {
    const EXPECTED: &str = "a date and time with an offset, such as 2023-04-05T12:34:56.000Z";

    /// The moment, if the string is one. `Timestamp` ends at 9999-12-30T22:00:00.999999999Z: a later moment becomes that.
    pub fn to_timestamp(&self) -> Option<Timestamp> {
        self.moment().map(moment::to_timestamp)
    }

    /// The moment, if the string is one.
    pub fn to_system_time(&self) -> Option<SystemTime> {
        self.moment().and_then(moment::to_system_time)
    }

    fn moment(&self) -> Option<Nanoseconds> {
        moment::parse(&self.0)
    }

    fn is_well_formed(text: &str) -> bool {
        is_extended(text) && moment::parse(text).is_some()
    }
}

impl Date {
    const EXPECTED: &str = "a date, such as 2023-04-05";

    /// The day, if the string is one.
    pub fn to_civil(&self) -> Option<civil::Date> {
        civil_date(&self.0)
    }

    fn moment(&self) -> Option<Nanoseconds> {
        self.to_civil().and_then(moment::midnight)
    }

    fn is_well_formed(text: &str) -> bool {
        civil_date(text).is_some()
    }
}

impl DateOrDateTime {
    const EXPECTED: &str =
        "a date, such as 2023-04-05, or a date and time with an offset, such as 2023-04-05T12:34:56.000Z";

    /// The moment, or the first moment of a day in UTC. A moment that `Timestamp` cannot hold becomes the nearest one
    /// that it can.
    pub fn to_timestamp(&self) -> Option<Timestamp> {
        self.moment().map(moment::to_timestamp)
    }

    /// The moment, or the first moment of a day in UTC.
    pub fn to_system_time(&self) -> Option<SystemTime> {
        self.moment().and_then(moment::to_system_time)
    }

    fn moment(&self) -> Option<Nanoseconds> {
        moment::parse(&self.0).or_else(|| civil_date(&self.0).and_then(moment::midnight))
    }

    /// The day, if the string is one without a time.
    pub fn to_civil(&self) -> Option<civil::Date> {
        civil_date(&self.0)
    }

    fn is_well_formed(text: &str) -> bool {
        DateTime::is_well_formed(text) || Date::is_well_formed(text)
    }
}

/// The sort key: moments first, then other strings.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Key<'a> {
    Moment(Nanoseconds),
    Text(&'a str),
}

/// Implements what the three types share: a string, compared by its meaning.
macro_rules! text_type {
    ($name:ident) => {
        impl $name {
            /// The original string.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            fn key(&self) -> Key<'_> {
                self.moment().map_or(Key::Text(&self.0), Key::Moment)
            }

            fn parse_error(&self) -> ParseDateError {
                ParseDateError { text: self.as_str().into(), expected: Self::EXPECTED }
            }
        }

        impl FromText for $name {}

        /// Keeps any string; the server validates it.
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(DateText::from(text))
            }
        }

        /// Keeps any string; the server validates it.
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::from(text.as_str())
            }
        }

        /// Returns an error for a string of another form.
        impl FromStr for $name {
            type Err = ParseDateError;

            fn from_str(text: &str) -> Result<Self, ParseDateError> {
                match Self::is_well_formed(text) {
                    true => Ok(Self::from(text)),
                    false => Err(ParseDateError { text: text.into(), expected: Self::EXPECTED }),
                }
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self.as_str(), f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self.as_str(), f)
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                // Most comparisons are between equal strings, which need no parsing.
                self.as_str() == other.as_str() || self.key() == other.key()
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                self.key().cmp(&other.key())
            }
        }

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.key().hash(state);
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::values::open_enum::text(deserializer)
            }
        }
    };
}

/// Implements `TryFrom` for types of other crates, by a method that returns an `Option`.
macro_rules! try_from_parsed {
    ($($name:ident => $other:ty: $method:ident;)*) => {$(
        /// Returns an error for a string of another form.
        impl TryFrom<&$name> for $other {
            type Error = $crate::ParseDateError;

            fn try_from(value: &$name) -> Result<Self, $crate::ParseDateError> {
                value.$method().ok_or_else(|| value.parse_error())
            }
        }

        /// Returns an error for a string of another form.
        impl TryFrom<$name> for $other {
            type Error = $crate::ParseDateError;

            fn try_from(value: $name) -> Result<Self, $crate::ParseDateError> {
                Self::try_from(&value)
            }
        }
    )*};
}
use try_from_parsed;

text_type!(DateTime);
text_type!(Date);
text_type!(DateOrDateTime);

into_value!(Date, DateTime => DateOrDateTime);

impl From<DateTime> for DateOrDateTime {
    fn from(moment: DateTime) -> Self {
        Self(moment.0)
    }
}

impl From<Date> for DateOrDateTime {
    fn from(day: Date) -> Self {
        Self(day.0)
    }
}

/// The day of a string that is only a day.
fn civil_date(text: &str) -> Option<civil::Date> {
    // The parser also accepts a day with a time, and drops the time.
    if text.len() == "2023-04-05".len() { text.parse().ok() } else { None }
}

/// Whether the string begins `YYYY-` and has no time zone in brackets: the parser accepts more forms than a server.
fn is_extended(text: &str) -> bool {
    text.as_bytes().get(4) == Some(&b'-') && !text.contains('[')
}

#[cfg(test)]
mod tests;

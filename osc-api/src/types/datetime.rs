//! Dates and times that keep the text they came as.
//!
//! The API writes times in more than one form (`2010-10-01T12:34:56.789Z`, but `2017-05-10T12:34:56.789+0000`
//! too), and its description does not say which field uses which. So the types here hold the text, give it
//! back unchanged, and understand it only when asked to.

#[cfg(feature = "chrono")]
mod chrono;
mod jiff;
#[cfg(feature = "time")]
mod time;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::time::SystemTime;

use ::jiff::Timestamp;
use ::jiff::civil;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment in time, as a text with a date, a time and an offset from UTC.
///
/// Decoding and [`From<&str>`](#impl-From<%26str>-for-DateTime) keep any text, because a response must not
/// fail on a form that no one has seen yet and because it is the server that judges what is sent.
/// [`str::parse`] is for text that comes from people: it refuses what is not a moment.
///
/// Two values are equal, and are ordered, by the moment they mean, however it is written. Texts that mean no
/// moment come after all others and compare as texts.
///
/// Made from a moment ([`jiff::Timestamp`](::jiff::Timestamp), [`SystemTime`], and the types of `chrono` and
/// `time` behind the features of these names) it is written in UTC with milliseconds; finer digits are cut off.
/// The other way there are methods that give an `Option`, and `TryFrom` with an error that shows the text.
///
/// ```
/// use osc_api::DateTime;
///
/// let server = DateTime::from("2017-05-10T12:34:56.789+0000");
/// let ours: DateTime = "2017-05-10T14:34:56.789+02:00".parse()?;
/// assert_eq!(server, ours);
/// assert_eq!(server.as_str(), "2017-05-10T12:34:56.789+0000");
/// assert_eq!(server.to_timestamp().map(|moment| moment.as_millisecond()), Some(1_494_419_696_789));
/// assert!("tomorrow".parse::<DateTime>().is_err());
///
/// let moment = std::time::SystemTime::try_from(&server)?;
/// assert_eq!(DateTime::from(moment), server);
/// # Ok::<(), osc_api::ParseDateError>(())
/// ```
#[derive(Clone)]
pub struct DateTime(Box<str>);

/// A day of the calendar, as a text such as `2023-04-05`.
///
/// Decoding and [`From<&str>`](#impl-From<%26str>-for-Date) keep any text, as for [`DateTime`];
/// [`str::parse`] refuses what is not a day. Values are equal and ordered by day; texts that mean no day come
/// after all others.
///
/// ```
/// use osc_api::Date;
///
/// let day: Date = "2023-04-05".parse()?;
/// assert!(day < Date::from("2023-04-06"));
/// assert_eq!(day.to_civil().map(|day| day.year()), Some(2023));
/// # Ok::<(), osc_api::ParseDateError>(())
/// ```
#[derive(Clone)]
pub struct Date(Box<str>);

/// A day or a moment: what the inputs take that accept both.
///
/// A day counts as its first moment in UTC where values are compared. Otherwise as [`DateTime`] and [`Date`],
/// from which it can be made.
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
pub struct DateOrDateTime(Box<str>);

/// A text is not the date or time that it was parsed as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseDateError {
    text: Box<str>,
    wanted: &'static str,
}

impl fmt::Display for ParseDateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not {}", self.text, self.wanted)
    }
}

impl std::error::Error for ParseDateError {}

impl DateTime {
    const WANTED: &str = "a date and time with an offset, such as 2023-04-05T12:34:56.000Z";

    /// The moment that the text means, if it means one.
    pub fn to_timestamp(&self) -> Option<Timestamp> {
        timestamp(&self.0)
    }

    /// The moment that the text means, if it means one.
    pub fn to_system_time(&self) -> Option<SystemTime> {
        self.to_timestamp().map(SystemTime::from)
    }

    fn is_well_formed(text: &str) -> bool {
        extended(text) && timestamp(text).is_some()
    }
}

impl Date {
    const WANTED: &str = "a date, such as 2023-04-05";

    /// The day that the text means, if it means one.
    pub fn to_civil(&self) -> Option<civil::Date> {
        civil_date(&self.0)
    }

    fn to_timestamp(&self) -> Option<Timestamp> {
        self.to_civil().and_then(midnight)
    }

    fn is_well_formed(text: &str) -> bool {
        civil_date(text).is_some()
    }
}

impl DateOrDateTime {
    const WANTED: &str =
        "a date, such as 2023-04-05, or a date and time with an offset, such as 2023-04-05T12:34:56.000Z";

    /// The moment that the text means; for a day, its first moment in UTC.
    pub fn to_timestamp(&self) -> Option<Timestamp> {
        timestamp(&self.0).or_else(|| civil_date(&self.0).and_then(midnight))
    }

    /// The moment that the text means; for a day, its first moment in UTC.
    pub fn to_system_time(&self) -> Option<SystemTime> {
        self.to_timestamp().map(SystemTime::from)
    }

    /// The day, if the text is one and has no time.
    pub fn to_civil(&self) -> Option<civil::Date> {
        civil_date(&self.0)
    }

    fn is_well_formed(text: &str) -> bool {
        DateTime::is_well_formed(text) || Date::is_well_formed(text)
    }
}

/// The order of the values: moments first, then texts that mean none.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Key<'a> {
    Moment(Timestamp),
    Text(&'a str),
}

/// What the three types have in common: a text, compared by what it means.
macro_rules! text_type {
    ($name:ident) => {
        impl $name {
            /// The text as it was given, unchanged.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            fn key(&self) -> Key<'_> {
                self.to_timestamp().map_or(Key::Text(&self.0), Key::Moment)
            }

            fn misunderstood(&self) -> ParseDateError {
                ParseDateError { text: self.0.clone(), wanted: Self::WANTED }
            }
        }

        /// Keeps any text; the server judges it.
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        /// Keeps any text; the server judges it.
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        /// Refuses a text that is not of the right form.
        impl FromStr for $name {
            type Err = ParseDateError;

            fn from_str(text: &str) -> Result<Self, ParseDateError> {
                match Self::is_well_formed(text) {
                    true => Ok(Self::from(text)),
                    false => Err(ParseDateError { text: text.into(), wanted: Self::WANTED }),
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
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                // Most comparisons are between texts that are the same, which need not be understood.
                self.0 == other.0 || self.key() == other.key()
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
                crate::types::open_enum::text(deserializer)
            }
        }
    };
}

/// Conversions to types of other crates, for what a method understands.
macro_rules! understood {
    ($($name:ident => $other:ty: $method:ident;)*) => {$(
        /// Fails for a text that is not of the right form.
        impl TryFrom<&$name> for $other {
            type Error = $crate::ParseDateError;

            fn try_from(value: &$name) -> Result<Self, $crate::ParseDateError> {
                value.$method().ok_or_else(|| value.misunderstood())
            }
        }

        /// Fails for a text that is not of the right form.
        impl TryFrom<$name> for $other {
            type Error = $crate::ParseDateError;

            fn try_from(value: $name) -> Result<Self, $crate::ParseDateError> {
                Self::try_from(&value)
            }
        }
    )*};
}
use understood;

text_type!(DateTime);
text_type!(Date);
text_type!(DateOrDateTime);

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

/// The moment of a text in any of the forms seen: with `T` or a space, with or without a fraction, with `Z`,
/// `+01:00` or `+0100`. Without an offset a text means no moment, because guessing one could be hours wrong.
fn timestamp(text: &str) -> Option<Timestamp> {
    let text = nanoseconds(text);
    text.parse().ok().or_else(|| last_day(&text))
}

/// The text with at most nine digits of a second: the parser rejects more, which some writers send.
fn nanoseconds(text: &str) -> Cow<'_, str> {
    let cut = text.split_once('.').and_then(|(whole, rest)| {
        let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        (end > 9).then(|| Some(format!("{whole}.{}{}", rest.get(..9)?, rest.get(end..)?))).flatten()
    });
    cut.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Moments after the last [`Timestamp`], on 9999-12-30 at 22:00 UTC, stand for "never": they equal the last one.
fn last_day(text: &str) -> Option<Timestamp> {
    let rest = text.strip_prefix("9999-12-3")?;
    // Valid in another year means valid in this one.
    format!("2000-12-3{rest}").parse::<Timestamp>().ok().map(|_| Timestamp::MAX)
}

/// The day of a text that is nothing but a day.
fn civil_date(text: &str) -> Option<civil::Date> {
    // The parser takes days with a time behind them too, and drops the time.
    if text.len() == "2023-04-05".len() { text.parse().ok() } else { None }
}

fn midnight(day: civil::Date) -> Option<Timestamp> {
    ::jiff::tz::Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()
}

/// Whether the text begins `YYYY-` and has no time zone in brackets: the parser understands more forms than a
/// server.
fn extended(text: &str) -> bool {
    text.as_bytes().get(4) == Some(&b'-') && !text.contains('[')
}

#[cfg(test)]
mod tests;

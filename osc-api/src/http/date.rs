//! HTTP dates in the three formats that a recipient must accept (RFC 9110, section 5.6.7).

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::TimeZone;

/// Reads a date: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = DateTimeParser::new().parse_timestamp(text) {
        return Some(at);
    }
    let asctime = DateTime::strptime("%a %b %e %H:%M:%S %Y", text).ok();
    let at = asctime.or_else(|| rfc_850(text))?;
    Some(at.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp())
}

/// The obsolete format with a year of two digits. The name of the weekday is not checked, since it depends on the
/// century.
fn rfc_850(text: &str) -> Option<DateTime> {
    let (_, rest) = text.split_once(", ")?;
    let parsed = DateTime::strptime("%d-%b-%y %H:%M:%S GMT", rest).ok()?;
    // A date that seems more than 50 years in the future is in the past.
    let this_year = Timestamp::now().to_zoned_datetime(TimeZone::UTC).year();
    let year = parsed.year();
    let year = if year > this_year.saturating_add(50) { year.saturating_sub(100) } else { year };
    let date = Date::new(year, parsed.month(), parsed.day()).ok()?;
    Some(date.to_datetime(parsed.time()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_formats_are_read() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            " Sun Nov 6 08:49:37 1994 ",
        ] {
            assert_eq!(parse(text).map(Timestamp::as_second), Some(784_111_777), "{text}");
        }
    }

    #[test]
    fn anything_else_is_not_a_date() {
        for text in
            ["", "-1", "Sunday", "Sunday, 99-Nov-94 08:49:37 GMT", "Sun Nov 6 1994", "2024-01-01T00:00:00Z"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}

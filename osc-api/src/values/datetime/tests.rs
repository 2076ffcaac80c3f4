use std::collections::{BTreeSet, HashSet};
use std::time::{Duration, SystemTime};

use ::jiff::{Timestamp, civil};

use super::{Date, DateOrDateTime, DateTime};
use crate::types::IntoValue;

/// One moment in every form seen.
const NOON: [&str; 9] = [
    "2017-05-10T12:34:56Z",
    "2017-05-10T12:34:56.000Z",
    "2017-05-10T12:34:56.000+0000",
    "2017-05-10T12:34:56+0000",
    "2017-05-10T13:34:56+01:00",
    "2017-05-10T13:34:56+0100",
    "2017-05-10 12:34:56Z",
    "2017-05-10 12:34:56.000+0000",
    "2017-05-10T07:34:56.000-05:00",
];

const NONSENSE: [&str; 8] = [
    "",
    "never",
    "2017-13-10T12:34:56Z",
    "2017-05-10T12:34:56",
    "2017-05-10",
    "0",
    "2017-05-10T12:34:56Zulu",
    " ",
];

#[test]
fn all_forms_mean_the_same_moment() {
    let set: HashSet<DateTime> = NOON.into_iter().map(DateTime::from).collect();
    assert_eq!(set.len(), 1);
    let set: BTreeSet<DateOrDateTime> = NOON.into_iter().map(DateOrDateTime::from).collect();
    assert_eq!(set.len(), 1);
    for text in NOON {
        assert_eq!(DateTime::from(text).to_timestamp().unwrap().as_second(), 1_494_419_696, "{text}");
        assert_eq!(text.parse::<DateTime>().unwrap().as_str(), text);
    }
}

#[test]
fn any_string_is_kept_by_decoding_and_by_from() {
    for text in NOON.into_iter().chain(NONSENSE) {
        let wire = serde_json::to_string(text).unwrap();
        let moment: DateTime = serde_json::from_str(&wire).unwrap();
        assert_eq!(serde_json::to_string(&moment).unwrap(), wire);
        assert_eq!(moment.as_str(), text);
        assert_eq!(moment, DateTime::from(text.to_owned()));
        assert_eq!(Date::from(text).to_string(), text);
    }
}

#[test]
fn parsing_rejects_other_forms_and_shows_the_right_one() {
    for text in NONSENSE {
        let error = text.parse::<DateTime>().unwrap_err().to_string();
        assert!(error.contains(text) && error.contains("2023-04-05T12:34:56.000Z"), "{error}");
    }
    for text in ["20170510T123456Z", "2017-05-10T12:34:56Z[UTC]", "-002017-05-10T12:34:56Z"] {
        assert!(text.parse::<DateTime>().is_err(), "{text}");
    }
    for text in ["20230405", "2023-04-05T00:00:00Z", "2023-4-5", "2023-02-30", ""] {
        assert!(text.parse::<Date>().is_err(), "{text}");
    }
    assert!("2023-04-05".parse::<DateOrDateTime>().is_ok());
    assert!(NOON[2].parse::<DateOrDateTime>().is_ok());
    assert!("soon".parse::<DateOrDateTime>().is_err());
}

#[test]
fn values_sort_by_moment_and_other_strings_come_last() {
    let sorted = ["2017-05-10T13:00:00+01:00", "2017-05-10T12:00:01Z", "aaa", "bbb"].map(DateTime::from);
    let mut shuffled = [3, 1, 0, 2].map(|index: usize| sorted[index].clone());
    shuffled.sort();
    assert_eq!(shuffled, sorted);
    assert_ne!(DateTime::from("aaa"), DateTime::from("AAA"));
}

#[test]
fn a_day_counts_as_its_first_moment_where_both_are_allowed() {
    let day = DateOrDateTime::from("2023-04-05");
    assert_eq!(day, DateOrDateTime::from("2023-04-05T00:00:00Z"));
    assert_eq!(day.to_civil(), Some(civil::date(2023, 4, 5)));
    assert_eq!(DateOrDateTime::from(NOON[0]).to_civil(), None);
    assert!(Date::from("2023-04-05") < Date::from("2023-04-06"));
    assert_eq!(DateTime::from("2023-04-05").to_timestamp(), None);
}

#[test]
fn moments_are_formatted_in_utc_with_milliseconds() {
    for (moment, text) in [
        (Timestamp::UNIX_EPOCH, "1970-01-01T00:00:00.000Z"),
        (Timestamp::new(1_700_000_000, 123_999_999).unwrap(), "2023-11-14T22:13:20.123Z"),
    ] {
        assert_eq!(DateTime::from(moment).as_str(), text);
        assert_eq!(DateOrDateTime::from(moment).as_str(), text);
        assert!(text.parse::<DateTime>().is_ok());
    }
    let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_500);
    assert_eq!(DateTime::from(time).as_str(), "1970-01-01T00:00:01.500Z");
    assert_eq!(Date::from(civil::date(2023, 4, 5)).as_str(), "2023-04-05");
    assert_eq!(DateOrDateTime::from(civil::date(2023, 4, 5)).as_str(), "2023-04-05");
}

#[test]
fn moments_and_days_convert_in_both_directions() {
    let time = SystemTime::UNIX_EPOCH - Duration::from_millis(1_500);
    let moment = DateTime::from(time);
    assert_eq!(moment.as_str(), "1969-12-31T23:59:58.500Z");
    assert_eq!(moment.to_system_time(), Some(time));
    assert_eq!(SystemTime::try_from(&moment), Ok(time));
    assert_eq!(SystemTime::try_from(moment), Ok(time));
    for text in NOON {
        let moment = DateTime::from(text);
        let timestamp = Timestamp::try_from(&moment).unwrap();
        assert_eq!(DateTime::from(timestamp), moment, "{text}");
        assert_eq!(Timestamp::try_from(DateOrDateTime::from(text)), Ok(timestamp));
        assert_eq!(DateOrDateTime::from(text).to_system_time(), moment.to_system_time());
    }
    let day = Date::from("2024-02-29");
    assert_eq!(civil::Date::try_from(&day), Ok(civil::date(2024, 2, 29)));
    assert_eq!(Date::from(civil::Date::try_from(day.clone()).unwrap()), day);
    let midnight = DateTime::from("2024-02-29T00:00:00Z");
    assert_eq!(SystemTime::try_from(DateOrDateTime::from(day)).ok(), midnight.to_system_time());
}

#[test]
fn the_error_for_another_string_shows_it() {
    for text in NONSENSE {
        let error = Timestamp::try_from(DateTime::from(text)).unwrap_err();
        assert_eq!(error, text.parse::<DateTime>().unwrap_err());
        assert_eq!(SystemTime::try_from(&DateTime::from(text)), Err(error));
    }
    let error = civil::Date::try_from(Date::from("2023-02-30")).unwrap_err().to_string();
    assert!(error.contains("\"2023-02-30\" is not a date"), "{error}");
    assert!(SystemTime::try_from(DateOrDateTime::from("soon")).is_err());
}

#[cfg(feature = "chrono")]
#[test]
fn chrono_converts_in_both_directions() {
    let moment = chrono::DateTime::from_timestamp(-1, 500_000_000).unwrap();
    assert_eq!(DateTime::from(moment).as_str(), "1969-12-31T23:59:59.500Z");
    assert_eq!(DateTime::from(moment).to_chrono(), Some(moment));
    assert_eq!(DateOrDateTime::from(moment).to_chrono(), Some(moment));
    assert_eq!(chrono::DateTime::try_from(&DateTime::from(moment)), Ok(moment));
    assert_eq!(chrono::DateTime::try_from(DateOrDateTime::from(moment)), Ok(moment));
    assert!(chrono::DateTime::try_from(DateTime::from("never")).is_err());
    let day = chrono::NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
    assert_eq!(Date::from(day).as_str(), "2024-02-29");
    assert_eq!(Date::from(day).to_chrono(), Some(day));
    assert_eq!(chrono::NaiveDate::try_from(Date::from(day)), Ok(day));
    assert!(chrono::NaiveDate::try_from(&Date::from("2023-02-30")).is_err());
    assert_eq!(DateOrDateTime::from(day).as_str(), "2024-02-29");
    assert_eq!(Date::from(chrono::NaiveDate::MAX).as_str(), "9999-12-31");
    assert_eq!(
        DateTime::from(chrono::DateTime::<chrono::Utc>::MIN_UTC).to_timestamp().unwrap().as_second(),
        { Timestamp::MIN.as_second() }
    );
}

#[cfg(feature = "time")]
#[test]
fn time_converts_in_both_directions() {
    let moment = time::OffsetDateTime::from_unix_timestamp_nanos(-500_000_000).unwrap();
    assert_eq!(DateTime::from(moment).as_str(), "1969-12-31T23:59:59.500Z");
    assert_eq!(DateTime::from(moment).to_time(), Some(moment));
    assert_eq!(DateOrDateTime::from(moment).to_time(), Some(moment));
    assert_eq!(time::OffsetDateTime::try_from(&DateTime::from(moment)), Ok(moment));
    assert_eq!(time::OffsetDateTime::try_from(DateOrDateTime::from(moment)), Ok(moment));
    assert!(time::OffsetDateTime::try_from(DateTime::from("never")).is_err());
    let day = time::Date::from_calendar_date(2024, time::Month::February, 29).unwrap();
    assert_eq!(Date::from(day).as_str(), "2024-02-29");
    assert_eq!(Date::from(day).to_time(), Some(day));
    assert_eq!(time::Date::try_from(Date::from(day)), Ok(day));
    assert!(time::Date::try_from(&Date::from("2023-02-30")).is_err());
    assert_eq!(DateOrDateTime::from(day).as_str(), "2024-02-29");
}

#[test]
fn the_last_hours_of_the_year_9999_are_moments() {
    let last = DateTime::from("9999-12-31T23:59:59Z");
    let sorted = [
        "9999-12-30T22:00:00.999999999Z",
        "9999-12-30T22:00:01Z",
        "9999-12-31T00:00:00Z",
        "9999-12-31T23:59:58.999+0000",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59.5Z",
        "9999-12-31T23:59:59-01:00",
        "no moment",
    ]
    .map(DateTime::from);
    assert!(sorted.is_sorted_by(|one, other| one < other));
    for moment in &sorted[..7] {
        assert!(moment.to_timestamp().is_some() && moment.as_str().parse::<DateTime>().is_ok(), "{moment}");
    }
    assert_eq!(last.to_timestamp(), Some(Timestamp::MAX));
    let time = last.to_system_time().unwrap();
    assert_eq!(time, SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_799));
    assert_eq!(DateTime::from(time).as_str(), "9999-12-31T23:59:59.000Z");
    assert_eq!(DateTime::from(time + Duration::from_secs(1)).as_str(), "9999-12-31T23:59:59.999Z");
    assert_eq!(last, "9999-12-31T22:59:59-0100".into());
    assert_eq!(DateOrDateTime::from("9999-12-31"), DateOrDateTime::from("9999-12-31T00:00:00Z"));
    assert!(
        Date::from("9999-12-31") > Date::from("9999-12-30") && Date::from("9999-12-31") < Date::from("x")
    );
    #[cfg(feature = "chrono")]
    assert_eq!(last.to_chrono().map(DateTime::from), Some(last.clone()));
    #[cfg(feature = "time")]
    assert_eq!(last.to_time().map(DateTime::from), Some(last.clone()));
    for text in
        ["9999-13-31T23:59:59Z", "9999-12-31T23:59:59", "+10000-01-01T00:00:00Z", "9999-12-32T00:00:00Z"]
    {
        assert!(text.parse::<DateTime>().is_err(), "{text}");
    }
}

#[test]
fn more_than_nine_digits_of_a_second_are_cut_off() {
    let nine = DateTime::from("2024-01-01T00:00:00.123456789Z");
    for text in [
        "2024-01-01T00:00:00.1234567890123Z",
        "2024-01-01T01:00:00.1234567899+01:00",
        "2024-01-01 00:00:00,12345678999999999999999999999999+0000",
    ] {
        assert_eq!(DateTime::from(text), nine, "{text}");
        assert!(text.parse::<DateTime>().is_ok() && text.parse::<DateOrDateTime>().is_ok(), "{text}");
    }
    assert_eq!(DateTime::from("9999-12-31T23:59:59.99999999999Z"), "9999-12-31T23:59:59.999999999Z".into());
    assert_eq!(DateTime::from("2024-01-01T00:00:00.1234567890123").to_timestamp(), None);
}

#[test]
fn the_last_day_and_long_fractions_are_moments() {
    for (text, moment) in [
        ("9999-12-31T23:59:59Z", Timestamp::MAX),
        ("9999-12-31T00:00:00Z", Timestamp::MAX),
        ("9999-12-30T23:00:00.5+00:00", Timestamp::MAX),
        ("2024-01-01T00:00:00.1234567890123Z", "2024-01-01T00:00:00.123456789Z".parse().unwrap()),
        ("2024-01-01 00:00:00.99999999999999+0100", "2023-12-31T23:00:00.999999999Z".parse().unwrap()),
    ] {
        assert_eq!(Timestamp::try_from(&DateTime::from(text)).unwrap(), moment, "{text}");
    }
    for text in ["9999-12-31T25:00:00Z", "9999-12-32T00:00:00Z", "2024-01-01T00:00:00.Z", "9999-12-31"] {
        assert!(Timestamp::try_from(&DateTime::from(text)).is_err(), "{text}");
    }
}

#[test]
fn a_moment_becomes_its_day_in_utc() {
    for (text, day) in [
        ("2023-04-05T23:59:59.999Z", "2023-04-05"),
        ("2023-04-06T00:30:00+02:00", "2023-04-05"),
        ("1969-12-31T23:59:59Z", "1969-12-31"),
        ("9999-12-31T23:59:59Z", "9999-12-31"),
    ] {
        let moment = DateTime::from(text).to_system_time().unwrap();
        assert_eq!(Date::from(moment).as_str(), day, "{text}");
        assert_eq!(IntoValue::<Date>::into_value(moment), Some(Date::from(day)), "{text}");
    }
    assert_eq!(Date::from(Timestamp::UNIX_EPOCH).as_str(), "1970-01-01");
}

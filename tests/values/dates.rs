//! Dates and times in the many formats of the API: they keep their text and compare by instant.

use std::collections::{BTreeSet, HashSet};

use osc_api::{Date, DateOrDateTime, DateTime};
use serde_json::json;

/// One instant in the formats that the API and callers use.
const SAME_INSTANT: [&str; 8] = [
    "2017-05-10T12:34:56.000Z",
    "2017-05-10T12:34:56Z",
    "2017-05-10T12:34:56.000+0000",
    "2017-05-10T12:34:56+00:00",
    "2017-05-10 12:34:56Z",
    "2017-05-10 12:34:56.000+0000",
    "2017-05-10T13:34:56+01:00",
    "2017-05-10T08:04:56.000-0430",
];

/// Strings that are not instants.
const NOT_INSTANTS: [&str; 5] = ["", "zz-new", "2017-13-45T00:00:00Z", "2017-05-10T12:34:56", "1494419696"];

#[test]
fn all_formats_of_an_instant_are_equal() {
    let times = SAME_INSTANT.map(DateTime::from);
    for time in &times {
        assert_eq!(time, &times[0]);
        assert_eq!(time.to_timestamp().map(|at| at.as_second()), Some(1_494_419_696), "{time}");
        assert_eq!(DateOrDateTime::from(time.clone()), DateOrDateTime::from(SAME_INSTANT[0]));
        assert!(time < &DateTime::from("2017-05-10T12:34:56.001Z"), "{time}");
        assert!(time > &DateTime::from("2017-05-10T14:34:55.999+02:00"), "{time}");
    }
    assert_eq!(times.iter().collect::<HashSet<_>>().len(), 1, "equal values have equal hashes");
    assert_eq!(times.iter().collect::<BTreeSet<_>>().len(), 1);
}

#[test]
fn dates_keep_their_text() {
    for text in SAME_INSTANT.iter().chain(&NOT_INSTANTS).chain(&["2017-05-10"]) {
        let wire = json!(text);
        let time: DateTime = serde_json::from_value(wire.clone()).expect("any string");
        let date: Date = serde_json::from_value(wire.clone()).expect("any string");
        let either: DateOrDateTime = serde_json::from_value(wire.clone()).expect("any string");
        assert_eq!([time.as_str(), date.as_str(), either.as_str()], [*text; 3]);
        assert_eq!([time.to_string(), date.to_string(), either.to_string()], [*text; 3]);
        let encoded =
            [serde_json::to_value(&time), serde_json::to_value(&date), serde_json::to_value(&either)];
        for value in encoded {
            assert_eq!(value.expect("JSON"), wire);
        }
    }
}

#[test]
fn strings_that_are_not_instants_compare_as_strings() {
    for text in NOT_INSTANTS {
        let value = DateTime::from(text);
        assert_eq!(value.to_timestamp(), None, "{text:?}");
        assert_eq!(value, DateTime::from(text));
        assert!(value > DateTime::from(SAME_INSTANT[0]), "{text:?} is greater than all instants");
    }
    assert_ne!(DateTime::from(""), DateTime::from("zz-new"));
}

#[test]
fn a_date_without_a_time_is_midnight_in_utc() {
    let date = Date::from("2023-04-05");
    assert_eq!(date.to_civil().map(|date| (date.year(), date.month(), date.day())), Some((2023, 4, 5)));
    assert!(date > Date::from("2023-04-04") && date < Date::from("2023-04-06"));
    let either = DateOrDateTime::from(date);
    assert_eq!(either, DateOrDateTime::from("2023-04-05T00:00:00Z"));
    assert!(either < DateOrDateTime::from("2023-04-05T00:00:00.001+0000"));
    assert_eq!(DateOrDateTime::from("2023-04-05T00:00:00Z").to_civil(), None);
}

#[test]
fn invalid_dates_are_errors_that_quote_the_text() {
    for text in SAME_INSTANT {
        assert!(text.parse::<DateTime>().is_ok() && text.parse::<DateOrDateTime>().is_ok(), "{text}");
        assert!(text.parse::<Date>().is_err(), "{text}");
    }
    for text in NOT_INSTANTS {
        let error = text.parse::<DateTime>().expect_err("not an instant").to_string();
        assert!(error.contains(&format!("{text:?}")) && error.contains("2023-04-05T12:34:56"), "{error}");
        assert!(text.parse::<DateOrDateTime>().is_err() && text.parse::<Date>().is_err(), "{text}");
    }
    assert!("2023-04-05".parse::<Date>().is_ok() && "2023-04-05".parse::<DateOrDateTime>().is_ok());
    assert!("2023-04-05".parse::<DateTime>().is_err());
}

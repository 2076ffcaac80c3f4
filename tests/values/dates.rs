//! Dates and times as the API writes them: in many forms, all kept, compared by what they mean.

use std::collections::{BTreeSet, HashSet};

use osc_api::{Date, DateOrDateTime, DateTime};
use serde_json::json;

/// One moment in the forms that were seen, and in those that people write.
const SAME_MOMENT: [&str; 8] = [
    "2017-05-10T12:34:56.000Z",
    "2017-05-10T12:34:56Z",
    "2017-05-10T12:34:56.000+0000",
    "2017-05-10T12:34:56+00:00",
    "2017-05-10 12:34:56Z",
    "2017-05-10 12:34:56.000+0000",
    "2017-05-10T13:34:56+01:00",
    "2017-05-10T08:04:56.000-0430",
];

/// Texts that mean no moment.
const NO_MOMENT: [&str; 5] = ["", "zz-new", "2017-13-45T00:00:00Z", "2017-05-10T12:34:56", "1494419696"];

#[test]
fn all_forms_of_a_moment_are_equal() {
    let moments = SAME_MOMENT.map(DateTime::from);
    for moment in &moments {
        assert_eq!(moment, &moments[0]);
        assert_eq!(moment.to_timestamp().map(|at| at.as_second()), Some(1_494_419_696), "{moment}");
        assert_eq!(DateOrDateTime::from(moment.clone()), DateOrDateTime::from(SAME_MOMENT[0]));
        assert!(moment < &DateTime::from("2017-05-10T12:34:56.001Z"), "{moment}");
        assert!(moment > &DateTime::from("2017-05-10T14:34:55.999+02:00"), "{moment}");
    }
    assert_eq!(moments.iter().collect::<HashSet<_>>().len(), 1, "equal values have equal hashes");
    assert_eq!(moments.iter().collect::<BTreeSet<_>>().len(), 1);
}

#[test]
fn every_text_is_kept() {
    for text in SAME_MOMENT.iter().chain(&NO_MOMENT).chain(&["2017-05-10"]) {
        let wire = json!(text);
        let moment: DateTime = serde_json::from_value(wire.clone()).expect("any text");
        let day: Date = serde_json::from_value(wire.clone()).expect("any text");
        let either: DateOrDateTime = serde_json::from_value(wire.clone()).expect("any text");
        assert_eq!([moment.as_str(), day.as_str(), either.as_str()], [*text; 3]);
        assert_eq!([moment.to_string(), day.to_string(), either.to_string()], [*text; 3]);
        let encoded =
            [serde_json::to_value(&moment), serde_json::to_value(&day), serde_json::to_value(&either)];
        for value in encoded {
            assert_eq!(value.expect("JSON"), wire);
        }
    }
}

#[test]
fn texts_that_mean_no_moment_compare_as_texts() {
    for text in NO_MOMENT {
        let value = DateTime::from(text);
        assert_eq!(value.to_timestamp(), None, "{text:?}");
        assert_eq!(value, DateTime::from(text));
        assert!(value > DateTime::from(SAME_MOMENT[0]), "{text:?} comes after all moments");
    }
    assert_ne!(DateTime::from(""), DateTime::from("zz-new"));
}

#[test]
fn a_day_is_a_day() {
    let day = Date::from("2023-04-05");
    assert_eq!(day.to_civil().map(|day| (day.year(), day.month(), day.day())), Some((2023, 4, 5)));
    assert!(day > Date::from("2023-04-04") && day < Date::from("2023-04-06"));
    let either = DateOrDateTime::from(day);
    assert_eq!(either, DateOrDateTime::from("2023-04-05T00:00:00Z"), "its first moment in UTC");
    assert!(either < DateOrDateTime::from("2023-04-05T00:00:00.001+0000"));
    assert_eq!(DateOrDateTime::from("2023-04-05T00:00:00Z").to_civil(), None);
}

#[test]
fn invalid_dates_are_errors_that_quote_the_text() {
    for text in SAME_MOMENT {
        assert!(text.parse::<DateTime>().is_ok() && text.parse::<DateOrDateTime>().is_ok(), "{text}");
        assert!(text.parse::<Date>().is_err(), "{text}");
    }
    for text in NO_MOMENT {
        let error = text.parse::<DateTime>().expect_err("no moment").to_string();
        assert!(error.contains(&format!("{text:?}")) && error.contains("2023-04-05T12:34:56"), "{error}");
        assert!(text.parse::<DateOrDateTime>().is_err() && text.parse::<Date>().is_err(), "{text}");
    }
    assert!("2023-04-05".parse::<Date>().is_ok() && "2023-04-05".parse::<DateOrDateTime>().is_ok());
    assert!("2023-04-05".parse::<DateTime>().is_err());
}

//! What is missing, null, repeated or unknown, and what comes back.

use super::*;
use crate::support;

#[derive(Clone, Debug, Default, PartialEq)]
struct Answer {
    id: Option<String>,
    items: Vec<i64>,
    labels: BTreeMap<String, bool>,
    ids: Option<Vec<i64>>,
    pattern: Nullable<String>,
    inner: Option<Box<Answer>>,
}

support::exchanged!(Answer {
    id: "Id",
    items: "Items",
    labels: "Labels",
    ids: "Ids",
    pattern: "Pattern",
    inner: "Inner",
});

#[track_caller]
fn decode(text: &str) -> Answer {
    let from_text: Answer = serde_json::from_str(text).unwrap();
    let from_reader: Answer = serde_json::from_reader(text.as_bytes()).unwrap();
    let from_value: Answer = serde_json::from_value(serde_json::from_str(text).unwrap()).unwrap();
    assert_eq!(from_text, from_reader);
    assert_eq!(from_text, from_value);
    from_text
}

#[test]
fn what_is_missing_or_null_is_absent() {
    assert_eq!(decode("{}"), Answer::default());
    let null = decode(r#"{"Id":null,"Items":null,"Labels":null,"Ids":null,"Inner":null}"#);
    assert_eq!(null, Answer::default());
    assert_eq!(decode(r#"{"Pattern":null}"#).pattern, Nullable::Null);
}

#[test]
fn null_elements_are_left_out_and_empty_is_not_absent() {
    let answer = decode(r#"{"Items":[1,null,2],"Labels":{"a":true,"b":null},"Ids":[null]}"#);
    assert_eq!(answer.items, [1, 2]);
    assert_eq!(answer.labels, BTreeMap::from([("a".to_owned(), true)]));
    assert_eq!(answer.ids, Some(vec![]));
}

#[test]
fn unknown_and_repeated_members_are_no_failure() {
    let answer = decode(r#"{"New":{"a":[1,{}]},"Id":"x","\u0049d":"y","id":1}"#);
    assert_eq!(answer.id.as_deref(), Some("y"));
}

#[test]
fn other_types_are_refused() {
    for text in ["[]", "null", "1", r#"{"Items":"a"}"#, r#"{"Labels":[]}"#, r#"{"Id":1}"#, r#"{"New":}"#] {
        assert!(serde_json::from_str::<Answer>(text).is_err(), "{text}");
    }
}

#[test]
fn what_is_written_can_be_read() {
    let inner = Answer { id: Some("i".to_owned()), ..Answer::default() };
    let answer = Answer {
        items: vec![1],
        ids: Some(vec![]),
        pattern: Nullable::Null,
        inner: Some(Box::new(inner)),
        ..Answer::default()
    };
    let text = serde_json::to_string(&answer).unwrap();
    assert_eq!(
        text,
        r#"{"Items":[1],"Labels":{},"Ids":[],"Pattern":null,"Inner":{"Id":"i","Items":[],"Labels":{}}}"#
    );
    assert_eq!(decode(&text), answer);
}

#[cfg(feature = "serde-all")]
#[test]
fn a_request_that_is_read_must_have_what_it_requires() {
    #[derive(Debug, PartialEq)]
    struct Request {
        name: String,
        ids: Vec<i64>,
        pattern: Nullable<String>,
        size: Option<i64>,
    }
    support::sent!(Request { name: "Name", ids: "Ids", pattern: "Pattern", size: "Size" });

    let request: Request = serde_json::from_str(r#"{"Ids":[1],"Name":"n"}"#).unwrap();
    let wanted = Request { name: "n".to_owned(), ids: vec![1], pattern: Nullable::Absent, size: None };
    assert_eq!(request, wanted);
    let error = serde_json::from_str::<Request>(r#"{"Name":"n"}"#).unwrap_err();
    assert!(error.to_string().contains("`Ids`"), "{error}");
}

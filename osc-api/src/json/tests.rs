//! What is missing, null, repeated or unknown, and what comes back.

use super::*;
use crate::__private;

#[derive(Clone, Debug, Default, PartialEq)]
struct Answer {
    id: Option<String>,
    items: Vec<i64>,
    labels: BTreeMap<String, bool>,
    ids: Option<Vec<i64>>,
    pattern: Nullable<String>,
    inner: Option<Box<Answer>>,
}

__private::exchanged!(Answer {
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

/// The path at which a text fails to be an [`Answer`]; empty for the whole of it.
#[track_caller]
fn path(text: &str) -> String {
    read::<Answer>(text.as_bytes()).unwrap_err().path.unwrap_or_default()
}

#[test]
fn a_value_of_another_type_is_told_with_its_path() {
    for (text, wanted) in [
        ("3", ""),
        ("[]", ""),
        (r#"{"Id":1}"#, "Id"),
        (r#"{"Id":["x"]}"#, "Id"),
        (r#"{"Id":{"x":1}}"#, "Id"),
        (r#"{"Items":"text"}"#, "Items"),
        (r#"{"Items":[0,null,true]}"#, "Items[2]"),
        (r#"{"Items":[0,1.5,2]}"#, "Items[1]"),
        (r#"{"Items":[9999999999999999999]}"#, "Items[0]"),
        (r#"{"Items":[{}]}"#, "Items[0]"),
        (r#"{"Items":[1, {}]}"#, "Items"),
        (r#"{"Ids":[1,2],"Labels":{"a":true,"b":"c"}}"#, "Labels.b"),
        (r#"{"Labels":{"a key":0}}"#, r#"Labels["a key"]"#),
        (r#"{"Labels":{"a\"\u0062":0}}"#, r#"Labels["a\"b"]"#),
        (r#"{"Labels":{"":0}}"#, r#"Labels[""]"#),
        (r#"{"New":[{"a":"[{,"}],"Inner":{"Items":[],"Inner":{"Pattern":7}}}"#, "Inner.Inner.Pattern"),
        (
            "{\n \"Id\": \"é\",\r\n\n \"Inner\": {\n  \"Items\": [\n   1,\n   \"x\"\n  ]\n }\n}\n",
            "Inner.Items[1]",
        ),
    ] {
        assert_eq!(path(text), wanted, "{text}");
    }
    assert_eq!(
        path(&format!(r#"{{"Labels":{{"{}":0}}}}"#, "é".repeat(99))),
        format!("Labels[\"{}\"…]", "é".repeat(64))
    );
}

#[test]
fn a_broken_text_is_told_with_the_path_of_where_it_breaks() {
    for (text, wanted) in [
        ("", ""),
        ("<html>", ""),
        ("{}x", ""),
        (r#"{"Id""#, "Id"),
        (r#"{"Id"#, ""),
        (r#"{"Id":"#, "Id"),
        (r#"{"Id":}"#, "Id"),
        (r#"{"Id":,"Items":[]}"#, "Id"),
        (r#"{"Id":"cut"#, "Id"),
        (r#"{"Id":"\x"}"#, "Id"),
        (r#"{"Id":"x" "Items":[]}"#, "Id"),
        (r#"{"Id":"x",}"#, ""),
        (r#"{"Items":[1,2"#, "Items[1]"),
        (r#"{"Items":[1,2,"#, "Items[2]"),
        (r#"{"Items":[1,2}"#, "Items[1]"),
        (r#"{"Items":[1,nul]"#, "Items[1]"),
        (r#"{"Inner":{"Id":"x","#, "Inner"),
        (r#"{"Inner":{"New":[{"a":[3,"#, "Inner.New[0].a[1]"),
        ("{\"Id\":\"a\nb\"}", "Id"),
    ] {
        assert_eq!(path(text), wanted, "{text}");
    }
}

#[test]
fn bytes_that_are_no_text_spoil_nothing_else() {
    let answer: Answer = read(b"{\"Id\":\"a\xffb\",\"Items\":[1]}").unwrap();
    assert_eq!((answer.id.as_deref(), &*answer.items), (Some("a\u{fffd}b"), &[1][..]));
    let failure = read::<Answer>(b"{\"Id\":\"\xff\xfe\",\"Inner\":{\"Items\":[true]}}").unwrap_err();
    assert_eq!(failure.path.as_deref(), Some("Inner.Items[0]"));
    assert_eq!(read::<Answer>(&[0xff, 0xfe]).unwrap_err().path, None);
}

#[test]
fn types_of_others_have_paths_too() {
    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "only ever fails to be made")]
    struct Theirs {
        name: String,
        shapes: Vec<Shape>,
        shape: Option<Shape>,
        answer: Option<Answer>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only ever fails to be made")]
    enum Shape {
        Square { side: i64 },
        Answer { answer: Answer, side: i64 },
    }

    let path = |text: &str| read::<Theirs>(text.as_bytes()).unwrap_err().path;
    assert_eq!(path(r#"{"name":3}"#).as_deref(), Some("name"));
    assert_eq!(path(r#"{"name":"n"}"#), None);
    // What is tried in more than one way fails when all of it has been read.
    for shapes in [r#"{"side":1},{"answer":{"Id":3}}"#, r#"{"answer":{"Id":3}}, {"side":1}"#] {
        assert_eq!(path(&format!(r#"{{"name":"n","shapes":[{shapes}]}}"#)).as_deref(), Some("shapes"));
    }
    assert_eq!(path(r#"{"shape":{"answer":{}},"name":0}"#).as_deref(), Some("shape"));
    let inner = r#"{"name":"n","shapes":[],"answer":{"Inner":{"Ids":[{}]}}}"#;
    assert_eq!(path(inner).as_deref(), Some("answer.Inner.Ids[0]"));
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
    __private::sent!(Request { name: "Name", ids: "Ids", pattern: "Pattern", size: "Size" });

    let request: Request = serde_json::from_str(r#"{"Ids":[1],"Name":"n"}"#).unwrap();
    let wanted = Request { name: "n".to_owned(), ids: vec![1], pattern: Nullable::Absent, size: None };
    assert_eq!(request, wanted);
    let error = serde_json::from_str::<Request>(r#"{"Name":"n"}"#).unwrap_err();
    assert!(error.to_string().contains("`Ids`"), "{error}");
}

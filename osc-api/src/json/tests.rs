//! Missing, null, repeated, unknown and unfit members, and round trips.

mod agreement;
mod pages;
mod values;

use std::collections::BTreeMap;

use super::*;
use crate::{__private, Nullable};

const LENIENT: DecodeOptions = DecodeOptions { max_decoded_size: 2 << 20, strictness: Strictness::Lenient };
const STRICT: DecodeOptions = DecodeOptions { strictness: Strictness::Strict, ..LENIENT };

#[derive(Clone, Debug, Default, PartialEq)]
struct Node {
    id: Option<String>,
    items: Vec<i64>,
    labels: BTreeMap<String, bool>,
    ids: Option<Vec<i64>>,
    pattern: Nullable<String>,
    inner: Option<Box<Node>>,
    size: Option<i64>,
    flag: Option<bool>,
    nodes: Option<Vec<Node>>,
}

__private::exchanged!(Node {
    id: "Id",
    items: "Items",
    labels: "Labels",
    ids: "Ids",
    pattern: "Pattern",
    inner: "Inner",
    size: "Size",
    flag: "Flag",
    nodes: "Nodes",
});

#[track_caller]
fn decode(text: &str) -> Node {
    let from_text: Node = serde_json::from_str(text).unwrap();
    let from_reader: Node = serde_json::from_reader(text.as_bytes()).unwrap();
    let from_value: Node = serde_json::from_value(serde_json::from_str(text).unwrap()).unwrap();
    assert_eq!(from_text, from_reader);
    assert_eq!(from_text, from_value);
    from_text
}

#[test]
fn missing_and_null_members_are_absent() {
    assert_eq!(decode("{}"), Node::default());
    let null = decode(r#"{"Id":null,"Items":null,"Labels":null,"Ids":null,"Inner":null}"#);
    assert_eq!(null, Node::default());
    assert_eq!(decode(r#"{"Pattern":null}"#).pattern, Nullable::Null);
}

#[test]
fn null_elements_are_skipped_and_an_empty_list_is_not_absent() {
    let node = decode(r#"{"Items":[1,null,2],"Labels":{"a":true,"b":null},"Ids":[null]}"#);
    assert_eq!(node.items, [1, 2]);
    assert_eq!(node.labels, BTreeMap::from([("a".to_owned(), true)]));
    assert_eq!(node.ids, Some(vec![]));
}

#[test]
fn unknown_and_repeated_members_are_accepted() {
    let node = decode(r#"{"New":{"a":[1,{}]},"Id":"x","\u0049d":"y","id":1}"#);
    assert_eq!(node.id.as_deref(), Some("y"));
}

/// Conversions that lose nothing, and values that cost their own member only.
#[test]
fn an_unfit_value_is_converted_or_ignored() {
    let fit = r#""Inner":{"Id":"kept"}"#;
    let kept = || Some(Box::new(Node { id: Some("kept".to_owned()), ..Node::default() }));
    let node = |change: fn(&mut Node)| {
        let mut node = Node { inner: kept(), ..Node::default() };
        change(&mut node);
        node
    };
    for (member, expected, is_ignored) in [
        (r#""Size":"10""#, node(|node| node.size = Some(10)), false),
        (r#""Size":10.0"#, node(|node| node.size = Some(10)), false),
        (r#""Size":1e2"#, node(|node| node.size = Some(100)), false),
        (r#""Size":1.5"#, node(|_| ()), true),
        (r#""Size":"ten""#, node(|_| ()), true),
        (r#""Size":[]"#, node(|_| ()), true),
        (r#""Size":{"a":[1]}"#, node(|_| ()), true),
        (r#""Id":17"#, node(|node| node.id = Some("17".to_owned())), false),
        (r#""Id":true"#, node(|_| ()), true),
        (r#""Flag":1"#, node(|node| node.flag = Some(true)), false),
        (r#""Flag":0"#, node(|node| node.flag = Some(false)), false),
        (r#""Flag":"True""#, node(|node| node.flag = Some(true)), false),
        (r#""Flag":2"#, node(|_| ()), true),
        (r#""Items":3"#, node(|node| node.items = vec![3]), false),
        (r#""Items":"""#, node(|_| ()), false),
        (r#""Items":{}"#, node(|_| ()), false),
        (r#""Items":["1",2,"x"]"#, node(|node| node.items = vec![1, 2]), true),
        (r#""Items":"x""#, node(|_| ()), true),
        (r#""Labels":{"a":"true","b":7}"#, node(|node| _ = node.labels.insert("a".to_owned(), true)), true),
        (r#""Labels":[]"#, node(|_| ()), false),
        (r#""Pattern":5"#, node(|node| node.pattern = Nullable::Value("5".to_owned())), false),
        (r#""Pattern":[]"#, node(|_| ()), true),
    ] {
        for text in [format!("{{{member},{fit}}}"), format!("{{{fit},{member}}}")] {
            let decoded: Decoded<Node> = read(text.as_bytes(), LENIENT).unwrap();
            assert_eq!(decoded.value, expected, "{text}");
            assert_eq!(decoded.ignored.is_some(), is_ignored, "{text}");
            assert_eq!(read::<Node>(text.as_bytes(), STRICT).is_err(), is_ignored, "{text}");
        }
    }
    let text = r#"{"Items":[1,true,[]],"Inner":{"Size":{}}}"#;
    let ignored = read::<Node>(text.as_bytes(), LENIENT).unwrap().ignored.unwrap();
    assert_eq!((ignored.count, ignored.path.as_str()), (3, "Items[1]"));
    assert_eq!((ignored.mismatch.found, ignored.mismatch.expected), ("a boolean", "an integer"));
}

#[test]
fn damaged_text_is_repaired() {
    for text in ["\u{feff}{\"Id\":\"x\"}", r#"{"Id":"x","New":"\ud800"}"#, r#"{"Id":"x","New":1e999}"#] {
        assert_eq!(read::<Node>(text.as_bytes(), LENIENT).unwrap().value.id.as_deref(), Some("x"), "{text}");
    }
    let lone = read::<Node>(br#"{"Id":"a\udfffb"}"#, LENIENT).unwrap().value;
    assert_eq!(lone.id.as_deref(), Some("a\u{fffd}b"));
}

#[derive(Debug, Default, PartialEq)]
struct Empty {
    response_context: Option<Box<Node>>,
}

__private::received!(Empty { response_context: "ResponseContext" });

#[test]
fn an_empty_body_is_a_whole_response_only_if_nothing_but_the_context_is_expected() {
    for body in ["", " \r\n", "null", "\u{feff}"] {
        assert!(read::<Empty>(body.as_bytes(), LENIENT).is_ok(), "{body:?}");
        assert!(read::<Node>(body.as_bytes(), LENIENT).is_err(), "{body:?}");
    }
}

#[test]
fn the_decoded_size_is_bounded() {
    let list = |count: usize| format!(r#"{{"Nodes":[{}{{}}]}}"#, "{},".repeat(count));
    assert!(read::<Node>(list(10).as_bytes(), LENIENT).is_ok());
    let failure = read::<Node>(list(300_000).as_bytes(), LENIENT).unwrap_err();
    assert!(matches!(failure, Failure::TooLarge { .. }), "{failure:?}");
    let deep = format!("{}{}", r#"{"Inner":"#.repeat(100_000), "}".repeat(100_000));
    assert!(read::<Node>(deep.as_bytes(), LENIENT).is_err());
}

#[test]
fn a_list_that_is_made_of_a_single_object_counts_too() {
    let list = |element: &str, count: usize| {
        format!(r#"{{"Nodes":[{element}{}]}}"#, format!(",{element}").repeat(count - 1))
    };
    // As many elements as fit into one list. Two lists in each of them are too many.
    let count = 1 << (LENIENT.max_decoded_size / size_of::<Node>()).ilog2();
    assert!(read::<Node>(list("{}", count).as_bytes(), LENIENT).is_ok());
    let nested = r#"{"Nodes":{"Nodes":{"Flag":true}}}"#;
    assert_eq!(decode(nested).nodes.map(|nodes| nodes.len()), Some(1));
    let failure = read::<Node>(list(nested, count).as_bytes(), LENIENT).unwrap_err();
    assert!(matches!(failure, Failure::TooLarge { .. }), "{failure:?}");
}

#[test]
fn infinity_is_no_number() {
    let mut number = Some(1.0);
    assert_eq!(Target::scalar(&mut number, Scalar::Float(f64::INFINITY)).unwrap(), Outcome::Mismatch);
    assert_eq!(number, None);
}

#[test]
fn an_encoded_struct_can_be_decoded() {
    let inner = Node { id: Some("i".to_owned()), ..Node::default() };
    let node = Node {
        items: vec![1],
        ids: Some(vec![]),
        pattern: Nullable::Null,
        inner: Some(Box::new(inner)),
        ..Node::default()
    };
    let text = serde_json::to_string(&node).unwrap();
    assert_eq!(
        text,
        r#"{"Items":[1],"Labels":{},"Ids":[],"Pattern":null,"Inner":{"Id":"i","Items":[],"Labels":{}}}"#
    );
    assert_eq!(decode(&text), node);
}

/// The path at which a text fails to be an [`Node`]; empty for the whole of it.
#[track_caller]
fn path(text: &str) -> String {
    match read::<Node>(text.as_bytes(), STRICT).unwrap_err() {
        Failure::Invalid { path, .. } => path.unwrap_or_default(),
        failure @ Failure::TooLarge { .. } => panic!("{failure:?}"),
    }
}

#[test]
fn strict_decoding_reports_the_path_of_an_unfit_value() {
    for (text, wanted) in [
        ("3", ""),
        ("[]", ""),
        (r#"{"Id":true}"#, "Id"),
        (r#"{"Id":["x"]}"#, "Id"),
        (r#"{"Id":{"x":1}}"#, "Id"),
        (r#"{"Items":"text"}"#, "Items"),
        (r#"{"Items":[0,null,true]}"#, "Items[2]"),
        (r#"{"Items":[0,1.5,2]}"#, "Items[1]"),
        (r#"{"Items":[9999999999999999999]}"#, "Items[0]"),
        (r#"{"Items":[{}]}"#, "Items[0]"),
        (r#"{"Items":[1, {}]}"#, "Items[1]"),
        (r#"{"Ids":[1,2],"Labels":{"a":true,"b":"c"}}"#, "Labels.b"),
        (r#"{"Labels":{"a key":7}}"#, r#"Labels["a key"]"#),
        (r#"{"Labels":{"a\"\u0062":7}}"#, r#"Labels["a\"b"]"#),
        (r#"{"Labels":{"":7}}"#, r#"Labels[""]"#),
        (r#"{"New":[{"a":"[{,"}],"Inner":{"Items":[],"Inner":{"Pattern":[]}}}"#, "Inner.Inner.Pattern"),
        (
            "{\n \"Id\": \"é\",\r\n\n \"Inner\": {\n  \"Items\": [\n   1,\n   \"x\"\n  ]\n }\n}\n",
            "Inner.Items[1]",
        ),
    ] {
        assert_eq!(path(text), wanted, "{text}");
    }
    assert_eq!(
        path(&format!(r#"{{"Labels":{{"{}":7}}}}"#, "é".repeat(99))),
        format!("Labels[\"{}\"…]", "é".repeat(64))
    );
}

#[test]
fn invalid_json_is_reported_with_its_path() {
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
fn invalid_utf_8_damages_only_its_string() {
    let decoded: Decoded<Node> = read(b"{\"Id\":\"a\xffb\",\"Items\":[1]}", LENIENT).unwrap();
    assert_eq!((decoded.value.id.as_deref(), &*decoded.value.items), (Some("a\u{fffd}b"), &[1][..]));
    assert!(read::<Node>(&[0xff, 0xfe], LENIENT).is_err());
}

#[test]
fn types_of_the_caller_have_paths_too() {
    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "only ever fails to be made")]
    struct Theirs {
        name: String,
        shapes: Vec<Shape>,
        shape: Option<Shape>,
        node: Option<Node>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only ever fails to be made")]
    enum Shape {
        Square { side: i64 },
        Node { node: Node, side: i64 },
    }

    let path = |text: &str| match read::<Theirs>(text.as_bytes(), STRICT).unwrap_err() {
        Failure::Invalid { path, .. } => path,
        failure @ Failure::TooLarge { .. } => panic!("{failure:?}"),
    };
    assert_eq!(path(r#"{"name":3}"#).as_deref(), Some("name"));
    assert_eq!(path(r#"{"name":"n"}"#), None);
    // What is tried in more than one way fails when all of it has been read.
    for shapes in [r#"{"side":1},{"node":{"Id":3}}"#, r#"{"node":{"Id":3}}, {"side":1}"#] {
        assert_eq!(path(&format!(r#"{{"name":"n","shapes":[{shapes}]}}"#)).as_deref(), Some("shapes"));
    }
    assert_eq!(path(r#"{"shape":{"node":{}},"name":0}"#).as_deref(), Some("shape"));
    let inner = r#"{"name":"n","shapes":[],"node":{"Inner":{"Ids":[{}]}}}"#;
    assert_eq!(path(inner).as_deref(), Some("node.Inner.Ids[0]"));
}

#[cfg(feature = "serde")]
#[test]
fn a_decoded_request_must_have_its_required_members() {
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

#[test]
fn numbers_are_decoded_with_arbitrary_precision_too() {
    use serde::de::DeserializeSeed as _;
    use serde::de::value::{Error, MapDeserializer};
    for (text, expected) in [("10", Some(10)), ("1e2", Some(100)), ("-3", Some(-3)), ("1.5", None)] {
        // As `serde_json` passes a number if any crate enables that feature.
        let entries = [("$serde_json::private::Number", text)].into_iter();
        let mut number: Option<i64> = None;
        let outcome =
            access::Store(&mut number).deserialize(MapDeserializer::<_, Error>::new(entries)).unwrap();
        let wanted = if expected.is_some() { Outcome::Value } else { Outcome::Mismatch };
        assert_eq!((outcome, number), (wanted, expected), "{text}");
    }
}

#[test]
fn the_context_of_a_decoding_ends_with_it() {
    let text = br#"{"Size":[]}"#;
    assert!(read::<Node>(text, STRICT).is_err());
    assert!(serde_json::from_slice::<Node>(text).is_ok());
    assert_eq!(read::<Node>(text, LENIENT).unwrap().ignored.map(|ignored| ignored.count), Some(1));
    assert!(read::<Node>(b"{}", LENIENT).unwrap().ignored.is_none());
}

#[test]
fn the_last_of_repeated_members_counts_even_if_it_does_not_fit() {
    for (text, size) in [(r#"{"Size":1,"Size":"x"}"#, None), (r#"{"Size":"x","Size":1}"#, Some(1))] {
        assert_eq!(read::<Node>(text.as_bytes(), LENIENT).unwrap().value.size, size, "{text}");
    }
}

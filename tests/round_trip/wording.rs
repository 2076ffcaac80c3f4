//! Equivalent JSON: the published responses with other escapes, whitespace and member order.

use std::fmt::Debug;

use osc_api::types::{ReadNetPeeringsResponse, ReadVmGroupsResponse, ReadVmsResponse};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::round_trip::contract::{self, Example, Side};
use crate::round_trip::{compare, dispatch};

/// Writes the members of an object, which are names and values in JSON.
type Spelling = fn(&[(String, String)]) -> String;

/// Checks that all published responses, written with these functions for objects and strings, decode to equal values.
fn assert_decodes_as_published(spelling: Spelling, word: fn(&str) -> String) {
    let mut checked = 0;
    for Example { action, side, name, value } in responses() {
        let text = spell(value, spelling, word);
        let back = dispatch::codec(action, side).recode_text(&text);
        let back = back.unwrap_or_else(|problem| panic!("{action}, {name}: {problem}"));
        assert_eq!(compare::differences(value, &back), [""; 0], "{action}, {name}: {text}");
        checked += 1;
    }
    assert_ne!(checked, 0);
}

#[test]
fn names_and_strings_can_be_escaped() {
    assert_decodes_as_published(in_order, |word| {
        let units = word.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
        format!("\"{}\"", units.collect::<String>())
    });
}

#[test]
fn members_can_have_any_order_and_whitespace() {
    assert_decodes_as_published(
        |members| {
            let members: Vec<_> =
                members.iter().rev().map(|(name, value)| format!("\n\t{name} : {value}\r\n ")).collect();
            format!(" {{{}}} ", members.join(","))
        },
        quoted,
    );
}

/// JSON does not define the meaning of a repeated name, so it must not fail the response.
#[test]
fn the_last_of_a_repeated_member_counts() {
    assert_decodes_as_published(
        |members| {
            let first = members.iter().map(|(name, _)| format!("{name}:null"));
            let last = members.iter().map(|(name, value)| format!("{name}:{value},{name}:{value}"));
            format!("{{{}}}", first.chain(last).collect::<Vec<_>>().join(","))
        },
        quoted,
    );
}

#[test]
fn a_response_decodes_from_any_source() {
    assert_decodes_from_any_source::<ReadVmsResponse>("ReadVms");
    assert_decodes_from_any_source::<ReadVmGroupsResponse>("ReadVmGroups");
    assert_decodes_from_any_source::<ReadNetPeeringsResponse>("ReadNetPeerings");
}

/// Depending on its source, a decoder provides borrowed or owned strings.
fn assert_decodes_from_any_source<T: DeserializeOwned + Debug + PartialEq>(action: &str) {
    for Example { name, value, .. } in responses().filter(|example| example.action == action) {
        let text = value.to_string();
        let expected: T = serde_json::from_str(&text).expect("an example");
        let others = [
            serde_json::from_slice(text.as_bytes()),
            serde_json::from_reader(text.as_bytes()),
            serde_json::from_value(value.clone()),
            T::deserialize(value),
        ];
        for other in others {
            assert_eq!(other.expect("an example"), expected, "{action}, {name}");
        }
    }
}

fn responses() -> impl Iterator<Item = Example> {
    contract::examples().into_iter().filter(|example| example.side == Side::Response)
}

fn spell(value: &Value, spelling: Spelling, word: fn(&str) -> String) -> String {
    match value {
        Value::String(text) => word(text),
        Value::Array(list) => {
            let elements: Vec<_> = list.iter().map(|element| spell(element, spelling, word)).collect();
            format!("[{}]", elements.join(","))
        }
        Value::Object(object) => {
            let members = object.iter().map(|(name, member)| (word(name), spell(member, spelling, word)));
            spelling(&members.collect::<Vec<_>>())
        }
        _ => value.to_string(),
    }
}

fn in_order(members: &[(String, String)]) -> String {
    let members: Vec<_> = members.iter().map(|(name, value)| format!("{name}:{value}")).collect();
    format!("{{{}}}", members.join(","))
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

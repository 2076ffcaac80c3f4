//! Copies of every response that differ from the published one as a server's could.

use serde_json::{Map, Value, json};

use crate::Failures;
use crate::contract::{self, Side};
use crate::filled;

/// The text that no enum and no date knows.
const NEW: &str = "zz-new";

/// A response to vary: a published one, or one in which every field is set.
struct Response {
    action: &'static str,
    name: &'static str,
    value: Value,
}

fn responses() -> Vec<Response> {
    let published = contract::examples().into_iter().filter(|example| example.side == Side::Response);
    let published = published.map(|contract::Example { action, name, value, .. }| Response {
        action,
        name,
        value: value.clone(),
    });
    let filled = contract::actions().map(|action| Response {
        action,
        name: "filled",
        value: filled::value(contract::schema_name(action, Side::Response)),
    });
    published.chain(filled).collect()
}

/// Changes every response as a whole. `expected` computes the expected result from the changed and the published response.
fn as_a_whole(what: &str, change: impl Fn(&mut Value), expected: impl Fn(Value, &Value) -> Value) {
    let mut failures = Failures::default();
    for Response { action, name, value } in responses() {
        let mut changed = value.clone();
        everywhere(&mut changed, &change);
        let expected = expected(changed.clone(), &value);
        failures.check(action, Side::Response, &format!("{name}, {what}"), &changed, &expected);
    }
    failures.finish();
}

/// Changes one place of every response after the other: those below the root that `chosen` takes. What comes
/// back must be what was sent, and so without nothing but that place.
fn in_turn(what: &str, chosen: impl Fn(&Value) -> bool, change: impl Fn(&mut Value, &str)) {
    let mut failures = Failures::default();
    for Response { action, name, value } in responses() {
        for place in pointers(&value) {
            if !value.pointer(&place).is_some_and(&chosen) {
                continue;
            }
            let mut changed = value.clone();
            change(&mut changed, &place);
            failures.check(action, Side::Response, &format!("{name}, {place} {what}"), &changed, &changed);
        }
    }
    failures.finish();
}

#[test]
fn unknown_members_are_ignored() {
    for unknown in
        [json!(null), json!(true), json!(-7.5), json!("x"), json!([1, null, {}]), json!({ "A": { "B": [] } })]
    {
        let add = |value: &mut Value| {
            if let Value::Object(object) = value {
                object.insert("ZzUnknown".to_owned(), unknown.clone());
                object.insert(String::new(), unknown.clone());
            }
        };
        as_a_whole(&format!("with {unknown} as unknown member"), add, |_, published| published.clone());
    }
}

#[test]
fn any_scalar_can_be_null() {
    in_turn("null", |value| !value.is_object() && !value.is_array(), nullify);
}

#[test]
fn any_list_can_be_null() {
    in_turn("null", Value::is_array, nullify);
}

#[test]
fn any_object_but_the_root_can_be_null() {
    in_turn("null", Value::is_object, nullify);
}

#[test]
fn all_members_can_be_null_at_once() {
    let nullify = |value: &mut Value| {
        if let Value::Object(object) = value {
            object
                .values_mut()
                .filter(|member| !member.is_object() && !member.is_array())
                .for_each(|member| *member = Value::Null);
        }
    };
    as_a_whole("all scalars null", nullify, |changed, _| changed);
}

#[test]
fn any_member_can_be_missing() {
    let remove = |root: &mut Value, place: &str| {
        let (parent, key) = place.rsplit_once('/').expect("a place below the root");
        match root.pointer_mut(parent).expect("a parent") {
            Value::Object(object) => drop(object.remove(&key.replace("~1", "/").replace("~0", "~"))),
            Value::Array(list) => drop(list.remove(key.parse().expect("an index"))),
            _ => panic!("{parent} has no members"),
        }
    };
    in_turn("missing", |_| true, remove);
}

#[test]
fn a_response_can_be_empty() {
    let mut failures = Failures::default();
    for action in contract::actions() {
        failures.check(action, Side::Response, "empty", &json!({}), &json!({}));
    }
    failures.finish();
}

#[test]
fn any_text_can_be_new() {
    for new in [NEW, "", "é \"\\\u{0}\u{1F600}\n"] {
        let replace = |value: &mut Value| {
            if value.is_string() {
                *value = new.into();
            }
        };
        as_a_whole(&format!("with {new:?} as every text"), replace, |changed, _| changed);
    }
}

#[test]
fn lists_can_hold_nulls() {
    let add = |value: &mut Value| {
        if let Value::Array(list) = value {
            list.insert(0, Value::Null);
            list.push(Value::Null);
        }
    };
    as_a_whole("with null in every list", add, |_, published| published.clone());
}

#[test]
fn lists_can_be_empty() {
    let empty = |root: &mut Value, place: &str| *root.pointer_mut(place).expect("a place") = json!([]);
    in_turn("empty", Value::is_array, empty);
}

#[test]
fn integers_can_be_as_large_as_an_i64() {
    for number in [i64::MAX, i64::MIN, 0, -1, i64::from(u32::MAX) + 1] {
        let replace = |value: &mut Value| {
            if value.is_i64() || value.is_u64() {
                *value = number.into();
            }
        };
        as_a_whole(&format!("with {number} as every integer"), replace, |changed, _| changed);
    }
}

/// What is sent varies less: all of it is made by the caller. But any text and any number must go through.
#[test]
fn requests_carry_any_text_and_any_integer() {
    let mut failures = Failures::default();
    for contract::Example { action, side, name, value } in contract::examples() {
        for (text, number) in [(NEW, i64::MAX), ("", i64::MIN)] {
            let mut changed = value.clone();
            everywhere(&mut changed, &|value: &mut Value| match value {
                Value::String(_) => *value = text.into(),
                Value::Number(old) if !old.is_f64() => *value = number.into(),
                _ => {}
            });
            failures.check(action, side, &format!("{name}, with {text:?} and {number}"), &changed, &changed);
        }
    }
    failures.finish();
}

fn nullify(root: &mut Value, place: &str) {
    *root.pointer_mut(place).expect("a place of the value") = Value::Null;
}

/// Applies a change to a value and to all that is in it, from the inside out.
fn everywhere(value: &mut Value, change: &impl Fn(&mut Value)) {
    match value {
        Value::Object(object) => object.values_mut().for_each(|member| everywhere(member, change)),
        Value::Array(list) => list.iter_mut().for_each(|element| everywhere(element, change)),
        _ => {}
    }
    change(value);
}

/// JSON pointers to everything below the root.
pub fn pointers(value: &Value) -> Vec<String> {
    fn collect(at: &str, value: &Value, found: &mut Vec<String>) {
        let empty = Map::new();
        let members = value.as_object().unwrap_or(&empty).iter();
        let members = members.map(|(key, member)| (key.replace('~', "~0").replace('/', "~1"), member));
        let elements = value.as_array().map_or(&[][..], Vec::as_slice).iter().enumerate();
        for (key, below) in members.chain(elements.map(|(index, element)| (index.to_string(), element))) {
            let place = format!("{at}/{key}");
            found.push(place.clone());
            collect(&place, below, found);
        }
    }
    let mut found = Vec::new();
    collect("", value, &mut found);
    found
}

#[test]
fn pointers_lead_to_everything_below_the_root() {
    let value = json!({ "a/b": [{ "~": 1 }, []], "c": null });
    let pointers = pointers(&value);
    assert_eq!(pointers, ["/a~1b", "/a~1b/0", "/a~1b/0/~0", "/a~1b/1", "/c"]);
    assert!(pointers.iter().all(|place| value.pointer(place).is_some()));
}

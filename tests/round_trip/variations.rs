//! Variants of every published response that a server could send.

use serde_json::{Map, Value, json};

use crate::round_trip::Failures;
use crate::round_trip::contract::{self, Side};
use crate::round_trip::filled;

/// A string that is neither an enum value nor a date.
const NEW: &str = "zz-new";

/// A response to vary: a published example, or one in which every field is set.
struct OriginalResponse {
    action: &'static str,
    name: &'static str,
    value: Value,
}

fn responses() -> Vec<OriginalResponse> {
    let published = contract::examples().into_iter().filter(|example| example.side == Side::Response);
    let published = published.map(|contract::Example { action, name, value, .. }| OriginalResponse {
        action,
        name,
        value: value.clone(),
    });
    let filled = contract::actions().map(|action| OriginalResponse {
        action,
        name: "filled",
        value: filled::value(contract::schema_name(action, Side::Response)),
    });
    published.chain(filled).collect()
}

/// Applies a change everywhere in each response. `expected` computes the expected value from the changed and the
/// published response.
fn check_changed_everywhere(
    what: &str,
    change: impl Fn(&mut Value),
    expected: impl Fn(Value, &Value) -> Value,
) {
    let mut failures = Failures::default();
    for OriginalResponse { action, name, value } in responses() {
        let mut changed = value.clone();
        everywhere(&mut changed, &change);
        let expected = expected(changed.clone(), &value);
        failures.check(action, Side::Response, &format!("{name}, {what}"), &changed, &expected);
    }
    failures.finish();
}

/// Changes each value of every response that `chosen` accepts, one at a time. Nothing else may be lost.
fn check_changed_one_by_one(what: &str, chosen: impl Fn(&Value) -> bool, change: impl Fn(&mut Value, &str)) {
    let mut failures = Failures::default();
    for OriginalResponse { action, name, value } in responses() {
        for pointer in pointers(&value) {
            if !value.pointer(&pointer).is_some_and(&chosen) {
                continue;
            }
            let mut changed = value.clone();
            change(&mut changed, &pointer);
            failures.check(action, Side::Response, &format!("{name}, {pointer} {what}"), &changed, &changed);
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
        check_changed_everywhere(&format!("with {unknown} as unknown member"), add, |_, published| {
            published.clone()
        });
    }
}

#[test]
fn any_scalar_can_be_null() {
    check_changed_one_by_one("null", |value| !value.is_object() && !value.is_array(), nullify);
}

#[test]
fn any_list_can_be_null() {
    check_changed_one_by_one("null", Value::is_array, nullify);
}

#[test]
fn any_object_except_the_root_can_be_null() {
    check_changed_one_by_one("null", Value::is_object, nullify);
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
    check_changed_everywhere("all scalars null", nullify, |changed, _| changed);
}

#[test]
fn any_member_can_be_missing() {
    let remove = |root: &mut Value, pointer: &str| {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer below the root");
        match root.pointer_mut(parent).expect("a parent") {
            Value::Object(object) => drop(object.remove(&key.replace("~1", "/").replace("~0", "~"))),
            Value::Array(list) => drop(list.remove(key.parse().expect("an index"))),
            _ => panic!("{parent} has no members"),
        }
    };
    check_changed_one_by_one("missing", |_| true, remove);
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
fn any_string_can_be_unknown() {
    for new in [NEW, "", "é \"\\\u{0}\u{1F600}\n"] {
        let replace = |value: &mut Value| {
            if value.is_string() {
                *value = new.into();
            }
        };
        check_changed_everywhere(&format!("with {new:?} as every string"), replace, |changed, _| changed);
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
    check_changed_everywhere("with null in every list", add, |_, published| published.clone());
}

#[test]
fn lists_can_be_empty() {
    let empty = |root: &mut Value, pointer: &str| *root.pointer_mut(pointer).expect("a value") = json!([]);
    check_changed_one_by_one("empty", Value::is_array, empty);
}

#[test]
fn integers_can_have_any_i64_value() {
    for number in [i64::MAX, i64::MIN, 0, -1, i64::from(u32::MAX) + 1] {
        let replace = |value: &mut Value| {
            if value.is_i64() || value.is_u64() {
                *value = number.into();
            }
        };
        check_changed_everywhere(&format!("with {number} as every integer"), replace, |changed, _| changed);
    }
}

#[test]
fn requests_can_have_any_string_and_any_integer() {
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

fn nullify(root: &mut Value, pointer: &str) {
    *root.pointer_mut(pointer).expect("a value") = Value::Null;
}

/// Applies a change to a value and all values inside it, the innermost first.
fn everywhere(value: &mut Value, change: &impl Fn(&mut Value)) {
    match value {
        Value::Object(object) => object.values_mut().for_each(|member| everywhere(member, change)),
        Value::Array(list) => list.iter_mut().for_each(|element| everywhere(element, change)),
        _ => {}
    }
    change(value);
}

/// JSON pointers to all values below the root.
pub fn pointers(value: &Value) -> Vec<String> {
    fn collect(at: &str, value: &Value, found: &mut Vec<String>) {
        let empty = Map::new();
        let members = value.as_object().unwrap_or(&empty).iter();
        let members = members.map(|(key, member)| (key.replace('~', "~0").replace('/', "~1"), member));
        let elements = value.as_array().map_or(&[][..], Vec::as_slice).iter().enumerate();
        for (key, below) in members.chain(elements.map(|(index, element)| (index.to_string(), element))) {
            let pointer = format!("{at}/{key}");
            found.push(pointer.clone());
            collect(&pointer, below, found);
        }
    }
    let mut found = Vec::new();
    collect("", value, &mut found);
    found
}

#[test]
fn pointers_cover_all_values_below_the_root() {
    let value = json!({ "a/b": [{ "~": 1 }, []], "c": null });
    let pointers = pointers(&value);
    assert_eq!(pointers, ["/a~1b", "/a~1b/0", "/a~1b/0/~0", "/a~1b/1", "/c"]);
    assert!(pointers.iter().all(|pointer| value.pointer(pointer).is_some()));
}

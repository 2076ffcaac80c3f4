//! Differences between a value and the same value decoded and encoded again.

use serde_json::Value;

/// The relevant differences, each with its location.
///
/// Null counts as absent, in objects and in lists. Empty lists and objects may be added, because responses do not
/// distinguish an absent list from an empty one.
pub fn differences(expected: &Value, actual: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk("", expected, actual, &mut found);
    found
}

fn walk(at: &str, expected: &Value, actual: &Value, found: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(before), Value::Object(after)) => {
            for (key, value) in before.iter().filter(|(_, value)| !value.is_null()) {
                match after.get(key).filter(|value| !value.is_null()) {
                    Some(other) => walk(&format!("{at}/{key}"), value, other, found),
                    None => found.push(format!("{at}/{key} is lost: {value}")),
                }
            }
            let known = |key: &str| before.get(key).is_some_and(|value| !value.is_null());
            for (key, value) in after.iter().filter(|(key, value)| !known(key) && !is_hollow(value)) {
                found.push(format!("{at}/{key} is new: {value}"));
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            let before: Vec<_> = before.iter().filter(|value| !value.is_null()).collect();
            if before.len() != after.len() {
                found.push(format!("{at} has {} elements instead of {}", after.len(), before.len()));
            }
            for (index, (value, other)) in before.into_iter().zip(after).enumerate() {
                walk(&format!("{at}/{index}"), value, other, found);
            }
        }
        _ if same_leaf(expected, actual) => {}
        _ => found.push(format!("{at} is {actual} instead of {expected}")),
    }
}

fn is_hollow(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.values().all(is_hollow),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Integers are compared exactly; if one of two numbers is a float, they are compared as floats.
fn same_leaf(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Number(before), Value::Number(after)) if before.is_f64() || after.is_f64() => {
            before.as_f64() == after.as_f64()
        }
        _ => expected == actual,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::differences;

    #[test]
    fn irrelevant_differences_are_ignored() {
        for (expected, actual) in [
            (json!({ "A": null, "B": 1 }), json!({ "B": 1 })),
            (json!({ "A": [1, null, 2] }), json!({ "A": [1, 2] })),
            (json!({}), json!({ "A": [], "B": {}, "C": null, "D": { "E": [] } })),
            (json!({ "A": 1 }), json!({ "A": 1.0 })),
        ] {
            assert_eq!(differences(&expected, &actual), [""; 0], "{expected} → {actual}");
        }
    }

    #[test]
    fn relevant_differences_are_found_with_their_location() {
        for (expected, actual, found) in [
            (json!({ "A": { "B": 0 } }), json!({ "A": {} }), "/A/B is lost: 0"),
            (json!({ "A": [] }), json!({}), "/A is lost: []"),
            (json!({ "A": {} }), json!({ "A": null }), "/A is lost: {}"),
            (json!({}), json!({ "A": false }), "/A is new: false"),
            (json!({}), json!({ "A": { "B": "" } }), r#"/A is new: {"B":""}"#),
            (json!({ "A": null }), json!({ "A": 0 }), "/A is new: 0"),
            (json!({ "A": ["x"] }), json!({ "A": ["y"] }), r#"/A/0 is "y" instead of "x""#),
            (json!({ "A": ["x"] }), json!({ "A": [] }), "/A has 0 elements instead of 1"),
            (json!({ "A": 1 }), json!({ "A": "1" }), r#"/A is "1" instead of 1"#),
            (
                json!({ "A": i64::MAX }),
                json!({ "A": i64::MAX - 1 }),
                "/A is 9223372036854775806 instead of 9223372036854775807",
            ),
        ] {
            assert_eq!(differences(&expected, &actual), [found], "{expected} → {actual}");
        }
    }
}

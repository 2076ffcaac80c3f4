//! Filters of read actions.

use serde_json::{Map, Value};

use crate::codes;
use crate::testing::fault::Fault;

/// Whether a resource matches all filters. Each must be in the table, or concern tags.
///
/// # Errors
/// Returns an error response for a filter that the fake does not support: ignoring it would return too much.
pub(super) fn matches(
    resource: &Value,
    filters: Option<&Map<String, Value>>,
    known: &[(&str, &str)],
) -> Result<bool, Fault> {
    let mut is_match = true;
    for (name, wanted) in filters.into_iter().flatten() {
        let found = match name.as_str() {
            "TagKeys" => values(resource, "Tags.Key").into_iter().cloned().collect(),
            "TagValues" => values(resource, "Tags.Value").into_iter().cloned().collect(),
            "Tags" => tags(resource),
            _ => match known.iter().find(|(filter, _)| filter == name) {
                Some((_, path)) => values(resource, path).into_iter().cloned().collect::<Vec<_>>(),
                None => {
                    let details = format!("the fake API does not support the filter {name}");
                    return Err(Fault::code(codes::INVALID_FILTER).details(details));
                }
            },
        };
        let wanted = match wanted {
            Value::Array(list) => list.as_slice(),
            one => std::slice::from_ref(one),
        };
        is_match &= found.iter().any(|value| wanted.contains(value));
    }
    Ok(is_match)
}

/// The resources that match the filters of a request.
///
/// # Errors
/// As for [`matches`].
pub(super) fn filtered(
    all: impl Iterator<Item = Value>,
    request: &Value,
    known: &[(&str, &str)],
) -> Result<Vec<Value>, Fault> {
    let wanted = request.get("Filters").and_then(Value::as_object);
    let mut found = Vec::new();
    for value in all {
        if matches(&value, wanted, known)? {
            found.push(value);
        }
    }
    Ok(found)
}

/// The tags as `key=value`.
fn tags(resource: &Value) -> Vec<Value> {
    let list = resource.get("Tags").and_then(Value::as_array).into_iter().flatten();
    let member =
        |tag: &Value, name: &str| tag.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    list.map(|tag| format!("{}={}", member(tag, "Key"), member(tag, "Value")).into()).collect()
}

/// The values at a path of members, in all elements of the lists on it.
fn values<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    let mut found = vec![value];
    for name in path.split('.') {
        found = found.into_iter().flat_map(elements).filter_map(|value| value.get(name)).collect();
    }
    found.into_iter().flat_map(elements).collect()
}

/// The elements of a list, or the value itself.
fn elements(value: &Value) -> &[Value] {
    match value {
        Value::Array(list) => list,
        one => std::slice::from_ref(one),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_filter_must_match_by_one_of_its_values() {
        let resource = json!({
            "Id": "a", "Size": 7, "Links": [{ "Id": "x", "Flag": true }, { "Id": "y", "Flag": false }],
            "Names": ["one", "two"], "Tags": [{ "Key": "env", "Value": "prod" }],
        });
        let known = &[
            ("Ids", "Id"),
            ("Sizes", "Size"),
            ("LinkIds", "Links.Id"),
            ("Flag", "Links.Flag"),
            ("Names", "Names"),
        ];
        for (filters, wanted) in [
            (json!({}), true),
            (json!({ "Ids": ["b", "a"] }), true),
            (json!({ "Ids": ["b"] }), false),
            (json!({ "Ids": [] }), false),
            (json!({ "Ids": ["a"], "Sizes": [7] }), true),
            (json!({ "Ids": ["a"], "Sizes": [8] }), false),
            (json!({ "LinkIds": ["y"] }), true),
            (json!({ "LinkIds": ["z"] }), false),
            (json!({ "Flag": true }), true),
            (json!({ "Names": ["two"] }), true),
            (json!({ "Tags": ["env=prod"] }), true),
            (json!({ "Tags": ["env=test"] }), false),
            (json!({ "TagKeys": ["env"], "TagValues": ["prod"] }), true),
            (json!({ "TagKeys": ["name"] }), false),
        ] {
            assert_eq!(matches(&resource, filters.as_object(), known), Ok(wanted), "{filters}");
        }
        assert!(matches(&resource, json!({ "Colours": ["red"] }).as_object(), known).is_err());
    }
}

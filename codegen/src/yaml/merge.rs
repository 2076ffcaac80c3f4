//! Merge keys of YAML 1.1 (`<<`), which the YAML library reads as ordinary keys.

use serde_json::{Map, Value};

use super::source_map::{MERGE_KEY, SourceMap};
use super::value::{Issue, IssueKind};
use crate::diagnostics::Pointer;

/// Replaces every merge key by the entries of the mappings it names. Keys of the mapping itself take precedence, then
/// those of earlier mappings.
pub(super) fn apply_merge_keys(mut value: Value, text: &str, issues: &mut Vec<Issue>) -> Value {
    // A description has thousands of mappings; the text is searched first.
    if text.contains(MERGE_KEY) && has_key(&value) {
        // A quoted `<<` is an ordinary key, which only the source shows.
        merge(&mut value, &Pointer::root(), &SourceMap::read(text), issues);
    }
    value
}

fn has_key(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.contains_key(MERGE_KEY) || object.values().any(has_key),
        Value::Array(items) => items.iter().any(has_key),
        _ => false,
    }
}

fn merge(value: &mut Value, at: &Pointer, source: &SourceMap, issues: &mut Vec<Issue>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                merge(item, &at.join(index), source, issues);
            }
        }
        Value::Object(object) => {
            for (key, child) in object.iter_mut() {
                merge(child, &at.join(key), source, issues);
            }
            if object.contains_key(MERGE_KEY) && source.has_merge_key(at) {
                merge_into(object, at, issues);
            }
        }
        _ => {}
    }
}

fn merge_into(object: &mut Map<String, Value>, at: &Pointer, issues: &mut Vec<Issue>) {
    let mut merged = Map::new();
    let sources = match object.shift_remove(MERGE_KEY) {
        Some(Value::Array(items)) => items,
        Some(single) => vec![single],
        None => Vec::new(),
    };
    for source in sources {
        let Value::Object(source) = source else {
            let message = "a merge key takes a mapping or a list of mappings".to_owned();
            issues.push(Issue { at: at.join(MERGE_KEY), message, kind: IssueKind::MergeKey });
            continue;
        };
        for (key, value) in source {
            merged.entry(key).or_insert(value);
        }
    }
    merged.append(object);
    *object = merged;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::diagnostics::{Diagnostics, Source};
    use crate::yaml;

    #[test]
    fn merge_keys_are_merged_as_in_yaml_1_1() {
        for (text, expected) in [
            ("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3, z: 4}", json!({"x": 1, "y": 3, "z": 4})),
            ("a: &a {x: 1}\nb:\n  y: 2\n  <<: *a\n", json!({"x": 1, "y": 2})),
            ("a: &a {x: 1}\nc: &c {x: 2, y: 2}\nb: {<<: [*a, *c]}", json!({"x": 1, "y": 2})),
            ("a: &a {x: 1}\nc: &c {<<: *a, y: 2}\nb: {<<: *c}", json!({"x": 1, "y": 2})),
            ("b: {<<: {x: {<<: {y: 1}}}}", json!({"x": {"y": 1}})),
            ("b: {<<: {}, x: 1}", json!({"x": 1})),
            ("b: {'<<': {x: 1}}", json!({"<<": {"x": 1}})),
            ("b: {\"<<\": 1}", json!({"<<": 1})),
            ("b: [<<]", json!(["<<"])),
        ] {
            let mut problems = Diagnostics::default();
            let value = yaml::read(text, Source::Docs, &mut problems);
            assert_eq!(value.as_ref().and_then(|value| value.get("b")), Some(&expected), "{text}");
            assert!(problems.list().is_empty(), "{text}");
        }
    }

    #[test]
    fn a_merge_key_without_a_mapping_is_an_error() {
        for text in ["b: {<<: 1}", "b: {<<: [{x: 1}, 2]}", "b: {<<: }"] {
            let mut problems = Diagnostics::default();
            yaml::read(text, Source::Docs, &mut problems);
            let [problem] = problems.list() else { panic!("{text}") };
            assert_eq!(
                problem.to_string(),
                "error: docs #/b/<<: a merge key takes a mapping or a list of mappings"
            );
        }
    }
}

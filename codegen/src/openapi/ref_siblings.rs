//! Keeps what stands beside a `$ref`.
//!
//! OpenAPI 3.0 says that siblings of `$ref` are ignored, and `openapiv3` drops them; the published description
//! writes 418 descriptions there. A one-item `allOf` says the same and survives the parser.

use serde_json::{Map, Value};

use super::Kind;

/// The siblings that annotate a use of a schema. Any other contradicts what is referred to, and 3.0 ignores it.
const ANNOTATIONS: [&str; 7] =
    ["description", "nullable", "default", "example", "deprecated", "readOnly", "writeOnly"];

/// Rewrites each schema of the form `{$ref, …annotations}` as `{allOf: [{$ref}], …annotations}`.
pub(super) fn keep(kind: Kind, value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| keep(kind, item)),
        Value::Object(object) => {
            if kind == Kind::Data {
                return;
            }
            for (key, child) in object.iter_mut() {
                keep(kind.child(key), child);
            }
            if kind == Kind::Schema && object.len() > 1 && object.get("$ref").is_some_and(Value::is_string) {
                wrap(object);
            }
        }
        _ => {}
    }
}

fn wrap(object: &mut Map<String, Value>) {
    let mut wrapped = Map::new();
    let mut reference = Map::new();
    for (key, value) in std::mem::take(object) {
        if key == "$ref" {
            reference.insert(key, value);
        } else if key.starts_with("x-") || ANNOTATIONS.contains(&key.as_str()) {
            wrapped.insert(key, value);
        }
    }
    wrapped.insert("allOf".to_owned(), Value::Array(vec![Value::Object(reference)]));
    *object = wrapped;
}

//! References (`$ref`): decoded, inlined if they refer to examples, and kept together with the keywords next to them.

use serde_json::{Map, Value};

use super::ObjectKind;
use crate::diagnostics::{Diagnostics, Pointer};

/// The siblings that annotate the use of a schema, and extensions. OpenAPI 3.0 ignores all siblings of `$ref`; the
/// published description writes 418 descriptions there.
const ANNOTATIONS: [&str; 7] =
    ["description", "nullable", "default", "example", "deprecated", "readOnly", "writeOnly"];

/// Siblings that have no effect on what is generated, so that ignoring them loses nothing.
const NO_EFFECT: [&str; 4] = ["summary", "title", "externalDocs", "xml"];

/// Decodes percent-encoded references (RFC 6901, section 6) and replaces references to examples by the examples.
pub(super) fn resolve(value: &mut Value, problems: &mut Diagnostics) {
    decode(ObjectKind::Root, value);
    let examples = value.pointer("/components/examples").cloned().unwrap_or_default();
    inline_examples(ObjectKind::Root, value, &examples, &Pointer::root(), problems);
}

/// Rewrites each schema of the form `{$ref, …annotations}` as `{allOf: [{$ref}], …annotations}`, which has the same
/// meaning and is kept by `openapiv3`.
pub(super) fn keep_siblings(kind: ObjectKind, value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| keep_siblings(kind, item)),
        Value::Object(object) if kind != ObjectKind::Data => {
            for (key, child) in object.iter_mut() {
                keep_siblings(kind.child(key), child);
            }
            let has_reference = object.get("$ref").is_some_and(Value::is_string);
            if kind == ObjectKind::Schema && object.len() > 1 && has_reference {
                wrap(object);
            }
        }
        _ => {}
    }
}

/// Returns `true` if a keyword next to `$ref` is kept or has no effect.
pub(super) fn may_be_sibling(kind: ObjectKind, key: &str) -> bool {
    let is_annotation = match kind {
        ObjectKind::Schema => ANNOTATIONS.contains(&key),
        _ => key == "description",
    };
    is_annotation || NO_EFFECT.contains(&key) || key.starts_with("x-")
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

fn decode(kind: ObjectKind, value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| decode(kind, item)),
        Value::Object(object) if kind != ObjectKind::Data => {
            for (key, child) in object.iter_mut() {
                match child {
                    Value::String(reference) if key == "$ref" && kind.may_be_reference() => {
                        if let Some(decoded) = percent_decoded(reference) {
                            *reference = decoded;
                        }
                    }
                    _ => decode(kind.child(key), child),
                }
            }
        }
        _ => {}
    }
}

/// Decodes the percent-encoded characters of a reference into this document. A `%` that is not part of an escape is
/// kept.
fn percent_decoded(reference: &str) -> Option<String> {
    if !reference.starts_with('#') || !reference.contains('%') {
        return None;
    }
    let mut bytes = Vec::with_capacity(reference.len());
    let mut rest = reference.as_bytes();
    while let [first, tail @ ..] = rest {
        let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let encoded = match rest {
            [b'%', high, low, tail @ ..] => {
                digit(high).zip(digit(low)).map(|(high, low)| (high * 16 + low, tail))
            }
            _ => None,
        };
        let (byte, tail) = encoded.unwrap_or((*first, tail));
        bytes.push(byte);
        rest = tail;
    }
    String::from_utf8(bytes).ok()
}

fn inline_examples(
    kind: ObjectKind,
    value: &mut Value,
    examples: &Value,
    at: &Pointer,
    problems: &mut Diagnostics,
) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                inline_examples(kind, item, examples, &at.join(index), problems);
            }
        }
        Value::Object(object) if kind == ObjectKind::Example => {
            let Some(reference) = object.get("$ref").and_then(Value::as_str) else { return };
            let name = reference.strip_prefix("#/components/examples/").unwrap_or_default();
            let target = examples.get(crate::diagnostics::unescape_key(name)).and_then(Value::as_object);
            match target.filter(|target| !target.contains_key("$ref")) {
                Some(target) => *object = target.clone(),
                None => {
                    let message = format!("`{reference}` is not an example in components/examples");
                    problems.error(&at.join("$ref"), message);
                }
            }
        }
        Value::Object(object) if kind != ObjectKind::Data => {
            for (key, child) in object.iter_mut() {
                inline_examples(kind.child(key), child, examples, &at.join(key), problems);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::percent_decoded;

    #[test]
    fn percent_encoded_references_are_decoded() {
        for (reference, decoded) in [
            ("#/components/schemas/Zoo%20Lion", Some("#/components/schemas/Zoo Lion")),
            ("#/components/schemas/%C3%a9~1", Some("#/components/schemas/é~1")),
            ("#/components/schemas/%2520", Some("#/components/schemas/%20")),
            ("#/components/schemas/50%", Some("#/components/schemas/50%")),
            ("#/components/schemas/%zz", Some("#/components/schemas/%zz")),
            ("#/components/schemas/%ff", None),
            ("#/components/schemas/Lion", None),
            ("other%20file.yaml#/Lion", None),
        ] {
            assert_eq!(percent_decoded(reference).as_deref(), decoded, "{reference}");
        }
    }
}

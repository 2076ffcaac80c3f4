//! The contract: a published description without its prose, so that a diff of two versions shows only changes of the
//! interface.

use serde_json::{Map, Value};

use crate::diagnostics::{Diagnostic, Diagnostics, Pointer, Source};
use crate::openapi::{self, ObjectKind};
use crate::yaml;

/// A published description, split into its interface and its prose.
#[derive(Clone, Debug, PartialEq)]
pub struct Contract {
    /// `info.version`.
    pub version: String,
    /// The interface as OpenAPI 3.0 in YAML, with sorted keys and the values of examples.
    pub yaml: String,
    /// The published texts with their locations, sorted by location.
    pub prose: Vec<(Pointer, String)>,
}

/// Splits a published description.
///
/// # Errors
/// Every problem that prevents reading the text. The interface itself is not checked here.
pub fn strip_prose(description: &str) -> Result<Contract, Vec<Diagnostic>> {
    let mut problems = Diagnostics::default();
    let contract = openapi::read(description, &mut problems).map(from_value);
    yaml::resolve_spans(&[(Source::Description, description)].into(), &mut problems);
    problems.finish(contract, false).map(|(contract, _)| contract)
}

fn from_value(mut value: Value) -> Contract {
    let mut prose = Vec::new();
    strip(ObjectKind::Root, &mut value, &Pointer::root(), &mut prose);
    prose.sort();
    value.sort_all_objects();
    let version = openapi::version(&value).unwrap_or_default();
    Contract { version, yaml: yaml::write(&value), prose }
}

/// Moves the prose out of a value, with its locations.
fn strip(kind: ObjectKind, value: &mut Value, at: &Pointer, prose: &mut Vec<(Pointer, String)>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                strip(kind, item, &at.join(index), prose);
            }
        }
        Value::Object(object) if kind != ObjectKind::Data => {
            let keys: Vec<String> = object.keys().cloned().collect();
            for key in keys {
                let at = at.join(&key);
                if is_prose(kind, &key) {
                    take(object, &key, &at, prose);
                } else if let Some(child) = object.get_mut(&key) {
                    strip(kind.child(&key), child, &at, prose);
                }
            }
            // `required` is a set, and upstream changes its order.
            if let (ObjectKind::Schema, Some(Value::Array(required))) = (kind, object.get_mut("required")) {
                required.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            }
            // OpenAPI 3.0 requires a description of each response.
            if kind == ObjectKind::Response && !object.contains_key("$ref") {
                object.insert("description".to_owned(), Value::String(String::new()));
            }
        }
        _ => {}
    }
}

/// Returns `true` for a keyword that is not part of the interface. A name, such as a property's, is never a keyword.
fn is_prose(kind: ObjectKind, key: &str) -> bool {
    match kind {
        ObjectKind::Named(_) | ObjectKind::Data => false,
        ObjectKind::Info => !matches!(key, "title" | "version" | "license"),
        ObjectKind::Paths | ObjectKind::Responses => key.starts_with("x-"),
        ObjectKind::Contact | ObjectKind::ExternalDocs => true,
        ObjectKind::Schema if key == "title" => true,
        _ => matches!(key, "description" | "summary" | "externalDocs") || key.starts_with("x-"),
    }
}

fn take(object: &mut Map<String, Value>, key: &str, at: &Pointer, prose: &mut Vec<(Pointer, String)>) {
    match object.shift_remove(key) {
        Some(Value::String(text)) => prose.push((at.clone(), text)),
        Some(other) => prose.push((at.clone(), other.to_string())),
        None => {}
    }
}

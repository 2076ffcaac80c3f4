//! The contract: a published description without its prose, so that its difference between two versions shows
//! changes of the interface and nothing else.

use serde_json::{Map, Value};

use crate::Input;
use crate::diagnostics::{Diagnostic, Diagnostics, Pointer, Source};
use crate::openapi::{Kind, version};
use crate::yaml;

/// What a published description is split into.
#[derive(Clone, Debug, PartialEq)]
pub struct Contract {
    /// `info.version`.
    pub version: String,
    /// The interface as OpenAPI 3.0 in YAML: keys sorted, examples' values kept.
    pub yaml: String,
    /// The published texts with their places, sorted by place.
    pub prose: Vec<(Pointer, String)>,
}

/// Splits a published description.
///
/// # Errors
/// Every problem that keeps the text from being read; what it describes is not checked here.
pub fn strip_prose(description: &str) -> Result<Contract, Vec<Diagnostic>> {
    let mut problems = Diagnostics::default();
    let contract = yaml::read(description, Source::Description, &mut problems)
        .and_then(|value| from_value(value, &mut problems));
    let input = Input { description, overlay: None, docs: None, errors: None, strict: false };
    yaml::resolve_spans(&input, &mut problems);
    problems.finish(contract, false).map(|(contract, _)| contract)
}

fn from_value(mut value: Value, problems: &mut Diagnostics) -> Option<Contract> {
    let mut prose = Vec::new();
    strip(Kind::Root, &mut value, &Pointer::root(), &mut prose);
    prose.sort();
    value.sort_all_objects();
    match yaml::write(&value) {
        Ok(yaml) => {
            let version = version(&value).unwrap_or_default();
            Some(Contract { version, yaml, prose })
        }
        Err(error) => {
            problems.error(&Pointer::root(), format!("cannot be written as YAML: {error}"));
            None
        }
    }
}

/// Takes out what is no interface, and keeps its text with its place.
fn strip(kind: Kind, value: &mut Value, at: &Pointer, prose: &mut Vec<(Pointer, String)>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                strip(kind, item, &at.join(index), prose);
            }
        }
        Value::Object(object) if kind != Kind::Data => {
            let keys: Vec<String> = object.keys().cloned().collect();
            for key in keys {
                let at = at.join(&key);
                if is_prose(kind, &key) {
                    take(object, &key, &at, prose);
                } else if let Some(child) = object.get_mut(&key) {
                    strip(kind.child(&key), child, &at, prose);
                }
            }
            // A set, whose order upstream changes now and then.
            if let (Kind::Schema, Some(Value::Array(required))) = (kind, object.get_mut("required")) {
                required.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            }
            // OpenAPI 3.0 insists on this one.
            if kind == Kind::Response && !object.contains_key("$ref") {
                object.insert("description".to_owned(), Value::String(String::new()));
            }
        }
        _ => {}
    }
}

/// Whether a key holds no part of the interface. A name (of a property, a schema) is never a keyword.
fn is_prose(kind: Kind, key: &str) -> bool {
    match kind {
        Kind::Named(_) | Kind::Data => false,
        Kind::Info => !matches!(key, "title" | "version" | "license"),
        Kind::Schema => matches!(key, "description" | "title" | "externalDocs") || key.starts_with("x-"),
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

//! The error codes of `spec/errors.yaml`: a mapping of numbers to what is known of each.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::diagnostics::{Diagnostics, Pointer, Source};
use crate::doc_text;
use crate::ir::ErrorCode;
use crate::names;
use crate::yaml;

/// The largest code that a server's five digits can hold.
const MAX_CODE: u32 = 99_999;

/// Reads the codes, in the order of their numbers. A code with a problem is reported and left out.
pub(crate) fn read(text: &str, problems: &mut Diagnostics) -> Vec<ErrorCode> {
    let root = Pointer::root();
    let entries = match yaml::read(text, Source::Errors, problems) {
        Some(Value::Object(entries)) if !entries.is_empty() => entries,
        Some(_) => {
            let message = "must be a mapping of codes: `5063: {name: no-such-vm}`";
            problems.error_in(Source::Errors, &root, message);
            return Vec::new();
        }
        None => return Vec::new(),
    };
    let mut codes = BTreeMap::new();
    let mut constants: BTreeMap<String, String> = BTreeMap::new();
    for (key, value) in &entries {
        let at = root.join(key);
        let number = number(key);
        if number.is_none() {
            let message = format!("is no code: codes are numbers from 1 to {MAX_CODE}, without a leading 0");
            problems.error_in(Source::Errors, &at, message);
        }
        let Some(entry) = entry(value, &at, problems) else { continue };
        let constant = match names::constant(&entry.name) {
            Ok(constant) => constant,
            Err(reason) => {
                problems.error_in(Source::Errors, &at.join("name"), reason);
                continue;
            }
        };
        if let Some(other) = constants.insert(constant.clone(), key.clone()) {
            let message = format!(
                "`{constant}` is the constant of {other} already: give one of the two another name, such as \
                 `{}-{key}`",
                entry.name
            );
            problems.error_in(Source::Errors, &at.join("name"), message);
        } else if let Some(number) = number {
            codes.insert(number, lower(number, constant, entry));
        }
    }
    codes.into_values().collect()
}

/// The number that a key is, written as the server writes it.
fn number(key: &str) -> Option<u32> {
    let number = key.parse().ok().filter(|number| (1..=MAX_CODE).contains(number))?;
    (number.to_string() == key).then_some(number)
}

/// What the file says of a code.
struct Entry {
    name: String,
    wire_type: Option<String>,
    doc: Option<String>,
    transient: bool,
}

/// Reads one entry. `None` without a name; other problems are reported and the rest is read.
fn entry(value: &Value, at: &Pointer, problems: &mut Diagnostics) -> Option<Entry> {
    let Some(entry) = value.as_object() else {
        problems.error_in(
            Source::Errors,
            at,
            "must be a mapping: `{name: no-such-vm, type: InvalidResource}`",
        );
        return None;
    };
    for key in entry.keys().filter(|key| !["name", "type", "doc", "transient"].contains(&key.as_str())) {
        let message = "is not a key of a code: there are `name`, `type`, `doc` and `transient`";
        problems.error_in(Source::Errors, &at.join(key), message);
    }
    let mut text = |key: &str| text(entry, key, at, problems);
    let (name, wire_type, doc) = (text("name"), text("type"), text("doc"));
    let transient = match entry.get("transient") {
        None => false,
        Some(Value::Bool(true)) => true,
        Some(_) => {
            let message = "is `true` or not there: it marks an error that passes by waiting";
            problems.error_in(Source::Errors, &at.join("transient"), message);
            false
        }
    };
    if !entry.contains_key("name") {
        problems.error_in(Source::Errors, at, "has no `name`: give it one, in small letters and dashes");
    }
    Some(Entry { name: name?, wire_type, doc, transient })
}

fn text(entry: &Map<String, Value>, key: &str, at: &Pointer, problems: &mut Diagnostics) -> Option<String> {
    match entry.get(key)?.as_str().map(str::trim) {
        Some(text) if !text.is_empty() => Some(text.to_owned()),
        _ => {
            problems.error_in(Source::Errors, &at.join(key), "must be a text");
            None
        }
    }
}

/// The documentation begins with our words where there are some, and always gives the number, which is what
/// one searches for, and the words of the server.
fn lower(number: u32, constant: String, entry: Entry) -> ErrorCode {
    let Entry { name, wire_type, doc, transient } = entry;
    let wire_type = wire_type.map(|text| format!(", type {}", doc_text::code(&text))).unwrap_or_default();
    let wire = format!("{number}: {}{wire_type}.", doc_text::code(&name));
    let mut lines: Vec<String> =
        doc.iter().flat_map(|doc| doc.lines()).map(|line| line.trim_end().to_owned()).collect();
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(wire);
    if transient {
        lines.extend([String::new(), "It passes by waiting.".to_owned()]);
    }
    ErrorCode { number, name, constant, docs: lines, transient }
}

//! The error codes of `spec/errors.yaml`: a mapping of numbers to names, types and texts, and of classes to ranges.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::diagnostics::{Diagnostics, Pointer, Source};
use crate::doc_text::sentences;
use crate::ir::{ErrorClass, ErrorCode};
use crate::names;
use crate::yaml;

/// The largest code: codes have at most five digits.
const MAX_CODE: u32 = 99_999;

/// What `spec/errors.yaml` says.
#[derive(Default)]
pub(crate) struct ErrorCodes {
    /// The known codes, by number.
    pub(crate) codes: Vec<ErrorCode>,
    /// The classes of codes, by constant.
    pub(crate) classes: Vec<ErrorClass>,
}

/// The key of the classes, beside the codes.
const CLASSES: &str = "classes";

/// Reads the codes, sorted by number, and the classes. An invalid entry is reported and skipped.
pub(crate) fn read(text: &str, problems: &mut Diagnostics) -> ErrorCodes {
    let root = Pointer::root();
    let entries = match yaml::read(text, Source::Errors, problems) {
        Some(Value::Object(entries)) if !entries.is_empty() => entries,
        Some(_) => {
            let message = "must be a mapping of codes: `5063: {name: no-such-vm}`";
            problems.error_in(Source::Errors, &root, message);
            return ErrorCodes::default();
        }
        None => return ErrorCodes::default(),
    };
    let classes = entries.get(CLASSES).map(|value| classes(value, &root.join(CLASSES), problems));
    let mut codes = BTreeMap::new();
    let mut constants: BTreeMap<String, String> = BTreeMap::new();
    for (key, value) in entries.iter().filter(|(key, _)| *key != CLASSES) {
        let at = root.join(key);
        let number = number(key);
        if number.is_none() {
            let message =
                format!("is not a code: codes are numbers from 1 to {MAX_CODE}, without a leading 0");
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
                "`{constant}` is already the constant of {other}: rename one of the two, for example to \
                 `{}-{key}`",
                entry.name
            );
            problems.error_in(Source::Errors, &at.join("name"), message);
        } else if let Some(number) = number {
            codes.insert(number, lower(number, constant, entry));
        }
    }
    ErrorCodes { codes: codes.into_values().collect(), classes: classes.unwrap_or_default() }
}

/// Reads the classes, each with its ranges of codes: `throttled: [6, 24-25]`.
fn classes(value: &Value, at: &Pointer, problems: &mut Diagnostics) -> Vec<ErrorClass> {
    let Some(entries) = value.as_object() else {
        let message = "must be a mapping of classes to ranges of codes: `throttled: [6, 24-25]`";
        problems.error_in(Source::Errors, at, message);
        return Vec::new();
    };
    let mut classes = Vec::new();
    for (name, value) in entries {
        let at = at.join(name);
        let constant = names::constant(name).map_err(|reason| problems.error_in(Source::Errors, &at, reason));
        let ranges = ranges(value).ok_or_else(|| {
            let message = "must be a list of codes and ranges in ascending order: `[6, 24-25]`";
            problems.error_in(Source::Errors, &at, message);
        });
        if let (Ok(constant), Ok(ranges)) = (constant, ranges) {
            classes.push(ErrorClass { constant, ranges });
        }
    }
    classes.sort_by(|a, b| a.constant.cmp(&b.constant));
    classes
}

/// Ranges of codes, ascending and without overlaps.
fn ranges(value: &Value) -> Option<Vec<(u32, u32)>> {
    let ranges: Vec<(u32, u32)> = value.as_array()?.iter().map(range).collect::<Option<_>>()?;
    let is_ascending = ranges.is_sorted_by(|(_, end), (start, _)| end < start);
    (is_ascending && !ranges.is_empty()).then_some(ranges)
}

/// `6` or `24-25`.
fn range(value: &Value) -> Option<(u32, u32)> {
    let text = value.as_u64().map(|number| number.to_string());
    let text = text.as_deref().or_else(|| value.as_str())?;
    let (start, end) = text.split_once('-').unwrap_or((text, text));
    let (start, end) = (number(start)?, number(end)?);
    (start <= end).then_some((start, end))
}

/// The number of a key, if written as the server does.
fn number(key: &str) -> Option<u32> {
    let number = key.parse().ok().filter(|number| (1..=MAX_CODE).contains(number))?;
    (number.to_string() == key).then_some(number)
}

/// The entry of a code.
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
        let message = "is not a key of a code: use `name`, `type`, `doc` and `transient`";
        problems.error_in(Source::Errors, &at.join(key), message);
    }
    let mut text = |key: &str| text(entry, key, at, problems);
    let (name, wire_type, doc) = (text("name"), text("type"), text("doc"));
    let transient = match entry.get("transient") {
        None => false,
        Some(Value::Bool(true)) => true,
        Some(_) => {
            let message = "must be `true` or omitted: it marks a temporary condition";
            problems.error_in(Source::Errors, &at.join("transient"), message);
            false
        }
    };
    if !entry.contains_key("name") {
        problems.error_in(Source::Errors, at, "has no `name`: add one in lower-case letters and dashes");
    }
    Some(Entry { name: name?, wire_type, doc, transient })
}

fn text(entry: &Map<String, Value>, key: &str, at: &Pointer, problems: &mut Diagnostics) -> Option<String> {
    match entry.get(key)?.as_str().map(str::trim) {
        Some(text) if !text.is_empty() => Some(text.to_owned()),
        _ => {
            problems.error_in(Source::Errors, &at.join(key), "must be a non-empty string");
            None
        }
    }
}

fn lower(number: u32, constant: String, entry: Entry) -> ErrorCode {
    let Entry { name, wire_type, doc, transient } = entry;
    let docs = sentences::error_code(number, &name, wire_type.as_deref(), doc.as_deref(), transient);
    ErrorCode { number, name, constant, docs, transient }
}

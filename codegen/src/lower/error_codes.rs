//! The error codes of `spec/errors.yaml`: a mapping of numbers to names, types and texts, of classes to ranges, and of
//! identifiers and actions to the codes that they cause.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::diagnostics::{Diagnostics, Pointer, Source};
use crate::doc_text::sentences;
use crate::ir::{Action, ErrorClass, ErrorCode, Struct, Type};
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
    /// The code for a resource that does not exist, by the type of its identifier.
    identifiers: BTreeMap<String, Vec<u32>>,
    /// Other codes that an action returns, by its name.
    actions: BTreeMap<String, Vec<u32>>,
}

/// The keys that are not codes.
const CLASSES: &str = "classes";
const IDENTIFIERS: &str = "identifiers";
const ACTIONS: &str = "actions";

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
    let codes = codes(&entries, problems);
    let mut causes = |key: &str| match entries.get(key) {
        Some(value) => causes(value, &codes, &root.join(key), problems),
        None => BTreeMap::new(),
    };
    let (identifiers, actions) = (causes(IDENTIFIERS), causes(ACTIONS));
    ErrorCodes {
        codes: codes.into_values().collect(),
        classes: classes.unwrap_or_default(),
        identifiers,
        actions,
    }
}

/// Reads the codes, by number.
fn codes(entries: &Map<String, Value>, problems: &mut Diagnostics) -> BTreeMap<u32, ErrorCode> {
    let mut codes = BTreeMap::new();
    let mut constants: BTreeMap<String, &str> = BTreeMap::new();
    let is_code = |key: &str| ![CLASSES, IDENTIFIERS, ACTIONS].contains(&key);
    for (key, value) in entries.iter().filter(|(key, _)| is_code(key)) {
        let at = Pointer::root().join(key);
        let number = number(key);
        if number.is_none() {
            let message =
                format!("is not a code: codes are numbers from 1 to {MAX_CODE}, without a leading 0");
            problems.error_in(Source::Errors, &at, message);
        }
        let Some(row) = code_row(value, &at, problems) else { continue };
        let constant_key = if row.constant.is_some() { "constant" } else { "name" };
        let constant = match names::constant(row.constant.as_ref().unwrap_or(&row.name)) {
            Ok(constant) => constant,
            Err(reason) => {
                problems.error_in(Source::Errors, &at.join(constant_key), reason);
                continue;
            }
        };
        if let Some(other) = constants.insert(constant.clone(), key) {
            let message = format!(
                "`{constant}` is already the constant of {other}: give one of the two another one with `constant`"
            );
            problems.error_in(Source::Errors, &at.join(constant_key), message);
        } else if let Some(number) = number {
            codes.insert(number, lower(number, constant, row));
        }
    }
    codes
}

/// Reads the codes that identifiers or actions cause: `CreateVms: [10001, 10010]`.
fn causes(
    value: &Value,
    codes: &BTreeMap<u32, ErrorCode>,
    at: &Pointer,
    problems: &mut Diagnostics,
) -> BTreeMap<String, Vec<u32>> {
    let Some(rows) = value.as_object() else {
        problems.error_in(Source::Errors, at, "must be a mapping of names to lists of codes: `VmId: [5063]`");
        return BTreeMap::new();
    };
    let mut causes = BTreeMap::new();
    for (name, value) in rows {
        let numbers: Option<Vec<u32>> = value
            .as_array()
            .and_then(|list| list.iter().map(|code| u32::try_from(code.as_u64()?).ok()).collect());
        match numbers {
            Some(numbers) if !numbers.is_empty() => {
                for number in numbers.iter().filter(|number| !codes.contains_key(number)) {
                    let message = format!("{number} is not a code of this file: add it");
                    problems.error_in(Source::Errors, &at.join(name), message);
                }
                causes.insert(name.clone(), numbers);
            }
            _ => {
                problems.error_in(Source::Errors, &at.join(name), "must be a list of codes: `[10001, 10010]`")
            }
        }
    }
    causes
}

impl ErrorCodes {
    /// Documents the errors of every action. Rows that it does not use are of another version or another API.
    pub(super) fn document<'t>(
        &self,
        actions: impl Iterator<Item = &'t mut Action>,
        request: impl Fn(&str) -> Option<&'t Struct>,
    ) {
        for action in actions {
            let fields =
                request(&action.request).map(|request| request.fields.as_slice()).unwrap_or_default();
            let identifiers = fields.iter().filter_map(|field| identifier(&field.ty));
            let of_identifiers = identifiers.filter_map(|name| self.identifiers.get(name));
            let lists = of_identifiers.chain(self.actions.get(&action.wire));
            let mut numbers: Vec<u32> = lists.flatten().copied().collect();
            numbers.sort_unstable();
            let codes = self.codes.iter().filter(|code| numbers.binary_search(&code.number).is_ok());
            let constants: Vec<&str> = codes.map(|code| code.constant.as_str()).collect();
            action.errors = sentences::errors(&constants);
        }
    }
}

/// The identifier of a field: one, or each of a list.
fn identifier(ty: &Type) -> Option<&str> {
    match ty {
        Type::Identifier(name) => Some(name),
        Type::List(element) => identifier(element),
        _ => None,
    }
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

/// The row of a code.
struct CodeRow {
    name: String,
    /// The name of the constant, if not that of the code.
    constant: Option<String>,
    wire_type: Option<String>,
    doc: Option<String>,
    transient: bool,
}

const CODE_KEYS: &[&str] = &["name", "constant", "type", "doc", "transient"];

/// Reads one row. `None` without a name; other problems are reported and the rest is read.
fn code_row(value: &Value, at: &Pointer, problems: &mut Diagnostics) -> Option<CodeRow> {
    let Some(entry) = value.as_object() else {
        problems.error_in(
            Source::Errors,
            at,
            "must be a mapping: `{name: no-such-vm, type: InvalidResource}`",
        );
        return None;
    };
    for key in entry.keys().filter(|key| !CODE_KEYS.contains(&key.as_str())) {
        let message = "is not a key of a code: use `name`, `constant`, `type`, `doc` and `transient`";
        problems.error_in(Source::Errors, &at.join(key), message);
    }
    let mut text = |key: &str| text(entry, key, at, problems);
    let (name, constant) = (text("name"), text("constant"));
    let (wire_type, doc) = (text("type"), text("doc"));
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
    Some(CodeRow { name: name?, constant, wire_type, doc, transient })
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

fn lower(number: u32, constant: String, row: CodeRow) -> ErrorCode {
    let CodeRow { name, constant: _, wire_type, doc, transient } = row;
    let docs = sentences::error_code(number, &name, wire_type.as_deref(), doc.as_deref(), transient);
    ErrorCode { number, name, constant, docs, transient }
}

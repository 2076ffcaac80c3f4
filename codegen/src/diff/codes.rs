//! Compares the constants for error codes, and their classes.

use std::collections::BTreeMap;

use super::change::{Change, ChangeKind, Impact};
use crate::diagnostics::Pointer;
use crate::ir::{Api, ErrorClass, ErrorCode};

pub(super) fn compare(old: &Api, new: &Api, changes: &mut Vec<Change>) {
    compare_classes(&old.code_classes, &new.code_classes, changes);
    let (old, new) = (by_constant(&old.codes), by_constant(&new.codes));
    for (constant, old_code) in &old {
        match new.get(constant) {
            Some(new_code) => compare_code(old_code, new_code, changes),
            None => {
                let reason = "code that names the constant does not compile";
                let change = change(ChangeKind::CodeRemoved, Impact::Breaking, old_code, reason);
                changes.push(change.with_old(old_code.number.to_string()));
            }
        }
    }
    for code in new.values().filter(|code| !old.contains_key(code.constant.as_str())) {
        let change = change(ChangeKind::CodeAdded, Impact::Additive, code, "a new constant");
        changes.push(change.with_new(code.number.to_string()));
    }
}

fn by_constant(codes: &[ErrorCode]) -> BTreeMap<&str, &ErrorCode> {
    codes.iter().map(|code| (code.constant.as_str(), code)).collect()
}

fn change(kind: ChangeKind, impact: Impact, code: &ErrorCode, reason: &str) -> Change {
    let at = Pointer::root().join(code.number);
    Change::new(kind, impact, format!("codes::{}", code.constant), &at, reason)
}

fn compare_code(old: &ErrorCode, new: &ErrorCode, changes: &mut Vec<Change>) {
    let changed = |impact, reason: &str| change(ChangeKind::CodeChanged, impact, new, reason);
    if old.number != new.number {
        let change = changed(Impact::Breaking, "the constant means another error");
        changes.push(change.with_old(old.number.to_string()).with_new(new.number.to_string()));
    }
    if old.name != new.name {
        let change = changed(Impact::Additive, "the error displays another name");
        changes.push(change.with_old(&old.name).with_new(&new.name));
    }
    if old.transient != new.transient {
        let (impact, reason) = match new.transient {
            true => (Impact::Additive, "`Error::is_retryable` returns true for it"),
            false => (Impact::Breaking, "`Error::is_retryable` no longer returns true for it"),
        };
        let shown = |code: &ErrorCode| if code.transient { "transient" } else { "permanent" };
        changes.push(changed(impact, reason).with_old(shown(old)).with_new(shown(new)));
    }
}

/// A class decides for which codes a predicate of `Error` returns true.
fn compare_classes(old: &[ErrorClass], new: &[ErrorClass], changes: &mut Vec<Change>) {
    let by_constant = |classes: &[ErrorClass]| -> BTreeMap<String, Vec<(u32, u32)>> {
        classes.iter().map(|class| (class.constant.clone(), class.ranges.clone())).collect()
    };
    let (old, new) = (by_constant(old), by_constant(new));
    for constant in old.keys().chain(new.keys().filter(|constant| !old.contains_key(*constant))) {
        let ranges =
            |side: &BTreeMap<String, Vec<(u32, u32)>>| side.get(constant).cloned().unwrap_or_default();
        let (before, after) = (ranges(&old), ranges(&new));
        if before == after {
            continue;
        }
        let is_extended = before.iter().all(|(start, end)| covers(&after, *start, *end));
        let (impact, reason) = match is_extended {
            true => (Impact::Additive, "predicates of `Error` return true for more codes"),
            false => (Impact::Breaking, "predicates of `Error` no longer return true for some codes"),
        };
        let name = format!("codes::classes::{constant}");
        let at = Pointer::root().join("classes").join(constant.to_ascii_lowercase().replace('_', "-"));
        let change = Change::new(ChangeKind::CodeChanged, impact, name, &at, reason);
        changes.push(change.with_old(shown(&before)).with_new(shown(&after)));
    }
}

fn covers(ranges: &[(u32, u32)], start: u32, end: u32) -> bool {
    ranges.iter().any(|(first, last)| *first <= start && end <= *last)
}

/// `6, 24-25`.
fn shown(ranges: &[(u32, u32)]) -> String {
    let range = |(start, end): &(u32, u32)| match start == end {
        true => start.to_string(),
        false => format!("{start}-{end}"),
    };
    if ranges.is_empty() {
        "none".to_owned()
    } else {
        ranges.iter().map(range).collect::<Vec<_>>().join(", ")
    }
}

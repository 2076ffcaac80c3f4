//! Compares the constants for error codes.

use std::collections::BTreeMap;

use super::change::{Change, ChangeKind, Impact};
use crate::diagnostics::Pointer;
use crate::ir::ErrorCode;

pub(super) fn compare(old: &[ErrorCode], new: &[ErrorCode], changes: &mut Vec<Change>) {
    let (old, new) = (by_constant(old), by_constant(new));
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

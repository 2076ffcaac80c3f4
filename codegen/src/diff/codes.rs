//! Constants for error codes.

use std::collections::BTreeMap;

use super::{Change, ChangeKind, Impact};
use crate::diagnostics::Pointer;
use crate::ir::ErrorCode;

pub(super) fn compare(old: &[ErrorCode], new: &[ErrorCode], changes: &mut Vec<Change>) {
    let by_constant = |codes: &'_ [ErrorCode]| -> BTreeMap<String, ErrorCode> {
        codes.iter().map(|code| (code.constant.clone(), code.clone())).collect()
    };
    let (old, new) = (by_constant(old), by_constant(new));
    for (constant, code) in &old {
        match new.get(constant) {
            Some(other) => both(code, other, changes),
            None => {
                let reason = "code that names the constant does not compile";
                let change = change(ChangeKind::CodeRemoved, Impact::Breaking, code, reason);
                changes.push(change.was(code.number.to_string()));
            }
        }
    }
    for code in new.values().filter(|code| !old.contains_key(&code.constant)) {
        let change = change(ChangeKind::CodeAdded, Impact::Additive, code, "a new constant");
        changes.push(change.is(code.number.to_string()));
    }
}

fn change(kind: ChangeKind, class: Impact, code: &ErrorCode, reason: &str) -> Change {
    let at = Pointer::root().join(code.number);
    Change::new(kind, class, format!("codes::{}", code.constant), &at, reason)
}

fn both(old: &ErrorCode, new: &ErrorCode, changes: &mut Vec<Change>) {
    let mut tell = |class, reason: &str, was: String, is: String| {
        if was != is {
            changes.push(change(ChangeKind::CodeChanged, class, new, reason).was(was).is(is));
        }
    };
    let reason = "code that compares with the constant means another error";
    tell(Impact::Breaking, reason, old.number.to_string(), new.number.to_string());
    let reason = "the name that an error shows";
    tell(Impact::Additive, reason, old.name.clone(), new.name.clone());
    let shown = |code: &ErrorCode| if code.transient { "passes by waiting" } else { "stays" }.to_owned();
    let (class, reason) = match new.transient {
        true => (Impact::Additive, "`Error::is_retryable` is true for it"),
        false => (Impact::Breaking, "`Error::is_retryable` is not true for it any more"),
    };
    tell(class, reason, shown(old), shown(new));
}

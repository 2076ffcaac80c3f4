//! The values of an enum.

use super::renames;
use super::{Change, ChangeKind, Impact};
use crate::ir::{Enum, Values};

/// How alike the spellings of values must be.
const ALIKE: f64 = 0.6;

/// An enum that both have.
pub(super) fn compare(old: &Enum, new: &Enum, changes: &mut Vec<Change>) {
    match (&old.values, &new.values) {
        (Values::Text(_), Values::Text(_)) | (Values::Integer(_), Values::Integer(_)) => {
            values(old, new, changes);
        }
        (_, _) => {
            let shown = |values: &Values| match values {
                Values::Text(_) => "texts",
                Values::Integer(_) => "integers",
            };
            let path = format!("types::{}", new.name);
            let reason = "the conversions are from and to another type";
            let change = Change::new(ChangeKind::ValuesKind, Impact::Breaking, path, &new.at, reason);
            changes.push(change.was(shown(&old.values)).is(shown(&new.values)));
        }
    }
}

/// The variants with their values.
fn rows(values: &Values) -> Vec<(&str, String)> {
    match values {
        Values::Text(values) => {
            values.iter().map(|(variant, text)| (variant.as_str(), text.clone())).collect()
        }
        Values::Integer(values) => {
            values.iter().map(|(variant, number)| (variant.as_str(), number.to_string())).collect()
        }
    }
}

fn values(old: &Enum, new: &Enum, changes: &mut Vec<Change>) {
    let (old_rows, new_rows) = (rows(&old.values), rows(&new.values));
    let find = |rows: &[(&str, String)], value: &str| {
        rows.iter().find(|(_, other)| other == value).map(|(variant, _)| (*variant).to_owned())
    };
    let change = |kind, class, variant: &str, reason: &str| {
        let path = format!("types::{}::{variant}", new.name);
        Change::new(kind, class, path, &new.at.join("enum"), reason)
    };
    for (variant, value) in &old_rows {
        if let Some(now) = find(&new_rows, value).filter(|now| now != variant) {
            let change = change(ChangeKind::VariantName, Impact::Breaking, &now, "the old variant is gone");
            changes.push(change.was(*variant).is(now.as_str()));
        }
    }
    let only = |rows: &'_ [(&str, String)], other: &[(&str, String)]| -> Vec<String> {
        rows.iter().map(|(_, value)| value.clone()).filter(|value| find(other, value).is_none()).collect()
    };
    let (removed, added) = (only(&old_rows, &new_rows), only(&new_rows, &old_rows));
    let texts = |values: &'_ [String]| -> Vec<String> { values.to_vec() };
    let (removed_texts, added_texts) = (texts(&removed), texts(&added));
    let removed: Vec<&str> = removed_texts.iter().map(String::as_str).collect();
    let added: Vec<&str> = added_texts.iter().map(String::as_str).collect();
    let is_text = matches!(new.values, Values::Text(_));
    let renamed = renames::pair(&removed, &added, |one, other| {
        let is_variant = find(&old_rows, one) == find(&new_rows, other);
        let score = if is_variant { 1.0 } else { renames::alike(one, other) };
        (is_text && score >= ALIKE).then_some(score)
    });
    for (one, other) in renamed.iter() {
        let (Some(was), Some(is)) = (find(&old_rows, one), find(&new_rows, other)) else { continue };
        let reason = match was == is {
            true => "the variant has another text, in `as_str` and in `From<&str>`",
            false => "the old variant is gone, and the old text is an unknown value",
        };
        let change = change(ChangeKind::ValueRenamed, Impact::Breaking, &is, reason);
        changes.push(change.from(&old.at.join("enum")).was(one).is(other));
    }
    for value in removed.iter().filter(|value| !renamed.has_old(value)) {
        let variant = find(&old_rows, value).unwrap_or_default();
        let reason = "the variant is gone, and the value is an unknown one";
        let change = change(ChangeKind::ValueRemoved, Impact::Breaking, &variant, reason);
        changes.push(Change { at: old.at.join("enum"), ..change }.was(*value));
    }
    for value in added.iter().filter(|value| !renamed.has_new(value)) {
        let variant = find(&new_rows, value).unwrap_or_default();
        let reason = "the enum is open; what came as an unknown value so far has a variant";
        changes.push(change(ChangeKind::ValueAdded, Impact::Additive, &variant, reason).is(*value));
    }
}

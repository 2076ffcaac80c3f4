//! Compares types: their names, kinds and directions, and the values of enums.

use super::change::{Change, ChangeKind, Impact};
use super::fields;
use super::index::{Index, missing_from};
use super::renames::{self, Renames};
use crate::ir::{Alias, Conversions, Direction, Enum, Identifier, Struct, TypeDef, Values};

/// The number of field names in a reason.
const MAX_NAMES: usize = 4;

/// The minimum similarity of two spellings of a value.
const MIN_SIMILARITY: f64 = 0.6;

pub(super) fn compare(old: &Index<'_>, new: &Index<'_>, renamed: &Renames, changes: &mut Vec<Change>) {
    for (name, (old_module, old_type)) in &old.types {
        let Some((new_module, new_type)) = new.types.get(renamed.new_name(name)) else {
            let reason = "code that names it does not compile";
            let change = change(old_type, ChangeKind::TypeRemoved, Impact::Breaking, reason);
            changes.push(change.with_old(kind(old_type)));
            continue;
        };
        if renamed.has_old(name) {
            let reason = "the old name was removed; the new type has the same content, apart from the changes listed below";
            let change = change(new_type, ChangeKind::TypeRenamed, Impact::Breaking, reason);
            let change = change.with_old_at(old_type.at());
            changes.push(change.with_old(path(old_type)).with_new(path(new_type)));
        }
        compare_type(old_type, new_type, renamed, changes);
        if old_module != new_module {
            let reason = "every type belongs to `types`, whichever file it is in";
            let change = change(new_type, ChangeKind::TypeMoved, Impact::Internal, reason);
            changes.push(change.with_old(*old_module).with_new(*new_module));
        }
    }
    for name in missing_from(&old.types, &new.types, |name| renamed.has_new(name)) {
        let Some((_, definition)) = new.types.get(name) else { continue };
        let change = change(definition, ChangeKind::TypeAdded, Impact::Additive, "a new name");
        changes.push(change.with_new(kind(definition)));
    }
}

fn change(definition: &TypeDef, kind: ChangeKind, impact: Impact, reason: &str) -> Change {
    Change::new(kind, impact, path(definition), definition.at(), reason)
}

fn path(definition: &TypeDef) -> String {
    format!("types::{}", definition.name())
}

fn kind(definition: &TypeDef) -> &'static str {
    match definition {
        TypeDef::Struct(_) => "struct",
        TypeDef::Enum(_) => "enum",
        TypeDef::Alias(_) => "alias",
        TypeDef::Identifier(_) => "identifier",
    }
}

fn compare_type(old_type: &TypeDef, new_type: &TypeDef, renamed: &Renames, changes: &mut Vec<Change>) {
    match (old_type, new_type) {
        (TypeDef::Struct(old), TypeDef::Struct(new)) => {
            if old.direction != new.direction {
                changes.push(direction(old, new, renamed));
            }
            fields::compare(old, new, renamed, changes);
        }
        (TypeDef::Enum(old), TypeDef::Enum(new)) => compare_values(old, new, changes),
        (TypeDef::Alias(Alias { ty: old, .. }), TypeDef::Alias(Alias { ty: new, .. })) => {
            if !renamed.is_same_type(old, new) {
                let reason = "the alias refers to another type";
                let change = change(new_type, ChangeKind::TypeAlias, Impact::Breaking, reason);
                changes.push(change.with_old(old.to_string()).with_new(new.to_string()));
            }
        }
        (TypeDef::Identifier(old), TypeDef::Identifier(new)) => {
            changes.extend(conversions(old, new, new_type));
        }
        _ => {
            let reason = "nothing of the old interface remains except the name";
            let change = change(new_type, ChangeKind::TypeKind, Impact::Breaking, reason);
            changes.push(change.with_old(kind(old_type)).with_new(kind(new_type)));
        }
    }
}

/// The identifiers that convert into one.
fn conversions(old: &Identifier, new: &Identifier, new_type: &TypeDef) -> Option<Change> {
    if includes(&new.from, &old.from) && includes(&old.from, &new.from) {
        return None;
    }
    let (impact, reason) = match includes(&new.from, &old.from) {
        true => (Impact::Additive, "more identifiers convert into it"),
        false => (Impact::Breaking, "some identifiers no longer convert into it"),
    };
    let change = change(new_type, ChangeKind::TypeAlias, impact, reason);
    Some(change.with_old(shown(&old.from)).with_new(shown(&new.from)))
}

fn includes(new: &Conversions, old: &Conversions) -> bool {
    match (new, old) {
        (Conversions::All(_), _) | (_, Conversions::None) => true,
        (Conversions::From(new), Conversions::From(old)) => old.iter().all(|name| new.contains(name)),
        (Conversions::None | Conversions::From(_), _) => false,
    }
}

fn shown(from: &Conversions) -> String {
    match from {
        Conversions::None => "from no other".to_owned(),
        Conversions::From(names) => format!("from {}", names.join(", ")),
        Conversions::All(_) => "from all others".to_owned(),
    }
}

/// The interface of a struct depends on its direction: `new`, setters and `Serialize` are for requests, `Deserialize`
/// for responses, and the presence of fields differs.
fn direction(old: &Struct, new: &Struct, renamed: &Renames) -> Change {
    let is_sent = |definition: &Struct| definition.direction != Direction::Response;
    let is_received = |definition: &Struct| definition.direction != Direction::Request;
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    match (is_sent(old), is_sent(new)) {
        (true, false) => removed.push("`new`, the setters and `Serialize` were removed".to_owned()),
        (false, true) => added.push("it has `new`, setters and `Serialize`".to_owned()),
        _ => {}
    }
    match (is_received(old), is_received(new)) {
        (true, false) => removed.push("`Deserialize` was removed".to_owned()),
        (false, true) => added.push("it has `Deserialize`".to_owned()),
        _ => {}
    }
    if !old.accessors.is_empty() && new.accessors.is_empty() {
        removed.push("the methods that return an error for a missing value became setters".to_owned());
    }
    let fields = fields::with_other_presence(old, new, renamed);
    if !fields.is_empty() {
        let shown: Vec<String> = fields.iter().take(MAX_NAMES).map(|ident| format!("`{ident}`")).collect();
        let more = fields.len().saturating_sub(MAX_NAMES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        removed.push(format!("the types of {}{more} express absence differently", shown.join(", ")));
    }
    let impact = if removed.is_empty() { Impact::Additive } else { Impact::Breaking };
    let reasons: Vec<String> = removed.into_iter().chain(added).collect();
    let path = format!("types::{}", new.name);
    let change = Change::new(ChangeKind::TypeDirection, impact, path, &new.at, reasons.join("; "));
    change.with_old(direction_name(old.direction)).with_new(direction_name(new.direction))
}

fn direction_name(direction: Direction) -> &'static str {
    match direction {
        Direction::Request => "sent",
        Direction::Response => "received",
        Direction::Both => "sent and received",
    }
}

/// A value of an enum as text, with its variant.
struct Value<'a> {
    variant: &'a str,
    text: String,
}

fn values(definition: &Enum) -> Vec<Value<'_>> {
    match &definition.values {
        Values::Text(values) => {
            values.iter().map(|(variant, text)| Value { variant, text: text.clone() }).collect()
        }
        Values::Integer(values) => {
            values.iter().map(|(variant, number)| Value { variant, text: number.to_string() }).collect()
        }
    }
}

/// The variant of a value.
fn variant_of<'a>(values: &[Value<'a>], text: &str) -> Option<&'a str> {
    values.iter().find(|value| value.text == text).map(|value| value.variant)
}

fn compare_values(old: &Enum, new: &Enum, changes: &mut Vec<Change>) {
    let is_text = |definition: &Enum| matches!(definition.values, Values::Text(_));
    if is_text(old) != is_text(new) {
        let shown = |definition: &Enum| if is_text(definition) { "strings" } else { "integers" };
        let path = format!("types::{}", new.name);
        let reason = "the conversions take and return another type";
        let change = Change::new(ChangeKind::ValuesKind, Impact::Breaking, path, &new.at, reason);
        changes.push(change.with_old(shown(old)).with_new(shown(new)));
        return;
    }
    let (old_values, new_values) = (values(old), values(new));
    let renamed = if is_text(new) { renamed_values(&old_values, &new_values) } else { Renames::default() };
    for value in &old_values {
        match variant_of(&new_values, &value.text) {
            Some(variant) if variant == value.variant => {}
            Some(variant) => {
                let reason = "the old variant was removed";
                let change = value_change(new, ChangeKind::VariantName, Impact::Breaking, variant, reason);
                changes.push(change.with_old(value.variant).with_new(variant));
            }
            None => changes.push(missing_value(old, new, value, &new_values, &renamed)),
        }
    }
    for value in &new_values {
        if variant_of(&old_values, &value.text).is_none() && !renamed.has_new(&value.text) {
            let reason = "the enum is open: a value that was unknown so far has a variant";
            let change = value_change(new, ChangeKind::ValueAdded, Impact::Additive, value.variant, reason);
            changes.push(change.with_new(&value.text));
        }
    }
}

/// Values that appear to be spelled differently: those of the same variant, or of similar text.
fn renamed_values(old: &[Value<'_>], new: &[Value<'_>]) -> Renames {
    let only = |values: &'_ [Value<'_>], others: &[Value<'_>]| -> Vec<String> {
        let missing = values.iter().filter(|value| variant_of(others, &value.text).is_none());
        missing.map(|value| value.text.clone()).collect()
    };
    let (removed, added) = (only(old, new), only(new, old));
    let removed: Vec<&str> = removed.iter().map(String::as_str).collect();
    let added: Vec<&str> = added.iter().map(String::as_str).collect();
    renames::pair(&removed, &added, |old_text, new_text| {
        let is_same_variant = variant_of(old, old_text) == variant_of(new, new_text);
        let score = if is_same_variant { 1.0 } else { renames::similarity(old_text, new_text) };
        (score >= MIN_SIMILARITY).then_some(score)
    })
}

/// The change for an old value that the new enum lacks.
fn missing_value(
    old: &Enum,
    new: &Enum,
    value: &Value<'_>,
    new_values: &[Value<'_>],
    renamed: &Renames,
) -> Change {
    let old_at = old.at.join("enum");
    let new_text = renamed.new_name(&value.text);
    let Some(variant) = variant_of(new_values, new_text) else {
        let reason = "the variant was removed; the value is now an unknown one";
        let change = value_change(new, ChangeKind::ValueRemoved, Impact::Breaking, value.variant, reason);
        return Change { at: old_at, ..change }.with_old(&value.text);
    };
    let reason = match value.variant == variant {
        true => "the variant has another value, in `as_str` and `From<&str>`",
        false => "the old variant was removed, and the old value is now an unknown one",
    };
    let change = value_change(new, ChangeKind::ValueRenamed, Impact::Breaking, variant, reason);
    change.with_old_at(&old_at).with_old(&value.text).with_new(new_text)
}

fn value_change(definition: &Enum, kind: ChangeKind, impact: Impact, variant: &str, reason: &str) -> Change {
    let path = format!("types::{}::{variant}", definition.name);
    Change::new(kind, impact, path, &definition.at.join("enum"), reason)
}

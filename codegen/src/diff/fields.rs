//! Fields of a struct.

use std::collections::BTreeMap;

use super::renames::{self, Pairs};
use super::{Change, ChangeKind, Impact, rust};
use crate::diagnostics::Pointer;
use crate::ir::{Constraints, Direction, Field, Limit, Struct};

/// How alike the names of fields of one type must be.
const ALIKE: f64 = 0.5;

/// A struct that both have.
pub(super) fn compare(old: &Struct, new: &Struct, renamed: &Pairs, changes: &mut Vec<Change>) {
    let pairs = Matched::of(old, new, renamed);
    for (old_field, new_field, how) in &pairs.both {
        let place = Place { old, new, field: new_field };
        match how {
            How::Same => {}
            How::Ident => changes.push(
                place
                    .change(
                        ChangeKind::FieldWire,
                        Impact::Breaking,
                        "what was serialized under the old name is not read",
                    )
                    .from(&at(old, &old_field.wire))
                    .was(&old_field.wire)
                    .is(&new_field.wire),
            ),
            How::Likely => changes.push(
                place
                    .change(ChangeKind::FieldRenamed, Impact::Breaking, gone(new))
                    .from(&at(old, &old_field.wire))
                    .was(described(old_field))
                    .is(described(new_field)),
            ),
        }
        both(&place, old_field, matches!(how, How::Same), renamed, changes);
    }
    for field in pairs.removed {
        let path = format!("types::{}::{}", new.name, field.ident);
        let argument = if field.required { ", and `new` takes one argument less" } else { "" };
        let reason = format!("{}{argument}{}", gone(old), default(old, new));
        let at = at(old, &field.wire);
        changes.push(
            Change::new(ChangeKind::FieldRemoved, Impact::Breaking, path, &at, reason).was(described(field)),
        );
    }
    for field in pairs.added {
        let place = Place { old, new, field };
        let (class, reason) = if field.required {
            (Impact::Breaking, format!("`new` takes one argument more{}", default(old, new)))
        } else {
            (Impact::Additive, "the struct is `#[non_exhaustive]`".to_owned())
        };
        changes.push(place.change(ChangeKind::FieldAdded, class, &reason).is(described(field)));
    }
    arguments(old, new, &pairs.both, changes);
}

/// The fields whose types tell absence in another way, because the struct travels another way.
pub(super) fn presence_by_direction(old: &Struct, new: &Struct, renamed: &Pairs) -> Vec<String> {
    let both = Matched::of(old, new, renamed).both.into_iter();
    let other = both.filter(|(old, new, _)| {
        old.presence != new.presence
            && rust::same(&old.ty, &new.ty, renamed)
            && (old.facts.required, old.facts.nullable) == (new.facts.required, new.facts.nullable)
    });
    other.map(|(_, new, _)| new.ident.clone()).collect()
}

/// How the old and the new field were found to be one.
#[derive(Clone, Copy)]
enum How {
    /// By the name on the wire.
    Same,
    /// By the name in Rust.
    Ident,
    /// By all but the name.
    Likely,
}

/// Which fields belong together.
struct Matched<'a> {
    both: Vec<(&'a Field, &'a Field, How)>,
    removed: Vec<&'a Field>,
    added: Vec<&'a Field>,
}

impl<'a> Matched<'a> {
    fn of(old: &'a Struct, new: &'a Struct, renamed: &Pairs) -> Self {
        let by_wire = |definition: &'a Struct| -> BTreeMap<&'a str, &'a Field> {
            definition.fields.iter().map(|field| (field.wire.as_str(), field)).collect()
        };
        let (old_fields, new_fields) = (by_wire(old), by_wire(new));
        let mut both = Vec::new();
        let (mut removed, mut added) = (Vec::new(), Vec::new());
        for field in &old.fields {
            match new_fields.get(field.wire.as_str()) {
                Some(new) => both.push((field, *new, How::Same)),
                None => removed.push(field),
            }
        }
        added.extend(new.fields.iter().filter(|field| !old_fields.contains_key(field.wire.as_str())));
        let mut take = |pick: &dyn Fn(&Field, &Field) -> bool, how: How| {
            removed.retain(|old| {
                let Some(found) = added.iter().position(|new| pick(old, new)) else { return true };
                both.push((*old, added.remove(found), how));
                false
            });
        };
        take(&|old, new| old.ident == new.ident, How::Ident);
        let likely = Self::likely(old, new, renamed);
        take(&|old, new| likely.has_old(&old.wire) && likely.is(&old.wire, &new.wire), How::Likely);
        Self { both, removed, added }
    }

    /// Fields that seem to be renamed: of one type, with names that are alike or in the same place.
    fn likely(old: &Struct, new: &Struct, renamed: &Pairs) -> Pairs {
        let is_new = |field: &&Field| {
            !old.fields.iter().any(|other| other.wire == field.wire || other.ident == field.ident)
        };
        let is_gone = |field: &&Field| {
            !new.fields.iter().any(|other| other.wire == field.wire || other.ident == field.ident)
        };
        let removed: Vec<&str> = old.fields.iter().filter(is_gone).map(|field| field.wire.as_str()).collect();
        let added: Vec<&str> = new.fields.iter().filter(is_new).map(|field| field.wire.as_str()).collect();
        let find = |definition: &'_ Struct, wire: &str| {
            definition.fields.iter().position(|field| field.wire == wire)
        };
        let is_only = removed.len() == 1 && added.len() == 1;
        renames::pair(&removed, &added, |one, other| {
            let (old_at, new_at) = (find(old, one)?, find(new, other)?);
            let (old, new) = (old.fields.get(old_at)?, new.fields.get(new_at)?);
            let is_same = rust::same(&old.ty, &new.ty, renamed)
                && (old.presence, old.required) == (new.presence, new.required);
            let score = renames::alike(one, other);
            (is_same && (score >= ALIKE || (is_only && old_at == new_at))).then_some(score)
        })
    }
}

/// A field of the new struct.
struct Place<'a> {
    old: &'a Struct,
    new: &'a Struct,
    field: &'a Field,
}

impl Place<'_> {
    fn change(&self, kind: ChangeKind, class: Impact, reason: &str) -> Change {
        let path = format!("types::{}::{}", self.new.name, self.field.ident);
        Change::new(kind, class, path, &at(self.new, &self.field.wire), reason)
    }
}

fn at(definition: &Struct, wire: &str) -> Pointer {
    definition.at.at(&["properties", wire])
}

/// The name on the wire and the type.
fn described(field: &Field) -> String {
    let required = if field.required { ", required" } else { "" };
    format!("{}: {}{required}", field.wire, field.type_text())
}

fn gone(definition: &Struct) -> &'static str {
    match definition.direction {
        Direction::Response => "code that reads it does not compile",
        _ => "code that sets or reads it does not compile",
    }
}

/// What happens to `Default`, for a struct that goes the same way as before.
fn default(old: &Struct, new: &Struct) -> &'static str {
    match (old.has_default, new.has_default) {
        (true, false) if old.direction == new.direction => ", and `Default` is gone",
        (false, true) if old.direction == new.direction => ", and there is `Default`",
        _ => "",
    }
}

/// A field that both have.
fn both(place: &Place<'_>, old: &Field, is_same_name: bool, renamed: &Pairs, changes: &mut Vec<Change>) {
    let new = place.field;
    if is_same_name && (&old.ident, &old.setter) != (&new.ident, &new.setter) {
        let shown = |field: &Field| format!("{}, set by {}()", field.ident, field.setter);
        let change = place.change(ChangeKind::FieldName, Impact::Breaking, gone(place.new));
        changes.push(change.was(shown(old)).is(shown(new)));
    }
    let is_same_type = rust::same(&old.ty, &new.ty, renamed);
    if !is_same_type {
        let reason = "code that reads or sets it by its type does not compile";
        let change = place.change(ChangeKind::FieldType, Impact::Breaking, reason);
        changes.push(change.was(old.type_text()).is(new.type_text()));
    }
    presence(place, old, is_same_type, changes);
    facts(place, &old.facts, &new.facts, is_same_type, changes);
}

/// Required and nullable. They make a difference to what is sent; an answer may lack anything.
fn presence(place: &Place<'_>, old: &Field, is_same_type: bool, changes: &mut Vec<Change>) {
    let new = place.field;
    let is_by_direction = place.old.direction != place.new.direction;
    let (is_argument, is_type) = (old.required != new.required, old.presence != new.presence);
    let nullable = old.facts.nullable != new.facts.nullable;
    let class = |is_seen| if is_seen { Impact::Breaking } else { Impact::Internal };
    let argument = match (old.required, new.required) {
        (false, true) => format!("`new` takes it{}", default(place.old, place.new)),
        (true, false) => format!("`new` does not take it any more{}", default(place.old, place.new)),
        _ => String::new(),
    };
    // A model that was not made from a description may lack the facts.
    let is_left = (is_argument || is_type) && !nullable && is_same_type && !is_by_direction;
    if old.facts.required != new.facts.required || is_left {
        let reason = match (is_argument, is_type && !nullable) {
            (true, _) => argument.as_str(),
            (false, true) => "its type tells absence in another way",
            (false, false) => "its type and `new` stay as they are",
        };
        let shown = |field: &Field| {
            let required = if field.facts.required { "required" } else { "optional" };
            format!("{required}, {}", field.type_text())
        };
        let change =
            place.change(ChangeKind::FieldRequired, class(is_argument || (is_type && !nullable)), reason);
        changes.push(change.was(shown(old)).is(shown(new)));
    }
    if nullable {
        let mut reason = match (new.facts.nullable, is_type) {
            (true, true) => "its type tells null apart from absent".to_owned(),
            (false, true) => "its type does not tell null apart from absent any more".to_owned(),
            (_, false) => "its type stays as it is: null is read as absent".to_owned(),
        };
        if is_argument && old.facts.required == new.facts.required {
            reason = format!("{reason}, and {argument}");
        }
        let shown = |field: &Field| {
            let nullable = if field.facts.nullable { "nullable" } else { "never null" };
            format!("{nullable}, {}", field.type_text())
        };
        let change = place.change(ChangeKind::FieldNullable, class(is_type || is_argument), &reason);
        changes.push(change.was(shown(old)).is(shown(new)));
    }
}

/// What only the server acts on, and the documentation tells.
fn facts(
    place: &Place<'_>,
    old: &Constraints,
    new: &Constraints,
    is_same_type: bool,
    changes: &mut Vec<Change>,
) {
    let none = || "none".to_owned();
    if old.default != new.default {
        let reason =
            "the server takes it for callers of every version of the crate; its documentation says so";
        let shown = |facts: &Constraints| facts.default.as_ref().map_or_else(none, ToString::to_string);
        let change = place.change(ChangeKind::FieldDefault, Impact::Additive, reason);
        changes.push(change.was(shown(old)).is(shown(new)));
    }
    if old.deprecated != new.deprecated {
        let shown = |facts: &Constraints| if facts.deprecated { "deprecated" } else { "not deprecated" };
        let reason = "only its documentation says so";
        let change = place.change(ChangeKind::FieldDeprecated, Impact::Additive, reason);
        changes.push(change.was(shown(old)).is(shown(new)));
    }
    if old.limits != new.limits {
        let reason = "the crate enforces no limit; its documentation says so";
        let change = place.change(ChangeKind::FieldLimits, Impact::Additive, reason);
        changes.push(change.was(limits(&old.limits)).is(limits(&new.limits)));
    }
    if !is_same_type {
        return;
    }
    if old.format != new.format {
        let change = place.change(ChangeKind::FieldFormat, Impact::Internal, "the type is the same");
        let shown = |facts: &Constraints| facts.format.clone().unwrap_or_else(none);
        changes.push(change.was(shown(old)).is(shown(new)));
    }
    if old.elements != new.elements {
        let shown = |(format, found): &(Option<String>, Vec<Limit>)| {
            let format = format.as_ref().map(|format| format!("format {format}"));
            let found = (!found.is_empty()).then(|| limits(found));
            let all: Vec<String> = format.into_iter().chain(found).collect();
            if all.is_empty() { none() } else { all.join(", ") }
        };
        let reason = "the crate enforces no limit, and the type is the same";
        let change = place.change(ChangeKind::FieldElements, Impact::Internal, reason);
        changes.push(change.was(shown(&old.elements)).is(shown(&new.elements)));
    }
}

fn limits(limits: &[Limit]) -> String {
    if limits.is_empty() {
        return "none".to_owned();
    }
    let shown = limits.iter().map(|Limit { kind, value }| format!("{} {value}", kind.name()));
    shown.collect::<Vec<_>>().join(", ")
}

/// The order of what `new` takes, as far as both versions take it.
fn arguments(old: &Struct, new: &Struct, both: &[(&Field, &Field, How)], changes: &mut Vec<Change>) {
    let kept = |(old, new, _): &&(&Field, &Field, How)| old.required && new.required;
    let before: Vec<&str> = {
        let names: BTreeMap<&str, &str> =
            both.iter().filter(kept).map(|(old, new, _)| (old.wire.as_str(), new.wire.as_str())).collect();
        old.fields.iter().filter_map(|field| names.get(field.wire.as_str()).copied()).collect()
    };
    let after = new.fields.iter().map(|field| field.wire.as_str()).filter(|wire| before.contains(wire));
    if before.iter().copied().eq(after) {
        return;
    }
    let required = |definition: &Struct| rust::new(definition.fields.iter().filter(|field| field.required));
    let path = format!("types::{}::new", new.name);
    let reason = "arguments of one type would change places without an error";
    let change = Change::new(ChangeKind::Arguments, Impact::Breaking, path, &new.at, reason);
    changes.push(change.was(required(old)).is(required(new)));
}

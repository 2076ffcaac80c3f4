//! Compares the fields of a struct.

use std::collections::BTreeMap;

use super::change::{Change, ChangeKind, Impact};
use super::renames::{self, Renames};
use crate::diagnostics::Pointer;
use crate::ir::{Constraints, Constructor, Direction, Field, Limit, Struct};

/// The minimum similarity of the names of fields with the same type.
const MIN_SIMILARITY: f64 = 0.5;

pub(super) fn compare(old: &Struct, new: &Struct, renamed: &Renames, changes: &mut Vec<Change>) {
    let matched = Matched::new(old, new, renamed);
    for pair in &matched.pairs {
        let comparison = Comparison { old, new, pair };
        changes.extend(comparison.name());
        changes.extend(comparison.ty(renamed));
        changes.extend(comparison.required(renamed));
        changes.extend(comparison.nullable());
        comparison.constraints(renamed, changes);
    }
    changes.extend(matched.removed.iter().map(|field| removed(old, new, field)));
    changes.extend(matched.added.iter().map(|field| added(old, new, field)));
    changes.extend(argument_order(old, new, &matched.pairs));
}

/// The fields whose types express absence differently because the direction of the struct changed.
pub(super) fn with_other_presence(old: &Struct, new: &Struct, renamed: &Renames) -> Vec<String> {
    let pairs = Matched::new(old, new, renamed).pairs.into_iter();
    let other = pairs.filter(|Pair { old, new, .. }| {
        old.presence != new.presence
            && renamed.is_same_type(&old.ty, &new.ty)
            && (old.facts.required, old.facts.nullable) == (new.facts.required, new.facts.nullable)
    });
    other.map(|pair| pair.new.ident.clone()).collect()
}

/// How an old and a new field were identified as the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MatchedBy {
    WireName,
    RustName,
    /// By type and similar name: it appears to be renamed.
    Similarity,
}

/// A field in both versions.
struct Pair<'a> {
    old: &'a Field,
    new: &'a Field,
    matched_by: MatchedBy,
}

/// The fields of two versions of a struct.
struct Matched<'a> {
    pairs: Vec<Pair<'a>>,
    removed: Vec<&'a Field>,
    added: Vec<&'a Field>,
}

impl<'a> Matched<'a> {
    fn new(old: &'a Struct, new: &'a Struct, renamed: &Renames) -> Self {
        let mut matched = Self {
            pairs: Vec::new(),
            removed: old.fields.iter().collect(),
            added: new.fields.iter().collect(),
        };
        matched.take(MatchedBy::WireName, |old, new| old.wire == new.wire);
        matched.take(MatchedBy::RustName, |old, new| old.ident == new.ident);
        let similar = matched.similar(old, new, renamed);
        matched.take(MatchedBy::Similarity, |old, new| {
            similar.has_old(&old.wire) && similar.is_same(&old.wire, &new.wire)
        });
        matched
    }

    /// Moves the fields that are the same from `removed` and `added` to `pairs`.
    fn take(&mut self, matched_by: MatchedBy, is_same: impl Fn(&Field, &Field) -> bool) {
        let Self { pairs, removed, added } = self;
        removed.retain(|old| {
            let Some(found) = added.iter().position(|new| is_same(old, new)) else { return true };
            pairs.push(Pair { old, new: added.remove(found), matched_by });
            false
        });
    }

    /// Unmatched fields that appear to be renamed: same type, and similar names or the same position.
    fn similar(&self, old: &Struct, new: &Struct, renamed: &Renames) -> Renames {
        let names = |fields: &[&'a Field]| fields.iter().map(|field| field.wire.as_str()).collect();
        let (removed, added): (Vec<&str>, Vec<&str>) = (names(&self.removed), names(&self.added));
        let is_only_pair = removed.len() == 1 && added.len() == 1;
        let position =
            |definition: &Struct, wire: &str| definition.fields.iter().position(|field| field.wire == wire);
        renames::pair(&removed, &added, |old_name, new_name| {
            let (old_position, new_position) = (position(old, old_name)?, position(new, new_name)?);
            let (old, new) = (old.fields.get(old_position)?, new.fields.get(new_position)?);
            let is_same_type = renamed.is_same_type(&old.ty, &new.ty)
                && (old.presence, old.required) == (new.presence, new.required);
            let score = renames::similarity(old_name, new_name);
            let is_same_position = is_only_pair && old_position == new_position;
            (is_same_type && (score >= MIN_SIMILARITY || is_same_position)).then_some(score)
        })
    }
}

/// Compares a field that both versions have.
struct Comparison<'a> {
    old: &'a Struct,
    new: &'a Struct,
    pair: &'a Pair<'a>,
}

impl Comparison<'_> {
    fn change(&self, kind: ChangeKind, impact: Impact, reason: &str) -> Change {
        let field = self.pair.new;
        Change::new(kind, impact, path(self.new, field), &at(self.new, field), reason)
    }

    fn name(&self) -> Option<Change> {
        let Pair { old, new, matched_by } = self.pair;
        let old_at = at(self.old, old);
        match matched_by {
            MatchedBy::WireName if (&old.ident, &old.setter) == (&new.ident, &new.setter) => None,
            MatchedBy::WireName => {
                let shown = |field: &Field| format!("{}, set by {}()", field.ident, field.setter);
                let change = self.change(ChangeKind::FieldName, Impact::Breaking, use_reason(self.new));
                Some(change.with_old(shown(old)).with_new(shown(new)))
            }
            MatchedBy::RustName => {
                let reason = "data serialized under the old name is not read";
                let change = self.change(ChangeKind::FieldWire, Impact::Breaking, reason);
                Some(change.with_old_at(&old_at).with_old(&old.wire).with_new(&new.wire))
            }
            MatchedBy::Similarity => {
                let change = self.change(ChangeKind::FieldRenamed, Impact::Breaking, use_reason(self.new));
                Some(change.with_old_at(&old_at).with_old(summary(old)).with_new(summary(new)))
            }
        }
    }

    fn ty(&self, renamed: &Renames) -> Option<Change> {
        let Pair { old, new, .. } = self.pair;
        if renamed.is_same_type(&old.ty, &new.ty) {
            return None;
        }
        let reason = "code that depends on the type of the field does not compile";
        let change = self.change(ChangeKind::FieldType, Impact::Breaking, reason);
        Some(change.with_old(old.type_text()).with_new(new.type_text()))
    }

    /// How the arguments of `new` change. `None` if they do not.
    fn argument_reason(&self) -> Option<String> {
        let default = default_reason(self.old, self.new);
        match (self.pair.old.required, self.pair.new.required) {
            (false, true) => Some(format!("`new` takes it{default}")),
            (true, false) => Some(format!("`new` no longer takes it{default}")),
            _ => None,
        }
    }

    /// Required or optional. Visible to callers where the field is sent; any field of a response may be missing.
    fn required(&self, renamed: &Renames) -> Option<Change> {
        let Pair { old, new, .. } = self.pair;
        let is_nullable_changed = old.facts.nullable != new.facts.nullable;
        // A change of nullability or direction explains another presence, and is reported there.
        let has_other_presence = old.presence != new.presence && !is_nullable_changed;
        let argument = self.argument_reason();
        if old.facts.required == new.facts.required {
            let is_explained = is_nullable_changed
                || !renamed.is_same_type(&old.ty, &new.ty)
                || self.old.direction != self.new.direction;
            if is_explained || (argument.is_none() && !has_other_presence) {
                return None;
            }
        }
        let (impact, reason) = match argument {
            Some(reason) => (Impact::Breaking, reason),
            None if has_other_presence => {
                (Impact::Breaking, "the type expresses absence differently".to_owned())
            }
            None => (Impact::Internal, "the type and `new` do not change".to_owned()),
        };
        let shown = |field: &Field| {
            let required = if field.facts.required { "required" } else { "optional" };
            format!("{required}, {}", field.type_text())
        };
        let change = self.change(ChangeKind::FieldRequired, impact, &reason);
        Some(change.with_old(shown(old)).with_new(shown(new)))
    }

    fn nullable(&self) -> Option<Change> {
        let Pair { old, new, .. } = self.pair;
        if old.facts.nullable == new.facts.nullable {
            return None;
        }
        let has_other_presence = old.presence != new.presence;
        let argument = self.argument_reason();
        let impact =
            if has_other_presence || argument.is_some() { Impact::Breaking } else { Impact::Internal };
        let mut reason = match (new.facts.nullable, has_other_presence) {
            (true, true) => "the type distinguishes null from absent".to_owned(),
            (false, true) => "the type no longer distinguishes null from absent".to_owned(),
            (_, false) => "the type does not change: null is read as absent".to_owned(),
        };
        // Otherwise the change of `required` gives that reason.
        if let Some(argument) = argument.filter(|_| old.facts.required == new.facts.required) {
            reason = format!("{reason}, and {argument}");
        }
        let shown = |field: &Field| {
            let nullable = if field.facts.nullable { "nullable" } else { "not nullable" };
            format!("{nullable}, {}", field.type_text())
        };
        let change = self.change(ChangeKind::FieldNullable, impact, &reason);
        Some(change.with_old(shown(old)).with_new(shown(new)))
    }

    /// Constraints that only the server enforces and the documentation states.
    fn constraints(&self, renamed: &Renames, changes: &mut Vec<Change>) {
        let Pair { old: old_field, new: new_field, .. } = self.pair;
        let (old, new) = (&old_field.facts, &new_field.facts);
        if old.default != new.default {
            let reason = "the server applies it for callers of every version of the crate; the documentation states it";
            let change = self.change(ChangeKind::FieldDefault, Impact::Additive, reason);
            changes.push(change.with_old(default_text(old)).with_new(default_text(new)));
        }
        if old.deprecated != new.deprecated {
            let shown = |facts: &Constraints| if facts.deprecated { "deprecated" } else { "not deprecated" };
            let reason = "only the documentation changes";
            let change = self.change(ChangeKind::FieldDeprecated, Impact::Additive, reason);
            changes.push(change.with_old(shown(old)).with_new(shown(new)));
        }
        if old.limits != new.limits {
            let reason = "the crate enforces no limits; the documentation states them";
            let change = self.change(ChangeKind::FieldLimits, Impact::Additive, reason);
            changes.push(change.with_old(limits_text(&old.limits)).with_new(limits_text(&new.limits)));
        }
        // Another type explains the rest.
        if !renamed.is_same_type(&old_field.ty, &new_field.ty) {
            return;
        }
        if old.format != new.format {
            let shown = |facts: &Constraints| facts.format.clone().unwrap_or_else(|| NONE.to_owned());
            let change = self.change(ChangeKind::FieldFormat, Impact::Internal, "the type does not change");
            changes.push(change.with_old(shown(old)).with_new(shown(new)));
        }
        if old.elements != new.elements {
            let reason = "the crate enforces no limits, and the type does not change";
            let change = self.change(ChangeKind::FieldElements, Impact::Internal, reason);
            changes
                .push(change.with_old(elements_text(&old.elements)).with_new(elements_text(&new.elements)));
        }
    }
}

/// Stands for a constraint that is absent.
const NONE: &str = "none";

fn path(definition: &Struct, field: &Field) -> String {
    format!("types::{}::{}", definition.name, field.ident)
}

fn at(definition: &Struct, field: &Field) -> Pointer {
    definition.at.at(&["properties", &field.wire])
}

fn removed(old: &Struct, new: &Struct, field: &Field) -> Change {
    let argument = if field.required { ", and `new` takes one argument fewer" } else { "" };
    let reason = format!("{}{argument}{}", use_reason(old), default_reason(old, new));
    let change =
        Change::new(ChangeKind::FieldRemoved, Impact::Breaking, path(new, field), &at(old, field), reason);
    change.with_old(summary(field))
}

fn added(old: &Struct, new: &Struct, field: &Field) -> Change {
    let (impact, reason) = if field.required {
        (Impact::Breaking, format!("`new` takes one more argument{}", default_reason(old, new)))
    } else {
        (Impact::Additive, "the struct is `#[non_exhaustive]`".to_owned())
    };
    let change = Change::new(ChangeKind::FieldAdded, impact, path(new, field), &at(new, field), reason);
    change.with_new(summary(field))
}

/// The wire name and the type.
fn summary(field: &Field) -> String {
    let required = if field.required { ", required" } else { "" };
    format!("{}: {}{required}", field.wire, field.type_text())
}

fn use_reason(definition: &Struct) -> &'static str {
    match definition.direction {
        Direction::Response => "code that reads it does not compile",
        Direction::Request | Direction::Both => "code that sets or reads it does not compile",
    }
}

/// How `Default` changes, for a struct of the same direction as before.
fn default_reason(old: &Struct, new: &Struct) -> &'static str {
    if old.direction != new.direction {
        return "";
    }
    match (old.has_default, new.has_default) {
        (true, false) => ", and `Default` is no longer implemented",
        (false, true) => ", and `Default` is implemented",
        _ => "",
    }
}

fn default_text(facts: &Constraints) -> String {
    facts.default.as_ref().map_or_else(|| NONE.to_owned(), ToString::to_string)
}

fn limits_text(limits: &[Limit]) -> String {
    if limits.is_empty() {
        return NONE.to_owned();
    }
    let shown = limits.iter().map(|Limit { kind, value }| format!("{} {value}", kind.name()));
    shown.collect::<Vec<_>>().join(", ")
}

fn elements_text((format, limits): &(Option<String>, Vec<Limit>)) -> String {
    let format = format.as_ref().map(|format| format!("format {format}"));
    let limits = (!limits.is_empty()).then(|| limits_text(limits));
    let parts: Vec<String> = format.into_iter().chain(limits).collect();
    if parts.is_empty() { NONE.to_owned() } else { parts.join(", ") }
}

/// The order of the arguments of `new`, as far as both versions take them.
fn argument_order(old: &Struct, new: &Struct, pairs: &[Pair<'_>]) -> Option<Change> {
    // Named arguments have no order. Where only one version names them, a required field changed, too.
    if [old, new].iter().any(|definition| matches!(definition.constructor(), Constructor::Named(_))) {
        return None;
    }
    let kept: BTreeMap<&str, &str> = pairs
        .iter()
        .filter(|pair| pair.old.required && pair.new.required)
        .map(|pair| (pair.old.wire.as_str(), pair.new.wire.as_str()))
        .collect();
    let old_order: Vec<&str> =
        old.fields.iter().filter_map(|field| kept.get(field.wire.as_str()).copied()).collect();
    let new_order = new.fields.iter().map(|field| field.wire.as_str());
    if new_order.filter(|wire| old_order.contains(wire)).eq(old_order.iter().copied()) {
        return None;
    }
    let path = format!("types::{}::new", new.name);
    let reason = "the arguments of the constructor are in another order";
    let change = Change::new(ChangeKind::Arguments, Impact::Breaking, path, &new.at, reason);
    Some(change.with_old(constructor(old)).with_new(constructor(new)))
}

/// The constructor with its arguments.
fn constructor(definition: &Struct) -> String {
    let required = definition.fields.iter().filter(|field| field.required);
    let arguments: Vec<&str> = required.map(|field| field.ident.as_str()).collect();
    format!("new({})", arguments.join(", "))
}

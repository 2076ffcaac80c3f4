//! Types: which there are, what kind each is, which way it travels.

use super::index::{Index, only_in};
use super::renames::Pairs;
use super::{Change, ChangeKind, Impact, fields, rust, values};
use crate::ir::{Alias, Direction, Struct, TypeDef};

/// Names of fields that a reason gives at most.
const FEW: usize = 4;

pub(super) fn compare(old: &Index<'_>, new: &Index<'_>, renamed: &Pairs, changes: &mut Vec<Change>) {
    for (name, (module, definition)) in &old.types {
        let paired = renamed.iter().find(|(old, _)| old == name).map(|(_, new)| new);
        match new.types.get(paired.unwrap_or(name)) {
            Some((new_module, new)) => {
                if paired.is_some() {
                    let reason =
                        "the old name is gone; the new one has the same content, but for what is told below";
                    let change =
                        Change::new(ChangeKind::TypeRenamed, Impact::Breaking, path(new), new.at(), reason);
                    changes.push(change.from(definition.at()).was(path(definition)).is(path(new)));
                }
                both(definition, new, renamed, changes);
                if module != new_module {
                    let reason = "every type is one of `types`, whatever file it is in";
                    let change =
                        Change::new(ChangeKind::TypeMoved, Impact::Internal, path(new), new.at(), reason);
                    changes.push(change.was(*module).is(*new_module));
                }
            }
            None => {
                let change = Change::new(
                    ChangeKind::TypeRemoved,
                    Impact::Breaking,
                    path(definition),
                    definition.at(),
                    "code that names it does not compile",
                );
                changes.push(change.was(kind(definition)));
            }
        }
    }
    for name in only_in(&new.types, &old.types, |name| renamed.has_new(name)) {
        let Some((_, definition)) = new.types.get(name) else { continue };
        let (path, at) = (path(definition), definition.at());
        let change = Change::new(ChangeKind::TypeAdded, Impact::Additive, path, at, "a new name");
        changes.push(change.is(kind(definition)));
    }
}

pub(super) fn path(definition: &TypeDef) -> String {
    format!("types::{}", definition.name())
}

fn kind(definition: &TypeDef) -> &'static str {
    match definition {
        TypeDef::Struct(_) => "struct",
        TypeDef::Enum(_) => "enum",
        TypeDef::Alias(_) => "alias",
    }
}

/// A type that both have.
fn both(old: &TypeDef, new: &TypeDef, renamed: &Pairs, changes: &mut Vec<Change>) {
    match (old, new) {
        (TypeDef::Struct(old), TypeDef::Struct(new)) => {
            if old.direction != new.direction {
                changes.push(direction(old, new, renamed));
            }
            fields::compare(old, new, renamed, changes);
        }
        (TypeDef::Enum(old), TypeDef::Enum(new)) => values::compare(old, new, changes),
        (TypeDef::Alias(Alias { ty: old, .. }), TypeDef::Alias(Alias { ty, .. })) => {
            if !rust::same(old, ty, renamed) {
                let reason = "it is another name for another type";
                let change =
                    Change::new(ChangeKind::TypeAlias, Impact::Breaking, path(new), new.at(), reason);
                changes.push(change.was(old.to_string()).is(ty.to_string()));
            }
        }
        _ => {
            let reason = "nothing of the old interface is left but the name";
            let change = Change::new(ChangeKind::TypeKind, Impact::Breaking, path(new), new.at(), reason);
            changes.push(change.was(kind(old)).is(kind(new)));
        }
    }
}

/// What a struct can do depends on its way: `new`, setters and `Serialize` are for what is sent, `Deserialize` for
/// what is received, and fields tell absence differently.
fn direction(old: &Struct, new: &Struct, renamed: &Pairs) -> Change {
    let sent = |definition: &Struct| definition.direction != Direction::Response;
    let received = |definition: &Struct| definition.direction != Direction::Request;
    let (mut gone, mut gained) = (Vec::new(), Vec::new());
    match (sent(old), sent(new)) {
        (true, false) => gone.push("`new`, the setters and `Serialize` are gone".to_owned()),
        (false, true) => gained.push("it has `new`, setters and `Serialize`".to_owned()),
        _ => {}
    }
    match (received(old), received(new)) {
        (true, false) => gone.push("`Deserialize` is gone".to_owned()),
        (false, true) => gained.push("it has `Deserialize`".to_owned()),
        _ => {}
    }
    let other = fields::presence_by_direction(old, new, renamed);
    if !other.is_empty() {
        let shown: Vec<String> = other.iter().take(FEW).map(|ident| format!("`{ident}`")).collect();
        let more = other.len().saturating_sub(FEW);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        gone.push(format!("the types of {}{more} tell absence in another way", shown.join(", ")));
    }
    // A constructor that loses its arguments along the way is one of these: nothing is left out.
    let class = if gone.is_empty() { Impact::Additive } else { Impact::Breaking };
    let all: Vec<String> = gone.into_iter().chain(gained).collect();
    let path = format!("types::{}", new.name);
    let change = Change::new(ChangeKind::TypeDirection, class, path, &new.at, all.join("; "));
    change.was(way(old.direction)).is(way(new.direction))
}

fn way(direction: Direction) -> &'static str {
    match direction {
        Direction::Request => "sent",
        Direction::Response => "received",
        Direction::Both => "sent and received",
    }
}

//! The entry of CHANGELOG.md for an import.

use std::collections::HashSet;

use osc_codegen::{Change, ChangeKind, Diff, Impact, visible};

use crate::spec_source::SpecSource;

/// The width of CHANGELOG.md.
const WIDTH: usize = 120;

/// The sections of an entry, in their order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum EntrySection {
    Breaking,
    Deprecated,
    Changed,
    Added,
}

/// The entry, ready to be pasted.
pub(super) fn entry(source: &SpecSource, diff: &Diff) -> String {
    let aside = if source.label() == source.version {
        String::new()
    } else {
        format!(" (`info.version` {})", visible(&source.version))
    };
    let mut text = format!("Generated from API {}{aside}.\n", visible(source.label()));
    let sections = [
        ("Breaking", EntrySection::Breaking),
        ("Deprecated", EntrySection::Deprecated),
        ("Changed", EntrySection::Changed),
        ("Added", EntrySection::Added),
    ];
    for (title, section) in sections {
        let changes: Vec<&Change> =
            diff.changes.iter().filter(|change| section_of(change) == Some(section)).collect();
        let groups = groups(&changes);
        if !groups.is_empty() {
            text.push_str(&format!("\n### {title}\n"));
            groups.iter().for_each(|group| text.push_str(&wrapped(&group.line())));
        }
    }
    text
}

/// Changes of one kind and reason.
pub(super) struct Group<'a> {
    pub(super) first: &'a Change,
    pub(super) changes: Vec<&'a Change>,
}

/// Groups changes by kind and reason. Leaves out the requests and responses of new and removed actions.
pub(super) fn groups<'a>(changes: &[&'a Change]) -> Vec<Group<'a>> {
    let bodies = bodies(changes);
    let is_body = |change: &Change| {
        matches!(change.kind, ChangeKind::TypeAdded | ChangeKind::TypeRemoved)
            && bodies.contains(short_path(change))
    };
    let mut groups: Vec<Group<'a>> = Vec::new();
    for change in changes.iter().filter(|change| !is_body(change)) {
        let is_same = |group: &&mut Group<'_>| {
            let first = group.first;
            (first.kind, first.impact, &first.reason) == (change.kind, change.impact, &change.reason)
        };
        match groups.iter_mut().find(is_same) {
            Some(group) => group.changes.push(change),
            None => groups.push(Group { first: change, changes: vec![change] }),
        }
    }
    groups
}

impl Group<'_> {
    fn line(&self) -> String {
        let kind = self.first.kind.to_string();
        let mut letters = kind.chars();
        let kind = letters.next().map(|letter| letter.to_ascii_uppercase().to_string() + letters.as_str());
        // An addition needs no reason.
        let reason = match self.first.impact {
            Impact::Breaking => format!(": {}", self.first.reason),
            Impact::Additive | Impact::Internal => String::new(),
        };
        let names: Vec<String> = self.changes.iter().map(|change| named(change)).collect();
        format!("{}: {}{reason}.", kind.unwrap_or_default(), names.join(", "))
    }
}

/// The path as callers usually write it.
pub(super) fn short_path(change: &Change) -> &str {
    change.path.strip_prefix("types::").unwrap_or(&change.path)
}

fn section_of(change: &Change) -> Option<EntrySection> {
    match change.impact {
        Impact::Breaking => Some(EntrySection::Breaking),
        Impact::Internal => None,
        Impact::Additive => Some(match change.kind {
            ChangeKind::ActionDeprecated | ChangeKind::FieldDeprecated
                if change.new.as_deref() == Some("deprecated") =>
            {
                EntrySection::Deprecated
            }
            ChangeKind::ActionAdded
            | ChangeKind::TypeAdded
            | ChangeKind::FieldAdded
            | ChangeKind::ValueAdded
            | ChangeKind::WaiterAdded
            | ChangeKind::CodeAdded => EntrySection::Added,
            _ => EntrySection::Changed,
        }),
    }
}

/// The names of the requests and responses of new and removed actions.
fn bodies<'a>(changes: &[&'a Change]) -> HashSet<&'a str> {
    let actions = changes
        .iter()
        .filter(|change| matches!(change.kind, ChangeKind::ActionAdded | ChangeKind::ActionRemoved));
    actions
        .flat_map(|action| action.old.iter().chain(&action.new))
        .flat_map(|bodies| bodies.split(" -> "))
        .collect()
}

/// The path, with the old and the new state of a change that has both.
fn named(change: &Change) -> String {
    let name = code(short_path(change));
    match (&change.old, &change.new) {
        // The heading says it.
        (_, Some(new)) if new == "deprecated" => name,
        (Some(old), Some(new)) => format!("{name} ({} → {})", code(old), code(new)),
        _ => name,
    }
}

fn code(text: &str) -> String {
    format!("`{}`", visible(text).replace('`', "'"))
}

/// An item of a list, wrapped.
fn wrapped(item: &str) -> String {
    let mut text = "-".to_owned();
    let mut width = 1;
    for word in item.split(' ') {
        let length = word.chars().count();
        if width + 1 + length > WIDTH {
            text.push_str("\n ");
            width = 1;
        }
        text.push(' ');
        text.push_str(word);
        width += 1 + length;
    }
    text.push('\n');
    text
}

//! The entry of CHANGELOG.md for what an import changes.

use std::collections::HashSet;

use osc_codegen::{Change, ChangeKind, Diff, Impact, visible};

use crate::spec_source::Origin;

/// As wide as the rest of CHANGELOG.md.
const WIDTH: usize = 120;

/// The entry, ready to paste.
pub(super) fn entry(origin: &Origin, diff: &Diff) -> String {
    let aside = if origin.label() == origin.version {
        String::new()
    } else {
        format!(" (whose description says {})", visible(&origin.version))
    };
    let mut text = format!("Generated from API {}{aside}.\n", visible(origin.label()));
    for (title, class) in [("Breaking", Impact::Breaking), ("Added", Impact::Additive)] {
        let changes: Vec<&Change> = diff.with_impact(class).collect();
        let lines = lines(&changes);
        if !lines.is_empty() {
            text.push_str(&format!("\n### {title}\n"));
            lines.iter().for_each(|line| text.push_str(&wrapped(line)));
        }
    }
    text
}

/// One line for each kind and reason, with all names that it is about.
fn lines(changes: &[&Change]) -> Vec<String> {
    let bodies = bodies(changes);
    let told = changes.iter().filter(|change| {
        !(change.kind == ChangeKind::TypeAdded || change.kind == ChangeKind::TypeRemoved)
            || !bodies.contains(shown(change))
    });
    let mut groups: Vec<(&Change, Vec<String>)> = Vec::new();
    for change in told {
        let is_like = |(first, _): &&mut (&Change, Vec<String>)| {
            (first.kind, first.impact, &first.reason) == (change.kind, change.impact, &change.reason)
        };
        match groups.iter_mut().find(is_like) {
            Some((_, names)) => names.push(named(change)),
            None => groups.push((change, vec![named(change)])),
        }
    }
    groups.iter().map(|(first, names)| line(first, names)).collect()
}

/// The requests and answers of new and removed actions: the action says it all.
fn bodies<'a>(changes: &[&'a Change]) -> HashSet<&'a str> {
    let actions = changes
        .iter()
        .filter(|change| matches!(change.kind, ChangeKind::ActionAdded | ChangeKind::ActionRemoved));
    actions
        .flat_map(|action| action.old.iter().chain(&action.new))
        .flat_map(|bodies| bodies.split(" -> "))
        .collect()
}

fn line(first: &Change, names: &[String]) -> String {
    let kind = first.kind.to_string();
    let mut letters = kind.chars();
    let kind = letters.next().map(|letter| letter.to_ascii_uppercase().to_string() + letters.as_str());
    // What is new needs no reason.
    let reason = match first.impact {
        Impact::Breaking => format!(": {}", first.reason),
        Impact::Additive | Impact::Internal => String::new(),
    };
    format!("{}: {}{reason}.", kind.unwrap_or_default(), names.join(", "))
}

/// The name, and what it was and is where it still is.
fn named(change: &Change) -> String {
    let name = code(shown(change));
    match (&change.old, &change.new) {
        (Some(old), Some(new)) => format!("{name} ({} → {})", code(old), code(new)),
        _ => name,
    }
}

/// The path as callers write it mostly.
fn shown(change: &Change) -> &str {
    change.path.strip_prefix("types::").unwrap_or(&change.path)
}

fn code(text: &str) -> String {
    format!("`{}`", visible(text).replace('`', "'"))
}

/// A point of a list, in lines of the file's width.
fn wrapped(point: &str) -> String {
    let mut text = "-".to_owned();
    let mut width = 1;
    for word in point.split(' ') {
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

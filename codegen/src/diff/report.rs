//! The report of a comparison: as text, Markdown and JSON. Changes of the same kind and reason form a group.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::change::{Change, ChangeKind, Diff, Impact};
use crate::diagnostics::visible;

/// Columns of a terminal.
const WIDTH: usize = 110;

/// The width of the column of paths; longer paths extend beyond it.
const MAX_PATH_WIDTH: usize = 56;

/// The number of changes of one impact above which Markdown folds them.
const MAX_UNFOLDED: usize = 25;

impl Diff {
    /// The report for a terminal. `current` is the version of the crate, if known.
    pub fn text(&self, current: Option<&str>) -> String {
        text(self, current)
    }

    /// The report as Markdown.
    pub fn markdown(&self, current: Option<&str>) -> String {
        markdown(self, current)
    }

    /// The report as one JSON object.
    pub fn json(&self, current: Option<&str>) -> String {
        json_text(self, current)
    }
}

fn text(diff: &Diff, current: Option<&str>) -> String {
    let mut text =
        format!("API {} -> {}: {}\n", visible(&diff.old_version), visible(&diff.new_version), diff.counts());
    for impact in Impact::ALL {
        let changes: Vec<&Change> = diff.with_impact(impact).collect();
        if changes.is_empty() {
            continue;
        }
        text.push_str(&format!("\n{}\n", impact.to_string().to_uppercase()));
        for group in groups(&changes) {
            text_group(&group, &changes, &mut text);
        }
    }
    text.push_str(&format!("\n{}\n", diff.bump(current)));
    text
}

/// Changes grouped by kind and reason, in the order of the first change of each group.
fn groups<'a>(changes: &[&'a Change]) -> Vec<Vec<&'a Change>> {
    let mut groups: Vec<Vec<&Change>> = Vec::new();
    for change in changes {
        let is_same = |group: &&mut Vec<&Change>| {
            group.first().is_some_and(|first| (first.kind, &first.reason) == (change.kind, &change.reason))
        };
        match groups.iter_mut().find(is_same) {
            Some(group) => group.push(change),
            None => groups.push(vec![change]),
        }
    }
    groups
}

fn text_group(changes: &[&Change], all: &[&Change], text: &mut String) {
    let Some(first) = changes.first() else { return };
    let count = if changes.len() > 1 { format!(" ({})", changes.len()) } else { String::new() };
    text.push_str(&format!("  {}{count}: {}\n", first.kind, first.reason));
    if first.kind.has_path_only() {
        return paths(changes, all, text);
    }
    let longest = changes.iter().map(|change| change.path.chars().count()).max().unwrap_or_default();
    let width = longest.min(MAX_PATH_WIDTH);
    for change in changes {
        let line = format!("    {:width$}  {}", visible(&change.path), visible(&transition(change)));
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

/// Paths without states, wrapped. The requests and responses of actions in the same report are only counted.
fn paths(changes: &[&Change], all: &[&Change], text: &mut String) {
    let actions = all
        .iter()
        .filter(|change| matches!(change.kind, ChangeKind::ActionAdded | ChangeKind::ActionRemoved));
    let bodies = actions.flat_map(|action| action.old.iter().chain(&action.new));
    let bodies: HashSet<&str> = bodies.flat_map(|bodies| bodies.split(" -> ")).collect();
    let is_body = |path: &str| path.strip_prefix("types::").is_some_and(|name| bodies.contains(name));
    let (above, names): (Vec<&str>, Vec<&str>) =
        changes.iter().map(|change| change.path.as_str()).partition(|path| is_body(path));
    let above = match above.len() {
        0 => None,
        count if names.is_empty() => Some(format!("{count} requests and responses of the actions above")),
        count => Some(format!("and {count} requests and responses of the actions above")),
    };
    let mut line = String::new();
    for name in names.into_iter().map(visible).chain(above) {
        if !line.is_empty() && line.chars().count() + name.chars().count() + 7 > WIDTH {
            text.push_str(&format!("    {line},\n"));
            line.clear();
        }
        if !line.is_empty() {
            line.push_str(", ");
        }
        line.push_str(&name);
    }
    text.push_str(&format!("    {line}\n"));
}

/// The old and the new state.
fn transition(change: &Change) -> String {
    match (&change.old, &change.new) {
        (Some(old), Some(new)) => format!("{old} -> {new}"),
        (Some(old), None) => format!("was {old}"),
        (None, Some(new)) => new.clone(),
        (None, None) => String::new(),
    }
}

fn markdown(diff: &Diff, current: Option<&str>) -> String {
    let mut text =
        format!("## API {} → {}\n\n{}.\n", code(&diff.old_version), code(&diff.new_version), diff.counts());
    for impact in Impact::ALL {
        let changes: Vec<&Change> = diff.with_impact(impact).collect();
        if changes.is_empty() {
            continue;
        }
        let title = match impact {
            Impact::Breaking => "Breaking",
            Impact::Additive => "Additive",
            Impact::Internal => "Internal",
        };
        text.push_str(&format!("\n### {title}\n"));
        let is_folded = impact != Impact::Breaking && changes.len() > MAX_UNFOLDED;
        if is_folded {
            text.push_str(&format!("\n<details><summary>{} changes</summary>\n", changes.len()));
        }
        for group in groups(&changes) {
            if let Some(first) = group.first() {
                text.push_str(&format!("\n**{}**: {}.\n\n", capital(&first.kind.to_string()), first.reason));
            }
            for change in group {
                text.push_str(&markdown_line(change));
            }
        }
        if is_folded {
            text.push_str("\n</details>\n");
        }
    }
    text.push_str(&format!("\n**Next version**: {}.\n", diff.bump(current)));
    text
}

fn markdown_line(change: &Change) -> String {
    let path = code(&change.path);
    match (&change.old, &change.new) {
        (Some(old), Some(new)) => format!("- {path}: {} → {}\n", code(old), code(new)),
        (Some(old), None) => format!("- {path}: was {}\n", code(old)),
        (None, Some(new)) => format!("- {path}: {}\n", code(new)),
        (None, None) => format!("- {path}\n"),
    }
}

/// A code span for any text: line breaks are replaced, and the fence is longer than any in the text.
fn code(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 || text.trim().is_empty() { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

fn json_text(diff: &Diff, current: Option<&str>) -> String {
    let counts: Map<String, Value> = Impact::ALL
        .into_iter()
        .map(|impact| (impact.to_string(), diff.with_impact(impact).count().into()))
        .collect();
    let bump = diff.bump(current);
    let report = json!({
        "old": diff.old_version,
        "new": diff.new_version,
        "counts": counts,
        "bump": {"part": bump.part(), "current": current, "next": bump.next()},
        "changes": diff.changes.iter().map(json_change).collect::<Vec<_>>(),
    });
    format!("{report:#}\n")
}

fn json_change(change: &Change) -> Value {
    let Change { kind, impact, path, at, old_at, old, new, reason } = change;
    json!({
        "kind": kind.name(),
        "impact": impact.to_string(),
        "path": path,
        "pointer": at.as_str(),
        "old_pointer": old_at.as_ref().map(|at| at.as_str()),
        "old": old,
        "new": new,
        "reason": reason,
    })
}

//! The report for a terminal: what is of one kind and has one reason stands together.

use std::collections::HashSet;

use crate::diff::{Change, ChangeKind, Diff, Impact};

/// Columns of a terminal.
const WIDTH: usize = 110;

/// A path that is longer pushes what follows to the right.
const PATH_WIDTH: usize = 56;

pub(in crate::diff) fn report(diff: &Diff, current: Option<&str>) -> String {
    let mut text = format!("API {} -> {}: {}\n", shown(&diff.old), shown(&diff.new), diff.counts());
    for class in Impact::ALL {
        let changes: Vec<&Change> = diff.of_class(class).collect();
        if changes.is_empty() {
            continue;
        }
        text.push_str(&format!("\n{}\n", class.to_string().to_uppercase()));
        for group in groups(&changes) {
            self::group(&group, &changes, &mut text);
        }
    }
    text.push_str(&format!("\n{}\n", diff.bump(current)));
    text
}

/// Changes of one kind and one reason, in the order in which the first of each comes.
pub(in crate::diff) fn groups<'a>(changes: &[&'a Change]) -> Vec<Vec<&'a Change>> {
    let mut groups: Vec<Vec<&Change>> = Vec::new();
    for change in changes {
        let is_like = |group: &&mut Vec<&Change>| {
            group.first().is_some_and(|first| (first.kind, &first.reason) == (change.kind, &change.reason))
        };
        match groups.iter_mut().find(is_like) {
            Some(group) => group.push(change),
            None => groups.push(vec![change]),
        }
    }
    groups
}

fn group(changes: &[&Change], class: &[&Change], text: &mut String) {
    let Some(first) = changes.first() else { return };
    let count = if changes.len() > 1 { format!(" ({})", changes.len()) } else { String::new() };
    text.push_str(&format!("  {}{count}: {}\n", first.kind, first.reason));
    if first.kind.is_bare() {
        return names(changes, class, text);
    }
    let longest = changes.iter().map(|change| change.path.chars().count()).max().unwrap_or_default();
    let width = longest.min(PATH_WIDTH);
    for change in changes {
        let line = format!("    {:width$}  {}", shown(&change.path), shown(&transition(change)));
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

/// Names alone, as many on a line as there is room for. Requests and answers stand beside their action already.
fn names(changes: &[&Change], class: &[&Change], text: &mut String) {
    let actions = class
        .iter()
        .filter(|change| matches!(change.kind, ChangeKind::ActionAdded | ChangeKind::ActionRemoved));
    let bodies = actions.flat_map(|action| action.was.iter().chain(&action.is));
    let bodies: HashSet<&str> = bodies.flat_map(|bodies| bodies.split(" -> ")).collect();
    let is_body = |path: &str| path.strip_prefix("types::").is_some_and(|name| bodies.contains(name));
    let (above, names): (Vec<&str>, Vec<&str>) =
        changes.iter().map(|change| change.path.as_str()).partition(|path| is_body(path));
    let above = match above.len() {
        0 => None,
        count if names.is_empty() => Some(format!("{count} requests and answers of the actions above")),
        count => Some(format!("and {count} requests and answers of the actions above")),
    };
    let mut line = String::new();
    for name in names.into_iter().map(shown).chain(above) {
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

/// What it was and what it is.
pub(in crate::diff) fn transition(change: &Change) -> String {
    match (&change.was, &change.is) {
        (Some(was), Some(is)) => format!("{was} -> {is}"),
        (Some(was), None) => format!("was {was}"),
        (None, Some(is)) => is.clone(),
        (None, None) => String::new(),
    }
}

/// A text from a description on one line, without what a terminal would obey.
fn shown(text: &str) -> String {
    let visible = |character: char| match character {
        character if character.is_control() => character.escape_default().to_string(),
        // These change the order in which a line is shown.
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            character.escape_unicode().to_string()
        }
        character => character.to_string(),
    };
    text.chars().map(visible).collect()
}

//! The report for a pull request.

use super::text::groups;
use crate::diff::{Change, Diff, Impact};

/// More changes of a class are folded away.
const OPEN: usize = 25;

pub(in crate::diff) fn report(diff: &Diff, current: Option<&str>) -> String {
    let mut text = format!("## API {} → {}\n\n{}.\n", code(&diff.old), code(&diff.new), diff.counts());
    for class in Impact::ALL {
        let changes: Vec<&Change> = diff.of_class(class).collect();
        if changes.is_empty() {
            continue;
        }
        let title = match class {
            Impact::Breaking => "Breaking",
            Impact::Additive => "Additive",
            Impact::Internal => "Internal",
        };
        text.push_str(&format!("\n### {title}\n"));
        let is_folded = class != Impact::Breaking && changes.len() > OPEN;
        if is_folded {
            text.push_str(&format!("\n<details><summary>{} changes</summary>\n", changes.len()));
        }
        for group in groups(&changes) {
            if let Some(first) = group.first() {
                text.push_str(&format!("\n**{}**: {}.\n\n", capital(&first.kind.to_string()), first.reason));
            }
            for change in group {
                text.push_str(&line(change));
            }
        }
        if is_folded {
            text.push_str("\n</details>\n");
        }
    }
    text.push_str(&format!("\n**Next version**: {}.\n", diff.bump(current)));
    text
}

fn line(change: &Change) -> String {
    let path = code(&change.path);
    match (&change.was, &change.is) {
        (Some(was), Some(is)) => format!("- {path}: {} → {}\n", code(was), code(is)),
        (Some(was), None) => format!("- {path}: was {}\n", code(was)),
        (None, Some(is)) => format!("- {path}: {}\n", code(is)),
        (None, None) => format!("- {path}\n"),
    }
}

/// A code span, whatever is in the text: a line break would end it, and so would its own fence.
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

//! The report of an import: one screen for a terminal, all of it as Markdown.

use std::fmt::Write;

use osc_codegen::visible;

use super::changelog;
use super::findings::{Entries, Findings, Section};

/// Lines of the interface's changes, and of the entry about them, that a screen has room for.
const DIFF_LINES: usize = 40;

/// Places of one kind that are shown.
const PLACES: usize = 8;

/// Names of one kind that are shown.
const NAMES: usize = 24;

/// Columns of a terminal.
const WIDTH: usize = 110;

/// The crate's version: all of the workspace have the same.
const CURRENT: &str = env!("CARGO_PKG_VERSION");

const NOTHING_BEFORE: &str = "There was no contract before: everything is new.";

/// For a terminal: long lists are cut short, and the counts are whole.
pub(super) fn text(findings: &Findings) -> String {
    let mut text = String::new();
    // Writing into a string cannot fail.
    _ = writeln!(
        text,
        "{}\n  from    {}\n  sha256  {}",
        title(findings),
        findings.origin.location,
        findings.origin.sha256
    );
    findings.warnings.iter().for_each(|warning| _ = writeln!(text, "  note    {warning}"));
    text.push('\n');
    match &findings.diff {
        Some(diff) => text.push_str(&cut(&diff.text(Some(CURRENT)))),
        None if findings.is_first => _ = writeln!(text, "{NOTHING_BEFORE}"),
        None => {}
    }
    let (full, empty): (Vec<_>, Vec<_>) =
        findings.sections.iter().partition(|section| section.entries.count() > 0);
    for Section { title, remedy, entries } in full {
        _ = writeln!(text, "\n{}: {} ({remedy})", title.to_uppercase(), entries.count());
        text.push_str(&short(entries));
    }
    if !empty.is_empty() {
        let titles: Vec<_> = empty.iter().map(|section| section.title.to_lowercase()).collect();
        _ = write!(text, "\nNothing of these:\n{}", paragraph(titles.iter(), "; "));
    }
    if let Some(diff) = &findings.diff {
        _ = writeln!(text, "\nFOR CHANGELOG.md");
        text.push_str(&changelog(&changelog::entry(&findings.origin, diff)));
    }
    // Names of the description are in it: a terminal must not obey them.
    text.lines().map(|line| format!("{}\n", visible(line))).collect()
}

/// For a commit message or a pull request: everything.
pub(super) fn markdown(findings: &Findings) -> String {
    let origin = &findings.origin;
    let mut text = format!("# {}\n\n", title(findings));
    _ = writeln!(text, "- From: {}\n- SHA-256: `{}`", place(&origin.location), origin.sha256);
    findings.warnings.iter().for_each(|warning| _ = writeln!(text, "- Note: {warning}"));
    text.push('\n');
    match &findings.diff {
        Some(diff) => text.push_str(&diff.markdown(Some(CURRENT))),
        None if findings.is_first => _ = writeln!(text, "{NOTHING_BEFORE}"),
        None => {}
    }
    for Section { title, remedy, entries } in &findings.sections {
        match entries {
            _ if entries.count() == 0 => continue,
            Entries::Places(places) => {
                _ = writeln!(text, "\n## {title}\n\n{}: {remedy}.\n", places.len());
                let line = |(place, message): &(String, String)| {
                    format!("- {}: {}\n", code(place), visible(message))
                };
                text.extend(places.iter().map(line));
            }
            Entries::Names(names) => {
                let all: Vec<String> = names.iter().map(|name| code(name)).collect();
                _ = writeln!(text, "\n## {title}\n\n{}: {remedy}.\n\n{}", names.len(), all.join(", "));
            }
        }
    }
    if let Some(diff) = &findings.diff {
        let entry = changelog::entry(origin, diff);
        _ = write!(text, "\n## For CHANGELOG.md\n\n```markdown\n{entry}```\n");
    }
    text
}

/// An address as a link; a file's name as it is.
fn place(location: &str) -> String {
    if location.contains("://") { format!("<{location}>") } else { code(location) }
}

/// A code span of one line. No name of the description has a fence in it that anybody would miss.
fn code(text: &str) -> String {
    format!("`{}`", visible(text).replace('`', "'"))
}

fn title(findings: &Findings) -> String {
    let Findings { origin, prose, actions, texts_changed, .. } = findings;
    format!(
        "Import of API {}: {actions} actions, {} texts of which {texts_changed} changed",
        visible(origin.label()),
        prose.len()
    )
}

/// The first lines, and the last one, which says what to do.
fn cut(diff: &str) -> String {
    let lines: Vec<&str> = diff.lines().collect();
    let left_out = lines.len().saturating_sub(DIFF_LINES);
    let mut text: String = lines.iter().take(DIFF_LINES).map(|line| format!("{line}\n")).collect();
    if left_out > 1 {
        _ = writeln!(text, "  … {} more lines: `--report FILE` has them all", left_out - 1);
    }
    if left_out > 0 {
        lines.last().iter().for_each(|last| _ = writeln!(text, "{last}"));
    }
    text
}

/// The entry, indented.
fn changelog(entry: &str) -> String {
    let lines = entry.lines().take(DIFF_LINES);
    let mut text: String = lines.map(|line| format!("{}\n", format!("  {line}").trim_end())).collect();
    let left_out = entry.lines().count().saturating_sub(DIFF_LINES);
    if left_out > 0 {
        _ = writeln!(text, "  … {left_out} more lines: `--report FILE` has them all");
    }
    text
}

fn short(entries: &Entries) -> String {
    let (mut text, left_out) = match entries {
        Entries::Places(places) => {
            let shown = places.iter().take(PLACES).map(|(place, message)| format!("  {place}: {message}\n"));
            (shown.collect(), places.len().saturating_sub(PLACES))
        }
        Entries::Names(names) => {
            (paragraph(names.iter().take(NAMES), ", "), names.len().saturating_sub(NAMES))
        }
    };
    if left_out > 0 {
        _ = writeln!(text, "  … {left_out} more: `--report FILE` has them all");
    }
    text
}

/// Names, as many on a line as there is room for.
fn paragraph<'a>(names: impl Iterator<Item = &'a String>, separator: &str) -> String {
    let (mut text, mut line) = (String::new(), String::new());
    for name in names {
        if !line.is_empty() && line.chars().count() + name.chars().count() + 4 > WIDTH {
            _ = writeln!(text, "  {line}{}", separator.trim_end());
            line.clear();
        }
        if !line.is_empty() {
            line.push_str(separator);
        }
        line.push_str(name);
    }
    if !line.is_empty() {
        _ = writeln!(text, "  {line}");
    }
    text
}

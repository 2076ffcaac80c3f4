//! The report of an import: one screen of text, and all of it as Markdown.

use std::fmt::Write;

use osc_codegen::{Change, ChangeKind, Diff, Impact, visible};

use super::changelog::{self, Group};
use super::findings::{Entry, Findings, Section};

/// The number of lines of a screen, less those that the command prints after the report.
const MAX_LINES: usize = 47;

/// The number of columns of a terminal.
const WIDTH: usize = 118;

/// The version of the crate, which all crates of the workspace share.
const CURRENT: &str = env!("CARGO_PKG_VERSION");

const FIRST: &str = "There was no contract before: everything is new.";

/// The report for a terminal: at most [`MAX_LINES`] lines, most important first, with whole counts.
pub(super) fn text(findings: &Findings) -> String {
    let source = &findings.source;
    let mut head = vec![title(findings), format!("  from {}, sha256 {}", source.location, source.sha256)];
    head.extend(findings.warnings.iter().map(|warning| format!("  note: {warning}")));
    head.push(String::new());
    let mut blocks = Vec::new();
    match &findings.diff {
        Some(diff) => {
            head.push(format!("VERDICT: {}", diff.bump(Some(CURRENT))));
            head.push(format!("  {}", diff.counts()));
            blocks.extend(diff_blocks(diff));
        }
        None if findings.is_first => head.push(FIRST.to_owned()),
        None => {}
    }
    blocks.extend(findings.sections.iter().filter(|section| !section.entries.is_empty()).map(section_block));
    let empty: Vec<String> = findings
        .sections
        .iter()
        .filter(|section| section.entries.is_empty())
        .map(|section| section.title.to_lowercase())
        .collect();
    let tail = if empty.is_empty() {
        Vec::new()
    } else {
        vec![String::new(), format!("NONE: {}", empty.join("; "))]
    };
    let used = head.len() + tail.iter().map(|line| 1 + line.chars().count() / WIDTH).sum::<usize>();
    let lines = head.into_iter().chain(fitted(blocks, MAX_LINES.saturating_sub(used))).chain(tail);
    lines.map(|line| visible(&line) + "\n").collect()
}

/// The whole report, for a commit message or a pull request.
pub(super) fn markdown(findings: &Findings) -> String {
    let source = &findings.source;
    let mut text = format!("# {}\n\n", visible(&title(findings)));
    // Writing into a string cannot fail.
    _ = writeln!(text, "- From: {}\n- SHA-256: `{}`", link(&source.location), source.sha256);
    findings.warnings.iter().for_each(|warning| _ = writeln!(text, "- Note: {}", visible(warning)));
    text.push('\n');
    match &findings.diff {
        Some(diff) => text.push_str(&diff.markdown(Some(CURRENT))),
        None if findings.is_first => _ = writeln!(text, "{FIRST}"),
        None => {}
    }
    for Section { title, remedy, entries } in &findings.sections {
        if entries.is_empty() {
            continue;
        }
        _ = writeln!(text, "\n## {title}\n\n{}: {remedy}.\n", entries.len());
        for entry in entries {
            _ = match entry {
                Entry::Located(at, message) => writeln!(text, "- {}: {}", code(at), visible(message)),
                Entry::Name(name) => writeln!(text, "- {}", code(name)),
            };
        }
    }
    if let Some(diff) = &findings.diff {
        _ = write!(text, "\n## For CHANGELOG.md\n\n```markdown\n{}```\n", changelog::entry(source, diff));
    }
    text
}

fn title(findings: &Findings) -> String {
    let Findings { source, old_label, prose, actions, texts_changed, .. } = findings;
    let old = old_label.as_ref().map(|old| format!(" (was {old})")).unwrap_or_default();
    format!(
        "Import of API {}{old}: {actions} actions, {} texts of which {texts_changed} changed",
        source.label(),
        prose.len()
    )
}

/// A heading with lines, of which some may be left out.
struct Block {
    heading: String,
    lines: Vec<String>,
    /// The number of entries, of which a line may hold many.
    count: usize,
    /// The number of lines that the block gets in each turn.
    weight: usize,
}

/// The breaking and additive changes.
fn diff_blocks(diff: &Diff) -> Vec<Block> {
    let changes = |impact| diff.with_impact(impact).collect::<Vec<&Change>>();
    let breaking = changes(Impact::Breaking);
    let additive = changes(Impact::Additive);
    let mut blocks = Vec::new();
    if !breaking.is_empty() {
        let lines = changelog::groups(&breaking).iter().map(|group| group_line(group, true)).collect();
        blocks.push(Block {
            heading: format!("BREAKING: {}", breaking.len()),
            lines,
            count: breaking.len(),
            weight: 3,
        });
    }
    if !additive.is_empty() {
        let lines = changelog::groups(&additive).iter().map(|group| group_line(group, false)).collect();
        let heading = format!("NEW AND CHANGED: {}", additive.len());
        blocks.push(Block { heading, lines, count: additive.len(), weight: 3 });
    }
    blocks
}

/// The changes of a group on one line.
fn group_line(group: &Group<'_>, has_reason: bool) -> String {
    let start = format!("  {} ({}): ", group.first.kind, group.changes.len());
    let has_states = matches!(
        group.first.kind,
        ChangeKind::FieldType
            | ChangeKind::FieldRenamed
            | ChangeKind::TypeRenamed
            | ChangeKind::ActionRenamed
            | ChangeKind::ValueRenamed
    );
    let names = group.changes.iter().map(|change| match (&change.old, &change.new) {
        (Some(old), Some(new)) if has_states => format!("{} ({old} -> {new})", changelog::short_path(change)),
        _ => changelog::short_path(change).to_owned(),
    });
    let names: Vec<String> = names.collect();
    if !has_reason {
        return format!("{start}{}", joined(names, WIDTH.saturating_sub(start.chars().count())));
    }
    let line = format!("{start}{}; {}", joined(names, WIDTH / 2), group.first.reason);
    match line.char_indices().nth(WIDTH - 1) {
        Some((end, _)) => line.get(..end).unwrap_or(&line).to_owned() + "…",
        None => line,
    }
}

fn section_block(section: &Section) -> Block {
    let Section { title, remedy, entries } = section;
    let names: Vec<String> = entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Name(name) => Some(name.clone()),
            Entry::Located(..) => None,
        })
        .collect();
    let mut lines: Vec<String> = entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Located(at, message) => Some(format!("  {at}: {message}")),
            Entry::Name(_) => None,
        })
        .collect();
    if !names.is_empty() {
        lines.push(format!("  {}", joined(names, WIDTH * 2)));
    }
    let heading = format!("{}: {} ({remedy})", title.to_uppercase(), entries.len());
    Block { heading, lines, count: entries.len(), weight: 1 }
}

/// Names, as many as fit into a width.
fn joined(names: Vec<String>, width: usize) -> String {
    let mut text = String::new();
    let total = names.len();
    for (index, name) in names.into_iter().enumerate() {
        if !text.is_empty() && text.chars().count() + name.chars().count() + 12 > width {
            _ = write!(text, ", … {} more", total - index);
            break;
        }
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(&name);
    }
    text
}

/// The lines of all blocks, cut to a number of screen lines. Every block keeps its heading; the rest is given to the
/// blocks in turns, so that none crowds out the others.
fn fitted(blocks: Vec<Block>, limit: usize) -> Vec<String> {
    let height = |line: &String| 1 + line.chars().count().saturating_sub(1) / WIDTH;
    let mut left = limit.saturating_sub(blocks.iter().map(|block| 1 + height(&block.heading)).sum());
    let mut shown = vec![0; blocks.len()];
    loop {
        let mut is_done = true;
        for (block, shown) in blocks.iter().zip(&mut shown) {
            for _ in 0..block.weight {
                let Some(line) = block.lines.get(*shown).map(height).filter(|height| *height <= left) else {
                    break;
                };
                left -= line;
                *shown += 1;
                is_done = false;
            }
        }
        if is_done {
            break;
        }
    }
    let mut lines = Vec::new();
    for (block, shown) in blocks.into_iter().zip(shown) {
        let Block { heading, lines: all, count, weight: _ } = block;
        lines.push(String::new());
        let is_cut = shown < all.len();
        let left_out = if all.len() == count { all.len() - shown } else { 0 };
        lines.push(match (is_cut, left_out) {
            (false, _) => heading,
            (true, 0) => format!("{heading}, not all shown"),
            (true, left_out) => format!("{heading}, {left_out} not shown"),
        });
        lines.extend(all.into_iter().take(shown));
    }
    lines
}

/// A URL as a link; the name of a file as code.
fn link(location: &str) -> String {
    if location.contains("://") { format!("<{location}>") } else { code(location) }
}

/// A code span of one line.
fn code(text: &str) -> String {
    format!("`{}`", visible(text).replace('`', "'"))
}

//! The documentation of generated files as rustdoc parses it: no code that it would compile by accident, no HTML, no
//! broken links.

use std::cell::RefCell;
use std::collections::BTreeSet;

use osc_codegen::Files;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

/// Checks every comment of every file.
///
/// # Errors
/// The first construct that rustdoc would misinterpret, with its comment.
pub fn check(files: &Files) -> Result<(), String> {
    let known = link_targets(files);
    for (name, text) in files {
        for comment in comments(text) {
            check_comment(&comment, &known)
                .map_err(|problem| format!("{name}: {problem} in the comment\n{comment}"))?;
        }
    }
    Ok(())
}

/// The link targets in the generated files.
fn link_targets(files: &Files) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    let (mut module, mut owner) = ("types", "");
    for line in files.values().flat_map(|text| text.lines()) {
        if line.starts_with("pub mod action") {
            module = "action";
        } else if line == "}" {
            module = "types";
        }
        let words: Vec<&str> =
            line.trim_start().split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
        if let ["pub", "struct" | "enum" | "type", name, ..] = words.as_slice() {
            known.insert(format!("crate::{module}::{name}"));
            known.insert(format!("`{name}`"));
        }
        if let ["pub", "async", "fn", name, ..] = words.as_slice() {
            known.insert(format!("crate::Client::{name}"));
        }
        if let Some(name) = line.strip_prefix("impl ").and_then(|rest| rest.strip_suffix(" {")) {
            owner = name;
        }
        if line.starts_with("    pub fn")
            && let ["pub", "fn", name, ..] = words.as_slice()
        {
            known.insert(format!("{owner}::{name}"));
        }
        // Functions of a module, such as those that build waiters.
        if line.starts_with("pub fn")
            && let ["pub", "fn", name, ..] = words.as_slice()
        {
            known.insert(format!("`{name}`"));
        }
    }
    known
}

/// The documentation comments of a file, without slashes.
fn comments(text: &str) -> Vec<String> {
    let mut comments = Vec::new();
    let mut current: Option<String> = None;
    for line in text.lines() {
        let line = line.trim_start();
        match line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) {
            Some(line) => {
                let comment = current.get_or_insert_default();
                comment.push_str(line.strip_prefix(' ').unwrap_or(line));
                comment.push('\n');
            }
            None => comments.extend(current.take()),
        }
    }
    comments.extend(current);
    comments
}

fn check_comment(comment: &str, known: &BTreeSet<String>) -> Result<(), String> {
    if let Some(hidden) = comment.chars().find(|c| is_forbidden(*c)) {
        return Err(format!("the character {hidden:?}"));
    }
    let broken = RefCell::new(None);
    let callback = |link: pulldown_cmark::BrokenLink<'_>| {
        if !known.contains(&*link.reference) {
            broken.replace(Some(format!("the unfinished link [{}]", link.reference)));
        }
        None
    };
    // The options of rustdoc.
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION;
    for event in Parser::new_with_broken_link_callback(comment, options, Some(callback)) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => return Err("indented code".to_owned()),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info)))
                if !matches!(&*info, "no_run" | "text") =>
            {
                return Err(format!("code of the language {info:?}"));
            }
            Event::Html(html) | Event::InlineHtml(html) => return Err(format!("the HTML {html:?}")),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. })
                if !is_address(&dest_url)
                    && !is_runtime(&dest_url)
                    && !is_heading(&dest_url)
                    && !dest_url.starts_with("field@Self::")
                    && !known.contains(&*dest_url) =>
            {
                return Err(format!("a link to {dest_url:?}"));
            }
            _ => {}
        }
    }
    broken.into_inner().map_or(Ok(()), Err)
}

/// Whether a character could change how the compiler or a terminal shows the text: it reorders text or ends a line.
fn is_forbidden(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

fn is_address(url: &str) -> bool {
    ["https://", "http://", "mailto:"].iter().any(|scheme| url.starts_with(scheme))
}

/// Whether a link leads to a heading of the client's methods.
fn is_heading(path: &str) -> bool {
    let anchor = path.strip_prefix("crate::Client#");
    let is_letter = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    anchor.is_some_and(|anchor| anchor.chars().all(is_letter))
}

/// Whether a link leads to the hand-written part of the crate, or to the documented type itself.
fn is_runtime(path: &str) -> bool {
    matches!(path, "crate::Client::paginate" | "crate::Client" | "crate::types::Identifier")
        || ["Self::", "crate::Error", "crate::wait"].iter().any(|start| path.starts_with(start))
}

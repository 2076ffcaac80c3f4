//! Reads and writes YAML. Only this module knows `serde_yaml`, which is no longer maintained, and the parser with
//! source positions.

mod merge;
mod resolve_spans;
mod source_map;
mod value;
mod write;

pub(crate) use resolve_spans::{SourceTexts, resolve_spans};
pub(crate) use write::write;

use std::cell::RefCell;

use serde::de::DeserializeSeed;
use serde_json::Value;

use self::value::{Issue, IssueKind, KeySeed, ValueSeed};
use crate::diagnostics::{Anchor, BYTE_ORDER_MARK, Diagnostics, Pointer, Severity, Source};

/// Maximum number of open brackets. The parser's time grows with its square, and the parser reads at most 128 levels
/// anyway.
const MAX_OPEN_BRACKETS: usize = 2000;

/// Reads one YAML or JSON document as a JSON value that keeps the order of keys.
///
/// Merge keys (`<<`) are merged. Duplicate keys, numbers that JSON cannot represent and syntax errors are reported.
pub(crate) fn read(text: &str, source: Source, problems: &mut Diagnostics) -> Option<Value> {
    read_with(text, source, &|_| Severity::Error, problems)
}

/// Like [`read`], with the severity of a number that JSON cannot represent given by its location.
pub(crate) fn read_with(
    text: &str,
    source: Source,
    severity: &dyn Fn(&Pointer) -> Severity,
    problems: &mut Diagnostics,
) -> Option<Value> {
    if let Some(byte) = excess_bracket(text) {
        let message = format!("more than {MAX_OPEN_BRACKETS} brackets are open here: reduce the nesting");
        problems.syntax(source, Anchor::Byte(byte), message);
        return None;
    }
    // After a syntax error, the library counts a byte order mark as a document of its own.
    let content = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let mark = text.len() - content.len();
    let issues = RefCell::new(Vec::new());
    let value = parse(without_trailing_markers(content), &issues);
    let value = value.map(|value| merge::apply_merge_keys(value, text, &mut issues.borrow_mut()));
    for Issue { at, message, kind } in issues.take() {
        match kind {
            IssueKind::DuplicateKey => problems.duplicate_key(source, &at, message),
            IssueKind::Number => problems.report(severity(&at), source, &at, message),
            IssueKind::MergeKey => problems.error_in(source, &at, message),
        }
    }
    match value {
        Ok(value) => Some(value),
        Err(SyntaxError { byte, message }) => {
            let anchor = byte.map_or(Anchor::NextDocument, |byte| Anchor::Byte(mark + byte));
            problems.syntax(source, anchor, message);
            None
        }
    }
}

/// The key that [`read`] returns for an unquoted key: `16` for `0x10`.
pub(super) fn plain_key(text: &str) -> Option<String> {
    KeySeed.deserialize(serde_yaml::Deserializer::from_str(text)).ok()
}

/// A text that cannot be parsed.
struct SyntaxError {
    /// The location. `None` for a second document, whose start the library does not report.
    byte: Option<usize>,
    message: String,
}

/// Parses JSON as JSON, because YAML has no surrogate pairs, and anything else as YAML.
fn parse(text: &str, issues: &RefCell<Vec<Issue>>) -> Result<Value, SyntaxError> {
    if !matches!(text.trim_start().as_bytes(), [b'{' | b'[', ..]) {
        return parse_yaml(text, issues);
    }
    let json = parse_json(text, issues);
    let Err(json_error) = json else { return json };
    issues.borrow_mut().clear();
    // JSON with a comment or a trailing comma is YAML.
    parse_yaml(text, issues).map_err(|yaml_error| if is_json_like(text) { json_error } else { yaml_error })
}

/// Returns `true` for an object whose first key is quoted.
fn is_json_like(text: &str) -> bool {
    let inside = text.trim_start().strip_prefix('{');
    inside.is_some_and(|inside| inside.trim_start().starts_with('"'))
}

fn parse_json(text: &str, issues: &RefCell<Vec<Issue>>) -> Result<Value, SyntaxError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let seed = ValueSeed { at: Pointer::root(), issues };
    let value = seed.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    value.map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let message = error.to_string();
        let position = format!(" at line {line} column {column}");
        let message = message.strip_suffix(&position).unwrap_or(&message);
        SyntaxError {
            byte: Some(start + column.saturating_sub(1)),
            message: format!("not readable as JSON: {message}"),
        }
    })
}

fn parse_yaml(text: &str, issues: &RefCell<Vec<Issue>>) -> Result<Value, SyntaxError> {
    let seed = ValueSeed { at: Pointer::root(), issues };
    seed.deserialize(serde_yaml::Deserializer::from_str(text)).map_err(|error| {
        let forbidden = forbidden_char(text);
        let byte = forbidden.or_else(|| error_byte(&error, text));
        let has_more_documents = error.to_string().contains("more than one document");
        let message = match byte {
            Some(_) if forbidden.is_some() && is_utf_16(text) => {
                "looks like UTF-16: save it as UTF-8".to_owned()
            }
            Some(byte) if is_indented_by_tab(text, byte) => {
                "a tab indents this line, which YAML does not allow: use spaces".to_owned()
            }
            Some(_) => without_position(&error),
            None if has_more_documents => {
                "has more than one document: keep one, or remove the `---` between them".to_owned()
            }
            None => format!("{error}: use fewer aliases"),
        };
        SyntaxError { byte, message: format!("not readable as YAML: {message}") }
    })
}

/// The byte at which the library stopped. For a construct that is still open at the end of the text, its start.
fn error_byte(error: &serde_yaml::Error, text: &str) -> Option<usize> {
    let byte = error.location()?.index();
    let start_of_construct = || {
        let message = error.to_string();
        let (_, position) = message.rsplit_once(" at line ")?;
        let (line, column) = position.split_once(" column ")?;
        let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
        let lines: Vec<&str> = text.split_inclusive('\n').take(line).collect();
        let (last, before) = lines.split_last()?;
        let (inside, _) = last.char_indices().nth(column.checked_sub(1)?)?;
        Some(before.iter().map(|line| line.len()).sum::<usize>() + inside)
    };
    let is_at_end = text.get(byte..).is_none_or(|rest| rest.trim().is_empty());
    is_at_end.then(start_of_construct).flatten().or(Some(byte))
}

/// The message of an error without its position: the library counts other line ends than editors do.
fn without_position(error: &serde_yaml::Error) -> String {
    let text = error.to_string();
    let Some(location) = error.location() else { return text };
    let position = format!(" at line {} column {}", location.line(), location.column());
    text.replacen(&position, "", 1)
}

/// The first bracket beyond the maximum. Brackets in strings count too: no description has that many.
fn excess_bracket(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    text.bytes().position(|byte| {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open > MAX_OPEN_BRACKETS
    })
}

/// The text up to the document markers that end it. The library treats everything after a marker as a second document.
fn without_trailing_markers(text: &str) -> &str {
    let mut end = text.len();
    let mut start = text.len();
    for line in text.split_inclusive('\n').rev() {
        start -= line.len();
        let (marker, rest) = line.split_at_checked(3).unwrap_or((line, ""));
        let is_blank = |rest: &str| rest.trim().is_empty() || rest.trim_start().starts_with('#');
        let is_marker = matches!(marker, "---" | "...")
            && is_blank(rest)
            && (rest.trim().is_empty() || rest.starts_with([' ', '\t']));
        if is_marker {
            end = start;
        } else if !is_blank(line) {
            break;
        }
    }
    // A marker before any content opens the document.
    match text.get(..end) {
        Some(content) if !content.trim().is_empty() => content,
        _ => text,
    }
}

/// The first character that YAML does not allow. The library reports its position in words only.
fn forbidden_char(text: &str) -> Option<usize> {
    text.find(|c| {
        matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
    })
}

/// Returns `true` if every second byte is zero at the start of the text, as in ASCII text encoded as UTF-16.
fn is_utf_16(text: &str) -> bool {
    matches!(text.as_bytes(), [0, a, 0, b, ..] | [a, 0, b, 0, ..] if *a != 0 && *b != 0)
}

fn is_indented_by_tab(text: &str, byte: usize) -> bool {
    let before = text.get(..byte).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |end| end + 1);
    let line = text.get(line..).unwrap_or_default();
    let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
    line.get(..indentation).is_some_and(|indentation| indentation.contains('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailing_document_markers_end_the_text() {
        for (text, content) in [
            ("a: 1\n---\n", "a: 1\n"),
            ("a: 1\n---", "a: 1\n"),
            ("a: 1\n...\n", "a: 1\n"),
            ("a: 1\n...\n---\n# end\n\n", "a: 1\n"),
            ("a: 1\n--- # end\n", "a: 1\n"),
            ("---\na: 1\n---\n", "---\na: 1\n"),
            ("a: |\n  # x\n---\r\n", "a: |\n  # x\n"),
            ("a: 1\n---\nb: 1\n", "a: 1\n---\nb: 1\n"),
            ("a: 1\n---x\n", "a: 1\n---x\n"),
            ("a: 1\n---#x\n", "a: 1\n---#x\n"),
            ("a: 1\n ---\n", "a: 1\n ---\n"),
            ("---\n", "---\n"),
            ("", ""),
            ("é", "é"),
        ] {
            assert_eq!(without_trailing_markers(text), content, "{text:?}");
        }
    }
}

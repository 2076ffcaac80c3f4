//! The location of a decode error in JSON text, as the path of a value: `Vms[3].BlockDeviceMappings[0].Bsu`.
//!
//! Errors are rare, and have a position. The path is found by walking the text again up to there, so that decoding does
//! not have to track it. That also works for the caller's own types.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde_json::error::Category;

/// Maximum length of a name in a path, in characters: names come from the server.
const MAX_NAME_LENGTH: usize = 64;

/// An object or list that is not complete at the end of the text.
enum Level<'a> {
    /// With the name of the current member, quoted as in the text.
    Object(Option<&'a [u8]>),
    /// With the index of the current element.
    List(usize),
}

/// The path of the value at which decoding `text` failed or, if that is ambiguous, of its list. Empty for the root.
pub(super) fn of(text: &[u8], error: &serde_json::Error) -> String {
    let before = before(text, error);
    let mut levels = walk(before);
    if error.classify() == Category::Data && before.trim_ascii_end().ends_with(b",") {
        // The element before the comma or the one after it: some types fail only after the whole element.
        levels.pop();
    }
    let mut path = String::new();
    for level in levels {
        match level {
            Level::Object(Some(name)) => push_name(&mut path, name),
            Level::Object(None) => {}
            // Writing to a string does not fail.
            Level::List(index) => drop(write!(path, "[{index}]")),
        }
    }
    path
}

/// The text up to the error.
fn before<'a>(text: &'a [u8], error: &serde_json::Error) -> &'a [u8] {
    let lines_before = error.line().saturating_sub(1);
    let line: usize = text.split_inclusive(|byte| *byte == b'\n').take(lines_before).map(<[u8]>::len).sum();
    // An unexpected byte is counted as read, but is not part of the location.
    let unexpected = usize::from(error.classify() == Category::Syntax);
    let end = (line + error.column()).saturating_sub(unexpected).min(text.len());
    text.get(..end).unwrap_or(text)
}

/// The objects and lists that are not complete at the end of truncated JSON.
fn walk(text: &[u8]) -> Vec<Level<'_>> {
    let mut levels = Vec::new();
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        let mut next = after;
        match (byte, levels.last_mut()) {
            (b'{', _) => levels.push(Level::Object(None)),
            (b'[', _) => levels.push(Level::List(0)),
            (b'}' | b']', _) => drop(levels.pop()),
            (b',', Some(Level::Object(name))) => *name = None,
            (b',', Some(Level::List(index))) => *index += 1,
            (b'"', top) => {
                let Some(length) = string_length(rest) else { break };
                let (string, behind) = rest.split_at(length);
                if let Some(Level::Object(name @ None)) = top {
                    *name = Some(string);
                }
                next = behind;
            }
            _ => {}
        }
        rest = next;
    }
    levels
}

/// The length of the string that the text begins with, quotes included, unless the text ends before.
fn string_length(text: &[u8]) -> Option<usize> {
    let mut escaped = false;
    let end = text.iter().skip(1).position(|byte| {
        let closing = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        closing
    });
    end.map(|end| end + 2)
}

/// Appends the name of a member, quoted if its end would be ambiguous.
fn push_name(path: &mut String, quoted: &[u8]) {
    let name =
        serde_json::from_slice::<Cow<'_, str>>(quoted).unwrap_or_else(|_| String::from_utf8_lossy(quoted));
    let plain = !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    match (plain, name.char_indices().nth(MAX_NAME_LENGTH)) {
        (true, None) if path.is_empty() => path.push_str(&name),
        (true, None) => drop(write!(path, ".{name}")),
        (false, None) => drop(write!(path, "[{name:?}]")),
        (_, Some((limit, _))) => drop(write!(path, "[{:?}…]", name.get(..limit).unwrap_or_default())),
    }
}

//! Where in a JSON text a decoder stopped, as the path to the value: `Vms[3].BlockDeviceMappings[0].Bsu`.
//!
//! A failed decode is rare and tells the position where it ended. From that the path is found by walking the text
//! once more, so that decoding itself keeps no account of where it is, and the path is also right for types that
//! are not ours.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde_json::error::Category;

/// Longer names are cut: they come from the server.
const NAME_LIMIT: usize = 64;

/// An object or list that is not complete at the end of the text.
enum Level<'a> {
    /// With the name of the member being read, in quotes as it is written.
    Object(Option<&'a [u8]>),
    /// With the number of elements before the one being read.
    List(usize),
}

/// The path of the value at which a decoder of `text` failed; where that is not certain, of the list around it.
/// The root's is empty.
pub(super) fn of(text: &[u8], error: &serde_json::Error) -> String {
    let before = before(text, error);
    let mut levels = walk(before);
    if error.classify() == Category::Data && before.trim_ascii_end().ends_with(b",") {
        // The element before the comma or the one after it: some types are only judged when they have been read.
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

/// The text up to where the decoder failed.
fn before<'a>(text: &'a [u8], error: &serde_json::Error) -> &'a [u8] {
    let lines_before = error.line().saturating_sub(1);
    let line: usize = text.split_inclusive(|byte| *byte == b'\n').take(lines_before).map(<[u8]>::len).sum();
    // A byte that must not stand where it does is counted as read, although it says nothing of the place.
    let unexpected = usize::from(error.classify() == Category::Syntax);
    let end = (line + error.column()).saturating_sub(unexpected).min(text.len());
    text.get(..end).unwrap_or(text)
}

/// What is not complete at the end of a text, which is JSON but for its end.
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

/// Appends a member's name, so that it is always clear where it ends.
fn push_name(path: &mut String, quoted: &[u8]) {
    let name =
        serde_json::from_slice::<Cow<'_, str>>(quoted).unwrap_or_else(|_| String::from_utf8_lossy(quoted));
    let plain = !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    match (plain, name.char_indices().nth(NAME_LIMIT)) {
        (true, None) if path.is_empty() => path.push_str(&name),
        (true, None) => drop(write!(path, ".{name}")),
        (false, None) => drop(write!(path, "[{name:?}]")),
        (_, Some((limit, _))) => drop(write!(path, "[{:?}…]", name.get(..limit).unwrap_or_default())),
    }
}

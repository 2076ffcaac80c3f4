//! Sanitizes text of the server for errors: truncated, on one line, without values.

use std::fmt::{self, Write};

/// Maximum length of the server's text in one line, in characters.
const MAX_SHOWN_LENGTH: usize = 200;

/// The start of a body as text, with U+FFFD for bytes that are not UTF-8.
pub(super) fn bounded(body: &[u8], limit: usize) -> String {
    // Half of a character would look like invalid UTF-8 in the response.
    let cut = body.get(..limit).map_or(body, |cut| match std::str::from_utf8(cut) {
        Err(error) if error.error_len().is_none() => cut.get(..error.valid_up_to()).unwrap_or(cut),
        _ => cut,
    });
    let mut text = String::from_utf8_lossy(cut).into_owned();
    // Replacement characters are longer than the bytes that they replace.
    while text.len() > limit {
        text.pop();
    }
    text
}

/// The text on one line, without deceptive characters, truncated.
pub(super) fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || is_deceptive(c)).filter(|word| !word.is_empty());
    let mut line = String::new();
    let mut length = 0;
    for word in words {
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        for letter in word.chars() {
            if length == MAX_SHOWN_LENGTH {
                line.push('…');
                return line;
            }
            line.push(letter);
            length += 1;
        }
    }
    line
}

/// Control characters, line and paragraph separators, invisible characters, and marks that change the direction of the
/// text after them (Unicode, annex 9).
fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Writes to one line: deceptive characters become spaces.
pub(super) struct OneLine<'a, 'b>(pub(super) &'a mut fmt::Formatter<'b>);

impl Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut parts = text.split(is_deceptive);
        self.0.write_str(parts.next().unwrap_or_default())?;
        parts.try_for_each(|part| {
            self.0.write_char(' ')?;
            self.0.write_str(part)
        })
    }
}

/// The message of a JSON error without the value that it found, which may be a misplaced secret.
///
/// The forms are those of `serde::de::Unexpected`: a word or two, and the value in quotes or backticks.
pub(super) fn without_values(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let starts = ["string \"", "integer `", "floating point `", "number `", "boolean `", "character `"];
    let found = starts.iter().filter_map(|start| Some((message.find(start)?, start))).min();
    let (Some((start, word)), Some(end)) = (found, message.rfind(", expected ")) else {
        return message;
    };
    match (message.get(..start), message.get(end..)) {
        (Some(before), Some(after)) if start < end => {
            let word = word.trim_end_matches(['"', '`', ' ']);
            let article = if word.starts_with('i') { "an" } else { "a" };
            format!("{before}{article} {word}{after}")
        }
        _ => message,
    }
}

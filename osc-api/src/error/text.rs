//! Texts of others, made fit to be kept and shown: bounded, on one line, without values.

/// The most of a foreign text that is shown in one line, in characters.
const MAX_LINE_LENGTH: usize = 200;

/// The beginning of a body as text. What is no UTF-8 is shown as the replacement character.
pub(super) fn bounded(body: &[u8], limit: usize) -> String {
    // A character that is cut in two would show as damage that the response does not have, so that it is
    // dropped.
    let cut = body.get(..limit).map_or(body, |cut| match std::str::from_utf8(cut) {
        Err(error) if error.error_len().is_none() => cut.get(..error.valid_up_to()).unwrap_or(cut),
        _ => cut,
    });
    let mut text = String::from_utf8_lossy(cut).into_owned();
    // Replacement characters are longer than the bytes that they stand for.
    while text.len() > limit {
        text.pop();
    }
    text
}

/// A text on one line, without what could play tricks on a terminal, cut where it becomes too long to read.
pub(super) fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || is_control(c)).filter(|word| !word.is_empty());
    let mut line = String::new();
    let mut length = 0;
    for word in words {
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        for letter in word.chars() {
            if length == MAX_LINE_LENGTH {
                line.push('…');
                return line;
            }
            line.push(letter);
            length += 1;
        }
    }
    line
}

/// Control characters, and the marks that change the direction of what follows (Unicode, annex 9).
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What a JSON error says, less the value that it found: that may be a secret in the wrong place.
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

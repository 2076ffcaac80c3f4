//! The text of a setting: trimmed, and checked for mistakes before a request uses it.

use std::fmt;

/// A mistake that is never intended, whatever the setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Defect {
    Quoted,
    Placeholder,
    /// An invisible character, usually copied from a web page.
    Invisible(char),
}

/// Completes a sentence that begins with the source of the value, without repeating the value.
impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quoted => f.write_str("is in quotes: remove them"),
            Self::Placeholder => f.write_str("is a placeholder: replace it with the real value"),
            Self::Invisible(c) => {
                write!(
                    f,
                    "contains an invisible character (U+{:04X}): type it again without it",
                    u32::from(*c)
                )
            }
        }
    }
}

/// The value without the blanks and line ends around it.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}')
}

/// The mistake in a trimmed value, if any.
pub(super) fn find_defect(text: &str) -> Option<Defect> {
    if let Some(c) = text.chars().find(|c| is_invisible(*c)) {
        return Some(Defect::Invisible(c));
    }
    if is_quoted(text) {
        return Some(Defect::Quoted);
    }
    is_placeholder(text).then_some(Defect::Placeholder)
}

/// Returns `true` for a sample key, as in documentation.
pub(super) fn is_sample_key(text: &str) -> bool {
    const SAMPLES: [&str; 9] = [
        "accesskey",
        "changeme",
        "myaccesskey",
        "mysecretkey",
        "redacted",
        "secretkey",
        "todo",
        "youraccesskey",
        "yoursecretkey",
    ];
    let letters: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let letters = letters.to_ascii_lowercase();
    let letters = letters.strip_suffix("here").unwrap_or(&letters);
    let letters = letters.strip_suffix("id").unwrap_or(letters);
    let is_masked =
        text.chars().count() >= 3 && text.chars().all(|c| matches!(c, 'x' | 'X' | '*' | '.' | '…'));
    is_masked || SAMPLES.contains(&letters)
}

/// Zero-width characters, byte order marks, no-break spaces, bidirectional controls and the like.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
        | '\u{3000}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

fn is_quoted(text: &str) -> bool {
    const OPENING: &str = "\"'`“”„‘’‚«»‹›";
    const CLOSING: &str = "\"'`“”‘’«»‹›";
    let mut chars = text.chars();
    let (first, last) = (chars.next(), chars.next_back());
    first.is_some_and(|c| OPENING.contains(c)) && last.is_some_and(|c| CLOSING.contains(c))
}

/// Returns `true` for a placeholder that was not replaced: `<key>`, `${KEY}`, `$OSC_KEY`, `{{ key }}`, `$(command)`,
/// `%OSC_KEY%`. A password may begin with `$`, so only names such as `$OSC_KEY` count.
fn is_placeholder(text: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_uppercase())
            && name.contains('_')
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let inside = |open: &str, close: &str| text.strip_prefix(open)?.strip_suffix(close);
    inside("<", ">").is_some()
        || inside("{{", "}}").is_some()
        || inside("${", "}").is_some()
        || inside("$(", ")").is_some()
        || inside("%", "%").is_some_and(is_name)
        || text.strip_prefix('$').is_some_and(is_name)
}

//! Locations: line and column in a text, with an excerpt of the line.

use super::Source;

/// Maximum number of characters that an excerpt shows before and after the location: a generated description may be
/// a single line.
const MAX_CHARS_BEFORE: usize = 60;
const MAX_CHARS_AFTER: usize = 80;

/// The location of a problem in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The text. For a problem of the description this is the overlay if the overlay added the value.
    pub source: Source,
    /// The line, from 1. Only a line feed ends a line, as in editors and on GitHub.
    pub line: usize,
    /// The character in that line, from 1. A byte order mark at the start of the text does not count.
    pub column: usize,
    /// `false` if this is only the nearest location, such as the mapping that lacks the key.
    pub is_exact: bool,
    shown: String,
    caret: usize,
}

impl Location {
    /// The numbered line with a caret below the column. A long line is cut.
    pub fn excerpt(&self) -> String {
        let Self { line, shown, caret, .. } = self;
        let number = format!("{line:>6}");
        let excerpt = format!("{number} | {shown}\n{:>width$} | {:>caret$}^", "", "", width = number.len());
        excerpt.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    }
}

/// Replaces control and invisible characters by visible ones, one for one, so that columns stay valid.
pub fn visible(text: &str) -> String {
    text.chars().map(visible_char).collect()
}

fn visible_char(c: char) -> char {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        c if is_hidden(c) => '\u{fffd}',
        c => c,
    }
}

/// Whether a character is a control character or a line separator, changes the writing direction or has no width. The
/// compiler refuses many of them in a comment.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Converts byte offsets into locations, forwards only, so that one pass over the text resolves all of them.
pub(crate) struct LineCursor<'a> {
    source: Source,
    text: &'a str,
    offset: usize,
    line: usize,
    column: usize,
}

impl<'a> LineCursor<'a> {
    pub(crate) fn new(source: Source, text: &'a str) -> Self {
        let offset = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
        Self { source, text, offset, line: 1, column: 1 }
    }

    /// The location of a byte offset, which must not be before that of the previous call. An offset inside a character
    /// stands for the next character.
    pub(crate) fn locate(&mut self, offset: usize, is_exact: bool) -> Location {
        let mut offset = offset.clamp(self.offset, self.text.len().max(self.offset));
        while !self.text.is_char_boundary(offset) && offset < self.text.len() {
            offset += 1;
        }
        for c in self.text.get(self.offset..offset).unwrap_or_default().chars() {
            (self.line, self.column) =
                if c == '\n' { (self.line + 1, 1) } else { (self.line, self.column + 1) };
        }
        self.offset = offset;
        let (shown, caret) = self.window();
        Location { source: self.source, line: self.line, column: self.column, is_exact, shown, caret }
    }

    /// The excerpt around the offset, and the number of its characters before the offset.
    fn window(&self) -> (String, usize) {
        let (before, after) = self.text.split_at_checked(self.offset).unwrap_or_default();
        let mut head: Vec<char> = before
            .chars()
            .rev()
            .take_while(|&c| c != '\n')
            .take(MAX_CHARS_BEFORE + 1)
            .filter(|&c| c != BYTE_ORDER_MARK)
            .collect();
        if head.len() > MAX_CHARS_BEFORE {
            head.truncate(MAX_CHARS_BEFORE);
            head.push('…');
        }
        let end = after.find('\n').unwrap_or(after.len());
        let after = after.get(..end).unwrap_or_default();
        let after = after.strip_suffix('\r').unwrap_or(after);
        let mut tail = after.chars();
        let shown = head.iter().rev().copied().chain(tail.by_ref().take(MAX_CHARS_AFTER)).map(visible_char);
        let mut shown: String = shown.collect();
        if tail.next().is_some() {
            shown.push('…');
        }
        (shown, head.len())
    }
}

/// The byte order mark that some editors write at the start of a text.
pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

//! Places: line and column in a text, with the line to look at.

use super::Source;

/// Characters that are shown before the place, and from it on. Generated descriptions may be one line as a whole.
const BEFORE: usize = 60;
const AFTER: usize = 80;

/// Where in a text a problem is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The text. It may be the overlay for a problem of the description: for what the overlay put there.
    pub source: Source,
    /// The line, from 1. Only a line feed ends one, as for those who show files.
    pub line: usize,
    /// The character in that line, from 1. A byte order mark at the beginning of the text does not count.
    pub column: usize,
    /// Whether it is the place itself, and not what is nearest to it: the mapping that has no such key.
    pub is_exact: bool,
    shown: String,
    caret: usize,
}

impl Location {
    /// The line with its number, and below it a mark at the column. A long line is cut.
    pub fn excerpt(&self) -> String {
        let Self { line, shown, caret, .. } = self;
        let number = format!("{line:>6}");
        let excerpt = format!("{number} | {shown}\n{:>width$} | {:>caret$}^", "", "", width = number.len());
        excerpt.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    }
}

/// A text with what can be hidden in it made visible, a character for a character, so that columns stay true.
pub fn visible(text: &str) -> String {
    text.chars().map(visible_char).collect()
}

fn visible_char(c: char) -> char {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        // What other systems take for the end of a line, what turns the direction of writing, what has no width.
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => '\u{fffd}',
        c => c,
    }
}

/// Turns bytes of a text into places, forwards only: the text is read once, however many places are asked for.
pub(crate) struct Cursor<'a> {
    source: Source,
    text: &'a str,
    offset: usize,
    line: usize,
    column: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(source: Source, text: &'a str) -> Self {
        let offset = if text.starts_with(BOM) { BOM.len_utf8() } else { 0 };
        Self { source, text, offset, line: 1, column: 1 }
    }

    /// The place of a byte, which is not before that of the last call; in the midst of a character, of the next one.
    pub(crate) fn place(&mut self, offset: usize, is_exact: bool) -> Location {
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

    /// What stands around, and how many characters of it are before the place.
    fn window(&self) -> (String, usize) {
        let (before, after) = self.text.split_at_checked(self.offset).unwrap_or_default();
        let mut head: Vec<char> =
            before.chars().rev().take_while(|&c| c != '\n').take(BEFORE + 1).filter(|&c| c != BOM).collect();
        if head.len() > BEFORE {
            head.truncate(BEFORE);
            head.push('…');
        }
        let end = after.find('\n').unwrap_or(after.len());
        let after = after.get(..end).unwrap_or_default();
        let after = after.strip_suffix('\r').unwrap_or(after);
        let mut tail = after.chars();
        let shown = head.iter().rev().copied().chain(tail.by_ref().take(AFTER)).map(visible_char);
        let mut shown: String = shown.collect();
        if tail.next().is_some() {
            shown.push('…');
        }
        (shown, head.len())
    }
}

/// What some editors begin a text with.
pub(crate) const BOM: char = '\u{feff}';

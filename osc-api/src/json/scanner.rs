//! A position in JSON text, and what is read there without knowing any type.
//!
//! Strings without escapes and short integers are read here; everything else, such as escapes, other numbers and
//! whatever is skipped, is left to `serde_json`.

use serde::de::{Deserialize as _, IgnoredAny};
use serde_json::{Deserializer, Number};

/// The text is not JSON, or has a number that is too large, half of a surrogate pair or too many levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotJson;

/// Maximum number of digits of an integer that certainly fits.
const MAX_DIGITS: usize = 18;

/// The value 1 in each byte of a word.
const ONES: u64 = u64::MAX / 255;

/// A position in JSON text.
pub(super) struct Scanner<'de> {
    text: &'de str,
    at: usize,
}

impl<'de> Scanner<'de> {
    pub(super) const fn new(text: &'de str) -> Self {
        Self { text, at: 0 }
    }

    /// Line and column of the last byte read, both from 1, as `serde_json` counts them.
    pub(super) fn location(&self) -> (usize, usize) {
        let before = self.text.as_bytes().get(..self.at).unwrap_or_default();
        let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        (before.iter().filter(|byte| **byte == b'\n').count() + 1, line.len())
    }

    /// The next byte that is not whitespace.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                byte => return byte.copied(),
            }
        }
    }

    /// Moves behind the byte that was peeked.
    #[inline]
    pub(super) fn advance(&mut self) {
        self.at += 1;
    }

    /// Moves behind the next byte if it is this one.
    #[inline]
    pub(super) fn take(&mut self, byte: u8) -> bool {
        // Whitespace is rare.
        let is_next = self.text.as_bytes().get(self.at) == Some(&byte) || self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Moves behind a word such as `null`.
    #[inline]
    pub(super) fn word<const N: usize>(&mut self, word: &[u8; N]) -> Result<(), NotJson> {
        let next = self.text.as_bytes().get(self.at..).and_then(<[u8]>::first_chunk);
        self.at += N;
        if next == Some(word) { Ok(()) } else { Err(NotJson) }
    }

    /// Reads the string whose opening quote was read, if it has no escapes.
    pub(super) fn plain_string(&mut self) -> Option<&'de str> {
        let end = end_of_plain(self.text.as_bytes(), self.at);
        if self.text.as_bytes().get(end) != Some(&b'"') {
            return None;
        }
        let text = self.text.get(self.at..end);
        self.at = end + 1;
        text
    }

    /// Reads the string whose opening quote was read, and that is not plain.
    #[cold]
    pub(super) fn escaped_string(&mut self) -> Result<String, NotJson> {
        let bytes = self.text.as_bytes();
        let mut end = end_of_plain(bytes, self.at);
        while bytes.get(end) == Some(&b'\\') {
            end = end_of_plain(bytes, end + 2);
        }
        let quoted = self.text.get(self.at - 1..=end).ok_or(NotJson)?;
        self.at = end + 1;
        serde_json::from_str(quoted).map_err(|_| NotJson)
    }

    /// Reads an integer that is not negative, if the number is one and short.
    #[inline]
    pub(super) fn short_integer(&mut self) -> Option<u64> {
        let bytes = self.text.as_bytes();
        let (mut number, mut at) = (0_u64, self.at);
        while let Some(digit @ b'0'..=b'9') = bytes.get(at) {
            number = number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            at += 1;
        }
        let digits = at - self.at;
        let has_more = matches!(bytes.get(at), Some(b'.' | b'e' | b'E'));
        let has_leading_zero = digits > 1 && bytes.get(self.at) == Some(&b'0');
        if digits == 0 || digits > MAX_DIGITS || has_more || has_leading_zero {
            return None;
        }
        self.at = at;
        Some(number)
    }

    /// Reads a number.
    pub(super) fn number(&mut self) -> Result<Number, NotJson> {
        let mut rest = Deserializer::from_str(self.rest());
        let number = Number::deserialize(&mut rest).map_err(|_| NotJson)?;
        self.at += rest.into_iter::<IgnoredAny>().byte_offset();
        Ok(number)
    }

    /// Skips a value. Its levels, numbers and escapes are not limited.
    ///
    /// # Errors
    /// Returns the error with its location.
    pub(super) fn skip(&mut self) -> serde_json::Result<()> {
        let mut rest = Deserializer::from_str(self.rest());
        match IgnoredAny::deserialize(&mut rest) {
            Ok(IgnoredAny) => {
                self.at += rest.into_iter::<IgnoredAny>().byte_offset();
                Ok(())
            }
            Err(error) => Err(self.skip_error(error)),
        }
    }

    /// The error of a value at this position, with the location in the whole text instead of that in the value.
    #[cold]
    fn skip_error(&self, error: serde_json::Error) -> serde_json::Error {
        let (line, column) = self.location();
        let text = ["\n".repeat(line - 1), " ".repeat(column), self.rest().to_owned()].concat();
        serde_json::from_str::<IgnoredAny>(&text).err().unwrap_or(error)
    }

    fn rest(&self) -> &'de str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

/// The position of the next quote, backslash or control character.
#[inline]
fn end_of_plain(bytes: &[u8], start: usize) -> usize {
    let mut rest = bytes.get(start..).unwrap_or_default();
    // Eight bytes at once: subtracting sets the highest bit of bytes below a limit, which are the quote and the control
    // characters in one case and the backslash in the other. It may do so for the bytes behind them, too.
    while let Some((word, after)) = rest.split_first_chunk() {
        let word = u64::from_le_bytes(*word);
        let quotes = (word ^ (ONES * u64::from(b'"' ^ b' '))).wrapping_sub(ONES * u64::from(b'!'));
        let backslashes = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
        let found = (quotes | backslashes) & !word & (ONES << 7);
        if found != 0 {
            return bytes.len() - rest.len() + found.trailing_zeros() as usize / 8;
        }
        rest = after;
    }
    end_of_last(bytes, rest)
}

/// The same for the last few bytes of the text.
#[cold]
#[inline(never)]
fn end_of_last(bytes: &[u8], rest: &[u8]) -> usize {
    let is_end = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    bytes.len() - rest.len() + rest.iter().position(is_end).unwrap_or(rest.len())
}

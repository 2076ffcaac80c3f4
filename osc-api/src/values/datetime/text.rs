//! The string of a date, stored in place: responses have many dates, and an allocation for each costs more than
//! scanning it.

use std::ops::Deref;

/// Maximum length of a string stored in place, in bytes. The longest form that the API writes has 28:
/// `2017-05-10T12:34:56.789+0000`.
const MAX_INLINE: usize = 30;

/// A string that is usually short.
#[derive(Clone)]
pub(super) enum DateText {
    /// The string, and its length.
    Inline([u8; MAX_INLINE], u8),
    Heap(Box<str>),
}

impl From<&str> for DateText {
    fn from(text: &str) -> Self {
        let mut bytes = [0; MAX_INLINE];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(start), Ok(length)) => {
                start.copy_from_slice(text.as_bytes());
                Self::Inline(bytes, length)
            }
            _ => Self::Heap(text.into()),
        }
    }
}

impl Deref for DateText {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            // Never another string: the bytes are a copy of a whole one.
            Self::Inline(bytes, length) => bytes
                .get(..usize::from(*length))
                .and_then(|text| str::from_utf8(text).ok())
                .unwrap_or_default(),
            Self::Heap(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_of_any_length_is_kept_unchanged() {
        for length in 0..=2 * MAX_INLINE {
            for letter in ["x", "é", "日"] {
                let text = letter.repeat(length);
                assert_eq!(&*DateText::from(text.as_str()), text);
            }
        }
    }

    #[test]
    fn the_forms_that_the_api_writes_are_stored_in_place() {
        for text in ["2023-04-05", "2010-10-01T12:34:56.789Z", "2017-05-10T12:34:56.789+0000"] {
            assert!(matches!(DateText::from(text), DateText::Inline(..)), "{text}");
        }
        assert_eq!(size_of::<Option<DateText>>(), 32);
    }
}

//! Response bodies as JSON text: what is repaired before and between attempts to decode.

use std::borrow::Cow;

/// A body as text: without a byte order mark, and with U+FFFD for bytes that are not UTF-8, because one
/// damaged string must not fail the whole response.
pub(crate) fn decode(body: &[u8]) -> Cow<'_, str> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    // Validating once is much faster than string by string, as `serde_json::from_slice` does.
    str::from_utf8(body).map_or_else(|_| String::from_utf8_lossy(body), Cow::Borrowed)
}

/// Whether a body has no content.
pub(crate) fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_whitespace())
}

/// The text with what the decoder rejects though its meaning is clear replaced: escapes of lone surrogates by U+FFFD,
/// numbers beyond the range of `f64` by strings. Returns `None` if there is nothing to replace.
pub(super) fn repair(text: &str) -> Option<String> {
    let mut repaired = String::new();
    let mut copied = 0;
    let mut replace = |from: usize, to: usize, by: &str| {
        repaired.push_str(text.get(copied..from).unwrap_or_default());
        repaired.push_str(by);
        copied = to;
    };
    let mut at = 0;
    let mut is_in_string = false;
    while let Some(byte) = text.as_bytes().get(at) {
        let length = match byte {
            b'"' => {
                is_in_string = !is_in_string;
                1
            }
            b'\\' if is_in_string => match escape(text, at) {
                Escape::Valid(length) => length,
                Escape::LoneSurrogate => {
                    replace(at, at + 6, "\\ufffd");
                    6
                }
            },
            b'-' | b'0'..=b'9' if !is_in_string => {
                let number = number(text, at);
                if number.parse::<f64>().is_ok_and(f64::is_infinite) {
                    replace(at, at + number.len(), &format!("\"{number}\""));
                }
                number.len()
            }
            _ => 1,
        };
        at += length;
    }
    if copied == 0 {
        return None;
    }
    repaired.push_str(text.get(copied..).unwrap_or_default());
    Some(repaired)
}

/// An escape sequence in a string.
enum Escape {
    /// Kept, with its length. The decoder reports invalid ones.
    Valid(usize),
    /// Half of a surrogate pair, six bytes long.
    LoneSurrogate,
}

fn escape(text: &str, at: usize) -> Escape {
    match code_unit(text, at) {
        None => Escape::Valid(2),
        Some(0xd800..=0xdbff) => match code_unit(text, at + 6) {
            Some(0xdc00..=0xdfff) => Escape::Valid(12),
            _ => Escape::LoneSurrogate,
        },
        Some(0xdc00..=0xdfff) => Escape::LoneSurrogate,
        Some(_) => Escape::Valid(6),
    }
}

/// The UTF-16 code unit of an escape such as `\u00e9`.
fn code_unit(text: &str, at: usize) -> Option<u16> {
    let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
    // `from_str_radix` accepts a sign.
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

/// The number at a position, as far as it may be one.
fn number(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or_default();
    let is_part = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
    let end = rest.bytes().position(|byte| !is_part(byte)).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_and_invalid_bytes_do_not_spoil_the_text() {
        for (body, text) in [
            (&b"\xef\xbb\xbf{}"[..], "{}"),
            (b"{}", "{}"),
            (b"\xef\xbb\xbf", ""),
            (b"a\xffb", "a\u{fffd}b"),
            (b"\xef\xbb\xbfa\xff", "a\u{fffd}"),
        ] {
            assert_eq!(decode(body), text, "{body:?}");
        }
        assert!(is_blank("") && is_blank(" \r\n\t") && !is_blank("null") && !is_blank("\u{a0}"));
    }

    #[test]
    fn lone_surrogates_and_infinite_numbers_are_replaced_and_nothing_else_is() {
        for (text, repaired) in [
            (r#""\udfff""#, Some(r#""\ufffd""#)),
            (r#""a\uD83Db""#, Some(r#""a\ufffdb""#)),
            (r#""\ud83d\ud83d\ude00""#, Some(r#""\ufffd\ud83d\ude00""#)),
            (r#""\ude00\ud83d""#, Some(r#""\ufffd\ufffd""#)),
            (r#""\ud83d\n""#, Some(r#""\ufffd\n""#)),
            (r#""\ud83d\ud8"#, Some(r#""\ufffd\ud8"#)),
            (r#"{"\ud800":[1e999,-1e999,2]}"#, Some(r#"{"\ufffd":["1e999","-1e999",2]}"#)),
            (r#""\ud83d\ude00""#, None),
            (r#""\\udfff""#, None),
            (r#""\"\u00e9\u+123\ud""#, None),
            (r#"["1e999", 1e308, -, \udfff"#, None),
            (r#""é\"#, None),
            ("", None),
        ] {
            assert_eq!(repair(text).as_deref(), repaired, "{text}");
        }
    }
}

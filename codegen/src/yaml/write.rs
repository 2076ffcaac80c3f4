//! Writes values as block YAML in which every string reads as a string, with a YAML 1.1 reader too.

use serde_json::{Number, Value};

/// Maximum length of a key that YAML readers accept without the indicator `?`.
const MAX_KEY: usize = 128;

/// Writes a value as YAML.
pub(crate) fn write(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(object) if !object.is_empty() => entries(object, 0, &mut text),
        Value::Array(items) if !items.is_empty() => list(items, 0, &mut text),
        scalar => {
            text.push_str(&flow(scalar, 0));
            text.push('\n');
        }
    }
    text
}

/// Writes the entries of a mapping. The first one continues the current line.
fn entries(object: &serde_json::Map<String, Value>, indent: usize, text: &mut String) {
    for (index, (key, value)) in object.iter().enumerate() {
        if index > 0 {
            margin(indent, text);
        }
        let key = one_line(key);
        if key.len() > MAX_KEY {
            text.push_str(&format!("? {key}\n"));
            margin(indent, text);
        } else {
            text.push_str(&key);
        }
        text.push(':');
        match value {
            Value::Object(object) if !object.is_empty() => {
                text.push('\n');
                margin(indent + 2, text);
                entries(object, indent + 2, text);
            }
            Value::Array(items) if !items.is_empty() => {
                text.push('\n');
                margin(indent, text);
                list(items, indent, text);
            }
            scalar => text.push_str(&format!(" {}\n", flow(scalar, indent + 2))),
        }
    }
}

/// Writes the items of a list. The first one continues the current line.
fn list(items: &[Value], indent: usize, text: &mut String) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            margin(indent, text);
        }
        text.push_str("- ");
        match item {
            Value::Object(object) if !object.is_empty() => entries(object, indent + 2, text),
            Value::Array(items) if !items.is_empty() => list(items, indent + 2, text),
            scalar => {
                text.push_str(&flow(scalar, indent + 2));
                text.push('\n');
            }
        }
    }
}

fn margin(indent: usize, text: &mut String) {
    text.extend(std::iter::repeat_n(' ', indent));
}

/// A scalar or an empty collection, without its line end. `indent` is that of the lines of a block scalar.
fn flow(value: &Value, indent: usize) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => number(value),
        Value::String(value) => block(value, indent).unwrap_or_else(|| one_line(value)),
        Value::Array(_) => "[]".to_owned(),
        Value::Object(_) => "{}".to_owned(),
    }
}

/// A number as YAML 1.1 spells it: with a point and a signed exponent.
fn number(value: &Number) -> String {
    let text = value.to_string();
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['-', '+']) { "" } else { "+" };
    format!("{mantissa}{point}e{sign}{exponent}")
}

/// A string of several lines as a literal block scalar, where that is readable and exact.
fn block(text: &str, indent: usize) -> Option<String> {
    let is_block = text.contains('\n')
        && !text.starts_with([' ', '\t', '\n'])
        && text.chars().all(|c| c == '\n' || c == '\t' || is_printable(c))
        && text.lines().all(|line| !line.ends_with([' ', '\t']));
    if !is_block {
        return None;
    }
    let content = text.trim_end_matches('\n');
    let chomping = match text.len() - content.len() {
        0 => "-",
        1 => "",
        _ => "+",
    };
    let mut block = format!("|{chomping}");
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        block.push('\n');
        if !line.is_empty() {
            margin(indent, &mut block);
            block.push_str(line);
        }
    }
    Some(block)
}

/// A string in one line: plain, in single quotes, or in double quotes with escapes.
fn one_line(text: &str) -> String {
    if !text.chars().all(is_printable) {
        return double_quoted(text);
    }
    if is_plain(text) { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

fn double_quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\0' => quoted.push_str("\\0"),
            c if is_printable(c) => quoted.push(c),
            c => match u32::from(c) {
                code @ 0..=0xff => quoted.push_str(&format!("\\x{code:02X}")),
                code @ 0x100..=0xffff => quoted.push_str(&format!("\\u{code:04X}")),
                code => quoted.push_str(&format!("\\U{code:08X}")),
            },
        }
    }
    quoted.push('"');
    quoted
}

/// Returns `true` for a character that needs no escape and that no reader takes for a line break.
fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
        && c != '\u{feff}'
}

/// Returns `true` if a printable string needs no quotes.
fn is_plain(text: &str) -> bool {
    const INDICATORS: [char; 18] =
        ['-', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@'];
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return false };
    let is_safe_start = match first {
        // These are indicators only before a space.
        '-' | '?' | ':' => {
            chars.next().is_some_and(|second| !matches!(second, ' ' | ',' | '[' | ']' | '{' | '}'))
        }
        first => first != '`' && !INDICATORS.contains(&first),
    };
    is_safe_start
        && !text.starts_with("---")
        && !text.starts_with("...")
        && !text.starts_with(' ')
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !is_read_as_other_type(text)
}

/// Returns `true` for a plain scalar that a reader of YAML 1.1 or 1.2 takes for something other than a string.
fn is_read_as_other_type(text: &str) -> bool {
    const WORDS: [&str; 14] =
        ["~", "null", "true", "false", "yes", "no", "y", "n", "on", "off", "=", "<<", ".inf", ".nan"];
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word) || unsigned.eq_ignore_ascii_case(word))
        || is_number(unsigned)
        || is_date(text)
}

/// Numbers of YAML 1.1, with Ruby's commas, and of YAML 1.2: `1_000`, `0o7`, `0x1f`, `.5`, `1e3`, `1:30`.
fn is_number(text: &str) -> bool {
    let all = |digits: &str, is_digit: fn(char) -> bool| {
        digits.chars().all(|c| is_digit(c) || matches!(c, '_' | ',')) && digits.contains(is_digit)
    };
    let is_decimal = |digits: &str| all(digits, |c| c.is_ascii_digit());
    for (prefix, is_digit) in [
        ("0x", (|c| c.is_ascii_hexdigit()) as fn(char) -> bool),
        ("0o", |c| c.is_digit(8)),
        ("0b", |c| c.is_digit(2)),
    ] {
        let digits =
            text.get(..2).filter(|start| start.eq_ignore_ascii_case(prefix)).and_then(|_| text.get(2..));
        if digits.is_some_and(|digits| all(digits, is_digit)) {
            return true;
        }
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_optional = |digits: &str| digits.is_empty() || is_decimal(digits);
    let is_float = !(whole.is_empty() && fraction.is_empty())
        && is_optional(whole)
        && is_optional(fraction)
        && is_decimal(exponent);
    let sexagesimal = text.split_once('.').map_or(text, |(whole, _)| whole);
    is_float || (sexagesimal.contains(':') && sexagesimal.split(':').all(is_decimal))
}

/// Dates and timestamps of YAML 1.1: `2024-01-01`, `2024-1-1T00:00:00Z`.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let (Some(year), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let day = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    year.len() == 4
        && is_digits(year)
        && matches!(month.len(), 1 | 2)
        && is_digits(month)
        && matches!(day, 1 | 2)
        && rest.get(day..).is_some_and(|rest| rest.is_empty() || rest.starts_with(['T', 't', ' ', '\t']))
}

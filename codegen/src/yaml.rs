//! YAML in and out: the only module that knows `serde_yaml`, which its author no longer maintains.

mod resolve_spans;
mod source_map;

pub(crate) use resolve_spans::resolve_spans;

use std::cell::RefCell;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::diagnostics::{BOM, Diagnostics, Pointer, Source, Spot};

/// Reads one YAML document as JSON values, mappings in their order.
///
/// A key that stands twice in a mapping, a number that JSON cannot hold and a syntax error are reported.
pub(crate) fn read(text: &str, source: Source, problems: &mut Diagnostics) -> Option<Value> {
    if let Some(byte) = too_deep(text) {
        let message = format!("more than {MOST_OPEN} brackets are open here");
        problems.syntax(source, Spot::Byte(byte), message);
        return None;
    }
    let found = RefCell::new(Vec::new());
    let seed = Node { at: Pointer::root(), found: &found };
    // The library takes a byte order mark for a document of its own when there is a mistake after it.
    let content = text.strip_prefix(BOM).unwrap_or(text);
    let value = seed.deserialize(serde_yaml::Deserializer::from_str(content));
    for Problem { at, message, is_second_key } in found.take() {
        if is_second_key {
            problems.second_key(source, &at, message);
        } else {
            problems.error_in(source, &at, message);
        }
    }
    match value {
        Ok(value) => Some(value),
        Err(error) => {
            let mark = text.len() - content.len();
            let spot = match forbidden(content).or_else(|| place_of(&error, content)) {
                Some(byte) => Spot::Byte(mark + byte),
                None => Spot::NextDocument,
            };
            problems.syntax(source, spot, format!("not readable as YAML: {}", without_place(&error)));
            None
        }
    }
}

/// The byte at which the library stopped; for what is still open at the end of the text, where it was opened.
fn place_of(error: &serde_yaml::Error, text: &str) -> Option<usize> {
    let byte = error.location()?.index();
    let opened = || {
        let message = error.to_string();
        let (_, place) = message.rsplit_once(" at line ")?;
        let (line, column) = place.split_once(" column ")?;
        let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
        let lines: Vec<&str> = text.split_inclusive('\n').take(line).collect();
        let (last, before) = lines.split_last()?;
        let (inside, _) = last.char_indices().nth(column.checked_sub(1)?)?;
        Some(before.iter().map(|line| line.len()).sum::<usize>() + inside)
    };
    let is_end = text.get(byte..).is_none_or(|rest| rest.trim().is_empty());
    is_end.then(opened).flatten().or(Some(byte))
}

/// What an error says, without the place: the library counts other line ends than those who show files.
fn without_place(error: &serde_yaml::Error) -> String {
    let text = error.to_string();
    let Some(location) = error.location() else { return text };
    let place = format!(" at line {} column {}", location.line(), location.column());
    text.replacen(&place, "", 1)
}

/// The text of a key that is written without quotes, as the keys of [`read`] have it: `0x10` is `16`.
pub(super) fn plain_key(text: &str) -> Option<String> {
    Key.deserialize(serde_yaml::Deserializer::from_str(text)).ok()
}

/// As many brackets as may be open at once. The parser's time grows with the square of their number, and it
/// reads no more than 128 levels anyway.
const MOST_OPEN: usize = 2000;

/// Where a text has too many open brackets. Those in texts count too: no description has so many.
fn too_deep(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    text.bytes().position(|byte| {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open > MOST_OPEN
    })
}

/// The first character that no YAML may hold. The library tells its place in words only.
fn forbidden(text: &str) -> Option<usize> {
    text.find(|c| {
        matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
    })
}

/// Writes values as YAML.
///
/// # Errors
/// When the library refuses; no value that [`read`] returns is known to cause it.
pub(crate) fn write(value: &Value) -> Result<String, String> {
    let plain = serde_yaml::to_string(value).map_err(|error| error.to_string())?;
    let quoted: String = plain.lines().map(|line| quote_date(line) + "\n").collect();
    // A text of several lines may hold one that looks like an entry: then nothing is quoted.
    let same = serde_yaml::from_str::<Value>(&quoted).is_ok_and(|read| read == *value);
    Ok(if same { quoted } else { plain })
}

/// Quotes a text that is a date to readers of YAML 1.1, as the published description does.
fn quote_date(line: &str) -> String {
    let start =
        line.rfind(": ").map_or_else(|| line.len() - line.trim_start_matches([' ', '-']).len(), |at| at + 2);
    let (key, value) = line.split_at(start);
    let digits = |range: std::ops::Range<usize>| {
        value.get(range).is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let dashes = value.get(4..5) == Some("-") && value.get(7..8) == Some("-");
    if dashes && digits(0..4) && digits(5..7) && digits(8..10) && !value.contains('\'') {
        format!("{key}'{value}'")
    } else {
        line.to_owned()
    }
}

/// What is wrong inside a value.
struct Problem {
    at: Pointer,
    message: String,
    is_second_key: bool,
}

type Found = RefCell<Vec<Problem>>;

/// Builds one value and notes what is wrong inside it.
struct Node<'a> {
    at: Pointer,
    found: &'a Found,
}

impl Node<'_> {
    fn report(&self, message: String) {
        self.found.borrow_mut().push(Problem { at: self.at.clone(), message, is_second_key: false });
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping, a sequence or a plain value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        self.report(format!("the number {value} is too large: put it in quotes if it is text"));
        Ok(Value::Null)
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        self.report(format!("the number {value} is too large: put it in quotes if it is text"));
        Ok(Value::Null)
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value);
        if number.is_none() {
            self.report(format!("the number {value} does not exist in JSON: put it in quotes if it is text"));
        }
        Ok(number.map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) =
            items.next_element_seed(Node { at: self.at.join(list.len()), found: self.found })?
        {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<Value, A::Error> {
        Err(de::Error::custom("a tag (`!name`) is not supported: remove it"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key_seed(Key)? {
            let at = self.at.join(&key);
            let value = entries.next_value_seed(Node { at, found: self.found })?;
            if map.contains_key(&key) {
                let message = "this key stands here twice: remove one of the two".to_owned();
                let at = self.at.join(&key);
                self.found.borrow_mut().push(Problem { at, message, is_second_key: true });
            } else {
                map.insert(key, value);
            }
        }
        Ok(Value::Object(map))
    }
}

/// A key of a mapping: numbers and booleans, such as an unquoted status `200`, become their text.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Key {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plain value as the key of a mapping")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<String, E> {
        Ok(key.to_owned())
    }

    fn visit_i64<E: de::Error>(self, key: i64) -> Result<String, E> {
        Ok(key.to_string())
    }

    fn visit_u64<E: de::Error>(self, key: u64) -> Result<String, E> {
        Ok(key.to_string())
    }

    fn visit_f64<E: de::Error>(self, key: f64) -> Result<String, E> {
        Ok(key.to_string())
    }

    fn visit_bool<E: de::Error>(self, key: bool) -> Result<String, E> {
        Ok(key.to_string())
    }

    fn visit_unit<E: de::Error>(self) -> Result<String, E> {
        Ok("null".to_owned())
    }
}

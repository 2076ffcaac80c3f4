//! Builds JSON values from any deserializer and collects what JSON cannot represent.

use std::cell::RefCell;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use crate::diagnostics::Pointer;

/// A problem inside a value.
pub(super) struct Issue {
    pub(super) at: Pointer,
    pub(super) message: String,
    pub(super) kind: IssueKind,
}

#[derive(Clone, Copy)]
pub(super) enum IssueKind {
    DuplicateKey,
    MergeKey,
    /// A number that JSON cannot represent.
    Number,
}

/// Builds one value and records the issues inside it.
pub(super) struct ValueSeed<'a> {
    pub(super) at: Pointer,
    pub(super) issues: &'a RefCell<Vec<Issue>>,
}

impl ValueSeed<'_> {
    /// Reads an integer beyond 64 bits as the nearest floating-point number.
    fn large_integer(&self, written: String) -> Value {
        let nearest = written.parse().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number);
        let message = format!(
            "the integer {written} exceeds 64 bits and is read as {nearest}: quote it if it is a string"
        );
        self.report(message, IssueKind::Number);
        nearest
    }

    fn report(&self, message: String, kind: IssueKind) {
        self.issues.borrow_mut().push(Issue { at: self.at.clone(), message, kind });
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping, a list or a scalar")
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
        Ok(self.large_integer(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok(self.large_integer(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value);
        if number.is_none() {
            let message =
                format!("JSON has no number {value}, which is read as null: quote it if it is a string");
            self.report(message, IssueKind::Number);
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
            items.next_element_seed(ValueSeed { at: self.at.join(list.len()), issues: self.issues })?
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
        while let Some(key) = entries.next_key_seed(KeySeed)? {
            let value = entries.next_value_seed(ValueSeed { at: self.at.join(&key), issues: self.issues })?;
            match map.entry(key) {
                Entry::Vacant(entry) => {
                    entry.insert(value);
                }
                Entry::Occupied(entry) => {
                    let at = self.at.join(entry.key());
                    let message = "duplicate key: remove one of the two".to_owned();
                    self.issues.borrow_mut().push(Issue { at, message, kind: IssueKind::DuplicateKey });
                }
            }
        }
        Ok(Value::Object(map))
    }
}

/// The key of a mapping. Numbers and booleans, such as the unquoted status `200`, become strings.
pub(super) struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scalar as the key of a mapping")
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

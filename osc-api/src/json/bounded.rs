//! Values of any type, as large as the decoding allows.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::context;
use super::name::Name;
use super::value::{ARBITRARY_PRECISION, FromObject, Received, Slot};

/// A value whose lists and objects count as those of a generated type do. [`Value`] itself is not bounded.
pub(crate) struct BoundedValue(pub(crate) Value);

impl<'de> Deserialize<'de> for BoundedValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BoundedVisitor).map(BoundedValue)
    }
}

impl<'de> Received<'de> for Value {
    const EXPECTED: &'static str = "a value";

    fn receive<D: Deserializer<'de>>(deserializer: D) -> Result<Slot<Self>, D::Error> {
        Ok(match BoundedValue::deserialize(deserializer)?.0 {
            Self::Null => Slot::Null,
            value => Slot::Value(value),
        })
    }

    fn from_object<A: MapAccess<'de>>(object: A) -> Result<FromObject<Self>, A::Error> {
        let value = BoundedVisitor.visit_map(object)?;
        let is_empty = value.as_object().is_some_and(Map::is_empty);
        Ok(if is_empty { FromObject::Empty } else { FromObject::Value(value) })
    }
}

struct BoundedVisitor;

impl<'de> Visitor<'de> for BoundedVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_i128<E: de::Error>(self, number: i128) -> Result<Value, E> {
        Number::from_i128(number).map(Value::Number).ok_or_else(|| E::custom("an integer beyond 64 bits"))
    }

    fn visit_u128<E: de::Error>(self, number: u128) -> Result<Value, E> {
        Number::from_u128(number).map(Value::Number).ok_or_else(|| E::custom("an integer beyond 64 bits"))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(BoundedValue(element)) = elements.next_element()? {
            context::reserve(&mut list)?;
            list.push(element);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(Name(name)) = members.next_key()? {
            if name == ARBITRARY_PRECISION {
                let number: Number = members.next_value::<String>()?.parse().map_err(de::Error::custom)?;
                return Ok(number.into());
            }
            let BoundedValue(value) = members.next_value()?;
            context::charge_entry::<Value, _>(object.is_empty())?;
            object.insert(name.into_owned(), value);
        }
        Ok(object.into())
    }
}

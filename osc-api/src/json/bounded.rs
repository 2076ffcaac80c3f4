//! JSON values of any type, as large as the decoding allows.

use serde::de::{Deserialize, Deserializer};
use serde_json::{Map, Number, Value};

use super::access::Into;
use super::context;
use super::scalar::Scalar;
use super::target::{ReadError, ReadList, ReadObject};
use super::value::{ARBITRARY_PRECISION, FromObject, Received};

/// A value whose lists and objects count as those of a generated type do. [`Value`] itself is not bounded.
#[derive(Default)]
pub(crate) struct BoundedValue(pub(crate) Value);

impl<'de> Deserialize<'de> for BoundedValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut value = Self::default();
        deserializer.deserialize_any(Into(&mut value))?;
        Ok(value)
    }
}

/// Unlike the other types, it keeps null.
impl Received for BoundedValue {
    const EXPECTED: &'static str = "a value";

    fn from_scalar(scalar: Scalar<'_>) -> Option<Self> {
        Some(Self(match scalar {
            Scalar::Bool(value) => value.into(),
            Scalar::Unsigned(number) => number.into(),
            Scalar::Signed(number) => number.into(),
            Scalar::Float(number) => number.into(),
            Scalar::Text(text) => text.into(),
        }))
    }

    fn from_object(members: &mut dyn ReadObject<'_>) -> Result<FromObject<Self>, ReadError> {
        let mut object = Map::new();
        let mut value = Self::default();
        while let Some(name) = members.next_name()? {
            members.value(&mut value)?;
            if let (ARBITRARY_PRECISION, Value::String(text)) = (&*name, &value.0) {
                let number: Number = text.parse().map_err(ReadError::refused)?;
                return Ok(FromObject::Value(Self(number.into())));
            }
            context::charge_entry::<Value>(object.is_empty())?;
            object.insert(name.into_owned(), std::mem::take(&mut value.0));
        }
        Ok(FromObject::Value(Self(object.into())))
    }

    fn from_list(elements: &mut dyn ReadList) -> Result<Option<Self>, ReadError> {
        let mut list = Vec::new();
        let mut element = Self::default();
        while elements.next(&mut element)?.is_some() {
            context::reserve(&mut list)?;
            list.push(std::mem::take(&mut element.0));
        }
        Ok(Some(Self(list.into())))
    }

    fn null() -> Option<Self> {
        Some(Self(Value::Null))
    }
}

impl Received for Value {
    const EXPECTED: &'static str = BoundedValue::EXPECTED;

    fn from_scalar(scalar: Scalar<'_>) -> Option<Self> {
        BoundedValue::from_scalar(scalar).map(|BoundedValue(value)| value)
    }

    fn from_object(object: &mut dyn ReadObject<'_>) -> Result<FromObject<Self>, ReadError> {
        // An object without members may be an empty list.
        Ok(match BoundedValue::from_object(object)? {
            FromObject::Value(BoundedValue(Self::Object(members))) if members.is_empty() => {
                FromObject::Empty(Some(Self::Object(members)))
            }
            value => value.map(|BoundedValue(value)| value),
        })
    }

    fn from_list(list: &mut dyn ReadList) -> Result<Option<Self>, ReadError> {
        Ok(BoundedValue::from_list(list)?.map(|BoundedValue(value)| value))
    }
}

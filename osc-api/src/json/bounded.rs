//! JSON values of any type, as large as the decoding allows.

use serde::de::{Deserialize, Deserializer};
use serde_json::{Map, Number, Value};

use super::access::Store;
use super::context;
use super::scalar::Scalar;
use super::target::{ReadError, ReadList, ReadObject};
use super::value::{ARBITRARY_PRECISION, Members, Received};

/// A value whose lists and objects count as those of a generated type do. [`Value`] itself is not bounded.
#[derive(Default)]
pub(crate) struct BoundedValue(pub(crate) Value);

impl<'de> Deserialize<'de> for BoundedValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut value = Self::default();
        deserializer.deserialize_any(Store(&mut value))?;
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

    fn insert_object(
        slot: &mut Option<Self>,
        members: &mut dyn ReadObject<'_>,
    ) -> Result<Members, ReadError> {
        let mut object = Map::new();
        let mut value = Self::default();
        while let Some(name) = members.next_name()? {
            members.value(&mut value)?;
            if let (ARBITRARY_PRECISION, Value::String(text)) = (&*name, &value.0) {
                let number: Number = text.parse().map_err(ReadError::refused)?;
                *slot = Some(Self(number.into()));
                return Ok(Members::Some);
            }
            context::charge_entry::<Value>(object.is_empty())?;
            object.insert(name.into_owned(), std::mem::take(&mut value.0));
        }
        let members = if object.is_empty() { Members::None } else { Members::Some };
        *slot = Some(Self(object.into()));
        Ok(members)
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

    fn insert_object(slot: &mut Option<Self>, object: &mut dyn ReadObject<'_>) -> Result<Members, ReadError> {
        let mut value = None;
        let members = BoundedValue::insert_object(&mut value, object)?;
        *slot = value.map(|BoundedValue(value)| value);
        Ok(members)
    }

    fn from_list(list: &mut dyn ReadList) -> Result<Option<Self>, ReadError> {
        Ok(BoundedValue::from_list(list)?.map(|BoundedValue(value)| value))
    }
}

//! Objects: the members that a struct's table gives to its fields.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};

use super::access::Adapter;
use super::target::{Fields, Outcome, ReadError, ReadObject, is_page};
use super::value::{Members, Received};

/// Decodes a struct that is a member or an element: see [`Received::insert_object`].
///
/// # Errors
/// As for [`Target::object`](super::Target::object).
pub fn insert_object<T: Fields + Received + Default>(
    slot: &mut Option<T>,
    object: &mut dyn ReadObject<'_>,
) -> Result<Members, ReadError> {
    let is_empty = object.members(slot.insert(T::default()), is_page(T::NAMES))?;
    Ok(if is_empty { Members::None } else { Members::Some })
}

/// Decodes a struct that is not a member of another one.
///
/// # Errors
/// As for [`Target`](super::Target), and if the value is not an object. Null is accepted for a response that contains
/// only its context.
pub fn decode<'de, D: Deserializer<'de>, T: Fields + Received + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    let mut value = T::default();
    deserializer.deserialize_any(Root { fields: &mut value, names: T::NAMES })?;
    Ok(value)
}

/// Decodes a whole response.
struct Root<'a> {
    fields: &'a mut dyn Fields,
    names: &'static [&'static str],
}

impl<'de> Visitor<'de> for Root<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        match self.names {
            // Nothing but the context: an empty body is a complete response.
            [] | ["ResponseContext"] => Ok(()),
            _ => Err(E::invalid_type(Unexpected::Unit, &self)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        // The decoder's position is then behind the list, not in it.
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Err(de::Error::invalid_type(Unexpected::Seq, &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let mut object = Adapter::of_object(map);
        // The lists of a whole response are those that an action returns.
        match object.members(self.fields, true) {
            Ok(_) => Ok(()),
            Err(error) => Err(object.into_error(error)),
        }
    }
}

/// Reads a member of a request. Null is no value.
///
/// # Errors
/// As for [`Target`](super::Target), and if the value does not fit: only responses are decoded leniently.
pub fn take<T: Received>(object: &mut dyn ReadObject<'_>, value: &mut Option<T>) -> Result<(), ReadError> {
    match object.value(value)? {
        Outcome::Value | Outcome::Null => Ok(()),
        Outcome::Mismatch => Err(ReadError::refused(format_args!("a value that is not {}", T::EXPECTED))),
    }
}

/// Decodes a request.
///
/// # Errors
/// As for [`take`], and if the value is not an object or lacks a required member.
pub fn decode_request<'de, D: Deserializer<'de>, T: Received>(deserializer: D) -> Result<T, D::Error> {
    struct Request<T>(PhantomData<T>);

    impl<'de, T: Received> Visitor<'de> for Request<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(T::EXPECTED)
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            let mut object = Adapter::of_object(map);
            let mut request = None;
            match T::insert_object(&mut request, &mut object) {
                Ok(_) => request.ok_or_else(|| de::Error::invalid_type(Unexpected::Map, &self)),
                Err(error) => Err(object.into_error(error)),
            }
        }
    }

    deserializer.deserialize_map(Request(PhantomData))
}

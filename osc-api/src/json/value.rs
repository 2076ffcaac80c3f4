//! Values of members and elements: conversions that lose nothing, and what happens to a value that does not fit.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use zeroize::Zeroize as _;

use super::context;
use super::name::Name;
use super::scalar::Scalar;
use crate::{Date, DateOrDateTime, DateTime, Nullable, Secret};

/// The only member of the object as which `serde_json` passes numbers if any crate enables `arbitrary_precision`.
pub(super) const ARBITRARY_PRECISION: &str = "$serde_json::private::Number";

/// A value that can be a member of a decoded object or an element of a list.
///
/// The defaults are those of types that are strings on the wire.
pub trait Received<'de>: Deserialize<'de> {
    /// Kind of value that the type expects, for messages.
    const EXPECTED: &'static str = "a string";

    /// Whether the type is a page of a listing, see [`Members::IS_PAGE`](super::Members::IS_PAGE).
    const IS_PAGE: bool = false;

    /// Whether the type is a list.
    const IS_LIST: bool = false;

    /// Decodes a value, ignoring it if it does not fit the type.
    ///
    /// # Errors
    /// Returns an error if the text is not valid JSON, if decoding is strict and the value does not fit, or if the
    /// response is too large.
    #[inline]
    fn receive<D: Deserializer<'de>>(deserializer: D) -> Result<Slot<Self>, D::Error> {
        deserializer.deserialize_any(ValueVisitor(PhantomData))
    }

    /// Converts a scalar if nothing is lost by it.
    #[inline]
    fn from_scalar(scalar: Scalar<'_>) -> Option<Self> {
        let from_text = |text: &str| Self::deserialize(StrDeserializer::<Unfit>::new(text)).ok();
        match scalar {
            Scalar::Text(text) => from_text(text),
            _ => from_text(&scalar.number_to_text()?),
        }
    }

    /// Decodes an object.
    ///
    /// # Errors
    /// As for [`receive`](Self::receive).
    fn from_object<A: MapAccess<'de>>(object: A) -> Result<FromObject<Self>, A::Error> {
        skip_object(object, Self::from_scalar)
    }

    /// Decodes a list.
    ///
    /// # Errors
    /// As for [`receive`](Self::receive).
    fn from_list<A: SeqAccess<'de>>(list: A) -> Result<Option<Self>, A::Error> {
        skip_list(list).map(|()| None)
    }

    /// The value that an object without members stands for, if any.
    fn empty() -> Option<Self> {
        None
    }

    /// The value of a member that is missing.
    ///
    /// # Errors
    /// Returns an error if the member is required.
    fn missing<E: de::Error>(name: &'static str) -> Result<Self, E> {
        Err(E::missing_field(name))
    }
}

/// What a value was decoded to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Slot<T> {
    /// A value of the type, possibly converted.
    Value(T),
    /// `null`.
    Null,
    /// A value that does not fit the type. It is ignored.
    Mismatch,
}

impl<T> Slot<T> {
    fn map<U>(self, convert: impl FnOnce(T) -> U) -> Slot<U> {
        match self {
            Self::Value(value) => Slot::Value(convert(value)),
            Self::Null => Slot::Null,
            Self::Mismatch => Slot::Mismatch,
        }
    }
}

/// What an object was decoded to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FromObject<T> {
    /// A value of the type.
    Value(T),
    /// The object has no members.
    Empty,
    /// The type is not an object.
    Mismatch,
}

/// Decodes whatever value there is, so that the decoder always continues behind it.
struct ValueVisitor<T>(PhantomData<T>);

impl<'de, T: Received<'de>> ValueVisitor<T> {
    #[inline]
    fn scalar<E: de::Error>(scalar: Scalar<'_>) -> Result<Slot<T>, E> {
        match T::from_scalar(scalar) {
            Some(value) => Ok(Slot::Value(value)),
            None => mismatch(scalar.kind(), T::EXPECTED),
        }
    }
}

impl<'de, T: Received<'de>> Visitor<'de> for ValueVisitor<T> {
    type Value = Slot<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Slot<T>, E> {
        Ok(Slot::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Slot<T>, E> {
        Ok(Slot::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Slot<T>, D::Error> {
        T::receive(deserializer)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Slot<T>, E> {
        Self::scalar(Scalar::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Slot<T>, E> {
        Self::scalar(Scalar::Signed(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Slot<T>, E> {
        Self::scalar(Scalar::Unsigned(number))
    }

    fn visit_i128<E: de::Error>(self, number: i128) -> Result<Slot<T>, E> {
        Self::scalar(Scalar::of_wide(number))
    }

    fn visit_u128<E: de::Error>(self, number: u128) -> Result<Slot<T>, E> {
        Self::scalar(Scalar::of_wide(number))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Slot<T>, E> {
        Self::scalar(Scalar::Float(number))
    }

    #[inline]
    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Slot<T>, E> {
        Self::scalar(Scalar::Text(text))
    }

    #[inline]
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Slot<T>, E> {
        Self::scalar(Scalar::Text(text))
    }

    fn visit_string<E: de::Error>(self, mut text: String) -> Result<Slot<T>, E> {
        let slot = Self::scalar(Scalar::Text(&text));
        // The decoder gives away its copy, which may be that of a secret.
        text.zeroize();
        slot
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Slot<T>, A::Error> {
        match T::from_list(list)? {
            Some(value) => Ok(Slot::Value(value)),
            None => mismatch("a list", T::EXPECTED),
        }
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Slot<T>, A::Error> {
        let value = match T::from_object(object)? {
            FromObject::Value(value) => Some(value),
            FromObject::Empty => T::empty(),
            FromObject::Mismatch => None,
        };
        match value {
            Some(value) => Ok(Slot::Value(value)),
            None => mismatch("an object", T::EXPECTED),
        }
    }
}

#[cold]
fn mismatch<T, E: de::Error>(found: &'static str, expected: &'static str) -> Result<Slot<T>, E> {
    context::mismatch(found, expected).map(|()| Slot::Mismatch)
}

/// Decodes the value of a member or an element.
pub(super) struct Seed<T>(pub(super) PhantomData<T>);

impl<'de, T: Received<'de>> DeserializeSeed<'de> for Seed<T> {
    type Value = Slot<T>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Slot<T>, D::Error> {
        T::receive(deserializer)
    }
}

/// Skips an object that does not fit its type, unless it is a number in disguise.
fn skip_object<'de, T, A: MapAccess<'de>>(
    mut object: A,
    from_scalar: impl Fn(Scalar<'_>) -> Option<T>,
) -> Result<FromObject<T>, A::Error> {
    let mut found = FromObject::Empty;
    while let Some(Name(name)) = object.next_key()? {
        let number = match &*name {
            ARBITRARY_PRECISION => from_scalar(Scalar::of_number(&object.next_value::<String>()?)),
            _ => object.next_value::<IgnoredAny>().map(|_| None)?,
        };
        found = number.map_or(FromObject::Mismatch, FromObject::Value);
    }
    Ok(found)
}

fn skip_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<(), A::Error> {
    while list.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

impl<'de, T: Received<'de>> Received<'de> for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    const IS_PAGE: bool = T::IS_PAGE;
    const IS_LIST: bool = T::IS_LIST;

    #[inline]
    fn receive<D: Deserializer<'de>>(deserializer: D) -> Result<Slot<Self>, D::Error> {
        Ok(T::receive(deserializer)?.map(Some))
    }

    fn missing<E: de::Error>(_: &'static str) -> Result<Self, E> {
        Ok(None)
    }
}

impl<'de, T: Received<'de>> Received<'de> for Nullable<T> {
    fn receive<D: Deserializer<'de>>(deserializer: D) -> Result<Slot<Self>, D::Error> {
        Ok(match T::receive(deserializer)? {
            Slot::Null => Slot::Value(Self::Null),
            slot => slot.map(Self::Value),
        })
    }

    fn missing<E: de::Error>(_: &'static str) -> Result<Self, E> {
        Ok(Self::Absent)
    }
}

/// A list. Elements that are null or do not fit are left out, and a single value is a list of one.
impl<'de, T: Received<'de>> Received<'de> for Vec<T> {
    const EXPECTED: &'static str = "a list";
    const IS_LIST: bool = true;

    fn from_scalar(scalar: Scalar<'_>) -> Option<Self> {
        match scalar {
            Scalar::Text("") => Some(Self::new()),
            _ => T::from_scalar(scalar).map(|element| vec![element]),
        }
    }

    fn from_object<A: MapAccess<'de>>(object: A) -> Result<FromObject<Self>, A::Error> {
        Ok(match T::from_object(object)? {
            FromObject::Value(element) => FromObject::Value(vec![element]),
            FromObject::Empty => FromObject::Empty,
            FromObject::Mismatch => FromObject::Mismatch,
        })
    }

    fn from_list<A: SeqAccess<'de>>(mut elements: A) -> Result<Option<Self>, A::Error> {
        let mut list = Self::new();
        while let Some(slot) = elements.next_element_seed(Seed(PhantomData))? {
            let Slot::Value(element) = slot else { continue };
            context::reserve(&mut list)?;
            list.push(element);
        }
        Ok(Some(list))
    }

    fn empty() -> Option<Self> {
        Some(Self::new())
    }
}

/// A map. Entries that are null or do not fit are left out, and an empty list is an empty map.
impl<'de, T: Received<'de>> Received<'de> for BTreeMap<String, T> {
    const EXPECTED: &'static str = "an object";

    fn from_scalar(_: Scalar<'_>) -> Option<Self> {
        None
    }

    fn from_object<A: MapAccess<'de>>(mut entries: A) -> Result<FromObject<Self>, A::Error> {
        let mut map = Self::new();
        while let Some(Name(name)) = entries.next_key()? {
            let Slot::Value(value) = entries.next_value_seed(Seed(PhantomData))? else { continue };
            context::charge_entry::<T, _>(map.is_empty())?;
            map.insert(name.into_owned(), value);
        }
        Ok(if map.is_empty() { FromObject::Empty } else { FromObject::Value(map) })
    }

    fn from_list<A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        let is_empty = list.next_element::<IgnoredAny>()?.is_none();
        skip_list(list)?;
        Ok(is_empty.then(Self::new))
    }

    fn empty() -> Option<Self> {
        Some(Self::new())
    }
}

impl<'de, T: Received<'de>> Received<'de> for Box<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    const IS_PAGE: bool = T::IS_PAGE;

    fn receive<D: Deserializer<'de>>(deserializer: D) -> Result<Slot<Self>, D::Error> {
        let slot = T::receive(deserializer)?;
        if matches!(slot, Slot::Value(_)) {
            context::charge(size_of::<T>())?;
        }
        Ok(slot.map(Self::new))
    }
}

macro_rules! scalars {
    ($($name:ty: $expected:literal, $convert:expr;)*) => {$(
        impl Received<'_> for $name {
            const EXPECTED: &'static str = $expected;

            #[inline]
            fn from_scalar(scalar: Scalar<'_>) -> Option<Self> {
                $convert(scalar)
            }
        }
    )*};
}
scalars! {
    bool: "a boolean", Scalar::to_bool;
    i32: "an integer", |scalar: Scalar<'_>| scalar.to_integer()?.try_into().ok();
    i64: "an integer", Scalar::to_integer;
    f64: "a number", Scalar::to_float;
    String: "a string", |scalar: Scalar<'_>| match scalar {
        Scalar::Text(text) => Some(text.to_owned()),
        _ => scalar.number_to_text(),
    };
}

impl Received<'_> for Date {}
impl Received<'_> for DateTime {}
impl Received<'_> for DateOrDateTime {}
impl Received<'_> for Secret {}

/// The reason why a string is not a value of a type. It has no details, because it is never shown.
#[derive(Debug)]
struct Unfit;

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value does not fit the type")
    }
}

impl std::error::Error for Unfit {}

impl de::Error for Unfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

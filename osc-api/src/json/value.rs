//! Values of members and elements: conversions that lose nothing, and what happens to a value that does not fit.

use std::collections::BTreeMap;

use super::context;
use super::scalar::Scalar;
use super::target::{Outcome, ReadError, ReadList, ReadObject, Target, is_page};
use crate::Nullable;

/// The only member of the object as which `serde_json` passes numbers if any crate enables `arbitrary_precision`.
pub(super) const ARBITRARY_PRECISION: &str = "$serde_json::private::Number";

/// A value that can be a member of a decoded object or an element of a list.
pub trait Received: Sized {
    /// Kind of value that the type expects, for messages.
    const EXPECTED: &'static str = "an object";

    /// The names of the members, if the type is a struct.
    const NAMES: &'static [&'static str] = &[];

    /// Converts a scalar if nothing is lost by it.
    fn from_scalar(_scalar: Scalar<'_>) -> Option<Self> {
        None
    }

    /// Decodes an object where it is stored: a large struct is not moved. What was stored there before is lost.
    ///
    /// # Errors
    /// As for [`Target::object`].
    fn insert_object(slot: &mut Option<Self>, object: &mut dyn ReadObject<'_>) -> Result<Members, ReadError> {
        let (value, members) = match skip_object(object)? {
            Skipped::Number(text) => (Self::from_scalar(Scalar::of_number(&text)), Members::Some),
            Skipped::Empty => (None, Members::None),
            Skipped::Members => (None, Members::Some),
        };
        *slot = value;
        Ok(members)
    }

    /// Decodes an object in place. Returns whether it fits; if not, the value is the default.
    ///
    /// # Errors
    /// As for [`Target::object`].
    fn read_object(&mut self, object: &mut dyn ReadObject<'_>) -> Result<bool, ReadError>
    where
        Self: Default,
    {
        let mut value = None;
        Self::insert_object(&mut value, object)?;
        let is_fit = value.is_some();
        *self = value.unwrap_or_default();
        Ok(is_fit)
    }

    /// Decodes a list.
    ///
    /// # Errors
    /// As for [`Target::list`].
    fn from_list(list: &mut dyn ReadList) -> Result<Option<Self>, ReadError> {
        skip_list(list).map(|()| None)
    }

    /// Decodes a list in place. Returns whether it fits; if not, the value is the default.
    ///
    /// # Errors
    /// As for [`Target::list`].
    fn read_list(&mut self, list: &mut dyn ReadList) -> Result<bool, ReadError>
    where
        Self: Default,
    {
        let value = Self::from_list(list)?;
        let is_fit = value.is_some();
        *self = value.unwrap_or_default();
        Ok(is_fit)
    }

    /// The value that null stands for, if it is one.
    fn null() -> Option<Self> {
        None
    }

    /// The value of a member that is missing.
    ///
    /// # Errors
    /// Returns an error if the member is required.
    fn missing(name: &'static str) -> Result<Self, ReadError> {
        Err(ReadError::refused(format_args!("missing field `{name}`")))
    }

    /// See [`Target::is_of_page`].
    fn is_of_page() -> bool {
        is_page(Self::NAMES)
    }
}

/// Whether an object has members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Members {
    /// At least one.
    Some,
    /// None: it may be an empty list.
    None,
}

/// A field is absent if the value is null or does not fit.
impl<T: Received + Default> Target for T {
    #[inline]
    fn scalar(&mut self, scalar: Scalar<'_>) -> Result<Outcome, ReadError> {
        match T::from_scalar(scalar) {
            Some(value) => {
                *self = value;
                Ok(Outcome::Value)
            }
            None => {
                *self = T::default();
                mismatch(scalar.kind(), T::EXPECTED)
            }
        }
    }

    fn null(&mut self) -> Outcome {
        let null = T::null();
        let outcome = if null.is_some() { Outcome::Value } else { Outcome::Null };
        *self = null.unwrap_or_default();
        outcome
    }

    fn object(&mut self, object: &mut dyn ReadObject<'_>) -> Result<Outcome, ReadError> {
        if self.read_object(object)? { Ok(Outcome::Value) } else { mismatch("an object", T::EXPECTED) }
    }

    fn list(&mut self, list: &mut dyn ReadList) -> Result<Outcome, ReadError> {
        if self.read_list(list)? { Ok(Outcome::Value) } else { mismatch("a list", T::EXPECTED) }
    }

    fn is_of_page(&self) -> bool {
        T::is_of_page()
    }
}

#[cold]
fn mismatch(found: &'static str, expected: &'static str) -> Result<Outcome, ReadError> {
    context::mismatch(found, expected).map(|()| Outcome::Mismatch)
}

/// What an object was that does not fit its type.
enum Skipped {
    Empty,
    Members,
    /// A number in disguise.
    Number(String),
}

fn skip_object(object: &mut dyn ReadObject<'_>) -> Result<Skipped, ReadError> {
    let mut found = Skipped::Empty;
    while let Some(name) = object.next_name()? {
        let mut number: Option<String> = None;
        match &*name {
            ARBITRARY_PRECISION => _ = object.value(&mut number)?,
            _ => object.skip()?,
        }
        found = number.map_or(Skipped::Members, Skipped::Number);
    }
    Ok(found)
}

fn skip_list(list: &mut dyn ReadList) -> Result<(), ReadError> {
    while list.skip()? {}
    Ok(())
}

impl<T: Received> Received for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    #[inline]
    fn from_scalar(scalar: Scalar<'_>) -> Option<Self> {
        T::from_scalar(scalar).map(Some)
    }

    fn insert_object(slot: &mut Option<Self>, object: &mut dyn ReadObject<'_>) -> Result<Members, ReadError> {
        let mut value = None;
        let members = T::insert_object(&mut value, object)?;
        *slot = value.map(Some);
        Ok(members)
    }

    fn read_object(&mut self, object: &mut dyn ReadObject<'_>) -> Result<bool, ReadError> {
        T::insert_object(self, object)?;
        Ok(self.is_some())
    }

    fn from_list(list: &mut dyn ReadList) -> Result<Option<Self>, ReadError> {
        Ok(T::from_list(list)?.map(Some))
    }

    fn null() -> Option<Self> {
        T::null().map(Some)
    }

    fn missing(_: &'static str) -> Result<Self, ReadError> {
        Ok(None)
    }

    fn is_of_page() -> bool {
        T::is_of_page()
    }
}

impl<T: Received> Received for Nullable<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn from_scalar(scalar: Scalar<'_>) -> Option<Self> {
        T::from_scalar(scalar).map(Self::Value)
    }

    fn insert_object(slot: &mut Option<Self>, object: &mut dyn ReadObject<'_>) -> Result<Members, ReadError> {
        let mut value = None;
        let members = T::insert_object(&mut value, object)?;
        *slot = value.map(Self::Value);
        Ok(members)
    }

    fn from_list(list: &mut dyn ReadList) -> Result<Option<Self>, ReadError> {
        Ok(T::from_list(list)?.map(Self::Value))
    }

    fn null() -> Option<Self> {
        Some(Self::Null)
    }

    fn missing(_: &'static str) -> Result<Self, ReadError> {
        Ok(Self::Absent)
    }
}

/// A list. Elements that are null or do not fit are left out, and a single value is a list of one.
impl<T: Received> Received for Vec<T> {
    const EXPECTED: &'static str = "a list";

    fn from_scalar(scalar: Scalar<'_>) -> Option<Self> {
        match scalar {
            Scalar::Text("") => Some(Self::new()),
            _ => T::from_scalar(scalar).map(|element| vec![element]),
        }
    }

    fn insert_object(slot: &mut Option<Self>, object: &mut dyn ReadObject<'_>) -> Result<Members, ReadError> {
        let mut element = None;
        let members = T::insert_object(&mut element, object)?;
        *slot = match (members, element) {
            (Members::Some, Some(element)) => {
                let mut list = Self::new();
                context::reserve(&mut list)?;
                list.push(element);
                Some(list)
            }
            (Members::Some, None) => None,
            (Members::None, _) => Some(Self::new()),
        };
        Ok(members)
    }

    fn from_list(elements: &mut dyn ReadList) -> Result<Option<Self>, ReadError> {
        let mut list = Self::new();
        list.read_list(elements)?;
        Ok(Some(list))
    }

    fn read_list(&mut self, elements: &mut dyn ReadList) -> Result<bool, ReadError> {
        self.clear();
        let mut element: Option<T> = None;
        while elements.next(&mut element)?.is_some() {
            if element.is_some() {
                context::reserve(self)?;
                self.extend(element.take());
            }
        }
        Ok(true)
    }

    fn is_of_page() -> bool {
        true
    }
}

/// A map. Entries that are null or do not fit are left out, and an empty list is an empty map.
impl<T: Received> Received for BTreeMap<String, T> {
    fn insert_object(
        slot: &mut Option<Self>,
        entries: &mut dyn ReadObject<'_>,
    ) -> Result<Members, ReadError> {
        let map = slot.insert(Self::new());
        while let Some(name) = entries.next_name()? {
            let mut value: Option<T> = None;
            entries.value(&mut value)?;
            let Some(value) = value else { continue };
            context::charge_entry::<T>(map.is_empty())?;
            map.insert(name.into_owned(), value);
        }
        Ok(if map.is_empty() { Members::None } else { Members::Some })
    }

    fn from_list(list: &mut dyn ReadList) -> Result<Option<Self>, ReadError> {
        let is_empty = !list.skip()?;
        skip_list(list)?;
        Ok(is_empty.then(Self::new))
    }
}

impl<T: Received> Received for Box<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn from_scalar(scalar: Scalar<'_>) -> Option<Self> {
        T::from_scalar(scalar).map(Self::new)
    }

    fn insert_object(slot: &mut Option<Self>, object: &mut dyn ReadObject<'_>) -> Result<Members, ReadError> {
        context::charge(size_of::<T>())?;
        let mut value = None;
        let members = T::insert_object(&mut value, object)?;
        *slot = value.map(Self::new);
        Ok(members)
    }

    fn from_list(list: &mut dyn ReadList) -> Result<Option<Self>, ReadError> {
        context::charge(size_of::<T>())?;
        Ok(T::from_list(list)?.map(Self::new))
    }

    fn is_of_page() -> bool {
        T::is_of_page()
    }
}

macro_rules! scalars {
    ($($name:ty: $expected:literal, $convert:expr;)*) => {$(
        impl Received for $name {
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
    crate::Date: "a string", from_text;
    crate::DateTime: "a string", from_text;
    crate::DateOrDateTime: "a string", from_text;
    crate::Secret: "a string", from_text;
}

/// Converts a string, or a number as one, into a type that any string converts into.
#[inline]
pub fn from_text<T: for<'a> From<&'a str>>(scalar: Scalar<'_>) -> Option<T> {
    match scalar {
        Scalar::Text(text) => Some(T::from(text)),
        _ => scalar.number_to_text().map(|text| T::from(&text)),
    }
}

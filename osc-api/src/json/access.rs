//! Objects and lists of any deserializer, behind trait objects.
//!
//! What a type does with its members is compiled once, in this crate, instead of once for each deserializer in every
//! crate that decodes. Only the adapters of this file are generic.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroize as _;

use super::name::Name;
use super::scalar::Scalar;

/// Where a decoded value is stored: a field or an element.
pub trait Target {
    /// Stores a string, a number or a boolean.
    ///
    /// # Errors
    /// Returns an error if the value does not fit, and decoding is strict.
    fn scalar(&mut self, scalar: Scalar<'_>) -> Result<Outcome, ReadError>;

    /// Stores null.
    fn null(&mut self) -> Outcome;

    /// Stores an object, all of which it reads.
    ///
    /// # Errors
    /// As for [`scalar`](Self::scalar), and if the object is not valid or becomes too large.
    fn object(&mut self, object: &mut dyn ReadObject<'_>) -> Result<Outcome, ReadError>;

    /// Stores a list, all of which it reads.
    ///
    /// # Errors
    /// As for [`object`](Self::object).
    fn list(&mut self, list: &mut dyn ReadList) -> Result<Outcome, ReadError>;

    /// Whether a listing would lose items without the value: it is a list, or has the link to the next page.
    fn is_of_page(&self) -> bool;
}

/// What a value was decoded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A value of the type, possibly converted.
    Value,
    /// `null`.
    Null,
    /// A value that does not fit the type. It is ignored.
    Mismatch,
}

/// An object being read, member by member.
pub trait ReadObject<'de> {
    /// The name of the next member.
    ///
    /// # Errors
    /// Returns an error if the text is not valid.
    fn next_name(&mut self) -> Result<Option<Cow<'de, str>>, ReadError>;

    /// Reads the value that belongs to the last name.
    ///
    /// # Errors
    /// Those of the target, and if the text is not valid.
    fn value(&mut self, target: &mut dyn Target) -> Result<Outcome, ReadError>;

    /// Skips the value that belongs to the last name.
    ///
    /// # Errors
    /// Returns an error if the text is not valid.
    fn skip(&mut self) -> Result<(), ReadError>;
}

/// A list being read, element by element.
pub trait ReadList {
    /// Reads the next element.
    ///
    /// # Errors
    /// Those of the target, and if the text is not valid.
    fn next(&mut self, target: &mut dyn Target) -> Result<Option<Outcome>, ReadError>;

    /// Skips the next element, if there is one.
    ///
    /// # Errors
    /// Returns an error if the text is not valid.
    fn skip(&mut self) -> Result<bool, ReadError>;
}

/// The reason why reading ended.
#[derive(Debug, PartialEq, Eq)]
pub enum ReadError {
    /// The deserializer failed, and has the reason.
    Source,
    /// The value is not acceptable.
    Refused(String),
}

/// Reads a value into a target, from any deserializer.
pub(super) struct Into<'a>(pub(super) &'a mut dyn Target);

impl<'de> DeserializeSeed<'de> for Into<'_> {
    type Value = Outcome;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Outcome, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Into<'_> {
    #[inline]
    fn scalar<E: de::Error>(self, scalar: Scalar<'_>) -> Result<Outcome, E> {
        self.0.scalar(scalar).map_err(refused)
    }
}

/// An error of a target that reads nothing itself.
#[cold]
fn refused<E: de::Error>(error: ReadError) -> E {
    match error {
        ReadError::Refused(message) => E::custom(message),
        ReadError::Source => E::custom("the value cannot be read"),
    }
}

impl<'de> Visitor<'de> for Into<'_> {
    type Value = Outcome;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Outcome, E> {
        Ok(self.0.null())
    }

    fn visit_none<E: de::Error>(self) -> Result<Outcome, E> {
        Ok(self.0.null())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Outcome, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Outcome, E> {
        self.scalar(Scalar::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Outcome, E> {
        self.scalar(Scalar::Signed(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Outcome, E> {
        self.scalar(Scalar::Unsigned(number))
    }

    fn visit_i128<E: de::Error>(self, number: i128) -> Result<Outcome, E> {
        self.scalar(Scalar::of_wide(number))
    }

    fn visit_u128<E: de::Error>(self, number: u128) -> Result<Outcome, E> {
        self.scalar(Scalar::of_wide(number))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Outcome, E> {
        self.scalar(Scalar::Float(number))
    }

    #[inline]
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Outcome, E> {
        self.scalar(Scalar::Text(text))
    }

    fn visit_string<E: de::Error>(self, mut text: String) -> Result<Outcome, E> {
        let outcome = self.scalar(Scalar::Text(&text));
        // The deserializer gives away its copy, which may be that of a secret.
        text.zeroize();
        outcome
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<Outcome, A::Error> {
        let mut list = Adapter { access, error: None };
        self.0.list(&mut list).map_err(|error| list.error(error))
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Outcome, A::Error> {
        let mut object = Adapter { access, error: None };
        self.0.object(&mut object).map_err(|error| object.error(error))
    }
}

/// An object or list of a deserializer, with the error that it returned.
pub(super) struct Adapter<A, E> {
    access: A,
    error: Option<E>,
}

impl<A, E: de::Error> Adapter<A, E> {
    #[cold]
    fn keep(&mut self, error: E) -> ReadError {
        self.error = Some(error);
        ReadError::Source
    }

    #[cold]
    fn error(self, error: ReadError) -> E {
        match (error, self.error) {
            (ReadError::Source, Some(error)) => error,
            (error, _) => refused(error),
        }
    }
}

impl<'de, A: MapAccess<'de>> Adapter<A, A::Error> {
    /// An object that is not the value of a [`Target`].
    pub(super) fn of_object(access: A) -> Self {
        Self { access, error: None }
    }

    /// The error of the deserializer, if it was one of it.
    pub(super) fn into_error(self, error: ReadError) -> A::Error {
        self.error(error)
    }
}

impl<'de, A: MapAccess<'de>> ReadObject<'de> for Adapter<A, A::Error> {
    #[inline]
    fn next_name(&mut self) -> Result<Option<Cow<'de, str>>, ReadError> {
        match self.access.next_key::<Name<'de>>() {
            Ok(name) => Ok(name.map(|Name(name)| name)),
            Err(error) => Err(self.keep(error)),
        }
    }

    #[inline]
    fn value(&mut self, target: &mut dyn Target) -> Result<Outcome, ReadError> {
        self.access.next_value_seed(Into(target)).map_err(|error| self.keep(error))
    }

    fn skip(&mut self) -> Result<(), ReadError> {
        match self.access.next_value() {
            Ok(IgnoredAny) => Ok(()),
            Err(error) => Err(self.keep(error)),
        }
    }
}

impl<'de, A: SeqAccess<'de>> ReadList for Adapter<A, A::Error> {
    #[inline]
    fn next(&mut self, target: &mut dyn Target) -> Result<Option<Outcome>, ReadError> {
        self.access.next_element_seed(Into(target)).map_err(|error| self.keep(error))
    }

    fn skip(&mut self) -> Result<bool, ReadError> {
        match self.access.next_element::<IgnoredAny>() {
            Ok(element) => Ok(element.is_some()),
            Err(error) => Err(self.keep(error)),
        }
    }
}

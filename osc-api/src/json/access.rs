//! The objects and lists of any deserializer, as trait objects. Only the adapters of this file are generic.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::MapDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroize as _;

use super::context;
use super::name::Name;
use super::scalar::Scalar;
use super::target::{Fields, Outcome, ReadError, ReadList, ReadObject, Target};
use super::value::ARBITRARY_PRECISION;

/// Reads a value into a target, from any deserializer.
pub(super) struct Store<'a>(pub(super) &'a mut dyn Target);

impl<'de> DeserializeSeed<'de> for Store<'_> {
    type Value = Outcome;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Outcome, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Store<'_> {
    #[inline]
    fn scalar<E: de::Error>(self, scalar: Scalar<'_>) -> Result<Outcome, E> {
        self.0.scalar(scalar).map_err(refused)
    }

    /// An integer beyond 64 bits, which `serde_json` passes only if any crate enables `arbitrary_precision`. It is read
    /// from its text, as all numbers are then, so that no digit is lost.
    #[cold]
    fn wide<E: de::Error>(self, number: impl ToString) -> Result<Outcome, E> {
        self.visit_map(MapDeserializer::new([(ARBITRARY_PRECISION, number.to_string())].into_iter()))
    }
}

/// An error of a target that reads nothing itself.
#[cold]
fn refused<E: de::Error>(error: ReadError) -> E {
    E::custom(error.into_message().unwrap_or_default())
}

impl<'de> Visitor<'de> for Store<'_> {
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
        self.wide(number)
    }

    fn visit_u128<E: de::Error>(self, number: u128) -> Result<Outcome, E> {
        self.wide(number)
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
        ReadError::SOURCE
    }

    #[cold]
    fn error(self, error: ReadError) -> E {
        match (error.into_message(), self.error) {
            (None, Some(error)) => error,
            (message, _) => E::custom(message.unwrap_or_default()),
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
    fn members(&mut self, fields: &mut dyn Fields, in_page: bool) -> Result<bool, ReadError> {
        let mut is_empty = true;
        loop {
            let name = match self.access.next_key() {
                Ok(Some(Name(name))) => name,
                Ok(None) => return Ok(is_empty),
                Err(error) => return Err(self.keep(error)),
            };
            is_empty = false;
            let Some(field) = fields.field(&name) else {
                self.skip()?;
                continue;
            };
            match self.access.next_value_seed(Store(field)) {
                Ok(Outcome::Value | Outcome::Null) => {}
                Ok(Outcome::Mismatch) if in_page => context::lost(&name, field)?,
                Ok(Outcome::Mismatch) => {}
                Err(error) => return Err(self.keep(error)),
            }
        }
    }

    #[inline]
    fn next_name(&mut self) -> Result<Option<Cow<'de, str>>, ReadError> {
        match self.access.next_key::<Name<'de>>() {
            Ok(name) => Ok(name.map(|Name(name)| name)),
            Err(error) => Err(self.keep(error)),
        }
    }

    #[inline]
    fn value(&mut self, target: &mut dyn Target) -> Result<Outcome, ReadError> {
        self.access.next_value_seed(Store(target)).map_err(|error| self.keep(error))
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
        self.access.next_element_seed(Store(target)).map_err(|error| self.keep(error))
    }

    fn skip(&mut self) -> Result<bool, ReadError> {
        match self.access.next_element::<IgnoredAny>() {
            Ok(element) => Ok(element.is_some()),
            Err(error) => Err(self.keep(error)),
        }
    }
}

//! Decoding of JSON text by serde.
//!
//! `serde_json` takes most of its instructions for short strings, of which a response mainly consists. This decoder
//! takes half of them. It accepts and rejects the same texts, and its errors are those of `serde_json`.
//!
//! Only types that accept any value are decoded by it: those of this crate, and JSON values. Other types of callers
//! request what they expect, and are left to `serde_json`.

use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer, StringDeserializer};
use serde::de::{
    self, Deserialize as _, DeserializeOwned, DeserializeSeed, Deserializer, Expected, MapAccess, SeqAccess,
    Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;

use super::scanner::{NotJson, Scanner};
use super::skeleton::Skeleton;

/// Maximum number of levels, as in `serde_json`, plus one.
const MAX_DEPTH: u8 = 128;

/// Decodes a whole text.
///
/// # Errors
/// Returns the error that `serde_json` returns.
pub(super) fn from_str<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    T::deserialize(Text(text))
}

/// A whole text.
struct Text<'de>(&'de str);

/// Leaves types that request a kind of value to `serde_json`.
macro_rules! left_to_serde_json {
    ($($method:ident($($name:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($name: $type,)* visitor: V) -> serde_json::Result<V::Value> {
            let mut deserializer = serde_json::Deserializer::from_str(self.0);
            let value = deserializer.$method($($name,)* visitor)?;
            deserializer.end()?;
            Ok(value)
        }
    )*};
}

impl<'de> Deserializer<'de> for Text<'de> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> serde_json::Result<V::Value> {
        let mut decoder = Decoder { scanner: Scanner::new(self.0), remaining_depth: MAX_DEPTH };
        match (decoder.deserialize_any(visitor), decoder.scanner.peek()) {
            (Ok(value), None) => Ok(value),
            (Err(DecodeError::Json(error)), _) => Err(error),
            (Ok(_) | Err(DecodeError::NotJson), _) => Err(not_json(self.0, &decoder.scanner)),
        }
    }

    left_to_serde_json! {
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(length: usize);
        deserialize_tuple_struct(name: &'static str, length: usize);
        deserialize_map();
        deserialize_struct(name: &'static str, fields: &'static [&'static str]);
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_identifier();
        deserialize_ignored_any();
    }
}

/// The reason why a text is not JSON. `serde_json` knows it.
#[cold]
fn not_json(text: &str, scanner: &Scanner<'_>) -> serde_json::Error {
    // It is valid if a type does not read all elements of a list.
    let unread = |_| located(scanner, &"trailing characters");
    serde_json::from_str::<Skeleton>(text).map_or_else(|error| error, unread)
}

/// An error with its location, which `serde_json` takes from the end of a message.
#[cold]
fn located(scanner: &Scanner<'_>, message: &dyn fmt::Display) -> serde_json::Error {
    let (line, column) = scanner.location();
    de::Error::custom(format_args!("{message} at line {line} column {column}"))
}

/// The reason why decoding ended.
#[derive(Debug)]
pub(super) enum DecodeError {
    NotJson,
    Json(serde_json::Error),
}

impl From<NotJson> for DecodeError {
    fn from(NotJson: NotJson) -> Self {
        Self::NotJson
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson => f.write_str("invalid JSON"),
            Self::Json(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl std::error::Error for DecodeError {}

impl de::Error for DecodeError {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Json(de::Error::custom(message))
    }

    #[cold]
    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Json(de::Error::invalid_type(unexpected, expected))
    }

    #[cold]
    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Json(de::Error::invalid_value(unexpected, expected))
    }
}

type DecodeResult<T, E = DecodeError> = Result<T, E>;

/// Decodes the value at the scanner's position.
pub(super) struct Decoder<'de> {
    scanner: Scanner<'de>,
    remaining_depth: u8,
}

impl<'de> Decoder<'de> {
    /// Visits an object or a list, whose first byte is next, up to its last byte.
    fn nested<T>(&mut self, close: u8, visit: impl FnOnce(&mut Self) -> DecodeResult<T>) -> DecodeResult<T> {
        self.scanner.advance();
        if self.remaining_depth == 1 {
            return Err(DecodeError::NotJson);
        }
        self.remaining_depth -= 1;
        let result = visit(self);
        self.remaining_depth += 1;
        let is_closed = self.scanner.take(close);
        match result {
            Ok(value) if is_closed => Ok(value),
            Ok(_) => Err(DecodeError::NotJson),
            Err(error) => {
                // Where `serde_json` reports the error of an element that does not know its location.
                if !is_closed && close == b']' && self.scanner.take(b',') {
                    self.scanner.peek();
                }
                Err(self.locate(error))
            }
        }
    }

    /// Adds the location to an error that has none.
    #[cold]
    fn locate(&self, error: DecodeError) -> DecodeError {
        match error {
            DecodeError::Json(error) if error.line() == 0 => {
                DecodeError::Json(located(&self.scanner, &error))
            }
            error => error,
        }
    }

    fn number<V: Visitor<'de>>(&mut self, visitor: V) -> DecodeResult<V::Value> {
        if let Some(number) = self.scanner.short_integer() {
            return visitor.visit_u64(number);
        }
        // It knows how numbers are passed if any crate enables `arbitrary_precision`.
        self.scanner.number()?.deserialize_any(visitor).map_err(DecodeError::Json)
    }

    fn scalar<V: Visitor<'de>>(&mut self, first: Option<u8>, visitor: V) -> DecodeResult<V::Value> {
        match first {
            Some(b'"') => {
                self.scanner.advance();
                match self.scanner.plain_string() {
                    Some(text) => visitor.visit_borrowed_str(text),
                    None => visitor.visit_string(self.scanner.escaped_string()?),
                }
            }
            Some(b'-' | b'0'..=b'9') => self.number(visitor),
            Some(b'n') => {
                self.scanner.word(b"null")?;
                visitor.visit_unit()
            }
            Some(b't') => {
                self.scanner.word(b"true")?;
                visitor.visit_bool(true)
            }
            Some(b'f') => {
                self.scanner.word(b"false")?;
                visitor.visit_bool(false)
            }
            _ => Err(DecodeError::NotJson),
        }
    }
}

impl<'de> Deserializer<'de> for &mut Decoder<'de> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> DecodeResult<V::Value> {
        match self.scanner.peek() {
            Some(b'{') => self.nested(b'}', |decoder| visitor.visit_map(MembersDecoder::new(decoder))),
            Some(b'[') => {
                self.nested(b']', |decoder| visitor.visit_seq(Elements { decoder, is_first: true }))
            }
            first => self.scalar(first, visitor).map_err(|error| self.locate(error)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> DecodeResult<V::Value> {
        if self.scanner.peek() == Some(b'n') {
            self.scanner.word(b"null")?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> DecodeResult<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> DecodeResult<V::Value> {
        if self.scanner.peek() == Some(b'{') {
            let visit = |decoder: &mut _| {
                visitor.visit_enum(MapAccessDeserializer::new(MembersDecoder::new(decoder)))
            };
            return self.nested(b'}', visit);
        }
        let name = String::deserialize(&mut *self)?;
        visitor.visit_enum(StringDeserializer::new(name)).map_err(|error| self.locate(error))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> DecodeResult<V::Value> {
        self.scanner.skip().map_err(DecodeError::Json)?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map struct identifier
    }
}

/// The members of an object.
struct MembersDecoder<'a, 'de> {
    decoder: &'a mut Decoder<'de>,
    is_first: bool,
}

impl<'a, 'de> MembersDecoder<'a, 'de> {
    fn new(decoder: &'a mut Decoder<'de>) -> Self {
        Self { decoder, is_first: true }
    }
}

impl<'de> MapAccess<'de> for MembersDecoder<'_, 'de> {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> DecodeResult<Option<K::Value>> {
        let scanner = &mut self.decoder.scanner;
        match scanner.peek() {
            Some(b'}') => return Ok(None),
            Some(b',') if !self.is_first => scanner.advance(),
            _ if self.is_first => self.is_first = false,
            _ => return Err(DecodeError::NotJson),
        }
        if !scanner.take(b'"') {
            return Err(DecodeError::NotJson);
        }
        match scanner.plain_string() {
            Some(name) => seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some),
            None => seed.deserialize(StringDeserializer::new(scanner.escaped_string()?)).map(Some),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> DecodeResult<V::Value> {
        if !self.decoder.scanner.take(b':') {
            return Err(DecodeError::NotJson);
        }
        seed.deserialize(&mut *self.decoder)
    }
}

/// The elements of a list.
struct Elements<'a, 'de> {
    decoder: &'a mut Decoder<'de>,
    is_first: bool,
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de> {
    type Error = DecodeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> DecodeResult<Option<T::Value>> {
        let scanner = &mut self.decoder.scanner;
        match scanner.peek() {
            Some(b']') => return Ok(None),
            Some(b',') if !self.is_first => {
                scanner.advance();
                // A skipped value would report another error.
                if matches!(scanner.peek(), Some(b']') | None) {
                    return Err(DecodeError::NotJson);
                }
            }
            Some(_) if self.is_first => self.is_first = false,
            _ => return Err(DecodeError::NotJson),
        }
        seed.deserialize(&mut *self.decoder).map(Some)
    }
}

//! Where decoded values are stored, and what they are read from, as trait objects.
//!
//! What a type does with its members is compiled once, instead of once for each deserializer.

use std::borrow::Cow;
use std::fmt;

use super::scalar::Scalar;

/// Members of a page of a listing that link it to the next one.
pub(super) const PAGE_LINKS: [&str; 2] = ["HasMoreItems", "NextPageToken"];

/// Whether a struct with these members is a page of a listing.
pub(super) fn is_page(names: &[&str]) -> bool {
    names.iter().any(|name| PAGE_LINKS.contains(name))
}

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

/// A struct all of whose fields may be missing.
pub trait Fields {
    /// The field of a member, if it is known.
    fn field(&mut self, name: &str) -> Option<&mut dyn Target>;
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
    /// Reads all members into the fields of a struct. Returns whether there are none.
    ///
    /// `in_page`: whether the object is a page of a listing. If pages must be whole, it is then an error if one of its
    /// lists does not fit, or its link to the next page.
    ///
    /// # Errors
    /// Those of the fields, and if the text is not valid.
    fn members(&mut self, fields: &mut dyn Fields, in_page: bool) -> Result<bool, ReadError>;

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

/// The reason why reading ended: the value is not acceptable, or the deserializer failed, which has the reason.
///
/// As small as a pointer: every value read returns one or an [`Outcome`].
#[derive(Debug)]
pub struct ReadError(Option<Box<RefusedValue>>);

/// Why a value is not acceptable.
#[derive(Debug)]
struct RefusedValue {
    message: String,
}

impl ReadError {
    pub(super) const SOURCE: Self = Self(None);

    /// The value is not acceptable.
    #[cold]
    pub(super) fn refused(message: impl fmt::Display) -> Self {
        Self(Some(Box::new(RefusedValue { message: message.to_string() })))
    }

    /// The reason, unless the deserializer has it.
    pub(super) fn into_message(self) -> Option<String> {
        self.0.map(|refusal| refusal.message)
    }
}

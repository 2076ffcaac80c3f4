//! Identifiers of resources: strings with a type of their own, so that the ID of a volume cannot be used as that of a
//! VM.

use std::fmt;

use smol_str::SmolStr;

/// A type that identifies a resource, such as [`VmId`](crate::types::VmId).
///
/// An identifier is any string: it is never validated, since only the server knows which ones exist. One of up to 23
/// bytes is stored without an allocation, and cloning any is cheap. It compares with strings, and a collection that is
/// keyed by it can be searched with a `&str`.
///
/// ```
/// use osc_api::types::{Identifier, VmId};
///
/// let id = VmId::from("i-12345678");
/// assert_eq!(id, "i-12345678");
/// assert_eq!(id.as_str().len(), 10);
/// assert_eq!(id.to_string(), "i-12345678");
/// ```
pub trait Identifier: Clone + sealed::Sealed {
    /// The identifier as it is sent and received.
    fn as_str(&self) -> &str;
}

pub(crate) mod sealed {
    /// Implemented for the generated types only.
    pub trait Sealed {}
}

impl<I: Identifier> sealed::Sealed for &I {}

impl<I: Identifier> Identifier for &I {
    fn as_str(&self) -> &str {
        (**self).as_str()
    }
}

/// The string of an identifier. For generated code.
#[doc(hidden)]
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdText(SmolStr);

impl IdText {
    /// Keeps a string.
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for IdText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Implements an identifier type, a struct around an [`IdText`].
#[doc(hidden)]
#[macro_export]
macro_rules! __identifier {
    ($name:ident) => {
        impl $name {
            /// The identifier as it is sent and received.
            #[inline]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        $crate::__text_type!($name);

        impl $crate::__private::SealedIdentifier for $name {}

        impl $crate::__private::Identifier for $name {
            #[inline]
            fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl ::core::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(self.as_str(), f)
            }
        }

        impl ::core::convert::From<&str> for $name {
            #[inline]
            fn from(text: &str) -> Self {
                Self($crate::__private::IdText::new(text))
            }
        }

        impl ::core::convert::From<&::std::string::String> for $name {
            #[inline]
            fn from(text: &::std::string::String) -> Self {
                Self($crate::__private::IdText::new(text))
            }
        }

        impl ::core::convert::From<&$name> for $name {
            #[inline]
            fn from(id: &$name) -> Self {
                ::core::clone::Clone::clone(id)
            }
        }

        impl ::core::borrow::Borrow<str> for $name {
            #[inline]
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }
    };
}

/// Implements the conversions of other identifiers into one that stands for several kinds of resources.
#[doc(hidden)]
#[macro_export]
macro_rules! __identifier_from {
    ($name:ident: $($other:ident),* $(,)?) => {$(
        impl ::core::convert::From<$other> for $name {
            #[inline]
            fn from(id: $other) -> Self {
                Self(id.0)
            }
        }

        impl ::core::convert::From<&$other> for $name {
            #[inline]
            fn from(id: &$other) -> Self {
                Self(::core::clone::Clone::clone(&id.0))
            }
        }
    )*};
}

#[cfg(test)]
mod tests;

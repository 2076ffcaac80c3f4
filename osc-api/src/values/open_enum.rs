//! What open enums are made of: the holders of unknown values, and the implementations that they all share.

use std::fmt;
use std::marker::PhantomData;

use serde::{Deserializer, de};

/// The wire text of an enum value that this version of the crate does not know.
///
/// The server may send values that are newer than the crate, so that every enum ends in an `UnknownValue` variant
/// that holds this. Only decoding and `From<&str>` make it, and both look for a known variant first: a known
/// value never hides in here.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownValue(Box<str>);

impl UnknownValue {
    /// Keeps a text. For generated code, which has compared it with the known values before.
    #[doc(hidden)]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The number of an integer enum's value that this version of the crate does not know.
///
/// As [`UnknownValue`], for the enums whose values are integers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownInteger(i64);

impl UnknownInteger {
    /// Keeps a number. For generated code, which has compared it with the known values before.
    #[doc(hidden)]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number as it came.
    pub const fn as_i64(&self) -> i64 {
        self.0
    }
}

impl fmt::Debug for UnknownInteger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for UnknownInteger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Decodes any text through `From<&str>`, without a copy in between.
#[doc(hidden)]
pub fn text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: for<'a> From<&'a str>,
{
    struct Text<T>(PhantomData<T>);

    impl<T: for<'a> From<&'a str>> de::Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            Ok(T::from(text))
        }
    }

    deserializer.deserialize_str(Text(PhantomData))
}

/// Implements what every open enum of texts has beyond `as_str` and `From<&str>`.
#[doc(hidden)]
#[macro_export]
macro_rules! __open_enum {
    ($name:ident) => {
        $crate::__text_type!($name);

        impl ::core::str::FromStr for $name {
            type Err = ::core::convert::Infallible;

            // Not `Self::Err`: a variant may have that name.
            #[inline]
            fn from_str(text: &str) -> ::core::result::Result<Self, ::core::convert::Infallible> {
                ::core::result::Result::Ok(<Self as ::core::convert::From<&str>>::from(text))
            }
        }
    };
}

/// Implements what a type that is a string on the wire has beyond `as_str` and `From<&str>`: an open enum or an
/// identifier.
#[doc(hidden)]
#[macro_export]
macro_rules! __text_type {
    ($name:ident) => {
        impl ::core::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::core::convert::From<::std::string::String> for $name {
            #[inline]
            fn from(text: ::std::string::String) -> Self {
                <Self as ::core::convert::From<&str>>::from(&text)
            }
        }

        impl ::core::convert::From<$name> for ::std::string::String {
            #[inline]
            fn from(value: $name) -> Self {
                ::core::convert::From::from(value.as_str())
            }
        }

        impl ::core::convert::AsRef<str> for $name {
            #[inline]
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::core::cmp::PartialEq<str> for $name {
            #[inline]
            fn eq(&self, text: &str) -> bool {
                self.as_str() == text
            }
        }

        impl ::core::cmp::PartialEq<&str> for $name {
            #[inline]
            fn eq(&self, text: &&str) -> bool {
                self.as_str() == *text
            }
        }

        impl ::core::cmp::PartialEq<::std::string::String> for $name {
            #[inline]
            fn eq(&self, text: &::std::string::String) -> bool {
                self.as_str() == text.as_str()
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            #[inline]
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::text(deserializer)
            }
        }

        impl $crate::__private::FromText for $name {}
        impl $crate::__private::Member for $name {}
        impl $crate::__private::Received for $name {
            const EXPECTED: &'static str = "a string";

            #[inline]
            fn from_scalar(scalar: $crate::__private::Scalar<'_>) -> ::core::option::Option<Self> {
                $crate::__private::from_text(scalar)
            }
        }
    };
}

/// Implements what every open enum of integers has beyond `as_i64` and `From<i64>`.
#[doc(hidden)]
#[macro_export]
macro_rules! __open_integer_enum {
    ($name:ident) => {
        impl ::core::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.as_i64(), f)
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = ::core::num::ParseIntError;

            #[inline]
            fn from_str(text: &str) -> ::core::result::Result<Self, ::core::num::ParseIntError> {
                text.parse::<i64>().map(<Self as ::core::convert::From<i64>>::from)
            }
        }

        impl ::core::convert::From<$name> for i64 {
            #[inline]
            fn from(value: $name) -> Self {
                value.as_i64()
            }
        }

        impl ::core::cmp::PartialEq<i64> for $name {
            #[inline]
            fn eq(&self, number: &i64) -> bool {
                self.as_i64() == *number
            }
        }

        impl ::core::convert::From<i32> for $name {
            #[inline]
            fn from(number: i32) -> Self {
                <Self as ::core::convert::From<i64>>::from(i64::from(number))
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            #[inline]
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.as_i64())
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                <i64 as $crate::__private::serde::Deserialize>::deserialize(deserializer)
                    .map(<Self as ::core::convert::From<i64>>::from)
            }
        }

        impl $crate::__private::Member for $name {}
        impl $crate::__private::Received for $name {
            const EXPECTED: &'static str = "an integer";

            #[inline]
            fn from_scalar(scalar: $crate::__private::Scalar<'_>) -> ::core::option::Option<Self> {
                <i64 as $crate::__private::Received>::from_scalar(scalar)
                    .map(<Self as ::core::convert::From<i64>>::from)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::__private;

    #[derive(Clone, Debug, PartialEq)]
    enum Mode {
        Legacy,
        Unknown(UnknownValue),
    }

    impl Mode {
        fn as_str(&self) -> &str {
            match self {
                Self::Legacy => "legacy",
                Self::Unknown(value) => value.as_str(),
            }
        }
    }

    impl From<&str> for Mode {
        fn from(text: &str) -> Self {
            match text {
                "legacy" => Self::Legacy,
                _ => Self::Unknown(UnknownValue::new(text)),
            }
        }
    }

    __private::open_enum!(Mode);

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Mtu {
        Value1500,
        Unknown(UnknownInteger),
    }

    impl Mtu {
        fn as_i64(&self) -> i64 {
            match self {
                Self::Value1500 => 1500,
                Self::Unknown(value) => value.as_i64(),
            }
        }
    }

    impl From<i64> for Mtu {
        fn from(number: i64) -> Self {
            match number {
                1500 => Self::Value1500,
                _ => Self::Unknown(UnknownInteger::new(number)),
            }
        }
    }

    __private::open_integer_enum!(Mtu);

    #[test]
    fn texts_come_and_go_unchanged_whether_known_or_not() {
        for text in ["legacy", "zz-new", "", "scaling down", "a \"quoted\" one"] {
            let wire = serde_json::to_string(text).unwrap();
            let mode: Mode = serde_json::from_str(&wire).unwrap();
            assert_eq!(serde_json::to_string(&mode).unwrap(), wire);
            assert_eq!(mode, text.parse::<Mode>().unwrap());
            assert_eq!(mode, Mode::from(text.to_owned()));
            assert_eq!((mode.as_ref(), mode.to_string().as_str()), (text, text));
        }
        assert_eq!(Mode::from("legacy"), Mode::Legacy);
        assert!(serde_json::from_str::<Mode>("3").is_err());
    }

    #[test]
    fn integers_come_and_go_unchanged_whether_known_or_not() {
        for number in [1500, 0, -1, i64::MAX] {
            let mtu: Mtu = serde_json::from_str(&number.to_string()).unwrap();
            assert_eq!(serde_json::to_string(&mtu).unwrap(), number.to_string());
            assert_eq!(mtu, number.to_string().parse::<Mtu>().unwrap());
            assert_eq!((mtu, i64::from(mtu)), (Mtu::from(number), number));
            assert!(mtu == number && mtu != number.wrapping_add(1));
            assert_eq!(mtu.to_string(), number.to_string());
        }
        assert_eq!(Mtu::from(1500_i32), Mtu::Value1500);
        assert!("many".parse::<Mtu>().is_err());
    }
}

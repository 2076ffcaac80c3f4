//! Table macros: they turn a struct's fields and wire names into `Serialize` and `Deserialize`.
//!
//! `macro_export` is the only way to reach a macro from another crate, as the tests' golden files do, and puts it at the
//! crate's root. Callers use the names in `__private`.

/// Implements encoding: `Serialize` from a table of fields.
#[doc(hidden)]
#[macro_export]
macro_rules! __encode {
    ($name:ident { $($field:ident: $wire:literal),* $(,)? }) => {
        impl $crate::__private::serde::Serialize for $name {
            #[inline]
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::__private::Object::new(serializer)$(.member($wire, &self.$field))*.end()
            }
        }

        impl $crate::__private::Member for $name {}
    };
}

/// Implements decoding of a struct whose fields may all be missing: `Deserialize` from a table of fields.
#[doc(hidden)]
#[macro_export]
macro_rules! __decode {
    ($name:ident { $($field:ident: $wire:literal),* $(,)? }) => {
        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::decode(deserializer)
            }
        }

        impl $crate::__private::Fields for $name {
            #[inline]
            fn field(&mut self, name: &str) -> ::core::option::Option<&mut dyn $crate::__private::Target> {
                match name {
                    $($wire => ::core::option::Option::Some(&mut self.$field),)*
                    _ => ::core::option::Option::None,
                }
            }
        }

        impl $crate::__private::Received for $name {
            const NAMES: &'static [&'static str] = &[$($wire),*];

            #[inline]
            fn insert_object(
                slot: &mut ::core::option::Option<Self>,
                object: &mut dyn $crate::__private::ReadObject<'_>,
            ) -> ::core::result::Result<$crate::__private::Members, $crate::__private::ReadError> {
                $crate::__private::insert_object(slot, object)
            }
        }
    };
}

/// Implements decoding of a request, which has required fields: `Deserialize` from a table of fields.
#[doc(hidden)]
#[macro_export]
macro_rules! __decode_request {
    ($name:ident { $($field:ident: $wire:literal),* $(,)? }) => {
        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::decode_request(deserializer)
            }
        }

        impl $crate::__private::Received for $name {
            #[inline]
            fn insert_object(
                slot: &mut ::core::option::Option<Self>,
                object: &mut dyn $crate::__private::ReadObject<'_>,
            ) -> ::core::result::Result<$crate::__private::Members, $crate::__private::ReadError> {
                $(let mut $field = ::core::option::Option::None;)*
                while let ::core::option::Option::Some(name) = object.next_name()? {
                    match &*name {
                        $($wire => $crate::__private::take(object, &mut $field)?,)*
                        _ => object.skip()?,
                    }
                }
                *slot = ::core::option::Option::Some(Self {
                    $($field: match $field {
                        ::core::option::Option::Some(value) => value,
                        ::core::option::Option::None => $crate::__private::Received::missing($wire)?,
                    },)*
                });
                ::core::result::Result::Ok($crate::__private::Members::Some)
            }
        }
    };
}

/// Implements what a request type needs.
#[cfg(not(feature = "serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __sent {
    ($($table:tt)*) => {
        $crate::__encode! { $($table)* }
    };
}

/// Implements what a request type needs, and decoding.
#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! __sent {
    ($($table:tt)*) => {
        $crate::__encode! { $($table)* }
        $crate::__decode_request! { $($table)* }
    };
}

/// Implements what a response type needs.
#[cfg(not(feature = "serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __received {
    ($($table:tt)*) => {
        $crate::__decode! { $($table)* }
    };
}

/// Implements what a response type needs, and encoding.
#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! __received {
    ($($table:tt)*) => {
        $crate::__decode! { $($table)* }
        $crate::__encode! { $($table)* }
    };
}

/// Implements what a type of requests and responses needs.
#[doc(hidden)]
#[macro_export]
macro_rules! __exchanged {
    ($($table:tt)*) => {
        $crate::__encode! { $($table)* }
        $crate::__decode! { $($table)* }
    };
}

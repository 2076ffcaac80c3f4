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
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::decode(deserializer)
            }
        }

        impl $crate::__private::Members for $name {
            const IS_CONTEXT_ONLY: bool =
                $crate::__private::has_only_context(&[$($wire),*]);
            const IS_PAGE: bool = $crate::__private::is_page(&[$($wire),*]);

            fn member<'de, A: $crate::__private::serde::de::MapAccess<'de>, const IN_PAGE: bool>(
                &mut self,
                name: &str,
                entry: $crate::__private::Entry<'_, A, IN_PAGE>,
            ) -> ::core::result::Result<(), A::Error> {
                match name {
                    $($wire => entry.read(&mut self.$field),)*
                    _ => entry.skip(),
                }
            }
        }

        impl<'de> $crate::__private::Received<'de> for $name {
            const EXPECTED: &'static str = "an object";
            const IS_PAGE: bool = <Self as $crate::__private::Members>::IS_PAGE;

            fn from_scalar(_: $crate::__private::Scalar<'_>) -> ::core::option::Option<Self> {
                ::core::option::Option::None
            }

            fn from_object<A: $crate::__private::serde::de::MapAccess<'de>>(
                object: A,
            ) -> ::core::result::Result<$crate::__private::FromObject<Self>, A::Error> {
                $crate::__private::from_object(object)
            }

            fn empty() -> ::core::option::Option<Self> {
                ::core::option::Option::Some(::core::default::Default::default())
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
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                struct RequestVisitor;

                impl<'de> $crate::__private::serde::de::Visitor<'de> for RequestVisitor {
                    type Value = $name;

                    fn expecting(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: $crate::__private::serde::de::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> ::core::result::Result<$name, A::Error> {
                        $(let mut $field = ::core::option::Option::None;)*
                        while let ::core::option::Option::Some($crate::__private::Name(name)) = map.next_key()? {
                            let entry = $crate::__private::Entry::of_request(&mut map, &name);
                            match &*name {
                                $($wire => $field = entry.take()?,)*
                                _ => entry.skip()?,
                            }
                        }
                        ::core::result::Result::Ok($name {
                            $($field: match $field {
                                ::core::option::Option::Some(value) => value,
                                ::core::option::Option::None => $crate::__private::Received::missing($wire)?,
                            },)*
                        })
                    }
                }

                deserializer.deserialize_map(RequestVisitor)
            }
        }

        impl<'de> $crate::__private::Received<'de> for $name {
            const EXPECTED: &'static str = "an object";

            fn from_scalar(_: $crate::__private::Scalar<'_>) -> ::core::option::Option<Self> {
                ::core::option::Option::None
            }

            fn from_object<A: $crate::__private::serde::de::MapAccess<'de>>(
                object: A,
            ) -> ::core::result::Result<$crate::__private::FromObject<Self>, A::Error> {
                let object = $crate::__private::serde::de::value::MapAccessDeserializer::new(object);
                <Self as $crate::__private::serde::Deserialize>::deserialize(object)
                    .map($crate::__private::FromObject::Value)
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

//! The table macros: what turns a struct's fields and their wire names into `Serialize` and `Deserialize`.

/// Writes a struct: `Serialize` from a table of its fields.
#[doc(hidden)]
#[macro_export]
macro_rules! __encode {
    ($name:ident { $($field:ident: $wire:literal),* $(,)? }) => {
        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                #[allow(unused_mut, reason = "a struct may have no field")]
                let mut object = $crate::__private::Object::new(serializer);
                $(object.member($wire, &self.$field);)*
                object.end()
            }
        }

        impl $crate::__private::Member for $name {}
    };
}

/// Reads a struct whose fields may all be missing: `Deserialize` from a table of its fields.
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
            fn member<'de, A: $crate::__private::serde::de::MapAccess<'de>>(
                &mut self,
                name: &str,
                entry: $crate::__private::Entry<'_, A>,
            ) -> ::core::result::Result<(), A::Error> {
                match name {
                    $($wire => entry.read(&mut self.$field),)*
                    _ => entry.skip(),
                }
            }
        }

        impl $crate::__private::Received<'_> for $name {}
    };
}

/// Reads a struct with fields that must be there: `Deserialize` from a table of its fields.
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
                            let entry = $crate::__private::Entry(&mut map);
                            match &*name {
                                $($wire => $field = ::core::option::Option::Some(entry.take()?),)*
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

        impl $crate::__private::Received<'_> for $name {}
    };
}

/// What a struct that is only sent needs.
#[cfg(not(feature = "serde-all"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __sent {
    ($($table:tt)*) => {
        $crate::__encode! { $($table)* }
    };
}

/// What a struct that is only sent needs, and the other direction.
#[cfg(feature = "serde-all")]
#[doc(hidden)]
#[macro_export]
macro_rules! __sent {
    ($($table:tt)*) => {
        $crate::__encode! { $($table)* }
        $crate::__decode_request! { $($table)* }
    };
}

/// What a struct that is only received needs.
#[cfg(not(feature = "serde-all"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __received {
    ($($table:tt)*) => {
        $crate::__decode! { $($table)* }
    };
}

/// What a struct that is only received needs, and the other direction.
#[cfg(feature = "serde-all")]
#[doc(hidden)]
#[macro_export]
macro_rules! __received {
    ($($table:tt)*) => {
        $crate::__decode! { $($table)* }
        $crate::__encode! { $($table)* }
    };
}

/// What a struct that is sent and received needs.
#[doc(hidden)]
#[macro_export]
macro_rules! __exchanged {
    ($($table:tt)*) => {
        $crate::__encode! { $($table)* }
        $crate::__decode! { $($table)* }
    };
}

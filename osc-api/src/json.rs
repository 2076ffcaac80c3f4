//! How generated structs are written and read. For generated code, through [`support`](crate::__private).
//!
//! serde's derive macros would do, at three times the build time of the whole crate: they cover formats and
//! attributes that this API has no use for. Here each struct gives a table of its fields, and the rules of the
//! API are in one place:
//! - what is absent is not written; an empty list is;
//! - in an answer any member may be missing, null, repeated or unknown, and null elements of lists are left out.

mod macros;
mod path;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    self, Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess,
    Visitor,
};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::{Date, DateOrDateTime, DateTime, Nullable, Secret};

/// A text that is not what was asked for.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Where in the text, such as `Vms[3].BlockDeviceMappings[0].Bsu`; none when it is the text as a whole.
    pub(crate) path: Option<String>,
    pub(crate) error: serde_json::Error,
}

/// Decodes a whole answer.
///
/// Bytes that are no UTF-8 count as U+FFFD: what is wrong with one text must not take the whole answer away.
///
/// # Errors
/// When the text is no JSON, or none of this type. The failure tells the path, for the crate's own types and for
/// others.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    // All at once is a good deal faster than text by text, as `from_slice` does it.
    let text = str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed);
    serde_json::from_str(&text).map_err(|error| failure(&text, error))
}

#[cold]
fn failure(text: &str, error: serde_json::Error) -> Failure {
    Failure { path: Some(path::of(text.as_bytes(), &error)).filter(|path| !path.is_empty()), error }
}

/// A value that can be a member of an object that is sent.
pub trait Member: Serialize {
    /// Whether the member is left out.
    fn is_absent(&self) -> bool {
        false
    }
}

/// An object that is being written. The first error is kept and ends it.
pub struct Object<S: Serializer>(Result<S::SerializeMap, S::Error>);

impl<S: Serializer> Object<S> {
    /// Begins an object.
    pub fn new(serializer: S) -> Self {
        Self(serializer.serialize_map(None))
    }

    /// Writes a member, unless it is absent.
    pub fn member<T: Member>(&mut self, name: &'static str, value: &T) {
        if let Ok(map) = &mut self.0
            && !value.is_absent()
            && let Err(error) = map.serialize_entry(name, value)
        {
            self.0 = Err(error);
        }
    }

    /// Ends the object.
    ///
    /// # Errors
    /// The first error of a member.
    pub fn end(self) -> Result<S::Ok, S::Error> {
        self.0?.end()
    }
}

/// A value that can be a member of an object that is received.
pub trait Received<'de>: Deserialize<'de> {
    /// Reads the value, as lenient as an answer needs it.
    ///
    /// # Errors
    /// When the value is of another type.
    fn receive<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }

    /// The value of a member that is not there.
    ///
    /// # Errors
    /// When there must be one.
    fn missing<E: de::Error>(name: &'static str) -> Result<Self, E> {
        Err(E::missing_field(name))
    }
}

/// A struct all of whose fields may be missing.
pub trait Members: Default {
    /// Reads the value of one member; one that is unknown is passed over.
    ///
    /// # Errors
    /// When the value is of another type.
    fn member<'de, A: MapAccess<'de>>(&mut self, name: &str, entry: Entry<'_, A>) -> Result<(), A::Error>;
}

/// The value that belongs to the name just read.
pub struct Entry<'a, A>(pub &'a mut A);

impl<'de, A: MapAccess<'de>> Entry<'_, A> {
    /// Reads the value.
    ///
    /// # Errors
    /// When the value is of another type.
    pub fn take<T: Received<'de>>(self) -> Result<T, A::Error> {
        self.0.next_value_seed(Seed(PhantomData))
    }

    /// Reads the value into a field.
    ///
    /// # Errors
    /// When the value is of another type.
    pub fn read<T: Received<'de>>(self, field: &mut T) -> Result<(), A::Error> {
        *field = self.take()?;
        Ok(())
    }

    /// Passes over the value.
    ///
    /// # Errors
    /// When the value is broken.
    pub fn skip(self) -> Result<(), A::Error> {
        self.0.next_value::<IgnoredAny>().map(|_| ())
    }
}

/// Reads an object member by member.
///
/// # Errors
/// When it is no object, or a value in it is of another type.
pub fn decode<'de, D: Deserializer<'de>, T: Members>(deserializer: D) -> Result<T, D::Error> {
    struct ObjectVisitor<T>(PhantomData<T>);

    impl<'de, T: Members> Visitor<'de> for ObjectVisitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
            let mut object = T::default();
            while let Some(Name(name)) = map.next_key()? {
                object.member(&name, Entry(&mut map))?;
            }
            Ok(object)
        }
    }

    deserializer.deserialize_map(ObjectVisitor(PhantomData))
}

/// The name of a member, borrowed from the input where it can be.
pub struct Name<'de>(pub Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a member")
            }

            fn visit_borrowed_str<E: de::Error>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(NameVisitor)
    }
}

struct Seed<T>(PhantomData<T>);

impl<'de, T: Received<'de>> DeserializeSeed<'de> for Seed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::receive(deserializer)
    }
}

/// Reads null as none, and anything else as a value.
struct OptionVisitor<T>(PhantomData<T>);

impl<'de, T: Received<'de>> Visitor<'de> for OptionVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        T::receive(deserializer).map(Some)
    }
}

impl<'de, T: Received<'de>> DeserializeSeed<'de> for OptionVisitor<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: Received<'de>> Received<'de> for Option<T> {
    fn receive<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(OptionVisitor(PhantomData))
    }

    fn missing<E: de::Error>(_: &'static str) -> Result<Self, E> {
        Ok(None)
    }
}

impl<'de, T: Received<'de>> Received<'de> for Nullable<T> {
    fn receive<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::receive(deserializer).map(Self::from)
    }

    fn missing<E: de::Error>(_: &'static str) -> Result<Self, E> {
        Ok(Self::Absent)
    }
}

impl<'de, T: Received<'de>> Received<'de> for Vec<T> {
    fn receive<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(ListVisitor(PhantomData))
    }
}

impl<'de, T: Received<'de>> Received<'de> for BTreeMap<String, T> {
    fn receive<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(MapVisitor(PhantomData))
    }
}

/// Reads a list: null is an empty one, and null elements are left out.
struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Received<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element_seed(OptionVisitor(PhantomData))? {
            let Some(element) = element else { continue };
            if list.is_empty() {
                // Most lists have one element, and room for four of the larger ones is a kilobyte or more.
                list.reserve_exact(1);
            }
            list.push(element);
        }
        Ok(list)
    }
}

/// Reads a map: null is an empty one, and entries without a value are left out.
struct MapVisitor<T>(PhantomData<T>);

impl<'de, T: Received<'de>> Visitor<'de> for MapVisitor<T> {
    type Value = BTreeMap<String, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(BTreeMap::new())
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(BTreeMap::new())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some(name) = entries.next_key::<String>()? {
            if let Some(value) = entries.next_value_seed(OptionVisitor(PhantomData))? {
                map.insert(name, value);
            }
        }
        Ok(map)
    }
}

impl<T: Serialize> Member for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Serialize> Member for Nullable<T> {
    fn is_absent(&self) -> bool {
        self.is_absent()
    }
}

impl<T: Serialize> Member for Vec<T> {}
impl<T: Serialize> Member for BTreeMap<String, T> {}
impl<T: Serialize> Member for Box<T> {}
impl<'de, T: Deserialize<'de>> Received<'de> for Box<T> {}

macro_rules! plain {
    ($($name:ty),*) => {
        $(
            impl Member for $name {}
            impl Received<'_> for $name {}
        )*
    };
}
plain!(bool, i32, i64, f64, String, serde_json::Value, Date, DateTime, DateOrDateTime, Secret);

//! Objects: the members that a struct's table gives to its fields.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};

use super::context;
use super::name::Name;
use super::value::{FromObject, Received, Seed, Slot};

/// Members of a page that link it to the next one.
const PAGE_LINKS: [&str; 2] = ["HasMoreItems", "NextPageToken"];

/// A struct all of whose fields may be missing.
pub trait Members: Default {
    /// Whether the response contains only its context, so that an empty body is a complete response.
    const IS_CONTEXT_ONLY: bool;

    /// Whether the struct is a page of a listing: then it has the link to the next page.
    const IS_PAGE: bool;

    /// Decodes the value of one member; an unknown one is ignored.
    ///
    /// # Errors
    /// As for [`Received::receive`].
    fn member<'de, A: MapAccess<'de>, const IN_PAGE: bool>(
        &mut self,
        name: &str,
        entry: Entry<'_, A, IN_PAGE>,
    ) -> Result<(), A::Error>;
}

/// The value that belongs to the name just decoded.
///
/// `IN_PAGE`: whether it belongs to a page of a listing. A constant, so that other values are not checked for it.
pub struct Entry<'a, A, const IN_PAGE: bool> {
    map: &'a mut A,
    name: &'a str,
}

/// Omits the decoder.
impl<A, const IN_PAGE: bool> fmt::Debug for Entry<'_, A, IN_PAGE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<'a, A> Entry<'a, A, false> {
    /// The value of a request's member.
    pub fn of_request(map: &'a mut A, name: &'a str) -> Self {
        Self { map, name }
    }
}

impl<'de, A: MapAccess<'de>, const IN_PAGE: bool> Entry<'_, A, IN_PAGE> {
    /// Decodes the value into a field, which is absent if the value is null or does not fit.
    ///
    /// # Errors
    /// As for [`Received::receive`]. If pages must be whole, also if the value is a list of the page or its link to the
    /// next one, and does not fit.
    pub fn read<T: Received<'de> + Default>(self, field: &mut T) -> Result<(), A::Error> {
        if !IN_PAGE || !(T::IS_PAGE || T::IS_LIST || PAGE_LINKS.contains(&self.name)) {
            return self.map.next_value_seed(Field(field));
        }
        match self.map.next_value_seed(Seed(PhantomData))? {
            Slot::Value(value) => *field = value,
            Slot::Null => *field = T::default(),
            Slot::Mismatch => {
                *field = T::default();
                return context::page_mismatch(self.name);
            }
        }
        Ok(())
    }

    /// Decodes the value of a request's member. Null is no value.
    ///
    /// # Errors
    /// As for [`Received::receive`], and if the value does not fit: only responses are decoded leniently.
    pub fn take<T: Received<'de>>(self) -> Result<Option<T>, A::Error> {
        match self.map.next_value_seed(Seed(PhantomData))? {
            Slot::Value(value) => Ok(Some(value)),
            Slot::Null => Ok(None),
            Slot::Mismatch => Err(de::Error::custom(format_args!("a value that is not {}", T::EXPECTED))),
        }
    }

    /// Skips the value.
    ///
    /// # Errors
    /// Returns an error if the value is not valid JSON.
    pub fn skip(self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>().map(|_| ())
    }
}

/// Decodes into a field, so that large values are not moved from call to call.
struct Field<'a, T>(&'a mut T);

impl<'de, T: Received<'de> + Default> DeserializeSeed<'de> for Field<'_, T> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        *self.0 = match T::receive(deserializer)? {
            Slot::Value(value) => value,
            Slot::Null | Slot::Mismatch => T::default(),
        };
        Ok(())
    }
}

/// Decodes an object member by member.
///
/// # Errors
/// As for [`Received::receive`].
pub fn from_object<'de, A: MapAccess<'de>, T: Members>(map: A) -> Result<FromObject<T>, A::Error> {
    if T::IS_PAGE { from_members::<A, T, true>(map) } else { from_members::<A, T, false>(map) }
}

fn from_members<'de, A: MapAccess<'de>, T: Members, const IN_PAGE: bool>(
    mut map: A,
) -> Result<FromObject<T>, A::Error> {
    let mut object = T::default();
    let mut is_empty = true;
    while let Some(Name(name)) = map.next_key()? {
        is_empty = false;
        object.member(&name, Entry::<A, IN_PAGE> { map: &mut map, name: &name })?;
    }
    Ok(if is_empty { FromObject::Empty } else { FromObject::Value(object) })
}

/// Decodes a struct that is not a member of another one.
///
/// # Errors
/// As for [`Received::receive`], and if the value is not an object. Null is accepted for a response that
/// contains only its context.
pub fn decode<'de, D: Deserializer<'de>, T: Members>(deserializer: D) -> Result<T, D::Error> {
    struct ObjectVisitor<T>(PhantomData<T>);

    impl<'de, T: Members> Visitor<'de> for ObjectVisitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_unit<E: de::Error>(self) -> Result<T, E> {
            match T::IS_CONTEXT_ONLY {
                true => Ok(T::default()),
                false => Err(E::invalid_type(Unexpected::Unit, &self)),
            }
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<T, A::Error> {
            // The decoder's position is then behind the list, not in it.
            while list.next_element::<IgnoredAny>()?.is_some() {}
            Err(de::Error::invalid_type(Unexpected::Seq, &self))
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            // The lists of a whole response are those that an action returns.
            Ok(match from_members::<A, T, true>(map)? {
                FromObject::Value(object) => object,
                FromObject::Empty | FromObject::Mismatch => T::default(),
            })
        }
    }

    deserializer.deserialize_any(ObjectVisitor(PhantomData))
}

/// Whether a response with these members contains only its context, so that an empty body is a complete response.
pub const fn has_only_context(names: &[&str]) -> bool {
    match names {
        [] => true,
        [name] => matches!(name.as_bytes(), b"ResponseContext"),
        _ => false,
    }
}

/// Whether a struct with these members is a page of a listing.
pub const fn is_page(names: &[&str]) -> bool {
    match names {
        [] => false,
        [first, rest @ ..] => matches!(first.as_bytes(), b"HasMoreItems" | b"NextPageToken") || is_page(rest),
    }
}

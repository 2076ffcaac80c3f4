//! Encoding: what a struct's members become in a request.

use std::collections::BTreeMap;
use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::{Date, DateOrDateTime, DateTime, Nullable, Secret};

/// A value that can be a member of an encoded object.
pub trait Member: Serialize {
    /// Returns `true` if the member is omitted.
    fn is_absent(&self) -> bool {
        false
    }
}

/// An object being encoded. It keeps the first error, which ends the encoding.
pub struct Object<S: Serializer>(Result<S::SerializeMap, S::Error>);

impl<S: Serializer> fmt::Debug for Object<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object").finish_non_exhaustive()
    }
}

impl<S: Serializer> Object<S> {
    /// Starts an object.
    pub fn new(serializer: S) -> Self {
        Self(serializer.serialize_map(None))
    }

    /// Encodes a member unless it is absent.
    #[must_use]
    pub fn member<T: Member>(mut self, name: &'static str, value: &T) -> Self {
        if let Ok(map) = &mut self.0
            && !value.is_absent()
            && let Err(error) = map.serialize_entry(name, value)
        {
            self.0 = Err(error);
        }
        self
    }

    /// Ends the object.
    ///
    /// # Errors
    /// Returns the first error of a member.
    pub fn end(self) -> Result<S::Ok, S::Error> {
        self.0?.end()
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

macro_rules! always_present {
    ($($name:ty),*) => {
        $(impl Member for $name {})*
    };
}
always_present!(bool, i32, i64, f64, String, serde_json::Value, Date, DateTime, DateOrDateTime, Secret);

//! A type that accepts any JSON and keeps nothing of it.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Any JSON. Unlike [`IgnoredAny`] it requires that numbers are in range, and strings and levels valid.
pub(super) struct Skeleton;

impl<'de> Deserialize<'de> for Skeleton {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SkeletonVisitor)
    }
}

struct SkeletonVisitor;

impl<'de> Visitor<'de> for SkeletonVisitor {
    type Value = Skeleton;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Skeleton, E> {
        Ok(Skeleton)
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Skeleton, E> {
        Ok(Skeleton)
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Skeleton, E> {
        Ok(Skeleton)
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Skeleton, E> {
        Ok(Skeleton)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Skeleton, E> {
        Ok(Skeleton)
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Skeleton, E> {
        Ok(Skeleton)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Skeleton, A::Error> {
        while list.next_element::<Skeleton>()?.is_some() {}
        Ok(Skeleton)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Skeleton, A::Error> {
        while object.next_entry::<IgnoredAny, Skeleton>()?.is_some() {}
        Ok(Skeleton)
    }
}

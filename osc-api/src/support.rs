//! What generated code calls. Not part of the public interface: anything here may change in any version.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, de};

pub use serde;

pub use crate::open_enum::text;
pub use crate::{__open_enum as open_enum, __open_integer_enum as open_integer_enum};

/// Decodes a list of an answer: null is an empty list, and null elements are left out.
pub fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    optional_list(deserializer).map(Option::unwrap_or_default)
}

/// Decodes a list that is also sent, where no list and an empty one differ: null is no list, and null
/// elements are left out.
pub fn optional_list<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_option(ListVisitor(PhantomData))
}

/// Decodes a map of an answer: null is an empty map, and entries without a value are left out.
pub fn map<'de, D, T>(deserializer: D) -> Result<BTreeMap<String, T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    optional_map(deserializer).map(Option::unwrap_or_default)
}

/// Decodes a map that is also sent, where no map and an empty one differ: null is no map, and entries without
/// a value are left out.
pub fn optional_map<'de, D, T>(deserializer: D) -> Result<Option<BTreeMap<String, T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_option(MapVisitor(PhantomData))
}

/// Signs as the client does, with everything given: for test vectors that other programs computed.
///
/// Returns the value of `X-Osc-Date` and that of `Authorization`.
pub fn sign(
    access_key: &str,
    secret_key: &str,
    region: &str,
    unix_seconds: i64,
    host: &str,
    path: &str,
    body: &[u8],
) -> (String, String) {
    let at = jiff::Timestamp::from_second(unix_seconds).unwrap_or_default();
    let secret_key = crate::Secret::from(secret_key);
    let key = crate::sign::SigningKey { access_key, secret_key: &secret_key, region };
    let crate::sign::Signed { date, authorization } = crate::sign::sign(&key, at, host, path, body);
    (date, authorization)
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> de::Visitor<'de> for ListVisitor<T> {
    type Value = Option<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element::<Option<T>>()? {
            if let Some(element) = element {
                list.push(element);
            }
        }
        Ok(Some(list))
    }
}

struct MapVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> de::Visitor<'de> for MapVisitor<T> {
    type Value = Option<BTreeMap<String, T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((key, value)) = entries.next_entry::<String, Option<T>>()? {
            if let Some(value) = value {
                map.insert(key, value);
            }
        }
        Ok(Some(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Answer {
        #[serde(deserialize_with = "list")]
        items: Vec<String>,
        #[serde(deserialize_with = "map")]
        labels: BTreeMap<String, i64>,
        #[serde(deserialize_with = "optional_list")]
        ids: Option<Vec<i64>>,
        #[serde(deserialize_with = "optional_map")]
        marks: Option<BTreeMap<String, bool>>,
    }

    fn decode(text: &str) -> Answer {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn null_and_missing_collections_are_empty_or_none() {
        assert_eq!(decode("{}"), Answer::default());
        assert_eq!(decode(r#"{"items":null,"labels":null,"ids":null,"marks":null}"#), Answer::default());
    }

    #[test]
    fn null_elements_are_left_out() {
        let answer =
            decode(r#"{"items":["a",null,"b"],"labels":{"x":1,"y":null},"ids":[null],"marks":{"z":null}}"#);
        assert_eq!(answer.items, ["a", "b"]);
        assert_eq!(answer.labels, BTreeMap::from([("x".to_owned(), 1)]));
        assert_eq!(answer.ids, Some(vec![]));
        assert_eq!(answer.marks, Some(BTreeMap::new()));
    }

    #[test]
    fn other_types_are_refused() {
        assert!(serde_json::from_str::<Answer>(r#"{"items":"a"}"#).is_err());
        assert!(serde_json::from_str::<Answer>(r#"{"labels":[1]}"#).is_err());
    }
}

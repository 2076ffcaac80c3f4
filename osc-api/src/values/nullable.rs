//! A field with three states.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A request field for which "not sent" and "sent as null" mean different things.
///
/// In an update, [`Absent`](Self::Absent) leaves the current value as it is, [`Null`](Self::Null) removes it,
/// and [`Value`](Self::Value) replaces it. Only the fields for which the API makes this difference have this
/// type; all others are plain `Option`s, where `None` is "not sent".
///
/// ```
/// use osc_api::Nullable;
///
/// let keep: Nullable<String> = Nullable::Absent;
/// let remove: Nullable<String> = None.into();
/// let replace: Nullable<String> = "*.example.com".into();
/// assert!(keep.is_absent());
/// assert_eq!(remove, Nullable::Null);
/// assert_eq!(replace, Nullable::Value("*.example.com".to_owned()));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Nullable<T> {
    /// The field is not sent.
    #[default]
    Absent,
    /// The field is sent as `null`.
    Null,
    /// The field is sent with this value.
    Value(T),
}

impl<T> Nullable<T> {
    /// Whether the field is left out of the request.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The value, where there is one.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

/// `None` becomes [`Nullable::Null`]: code that sets the field wants it sent.
impl<T> From<Option<T>> for Nullable<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl From<&str> for Nullable<String> {
    fn from(value: &str) -> Self {
        Self::Value(value.to_owned())
    }
}

/// An absent field is meant to be skipped by the struct that holds it; on its own it can only be written as
/// null.
impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Update {
        #[serde(default, skip_serializing_if = "Nullable::is_absent")]
        pattern: Nullable<String>,
    }

    #[test]
    fn each_state_has_its_own_wire_format_and_round_trips() {
        for (pattern, wire) in [
            (Nullable::Absent, "{}"),
            (Nullable::Null, r#"{"pattern":null}"#),
            ("x".into(), r#"{"pattern":"x"}"#),
        ] {
            let update = Update { pattern };
            assert_eq!(serde_json::to_string(&update).unwrap(), wire);
            assert_eq!(serde_json::from_str::<Update>(wire).unwrap(), update);
        }
    }

    #[test]
    fn none_is_null_and_some_is_a_value() {
        assert_eq!(Nullable::<i64>::from(None), Nullable::Null);
        assert_eq!(Nullable::from(Some(3)), Nullable::from(3));
        assert_eq!(Nullable::from(3).value(), Some(&3));
    }
}

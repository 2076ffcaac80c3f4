//! Texts that must not be seen by accident.

use std::fmt;
use std::hint::black_box;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroize;

/// A secret text: a password, a private key, a secret key.
///
/// `Debug` shows `[redacted]`, there is no `Display`, and the memory is wiped when the value is dropped.
/// [`expose`](Self::expose) is the only way to the text. Encoding writes the text itself, because a request
/// has to carry it.
///
/// The wiping covers the memory that this value owns. The buffers of the HTTP and TLS layers that the text
/// passed through on its way are out of its reach.
///
/// ```
/// use osc_api::Secret;
///
/// let secret = Secret::from("correct horse battery staple");
/// assert_eq!(format!("{secret:?}"), "[redacted]");
/// assert_eq!(secret.expose(), "correct horse battery staple");
/// ```
#[derive(Clone)]
pub struct Secret(Box<str>);

impl Secret {
    /// The text itself. Do not log it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Takes time that depends on the lengths only, not on where the texts differ.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        let (left, right) = (self.0.as_bytes(), other.0.as_bytes());
        let difference = left.iter().zip(right).fold(0, |difference, (l, r)| black_box(difference | (l ^ r)));
        left.len() == right.len() && difference == 0
    }
}

impl Eq for Secret {}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Secret {
    fn from(mut text: String) -> Self {
        // A string with spare room would be moved when it is boxed, and its old place would keep the text.
        let secret = Self::from(text.as_str());
        text.zeroize();
        secret
    }
}

/// Writes the text itself.
impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_string(SecretVisitor)
    }
}

/// Takes the text from where the decoder has it; the string that a decoder gives away is wiped.
struct SecretVisitor;

impl de::Visitor<'_> for SecretVisitor {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Secret, E> {
        Ok(Secret::from(text))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Secret, E> {
        Ok(Secret::from(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_even_inside_of_other_types() {
        let shown = format!("{:?} {:#?}", Some(Secret::from("marker")), vec![Secret::from("marker")]);
        assert!(!shown.contains("marker"));
        assert!(shown.contains("[redacted]"));
    }

    #[test]
    fn equality_looks_at_every_byte_and_at_the_length() {
        let secret = Secret::from("abc");
        assert_eq!(secret, secret.clone());
        for other in ["", "ab", "abcd", "xbc", "axc", "abx"] {
            assert_ne!(secret, Secret::from(other));
        }
    }

    #[test]
    fn the_wire_carries_the_text() {
        let secret: Secret = serde_json::from_str(r#""a\nb""#).unwrap();
        assert_eq!(secret.expose(), "a\nb");
        assert_eq!(serde_json::to_string(&secret).unwrap(), r#""a\nb""#);
        let owned: Secret = serde_json::from_value("x".into()).unwrap();
        assert_eq!(owned.expose(), "x");
    }
}

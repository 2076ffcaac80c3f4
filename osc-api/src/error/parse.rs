//! Parses error responses, in the formats of the API and of gateways.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::item::ErrorItem;
use super::text::one_line;

/// Maximum size of a body that is searched for errors, in bytes. A longer body is not from the API.
pub(crate) const MAX_ERROR_BODY_SIZE: usize = 1 << 20;

/// A parsed error response.
#[derive(Default)]
pub(super) struct ParsedError {
    pub(super) errors: Vec<ErrorItem>,
    pub(super) request_id: Option<String>,
    /// Whether the errors are in the API's own format, not in that of a gateway.
    pub(super) is_api_format: bool,
}

/// Parses a response in any format. Unknown members are ignored.
pub(super) fn read(body: &[u8]) -> ParsedError {
    if body.len() > MAX_ERROR_BODY_SIZE {
        return ParsedError::default();
    }
    let value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let request_id = text(value.get("ResponseContext").and_then(|context| context.get("RequestId")));
    let mut errors = own_errors(&value);
    let is_api_format = !errors.is_empty();
    if !is_api_format {
        errors.extend(gateway_error(&value));
    }
    ParsedError { errors, request_id, is_api_format }
}

/// The request ID of a successful response, even if the rest of it is invalid or truncated.
pub(crate) fn request_id(body: &[u8]) -> Option<String> {
    let mut found = None;
    let string = StringAt { path: &["ResponseContext", "RequestId"], found: &mut found };
    // The caller reports an invalid response.
    drop(string.deserialize(&mut serde_json::Deserializer::from_slice(body)));
    found.map(|id| one_line(&id)).filter(|id| !id.is_empty())
}

/// Finds the string at a path of members, and stores nothing else: responses may be large.
struct StringAt<'a> {
    path: &'a [&'static str],
    found: &'a mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for StringAt<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.path {
            [] => deserializer.deserialize_str(self),
            _ => deserializer.deserialize_map(self),
        }
    }
}

impl<'de> Visitor<'de> for StringAt<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object, or a string at the end of the path")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        *self.found = Some(text.to_owned());
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Some((wanted, path)) = self.path.split_first() else { return Ok(()) };
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            if name == *wanted {
                members.next_value_seed(StringAt { path, found: self.found })?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// The compression of a body, by its first bytes (RFC 1952, 2.3.1; RFC 8878, 3.1.1). No text begins with them.
pub(super) fn compression(body: &[u8]) -> Option<&'static str> {
    match body {
        [0x1f, 0x8b, ..] => Some("gzip"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some("zstd"),
        _ => None,
    }
}

/// Whether a body is an HTML page, such as that of a portal or gateway.
pub(super) fn is_html(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    [&b"<!doctype"[..], b"<html", b"<head", b"<body", b"<!--", b"<?xml"]
        .iter()
        .any(|start| body.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start)))
}

/// The errors of a response in the API's own format.
fn own_errors(value: &Value) -> Vec<ErrorItem> {
    match value.get("Errors") {
        Some(Value::Array(items)) => items.iter().filter(|item| item.is_object()).map(own_error).collect(),
        Some(item @ Value::Object(_)) => vec![own_error(item)],
        _ => Vec::new(),
    }
}

fn own_error(item: &Value) -> ErrorItem {
    ErrorItem {
        code: text(item.get("Code")),
        kind: text(item.get("Type")),
        details: text(item.get("Details")),
    }
}

/// Problem details (RFC 9457), the format with `__type`, or just a message.
fn gateway_error(value: &Value) -> Option<ErrorItem> {
    let first = |keys: &[&str]| keys.iter().find_map(|key| text(value.get(key)));
    let kind = first(&["title", "__type", "type"]);
    let details = first(&["detail", "message", "Message"]);
    (kind.is_some() || details.is_some()).then_some(ErrorItem { code: None, kind, details })
}

/// A string, or a number as a string. Empty strings are ignored.
fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

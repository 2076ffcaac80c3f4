//! Validation of requests: what the cloud certainly refuses, and in strict mode all values of another type.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::fault::Fault;
use crate::codes;
use crate::json::{self, DecodeOptions, Failure, Strictness};

/// The code of a request without a required member.
const MISSING_PARAMETER: u32 = 7006;

/// Decodes a request of an action, and encodes it again.
pub type Reencode = fn(&[u8]) -> Result<Value, Fault>;

/// Decodes a request and encodes it again: what was converted differs from the request.
///
/// # Errors
/// Returns the error response if the request is invalid.
pub fn reencode<T: DeserializeOwned + Serialize>(body: &[u8]) -> Result<Value, Fault> {
    let request: T = decode(body)?;
    serde_json::to_value(request).map_err(|_| invalid("the request"))
}

/// Decodes a request, or refuses it without repeating its values: they may be secret. Values that can be converted without
/// loss are accepted.
///
/// # Errors
/// Returns the error response.
pub(super) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    // The cloud treats an empty body like an empty object.
    let body = if body.is_empty() { b"{}" } else { body };
    let options = DecodeOptions::new(usize::MAX, Strictness::Strict);
    json::read(body, options).map(|decoded| decoded.value).map_err(|failure| {
        let Failure::Invalid { path, error } = failure else { return invalid("the request") };
        let location = path.as_deref().unwrap_or("the request");
        let message = error.to_string();
        match message.strip_prefix("missing field `").and_then(|rest| rest.split_once('`')) {
            Some((name, _)) => {
                Fault::error(400, MISSING_PARAMETER, "MissingParameter", lacks(location, name))
            }
            None => invalid(location),
        }
    })
}

/// Checks that a request has all required members, and that its values have the types of the action, without
/// conversions. Members that the action does not have are accepted: they may be newer than this crate.
///
/// # Errors
/// Returns the error response.
pub(super) fn check(body: &Value, bytes: &[u8], reencode: Reencode) -> Result<(), Fault> {
    let reencoded = reencode(bytes)?;
    let mut path = String::new();
    match find_difference(body, &reencoded, &mut path) {
        Some((found, expected)) => {
            let details = format!("{path} is {found}, and must be {expected}");
            Err(Fault::code(codes::INVALID_PARAMETER_TYPE).details(details))
        }
        None => Ok(()),
    }
}

fn invalid(location: &str) -> Fault {
    Fault::code(codes::INVALID_PARAMETER_VALUE).details(format!("{location} is invalid"))
}

fn lacks(location: &str, name: &str) -> String {
    format!("{location} lacks `{name}`")
}

/// Finds a value that was converted. Returns its kind and the expected one, and its path.
fn find_difference(sent: &Value, decoded: &Value, path: &mut String) -> Option<(&'static str, &'static str)> {
    match (sent, decoded) {
        (Value::Object(sent), Value::Object(decoded)) => find_in_object(sent, decoded, path),
        (Value::Array(sent), Value::Array(decoded)) if sent.len() == decoded.len() => {
            sent.iter().zip(decoded).enumerate().find_map(|(index, (sent, decoded))| {
                within(path, &format!("[{index}]"), |path| find_difference(sent, decoded, path))
            })
        }
        // An integer is a number, too.
        (Value::Number(sent), Value::Number(decoded)) if decoded.is_f64() => {
            (sent.as_f64() != decoded.as_f64()).then_some(("a number", "a number"))
        }
        _ => (sent != decoded).then(|| (kind(sent), kind(decoded))),
    }
}

fn find_in_object(
    sent: &Map<String, Value>,
    decoded: &Map<String, Value>,
    path: &mut String,
) -> Option<(&'static str, &'static str)> {
    let known = sent.iter().filter_map(|(name, value)| Some((name, value, decoded.get(name)?)));
    // Null is the same as absent.
    known.filter(|(_, value, _)| !value.is_null()).find_map(|(name, sent, decoded)| {
        let separator = if path.is_empty() { "" } else { "." };
        within(path, &format!("{separator}{name}"), |path| find_difference(sent, decoded, path))
    })
}

/// Searches a member or an element. Its path stays only if something is found.
fn within<T>(path: &mut String, step: &str, find: impl FnOnce(&mut String) -> Option<T>) -> Option<T> {
    let length = path.len();
    path.push_str(step);
    let found = find(path);
    if found.is_none() {
        path.truncate(length);
    }
    found
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

//! What generated code calls. Not part of the public interface: anything here may change in any version.

pub use serde;

pub use crate::json::{Entry, Member, Members, Name, Object, Received, decode};
pub use crate::paginate::{Answer, Cursor, Next};
pub use crate::types::open_enum::text;
pub use crate::{
    __exchanged as exchanged, __open_enum as open_enum, __open_integer_enum as open_integer_enum,
    __received as received, __sent as sent,
};

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
    signer(access_key, secret_key, region)(unix_seconds, host, path, body)
}

/// As [`sign`], for many requests: the arguments of what is returned are the last four.
pub fn signer(
    access_key: &str,
    secret_key: &str,
    region: &str,
) -> impl Fn(i64, &str, &str, &[u8]) -> (String, String) + use<> {
    let signer = crate::sign::Signer::new(access_key, &crate::Secret::from(secret_key), region);
    move |unix_seconds, host, path, body| {
        let at = jiff::Timestamp::from_second(unix_seconds).unwrap_or_default();
        let crate::sign::Signed { date, authorization } = signer.sign(at, host, path, body);
        (date, authorization)
    }
}

/// Decodes an answer as the client does it.
///
/// # Errors
/// When the text is no JSON, or none of this type.
pub fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    crate::json::read(bytes).map_err(|failure| failure.error)
}

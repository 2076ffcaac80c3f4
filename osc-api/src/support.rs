//! What generated code calls. Not part of the public interface: anything here may change in any version.

pub use serde;

pub use crate::codec::{Entry, Member, Members, Name, Object, Received, decode};
pub use crate::open_enum::text;
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
    let at = jiff::Timestamp::from_second(unix_seconds).unwrap_or_default();
    let secret_key = crate::Secret::from(secret_key);
    let key = crate::sign::SigningKey { access_key, secret_key: &secret_key, region };
    let crate::sign::Signed { date, authorization } = crate::sign::sign(&key, at, host, path, body);
    (date, authorization)
}

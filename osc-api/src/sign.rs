//! The signature `OSC4-HMAC-SHA256`, as a pure function of key, time and bytes.
//!
//! The scheme: hash the request into a *canonical request*, put that under a date and a *credential scope*
//! into a *string to sign*, and sign that with a key derived from the secret key, the day, the region and the
//! service. Service name and list of signed headers are those that the API is measured to accept.

use std::fmt::Write as _;

use jiff::Timestamp;
use ring::{digest, hmac};
use zeroize::Zeroizing;

use crate::Secret;

/// The media type of every request. It is signed, so that what is sent and what is signed come from this one
/// place.
pub(crate) const CONTENT_TYPE: &str = "application/json";

const ALGORITHM: &str = "OSC4-HMAC-SHA256";
const KEY_PREFIX: &str = "OSC4";
const SERVICE: &str = "api";
const SIGNED_HEADERS: &str = "content-type;host;x-osc-date";
const TERMINATOR: &str = "osc4_request";

/// What a request is signed with.
pub(crate) struct SigningKey<'a> {
    pub(crate) access_key: &'a str,
    pub(crate) secret_key: &'a Secret,
    pub(crate) region: &'a str,
}

/// The two header values that a signature consists of.
pub(crate) struct Signed {
    /// For `X-Osc-Date`.
    pub(crate) date: String,
    /// For `Authorization`.
    pub(crate) authorization: String,
}

/// The time as `X-Osc-Date` carries it: `yyyymmddThhmmssZ`.
pub(crate) fn osc_date(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Signs a request to `path` at `host`, which is the `Host` header as it is sent: with the port when that is
/// not the scheme's default.
pub(crate) fn sign(key: &SigningKey<'_>, at: Timestamp, host: &str, path: &str, body: &[u8]) -> Signed {
    let SigningKey { access_key, secret_key, region } = key;
    let date = osc_date(at);
    let day = date.split('T').next().unwrap_or_default();
    let scope = format!("{day}/{region}/{SERVICE}/{TERMINATOR}");
    let canonical_request = format!(
        "POST\n{path}\n\ncontent-type:{CONTENT_TYPE}\nhost:{host}\nx-osc-date:{date}\n\n{SIGNED_HEADERS}\n{}",
        sha256(body)
    );
    let string_to_sign = format!("{ALGORITHM}\n{date}\n{scope}\n{}", sha256(canonical_request.as_bytes()));
    let signature = hex(hmac::sign(&derive(secret_key, day, region), string_to_sign.as_bytes()).as_ref());
    let authorization = format!(
        "{ALGORITHM} Credential={access_key}/{scope}, SignedHeaders={SIGNED_HEADERS}, Signature={signature}"
    );
    Signed { date, authorization }
}

/// The key of one day, region and service.
fn derive(secret_key: &Secret, day: &str, region: &str) -> hmac::Key {
    let start = Zeroizing::new([KEY_PREFIX, secret_key.expose()].concat());
    [day, region, SERVICE, TERMINATOR]
        .iter()
        .fold(hmac_key(start.as_bytes()), |key, step| hmac_key(hmac::sign(&key, step.as_bytes()).as_ref()))
}

fn hmac_key(bytes: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, bytes)
}

fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authorization(second: i64, host: &str, path: &str, body: &[u8]) -> Signed {
        let secret_key = Secret::from("FAKESECRETKEYFORTESTS0000000000000000003");
        let key =
            SigningKey { access_key: "FAKEACCESSKEY0000002", secret_key: &secret_key, region: "eu-west-2" };
        sign(&key, Timestamp::from_second(second).unwrap(), host, path, body)
    }

    #[test]
    fn the_header_has_the_published_form() {
        let Signed { date, authorization } = authorization(0, "host", "/api/v1/ReadVms", b"{}");
        assert_eq!(date, "19700101T000000Z");
        let (start, signature) = authorization.split_once(", Signature=").unwrap();
        assert_eq!(
            start,
            "OSC4-HMAC-SHA256 Credential=FAKEACCESSKEY0000002/19700101/eu-west-2/api/osc4_request, \
             SignedHeaders=content-type;host;x-osc-date"
        );
        assert_eq!(signature.len(), 64);
        assert!(signature.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)));
    }

    #[test]
    fn every_input_changes_the_signature() {
        let signed = authorization(0, "host", "/path", b"{}").authorization;
        for other in [
            authorization(1, "host", "/path", b"{}"),
            authorization(0, "host:8443", "/path", b"{}"),
            authorization(0, "host", "/other", b"{}"),
            authorization(0, "host", "/path", b""),
        ] {
            assert_ne!(other.authorization, signed);
        }
    }
}

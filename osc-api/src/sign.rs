//! The signature `OSC4-HMAC-SHA256`, as a pure function of key, time and bytes.
//!
//! The scheme: the request is written as a *canonical request*. Its hash, the date and the *credential scope* form the
//! *string to sign*, which is signed with a key derived from the secret key, the day, the region and the service.
//! Measurements of the API showed which service name and signed headers it accepts.
//!
//! The derived key is cached for a day, and strings are concatenated without formatting, so that signing costs little
//! more than hashing.

use std::sync::{Mutex, PoisonError};

use jiff::civil::{self, DateTime};
use jiff::{Timestamp, tz};
use ring::{digest, hmac};
use zeroize::Zeroizing;

use crate::Secret;
use crate::generated::service::{
    ALGORITHM, CREDENTIAL_SERVICE, DATE_HEADER, KEY_PREFIX, SIGNED_HEADERS, TERMINATOR,
};

/// The media type of every request. It is signed as part of `BEFORE_HOST`.
pub(crate) const CONTENT_TYPE: &str = "application/json";

// The constant parts of the canonical request and of `Authorization`: concatenating a few long parts is faster than many
// short ones.
const BEFORE_PATH: &str = "POST\n";
const BEFORE_HOST: &str = "\n\ncontent-type:application/json\nhost:";
const BEFORE_SIGNED_HEADERS: &str = ", SignedHeaders=";
const BEFORE_SIGNATURE: &str = ", Signature=";

/// `yyyymmddThhmmssZ`.
const DATE_LENGTH: usize = 16;
/// `yyyymmdd`.
pub(crate) const DAY_LENGTH: usize = 8;
/// Capacity for the parts of a string other than path, host and scope.
const FIXED_LENGTH: usize = 192;
/// A SHA-256 in hexadecimal.
const HASH_LENGTH: usize = 2 * digest::SHA256_OUTPUT_LEN;

/// Signs requests with one access key in one region.
///
/// The derived key is the same for all requests of a day, and is cached. A signature depends only on the arguments.
pub(crate) struct Signer {
    secret_key: Secret,
    region: Box<str>,
    /// The start of `Authorization`, up to the credential scope.
    credential: Box<str>,
    /// The credential scope after the day.
    scope: Box<str>,
    /// The derived key of the last day used.
    derived: Mutex<Option<(civil::Date, hmac::Key)>>,
}

/// How a signing key is derived: the prefix of the secret key, and the end of the credential scope.
#[derive(Clone, Copy)]
pub(crate) struct KeyScheme {
    pub(crate) prefix: &'static str,
    pub(crate) terminator: &'static str,
}

impl KeyScheme {
    /// That of this API.
    pub(crate) const OWN: Self = Self { prefix: KEY_PREFIX, terminator: TERMINATOR };
}

/// The two header values that a signature consists of.
pub(crate) struct Signed {
    /// For `X-Osc-Date`.
    pub(crate) date: String,
    /// For `Authorization`.
    pub(crate) authorization: String,
}

impl Signer {
    /// Prepares for an access key, which is 20 characters long, and its secret key.
    pub(crate) fn new(access_key: &str, secret_key: &Secret, region: &str) -> Self {
        Self {
            secret_key: secret_key.clone(),
            region: region.into(),
            credential: format!("{ALGORITHM} Credential={access_key}/").into(),
            scope: format!("/{region}/{CREDENTIAL_SERVICE}/{TERMINATOR}").into(),
            derived: Mutex::new(None),
        }
    }

    /// Signs a request to `path` at `host`, the `Host` header as sent: with the port unless it is the default of the
    /// scheme.
    pub(crate) fn sign(&self, at: Timestamp, host: &str, path: &str, body: &[u8]) -> Signed {
        let Self { credential, scope, .. } = self;
        let at = utc(at);
        let date = osc_date_of(at);
        let (day, _) = date.split_at(DAY_LENGTH);

        // One buffer for both strings: hashing a whole string is faster than hashing its parts.
        let mut text =
            Vec::with_capacity(FIXED_LENGTH + credential.len() + scope.len() + path.len() + host.len());
        let body_hash = hex(digest::digest(&digest::SHA256, body).as_ref());
        let date_header = ["\n", DATE_HEADER, ":", &date, "\n\n"];
        let parts = [BEFORE_PATH, path, BEFORE_HOST, host].into_iter().chain(date_header);
        for part in parts.chain([SIGNED_HEADERS, "\n"]) {
            text.extend_from_slice(part.as_bytes());
        }
        text.extend_from_slice(&body_hash);
        let request_hash = hex(digest::digest(&digest::SHA256, &text).as_ref());

        text.clear();
        for part in [ALGORITHM, "\n", &date, "\n", day, scope, "\n"] {
            text.extend_from_slice(part.as_bytes());
        }
        text.extend_from_slice(&request_hash);
        let signature = hex(self.hmac(at.date(), day, &text).as_ref());

        let fixed = BEFORE_SIGNED_HEADERS.len() + SIGNED_HEADERS.len() + BEFORE_SIGNATURE.len() + HASH_LENGTH;
        let mut authorization = String::with_capacity(credential.len() + DAY_LENGTH + scope.len() + fixed);
        let signature = str::from_utf8(&signature).unwrap_or_default();
        for part in
            [credential, day, scope, BEFORE_SIGNED_HEADERS, SIGNED_HEADERS, BEFORE_SIGNATURE, signature]
        {
            authorization.push_str(part);
        }
        Signed { date, authorization }
    }

    /// The HMAC of a string with the key of a day, passed in both formats.
    fn hmac(&self, date: civil::Date, day: &str, text: &[u8]) -> hmac::Tag {
        // A thread that panicked while holding the lock left a complete key or none.
        let mut derived = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        match &*derived {
            Some((kept, key)) if *kept == date => hmac::sign(key, text),
            _ => {
                let (_, key) = derived.insert((
                    date,
                    derive(&self.secret_key, KeyScheme::OWN, [day, &self.region, CREDENTIAL_SERVICE]),
                ));
                hmac::sign(key, text)
            }
        }
    }
}

/// The time in the format of `X-Osc-Date`: `yyyymmddThhmmssZ`.
pub(crate) fn osc_date(at: Timestamp) -> String {
    osc_date_of(utc(at))
}

fn utc(at: Timestamp) -> DateTime {
    tz::Offset::UTC.to_datetime(at)
}

/// Writes the digits one by one: interpreting a format takes as long as two hashes.
fn osc_date_of(at: DateTime) -> String {
    let [century, year] =
        [at.year() / 100, at.year() % 100].map(|pair| i8::try_from(pair).unwrap_or_default());
    let pairs = [
        (century, ""),
        (year, ""),
        (at.month(), ""),
        (at.day(), "T"),
        (at.hour(), ""),
        (at.minute(), ""),
        (at.second(), "Z"),
    ];
    let mut date = String::with_capacity(DATE_LENGTH);
    for (pair, after) in pairs {
        let pair = pair.unsigned_abs();
        date.push(char::from(b'0' + pair / 10));
        date.push(char::from(b'0' + pair % 10));
        date.push_str(after);
    }
    date
}

/// The SHA-256 of bytes, in hexadecimal.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&hex(digest::digest(&digest::SHA256, bytes).as_ref())).into_owned()
}

/// The HMAC of a string with the key of a day, region and service, in hexadecimal.
pub(crate) fn hmac_hex(secret_key: &Secret, scheme: KeyScheme, scope: [&str; 3], text: &[u8]) -> String {
    String::from_utf8_lossy(&hex(hmac::sign(&derive(secret_key, scheme, scope), text).as_ref())).into_owned()
}

/// The key of one day, region and service.
fn derive(secret_key: &Secret, scheme: KeyScheme, scope: [&str; 3]) -> hmac::Key {
    let KeyScheme { prefix, terminator } = scheme;
    let start = Zeroizing::new([prefix, secret_key.expose()].concat());
    let steps = scope.into_iter().chain([terminator]);
    steps.fold(hmac_key(start.as_bytes()), |key, step| hmac_key(hmac::sign(&key, step.as_bytes()).as_ref()))
}

fn hmac_key(bytes: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, bytes)
}

/// Lowercase hexadecimal.
fn hex(hash: &[u8]) -> [u8; HASH_LENGTH] {
    let digit = |nibble: u8| nibble + if nibble < 10 { b'0' } else { b'a' - 10 };
    let mut text = [b'0'; HASH_LENGTH];
    let (pairs, _) = text.as_chunks_mut();
    for ([high, low], byte) in pairs.iter_mut().zip(hash) {
        *high = digit(byte >> 4);
        *low = digit(byte & 0xf);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer() -> Signer {
        let secret_key = Secret::from("FAKESECRETKEYFORTESTS0000000000000000003");
        Signer::new("FAKEACCESSKEY0000002", &secret_key, "eu-west-2")
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_header_has_the_published_format() {
        let Signed { date, authorization } = signer().sign(at(0), "host", "/api/v1/ReadVms", b"{}");
        assert_eq!(date, "19700101T000000Z");
        let (start, signature) = authorization.split_once(", Signature=").unwrap();
        assert_eq!(
            start,
            "OSC4-HMAC-SHA256 Credential=FAKEACCESSKEY0000002/19700101/eu-west-2/api/osc4_request, \
             SignedHeaders=content-type;host;x-osc-date"
        );
        assert_eq!(signature.len(), 64);
        assert!(signature.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)));
        assert_eq!(authorization.capacity(), authorization.len());
    }

    #[test]
    fn the_media_type_that_is_sent_is_signed() {
        assert!(BEFORE_HOST.contains(&format!("content-type:{CONTENT_TYPE}\n")));
    }

    #[test]
    fn every_input_changes_the_signature() {
        let signed = signer().sign(at(0), "host", "/path", b"{}").authorization;
        for other in [
            signer().sign(at(1), "host", "/path", b"{}"),
            signer().sign(at(0), "host:8443", "/path", b"{}"),
            signer().sign(at(0), "host", "/other", b"{}"),
            signer().sign(at(0), "host", "/path", b""),
        ] {
            assert_ne!(other.authorization, signed);
        }
    }

    #[test]
    fn the_cached_key_does_not_affect_signatures() {
        const DAY: i64 = 24 * 60 * 60;
        let used = signer();
        for second in [0, 0, DAY - 1, DAY, DAY + 1, 5, 40 * DAY, 0] {
            let fresh = signer().sign(at(second), "host", "/path", b"{}").authorization;
            assert_eq!(used.sign(at(second), "host", "/path", b"{}").authorization, fresh, "{second}");
        }
    }

    #[test]
    fn a_thread_that_panics_does_not_stop_the_others() {
        let signer = signer();
        std::thread::scope(|scope| {
            let holder = || {
                let _lock = signer.derived.lock();
                panic!("on purpose, while the lock is held");
            };
            assert!(scope.spawn(holder).join().is_err());
        });
        assert!(signer.derived.is_poisoned());
        assert_eq!(signer.sign(at(0), "host", "/path", b"{}").date, "19700101T000000Z");
    }

    #[test]
    fn dates_match_the_format() {
        for second in [0, 951_782_399, 951_782_400, 1_781_524_800, 2_147_483_648, 253_402_207_200, -1] {
            let wanted = at(second).strftime("%Y%m%dT%H%M%SZ").to_string();
            assert_eq!(osc_date(at(second)), wanted);
        }
    }
}

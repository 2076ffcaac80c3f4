//! The server's side of a signature: from the request as it arrived, with no code of the client's side.

use hyper::Request;
use hyper::body::Bytes;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ring::{digest, hmac};

use super::FakeApi;

/// The header with the time of the signature.
pub(super) const DATE: &str = "x-osc-date";

/// The names by which the cloud knows its service.
const SERVICES: &[&str] = &["api", "oapi", "osc"];

/// The greatest distance, in seconds, between a request's date and the server's clock.
const WINDOW: i64 = 5 * 60;

/// Why a request is not admitted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Nobody has this access key.
    UnknownKey,
    /// Something else, in words.
    Wrong(String),
}

/// Checks the signature that the header `Authorization` has.
///
/// # Errors
/// The first thing that is wrong.
pub(super) fn verify(request: &Request<Bytes>, header: &str, now: Timestamp) -> Result<(), Refusal> {
    let wrong = |reason: &str| Refusal::Wrong(reason.to_owned());
    let claim = Claim::read(header).ok_or_else(|| wrong("the header Authorization is not a signature's"))?;
    if claim.access_key != FakeApi::ACCESS_KEY {
        return Err(Refusal::UnknownKey);
    }
    let date = text(request, DATE).ok_or_else(|| wrong("the request has no X-Osc-Date"))?;
    let at = seconds(date).ok_or_else(|| wrong("X-Osc-Date is not a date"))?;
    if (now.as_second() - at).abs() > WINDOW {
        return Err(wrong("X-Osc-Date is more than five minutes away"));
    }
    claim.check_scope(date).map_err(Refusal::Wrong)?;
    let canonical = claim.canonical_request(request).map_err(Refusal::Wrong)?;
    if claim.sign(date, &canonical) == claim.signature {
        Ok(())
    } else {
        Err(wrong("the signature is another one: of another key, host, path or body"))
    }
}

/// What the header claims.
struct Claim<'a> {
    access_key: &'a str,
    /// What follows the access key: day, region, service, terminator.
    scope: &'a str,
    parts: [&'a str; 4],
    signed: &'a str,
    signature: &'a str,
}

impl<'a> Claim<'a> {
    fn read(header: &'a str) -> Option<Self> {
        let mut parameters = header.strip_prefix("OSC4-HMAC-SHA256 ")?.split(',').map(str::trim);
        let mut parameter = |name: &str| parameters.next()?.strip_prefix(name)?.strip_prefix('=');
        let credential = parameter("Credential")?;
        let (signed, signature) = (parameter("SignedHeaders")?, parameter("Signature")?);
        let (access_key, scope) = credential.split_once('/')?;
        let parts = scope.split('/').collect::<Vec<_>>().try_into().ok()?;
        Some(Self { access_key, scope, parts, signed, signature })
    }

    fn check_scope(&self, date: &str) -> Result<(), String> {
        let [day, region, service, terminator] = self.parts;
        let covers = |name: &str| self.signed.split(';').any(|signed| signed == name);
        if day.len() != 8 || !date.starts_with(day) {
            Err("the credential scope is of another day than X-Osc-Date".to_owned())
        } else if region != FakeApi::REGION {
            Err(format!(
                "the credential scope is of the region {region}, the endpoint of {}",
                FakeApi::REGION
            ))
        } else if !SERVICES.contains(&service) || terminator != "osc4_request" {
            Err(format!("the credential scope ends with {service}/{terminator}, not with api/osc4_request"))
        } else if !covers("host") || !covers(DATE) {
            Err("host and x-osc-date must be signed".to_owned())
        } else {
            Ok(())
        }
    }

    fn canonical_request(&self, request: &Request<Bytes>) -> Result<String, String> {
        let mut canonical = format!(
            "{}\n{}\n{}\n",
            request.method(),
            request.uri().path(),
            request.uri().query().unwrap_or_default()
        );
        for name in self.signed.split(';') {
            let value = text(request, name).ok_or_else(|| format!("{name} is signed, but is not there"))?;
            canonical.extend([name, ":", value.trim(), "\n"]);
        }
        canonical.extend(["\n", self.signed, "\n", &hash(request.body())]);
        Ok(canonical)
    }

    fn sign(&self, date: &str, canonical: &str) -> String {
        let text = format!("OSC4-HMAC-SHA256\n{date}\n{}\n{}", self.scope, hash(canonical.as_bytes()));
        let mut key = format!("OSC4{}", FakeApi::SECRET_KEY).into_bytes();
        for message in self.parts.into_iter().chain([text.as_str()]) {
            let signed = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), message.as_bytes());
            key = signed.as_ref().to_vec();
        }
        hex(&key)
    }
}

fn text<'r>(request: &'r Request<Bytes>, name: &str) -> Option<&'r str> {
    request.headers().get(name)?.to_str().ok()
}

/// Reads `yyyymmddThhmmssZ` as seconds since 1970.
fn seconds(date: &str) -> Option<i64> {
    let at = DateTime::strptime("%Y%m%dT%H%M%SZ", date).ok()?;
    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

fn hash(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

//! The server's side of a signature: from the request as it arrived, with no code of the client's side.

use hyper::Request;
use hyper::body::Bytes;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ring::{digest, hmac};

use super::FakeApi;

/// The header with the time of the request.
pub(super) const DATE: &str = "x-osc-date";

/// What the cloud takes: signatures of its own kind, and those of AWS, which some older programs send.
const KINDS: [Kind; 2] = [
    Kind { prefix: "OSC4", algorithm: "OSC4-HMAC-SHA256", date: DATE, terminator: "osc4_request" },
    Kind { prefix: "AWS4", algorithm: "AWS4-HMAC-SHA256", date: "x-amz-date", terminator: "aws4_request" },
];

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
    let name = claim.kind.date;
    let date = text(request, name).ok_or_else(|| Refusal::Wrong(format!("the request has no {name}")))?;
    let at = seconds(date).ok_or_else(|| Refusal::Wrong(format!("{name} is not a date")))?;
    if (now.as_second() - at).abs() > WINDOW {
        return Err(Refusal::Wrong(format!("{name} is more than five minutes away")));
    }
    claim.check_scope(date).map_err(Refusal::Wrong)?;
    let canonical = claim.canonical_request(request).map_err(Refusal::Wrong)?;
    if claim.sign(date, &canonical) == claim.signature {
        Ok(())
    } else {
        Err(wrong("the signature is another one: of another key, host, path or body"))
    }
}

/// A kind of signature.
#[derive(Debug)]
struct Kind {
    /// What is put before the secret key.
    prefix: &'static str,
    algorithm: &'static str,
    /// The header with the time of the signature.
    date: &'static str,
    /// The end of the credential scope.
    terminator: &'static str,
}

/// What the header claims.
struct Claim<'a> {
    kind: &'static Kind,
    access_key: &'a str,
    /// What follows the access key: day, region, service, terminator.
    scope: &'a str,
    parts: [&'a str; 4],
    signed: &'a str,
    signature: &'a str,
}

impl<'a> Claim<'a> {
    fn read(header: &'a str) -> Option<Self> {
        let (algorithm, parameters) = header.split_once(' ')?;
        let kind = KINDS.iter().find(|kind| kind.algorithm == algorithm)?;
        let mut parameters = parameters.split(',').map(str::trim);
        let mut parameter = |name: &str| parameters.next()?.strip_prefix(name)?.strip_prefix('=');
        let credential = parameter("Credential")?;
        let (signed, signature) = (parameter("SignedHeaders")?, parameter("Signature")?);
        let (access_key, scope) = credential.split_once('/')?;
        let parts = scope.split('/').collect::<Vec<_>>().try_into().ok()?;
        Some(Self { kind, access_key, scope, parts, signed, signature })
    }

    fn check_scope(&self, date: &str) -> Result<(), String> {
        let [day, region, service, end] = self.parts;
        let Kind { date: date_header, terminator, .. } = self.kind;
        let covers = |name: &str| self.signed.split(';').any(|signed| signed == name);
        let wanted = FakeApi::REGION;
        if day.len() != 8 || !date.starts_with(day) {
            Err(format!("the credential scope is of another day than {date_header}"))
        } else if region != wanted {
            Err(format!("the credential scope is of the region {region}, the endpoint of {wanted}"))
        } else if !SERVICES.contains(&service) || end != *terminator {
            Err(format!("the credential scope ends with {service}/{end}, not with api/{terminator}"))
        } else if !covers("host") || !covers(date_header) {
            Err(format!("host and {date_header} must be signed"))
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
        let Kind { prefix, algorithm, .. } = self.kind;
        let text = format!("{algorithm}\n{date}\n{}\n{}", self.scope, hash(canonical.as_bytes()));
        let mut key = format!("{prefix}{}", FakeApi::SECRET_KEY).into_bytes();
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

#[cfg(test)]
mod tests {
    use super::*;

    const AT: &str = "20240101T000000Z";

    fn request(kind: &Kind) -> Request<Bytes> {
        let request = Request::post("/api/v1/ReadVms").header("host", "127.0.0.1:8080").header(kind.date, AT);
        request.header("content-type", "application/json").body(Bytes::from_static(b"{}")).unwrap()
    }

    /// The header up to its signature.
    fn unsigned(kind: &Kind, scope: &str, signed: &str) -> String {
        let credential = format!("{}/{scope}", FakeApi::ACCESS_KEY);
        format!("{} Credential={credential}, SignedHeaders={signed}, Signature=", kind.algorithm)
    }

    /// The outcome of a signature that is the right one for its scope and its list of headers, whatever they are.
    fn outcome(kind: &Kind, scope: &str, signed: &str) -> Result<(), Refusal> {
        let unsigned = unsigned(kind, scope, signed);
        let claim = Claim::read(&unsigned).unwrap();
        let signature = claim.sign(AT, &claim.canonical_request(&request(kind)).unwrap());
        verify(&request(kind), &format!("{unsigned}{signature}"), "2024-01-01T00:00:07Z".parse().unwrap())
    }

    /// Computed by a program in another language from the published rules.
    #[test]
    fn both_kinds_of_signatures_are_known() {
        let wanted = [
            "375413603dd6dbe52aa7615da14f617a87b367d35379d6cf41161e28cfe7242a",
            "bf6e666705caf0937e1af1884626e44c5e65a742c0a0573ab3f88c9fcef57995",
        ];
        for (kind, wanted) in KINDS.iter().zip(wanted) {
            let scope = format!("20240101/eu-west-2/oapi/{}", kind.terminator);
            let signed = format!("content-type;host;{}", kind.date);
            let header = format!("{}{wanted}", unsigned(kind, &scope, &signed));
            let now = "2024-01-01T00:00:07Z".parse().unwrap();
            assert_eq!(verify(&request(kind), &header, now), Ok(()), "{kind:?}");
        }
    }

    #[test]
    fn every_name_of_the_service_is_taken() {
        for kind in &KINDS {
            for service in ["api", "oapi", "osc"] {
                let scope = format!("20240101/eu-west-2/{service}/{}", kind.terminator);
                assert_eq!(outcome(kind, &scope, &format!("host;{}", kind.date)), Ok(()), "{scope}");
            }
        }
    }

    #[test]
    fn what_is_signed_must_be_what_the_cloud_wants_signed() {
        let [osc, aws] = &KINDS;
        for (kind, scope, signed, word) in [
            (osc, "20240102/eu-west-2/api/osc4_request", "host;x-osc-date", "another day"),
            (osc, "2024/eu-west-2/api/osc4_request", "host;x-osc-date", "another day"),
            (osc, "20240101/us-east-2/api/osc4_request", "host;x-osc-date", "region us-east-2"),
            (osc, "20240101/eu-west-2/fcu/osc4_request", "host;x-osc-date", "fcu/osc4_request"),
            (osc, "20240101/eu-west-2/api/aws4_request", "host;x-osc-date", "api/aws4_request"),
            (aws, "20240101/eu-west-2/api/osc4_request", "host;x-amz-date", "api/osc4_request"),
            (osc, "20240101/eu-west-2/api/osc4_request", "x-osc-date", "must be signed"),
            (osc, "20240101/eu-west-2/api/osc4_request", "content-type;host", "must be signed"),
        ] {
            let Err(Refusal::Wrong(reason)) = outcome(kind, scope, signed) else {
                panic!("{scope} and {signed} are taken");
            };
            assert!(reason.contains(word), "{reason}");
        }
    }

    #[test]
    fn a_signed_header_must_be_there() {
        let [osc, aws] = &KINDS;
        let header = unsigned(osc, "20240101/eu-west-2/api/osc4_request", "accept;host;x-osc-date");
        let now = "2024-01-01T00:00:07Z".parse().unwrap();
        for (sent, word) in [(osc, "accept"), (aws, "no x-osc-date")] {
            let refusal = verify(&request(sent), &header, now);
            assert!(matches!(&refusal, Err(Refusal::Wrong(reason)) if reason.contains(word)), "{refusal:?}");
        }
    }
}

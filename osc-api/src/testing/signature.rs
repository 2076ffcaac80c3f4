//! Verifies signatures as the server does, from the received request, without code of the client.

use hyper::Request;
use hyper::body::Bytes;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ring::{digest, hmac};

use super::FakeApi;
use crate::generated::service::{ALGORITHM, CREDENTIAL_SERVICE, DATE_HEADER, KEY_PREFIX, TERMINATOR};

/// The header with the date of the request.
pub(super) const DATE: &str = DATE_HEADER;

/// Accepted signature schemes: OUTSCALE's, and that of AWS, which some older programs use.
const SCHEMES: [Scheme; 2] = [
    Scheme { prefix: KEY_PREFIX, algorithm: ALGORITHM, date: DATE, terminator: TERMINATOR },
    Scheme { prefix: "AWS4", algorithm: "AWS4-HMAC-SHA256", date: "x-amz-date", terminator: "aws4_request" },
];

/// Accepted service names.
const SERVICES: &[&str] = &[CREDENTIAL_SERVICE, "oapi", "osc"];

/// Maximum difference between the date of a request and the server's clock, in seconds.
const MAX_SKEW: i64 = 5 * 60;

/// Why a request is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The access key does not exist, is inactive or has expired. (How the cloud refuses the last two is not known.)
    UnknownKey,
    /// Any other reason.
    Invalid(String),
}

/// The hosts that a signature may be for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum SignedHosts {
    /// The host as it was sent, as in the cloud.
    #[default]
    Exact,
    /// Also without its port.
    AnyPort,
}

/// The access key of a signature, whether it is valid or not.
pub(super) fn claimed_access_key(header: &str) -> Option<&str> {
    Claim::parse(header).map(|claim| claim.access_key)
}

/// Verifies the signature in the header `Authorization`. `secret_key` is that of its access key, if requests can be
/// signed with it.
///
/// # Errors
/// Returns the first problem.
pub(super) fn verify(
    request: &Request<Bytes>,
    header: &str,
    secret_key: Option<&str>,
    now: Timestamp,
    hosts: SignedHosts,
) -> Result<(), Refusal> {
    let invalid = |reason: &str| Refusal::Invalid(reason.to_owned());
    let claim = Claim::parse(header).ok_or_else(|| invalid("the header Authorization has no signature"))?;
    let secret_key = secret_key.ok_or(Refusal::UnknownKey)?;
    let name = claim.scheme.date;
    let date = text(request, name).ok_or_else(|| Refusal::Invalid(format!("the request has no {name}")))?;
    let at = seconds(date).ok_or_else(|| Refusal::Invalid(format!("{name} is not a date")))?;
    if (now.as_second() - at).abs() > MAX_SKEW {
        return Err(Refusal::Invalid(format!("{name} is more than five minutes off")));
    }
    claim.check_scope(date).map_err(Refusal::Invalid)?;
    let host = text(request, "host").unwrap_or_default();
    let matches = |host: &str| -> Result<bool, Refusal> {
        let canonical = claim.canonical_request(request, host).map_err(Refusal::Invalid)?;
        Ok(claim.sign(secret_key, date, &canonical) == claim.signature)
    };
    if matches(host)? {
        return Ok(());
    }
    match host.rsplit_once(':') {
        // Some clients, such as osc-sdk-python, sign the host without its port.
        Some((name, _)) if matches(name)? && hosts == SignedHosts::AnyPort => Ok(()),
        Some((name, _)) if matches(name)? => Err(invalid(
            "the signature matches the host without its port: sign the host as it is sent, with the port",
        )),
        _ => Err(invalid("the signature does not match: wrong secret key, host, path or body")),
    }
}

/// A signature scheme.
#[derive(Debug)]
struct Scheme {
    /// Prefix of the secret key.
    prefix: &'static str,
    algorithm: &'static str,
    /// The header with the date of the signature.
    date: &'static str,
    /// Last part of the credential scope.
    terminator: &'static str,
}

/// The parsed header.
struct Claim<'a> {
    scheme: &'static Scheme,
    access_key: &'a str,
    /// The credential scope: day, region, service, terminator.
    scope: &'a str,
    parts: [&'a str; 4],
    signed: &'a str,
    signature: &'a str,
}

impl<'a> Claim<'a> {
    fn parse(header: &'a str) -> Option<Self> {
        let (algorithm, parameters) = header.split_once(' ')?;
        let scheme = SCHEMES.iter().find(|scheme| scheme.algorithm == algorithm)?;
        let mut parameters = parameters.split(',').map(str::trim);
        let mut parameter = |name: &str| parameters.next()?.strip_prefix(name)?.strip_prefix('=');
        let credential = parameter("Credential")?;
        let (signed, signature) = (parameter("SignedHeaders")?, parameter("Signature")?);
        let (access_key, scope) = credential.split_once('/')?;
        let parts = scope.split('/').collect::<Vec<_>>().try_into().ok()?;
        Some(Self { scheme, access_key, scope, parts, signed, signature })
    }

    fn check_scope(&self, date: &str) -> Result<(), String> {
        let [day, region, service, end] = self.parts;
        let Scheme { date: date_header, terminator, .. } = self.scheme;
        let covers = |name: &str| self.signed.split(';').any(|signed| signed == name);
        let wanted = FakeApi::REGION;
        if day.len() != 8 || !date.starts_with(day) {
            Err(format!("the day of the credential scope is not that of {date_header}"))
        } else if region != wanted {
            Err(format!("the region of the credential scope is {region}, that of the endpoint is {wanted}"))
        } else if !SERVICES.contains(&service) || end != *terminator {
            Err(format!("the credential scope ends with {service}/{end}, not with api/{terminator}"))
        } else if !covers("host") || !covers(date_header) {
            Err(format!("host and {date_header} must be signed"))
        } else {
            Ok(())
        }
    }

    fn canonical_request(&self, request: &Request<Bytes>, host: &str) -> Result<String, String> {
        let mut canonical = format!(
            "{}\n{}\n{}\n",
            request.method(),
            request.uri().path(),
            request.uri().query().unwrap_or_default()
        );
        for name in self.signed.split(';') {
            let value = match name {
                "host" => Some(host),
                _ => text(request, name),
            };
            let value = value.ok_or_else(|| format!("the signed header {name} is missing"))?;
            canonical.extend([name, ":", value.trim(), "\n"]);
        }
        canonical.extend(["\n", self.signed, "\n", &hash(request.body())]);
        Ok(canonical)
    }

    fn sign(&self, secret_key: &str, date: &str, canonical: &str) -> String {
        let Scheme { prefix, algorithm, .. } = self.scheme;
        let text = format!("{algorithm}\n{date}\n{}\n{}", self.scope, hash(canonical.as_bytes()));
        let mut key = format!("{prefix}{secret_key}").into_bytes();
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
    Some(at.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp().as_second())
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

    const EXACT: SignedHosts = SignedHosts::Exact;
    const KEY: Option<&str> = Some(FakeApi::SECRET_KEY);

    fn request(scheme: &Scheme) -> Request<Bytes> {
        let request =
            Request::post("/api/v1/ReadVms").header("host", "127.0.0.1:8080").header(scheme.date, AT);
        request.header("content-type", "application/json").body(Bytes::from_static(b"{}")).unwrap()
    }

    /// The header up to its signature.
    fn unsigned(scheme: &Scheme, scope: &str, signed: &str) -> String {
        let credential = format!("{}/{scope}", FakeApi::ACCESS_KEY);
        format!("{} Credential={credential}, SignedHeaders={signed}, Signature=", scheme.algorithm)
    }

    /// The outcome of a signature that is the right one for its scope and its list of headers, whatever they are.
    fn outcome(scheme: &Scheme, scope: &str, signed: &str) -> Result<(), Refusal> {
        let unsigned = unsigned(scheme, scope, signed);
        let claim = Claim::parse(&unsigned).unwrap();
        let signature = claim.sign(
            FakeApi::SECRET_KEY,
            AT,
            &claim.canonical_request(&request(scheme), "127.0.0.1:8080").unwrap(),
        );
        verify(
            &request(scheme),
            &format!("{unsigned}{signature}"),
            KEY,
            "2024-01-01T00:00:07Z".parse().unwrap(),
            EXACT,
        )
    }

    /// Computed by a program in another language from the published rules.
    #[test]
    fn both_signature_schemes_are_accepted() {
        let wanted = [
            "375413603dd6dbe52aa7615da14f617a87b367d35379d6cf41161e28cfe7242a",
            "bf6e666705caf0937e1af1884626e44c5e65a742c0a0573ab3f88c9fcef57995",
        ];
        for (scheme, wanted) in SCHEMES.iter().zip(wanted) {
            let scope = format!("20240101/eu-west-2/oapi/{}", scheme.terminator);
            let signed = format!("content-type;host;{}", scheme.date);
            let header = format!("{}{wanted}", unsigned(scheme, &scope, &signed));
            let now = "2024-01-01T00:00:07Z".parse().unwrap();
            assert_eq!(verify(&request(scheme), &header, KEY, now, EXACT), Ok(()), "{scheme:?}");
        }
    }

    #[test]
    fn a_signature_without_the_port_is_explained() {
        let [osc, _] = &SCHEMES;
        let unsigned = unsigned(osc, "20240101/eu-west-2/api/osc4_request", "content-type;host;x-osc-date");
        let claim = Claim::parse(&unsigned).unwrap();
        let signature = claim.sign(
            FakeApi::SECRET_KEY,
            AT,
            &claim.canonical_request(&request(osc), "127.0.0.1").unwrap(),
        );
        let now = "2024-01-01T00:00:07Z".parse().unwrap();
        let header = format!("{unsigned}{signature}");
        assert_eq!(verify(&request(osc), &header, KEY, now, SignedHosts::AnyPort), Ok(()));
        let refusal = verify(&request(osc), &header, KEY, now, EXACT);
        assert!(
            matches!(&refusal, Err(Refusal::Invalid(reason)) if reason.contains("without its port")),
            "{refusal:?}"
        );
    }

    #[test]
    fn every_service_name_is_accepted() {
        for scheme in &SCHEMES {
            for service in ["api", "oapi", "osc"] {
                let scope = format!("20240101/eu-west-2/{service}/{}", scheme.terminator);
                assert_eq!(outcome(scheme, &scope, &format!("host;{}", scheme.date)), Ok(()), "{scope}");
            }
        }
    }

    #[test]
    fn scope_and_signed_headers_are_checked() {
        let [osc, aws] = &SCHEMES;
        for (scheme, scope, signed, word) in [
            (osc, "20240102/eu-west-2/api/osc4_request", "host;x-osc-date", "the day of"),
            (osc, "2024/eu-west-2/api/osc4_request", "host;x-osc-date", "the day of"),
            (osc, "20240101/us-east-2/api/osc4_request", "host;x-osc-date", "is us-east-2"),
            (osc, "20240101/eu-west-2/fcu/osc4_request", "host;x-osc-date", "fcu/osc4_request"),
            (osc, "20240101/eu-west-2/api/aws4_request", "host;x-osc-date", "api/aws4_request"),
            (aws, "20240101/eu-west-2/api/osc4_request", "host;x-amz-date", "api/osc4_request"),
            (osc, "20240101/eu-west-2/api/osc4_request", "x-osc-date", "must be signed"),
            (osc, "20240101/eu-west-2/api/osc4_request", "content-type;host", "must be signed"),
        ] {
            let Err(Refusal::Invalid(reason)) = outcome(scheme, scope, signed) else {
                panic!("{scope} and {signed} are accepted");
            };
            assert!(reason.contains(word), "{reason}");
        }
    }

    #[test]
    fn a_signed_header_must_be_present() {
        let [osc, aws] = &SCHEMES;
        let header = unsigned(osc, "20240101/eu-west-2/api/osc4_request", "accept;host;x-osc-date");
        let now = "2024-01-01T00:00:07Z".parse().unwrap();
        for (sent, word) in [(osc, "accept"), (aws, "no x-osc-date")] {
            let refusal = verify(&request(sent), &header, KEY, now, EXACT);
            assert!(
                matches!(&refusal, Err(Refusal::Invalid(reason)) if reason.contains(word)),
                "{refusal:?}"
            );
        }
    }
}

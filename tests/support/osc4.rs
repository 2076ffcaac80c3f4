//! Server-side verification of OSC4 and AWS4 signatures, written from the published specification with other libraries than the
//! crate uses.
//!
//! It shares no code with `osc-api`, so that an error there is not repeated here.

use std::fmt::Write;

use hmac_sha256::{HMAC, Hash};

use crate::http::Request;

/// Maximum difference between the date of a request and the server's clock, in seconds.
pub const WINDOW: i64 = 5 * 60;

/// A service, and the names in the signatures that it accepts.
#[derive(Clone, Copy, Debug)]
pub struct Service<'a> {
    /// The name in the credential scope.
    pub name: &'a str,
    /// The first word of `Authorization`.
    pub algorithm: &'a str,
    /// What the secret key is prefixed with.
    pub prefix: &'a str,
    /// The end of the credential scope.
    pub terminator: &'a str,
    /// The header with the date, in lower case.
    pub date_header: &'a str,
}

/// The API.
pub const API: Service<'static> = Service::osc4("api");

impl<'a> Service<'a> {
    /// A service that accepts the scheme of the API.
    pub const fn osc4(name: &'a str) -> Self {
        let (algorithm, terminator) = ("OSC4-HMAC-SHA256", "osc4_request");
        Self { name, algorithm, prefix: "OSC4", terminator, date_header: "x-osc-date" }
    }

    /// A service that accepts AWS Signature Version 4.
    pub const fn aws4(name: &'a str) -> Self {
        let (algorithm, terminator) = ("AWS4-HMAC-SHA256", "aws4_request");
        Self { name, algorithm, prefix: "AWS4", terminator, date_header: "x-amz-date" }
    }
}

/// Why a signature was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The request has no `Authorization` header of this scheme, or an invalid one.
    Malformed(String),
    /// The signature is for another region, service or day, or covers too few headers.
    Scope(String),
    /// The date of the request differs too much from the server's clock.
    Date(String),
    /// The access key is unknown.
    UnknownKey(String),
    /// The signature does not match the secret key and the received request.
    Signature,
}

/// Verifies the signature of a request with the secret key that `secret_key_of` returns for its access key.
///
/// `now` is the server's clock in seconds since 1970. Returns the access key.
///
/// # Errors
/// Returns the first problem found.
pub fn verify(
    request: &Request,
    region: &str,
    secret_key_of: impl Fn(&str) -> Option<String>,
    now: i64,
) -> Result<String, Refusal> {
    verify_for(&API, request, region, secret_key_of, now)
}

/// Like [`verify`], for any service.
///
/// # Errors
/// Returns the first problem found.
pub fn verify_for(
    accepted: &Service<'_>,
    request: &Request,
    region: &str,
    secret_key_of: impl Fn(&str) -> Option<String>,
    now: i64,
) -> Result<String, Refusal> {
    let header =
        request.header("Authorization").ok_or_else(|| Refusal::Malformed("no Authorization".to_owned()))?;
    let claim = Claim::parse(header, accepted)?;
    let no_date = || Refusal::Malformed(format!("no {}", accepted.date_header));
    let date = request.header(accepted.date_header).ok_or_else(no_date)?;
    let sent = seconds(date).ok_or_else(|| Refusal::Malformed(format!("not a date: {date:?}")))?;
    claim.check_scope(date, region, accepted)?;
    if (now - sent).abs() > WINDOW {
        return Err(Refusal::Date(format!(
            "{date} differs from the server's clock by more than five minutes"
        )));
    }
    let secret_key =
        secret_key_of(claim.access_key).ok_or_else(|| Refusal::UnknownKey(claim.access_key.to_owned()))?;

    let canonical = claim.canonical_request(request)?;
    let Claim { day, region, service, .. } = claim;
    let Service { algorithm, prefix, terminator, .. } = accepted;
    let scope = format!("{day}/{region}/{service}/{terminator}");
    let string_to_sign = format!("{algorithm}\n{date}\n{scope}\n{}", hex(&Hash::hash(canonical.as_bytes())));
    let mut key = format!("{prefix}{secret_key}").into_bytes();
    for part in [day, region, service, terminator, &string_to_sign] {
        key = HMAC::mac(part, &key).to_vec();
    }
    if hex(&key) == claim.signature { Ok(claim.access_key.to_owned()) } else { Err(Refusal::Signature) }
}

/// Parses `yyyymmddThhmmssZ` to seconds since 1970.
pub fn seconds(date: &str) -> Option<i64> {
    let date = date.strip_suffix('Z')?;
    let (day, time) = date.split_once('T')?;
    if day.len() != 8 || time.len() != 6 || !day.chars().chain(time.chars()).all(|c| c.is_ascii_digit()) {
        return None;
    }
    let (day, time): (i64, i64) = (day.parse().ok()?, time.parse().ok()?);
    let (year, month, day) = (day / 10_000, day / 100 % 100, day % 100);
    let (hour, minute, second) = (time / 10_000, time / 100 % 100, time % 100);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    // Years that begin in March end with the leap day, so that the days before a month are a linear function.
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// The fields of the `Authorization` header.
struct Claim<'a> {
    access_key: &'a str,
    day: &'a str,
    region: &'a str,
    service: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Claim<'a> {
    fn parse(header: &'a str, accepted: &Service<'_>) -> Result<Self, Refusal> {
        let malformed =
            || Refusal::Malformed(format!("the Authorization header is not {}", accepted.algorithm));
        let (algorithm, rest) = header.split_once(' ').ok_or_else(malformed)?;
        let mut parts = rest.split(',').map(str::trim);
        let mut part = |name: &str| parts.next()?.strip_prefix(name)?.strip_prefix('=');
        let credential = part("Credential").ok_or_else(malformed)?;
        let signed_headers = part("SignedHeaders").ok_or_else(malformed)?;
        let signature = part("Signature").ok_or_else(malformed)?;
        let mut credential = credential.split('/');
        let mut next = || credential.next().ok_or_else(malformed);
        let (access_key, day, region, service, terminator) = (next()?, next()?, next()?, next()?, next()?);
        if algorithm != accepted.algorithm
            || terminator != accepted.terminator
            || credential.next().is_some()
            || parts.next().is_some()
        {
            return Err(malformed());
        }
        Ok(Self { access_key, day, region, service, signed_headers, signature })
    }

    fn check_scope(&self, date: &str, region: &str, accepted: &Service<'_>) -> Result<(), Refusal> {
        let Self { day, region: claimed, service, signed_headers, .. } = self;
        let signed: Vec<&str> = signed_headers.split(';').collect();
        let problem = if !date.starts_with(day) || day.len() != 8 {
            format!("the scope has the day {day}, the request the date {date}")
        } else if *claimed != region {
            format!("the scope has the region {claimed}, the server {region}")
        } else if *service != accepted.name {
            format!("the scope has the service {service}")
        } else if !["host", accepted.date_header].iter().all(|name| signed.contains(name)) {
            format!("host and the date must be signed, not only {signed_headers}")
        } else if !signed.is_sorted() || signed_headers.chars().any(|c| c.is_ascii_uppercase()) {
            format!("signed headers must be sorted and in lower case: {signed_headers}")
        } else {
            return Ok(());
        };
        Err(Refusal::Scope(problem))
    }

    fn canonical_request(&self, request: &Request) -> Result<String, Refusal> {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let mut headers = String::new();
        for name in self.signed_headers.split(';') {
            let sent = request.headers.iter().filter(|(sent, _)| sent.eq_ignore_ascii_case(name));
            let values: Vec<String> = sent.map(|(_, value)| single_spaced(value)).collect();
            if values.is_empty() {
                return Err(Refusal::Malformed(format!("the signed header {name} is missing")));
            }
            headers.extend([name, ":", &values.join(","), "\n"]);
        }
        let query = sorted(query);
        let (method, signed) = (&request.method, self.signed_headers);
        Ok(format!("{method}\n{path}\n{query}\n{headers}\n{signed}\n{}", hex(&Hash::hash(&request.body))))
    }
}

/// A header value without blanks around it, and with one blank in place of several.
fn single_spaced(value: &str) -> String {
    let mut spaced = String::new();
    for c in value.trim().chars().map(|c| if c == '\t' { ' ' } else { c }) {
        if c != ' ' || !spaced.ends_with(' ') {
            spaced.push(c);
        }
    }
    spaced
}

/// The parameters of a query, sorted by name and value. One without a value gets an empty one.
fn sorted(query: &str) -> String {
    let mut parameters: Vec<[&str; 2]> = Vec::new();
    for parameter in query.split('&') {
        match parameter.split_once('=') {
            Some((name, value)) => parameters.push([name, value]),
            None if parameter.is_empty() => {}
            None => parameters.push([parameter, ""]),
        }
    }
    parameters.sort_unstable();
    parameters.iter().map(|parameter| parameter.join("=")).collect::<Vec<_>>().join("&")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

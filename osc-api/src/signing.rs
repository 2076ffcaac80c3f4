//! Signatures for the other services of the cloud, which accept the same access keys. The client signs its own requests.
//!
//! | services | scheme | service in the credential scope |
//! |---|---|---|
//! | object storage (`oos`) | [`Aws4`](SignatureScheme::Aws4) | `s3` |
//! | AWS-compliant APIs (`fcu`, `lbu`, `eim`, `icu`, `directlink`) | [`Aws4`](SignatureScheme::Aws4) | the same name |
//! | the OUTSCALE API | [`Osc4`](SignatureScheme::Osc4) | `api` |
//! | managed Kubernetes (`oks`) | none: it takes the keys in headers | |
//!
//! A [`RequestSigner`] signs the headers of a request whose whole body is in memory. It covers neither URLs that are signed
//! in advance, nor bodies that are signed in chunks, nor session tokens: use an S3 client for those, with the keys, region
//! and address of this client.
//!
//! ```
//! use std::time::SystemTime;
//!
//! use osc_api::signing::{RequestSigner, RequestToSign, SignatureScheme};
//!
//! # fn example(client: &osc_api::Client) -> Result<(), Box<dyn std::error::Error>> {
//! let credentials = client.credentials();
//! let access_key = credentials.access_key_id().ok_or("no access key")?;
//! let secret_key = credentials.secret_key().ok_or("no access key")?;
//! let signer = RequestSigner::new(SignatureScheme::Aws4, access_key, secret_key.clone(), client.region(), "s3");
//! let objects = client.service_endpoint("oos")?.ok_or("no object storage")?;
//! let request = RequestToSign::new("GET", objects.host(), "/my-bucket").query("list-type=2");
//! for (name, value) in signer.sign(SystemTime::now(), &request).headers() {
//!     println!("{name} has {} characters", value.len());
//! }
//! # Ok(())
//! # }
//! ```

use std::fmt;
use std::time::SystemTime;

use jiff::Timestamp;

use crate::Secret;
use crate::generated::service;
use crate::sign::{self, KeyScheme};

/// A signature scheme. The schemes differ in names only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureScheme {
    /// `OSC4-HMAC-SHA256`, the scheme of the OUTSCALE API.
    Osc4,
    /// `AWS4-HMAC-SHA256`, which is AWS Signature Version 4.
    Aws4,
}

/// Signs requests to one service in one region with one access key.
#[derive(Clone)]
pub struct RequestSigner {
    scheme: SignatureScheme,
    access_key_id: String,
    secret_key: Secret,
    region: String,
    service: String,
}

/// A request to sign: exactly as it is sent.
#[derive(Clone)]
#[must_use]
pub struct RequestToSign<'a> {
    method: &'a str,
    host: &'a str,
    path: &'a str,
    query: &'a str,
    headers: Vec<(String, String)>,
    body: &'a [u8],
}

/// The headers that authenticate a request. `Debug` shows no signature.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestSignature {
    headers: Vec<(&'static str, String)>,
}

/// The service name of object storage, which requires the hash of the body in a header.
const OBJECT_STORAGE: &str = "s3";

/// The header with the hash of the body.
const CONTENT_HASH: &str = "x-amz-content-sha256";

impl SignatureScheme {
    fn algorithm(self) -> &'static str {
        match self {
            Self::Osc4 => service::ALGORITHM,
            Self::Aws4 => "AWS4-HMAC-SHA256",
        }
    }

    fn date_header(self) -> &'static str {
        match self {
            Self::Osc4 => service::DATE_HEADER,
            Self::Aws4 => "x-amz-date",
        }
    }

    fn key_scheme(self) -> KeyScheme {
        match self {
            Self::Osc4 => KeyScheme::OWN,
            Self::Aws4 => KeyScheme { prefix: "AWS4", terminator: "aws4_request" },
        }
    }
}

impl RequestSigner {
    /// Creates a signer. The service is the name in the credential scope, such as `s3` or `fcu`.
    pub fn new(
        scheme: SignatureScheme,
        access_key_id: impl Into<String>,
        secret_key: impl Into<Secret>,
        region: impl Into<String>,
        service: impl Into<String>,
    ) -> Self {
        Self {
            scheme,
            access_key_id: access_key_id.into(),
            secret_key: secret_key.into(),
            region: region.into(),
            service: service.into(),
        }
    }

    /// Signs a request for this time. The OUTSCALE API accepts it for five minutes.
    ///
    /// The result depends on the arguments only.
    pub fn sign(&self, at: SystemTime, request: &RequestToSign<'_>) -> RequestSignature {
        let Self { scheme, access_key_id, secret_key, region, service } = self;
        let algorithm = scheme.algorithm();
        let date = sign::osc_date(Timestamp::try_from(at).unwrap_or_default());
        let day = date.get(..sign::DAY_LENGTH).unwrap_or_default();
        let body_hash = sign::sha256_hex(request.body);
        let mut headers = vec![(scheme.date_header(), date.clone())];
        if *scheme == SignatureScheme::Aws4 && service == OBJECT_STORAGE {
            headers.push((CONTENT_HASH, body_hash.clone()));
        }
        let (signed_headers, canonical_request) = request.canonical(&headers, &body_hash);
        let scope = [day, region, service, scheme.key_scheme().terminator].join("/");
        let request_hash = sign::sha256_hex(canonical_request.as_bytes());
        let string_to_sign = [algorithm, &date, &scope, &request_hash].join("\n");
        let scope_parts = [day, region, service];
        let signature =
            sign::hmac_hex(secret_key, scheme.key_scheme(), scope_parts, string_to_sign.as_bytes());
        let authorization = format!(
            "{algorithm} Credential={access_key_id}/{scope}, SignedHeaders={signed_headers}, Signature={signature}"
        );
        headers.push(("authorization", authorization));
        RequestSignature { headers }
    }
}

impl<'a> RequestToSign<'a> {
    /// Creates a request without query, headers and body.
    ///
    /// `host` is the `Host` header: with the port unless it is the default of the scheme. `path` is percent-encoded, as it
    /// is sent.
    pub fn new(method: &'a str, host: &'a str, path: &'a str) -> Self {
        Self { method, host, path, query: "", headers: Vec::new(), body: b"" }
    }

    /// Sets the query, percent-encoded and without `?`. The order of its parameters does not matter.
    pub fn query(mut self, query: &'a str) -> Self {
        self.query = query;
        self
    }

    /// Signs a header, too. `Host` and the date are always signed; `Content-Type` should be. A header that is given twice
    /// must be sent as one, with its values separated by a comma.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }

    /// Sets the body.
    pub fn body(mut self, body: &'a [u8]) -> Self {
        self.body = body;
        self
    }

    /// The names of the signed headers, and the canonical request. `own`: the headers of the signature.
    fn canonical(&self, own: &[(&'static str, String)], body_hash: &str) -> (String, String) {
        let headers = self.signed_headers(own);
        let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(";");
        let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let path = if self.path.is_empty() { "/" } else { self.path };
        let request = [self.method, path, &self.canonical_query(), &lines, &names, body_hash].join("\n");
        (names, request)
    }

    /// The signed headers, sorted by name, with values as the server compares them.
    fn signed_headers(&self, own: &[(&'static str, String)]) -> Vec<(String, String)> {
        let own: Vec<(&str, &str)> =
            own.iter().map(|(name, value)| (*name, value.as_str())).chain([("host", self.host)]).collect();
        let is_own = |name: &str| own.iter().any(|(own, _)| *own == name);
        let others = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut headers: Vec<(String, String)> = Vec::new();
        for (name, value) in own.iter().copied().chain(others.filter(|(name, _)| !is_own(name))) {
            let words: Vec<&str> = value.split_ascii_whitespace().collect();
            let value = words.join(" ");
            match headers.iter_mut().find(|(known, _)| known == name) {
                Some((_, values)) => values.extend([",", &value]),
                None => headers.push((name.to_owned(), value)),
            }
        }
        headers.sort();
        headers
    }

    /// The parameters, sorted by name and then by value, each with `=`.
    fn canonical_query(&self) -> String {
        let parameters = self.query.split('&').filter(|parameter| !parameter.is_empty());
        let mut pairs: Vec<(&str, &str)> =
            parameters.map(|parameter| parameter.split_once('=').unwrap_or((parameter, ""))).collect();
        pairs.sort_unstable();
        let parameters: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        parameters.join("&")
    }
}

impl RequestSignature {
    /// Returns the names and values of the headers to add to the request: the date, `authorization`, and for object
    /// storage the hash of the body.
    pub fn headers(&self) -> impl ExactSizeIterator<Item = (&'static str, &str)> {
        self.headers.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Returns the value of the header with this name in lower case, such as `authorization`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.headers().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

impl fmt::Debug for RequestSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scheme, region, service, .. } = self;
        f.debug_struct("RequestSigner")
            .field("scheme", scheme)
            .field("region", region)
            .field("service", service)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RequestToSign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, host, path, .. } = self;
        f.debug_struct("RequestToSign")
            .field("method", method)
            .field("host", host)
            .field("path", path)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RequestSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers().map(|(name, _)| name).collect();
        f.debug_struct("RequestSignature").field("headers", &names).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

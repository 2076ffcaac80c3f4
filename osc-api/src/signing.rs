//! Signatures for the other services that accept `OSC4-HMAC-SHA256`. The client signs its own requests.
//!
//! ```
//! use std::time::SystemTime;
//!
//! use osc_api::signing::{Osc4Request, Osc4Signer};
//!
//! # fn example(client: &osc_api::Client) -> Option<()> {
//! let credentials = client.credentials();
//! let signer = Osc4Signer::new(
//!     credentials.access_key_id()?,
//!     credentials.secret_key()?.clone(),
//!     client.region(),
//!     "directlink",
//! );
//! let request = Osc4Request::new("POST", "directlink.eu-west-2.outscale.com", "/")
//!     .header("content-type", "application/x-amz-json-1.1")
//!     .body(b"{}");
//! for (name, value) in signer.sign(SystemTime::now(), &request).headers() {
//!     println!("{name} has {} characters", value.len());
//! }
//! # Some(())
//! # }
//! ```

use std::fmt;
use std::time::SystemTime;

use jiff::Timestamp;

use crate::Secret;
use crate::generated::service::{ALGORITHM, DATE_HEADER, TERMINATOR};
use crate::sign;

/// Signs requests to one service in one region with one access key.
#[derive(Clone)]
pub struct Osc4Signer {
    access_key_id: String,
    secret_key: Secret,
    region: String,
    service: String,
}

/// A request to sign: exactly as it is sent.
#[derive(Clone)]
#[must_use]
pub struct Osc4Request<'a> {
    method: &'a str,
    host: &'a str,
    path: &'a str,
    query: &'a str,
    headers: Vec<(String, String)>,
    body: &'a [u8],
}

/// The headers that authenticate a request. `Debug` shows no signature.
#[derive(Clone, PartialEq, Eq)]
pub struct Osc4Signature {
    date: String,
    authorization: String,
}

impl Osc4Signer {
    /// Creates a signer. The service is the name in the credential scope, such as `api` or `directlink`.
    pub fn new(
        access_key_id: impl Into<String>,
        secret_key: impl Into<Secret>,
        region: impl Into<String>,
        service: impl Into<String>,
    ) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            secret_key: secret_key.into(),
            region: region.into(),
            service: service.into(),
        }
    }

    /// Signs a request for this time. Servers accept a request for five minutes.
    ///
    /// The result depends on the arguments only.
    pub fn sign(&self, at: SystemTime, request: &Osc4Request<'_>) -> Osc4Signature {
        let Self { access_key_id, secret_key, region, service } = self;
        let date = sign::osc_date(Timestamp::try_from(at).unwrap_or_default());
        let day = date.get(..sign::DAY_LENGTH).unwrap_or_default();
        let (signed_headers, canonical_request) = request.canonical(&date);
        let scope = [day, region, service, TERMINATOR].join("/");
        let request_hash = sign::sha256_hex(canonical_request.as_bytes());
        let string_to_sign = [ALGORITHM, &date, &scope, &request_hash].join("\n");
        let signature = sign::hmac_hex(secret_key, [day, region, service], string_to_sign.as_bytes());
        let authorization = format!(
            "{ALGORITHM} Credential={access_key_id}/{scope}, SignedHeaders={signed_headers}, Signature={signature}"
        );
        Osc4Signature { date, authorization }
    }
}

impl<'a> Osc4Request<'a> {
    /// A request without query, headers and body. `host` is the `Host` header: with the port unless it is the default of
    /// the scheme. `path` is percent-encoded.
    pub fn new(method: &'a str, host: &'a str, path: &'a str) -> Self {
        Self { method, host, path, query: "", headers: Vec::new(), body: b"" }
    }

    /// Sets the query, percent-encoded and without `?`. The order of its parameters does not matter.
    pub fn query(mut self, query: &'a str) -> Self {
        self.query = query;
        self
    }

    /// Signs a header, too. `Host` and `X-Osc-Date` are always signed; `Content-Type` should be.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }

    /// Sets the body.
    pub fn body(mut self, body: &'a [u8]) -> Self {
        self.body = body;
        self
    }

    /// The names of the signed headers, and the canonical request.
    fn canonical(&self, date: &str) -> (String, String) {
        let own = [("host".to_owned(), self.host.to_owned()), (DATE_HEADER.to_owned(), date.to_owned())];
        let is_own = |name: &str| name == "host" || name == DATE_HEADER;
        let others = self.headers.iter().filter(|(name, _)| !is_own(name)).cloned();
        let mut headers: Vec<(String, String)> = others.chain(own).collect();
        headers.sort();
        let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(";");
        let mut query: Vec<String> = self
            .query
            .split('&')
            .filter(|parameter| !parameter.is_empty())
            .map(|parameter| match parameter.contains('=') {
                true => parameter.to_owned(),
                false => format!("{parameter}="),
            })
            .collect();
        query.sort();
        let headers: String = headers
            .iter()
            .map(|(name, value)| {
                let words: Vec<&str> = value.split_ascii_whitespace().collect();
                format!("{name}:{}\n", words.join(" "))
            })
            .collect();
        let path = if self.path.is_empty() { "/" } else { self.path };
        let hash = sign::sha256_hex(self.body);
        let request = [self.method, path, &query.join("&"), &headers, &names, &hash].join("\n");
        (names, request)
    }
}

impl Osc4Signature {
    /// Returns the names and values of the headers to add to the request.
    pub fn headers(&self) -> [(&'static str, &str); 2] {
        [(DATE_HEADER, &self.date), ("authorization", &self.authorization)]
    }

    /// Returns the value of `X-Osc-Date`.
    pub fn date(&self) -> &str {
        &self.date
    }

    /// Returns the value of `Authorization`.
    pub fn authorization(&self) -> &str {
        &self.authorization
    }
}

impl fmt::Debug for Osc4Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { region, service, .. } = self;
        f.debug_struct("Osc4Signer").field("region", region).field("service", service).finish_non_exhaustive()
    }
}

impl fmt::Debug for Osc4Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, host, path, .. } = self;
        f.debug_struct("Osc4Request")
            .field("method", method)
            .field("host", host)
            .field("path", path)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Osc4Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Osc4Signature").field("date", &self.date).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const ACCESS_KEY: &str = "FAKEACCESSKEY0000001";
    const SECRET_KEY: &str = "FAKESECRETKEYFORTESTS0000000000000000001";

    /// 2026-11-26T06:29:52Z.
    fn at() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_674_592)
    }

    fn signed(region: &str, service: &str, request: &Osc4Request<'_>) -> Osc4Signature {
        Osc4Signer::new(ACCESS_KEY, SECRET_KEY, region, service).sign(at(), request)
    }

    #[test]
    fn signatures_of_other_services_equal_those_of_curl() {
        let body = Osc4Request::new("POST", "directlink.eu-west-2.outscale.com", "/")
            .header("X-Amz-Target", "OvertureService.DescribeConnections")
            .header("Content-Type", "application/x-amz-json-1.1")
            .body(b"{}");
        let query = Osc4Request::new("GET", "api.us-east-2.oks.outscale.com:8443", "/api/v2/clusters");
        for (region, service, request, names, signature) in [
            (
                "eu-west-2",
                "directlink",
                body,
                "content-type;host;x-amz-target;x-osc-date",
                "5bac90b9b7fb33f81d97b65288c767f86af63d5f765b4c72e5c4376159a3784e",
            ),
            (
                "us-east-2",
                "oks",
                query.query("b=2%2F3&a=1"),
                "host;x-osc-date",
                "cdfa88d4b4ffadc106b1d636db19f82db72a9b031371c4a23036bda5d81fab9e",
            ),
        ] {
            let signed = signed(region, service, &request);
            assert_eq!(signed.date(), "20261126T062952Z");
            assert_eq!(
                signed.authorization(),
                format!(
                    "OSC4-HMAC-SHA256 Credential={ACCESS_KEY}/20261126/{region}/{service}/osc4_request, \
                     SignedHeaders={names}, Signature={signature}"
                )
            );
        }
    }

    #[test]
    fn a_request_to_the_api_is_signed_as_the_client_signs_it() {
        let request = Osc4Request::new("POST", "host:8443", "/api/v1/ReadVms")
            .header("content-type", sign::CONTENT_TYPE)
            .body(b"{\"DryRun\":true}");
        let signer = sign::Signer::new(ACCESS_KEY, &Secret::from(SECRET_KEY), "eu-west-2");
        let of_client = signer.sign(
            Timestamp::try_from(at()).unwrap(),
            "host:8443",
            "/api/v1/ReadVms",
            b"{\"DryRun\":true}",
        );
        assert_eq!(signed("eu-west-2", "api", &request).authorization(), of_client.authorization);
    }

    #[test]
    fn debug_output_has_neither_key_nor_signature() {
        let request = Osc4Request::new("GET", "host", "/").header("x-token", "marker");
        let signer = Osc4Signer::new(ACCESS_KEY, SECRET_KEY, "eu-west-2", "api");
        let shown = format!("{signer:?} {request:?} {:?}", signer.sign(at(), &request));
        assert!(
            !shown.contains("FAKE") && !shown.contains("Signature=") && !shown.contains("marker"),
            "{shown}"
        );
    }
}

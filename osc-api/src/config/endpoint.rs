//! The region, and the address that requests are sent to: chosen and checked when the client is built.

use std::fmt;

use url::{Host, Url};

use super::source::{ConfigSource, Findings, Sourced};
use super::{host, value};
use crate::generated::service::{API_PATH, DEFAULT_DOMAIN, DEFAULT_REGION, HOST_PREFIX};

/// The source of a value that no source has.
pub(super) const DEFAULT: &str = "default";

/// The scheme of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http,
    Https,
}

impl Protocol {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// A checked address: scheme, host and path, and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    url: Url,
    /// As in the `Host` header: with the port unless it is the scheme's default.
    host: String,
}

impl Endpoint {
    /// Parses an address with or without scheme, and with or without the path `/api/v1`.
    ///
    /// `protocol` is the default scheme. The path is kept, and defaults to `/api/v1`.
    ///
    /// # Errors
    /// Describes the problem without repeating the address: it may contain a password.
    pub(crate) fn parse(text: &str, protocol: Protocol) -> Result<Self, String> {
        Self::parse_with_path(text, protocol, API_PATH)
    }

    /// Like [`parse`](Self::parse), with another default path.
    ///
    /// # Errors
    /// See [`parse`](Self::parse).
    pub(super) fn parse_with_path(text: &str, protocol: Protocol, default: &str) -> Result<Self, String> {
        let text = value::trim(text);
        if let Some(defect) = value::find_defect(text) {
            return Err(defect.to_string());
        }
        let (scheme, rest) = split_scheme(text, protocol.as_str())?;
        if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") {
            return Err("has a scheme other than https (or http)".to_owned());
        }
        if rest.contains(['?', '#']) {
            return Err("contains a query or a fragment".to_owned());
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err("contains a user name or password".to_owned());
        }
        let authority = host::check_authority(authority)?;
        let path = check_path(path)?;
        let mut url = Url::parse(&format!("{scheme}://{authority}"))
            .map_err(|error| format!("is not a URL ({error})"))?;
        url.set_path(if path.is_empty() { default } else { path });
        let host = url.host_str().ok_or("has no host")?;
        let host = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Ok(Self { url, host })
    }

    /// The address of a region's API in a domain such as `outscale.com`.
    ///
    /// # Errors
    /// See [`parse`](Self::parse).
    pub(super) fn in_region(region: &str, domain: &str, protocol: Protocol) -> Result<Self, String> {
        Self::parse(&format!("{}://{HOST_PREFIX}{region}.{domain}", protocol.as_str()), protocol)
    }

    /// The path of an action, whose name must be a single path segment.
    pub(crate) fn path_of(&self, action: &str) -> String {
        [self.url.path(), "/", action].concat()
    }

    /// The address without an action.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The address without an action, as text.
    pub(crate) fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// The value of the `Host` header.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The host without the port, as text.
    pub(crate) fn host_name(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The host without the port.
    pub(crate) fn url_host(&self) -> Option<Host<&str>> {
        self.url.host()
    }

    /// The port, which may be the scheme's default.
    pub(crate) fn port(&self) -> Option<u16> {
        self.url.port_or_known_default()
    }

    /// Returns `true` if others can read the traffic: plain http to another host.
    pub(super) fn is_insecure(&self) -> bool {
        !self.is_https() && !self.is_loopback()
    }

    /// Returns `true` if the host is a loopback address, so that no request leaves this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        host::is_loopback(self.url.host())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.url.as_str(), f)
    }
}

/// Returns the region of the builder, or else that of the first source that has one, or else the default.
pub(super) fn choose_region(
    explicit: Option<&String>,
    sources: &[ConfigSource],
    findings: &mut Findings,
) -> Option<Sourced<String>> {
    let explicit = explicit.map(|region| Sourced::new("the region passed to the client", region.clone()));
    let sourced = explicit.or_else(|| sources.iter().find_map(|source| source.region.clone()));
    let Some(Sourced { value, source }) = sourced else {
        return Some(Sourced::new(DEFAULT, DEFAULT_REGION.to_owned()));
    };
    let region = value::trim(&value);
    match check_region(region) {
        Ok(()) => Some(Sourced::new(&source, region.to_owned())),
        Err(reason) => {
            let shown = if is_harmless(region) { format!(" `{region}`") } else { String::new() };
            findings.problem(format!("invalid region{shown} ({source}): {reason}, as in {DEFAULT_REGION}"));
            None
        }
    }
}

/// Returns the endpoint of the builder, or else that of the first source that has one, or else that of the region.
pub(super) fn choose(
    explicit: Option<&String>,
    sources: &[ConfigSource],
    region: &str,
    allow_http: bool,
    findings: &mut Findings,
) -> Option<Sourced<Endpoint>> {
    let protocol = choose_protocol(sources, findings);
    let explicit =
        explicit.map(|endpoint| Sourced::new("the endpoint passed to the client", endpoint.clone()));
    let sourced = explicit.or_else(|| sources.iter().find_map(|source| source.endpoint.clone()));
    let domain = sources.iter().find_map(|source| source.domain.clone());
    let (source, parsed) = match (sourced, domain) {
        (Some(Sourced { value, source }), _) => (source, Endpoint::parse(&value, protocol)),
        (None, Some(Sourced { value, source })) => (source, Endpoint::in_region(region, &value, protocol)),
        (None, None) => (DEFAULT.to_owned(), Endpoint::in_region(region, DEFAULT_DOMAIN, protocol)),
    };
    match parsed {
        Err(reason) => {
            findings.problem(format!(
                "invalid endpoint ({source}): it {reason}; write it as \
                 https://{HOST_PREFIX}{DEFAULT_REGION}.{DEFAULT_DOMAIN}"
            ));
            None
        }
        Ok(endpoint) if endpoint.is_insecure() && !allow_http => {
            findings.problem(insecure(&endpoint, &source));
            None
        }
        Ok(endpoint) => Some(Sourced { value: endpoint, source }),
    }
}

/// The problem of an endpoint that is plain http on another host.
pub(super) fn insecure(endpoint: &Endpoint, source: &str) -> String {
    format!(
        "insecure endpoint ({source}): plain http to another host ({}) can be read by anyone on the network path; use \
         https, or allow it with `ClientBuilder::allow_http(true)`",
        endpoint.host()
    )
}

/// Splits an address into the scheme and the rest.
fn split_scheme<'a>(text: &'a str, default: &'a str) -> Result<(&'a str, &'a str), String> {
    if let Some((scheme, rest)) = text.split_once("://") {
        return Ok((scheme, rest));
    }
    let is_scheme = |start: &str| start.eq_ignore_ascii_case("http") || start.eq_ignore_ascii_case("https");
    if is_scheme(text.split([':', '/', ';']).next().unwrap_or_default()) && !is_scheme(text) {
        return Err("has a scheme without `://`".to_owned());
    }
    Ok((default, text))
}

/// Checks the path, and removes slashes at its end.
fn check_path(path: &str) -> Result<&str, String> {
    let path = path.trim_end_matches('/');
    let is_allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'/');
    if !path.bytes().all(is_allowed) {
        return Err(
            "has a path with a character other than letters, digits, `-`, `_`, `.` and `~`".to_owned()
        );
    }
    if path.split('/').skip(1).any(|segment| matches!(segment, "" | "." | "..")) {
        return Err("has a path with an empty segment, `.` or `..`".to_owned());
    }
    Ok(path)
}

/// The region is a part of the host name and of the signature.
fn check_region(region: &str) -> Result<(), String> {
    if let Some(defect) = value::find_defect(region) {
        return Err(format!("it {defect}; a region has only letters, digits and hyphens"));
    }
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if region.is_empty() || !region.bytes().all(is_allowed) {
        return Err("a region may contain only letters, digits and hyphens".to_owned());
    }
    host::check_label(region)
        .map_err(|_| "a region has at most 63 characters, and no hyphen at its ends".to_owned())
}

/// Returns `true` for an invalid region that is certainly not a misplaced secret.
fn is_harmless(region: &str) -> bool {
    const MAX_SHOWN: usize = 19;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b" -_.{}$".contains(&byte);
    !region.is_empty() && region.len() <= MAX_SHOWN && region.bytes().all(is_plain)
}

pub(super) fn choose_protocol(sources: &[ConfigSource], findings: &mut Findings) -> Protocol {
    let Some(Sourced { value, source }) = sources.iter().find_map(|source| source.protocol.as_ref()) else {
        return Protocol::Https;
    };
    match value.to_ascii_lowercase().as_str() {
        "https" => Protocol::Https,
        "http" => Protocol::Http,
        _ => {
            findings.problem(format!("{source} is invalid: it must be https or http"));
            Protocol::Https
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action_url(text: &str) -> String {
        let endpoint = Endpoint::parse(text, Protocol::Https).unwrap();
        endpoint.url.join(&endpoint.path_of("ReadVms")).unwrap().to_string()
    }

    #[test]
    fn the_four_spellings_give_the_same_address() {
        for text in [
            "api.us-east-2.outscale.com",
            "api.us-east-2.outscale.com/api/v1",
            "https://api.us-east-2.outscale.com",
            "https://api.us-east-2.outscale.com/api/v1",
            " HTTPS://API.us-east-2.outscale.com:443/api/v1/ ",
        ] {
            assert_eq!(action_url(text), "https://api.us-east-2.outscale.com/api/v1/ReadVms", "{text}");
        }
    }

    #[test]
    fn ports_paths_and_numeric_hosts_are_kept() {
        assert_eq!(action_url("localhost:3000"), "https://localhost:3000/api/v1/ReadVms");
        assert_eq!(action_url("http://[::1]:80"), "http://[::1]/api/v1/ReadVms");
        assert_eq!(action_url("http://gateway/osc/"), "http://gateway/osc/ReadVms");
        for (text, host) in [
            ("http://localhost:3000", "localhost:3000"),
            ("http://[::1]:8443/api/v1", "[::1]:8443"),
            ("http://host:443", "host:443"),
            ("https://host:443", "host"),
        ] {
            assert_eq!(Endpoint::parse(text, Protocol::Https).unwrap().host(), host);
        }
    }

    #[test]
    fn the_protocol_applies_only_without_a_scheme() {
        assert!(!Endpoint::parse("localhost", Protocol::Http).unwrap().is_https());
        assert!(Endpoint::parse("https://localhost", Protocol::Http).unwrap().is_https());
    }

    #[test]
    fn invalid_addresses_are_refused_without_being_repeated() {
        for text in [
            "",
            "https://",
            "ftp://host",
            "https://me:marker@host",
            "https://host/?marker",
            "https://host/#marker",
            "a b",
        ] {
            let problem = Endpoint::parse(text, Protocol::Https).unwrap_err();
            assert!(!problem.contains("marker"), "{problem}");
        }
    }

    #[test]
    fn only_loopback_addresses_are_loopback() {
        for (text, loopback) in [
            ("localhost", true),
            ("127.8.9.10:1", true),
            ("[::1]", true),
            ("localhost.example.com", false),
            ("128.0.0.1", false),
            ("0.0.0.0", false),
            ("[::2]", false),
        ] {
            assert_eq!(Endpoint::parse(text, Protocol::Http).unwrap().is_loopback(), loopback, "{text}");
        }
    }
}

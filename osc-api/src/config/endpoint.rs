//! The region and the address that requests go to, checked when the client is built.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::source::{ConfigSource, Findings, Sourced};
use super::value;
use crate::generated::service::{API_PATH, DEFAULT_DOMAIN, DEFAULT_REGION, HOST_PREFIX};

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
    /// `protocol` is the scheme of an address without one. A given path is kept.
    ///
    /// # Errors
    /// Describes the problem without repeating the address: it may contain a password.
    pub(crate) fn parse(text: &str, protocol: Protocol) -> Result<Self, String> {
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
        let authority = check_authority(authority)?;
        let path = check_path(path)?;
        let mut url = Url::parse(&format!("{scheme}://{authority}"))
            .map_err(|error| format!("is not a URL ({error})"))?;
        url.set_path(if path.is_empty() { API_PATH } else { path });
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
    /// As [`parse`](Self::parse).
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

    /// Returns `true` if the host is a loopback address, so that no request leaves this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(self.url.host())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.url.as_str(), f)
    }
}

/// Returns `true` if a host is `localhost` or a loopback address.
pub(super) fn is_loopback(host: Option<Host<&str>>) -> bool {
    match host {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The region: the builder's, else that of the first source that has one, else the default.
pub(super) fn choose_region(
    explicit: Option<&String>,
    sources: &[ConfigSource],
    findings: &mut Findings,
) -> Option<String> {
    let explicit = explicit.map(|region| Sourced::new("the region given to the client", region.clone()));
    let sourced = explicit.or_else(|| sources.iter().find_map(|source| source.region.clone()));
    let Some(Sourced { value, source }) = sourced else { return Some(DEFAULT_REGION.to_owned()) };
    let region = value::trim(&value);
    match check_region(region) {
        Ok(()) => Some(region.to_owned()),
        Err(reason) => {
            let shown = if is_harmless(region) { format!(" `{region}`") } else { String::new() };
            findings.problem(format!("invalid region{shown} ({source}): {reason}, such as {DEFAULT_REGION}"));
            None
        }
    }
}

/// The endpoint: the builder's, else that of the first source that has one, else the one of the region.
pub(super) fn choose(
    explicit: Option<&String>,
    sources: &[ConfigSource],
    region: &str,
    allow_http: bool,
    findings: &mut Findings,
) -> Option<Endpoint> {
    let protocol = choose_protocol(sources, findings);
    let explicit =
        explicit.map(|endpoint| Sourced::new("the endpoint given to the client", endpoint.clone()));
    let sourced = explicit.or_else(|| sources.iter().find_map(|source| source.endpoint.clone()));
    let domain = sources.iter().find_map(|source| source.domain.clone());
    let (source, parsed) = match (sourced, domain) {
        (Some(Sourced { value, source }), _) => (source, Endpoint::parse(&value, protocol)),
        (None, Some(Sourced { value, source })) => (source, Endpoint::in_region(region, &value, protocol)),
        (None, None) => ("default".to_owned(), Endpoint::in_region(region, DEFAULT_DOMAIN, protocol)),
    };
    match parsed {
        Err(reason) => {
            findings.problem(format!(
                "invalid endpoint ({source}): it {reason}; write it as \
                 https://{HOST_PREFIX}{DEFAULT_REGION}.{DEFAULT_DOMAIN}"
            ));
            None
        }
        Ok(endpoint) if !endpoint.is_https() && !endpoint.is_loopback() && !allow_http => {
            findings.problem(format!(
                "insecure endpoint ({source}): plain http to another host ({}) can be read by anyone on the \
                 network path; use https, or allow it with `ClientBuilder::allow_http(true)`",
                endpoint.host()
            ));
            None
        }
        Ok(endpoint) => Some(endpoint),
    }
}

/// Checks a host and its port, without scheme, path or user name. Returns them without a trailing dot.
///
/// The URL library accepts much more: it drops empty ports, decodes escapes, and reads `1.2` as an IPv4 address.
///
/// # Errors
/// Completes a sentence about the address, without repeating it.
pub(super) fn check_authority(authority: &str) -> Result<String, String> {
    let (host, port) = match authority.rfind(']') {
        Some(end) => authority.split_at(end.saturating_add(1)),
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    if let Some(port) = port.strip_prefix(':') {
        let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        if port.contains(':') {
            return Err("contains two colons: write an IPv6 address in brackets".to_owned());
        }
        if !is_number || port.parse::<u16>().unwrap_or_default() == 0 {
            return Err("has an invalid port: a port is a number from 1 to 65535".to_owned());
        }
    } else if !port.is_empty() {
        return Err("has an invalid port: a port follows the host after a colon".to_owned());
    }
    if let Some(address) = host.strip_prefix('[') {
        let address = address.strip_suffix(']').unwrap_or_default();
        let is_ipv6 = address.parse::<Ipv6Addr>().is_ok();
        return if is_ipv6 {
            Ok(authority.to_owned())
        } else {
            Err("has an invalid IPv6 address".to_owned())
        };
    }
    let host = host.strip_suffix('.').unwrap_or(host);
    check_host(host)?;
    Ok(format!("{host}{port}"))
}

/// Checks a name or an IPv4 address by the limits of DNS.
fn check_host(host: &str) -> Result<(), String> {
    const MAX_HOST_LENGTH: usize = 253;
    if host.is_empty() {
        return Err("has no host".to_owned());
    }
    if !host.is_ascii() {
        return Err(
            "has a host with a character outside ASCII: write an international name in its ASCII form \
                    (xn--…)"
                .to_owned(),
        );
    }
    if host.len() > MAX_HOST_LENGTH {
        return Err(format!("has a host that is longer than {MAX_HOST_LENGTH} characters"));
    }
    for label in host.split('.') {
        check_label(label)?;
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    // What ends in a number is an IPv4 address; other spellings of one are read differently by each program.
    let is_numeric = last.bytes().all(|byte| byte.is_ascii_digit())
        || last
            .to_ascii_lowercase()
            .strip_prefix("0x")
            .is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
    if is_numeric && host.parse::<Ipv4Addr>().is_err() {
        return Err("has an invalid IPv4 address".to_owned());
    }
    Ok(())
}

/// Checks a part of a host name. Underscores are not of the standard, but in use.
fn check_label(label: &str) -> Result<(), String> {
    const MAX_LABEL_LENGTH: usize = 63;
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if label.is_empty() {
        Err("has a host with an empty part between two dots".to_owned())
    } else if label.len() > MAX_LABEL_LENGTH {
        Err(format!("has a host with a part that is longer than {MAX_LABEL_LENGTH} characters"))
    } else if !label.bytes().all(is_allowed) {
        Err("has a host with a character other than letters, digits, hyphens and dots".to_owned())
    } else if label.starts_with('-') || label.ends_with('-') {
        Err("has a host with a part that begins or ends with a hyphen".to_owned())
    } else {
        Ok(())
    }
}

/// The scheme and the rest of an address.
fn split_scheme<'a>(text: &'a str, default: &'a str) -> Result<(&'a str, &'a str), String> {
    if let Some((scheme, rest)) = text.split_once("://") {
        return Ok((scheme, rest));
    }
    let is_scheme = |start: &str| start.eq_ignore_ascii_case("http") || start.eq_ignore_ascii_case("https");
    if is_scheme(text.split([':', '/', ';']).next().unwrap_or_default()) && !is_scheme(text) {
        return Err("has a scheme that `://` does not follow".to_owned());
    }
    Ok((default, text))
}

/// The path without slashes at its end.
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
        return Err(format!("it {defect}; write a region"));
    }
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if region.is_empty() || !region.bytes().all(is_allowed) {
        return Err("a region may contain only letters, digits and hyphens".to_owned());
    }
    check_label(region)
        .map_err(|_| "a region has at most 63 characters, and no hyphen at its ends".to_owned())
}

/// Returns `true` for a wrong region that is certainly not a secret in the wrong place.
fn is_harmless(region: &str) -> bool {
    const MAX_SHOWN: usize = 19;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b" -_.{}$".contains(&byte);
    !region.is_empty() && region.len() <= MAX_SHOWN && region.bytes().all(is_plain)
}

fn choose_protocol(sources: &[ConfigSource], findings: &mut Findings) -> Protocol {
    let Some(Sourced { value, source }) = sources.iter().find_map(|source| source.protocol.as_ref()) else {
        return Protocol::Https;
    };
    match value.to_ascii_lowercase().as_str() {
        "https" => Protocol::Https,
        "http" => Protocol::Http,
        _ => {
            findings.problem(format!("{source} is neither https nor http: write https"));
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

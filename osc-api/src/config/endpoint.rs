//! The address that requests go to.

use std::fmt;

use url::{Host, Url};

/// The path below which the actions are.
const API_PATH: &str = "/api/v1";

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

/// An address that was checked: scheme, host and path, and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    url: Url,
    /// As in the `Host` header: with the port where it is not the scheme's default.
    host: String,
}

impl Endpoint {
    /// Reads an address with or without scheme, and with or without the path `/api/v1`.
    ///
    /// `protocol` is the scheme of an address without one. A path that is given is taken as it is.
    ///
    /// # Errors
    /// Says what is wrong, without repeating the address: it may hold a password.
    pub(crate) fn parse(text: &str, protocol: Protocol) -> Result<Self, String> {
        let text = text.trim();
        let parsed = match text.contains("://") {
            true => Url::parse(text),
            false => Url::parse(&format!("{}://{text}", protocol.as_str())),
        };
        let mut url = parsed.map_err(|error| format!("is not a URL ({error})"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("has a scheme other than https (or http)".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("contains a user name or password, which do not belong there".to_owned());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("contains a query or a fragment, which do not belong there".to_owned());
        }
        let path = match url.path().trim_end_matches('/') {
            "" => API_PATH.to_owned(),
            path => path.to_owned(),
        };
        url.set_path(&path);
        let host = url.host_str().ok_or("has no host")?;
        let host = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Ok(Self { url, host })
    }

    /// The address of a region below a domain such as `outscale.com`.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub(crate) fn of_region(region: &str, domain: &str, protocol: Protocol) -> Result<Self, String> {
        Self::parse(&format!("{}://api.{region}.{domain}", protocol.as_str()), protocol)
    }

    /// The address of an action, whose name must be a single path segment.
    pub(crate) fn action(&self, name: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}/{name}", self.url.path()));
        url
    }

    /// The value of the `Host` header.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The host by itself.
    pub(crate) fn url_host(&self) -> Option<Host<&str>> {
        self.url.host()
    }

    /// The port, be it the scheme's default.
    pub(crate) fn port(&self) -> Option<u16> {
        self.url.port_or_known_default()
    }

    /// Whether the address is this machine itself, so that nothing that is sent leaves it.
    pub(crate) fn is_loopback(&self) -> bool {
        Self::is_this_machine(self.url.host())
    }

    /// Whether a host is this machine itself.
    pub(crate) fn is_this_machine(host: Option<Host<&str>>) -> bool {
        match host {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.url.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action_url(text: &str) -> String {
        Endpoint::parse(text, Protocol::Https).unwrap().action("ReadVms").to_string()
    }

    #[test]
    fn the_four_spellings_are_one_address() {
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
    fn the_protocol_counts_only_without_a_scheme() {
        assert!(!Endpoint::parse("localhost", Protocol::Http).unwrap().is_https());
        assert!(Endpoint::parse("https://localhost", Protocol::Http).unwrap().is_https());
    }

    #[test]
    fn what_is_not_an_address_is_refused_without_repeating_it() {
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
    fn loopback_is_this_machine_only() {
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

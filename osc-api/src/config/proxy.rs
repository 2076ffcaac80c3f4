//! The HTTP proxy for the endpoint, if any.
//!
//! The proxy is chosen here, once for the endpoint of a client, and not by the HTTP library. It follows the same
//! precedence as every other setting, and the rules of the variables can be tested.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use super::endpoint::Endpoint;
use super::environment::Environment;
use super::source::{Chosen, ConfigSource, EXPLICIT, Findings, Sourced};
use super::{host, value};
use crate::Secret;

/// The builder's setting for proxies.
#[derive(Clone)]
pub(crate) enum ExplicitProxy {
    /// Use this proxy.
    Through(Secret),
    /// Use none, regardless of the environment and the profile.
    Direct,
}

/// A checked proxy.
#[derive(Clone)]
pub(crate) struct Proxy {
    /// The whole URL, which may contain a password.
    url: Secret,
    /// Scheme, host and port: the part that may be shown.
    shown: String,
    is_loopback: bool,
    has_password: bool,
}

impl Proxy {
    /// The whole URL, with user name and password.
    pub(crate) fn url(&self) -> &str {
        self.url.expose()
    }

    /// Scheme, host and port.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// Returns `true` if the connection to the proxy itself uses TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.shown.starts_with("https:")
    }

    /// Parses an address with or without scheme, which defaults to `http`.
    ///
    /// # Errors
    /// Describes the problem without repeating the address.
    fn parse(text: &str) -> Result<Self, String> {
        let text = value::trim(text);
        if let Some(defect) = value::find_defect(text) {
            return Err(defect.to_string());
        }
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") {
            return Err("has a scheme other than http and https, the only ones that are supported".to_owned());
        }
        // The path, query and fragment have no meaning for a proxy.
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, _) = rest.split_at(end);
        let (login, host) = match authority.rsplit_once('@') {
            Some((login, host)) => (Some(login), host),
            None => (None, authority),
        };
        // The HTTP library silently ignores a proxy whose host it does not accept.
        let host = host::check_authority(host)?;
        let login = login.map(|login| format!("{login}@")).unwrap_or_default();
        let url = Url::parse(&format!("{scheme}://{login}{host}")).map_err(|_| "is not a URL".to_owned())?;
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or_default();
        let shown = format!("{}://{host}:{port}", url.scheme());
        let is_loopback = host::is_loopback(url.host());
        let has_password = url.password().is_some();
        Ok(Self { url: Secret::from(String::from(url)), shown, is_loopback, has_password })
    }
}

/// Shows neither user name nor password.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.shown, f)
    }
}

/// The proxy setting of one source.
enum ProxyChoice {
    Direct,
    Through(Sourced<Secret>),
}

/// Returns the proxy of the first source with a setting that applies to this endpoint.
pub(super) fn choose(
    explicit: Option<&ExplicitProxy>,
    sources: &[ConfigSource],
    environment: &Environment<'_>,
    endpoint: &Endpoint,
    allow_http: bool,
    findings: &mut Findings,
) -> Chosen<Option<Proxy>> {
    let (choice, is_in_profile) = match explicit {
        Some(ExplicitProxy::Direct) => (Some(ProxyChoice::Direct), false),
        Some(ExplicitProxy::Through(url)) => {
            (Some(ProxyChoice::Through(Sourced::new("the proxy passed to the client", url.clone()))), false)
        }
        None => from_sources(sources, environment, endpoint, findings),
    };
    let (proxy, source) = match choice {
        Some(ProxyChoice::Through(sourced)) => {
            (check(&sourced, endpoint, allow_http, findings), Some(sourced.source))
        }
        Some(ProxyChoice::Direct) if explicit.is_some() => (None, Some(EXPLICIT.to_owned())),
        Some(ProxyChoice::Direct) => (None, Some("NO_PROXY".to_owned())),
        None => (None, None),
    };
    let from_file = is_in_profile && proxy.as_ref().is_some_and(|proxy| proxy.has_password);
    Chosen { value: proxy, from_file, source }
}

/// Returns `true` if a proxy variable applies to the endpoint, so that the profile is not consulted.
pub(super) fn is_decided_by_environment(environment: &Environment<'_>, endpoint: &Endpoint) -> bool {
    from_environment(environment, endpoint, &mut Findings::default()).is_some()
}

fn from_sources(
    sources: &[ConfigSource],
    environment: &Environment<'_>,
    endpoint: &Endpoint,
    findings: &mut Findings,
) -> (Option<ProxyChoice>, bool) {
    for source in sources {
        let choice = match source.is_profile {
            true => source.proxy.clone().map(ProxyChoice::Through),
            false => from_environment(environment, endpoint, findings),
        };
        if choice.is_some() {
            return (choice, source.is_profile);
        }
    }
    (None, false)
}

fn check(
    Sourced { value, source }: &Sourced<Secret>,
    endpoint: &Endpoint,
    allow_http: bool,
    findings: &mut Findings,
) -> Option<Proxy> {
    match Proxy::parse(value.expose()) {
        Err(reason) => {
            findings.problem(format!(
                "invalid proxy ({source}): it {reason}; write it as http://proxy.example.com:3128"
            ));
            None
        }
        // Plain http is allowed to a loopback address because no request leaves the machine; through this proxy,
        // it would.
        Ok(proxy) if !endpoint.is_https() && !proxy.is_loopback && !allow_http => {
            findings.problem(format!(
                "insecure proxy ({source}): plain http to another host ({}) can be read by anyone on the network \
                 path; use an https endpoint, call `ClientBuilder::no_proxy`, or allow it with \
                 `ClientBuilder::allow_http(true)`",
                proxy.shown
            ));
            None
        }
        Ok(proxy) => Some(proxy),
    }
}

/// The choice by the conventional variables, such as `HTTPS_PROXY`. They do not apply to loopback addresses, which
/// callers rarely want to reach through a proxy.
fn from_environment(
    environment: &Environment<'_>,
    endpoint: &Endpoint,
    findings: &mut Findings,
) -> Option<ProxyChoice> {
    if endpoint.is_loopback() {
        return None;
    }
    let mut text = |name: &str| environment.text(name, findings);
    let excluded = text("NO_PROXY").or_else(|| text("no_proxy"));
    if excluded.is_some_and(|list| is_excluded(&list, endpoint)) {
        return Some(ProxyChoice::Direct);
    }
    let names = match endpoint.is_https() {
        true => ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
        false => ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
    };
    // In a CGI program this variable is the request header `Proxy`, which anyone can set.
    let is_untrusted = |name: &str| name == "HTTP_PROXY" && environment.is_set("REQUEST_METHOD");
    let (name, value) =
        names.into_iter().filter(|name| !is_untrusted(name)).find_map(|name| Some((name, text(name)?)))?;
    Some(ProxyChoice::Through(Sourced::new(name, Secret::from(value.as_str()))))
}

/// Returns `true` if `NO_PROXY` lists the endpoint: by its host, a parent domain, an address or a network, each with
/// or without a port; `*` matches everything.
fn is_excluded(list: &str, endpoint: &Endpoint) -> bool {
    let Some(host) = endpoint.url_host() else { return false };
    let entries = list.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty());
    entries.into_iter().any(|entry| {
        let (name, port) = split_port(entry);
        let named = match &host {
            Host::Domain(domain) => name == "*" || is_below(domain, name),
            Host::Ipv4(address) => name == "*" || is_in(IpAddr::V4(*address), name),
            Host::Ipv6(address) => name == "*" || is_in(IpAddr::V6(*address), name),
        };
        named && port.is_none_or(|port| endpoint.port() == Some(port))
    })
}

/// Splits the port off an entry, and the brackets off an IPv6 address.
fn split_port(entry: &str) -> (&str, Option<u16>) {
    let (name, port) = match entry.rsplit_once(':') {
        // More than one colon, and no brackets: an IPv6 address without a port.
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => match port.parse() {
            Ok(port) => (name, Some(port)),
            Err(_) => (entry, None),
        },
        _ => (entry, None),
    };
    (name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name), port)
}

fn is_below(domain: &str, name: &str) -> bool {
    let name = name.strip_prefix("*.").or_else(|| name.strip_prefix('.')).unwrap_or(name);
    let domain = domain.trim_end_matches('.');
    let Some(start) = domain.len().checked_sub(name.len()) else { return false };
    let has_suffix = domain.get(start..).is_some_and(|end| !end.is_empty() && end.eq_ignore_ascii_case(name));
    has_suffix && (start == 0 || domain.get(..start).is_some_and(|before| before.ends_with('.')))
}

/// Returns `true` if an address equals the entry, or is in its network, such as `10.0.0.0/8`.
fn is_in(address: IpAddr, name: &str) -> bool {
    let (network, length) = match name.split_once('/') {
        Some((network, length)) => (network, length.parse::<u32>().ok()),
        None => (name, Some(u32::MAX)),
    };
    let (Ok(network), Some(length)) = (network.parse(), length) else { return false };
    // Whether the first `length` bits are equal.
    let has_same_prefix = |difference: u128, bits: u32| {
        difference.checked_shr(bits.saturating_sub(length)).unwrap_or_default() == 0
    };
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => has_same_prefix(u128::from(u32::from(a) ^ u32::from(b)), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => has_same_prefix(u128::from(a) ^ u128::from(b), 128),
        _ => false,
    }
}

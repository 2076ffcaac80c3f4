//! The proxy on the way to the endpoint, if any.
//!
//! It is chosen here, once, for the one endpoint that a client has, rather than left to the HTTP library: so it
//! follows the same order of places as everything else, and what the variables say can be tested.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use super::source::{Given, Layer};
use super::{Chosen, Environment, Explicit, Problems};
use crate::Secret;
use crate::config::endpoint::Endpoint;

/// What the program says about proxies.
#[derive(Clone)]
pub(crate) enum ExplicitProxy {
    /// This one.
    Through(Secret),
    /// None, whatever the environment and the profile say.
    Direct,
}

/// A proxy that was checked.
#[derive(Clone)]
pub(crate) struct Proxy {
    /// The whole URL, often with a password.
    url: Secret,
    /// Scheme, host and port: as much of it as may be shown.
    shown: String,
    is_loopback: bool,
    has_password: bool,
}

impl Proxy {
    /// The whole URL, with user name and password.
    pub(crate) fn url(&self) -> &str {
        self.url.expose()
    }

    /// Whether the connection to the proxy itself is made by TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.shown.starts_with("https:")
    }

    /// Reads an address with or without scheme, which then is `http`.
    ///
    /// # Errors
    /// Says what is wrong, without repeating the address.
    fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let parsed = match text.contains("://") {
            true => Url::parse(text),
            false => Url::parse(&format!("http://{text}")),
        };
        let mut url = parsed.map_err(|_| "is not a URL")?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("has a scheme other than http and https, the only ones that are supported");
        }
        // What follows the port means nothing to a proxy.
        url.set_path("");
        url.set_query(None);
        url.set_fragment(None);
        let host = url.host_str().unwrap_or_default();
        // The HTTP library passes over a proxy whose host it does not like, and says nothing.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:[]".contains(&byte);
        if host.is_empty() || !host.bytes().all(plain) {
            return Err("has no host, or one with a character that no host name has");
        }
        let port = url.port_or_known_default().unwrap_or_default();
        let shown = format!("{}://{host}:{port}", url.scheme());
        let is_loopback = Endpoint::is_this_machine(url.host());
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

/// What one place says about the way to the endpoint.
enum Way {
    Direct,
    Through(Given<Secret>),
}

/// The proxy that the first place names which says anything about the way to this endpoint.
pub(super) fn choose(
    explicit: &Explicit,
    layers: &[Layer],
    environment: &Environment<'_>,
    endpoint: &Endpoint,
    problems: &mut Problems,
) -> Chosen<Option<Proxy>> {
    let (way, in_profile) = match &explicit.proxy {
        Some(ExplicitProxy::Direct) => (Some(Way::Direct), false),
        Some(ExplicitProxy::Through(url)) => {
            (Some(Way::Through(Given::explicit("the proxy given to the client", url.clone()))), false)
        }
        None => of_layers(layers, environment, endpoint, problems),
    };
    let proxy = match way {
        Some(Way::Through(given)) => check(&given, explicit, endpoint, problems),
        Some(Way::Direct) | None => None,
    };
    let from_file = in_profile && proxy.as_ref().is_some_and(|proxy| proxy.has_password);
    Chosen { value: proxy, from_file }
}

fn of_layers(
    layers: &[Layer],
    environment: &Environment<'_>,
    endpoint: &Endpoint,
    problems: &mut Problems,
) -> (Option<Way>, bool) {
    let way = |layer: &Layer| match layer.is_profile {
        true => Some((Way::Through(layer.proxy.clone()?), true)),
        false => Some((of_environment(environment, endpoint, problems)?, false)),
    };
    layers.iter().find_map(way).map_or((None, false), |(way, in_profile)| (Some(way), in_profile))
}

fn check(
    Given { value, place }: &Given<Secret>,
    explicit: &Explicit,
    endpoint: &Endpoint,
    problems: &mut Problems,
) -> Option<Proxy> {
    match Proxy::parse(value.expose()) {
        Err(problem) => {
            problems.push(format!("{place} {problem}: write it as http://proxy.example.com:3128"));
            None
        }
        // Plain http is allowed to this machine because nothing leaves it; here it would, to the proxy.
        Ok(proxy) if !endpoint.is_https() && !proxy.is_loopback && !explicit.allow_http => {
            problems.push(format!(
                "{place} would carry plain http to another machine ({}), where everybody on the way can read it: \
                 use an https endpoint, call `ClientBuilder::no_proxy`, or allow it with \
                 `ClientBuilder::allow_http(true)`",
                proxy.shown
            ));
            None
        }
        Ok(proxy) => Some(proxy),
    }
}

/// What the variables say that most programs follow. They say nothing about this machine itself: few people who
/// set them think of it.
fn of_environment(
    environment: &Environment<'_>,
    endpoint: &Endpoint,
    problems: &mut Problems,
) -> Option<Way> {
    if endpoint.is_loopback() {
        return None;
    }
    let mut text = |name: &str| environment.text(name, problems);
    let excluded = text("NO_PROXY").or_else(|| text("no_proxy"));
    if excluded.is_some_and(|list| excludes(&list, endpoint)) {
        return Some(Way::Direct);
    }
    let names = match endpoint.is_https() {
        true => ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
        false => ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
    };
    // In a CGI program the header `Proxy` of whoever calls becomes this variable.
    let is_foreign = |name: &str| name == "HTTP_PROXY" && environment.path("REQUEST_METHOD").is_some();
    let (name, value) =
        names.into_iter().filter(|name| !is_foreign(name)).find_map(|name| Some((name, text(name)?)))?;
    Some(Way::Through(Given::explicit(name, Secret::from(value.as_str()))))
}

/// Whether a list of exceptions names the endpoint: by its host, a domain above it, an address or a network,
/// each with or without a port; `*` names everything.
fn excludes(list: &str, endpoint: &Endpoint) -> bool {
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

/// An entry without its port and without the brackets of an IPv6 address.
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
    let ends_so = domain.get(start..).is_some_and(|end| !end.is_empty() && end.eq_ignore_ascii_case(name));
    ends_so && (start == 0 || domain.get(..start).is_some_and(|before| before.ends_with('.')))
}

/// Whether an address is the named one, or in the named network, such as `10.0.0.0/8`.
fn is_in(address: IpAddr, name: &str) -> bool {
    let (network, length) = match name.split_once('/') {
        Some((network, length)) => (network, length.parse::<u32>().ok()),
        None => (name, Some(u32::MAX)),
    };
    let (Ok(network), Some(length)) = (network.parse(), length) else { return false };
    let differs_below = |difference: u128, bits: u32| {
        // All of the first `length` bits are the same.
        difference.checked_shr(bits.saturating_sub(length)).unwrap_or_default() == 0
    };
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => differs_below(u128::from(u32::from(a) ^ u32::from(b)), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => differs_below(u128::from(a) ^ u128::from(b), 128),
        _ => false,
    }
}

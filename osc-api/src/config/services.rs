//! The addresses of the other services of the cloud, which use the same credentials.

use super::endpoint::{self, Endpoint, Protocol};
use super::source::{ConfigSource, Findings, Sourced};
use crate::generated::service::DEFAULT_DOMAIN;

/// The services with an environment variable, each with the names that variables and profiles use for it.
pub(super) const NAMES: &[(&str, &[&str])] = &[
    ("directlink", &["directlink", "direct_link"]),
    ("eim", &["eim"]),
    ("fcu", &["fcu"]),
    ("icu", &["icu"]),
    ("lbu", &["lbu"]),
    ("okms", &["okms"]),
    ("oks", &["oks"]),
    ("oos", &["oos"]),
];

/// The first of the names of a service.
pub(super) fn first_name(name: &str) -> &str {
    NAMES.iter().find(|(_, names)| names.contains(&name)).map_or(name, |(first, _)| first)
}

/// The address of a service of the cloud: see [`Client::service_endpoint`](crate::Client::service_endpoint).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceEndpoint {
    endpoint: Endpoint,
    source: String,
}

impl ServiceEndpoint {
    pub(crate) fn new(endpoint: Endpoint, source: &str) -> Self {
        Self { endpoint, source: source.to_owned() }
    }

    /// Returns the address, such as `https://oos.eu-west-2.outscale.com`: without a slash at the end.
    pub fn url(&self) -> &str {
        self.endpoint.as_str().trim_end_matches('/')
    }

    /// Returns the value of the `Host` header: with the port, unless it is the default of the scheme.
    pub fn host(&self) -> &str {
        self.endpoint.host()
    }

    /// Returns the path that the paths of requests are appended to: empty, or without a slash at the end.
    pub fn path(&self) -> &str {
        self.endpoint.url().path().trim_end_matches('/')
    }

    /// Returns where the address comes from, such as `OSC_ENDPOINT_OOS`.
    pub fn source(&self) -> &str {
        &self.source
    }
}

/// What the addresses of the other services depend on. They are checked when they are requested: an invalid one must not
/// break a client that does not need it.
#[derive(Clone, Debug)]
pub(crate) struct Services {
    /// The configured addresses, in order of precedence.
    configured: Vec<(String, Sourced<String>)>,
    domain: Sourced<String>,
    protocol: Protocol,
    allow_http: bool,
}

impl Default for Services {
    fn default() -> Self {
        Self::new(&[], false)
    }
}

impl Services {
    pub(super) fn new(sources: &[ConfigSource], allow_http: bool) -> Self {
        let domain = sources.iter().find_map(|source| source.domain.clone());
        Self {
            configured: sources.iter().flat_map(|source| source.services.iter().cloned()).collect(),
            domain: domain.unwrap_or_else(|| Sourced::new(endpoint::DEFAULT, DEFAULT_DOMAIN.to_owned())),
            // Its problems were reported with those of the endpoint of the client.
            protocol: endpoint::choose_protocol(sources, &mut Findings::default()),
            allow_http,
        }
    }

    /// The address of a service, or `None` if none is configured and none is known.
    ///
    /// # Errors
    /// Describes why the configured one is invalid.
    pub(crate) fn endpoint(&self, service: &str, region: &str) -> Result<Option<ServiceEndpoint>, String> {
        let service = service.to_ascii_lowercase();
        let service = first_name(&service);
        let configured = self.configured.iter().find(|(name, _)| name == service);
        let (Sourced { value, source }, default_path) = match (configured, default_address(service)) {
            (Some((_, address)), default) => (address.clone(), default.map_or("", |(_, path)| path)),
            (None, Some((host, path))) => {
                (self.domain.clone().map(|domain| host.replace("{region}", region) + &domain), path)
            }
            (None, None) => return Ok(None),
        };
        let endpoint = Endpoint::parse_with_path(&value, self.protocol, default_path).map_err(|reason| {
            format!("invalid endpoint of `{service}` ({source}): it {reason}; write it as https://…")
        })?;
        if endpoint.is_insecure() && !self.allow_http {
            return Err(endpoint::insecure(&endpoint, &source));
        }
        Ok(Some(ServiceEndpoint { endpoint, source }))
    }
}

/// The start of the host of a service, and its path, as in the other tools of the cloud.
fn default_address(service: &str) -> Option<(&'static str, &'static str)> {
    Some(match service {
        "directlink" => ("directlink.{region}.", ""),
        "eim" => ("eim.{region}.", ""),
        "fcu" => ("fcu.{region}.", ""),
        "icu" => ("icu.{region}.", ""),
        "lbu" => ("lbu.{region}.", ""),
        "oks" => ("api.{region}.oks.", "/api/v2"),
        "oos" => ("oos.{region}.", ""),
        _ => return None,
    })
}

//! Checks the settings of the transport and builds its HTTP clients.

use std::time::Duration;

use reqwest::header::{HeaderValue, USER_AGENT};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::tls::{self, Trust};
use crate::config::endpoint::Endpoint;
use crate::config::{self, Connection};
use crate::error::{Error, Result};

/// The client's name in `User-Agent`.
const PRODUCT: &str = concat!("osc-api/", env!("CARGO_PKG_VERSION"));

/// Idle connections are closed after this time: balancers close them after a minute or less, and a request that is
/// just being sent then fails.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// Settings of the transport.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) connect_timeout: Duration,
    /// PEM certificates to trust in addition to those of the platform.
    pub(crate) root_certificates: Vec<Vec<u8>>,
    /// Appended to the product in `User-Agent`.
    pub(crate) user_agent: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { connect_timeout: Duration::from_secs(10), root_certificates: Vec::new(), user_agent: None }
    }
}

/// Checked options.
#[cfg_attr(feature = "blocking", derive(Clone))]
pub(crate) struct Checked {
    root_certificates: Vec<CertificateDer<'static>>,
    user_agent: HeaderValue,
    connection: Connection,
}

impl Checked {
    /// Adds the connection settings of the configuration.
    pub(crate) fn over(mut self, connection: Connection) -> Self {
        self.connection = connection;
        self
    }
}

impl Options {
    /// Parses the options, and reports all problems.
    pub(crate) fn check(&self, problems: &mut Vec<String>) -> Option<Checked> {
        let before = problems.len();
        let mut root_certificates = Vec::new();
        for (index, pem) in self.root_certificates.iter().enumerate() {
            let place = format!("root certificate {}", index + 1);
            match CertificateDer::pem_slice_iter(pem).collect::<std::result::Result<Vec<_>, _>>() {
                Ok(certificates) if certificates.is_empty() => {
                    problems.push(format!(
                        "{place} has no certificate in PEM: give one that begins -----BEGIN CERTIFICATE"
                    ));
                }
                Ok(certificates) => root_certificates.extend(certificates),
                Err(error) => {
                    let reason = config::pem_defect(&error);
                    problems.push(format!("{place} is not PEM ({reason}): export it again"));
                }
            }
        }
        let user_agent = match &self.user_agent {
            Some(suffix) => format!("{PRODUCT} {suffix}"),
            None => PRODUCT.to_owned(),
        };
        let user_agent = HeaderValue::try_from(user_agent);
        if user_agent.is_err() {
            problems.push("the user agent has a character that no header can carry: use ASCII".to_owned());
        }
        let user_agent = user_agent.ok()?;
        let connection = Connection::default();
        (problems.len() == before).then_some(Checked { root_certificates, user_agent, connection })
    }
}

/// Builds the HTTP clients for an endpoint, with and without a connection pool. Opens no connection yet.
///
/// # Errors
/// Returns an error if the platform has no usable trust roots, or if the client certificate would be shown to a proxy.
pub(super) fn http_clients(
    options: &Options,
    checked: Checked,
    endpoint: &Endpoint,
) -> Result<(reqwest::Client, reqwest::Client)> {
    let Checked { root_certificates, user_agent, connection } = checked;
    let Connection { client_certificate, tls_skip_verify, proxy } = connection;
    if client_certificate.is_some() && proxy.as_ref().is_some_and(config::Proxy::is_https) {
        let problem =
            "a client certificate cannot be used with an https proxy, which would see it: use an http proxy";
        return Err(Error::configuration(vec![problem.to_owned()]));
    }
    // An http address on this machine needs no trust roots, and reading them takes milliseconds.
    let needs_trust =
        endpoint.is_https() || !endpoint.is_loopback() || proxy.as_ref().is_some_and(config::Proxy::is_https);
    let trust = match (tls_skip_verify, needs_trust) {
        (true, _) => Trust::Everybody,
        (false, true) => Trust::Platform(root_certificates),
        (false, false) => Trust::Nobody,
    };
    let tls = tls::config(trust, client_certificate.as_ref())?;
    // The error names the address, which may contain a password.
    let invalid_proxy = |_| Error::setup("invalid proxy", "its address is not accepted");
    let proxy = proxy.map(|proxy| reqwest::Proxy::all(proxy.url()).map_err(invalid_proxy)).transpose()?;
    let build = |max_idle: usize| {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.clone())
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(options.connect_timeout)
            .pool_idle_timeout(POOL_IDLE_TIMEOUT)
            .pool_max_idle_per_host(max_idle)
            .default_headers([(USER_AGENT, user_agent.clone())].into_iter().collect())
            // The configuration has read the proxy variables already.
            .no_proxy();
        if let Some(proxy) = &proxy {
            builder = builder.proxy(proxy.clone());
        }
        builder.build().map_err(|error| Error::setup("cannot build the HTTP client", error))
    };
    Ok((build(usize::MAX)?, build(0)?))
}

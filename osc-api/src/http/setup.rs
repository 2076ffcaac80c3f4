//! Checks the settings of the transport and builds its HTTP clients.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderValue, USER_AGENT};
use reqwest::{Request, Response};
use rustls::ClientConfig;
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
    /// Written before the product in `User-Agent`.
    pub(crate) user_agent_prefix: Option<String>,
    /// Written after the product in `User-Agent`.
    pub(crate) user_agent: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            root_certificates: Vec::new(),
            user_agent_prefix: None,
            user_agent: None,
        }
    }
}

/// Checked options.
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
            let label = format!("root certificate {}", index + 1);
            match CertificateDer::pem_slice_iter(pem).collect::<std::result::Result<Vec<_>, _>>() {
                Ok(certificates) if certificates.is_empty() => {
                    problems.push(format!(
                        "{label} contains no certificate in PEM: it must begin with -----BEGIN CERTIFICATE"
                    ));
                }
                Ok(certificates) => root_certificates.extend(certificates),
                Err(error) => {
                    let reason = config::pem_defect(&error);
                    problems.push(format!("{label} is not PEM ({reason}): export it again"));
                }
            }
        }
        let parts = [self.user_agent_prefix.as_deref(), Some(PRODUCT), self.user_agent.as_deref()];
        let parts: Vec<&str> =
            parts.into_iter().flatten().map(str::trim).filter(|part| !part.is_empty()).collect();
        let user_agent = HeaderValue::try_from(parts.join(" "));
        if user_agent.is_err() {
            problems.push(
                "the user agent contains a character that is not allowed in a header: use ASCII".to_owned(),
            );
        }
        let user_agent = user_agent.ok()?;
        let connection = Connection::default();
        (problems.len() == before).then_some(Checked { root_certificates, user_agent, connection })
    }
}

/// An HTTP client, with or without a pool of connections.
///
/// A trait object: for each generic function whose future holds a client, the compiler would prove again that all types
/// of the library are `Send`.
pub(super) type HttpClient = Arc<dyn Execute>;

/// A response that has not arrived yet.
pub(super) type Execution = Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send>>;

pub(super) trait Execute: Send + Sync {
    /// Sends a request. The future must be polled.
    fn execute(&self, request: Request) -> Execution;
}

impl Execute for reqwest::Client {
    fn execute(&self, request: Request) -> Execution {
        Box::pin(Self::execute(self, request))
    }
}

/// Builds HTTP clients with the same settings.
#[cfg_attr(feature = "blocking", derive(Clone))]
pub(super) struct HttpClientBuilder {
    tls: ClientConfig,
    user_agent: HeaderValue,
    connect_timeout: Duration,
    proxy: Option<reqwest::Proxy>,
}

impl HttpClientBuilder {
    /// Prepares the settings for an endpoint.
    ///
    /// # Errors
    /// Returns an error if the platform has no usable trust roots, or if the client certificate would be shown to a
    /// proxy.
    pub(super) fn new(options: &Options, checked: Checked, endpoint: &Endpoint) -> Result<Self> {
        let Checked { root_certificates, user_agent, connection } = checked;
        let Connection { client_certificate, tls_skip_verify, proxy } = connection;
        let has_https_proxy = proxy.as_ref().is_some_and(config::Proxy::is_https);
        if client_certificate.is_some() && has_https_proxy {
            let problem = "a client certificate cannot be used with an https proxy, which would see it: use an http proxy";
            return Err(Error::configuration(vec![problem.to_owned()]));
        }
        // An http address on this machine needs no trust roots, and reading them takes milliseconds.
        let needs_trust = endpoint.is_https() || !endpoint.is_loopback() || has_https_proxy;
        let trust = match (tls_skip_verify, needs_trust) {
            (true, _) => Trust::Anyone,
            (false, true) => Trust::Platform(root_certificates),
            (false, false) => Trust::Nothing,
        };
        let tls = tls::config(trust, client_certificate.as_ref())?;
        // The error names the address, which may contain a password.
        let invalid_proxy = |_| Error::setup("invalid proxy", "its address is not accepted");
        let proxy = proxy.map(|proxy| reqwest::Proxy::all(proxy.url()).map_err(invalid_proxy)).transpose()?;
        Ok(Self { tls, user_agent, connect_timeout: options.connect_timeout, proxy })
    }

    /// Builds a client that keeps this number of idle connections. Opens none yet.
    ///
    /// # Errors
    /// Returns an error if the HTTP library refuses the settings.
    pub(super) fn build(&self, max_idle: usize) -> Result<HttpClient> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(POOL_IDLE_TIMEOUT)
            .pool_max_idle_per_host(max_idle)
            .default_headers([(USER_AGENT, self.user_agent.clone())].into_iter().collect())
            // The configuration has read the proxy variables already.
            .no_proxy();
        if let Some(proxy) = &self.proxy {
            builder = builder.proxy(proxy.clone());
        }
        let client = builder.build().map_err(|error| Error::setup("cannot build the HTTP client", error))?;
        Ok(Arc::new(client))
    }
}

//! The settings of the transport, checked, and the HTTP client that is made of them.

use std::time::Duration;

use reqwest::header::{HeaderValue, USER_AGENT};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::tls::{self, Trust};
use crate::config::endpoint::Endpoint;
use crate::config::{self, Connection};
use crate::error::{Error, Result};

/// The name under which the client introduces itself.
const PRODUCT: &str = concat!("osc-api/", env!("CARGO_PKG_VERSION"));

/// A connection that nobody used for so long is closed: a server that closes it first, just when a request is
/// on its way, leaves open whether the request was carried out.
const IDLE: Duration = Duration::from_secs(20);

/// How requests are sent.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) connect_timeout: Duration,
    /// Certificates in PEM that are trusted beside those of the platform.
    pub(crate) root_certificates: Vec<Vec<u8>>,
    /// What follows the product in `User-Agent`.
    pub(crate) user_agent: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { connect_timeout: Duration::from_secs(10), root_certificates: Vec::new(), user_agent: None }
    }
}

/// Options that were checked.
#[cfg_attr(feature = "blocking", derive(Clone))]
pub(crate) struct Checked {
    root_certificates: Vec<CertificateDer<'static>>,
    user_agent: HeaderValue,
    connection: Connection,
}

impl Checked {
    /// The same, with what the configuration says about connections.
    pub(crate) fn over(mut self, connection: Connection) -> Self {
        self.connection = connection;
        self
    }
}

impl Options {
    /// Reads what has a form of its own, and reports all that has it not.
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

/// Makes the HTTP client for an endpoint; connects to nothing yet.
///
/// # Errors
/// When the platform has no usable trust roots.
pub(super) fn http(options: &Options, checked: Checked, endpoint: &Endpoint) -> Result<reqwest::Client> {
    let Checked { root_certificates, user_agent, connection } = checked;
    let Connection { client_certificate, tls_skip_verify, proxy } = connection;
    // An http address on this machine needs no trust roots, and reading them takes milliseconds.
    let needs_trust =
        endpoint.is_https() || !endpoint.is_loopback() || proxy.as_ref().is_some_and(config::Proxy::is_https);
    let trust = match (tls_skip_verify, needs_trust) {
        (true, _) => Trust::Everybody,
        (false, true) => Trust::Platform(root_certificates),
        (false, false) => Trust::Nobody,
    };
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls::config(trust, client_certificate.as_ref())?)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(options.connect_timeout)
        .pool_idle_timeout(IDLE)
        .default_headers([(USER_AGENT, user_agent)].into_iter().collect())
        // The library would follow the variables by its own rules; the configuration did it already.
        .no_proxy();
    if let Some(proxy) = proxy {
        // The error names the address, and that has a password.
        let proxy = reqwest::Proxy::all(proxy.url())
            .map_err(|_| Error::setup("the proxy cannot be used", "its address is not accepted"))?;
        builder = builder.proxy(proxy);
    }
    builder.build().map_err(|error| Error::setup("the HTTP client cannot be made", error))
}

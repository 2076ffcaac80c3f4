//! Requests over HTTP: connections, TLS, time-outs and bounds.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, HeaderValue, USER_AGENT};
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{CertificateError, ClientConfig, InvalidMessage, RootCertStore};
use rustls_platform_verifier::Verifier;
use url::Url;
use zeroize::Zeroizing;

use crate::endpoint::Endpoint;
use crate::error::{Error, Kind, Result};
use crate::sign;

/// The name under which the client introduces itself.
const PRODUCT: &str = concat!("osc-api/", env!("CARGO_PKG_VERSION"));

/// The date of a request, which is signed or at least wanted by the server.
const X_OSC_DATE: HeaderName = HeaderName::from_static("x-osc-date");

/// As much is set aside for an answer that says how long it is; a longer one has to come before it takes
/// more.
const FIRST_ALLOCATION: usize = 1 << 20;

/// How requests are sent.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) connect_timeout: Duration,
    /// For one attempt, from the first byte of the connection to the last one of the answer.
    pub(crate) timeout: Duration,
    pub(crate) max_response_size: usize,
    /// Certificates in PEM that are trusted beside those of the platform.
    pub(crate) root_certificates: Vec<Vec<u8>>,
    /// What follows the product in `User-Agent`.
    pub(crate) user_agent: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(60),
            max_response_size: 64 << 20,
            root_certificates: Vec::new(),
            user_agent: None,
        }
    }
}

/// Options that were checked.
pub(crate) struct Checked {
    root_certificates: Vec<CertificateDer<'static>>,
    user_agent: HeaderValue,
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
                Err(error) => problems.push(format!("{place} is not PEM ({error}): export it again")),
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
        (problems.len() == before).then_some(Checked { root_certificates, user_agent })
    }
}

/// What a request says about who sends it.
#[derive(Default)]
pub(crate) struct Identity {
    pub(crate) date: Option<String>,
    pub(crate) authorization: Option<Zeroizing<String>>,
}

/// A complete answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// The connections to one endpoint.
pub(crate) struct Transport {
    http: reqwest::Client,
    host: String,
    max_response_size: usize,
}

impl Transport {
    /// Prepares for an endpoint; connects to nothing yet.
    ///
    /// # Errors
    /// When the platform has no usable trust roots.
    pub(crate) fn new(options: &Options, checked: Checked, endpoint: &Endpoint) -> Result<Self> {
        let Options { connect_timeout, timeout, max_response_size, .. } = options;
        let Checked { root_certificates, user_agent } = checked;
        // An http address on this machine needs no trust roots, and reading them takes milliseconds.
        let trust = (endpoint.is_https() || !endpoint.is_loopback()).then_some(root_certificates);
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls(trust)?)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(*connect_timeout)
            .timeout(*timeout)
            .default_headers([(USER_AGENT, user_agent)].into_iter().collect());
        if endpoint.is_loopback() {
            // A proxy would be another machine, and plain http is allowed here because there is none.
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| Error::setup("the HTTP client cannot be made", error))?;
        Ok(Self { http, host: endpoint.host().to_owned(), max_response_size: *max_response_size })
    }

    /// Sends one request and reads the whole answer.
    ///
    /// # Errors
    /// When no complete answer came, or one that is too large.
    pub(crate) async fn post(
        &self,
        action: &str,
        url: Url,
        identity: Identity,
        body: Vec<u8>,
    ) -> Result<Reply> {
        if tokio::runtime::Handle::try_current().is_err() {
            let reason = "the client works inside of a tokio runtime only: call it from one".to_owned();
            return Err(Error::new(action, Kind::Refused { reason, credentials: false }));
        }
        let mut request = self
            .http
            .post(url)
            .header(HOST, &self.host)
            .header(CONTENT_TYPE, HeaderValue::from_static(sign::CONTENT_TYPE))
            .body(body);
        if let Some(date) = identity.date {
            request = request.header(X_OSC_DATE, date);
        }
        if let Some(authorization) = identity.authorization {
            let mut value = HeaderValue::from_str(&authorization).map_err(|_| {
                let reason =
                    "the credentials have a character that no header can carry: copy them again".to_owned();
                Error::new(action, Kind::Refused { reason, credentials: true })
            })?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        let response = request.send().await.map_err(|error| self.failure(action, error))?;
        self.read(action, response).await
    }

    async fn read(&self, action: &str, mut response: reqwest::Response) -> Result<Reply> {
        let limit = self.max_response_size;
        let too_large = || Error::new(action, Kind::TooLarge { limit });
        let announced = usize::try_from(response.content_length().unwrap_or_default()).unwrap_or(usize::MAX);
        if announced > limit {
            return Err(too_large());
        }
        let mut body = Vec::with_capacity(announced.min(FIRST_ALLOCATION));
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failure(action, error))? {
            if chunk.len() > limit - body.len() {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply { status: response.status().as_u16(), body })
    }

    fn failure(&self, action: &str, error: reqwest::Error) -> Error {
        let kind = Kind::Transport {
            host: self.host.clone(),
            timeout: error.is_timeout(),
            connect: error.is_connect(),
            advice: tls_error(&error).and_then(advice),
            // The address adds nothing to the host and the action, which are told already.
            source: Box::new(error.without_url()) as Box<dyn StdError + Send + Sync>,
        };
        Error::new(action, kind)
    }
}

/// The error of rustls that an error comes from, if any: I/O errors carry it where `source` does not show it.
fn tls_error<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    let wrapped = |error: &'a (dyn StdError + 'static)| error.downcast_ref::<io::Error>()?.get_ref();
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = wrapped(error).map(|error| error as &(dyn StdError + 'static)).or_else(|| error.source());
    }
    None
}

/// What a user can do about it.
fn advice(error: &rustls::Error) -> Option<&'static str> {
    use CertificateError as Certificate;
    Some(match error {
        rustls::Error::InvalidCertificate(problem) => match problem {
            Certificate::UnknownIssuer => {
                "nobody that this machine trusts vouches for its certificate: add the authority to the system's, \
                 or give it with `ClientBuilder::add_root_certificate`"
            }
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                "its certificate is for another name: correct the endpoint"
            }
            Certificate::Expired
            | Certificate::ExpiredContext { .. }
            | Certificate::NotValidYet
            | Certificate::NotValidYetContext { .. } => {
                "its certificate is not valid now: check this machine's clock, or renew the certificate"
            }
            _ => "its certificate is not acceptable",
        },
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "it does not speak TLS: correct the port of the endpoint, or its scheme"
        }
        _ => return None,
    })
}

/// TLS by rustls with the ring provider, which is passed along rather than installed for the process: other
/// users of rustls in the same program are not our business. Without `trust` no certificate is trusted.
fn tls(trust: Option<Vec<CertificateDer<'static>>>) -> Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::setup("TLS cannot be set up", error))?;
    Ok(match trust {
        Some(roots) => {
            let verifier = verifier(roots, provider)?;
            builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
        }
        None => builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth(),
    })
}

fn verifier(
    roots: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>> {
    let verifier = Verifier::new_with_extra_roots(roots, provider).map_err(|error| {
        let problem = "the trusted certificates cannot be loaded: install those of the system (often a package \
                       named ca-certificates), or correct those given with `ClientBuilder::add_root_certificate`";
        Error::setup(problem, error)
    })?;
    Ok(Arc::new(verifier))
}

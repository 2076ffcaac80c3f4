//! TLS: trusted authorities, and the meaning of TLS and proxy errors.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, InvalidMessage, RootCertStore,
    SignatureScheme,
};
use rustls_platform_verifier::Verifier;

use super::roots::EnvironmentRoots;
use crate::config::ClientCertificate;
use crate::error::{Error, Result};

/// The meaning of a transport error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Diagnosis {
    /// A hint for the user.
    pub(super) advice: Option<&'static str>,
    /// Whether every attempt fails in the same way.
    pub(super) permanent: bool,
}

impl Diagnosis {
    fn temporary(advice: &'static str) -> Self {
        Self { advice: Some(advice), permanent: false }
    }
}

/// Searches the causes of an error for those of TLS and of proxies.
pub(super) fn diagnose(error: &(dyn StdError + 'static)) -> Diagnosis {
    let tls = tls_error(error);
    match (diagnose_proxy(error), tls) {
        // Together with a proxy error, a TLS error concerns the proxy's certificate, not the endpoint's.
        (Some(proxy), tls) => {
            Diagnosis { permanent: proxy.permanent || tls.is_some_and(is_permanent), ..proxy }
        }
        (None, Some(tls)) => Diagnosis { advice: advice(tls), permanent: is_permanent(tls) },
        (None, None) => Diagnosis::default(),
    }
}

/// The rustls error among the causes, if any: I/O errors contain it without returning it from `source`.
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

/// A hint for the user.
fn advice(error: &rustls::Error) -> Option<&'static str> {
    use CertificateError as Certificate;
    Some(match error {
        rustls::Error::InvalidCertificate(problem) => match problem {
            Certificate::UnknownIssuer => {
                "its certificate is not signed by a trusted authority: add the authority to the trusted ones of the \
                 system, or with `ClientBuilder::add_root_certificate`"
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
            _ => "its certificate is invalid",
        },
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "it does not speak TLS: correct the port of the endpoint, or its scheme"
        }
        rustls::Error::PeerIncompatible(_) => {
            "it supports no TLS version or cipher suite of this client, which uses TLS 1.2 and 1.3"
        }
        rustls::Error::AlertReceived(alert) => return alert_advice(*alert),
        _ => return None,
    })
}

/// The meaning of a TLS alert. Servers differ in the alert that they send for a rejected client certificate.
fn alert_advice(alert: AlertDescription) -> Option<&'static str> {
    use AlertDescription as Alert;
    Some(match alert {
        Alert::CertificateRequired | Alert::NoCertificate => {
            "it requires a client certificate: set OSC_X509_CLIENT_CERT and OSC_X509_CLIENT_KEY, or call \
             `ClientBuilder::client_certificate`"
        }
        Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateRevoked
        | Alert::CertificateExpired
        | Alert::CertificateUnknown
        | Alert::UnknownCA
        | Alert::DecryptError
        | Alert::AccessDenied => {
            "it rejects the client certificate, or requires one: set OSC_X509_CLIENT_CERT and OSC_X509_CLIENT_KEY \
             to one that it trusts, or call `ClientBuilder::client_certificate`"
        }
        Alert::HandshakeFailure | Alert::InsufficientSecurity | Alert::ProtocolVersion => {
            "it supports no TLS version or cipher suite of this client, or requires a client certificate: see \
             `ClientBuilder::client_certificate`"
        }
        Alert::UnrecognisedName => "it does not serve this host name: correct the endpoint",
        _ => return None,
    })
}

/// Whether every attempt fails in the same way: the configuration of either side is the cause.
fn is_permanent(error: &rustls::Error) -> bool {
    use AlertDescription as Alert;
    match error {
        rustls::Error::InvalidCertificate(_)
        | rustls::Error::NoCertificatesPresented
        | rustls::Error::UnsupportedNameType
        | rustls::Error::PeerIncompatible(_)
        | rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => true,
        rustls::Error::AlertReceived(alert) => {
            alert_advice(*alert).is_some()
                || matches!(alert, Alert::NoApplicationProtocol | Alert::UnknownPSKIdentity)
        }
        _ => false,
    }
}

/// A hint for a proxy that refuses to connect, and whether every attempt fails in the same way. The library identifies
/// the error by its message only.
fn diagnose_proxy(error: &(dyn StdError + 'static)) -> Option<Diagnosis> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(words) = error.to_string().strip_prefix("tunnel error: ") {
            return Some(match words {
                "proxy authorization required" => Diagnosis {
                    advice: Some(
                        "the proxy requires another user name or password: correct them in its URL, \
                         http://user:password@proxy:port",
                    ),
                    permanent: true,
                },
                "failed to create underlying connection" => {
                    Diagnosis::temporary("the proxy cannot be reached: check its URL")
                }
                "unsuccessful" => Diagnosis::temporary(
                    "the proxy does not connect to it: check the endpoint, and the rules of the proxy",
                ),
                _ => Diagnosis::temporary("the proxy does not respond like a proxy: check its URL"),
            });
        }
        next = error.source();
    }
    None
}

/// The server certificates to accept.
pub(super) enum Trust {
    /// The authorities that the platform trusts, and these.
    Platform(Vec<CertificateDer<'static>>),
    /// Any server.
    Anyone,
    /// No certificate: TLS is not used.
    Nothing,
}

/// Configures rustls with the ring provider. It is passed explicitly, not installed for the process, so that other users
/// of rustls in the same program are not affected.
pub(super) fn config(trust: Trust, client: Option<&ClientCertificate>) -> Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::setup("TLS cannot be set up", error))?;
    let builder = match trust {
        Trust::Platform(roots) => {
            builder.dangerous().with_custom_certificate_verifier(verifier(roots, provider)?)
        }
        Trust::Anyone => builder.dangerous().with_custom_certificate_verifier(Arc::new(Unverified(provider))),
        Trust::Nothing => builder.with_root_certificates(RootCertStore::empty()),
    };
    Ok(match client {
        Some(client) => builder.with_client_cert_resolver(client.resolver()),
        None => builder.with_no_client_auth(),
    })
}

fn verifier(
    mut roots: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>> {
    let environment = EnvironmentRoots::from_process();
    let named = environment.problems.join("; ");
    if environment.is_unreadable {
        return Err(Error::setup("the trusted certificates cannot be loaded", named));
    }
    roots.extend(environment.replacement());
    let verifier = Verifier::new_with_extra_roots(roots, provider).map_err(|error| {
        if !named.is_empty() {
            return Error::setup("the trusted certificates cannot be loaded", named.as_str());
        }
        let problem = "the trusted certificates cannot be loaded: install those of the system (often a package \
                       named ca-certificates), or correct those given with `ClientBuilder::add_root_certificate`";
        Error::setup(problem, error)
    })?;
    if !named.is_empty() {
        tracing::warn!("{named}");
    }
    Ok(Arc::new(verifier))
}

/// Accepts every certificate, but still checks that the server has its private key.
#[derive(Debug)]
struct Unverified(Arc<CryptoProvider>);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An error as the layers above wrap it.
    fn wrapped(error: rustls::Error) -> io::Error {
        io::Error::other(io::Error::new(io::ErrorKind::InvalidData, error))
    }

    #[test]
    fn an_error_of_the_configuration_is_permanent_and_has_advice() {
        use AlertDescription as Alert;
        for (error, part) in [
            (rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer), "add_root_certificate"),
            (rustls::Error::InvalidCertificate(CertificateError::Expired), "clock"),
            (rustls::Error::InvalidCertificate(CertificateError::NotValidForName), "another name"),
            (rustls::Error::InvalidCertificate(CertificateError::BadEncoding), "is invalid"),
            (rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType), "port"),
            (rustls::Error::AlertReceived(Alert::CertificateRequired), "requires a client certificate"),
            (rustls::Error::AlertReceived(Alert::BadCertificate), "OSC_X509_CLIENT_CERT"),
            (rustls::Error::AlertReceived(Alert::UnknownCA), "OSC_X509_CLIENT_CERT"),
            (rustls::Error::AlertReceived(Alert::AccessDenied), "OSC_X509_CLIENT_CERT"),
            (rustls::Error::AlertReceived(Alert::HandshakeFailure), "client certificate"),
            (rustls::Error::AlertReceived(Alert::UnrecognisedName), "endpoint"),
        ] {
            let diagnosis = diagnose(&wrapped(error.clone()));
            assert!(diagnosis.permanent, "{error:?}");
            assert!(diagnosis.advice.is_some_and(|advice| advice.contains(part)), "{error:?} {diagnosis:?}");
        }
    }

    #[test]
    fn a_temporary_error_is_not_permanent() {
        for error in [
            rustls::Error::AlertReceived(AlertDescription::InternalError),
            rustls::Error::AlertReceived(AlertDescription::BadRecordMac),
            rustls::Error::DecryptError,
            rustls::Error::General("marker".to_owned()),
        ] {
            assert_eq!(diagnose(&wrapped(error)), Diagnosis::default());
        }
        assert_eq!(diagnose(&io::Error::from(io::ErrorKind::ConnectionRefused)), Diagnosis::default());
    }
}

//! TLS of a fake: its own certificate, and the client certificates that callers present.

use std::io;
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, RootCertStore, ServerConfig, SignatureScheme};

/// The configuration of a server with this certificate chain and key, both in PEM. Client certificates are requested,
/// and accepted from any authority: like the cloud, the fake refuses them in its response, not in the handshake.
///
/// # Errors
/// Returns an error if the certificate or its key is invalid.
pub(super) fn server_config(chain: &str, key: &str) -> io::Result<ServerConfig> {
    let invalid = |error: &dyn std::fmt::Display| {
        io::Error::new(io::ErrorKind::InvalidInput, format!("the certificate of the fake API: {error}"))
    };
    let chain = CertificateDer::pem_slice_iter(chain.as_bytes()).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|error| invalid(&error))?;
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|error| invalid(&error))?;
    let provider = Arc::new(ring::default_provider());
    ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| invalid(&error))?
        .with_client_cert_verifier(Arc::new(AnyClientCertificate(provider)))
        .with_single_cert(chain, key)
        .map_err(|error| invalid(&error))
}

/// The first certificate of a PEM text, if it can be an authority.
pub(super) fn authority(pem: &str) -> Option<CertificateDer<'static>> {
    let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
    RootCertStore::empty().add(certificate.clone()).ok()?;
    Some(certificate)
}

/// Whether the authority signed the first certificate of the chain, directly or through the others, and all are valid
/// now.
pub(super) fn is_signed_by(chain: &[CertificateDer<'static>], authority: &CertificateDer<'static>) -> bool {
    let Some((certificate, intermediates)) = chain.split_first() else { return false };
    let mut roots = RootCertStore::empty();
    let provider = Arc::new(ring::default_provider());
    roots.add(authority.clone()).is_ok()
        && WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().is_ok_and(
            |verifier| verifier.verify_client_cert(certificate, intermediates, UnixTime::now()).is_ok(),
        )
}

/// The common name of a certificate's subject.
pub(super) fn common_name(certificate: &CertificateDer<'_>) -> Option<String> {
    /// The object identifier 2.5.4.3.
    const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
    let (_, outer, _) = element(certificate)?;
    let (_, mut fields, _) = element(outer)?;
    // An optional version, then serial number, algorithm, issuer and validity.
    if fields.first() == Some(&0xa0) {
        fields = element(fields)?.2;
    }
    for _ in 0..4 {
        fields = element(fields)?.2;
    }
    let (_, mut names, _) = element(fields)?;
    let mut found = None;
    while let Some((_, set, rest)) = element(names) {
        names = rest;
        let (_, pair, _) = element(set)?;
        let (_, kind, value) = element(pair)?;
        if kind == COMMON_NAME {
            let (_, text, _) = element(value)?;
            found = std::str::from_utf8(text).ok().map(str::to_owned);
        }
    }
    found
}

/// Splits off the first DER element: its tag, its content, and the rest.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        _ => {
            let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            if length.len() > size_of::<u32>() {
                return None;
            }
            (length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// Accepts every client certificate whose private key the caller proves to have, and callers without one.
#[derive(Debug)]
struct AnyClientCertificate(Arc<CryptoProvider>);

impl ClientCertVerifier for AnyClientCertificate {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
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

    /// A DER element.
    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).unwrap();
        let header = if length < 0x80 { vec![tag, length] } else { vec![tag, 0x81, length] };
        [&header, content].concat()
    }

    /// A certificate whose subject has an organization and a common name; only the parts before them are there.
    fn certificate(version: &[u8], name: &[u8]) -> Vec<u8> {
        let pair = |last: u8, value: &[u8]| {
            let kind = der(0x06, &[0x55, 0x04, last]);
            der(0x31, &der(0x30, &[kind, der(0x0c, value)].concat()))
        };
        let subject = der(0x30, &[pair(0x0a, b"Example"), pair(0x03, name)].concat());
        let before = [der(0x02, &[7]), der(0x30, &[]), der(0x30, &[]), der(0x30, &[])].concat();
        der(0x30, &der(0x30, &[version, &before, &subject].concat()))
    }

    #[test]
    fn the_common_name_is_found_with_and_without_a_version() {
        for version in [&[][..], &der(0xa0, &der(0x02, &[2]))] {
            let certificate = certificate(version, "zoé".as_bytes());
            assert_eq!(common_name(&certificate.into()).as_deref(), Some("zoé"));
        }
        let long = "x".repeat(60);
        assert_eq!(common_name(&certificate(&[], long.as_bytes()).into()), Some(long));
    }

    #[test]
    fn truncated_and_damaged_certificates_do_not_panic() {
        let whole = certificate(&[], b"me");
        for length in 0..whole.len() {
            assert_eq!(common_name(&whole[..length].into()), None, "{length}");
            let mut damaged = whole.clone();
            damaged[length] ^= 0xff;
            drop(common_name(&damaged.into()));
        }
    }
}

//! The client certificate and its key: found, read, and checked to belong together.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::{self, PemObject, SectionKind};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use zeroize::{Zeroize as _, Zeroizing};

use super::source::{Given, Layer};
use super::{Chosen, Explicit, Problems, Sources};
use crate::Secret;

/// As encoders write it, with or without the padding at the end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What every section of a PEM file begins with.
const PEM_START: &str = "-----BEGIN ";

/// A longer name of a file is not shown: it is not likely to be one.
const LONGEST_SHOWN_NAME: usize = 255;

/// A certificate by which the client can make itself known, with its key.
#[derive(Clone)]
pub(crate) struct ClientCertificate(Arc<CertifiedKey>);

impl ClientCertificate {
    /// Answers every server that asks for a certificate.
    pub(crate) fn resolver(&self) -> Arc<SingleCertAndKey> {
        Arc::new(SingleCertAndKey::from(Arc::clone(&self.0)))
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[client certificate]")
    }
}

/// What the program gives as its certificate, in PEM.
#[derive(Clone)]
pub(crate) struct ClientPem {
    pub(crate) certificate: Zeroizing<Vec<u8>>,
    /// None where the certificate's text has the key too.
    pub(crate) key: Option<Zeroizing<Vec<u8>>>,
}

/// Where a text in PEM is to be had.
#[derive(Clone)]
pub(super) enum Pem {
    File(PathBuf),
    Text(Secret),
    Base64(Secret),
}

impl Pem {
    /// The PEM file of this name. A PEM text in the place of the name is taken as the text: it could be
    /// nothing else, and it must not be shown as the name of a missing file.
    pub(super) fn of_path(path: OsString) -> Self {
        match path.into_string() {
            Ok(text) if text.contains(PEM_START) => Self::Text(Secret::from(text)),
            Ok(text) => Self::File(text.into()),
            Err(path) => Self::File(path.into()),
        }
    }
}

/// The certificate that the program gives, else that of the first place that has one or a half of one. Both
/// halves come from there.
pub(super) fn choose(
    explicit: &Explicit,
    layers: &[Layer],
    sources: &Sources<'_>,
    problems: &mut Problems,
) -> Chosen<Option<ClientCertificate>> {
    if let Some(given) = &explicit.client_certificate {
        let certificate =
            Given::explicit("the client certificate given to the client", given.certificate.clone());
        let key = given.key.as_ref().map(|key| Given::explicit("the key given to the client", key.clone()));
        return Chosen { value: certified(&certificate, key.as_ref(), problems), from_file: false };
    }
    let has_half = |layer: &&Layer| layer.client_certificate.is_some() || layer.client_key.is_some();
    let Some(layer) = layers.iter().find(has_half) else {
        return Chosen { value: None, from_file: false };
    };
    let in_profile = layer.is_profile
        && [&layer.client_key, &layer.client_certificate]
            .iter()
            .any(|half| matches!(half, Some(Given { value: Pem::Text(_) | Pem::Base64(_), .. })));
    Chosen { value: of_layer(layer, sources, problems), from_file: in_profile }
}

fn of_layer(layer: &Layer, sources: &Sources<'_>, problems: &mut Problems) -> Option<ClientCertificate> {
    let key = layer.client_key.as_ref();
    let Some(certificate) = &layer.client_certificate else {
        let place = key.map(|key| key.place.as_str()).unwrap_or_default();
        problems.push(format!(
            "{place} is set, but the client certificate (`OSC_X509_CLIENT_CERT`, `x509_client_cert`) that belongs \
             to it is not: set both at the same place, or neither"
        ));
        return None;
    };
    let certificate = load(certificate, sources, problems);
    let key = key.map(|key| load(key, sources, problems));
    match (certificate, key) {
        (Some(certificate), None) => certified(&certificate, None, problems),
        (Some(certificate), Some(Some(key))) => certified(&certificate, Some(&key), problems),
        // What could not be read was told by `load`.
        (None, _) | (_, Some(None)) => None,
    }
}

fn load(
    Given { value, place }: &Given<Pem>,
    sources: &Sources<'_>,
    problems: &mut Problems,
) -> Option<Given<Zeroizing<Vec<u8>>>> {
    let bytes = match value {
        Pem::Text(text) => text.expose().as_bytes().to_vec(),
        Pem::Base64(text) => decode(text, place, problems)?,
        Pem::File(path) if is_base64_of_pem(path) => {
            problems.push(format!(
                "{place} has base64 in it, where the name of a file belongs: move it to the setting of the same \
                 name that ends in _b64"
            ));
            return None;
        }
        Pem::File(path) => match (sources.read)(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let is_name = path.as_os_str().len() <= LONGEST_SHOWN_NAME;
                let file = if is_name { path.display().to_string() } else { "a file".to_owned() };
                problems.push(format!(
                    "{place} names {file}, which cannot be read ({error}): correct the name, or make the file \
                     readable"
                ));
                return None;
            }
        },
    };
    Some(Given { value: Zeroizing::new(bytes), place: place.clone() })
}

/// Whether somebody put base64 into the setting for a path: it must not be shown as the name of a file.
fn is_base64_of_pem(path: &Path) -> bool {
    let decoded = BASE64.decode(path.as_os_str().as_encoded_bytes()).map(Zeroizing::new);
    decoded.is_ok_and(|text| has(&text, PEM_START.as_bytes()))
}

/// Whether these bytes are somewhere in a text.
fn has(text: &[u8], bytes: &[u8]) -> bool {
    text.windows(bytes.len()).any(|window| window == bytes)
}

/// The bytes of a base64 text, which may be broken into lines.
fn decode(text: &Secret, place: &str, problems: &mut Problems) -> Option<Vec<u8>> {
    let text = text.expose().bytes().filter(|byte| !byte.is_ascii_whitespace());
    let text: Zeroizing<Vec<u8>> = Zeroizing::new(text.collect());
    // The error names the byte at which it failed, which may be a secret's.
    let decoded = BASE64.decode(&*text).ok();
    if decoded.is_none() {
        problems.push(format!("{place} is not base64: encode the PEM file again"));
    }
    decoded
}

/// Reads certificate and key, and sees whether they belong together.
fn certified(
    certificate: &Given<Zeroizing<Vec<u8>>>,
    key: Option<&Given<Zeroizing<Vec<u8>>>>,
    problems: &mut Problems,
) -> Option<ClientCertificate> {
    let mut first = Sections::read(&certificate.value);
    let mut second = key.map(|key| Sections::read(&key.value));
    let chain = std::mem::take(&mut first.certificates);
    if chain.is_empty() {
        let place = &certificate.place;
        problems.push(match first.broken {
            Some(reason) => format!("{place} is not PEM ({reason}): export it again"),
            None => {
                format!("{place} has no certificate in PEM: give one that begins -----BEGIN CERTIFICATE")
            }
        });
    }
    let (place, sections) = match (key, &mut second) {
        (Some(key), Some(second)) => (&key.place, second),
        _ => (&certificate.place, &mut first),
    };
    let Some(mut der) = sections.key.take() else {
        problems.push(sections.without_key(place, key.is_none()));
        return None;
    };
    let signing = any_supported_type(&der);
    der.zeroize();
    let Ok(signing) = signing else {
        problems.push(format!(
            "{place} has a private key that is broken or of a kind that is not supported: use RSA with 2048 bits or \
             more, ECDSA on P-256 or P-384, or Ed25519"
        ));
        return None;
    };
    if chain.is_empty() {
        return None;
    }
    let certified = CertifiedKey::new(chain, signing);
    match certified.keys_match() {
        Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {
            Some(ClientCertificate(Arc::new(certified)))
        }
        Err(rustls::Error::InconsistentKeys(_)) => {
            problems.push(format!(
                "{place} has not the key of the first certificate in {}: give the two that belong together, the \
                 client's own certificate before those of its authorities",
                certificate.place
            ));
            None
        }
        Err(_) => {
            problems.push(format!(
                "{} has a certificate that cannot be read: export it again",
                certificate.place
            ));
            None
        }
    }
}

/// What a PEM text has in it.
#[derive(Default)]
struct Sections {
    certificates: Vec<CertificateDer<'static>>,
    /// The first private key.
    key: Option<PrivateKeyDer<'static>>,
    encrypted: bool,
    broken: Option<&'static str>,
}

impl Sections {
    fn read(text: &[u8]) -> Self {
        // The newer form and the older one; neither can be read without its pass phrase.
        let encrypted =
            has(text, b"-----BEGIN ENCRYPTED PRIVATE KEY-----") || has(text, b"Proc-Type: 4,ENCRYPTED");
        let mut sections = Self { encrypted, ..Self::default() };
        for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(text) {
            match section {
                Ok((SectionKind::Certificate, der)) => sections.certificates.push(der.into()),
                Ok((kind, der)) => sections.key = sections.key.or_else(|| PrivateKeyDer::from_pem(kind, der)),
                Err(error) => sections.broken = sections.broken.or(Some(broken(&error))),
            }
        }
        sections
    }

    /// Why there is no key. `combined` is for a text that should have the certificate as well.
    fn without_key(&self, place: &str, combined: bool) -> String {
        if self.encrypted {
            format!(
                "{place} has an encrypted private key, and nobody can be asked for its pass phrase: write the key \
                 without one, with `openssl pkey -in FILE -out NEW_FILE`"
            )
        } else if let Some(reason) = self.broken {
            format!("{place} is not PEM ({reason}): export it again")
        } else if combined {
            format!(
                "{place} has no private key in it, and none is set beside it (`OSC_X509_CLIENT_KEY`, \
                 `x509_client_key`): set both at the same place"
            )
        } else {
            format!("{place} has no private key in PEM: give one that begins -----BEGIN PRIVATE KEY")
        }
    }
}

/// What is wrong with a PEM text, without any of it.
pub(crate) fn broken(error: &pem::Error) -> &'static str {
    match error {
        pem::Error::MissingSectionEnd { .. } => "a section does not end",
        pem::Error::IllegalSectionStart { .. } => "a section does not begin as it should",
        pem::Error::Base64Decode(_) => "a section is not base64",
        pem::Error::NoItemsFound => "it has no section",
        _ => "it cannot be read",
    }
}

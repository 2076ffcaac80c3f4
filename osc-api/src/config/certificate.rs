//! The client certificate and its private key: chosen, read, and checked to match.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::{self, PemObject, SectionKind};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SigningKey, SingleCertAndKey};
use zeroize::{Zeroize as _, Zeroizing};

use super::environment::Environment;
use super::file;
use super::source::{Chosen, ConfigSource, Findings, PEM_START, PemSource, Sourced};
use crate::Secret;

/// The standard alphabet, with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The client certificate for TLS, with its private key.
#[derive(Clone)]
pub(crate) struct ClientCertificate(Arc<CertifiedKey>);

impl ClientCertificate {
    /// Presents the certificate to every server that asks for one.
    pub(crate) fn resolver(&self) -> Arc<SingleCertAndKey> {
        Arc::new(SingleCertAndKey::from(Arc::clone(&self.0)))
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[client certificate]")
    }
}

/// The client certificate that was passed to the builder, in PEM.
#[derive(Clone)]
pub(crate) struct ClientPem {
    pub(crate) certificate: Zeroizing<Vec<u8>>,
    /// `None` if `certificate` contains the key as well.
    pub(crate) key: Option<Zeroizing<Vec<u8>>>,
}

/// PEM text, with its source.
type PemBytes = Sourced<Zeroizing<Vec<u8>>>;

/// Returns the certificate of the builder, or else that of the first source that has a certificate or a key. Both come
/// from the same source.
pub(super) fn choose(
    explicit: Option<&ClientPem>,
    sources: &[ConfigSource],
    environment: &Environment<'_>,
    findings: &mut Findings,
) -> Chosen<Option<ClientCertificate>> {
    if let Some(ClientPem { certificate, key }) = explicit {
        let certificate = Sourced::new("the client certificate passed to the client", certificate.clone());
        let key = key.as_ref().map(|key| Sourced::new("the key passed to the client", key.clone()));
        return Chosen::explicit(parse_pair(&certificate, key.as_ref(), findings));
    }
    let Some(source) = sources.iter().find(|source| is_decided_by(source)) else {
        return Chosen::default_value(None);
    };
    let is_inline = |half: &Option<Sourced<PemSource>>| {
        matches!(half, Some(Sourced { value: PemSource::Text(_) | PemSource::Base64(_), .. }))
    };
    let from_file =
        source.is_profile && (is_inline(&source.client_key) || is_inline(&source.client_certificate));
    let chosen_from = source.client_certificate.as_ref().map(|certificate| certificate.source.clone());
    Chosen { value: from_source(source, environment, findings), from_file, source: chosen_from }
}

/// Returns `true` if a source has a client certificate or a key, so that later sources are not consulted.
pub(super) fn is_decided_by(source: &ConfigSource) -> bool {
    source.client_certificate.is_some() || source.client_key.is_some()
}

fn from_source(
    source: &ConfigSource,
    environment: &Environment<'_>,
    findings: &mut Findings,
) -> Option<ClientCertificate> {
    let key = source.client_key.as_ref();
    let Some(certificate) = &source.client_certificate else {
        let key_source = key.map(|key| key.source.as_str()).unwrap_or_default();
        findings.problem(format!(
            "{key_source} is set, but the matching client certificate (`OSC_X509_CLIENT_CERT`, `x509_client_cert`) is \
             not: set both in the same source, or neither"
        ));
        return None;
    };
    let has_key = key.is_none();
    let certificate = load(certificate, has_key, environment, findings);
    let key = key.map(|key| load(key, true, environment, findings));
    match (certificate, key) {
        (Some(certificate), None) => parse_pair(&certificate, None, findings),
        (Some(certificate), Some(Some(key))) => parse_pair(&certificate, Some(&key), findings),
        // `load` reported the problem.
        (None, _) | (_, Some(None)) => None,
    }
}

/// Reads PEM text. If it contains a private key, its file must be private.
fn load(
    Sourced { value, source }: &Sourced<PemSource>,
    has_key: bool,
    environment: &Environment<'_>,
    findings: &mut Findings,
) -> Option<PemBytes> {
    let bytes = match value {
        PemSource::Text(text) => Zeroizing::new(text.expose().as_bytes().to_vec()),
        PemSource::Base64(text) => Zeroizing::new(decode(text, source, findings)?),
        PemSource::File(path) => read_file(path, source, has_key, environment, findings)?,
    };
    Some(Sourced { value: bytes, source: source.clone() })
}

fn read_file(
    path: &Path,
    source: &str,
    has_key: bool,
    environment: &Environment<'_>,
    findings: &mut Findings,
) -> Option<Zeroizing<Vec<u8>>> {
    if is_base64_of_key(path) {
        findings.problem(format!(
            "{source} contains Base64 instead of a file path: move it to the setting of the same name with the suffix \
             _b64"
        ));
        return None;
    }
    let path = environment.expand(path, source, findings)?;
    match (environment.system.read)(&path) {
        Ok(bytes) => {
            if has_key {
                environment.system.check_permissions(&path, findings);
            }
            Some(bytes)
        }
        Err(error) => {
            let file = file::display(&path);
            findings.problem(format!(
                "{source} names {file}, which cannot be read ({error}): correct the path, or make the file readable"
            ));
            None
        }
    }
}

/// Returns `true` if a path is in fact PEM or DER in Base64, which must not be shown as the name of a file.
fn is_base64_of_key(path: &Path) -> bool {
    const DER_SEQUENCE: u8 = 0x30;
    const MIN_DER_LENGTH: usize = 32;
    let text = path.as_os_str().as_encoded_bytes().iter().copied().filter(|byte| !byte.is_ascii_whitespace());
    let text: Zeroizing<Vec<u8>> = Zeroizing::new(text.collect());
    let decoded = BASE64.decode(&*text).map(Zeroizing::new);
    decoded.is_ok_and(|bytes| {
        contains(&bytes, PEM_START.as_bytes())
            || bytes.len() >= MIN_DER_LENGTH && bytes.first() == Some(&DER_SEQUENCE)
    })
}

fn contains(text: &[u8], bytes: &[u8]) -> bool {
    text.windows(bytes.len()).any(|window| window == bytes)
}

/// Decodes a Base64 string, which may be wrapped into lines.
fn decode(text: &Secret, source: &str, findings: &mut Findings) -> Option<Vec<u8>> {
    let text = text.expose().bytes().filter(|byte| !byte.is_ascii_whitespace());
    let text: Zeroizing<Vec<u8>> = Zeroizing::new(text.collect());
    // The error contains the byte at which it failed, which may be part of a secret.
    let decoded = BASE64.decode(&*text).ok();
    if decoded.is_none() {
        findings.problem(format!("{source} is not valid Base64: encode the PEM file again"));
    }
    decoded
}

/// Parses the certificate and its key, and checks that they match.
fn parse_pair(
    certificate: &PemBytes,
    key: Option<&PemBytes>,
    findings: &mut Findings,
) -> Option<ClientCertificate> {
    let key_source = key.unwrap_or(certificate);
    let chain = certificate_chain(certificate, findings);
    let key = signing_key(key_source, key.is_none(), findings);
    let certified = CertifiedKey::new(chain?, key?);
    match certified.keys_match() {
        Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {
            Some(ClientCertificate(Arc::new(certified)))
        }
        Err(rustls::Error::InconsistentKeys(_)) => {
            findings.problem(format!(
                "{} does not match the first certificate in {}: set a matching pair, with the client's own certificate \
                 before those of its authorities",
                key_source.source, certificate.source
            ));
            None
        }
        Err(_) => {
            findings.problem(format!(
                "{} contains a certificate that cannot be read: export it again",
                certificate.source
            ));
            None
        }
    }
}

fn certificate_chain(
    Sourced { value, source }: &PemBytes,
    findings: &mut Findings,
) -> Option<Vec<CertificateDer<'static>>> {
    let sections = Sections::read(value);
    if !sections.certificates.is_empty() {
        return Some(sections.certificates);
    }
    findings.problem(match sections.defect {
        Some(defect) => format!("{source} is not PEM ({defect}): export it again"),
        None => {
            format!("{source} contains no certificate in PEM: it must begin with -----BEGIN CERTIFICATE")
        }
    });
    None
}

/// Returns the first private key. `is_combined`: the text must contain the certificate as well.
fn signing_key(
    Sourced { value, source }: &PemBytes,
    is_combined: bool,
    findings: &mut Findings,
) -> Option<Arc<dyn SigningKey>> {
    let mut sections = Sections::read(value);
    let Some(mut der) = sections.key.take() else {
        findings.problem(sections.missing_key(source, is_combined));
        return None;
    };
    let key = any_supported_type(&der);
    der.zeroize();
    if key.is_err() {
        findings.problem(format!(
            "{source} contains a private key that is damaged or of an unsupported kind: use RSA with at least 2048 \
             bits, ECDSA on P-256 or P-384, or Ed25519"
        ));
    }
    key.ok()
}

/// The sections of PEM text.
#[derive(Default)]
struct Sections {
    certificates: Vec<CertificateDer<'static>>,
    /// The first private key.
    key: Option<PrivateKeyDer<'static>>,
    is_encrypted: bool,
    defect: Option<&'static str>,
}

impl Sections {
    fn read(text: &[u8]) -> Self {
        let text = file::without_bom(text);
        // The newer format and the older one; neither can be read without its passphrase.
        let is_encrypted = contains(text, b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
            || contains(text, b"Proc-Type: 4,ENCRYPTED");
        let defect = file::foreign_encoding(text).map(|_| "it is encoded in UTF-16 or UTF-32, not in UTF-8");
        let mut sections = Self { is_encrypted, defect, ..Self::default() };
        for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(text) {
            match section {
                Ok((SectionKind::Certificate, der)) => sections.certificates.push(der.into()),
                Ok((kind, der)) => sections.key = sections.key.or_else(|| PrivateKeyDer::from_pem(kind, der)),
                Err(error) => sections.defect = sections.defect.or(Some(pem_defect(&error))),
            }
        }
        sections
    }

    /// Explains why there is no key.
    fn missing_key(&self, source: &str, is_combined: bool) -> String {
        if self.is_encrypted {
            format!(
                "{source} contains an encrypted private key, which needs a passphrase: decrypt it with \
                 `openssl pkey -in FILE -out NEW_FILE`"
            )
        } else if let Some(defect) = self.defect {
            format!("{source} is not PEM ({defect}): export it again")
        } else if is_combined {
            format!(
                "{source} contains no private key, and none is set (`OSC_X509_CLIENT_KEY`, `x509_client_key`): set \
                 both in the same source"
            )
        } else {
            format!("{source} contains no private key in PEM: it must begin with -----BEGIN PRIVATE KEY")
        }
    }
}

/// Describes the defect of PEM text, without repeating any of it.
pub(crate) fn pem_defect(error: &pem::Error) -> &'static str {
    match error {
        pem::Error::MissingSectionEnd { .. } => "a section does not end",
        pem::Error::IllegalSectionStart { .. } => "a section has an invalid BEGIN line",
        pem::Error::Base64Decode(_) => "a section is not valid Base64",
        pem::Error::NoItemsFound => "it has no section",
        _ => "it cannot be read",
    }
}

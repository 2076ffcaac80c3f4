//! Client certificates, against servers that require them.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use osc_api::types::ReadVmsRequest;
use osc_api::{Client, ClientBuilder, Error, RetryPolicy};
use osc_tests::logs;
use osc_tests::server::Server;
use rcgen::{
    KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256,
    SignatureAlgorithm,
};
use rustls::ALL_VERSIONS;
use rustls::version::{TLS12, TLS13};
use serde_json::json;

use crate::wire::only_request;
use crate::wire::programs::read_vms_with_account;
use crate::wire::tls::{Authority, assert_admitted, trusting};

/// An RSA key: the certificate library cannot generate one.
const RSA: &str = include_str!("keys/rsa.pem");

/// The block that OpenSSL writes before an EC key.
const EC_PARAMETERS: &str = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";

/// A server, the authority of its certificate, and the authority whose client certificates it requires.
struct Scene {
    server_root: Authority,
    client_root: Authority,
    server: Server,
}

impl Scene {
    fn new() -> Self {
        let [server_root, client_root] = ["servers", "clients"].map(Authority::new);
        let server = server_root.requiring_client_certificates(&client_root, ALL_VERSIONS);
        Self { server_root, client_root, server }
    }

    fn builder(&self) -> ClientBuilder {
        trusting(self.server.endpoint(), [&self.server_root])
    }
}

/// A certificate and its key, both in PEM.
struct Identity {
    format: &'static str,
    certificate: String,
    key: String,
}

impl Identity {
    fn new(format: &'static str, root: &Authority, key: &KeyPair, pem: String) -> Self {
        // No full line of the key may appear in a log, neither in PEM nor in base64 of it.
        pem.lines().filter(|line| line.len() == 64).for_each(logs::forbid);
        Self { format, certificate: root.certify("client", key), key: pem }
    }

    /// An identity with a PKCS#8 key.
    fn of(root: &Authority) -> Self {
        let key = KeyPair::generate().expect("a key");
        Self::new("PKCS#8", root, &key, key.serialize_pem())
    }

    /// Identities with keys in all supported formats.
    fn in_all_formats(root: &Authority) -> Vec<Self> {
        let make = |algorithm: &'static SignatureAlgorithm| KeyPair::generate_for(algorithm).expect("a key");
        let [p256, p384, ed25519] =
            [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384, &PKCS_ED25519].map(make);
        let rsa = KeyPair::from_pkcs8_pem_and_sign_algo(RSA, &PKCS_RSA_SHA256).expect("a key");
        let sec1 = |key: &KeyPair| pem("EC PRIVATE KEY", algorithm_key(key.serialized_der()));
        let formats = [
            ("PKCS#8, P-256", &p256, p256.serialize_pem()),
            ("PKCS#8, P-384", &p384, p384.serialize_pem()),
            ("PKCS#8, Ed25519", &ed25519, ed25519.serialize_pem()),
            ("PKCS#8, RSA", &rsa, RSA.to_owned()),
            ("PKCS#1", &rsa, pem("RSA PRIVATE KEY", algorithm_key(rsa.serialized_der()))),
            ("SEC1, P-256", &p256, sec1(&p256)),
            ("SEC1, P-384", &p384, sec1(&p384)),
            ("SEC1 as OpenSSL writes it", &p256, format!("{EC_PARAMETERS}{}", sec1(&p256))),
            ("with CRLF line ends", &p256, p256.serialize_pem().replace('\n', "\r\n")),
        ];
        formats.into_iter().map(|(format, key, pem)| Self::new(format, root, key, pem)).collect()
    }
}

/// The key in the format of its algorithm, extracted from PKCS#8: a sequence of a version, the algorithm and the key.
fn algorithm_key(pkcs8: &[u8]) -> &[u8] {
    let (content, _) = element(pkcs8);
    let (_, rest) = element(content);
    let (_, rest) = element(rest);
    element(rest).0
}

/// The content of the first DER element, and the rest.
fn element(der: &[u8]) -> (&[u8], &[u8]) {
    let (length, start) = match usize::from(der[1]) {
        short @ 0..0x80 => (short, 2),
        long => {
            let bytes = long & 0x7f;
            (der[2..2 + bytes].iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), 2 + bytes)
        }
    };
    der[start..].split_at(length)
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[tokio::test]
async fn every_key_format_is_accepted() {
    let scene = Scene::new();
    for Identity { format, certificate, key } in Identity::in_all_formats(&scene.client_root) {
        for version in [&TLS12, &TLS13] {
            let server = scene.server_root.requiring_client_certificates(&scene.client_root, &[version]);
            let builder = trusting(server.endpoint(), [&scene.server_root]);
            let builder = builder.client_certificate(certificate.as_str(), key.as_str());
            assert!(!format!("{builder:?}").contains("PRIVATE"), "{format}");
            let client = builder.build().unwrap_or_else(|error| panic!("{format}: {error}"));
            assert_admitted(&client).await;
            assert!(!format!("{client:?}").contains("PRIVATE"), "{format}");
            only_request(&server);
        }
    }
}

#[tokio::test]
async fn certificate_and_key_may_be_in_one_file() {
    let scene = Scene::new();
    let Identity { certificate, key, .. } = Identity::of(&scene.client_root);
    for text in [format!("{certificate}{key}"), format!("{key}{certificate}")] {
        let builder = scene.builder().client_certificate_with_key(text);
        assert_admitted(&builder.build().expect("a client")).await;
    }
}

#[tokio::test]
async fn profiles_set_the_certificate_by_path_or_in_base64() {
    let scene = Scene::new();
    let folder = tempfile::tempdir().expect("a folder");
    for (index, identity) in Identity::in_all_formats(&scene.client_root).into_iter().enumerate() {
        let Identity { format, certificate, key } = identity;
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("a file");
            path
        };
        let combined = format!("{certificate}{key}");
        let (certificate_file, key_file) = (file("c.pem", &certificate), file("k.pem", &key));
        let profiles = json!({
            "paths": { "x509_client_cert": certificate_file, "x509_client_key": key_file, "x509_client_key_b64": "-" },
            "base64": { "x509_client_cert_b64": STANDARD.encode(&certificate), "x509_client_key_b64": STANDARD.encode(&key) },
            "lines": { "x509_client_cert_b64": in_lines(&certificate), "x509_client_key_b64": in_lines(&key) },
            "mixed": { "x509_client_cert": certificate_file, "x509_client_key_b64": STANDARD.encode(&key) },
            "older": { "client_certificate": file("both.pem", &combined) },
        });
        let config_file = file("config.json", &profiles.to_string());
        // Every profile is used at least once, and every key format once.
        let names = ["base64", "paths", "lines", "mixed", "older"];
        let name = names[index % names.len()];
        let builder = scene.builder().config_file(&config_file).profile(name);
        let client = builder.build().unwrap_or_else(|error| panic!("{format}, {name}: {error}"));
        assert_admitted(&client).await;
    }
}

fn in_lines(text: &str) -> String {
    pem("", text.as_bytes()).lines().filter(|line| !line.starts_with('-')).collect::<Vec<_>>().join("\n")
}

#[test]
fn variables_set_the_certificate_by_path_or_in_base64() {
    let scene = Scene::new();
    let Identity { certificate, key, .. } = Identity::of(&scene.client_root);
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("a file");
        folder.path().join(name).to_str().map(str::to_owned).expect("a UTF-8 path")
    };
    let (certificate_file, key_file) = (file("c.pem", &certificate), file("k.pem", &key));
    let (certificate_64, key_64) = (STANDARD.encode(&certificate), in_lines(&key));
    for settings in [
        [("OSC_X509_CLIENT_CERT", certificate_file.as_str()), ("OSC_X509_CLIENT_KEY", key_file.as_str())],
        [("OSC_X509_CLIENT_CERT_B64", certificate_64.as_str()), ("OSC_X509_CLIENT_KEY_B64", key_64.as_str())],
    ] {
        let (success, output) =
            read_vms_with_account("client_certificates", &scene.server.endpoint(), &settings);
        assert!(success && output.contains("i-00000001"), "{settings:?}: {output}");
    }
    let absent = Path::new(&certificate_file).with_file_name("none.pem");
    let settings = [
        ("OSC_X509_CLIENT_CERT", absent.to_str().expect("a UTF-8 path")),
        ("OSC_X509_CLIENT_KEY", &key_file),
    ];
    let (success, output) = read_vms_with_account("client_certificates", &scene.server.endpoint(), &settings);
    assert!(!success && output.contains("OSC_X509_CLIENT_CERT") && output.contains("none.pem"), "{output}");
    assert_eq!(scene.server.requests().len(), 2);
}

/// Checks that the server rejects the client, and that the client reports it without a retry and with a hint.
async fn assert_rejected(client: &Client, server: &Server) -> Error {
    let error = client.read_vms(&ReadVmsRequest::new()).await.expect_err("an error");
    assert!(error.is_transport() && !error.is_timeout() && error.api().is_none(), "{error:?}");
    assert!(error.to_string().contains("ClientBuilder::client_certificate"), "{error:#}");
    assert_eq!(error.attempts(), 1, "{error:#}");
    assert_eq!(server.requests(), []);
    error
}

#[tokio::test]
async fn clients_without_a_certificate_or_with_one_of_another_authority_are_rejected() {
    let scene = Scene::new();
    let other = Identity::of(&Authority::new("another authority"));
    for version in [&TLS12, &TLS13] {
        let server = scene.server_root.requiring_client_certificates(&scene.client_root, &[version]);
        let builder = || trusting(server.endpoint(), [&scene.server_root]);
        assert_rejected(&builder().build().expect("a client"), &server).await;
        let with_other = builder().client_certificate(other.certificate.as_str(), other.key.as_str());
        assert_rejected(&with_other.build().expect("a client"), &server).await;
    }
}

#[tokio::test]
async fn a_client_certificate_is_not_sent_to_a_server_that_does_not_request_one() {
    let root = Authority::new("servers");
    let Identity { certificate, key, .. } = Identity::of(&Authority::new("clients"));
    let server = root.server();
    let builder = trusting(server.endpoint(), [&root]).client_certificate(certificate, key);
    assert_admitted(&builder.retry(RetryPolicy::none()).build().expect("a client")).await;
    only_request(&server);
}

#[test]
fn a_certificate_with_the_key_of_another_is_a_configuration_error() {
    let root = Authority::new("clients");
    let [one, other] = [(); 2].map(|()| Identity::of(&root));
    let builder = Client::builder().ignore_environment().client_certificate(one.certificate, other.key);
    let error = builder.region("").build().expect_err("an error");
    let text = error.to_string();
    assert!(error.is_configuration() && text.contains("matching pair") && text.contains("region"), "{text}");
}

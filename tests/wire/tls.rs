//! The client over TLS, against servers whose certificates are issued here.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use osc_api::types::ReadVmsRequest;
use osc_api::{Client, ClientBuilder, Error, RetryPolicy};
use osc_tests::cloud::{self, ACCESS_KEY, REGION, SECRET_KEY};
use osc_tests::http::Response;
use osc_tests::logs;
use osc_tests::server::Server;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::crypto::ring::sign::any_supported_type;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{ALL_VERSIONS, RootCertStore, ServerConfig, SupportedProtocolVersion};
use serde_json::json;
use tracing::Level;

use crate::wire::only_request;

/// The names under which a test server can be reached.
pub(crate) const NAMES: [&str; 2] = ["localhost", "127.0.0.1"];

/// A certificate authority of the test, trusted only where configured.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("a certificate authority"))
    }

    /// A server with this certificate that authenticates callers as the real API does.
    pub(crate) fn server_with(
        &self,
        params: &CertificateParams,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Server {
        let verifier = WebPkiClientVerifier::no_client_auth();
        start(self.identity(params, versions, verifier))
    }

    /// A server with a valid certificate that accepts only client certificates issued by `clients`.
    pub(crate) fn requiring_client_certificates(
        &self,
        clients: &Self,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Server {
        let mut roots = RootCertStore::empty();
        roots.add(clients.0.der().clone()).expect("a certificate authority");
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        start(self.identity(&certificate(NAMES), versions, verifier.build().expect("a verifier")))
    }

    fn identity(
        &self,
        params: &CertificateParams,
        versions: &[&'static SupportedProtocolVersion],
        clients: Arc<dyn ClientCertVerifier>,
    ) -> ServerConfig {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        // Passed explicitly, as in the client: no provider may be installed for the whole process.
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .expect("supported versions")
            .with_client_cert_verifier(clients)
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::from(key))
            .expect("a certificate with its key")
    }

    /// A certificate for the owner of this key, in PEM.
    pub(crate) fn certify(&self, name: &str, key: &KeyPair) -> String {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.signed_by(key, &self.0).expect("a certificate").pem()
    }

    /// A server with a valid certificate.
    pub(crate) fn server(&self) -> Server {
        self.server_with(&certificate(NAMES), ALL_VERSIONS)
    }

    /// The certificate of the authority, in PEM.
    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }
}

/// A server that authenticates callers as the real API does.
fn start(config: ServerConfig) -> Server {
    let response = Response::json(200, &json!({ "Vms": [{ "VmId": "i-00000001" }] }));
    Server::start_tls(config, move |request| {
        cloud::admit(request).map_or_else(|refusal| refusal, |()| response.clone())
    })
    .expect("a local port")
}

/// A currently valid certificate for these names.
pub(crate) fn certificate(names: [&str; 2]) -> CertificateParams {
    let mut params = CertificateParams::new(names.map(str::to_owned)).expect("valid names");
    params.distinguished_name.push(DnType::CommonName, "test server");
    params
}

/// A builder with the account's access key, which trusts these authorities in addition to those of the platform.
pub(crate) fn trusting<'a>(
    endpoint: impl Into<String>,
    roots: impl IntoIterator<Item = &'a Authority>,
) -> ClientBuilder {
    let builder = Client::builder()
        .ignore_environment()
        .region(REGION)
        .access_key(ACCESS_KEY, SECRET_KEY)
        .endpoint(endpoint.into());
    roots.into_iter().fold(builder, |builder, root| builder.add_root_certificate(root.0.pem()))
}

pub(crate) fn client<'a>(
    endpoint: impl Into<String>,
    roots: impl IntoIterator<Item = &'a Authority>,
) -> Client {
    trusting(endpoint, roots).build().expect("a client")
}

/// The endpoint of a server with this host name.
pub(crate) fn endpoint(server: &Server, name: &str) -> String {
    server.endpoint().replace("127.0.0.1", name)
}

pub(crate) async fn assert_admitted(client: &Client) {
    let response = client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    assert_eq!(response.vms[0].vm_id, Some("i-00000001".into()));
}

/// The error of a call that was not sent because the connection failed, not because of a timeout.
pub(crate) async fn connect_error(client: &Client) -> Error {
    let error = client.read_vms(&ReadVmsRequest::new()).await.expect_err("an error");
    assert!(error.is_connect() && error.is_transport() && !error.is_timeout(), "{error:?}");
    assert!(error.api().is_none() && !error.is_authentication() && !error.is_configuration(), "{error:?}");
    assert_eq!(error.action(), Some("ReadVms"));
    // Not retried: a certificate does not become valid by a retry.
    assert_eq!(error.attempts(), 1);
    error
}

/// Checks that a client that trusts `root` rejects this certificate but accepts a valid one.
async fn assert_refused(root: &Authority, faulty: &CertificateParams, reason: &str) {
    let server = root.server_with(faulty, ALL_VERSIONS);
    for name in NAMES {
        let error = connect_error(&client(endpoint(&server, name), [root])).await;
        let text = format!("{error:#}");
        assert!(text.contains("certificate") && text.contains(reason), "{text}");
    }
    assert_eq!(server.requests(), []);
    assert_admitted(&client(root.server().endpoint(), [root])).await;
}

#[tokio::test]
async fn a_call_to_a_trusted_server_is_admitted() {
    let root = Authority::new("trusted");
    for version in [&TLS12, &TLS13] {
        for name in NAMES {
            let server = root.server_with(&certificate(NAMES), &[version]);
            assert_admitted(&client(endpoint(&server, name), [&root])).await;
            let request = only_request(&server);
            let host = server.host().replace("127.0.0.1", name);
            assert_eq!(request.header("Host"), Some(host.as_str()));
            let authorization = request.header("Authorization").expect("a signature");
            assert!(authorization.contains("SignedHeaders=content-type;host;x-osc-date,"), "{authorization}");
        }
    }
}

#[tokio::test]
async fn a_connection_carries_many_calls() {
    let root = Authority::new("trusted");
    let server = root.server();
    let client = client(server.endpoint(), [&root]);
    for _ in 0..3 {
        assert_admitted(&client).await;
    }
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_server_with_an_untrusted_certificate_is_refused() {
    let (root, other) = (Authority::new("trusted"), Authority::new("another authority"));
    let server = root.server();
    let mut clients = vec![client(server.endpoint(), [&other])];
    match trusting(server.endpoint(), []).build() {
        Ok(client) => clients.push(client),
        // Without any trusted root on the machine, no client can be built, and the error states what to install.
        Err(error) => {
            assert!(error.is_configuration() && error.to_string().contains("ca-certificates"), "{error}")
        }
    }
    for client in clients {
        let error = connect_error(&client).await;
        let text = format!("{error:#}");
        let prefix = format!("ReadVms was not sent: no connection to {}", server.host());
        assert!(text.starts_with(&prefix), "{text}");
        assert!(text.contains("certificate: UnknownIssuer"), "{text}");
        assert!(error.to_string().contains("add_root_certificate"), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
        let shown = format!("{text} {error:?}");
        assert!(!shown.contains(SECRET_KEY) && !shown.contains(ACCESS_KEY), "{shown}");
    }
    assert_eq!(server.requests(), []);
    assert_admitted(&client(server.endpoint(), [&root])).await;
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let root = Authority::new("trusted");
    let other = certificate(["api.eu-west-2.example", "127.0.0.2"]);
    assert_refused(&root, &other, "not valid for name").await;
}

#[tokio::test]
async fn a_certificate_is_valid_only_for_its_own_name() {
    let root = Authority::new("trusted");
    for (certified, other) in [("localhost", "127.0.0.1"), ("127.0.0.1", "localhost")] {
        let server = root.server_with(&certificate([certified, certified]), ALL_VERSIONS);
        connect_error(&client(endpoint(&server, other), [&root])).await;
        assert_eq!(server.requests(), []);
        assert_admitted(&client(endpoint(&server, certified), [&root])).await;
    }
}

#[tokio::test]
async fn a_certificate_outside_its_validity_period_is_refused() {
    let root = Authority::new("trusted");
    let mut expired = certificate(NAMES);
    (expired.not_before, expired.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2020, 1, 2));
    assert_refused(&root, &expired, "expired").await;
    let mut early = certificate(NAMES);
    early.not_before = date_time_ymd(3000, 1, 1);
    assert_refused(&root, &early, "not valid yet").await;
}

#[tokio::test]
async fn skipping_certificate_verification_is_explicit_and_logs_a_warning() {
    let untrusted = Authority::new("untrusted");
    let mut expired = certificate(["far.example", "127.0.0.2"]);
    (expired.not_before, expired.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2020, 1, 2));
    for version in [&TLS12, &TLS13] {
        let server = untrusted.server_with(&expired, &[version]);
        let builder = trusting(server.endpoint(), []).danger_accept_invalid_certs(true);
        assert_admitted(&builder.build().expect("a client")).await;
    }
    let warnings = logs::events("osc_api", "ClientBuilder::danger_accept_invalid_certs");
    assert!(!warnings.is_empty() && warnings.iter().all(|warning| warning.level == Level::WARN));
}

#[tokio::test]
async fn a_server_without_the_key_of_its_certificate_is_refused_even_without_verification() {
    let root = Authority::new("trusted");
    let [own, other] = [(); 2].map(|()| KeyPair::generate().expect("a key"));
    let chain = vec![certificate(NAMES).signed_by(&own, &root.0).expect("a certificate").der().clone()];
    let signer = any_supported_type(&PrivateKeyDer::from(other)).expect("a key");
    for version in [&TLS12, &TLS13] {
        let pair = CertifiedKey::new(chain.clone(), Arc::clone(&signer));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[version])
            .expect("supported versions")
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(pair)));
        let server = start(config);
        let client =
            trusting(server.endpoint(), []).danger_accept_invalid_certs(true).build().expect("a client");
        let error = connect_error(&client).await;
        assert!(format!("{error:#}").contains("BadSignature"), "{error:#}");
        assert_eq!(server.requests(), []);
    }
}

#[tokio::test]
async fn a_server_that_closes_the_connection_during_the_handshake_is_a_failed_connection() {
    let root = Authority::new("trusted");
    let server = crate::wire::empty_cloud();
    let client = trusting(server.endpoint().replace("http", "https"), [&root]).retry(RetryPolicy::none());
    let error = connect_error(&client.build().expect("a client")).await;
    assert!(error.to_string().contains(&server.host()), "{error}");
    assert_eq!(server.requests(), []);
}

#[tokio::test]
async fn a_plain_http_server_on_a_tls_endpoint_is_a_failed_connection() {
    let root = Authority::new("trusted");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a local port");
    let endpoint = format!("https://{}", listener.local_addr().expect("an address"));
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut received = vec![0; 16 * 1024];
        let length = stream.read(&mut received).expect("the start of a handshake");
        received.truncate(length);
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").expect("a response");
        // Keeps the connection open until the client closes it.
        stream.read_to_end(&mut received).expect("the end");
        received
    });
    connect_error(&client(endpoint, [&root])).await;
    let received = server.join().expect("what was received");
    assert!(!String::from_utf8_lossy(&received).contains("ReadVms"), "the request was sent in the clear");
}

#[tokio::test]
async fn a_handshake_that_stalls_is_a_connect_timeout() {
    // The system accepts the connection; the server never reads from it.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a local port");
    let endpoint = format!("https://{}", listener.local_addr().expect("an address"));
    let root = Authority::new("trusted");
    let client = trusting(endpoint, [&root]).connect_timeout(Duration::from_millis(100));
    let client = client.retry(RetryPolicy::none()).build().expect("a client");
    let error = client.read_vms(&ReadVmsRequest::new()).await.expect_err("an error");
    assert!(error.is_connect() && error.is_timeout() && error.is_transport(), "{error:?}");
}

#[tokio::test]
async fn clients_do_not_share_trusted_roots() {
    let roots = [Authority::new("first"), Authority::new("second")];
    let servers = roots.each_ref().map(Authority::server);
    let clients = |root| servers.each_ref().map(|server| client(server.endpoint(), [root]));
    let [first, second] = roots.each_ref().map(clients);
    // Twice, to cover TLS state that the clients keep from the first round.
    for _ in 0..2 {
        assert_admitted(&first[0]).await;
        connect_error(&first[1]).await;
        connect_error(&second[0]).await;
        assert_admitted(&second[1]).await;
    }
    for server in &servers {
        assert_eq!(server.requests().len(), 2);
        assert_admitted(&client(server.endpoint(), &roots)).await;
    }
    assert!(CryptoProvider::get_default().is_none(), "a provider is installed for the whole process");
}

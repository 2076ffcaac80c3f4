//! Calls through an HTTP proxy.

use std::net::{Ipv4Addr, TcpListener};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use osc_api::types::ReadVmsRequest;
use osc_api::{Client, ClientBuilder, Error, RetryPolicy};
use osc_tests::cloud::{ACCESS_KEY, REGION, SECRET_KEY};
use osc_tests::http::{Request, Response};
use osc_tests::logs;
use osc_tests::proxy::Proxy;
use osc_tests::server::Server;
use rustls::ALL_VERSIONS;

use crate::wire::programs::read_vms_with_account;
use crate::wire::tls::{Authority, assert_admitted, certificate, trusting};
use crate::wire::{empty_cloud, only_request};

/// A host that does not resolve: only a proxy can reach it.
const PROXIED_HOST: &str = "api.eu-west-2.example.invalid";

/// The user name and password of the proxy, percent-encoded for a URL.
const ENCODED_LOGIN: &str = "j%C3%BCrgen:p%40ss%2Fw%3Ard%25-1";
/// [`ENCODED_LOGIN`], decoded.
const LOGIN: &str = "jürgen:p@ss/w:rd%-1";

fn accept_all(_: &Request) -> Result<(), Response> {
    Ok(())
}

/// Accepts callers with the right password and challenges the others.
fn require_login(request: &Request) -> Result<(), Response> {
    let expected = format!("Basic {}", STANDARD.encode(LOGIN));
    if request.header("Proxy-Authorization") == Some(&expected) {
        return Ok(());
    }
    Err(Response::new(407, "").header("Proxy-Authenticate", "Basic realm=\"test\""))
}

fn proxy(server: &Server, admit: impl Fn(&Request) -> Result<(), Response> + Send + Sync + 'static) -> Proxy {
    for secret in [ENCODED_LOGIN, LOGIN, "p%40ss%2Fw%3Ard%25-1", "p@ss/w:rd%-1"] {
        logs::forbid(secret);
    }
    logs::forbid(&STANDARD.encode(LOGIN));
    Proxy::start(server.host(), admit).expect("a local port")
}

/// A server for [`PROXIED_HOST`], with the authority that signed its certificate.
fn proxied_server() -> (Authority, Server) {
    let root = Authority::new("servers");
    let server = root.server_with(&certificate([PROXIED_HOST, "127.0.0.1"]), ALL_VERSIONS);
    (root, server)
}

fn proxied_builder(root: &Authority) -> ClientBuilder {
    trusting(format!("https://{PROXIED_HOST}"), [root]).retry(RetryPolicy::none())
}

/// The error of a call that was not sent. It must not contain the password.
async fn connect_error(builder: ClientBuilder) -> Error {
    let client = builder.build().expect("a client");
    let error = client.read_vms(&ReadVmsRequest::new()).await.expect_err("an error");
    assert!(error.is_connect() && !error.is_timeout() && error.api().is_none(), "{error:?}");
    let shown = format!("{error:#} {error:?} {client:?}");
    assert!(!logs::contains_secret(&shown), "{shown}");
    error
}

#[tokio::test]
async fn calls_share_a_tunnel_and_hide_the_proxy_login_from_the_server() {
    let (root, server) = proxied_server();
    let proxy = proxy(&server, require_login);
    let builder = proxied_builder(&root).proxy(format!("http://{ENCODED_LOGIN}@{}", proxy.host()));
    assert!(!logs::contains_secret(&format!("{builder:?}")));
    let client = builder.build().expect("a client");
    for _ in 0..2 {
        assert_admitted(&client).await;
    }
    let tunnels = proxy.requests();
    assert_eq!(tunnels.len(), 1, "both calls go through one tunnel");
    assert_eq!(
        (tunnels[0].method.as_str(), tunnels[0].target.as_str()),
        ("CONNECT", &*format!("{PROXIED_HOST}:443"))
    );
    for request in server.requests() {
        assert_eq!(request.header("Host"), Some(PROXIED_HOST));
        assert_eq!(request.header("Proxy-Authorization"), None);
    }
}

#[tokio::test]
async fn a_client_certificate_is_sent_through_the_tunnel() {
    let [servers, clients] = ["servers", "clients"].map(Authority::new);
    let server = servers.requiring_client_certificates(&clients, ALL_VERSIONS);
    let proxy = proxy(&server, require_login);
    let key = rcgen::KeyPair::generate().expect("a key");
    // A proxy that is set explicitly is used for the loopback interface too.
    let builder = trusting(server.endpoint(), [&servers])
        .proxy(format!("{ENCODED_LOGIN}@{}", proxy.host()))
        .client_certificate(clients.certify("client", &key), key.serialize_pem());
    assert_admitted(&builder.build().expect("a client")).await;
    assert_eq!(proxy.requests()[0].target, server.host());
    only_request(&server);
}

#[tokio::test]
async fn a_rejected_proxy_login_is_reported_as_such() {
    let (root, server) = proxied_server();
    let proxy = proxy(&server, require_login);
    for user in ["", "unknown@", "unknown:wrong-password@"] {
        // The default retry policy: the call must not be retried with the same password.
        let builder = proxied_builder(&root).retry(RetryPolicy::new());
        let error = connect_error(builder.proxy(format!("http://{user}{}", proxy.host()))).await;
        assert!(error.to_string().contains("the proxy requires another user name or password"), "{error}");
        assert_eq!(error.attempts(), 1);
        assert!(!format!("{error:?}").contains("wrong-password"), "{error:?}");
    }
    assert_eq!(proxy.requests().len(), 3);
    assert_eq!(server.requests(), []);
}

#[tokio::test]
async fn a_proxy_that_refuses_the_tunnel_is_reported_as_such() {
    let (root, server) = proxied_server();
    for status in [403, 502, 503] {
        let proxy = proxy(&server, move |_| Err(Response::new(status, "<html>no</html>")));
        let error =
            connect_error(proxied_builder(&root).proxy(format!("http://{ENCODED_LOGIN}@{}", proxy.host())))
                .await;
        assert!(error.to_string().contains("the proxy does not connect to it"), "{error}");
        assert_eq!(proxy.requests().len(), 1);
    }
    assert_eq!(server.requests(), []);
}

#[tokio::test]
async fn an_unreachable_proxy_is_reported_as_such() {
    let (root, _server) = proxied_server();
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.local_addr());
    let address = closed.expect("a local port");
    let error =
        connect_error(proxied_builder(&root).proxy(format!("http://{ENCODED_LOGIN}@{address}"))).await;
    assert!(error.to_string().contains("the proxy cannot be reached"), "{error}");
}

#[tokio::test]
async fn the_certificate_of_a_server_behind_a_proxy_is_verified() {
    let (_, server) = proxied_server();
    let proxy = proxy(&server, accept_all);
    let error =
        connect_error(proxied_builder(&Authority::new("another authority")).proxy(proxy.host())).await;
    assert!(error.to_string().contains("add_root_certificate"), "{error}");
    assert_eq!(server.requests(), []);
}

#[tokio::test]
async fn plain_http_is_sent_to_the_proxy_if_it_is_allowed() {
    let server = empty_cloud();
    let proxy = proxy(&server, require_login);
    let client = Client::builder()
        .ignore_environment()
        .region(REGION)
        .access_key(ACCESS_KEY, SECRET_KEY)
        .endpoint(format!("http://{PROXIED_HOST}"))
        .allow_http(true)
        .proxy(format!("http://{ENCODED_LOGIN}@{}", proxy.host()))
        .build()
        .expect("a client");
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    assert_eq!(proxy.requests()[0].target, format!("http://{PROXIED_HOST}/api/v1/ReadVms"));
    assert_eq!(only_request(&server).header("Host"), Some(PROXIED_HOST));
}

#[test]
fn the_proxy_variables_decide_which_calls_use_the_proxy() {
    let (_, server) = proxied_server();
    let proxy = proxy(&server, require_login);
    let url = format!("http://{ENCODED_LOGIN}@{}", proxy.host());
    let url = url.as_str();
    let far = format!("https://{PROXIED_HOST}");
    // An address of this machine that is not recognized as one.
    let unspecified = server.endpoint().replace("127.0.0.1", "0.0.0.0");
    let mut tunnels = 0;
    for (endpoint, settings, through) in [
        (far.as_str(), &[("HTTPS_PROXY", url)] as &[(&str, &str)], true),
        (&far, &[("https_proxy", url), ("NO_PROXY", "other.example")], true),
        (&far, &[("ALL_PROXY", url), ("HTTP_PROXY", "http://not.this.invalid")], true),
        (&unspecified, &[("HTTPS_PROXY", url)], true),
        (&unspecified, &[("HTTPS_PROXY", url), ("NO_PROXY", "far.example,0.0.0.0/8")], false),
        (&unspecified, &[("HTTPS_PROXY", url), ("no_proxy", "*")], false),
        (&server.endpoint(), &[("HTTPS_PROXY", url)], false),
    ] {
        let (success, output) = read_vms_with_account("variables_of_a_proxy", endpoint, settings);
        assert!(success && output.contains("i-00000001"), "{endpoint}: {output}");
        assert!(!logs::contains_secret(&output), "{output}");
        tunnels += usize::from(through);
        assert_eq!(proxy.requests().len(), tunnels, "{endpoint} {settings:?}");
    }
    assert_eq!(server.requests().len(), 7);
}

//! Calls that go through an HTTP proxy.

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

use crate::tls::{Authority, assert_admitted, certificate, trusting};
use crate::{empty_cloud, only_request, programs};

/// A host that does not resolve: only a proxy can reach it.
const FAR: &str = "api.eu-west-2.example.invalid";

/// What the proxy wants to hear, as it stands in a URL and as it is meant.
const IN_URL: &str = "j%C3%BCrgen:p%40ss%2Fw%3Ard%25-1";
const MEANT: &str = "jürgen:p@ss/w:rd%-1";

fn admit_anyone(_: &Request) -> Result<(), Response> {
    Ok(())
}

/// Lets in callers that know the password, and tells the others that they need one.
fn admit_known(request: &Request) -> Result<(), Response> {
    let expected = format!("Basic {}", STANDARD.encode(MEANT));
    if request.header("Proxy-Authorization") == Some(&expected) {
        return Ok(());
    }
    Err(Response::new(407, "").header("Proxy-Authenticate", "Basic realm=\"test\""))
}

fn proxy(server: &Server, admit: impl Fn(&Request) -> Result<(), Response> + Send + Sync + 'static) -> Proxy {
    for secret in [IN_URL, MEANT, "p%40ss%2Fw%3Ard%25-1", "p@ss/w:rd%-1"] {
        logs::forbid(secret);
    }
    logs::forbid(&STANDARD.encode(MEANT));
    Proxy::start(server.host(), admit).expect("a local port")
}

/// A server for [`FAR`], with the authority that signed its certificate.
fn far_server() -> (Authority, Server) {
    let root = Authority::new("servers");
    let server = root.server_with(&certificate([FAR, "127.0.0.1"]), ALL_VERSIONS);
    (root, server)
}

fn far_builder(root: &Authority) -> ClientBuilder {
    trusting(format!("https://{FAR}"), [root]).retry(RetryPolicy::none())
}

/// The error of a call that did not go out, which tells no password.
async fn refusal(builder: ClientBuilder) -> Error {
    let client = builder.build().expect("a client");
    let error = client.read_vms(&ReadVmsRequest::new()).await.expect_err("an error");
    assert!(error.is_connect() && !error.is_timeout() && error.api().is_none(), "{error:?}");
    let shown = format!("{error:#} {error:?} {client:?}");
    assert!(!logs::contains_secret(&shown), "{shown}");
    error
}

#[tokio::test]
async fn a_tunnel_carries_calls_that_the_proxy_cannot_read() {
    let (root, server) = far_server();
    let proxy = proxy(&server, admit_known);
    let builder = far_builder(&root).proxy(format!("http://{IN_URL}@{}", proxy.host()));
    assert!(!logs::contains_secret(&format!("{builder:?}")));
    let client = builder.build().expect("a client");
    for _ in 0..2 {
        assert_admitted(&client).await;
    }
    let tunnels = proxy.requests();
    assert_eq!(tunnels.len(), 1, "both calls go through one tunnel");
    assert_eq!((tunnels[0].method.as_str(), tunnels[0].target.as_str()), ("CONNECT", &*format!("{FAR}:443")));
    for request in server.requests() {
        assert_eq!(request.header("Host"), Some(FAR));
        assert_eq!(request.header("Proxy-Authorization"), None);
    }
}

#[tokio::test]
async fn a_client_certificate_goes_through_the_tunnel() {
    let [servers, clients] = ["servers", "clients"].map(Authority::new);
    let server = servers.demanding(&clients, ALL_VERSIONS);
    let proxy = proxy(&server, admit_known);
    let key = rcgen::KeyPair::generate().expect("a key");
    // The server is on this machine; the proxy is used because the program says so.
    let builder = trusting(server.endpoint(), [&servers])
        .proxy(format!("{IN_URL}@{}", proxy.host()))
        .client_certificate(clients.certify("client", &key), key.serialize_pem());
    assert_admitted(&builder.build().expect("a client")).await;
    assert_eq!(proxy.requests()[0].target, server.host());
    only_request(&server);
}

#[tokio::test]
async fn a_proxy_that_wants_another_password_is_reported_apart() {
    let (root, server) = far_server();
    let proxy = proxy(&server, admit_known);
    for user in ["", "unknown@", "unknown:wrong-password@"] {
        // As it comes: another try with the same password would be as futile.
        let builder = far_builder(&root).retry(RetryPolicy::new());
        let error = refusal(builder.proxy(format!("http://{user}{}", proxy.host()))).await;
        assert!(error.to_string().contains("the proxy requires another user name or password"), "{error}");
        assert_eq!(error.attempts(), 1);
        assert!(!format!("{error:?}").contains("wrong-password"), "{error:?}");
    }
    assert_eq!(proxy.requests().len(), 3);
    assert_eq!(server.requests(), []);
}

#[tokio::test]
async fn a_proxy_that_does_not_connect_is_reported_apart() {
    let (root, server) = far_server();
    for status in [403, 502, 503] {
        let proxy = proxy(&server, move |_| Err(Response::new(status, "<html>no</html>")));
        let error = refusal(far_builder(&root).proxy(format!("http://{IN_URL}@{}", proxy.host()))).await;
        assert!(error.to_string().contains("the proxy does not connect to it"), "{error}");
        assert_eq!(proxy.requests().len(), 1);
    }
    assert_eq!(server.requests(), []);
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_reported_apart() {
    let (root, _server) = far_server();
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.local_addr());
    let address = closed.expect("a local port");
    let error = refusal(far_builder(&root).proxy(format!("http://{IN_URL}@{address}"))).await;
    assert!(error.to_string().contains("the proxy cannot be reached"), "{error}");
}

#[tokio::test]
async fn the_certificate_behind_the_proxy_is_looked_at() {
    let (_, server) = far_server();
    let proxy = proxy(&server, admit_anyone);
    let error = refusal(far_builder(&Authority::new("another")).proxy(proxy.host())).await;
    assert!(error.to_string().contains("add_root_certificate"), "{error}");
    assert_eq!(server.requests(), []);
}

#[tokio::test]
async fn plain_http_is_passed_on_where_it_is_allowed() {
    let server = empty_cloud();
    let proxy = proxy(&server, admit_known);
    let client = Client::builder()
        .ignore_environment()
        .region(REGION)
        .access_key(ACCESS_KEY, SECRET_KEY)
        .endpoint(format!("http://{FAR}"))
        .allow_http(true)
        .proxy(format!("http://{IN_URL}@{}", proxy.host()))
        .build()
        .expect("a client");
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    assert_eq!(proxy.requests()[0].target, format!("http://{FAR}/api/v1/ReadVms"));
    assert_eq!(only_request(&server).header("Host"), Some(FAR));
}

/// The example with these settings and the account's: whether it went well, and what it wrote. It does not look whose
/// server it calls.
fn read_vms(endpoint: &str, settings: &[(&str, &str)]) -> (bool, String) {
    let all = [
        &[("OSC_ACCESS_KEY", ACCESS_KEY), ("OSC_SECRET_KEY", SECRET_KEY), ("OSC_REGION", REGION)],
        &[("OSC_ENDPOINT_API", endpoint), ("OSC_TLS_SKIP_VERIFY", "Yes")] as &[_],
        settings,
    ];
    let output = programs::read_vms(&programs::home("proxy"), &all.concat());
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[test]
fn the_variables_lead_through_a_proxy_and_past_it() {
    let (_, server) = far_server();
    let proxy = proxy(&server, admit_known);
    let url = format!("http://{IN_URL}@{}", proxy.host());
    let url = url.as_str();
    let far = format!("https://{FAR}");
    // An address of this machine which does not look like one.
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
        let (success, output) = read_vms(endpoint, settings);
        assert!(success && output.contains("i-00000001"), "{endpoint}: {output}");
        assert!(!logs::contains_secret(&output), "{output}");
        tunnels += usize::from(through);
        assert_eq!(proxy.requests().len(), tunnels, "{endpoint} {settings:?}");
    }
    assert_eq!(server.requests().len(), 7);
}

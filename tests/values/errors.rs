//! No error, and nothing else that a client shows, holds its credentials.

use std::error::Error as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use osc_api::types::{ReadAccessKeysRequest, ReadVmsRequest};
use osc_api::{Client, ClientBuilder, Credentials, Error, RetryPolicy};
use osc_tests::http::{Reply, Request, Response};
use osc_tests::server::Server;
use serde_json::json;

const ACCESS_KEY: &str = "FAKEMARKERACCESSKEY0";
const SECRET_KEY: &str = "FAKEMARKERSECRETKEY000000000000000000001";
const LOGIN: &str = "marker@example.com";
const PASSWORD: &str = "marker password";

/// Something said to a builder.
type Change = fn(ClientBuilder) -> ClientBuilder;

fn builder() -> ClientBuilder {
    Client::builder().ignore_environment().retry(RetryPolicy::none()).access_key(ACCESS_KEY, SECRET_KEY)
}

/// A client of someone who has only a login.
fn basic() -> ClientBuilder {
    Client::builder().ignore_environment().retry(RetryPolicy::none()).basic(LOGIN, PASSWORD)
}

fn shows_nothing(what: &str, shown: &[String]) {
    let header = STANDARD.encode(format!("{LOGIN}:{PASSWORD}"));
    for text in shown {
        for secret in [SECRET_KEY, PASSWORD, &header, "Signature="] {
            assert!(!text.contains(secret), "{what} shows {secret}: {text}");
        }
    }
}

/// All the ways in which an error is shown, with all its causes.
fn tells_nothing(what: &str, error: &Error) {
    let mut shown =
        vec![format!("{error}"), format!("{error:#}"), format!("{error:?}"), format!("{error:#?}")];
    let mut source = error.source();
    while let Some(cause) = source {
        shown.extend([cause.to_string(), format!("{cause:?}")]);
        source = cause.source();
    }
    assert!(shown.iter().all(|text| !text.is_empty()), "{what}");
    shows_nothing(what, &shown);
}

fn responding<R: Into<Reply>>(response: impl Fn(&Request) -> R + Send + Sync + 'static) -> Server {
    Server::start(response).expect("a local port")
}

#[test]
fn settings_that_cannot_be_used_are_reported_without_credentials() {
    let wrong: [(&str, Change); 6] = [
        ("no URL", |builder| builder.endpoint("https://exa mple.com:port")),
        ("no host", |builder| builder.endpoint("https://")),
        ("plain http", |builder| builder.endpoint("http://api.example.com/api/v1")),
        ("no certificate", |builder| builder.add_root_certificate("no certificate")),
        ("no file", |builder| builder.config_file("/nonexistent/config.json")),
        ("no region", |builder| builder.region("no region")),
    ];
    for (what, change) in wrong {
        for builder in [builder(), basic()] {
            let error = change(builder).build().expect_err(what);
            assert!(error.is_configuration(), "{what}: {error:?}");
            tells_nothing(what, &error);
        }
    }
}

#[test]
fn an_endpoint_with_a_password_is_not_shown() {
    let endpoint = format!("https://{LOGIN}:{}@api.example.com/?q={SECRET_KEY}", PASSWORD.replace(' ', "-"));
    let builder = builder().endpoint(&endpoint);
    let hidden = |shown: String| {
        assert!(!shown.contains("marker-password") && !shown.contains(SECRET_KEY), "{shown}");
    };
    hidden(format!("{builder:?}"));
    match builder.build() {
        Ok(client) => hidden(format!("{client:?}")),
        Err(error) => hidden(format!("{error} {error:#} {error:?}")),
    }
}

#[test]
fn clients_and_credentials_do_not_show_what_they_hold() {
    let credentials = Credentials::access_key(ACCESS_KEY, SECRET_KEY).with_basic(LOGIN, PASSWORD);
    shows_nothing("Credentials", &[format!("{credentials:?}"), format!("{credentials:#?}")]);
    let builder = Client::builder().ignore_environment().credentials(credentials);
    shows_nothing("ClientBuilder", &[format!("{builder:?}"), format!("{builder:#?}")]);
    let client = builder.build().expect("a client");
    shows_nothing("Client", &[format!("{client:?}"), format!("{client:#?}")]);
}

#[tokio::test]
async fn calls_that_are_not_sent_are_reported_without_credentials() {
    let client = builder().build().expect("a client");
    for name in ["", "../ReadVms", "Read Vms", "ReadVms?"] {
        let error = client.send_raw(name, &json!({ "Key": SECRET_KEY })).await.expect_err("a refusal");
        tells_nothing("a name that is none", &error);
    }
    let client = basic().build().expect("a client");
    let error = client.read_vms(&ReadVmsRequest::new()).await.expect_err("a refusal");
    assert!(error.is_authentication(), "{error:?}");
    tells_nothing("a login where a key is needed", &error);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_reported_without_credentials() {
    for builder in [builder(), basic()] {
        // No one listens on the port of a server that has stopped.
        let endpoint = responding(|_| Response::new(200, "{}")).endpoint();
        let client = builder.endpoint(endpoint).build().expect("a client");
        let error =
            client.read_access_keys(&ReadAccessKeysRequest::new()).await.expect_err("nothing listens there");
        assert!(error.is_transport(), "{error:?}");
        tells_nothing("no server", &error);
    }
}

#[tokio::test]
async fn credentials_that_are_refused_are_not_reported() {
    for builder in [builder(), basic()] {
        let server = responding(|_| Response::json(401, &json!({ "Errors": [{ "Code": "1" }] })));
        let client = builder.endpoint(server.endpoint()).build().expect("a client");
        for call in 0..5 {
            let error =
                client.read_access_keys(&ReadAccessKeysRequest::new()).await.expect_err("they are refused");
            assert!(error.is_authentication(), "{error:?}");
            assert_eq!(error.is_locked_out(), call >= 3, "{error:?}");
            tells_nothing("refused credentials", &error);
        }
        assert_eq!(server.requests().len(), 3);
    }
}

/// A decoder likes to quote what it did not expect, and a server may put a secret where none belongs.
#[tokio::test]
async fn an_error_of_decoding_does_not_quote_the_response() {
    let misplaced = [
        json!({ "AccessKeys": SECRET_KEY }),
        json!({ "AccessKeys": [SECRET_KEY] }),
        json!({ "AccessKeys": [{ "AccessKeyId": [SECRET_KEY] }] }),
        json!({ "ResponseContext": SECRET_KEY }),
        json!([SECRET_KEY]),
        json!(SECRET_KEY),
        json!({ "AccessKeys": format!("\", expected {SECRET_KEY} \", expected") }),
    ];
    for response in misplaced {
        let server = responding({
            let response = response.clone();
            move |_| Response::json(200, &response)
        });
        let client = builder().endpoint(server.endpoint()).build().expect("a client");
        let strict = builder().strict_decoding(true).endpoint(server.endpoint()).build().expect("a client");
        let error = strict.read_access_keys(&ReadAccessKeysRequest::new()).await.expect_err("unfit");
        drop(client);
        assert!(error.is_decode(), "{response}: {error:?}");
        tells_nothing(&response.to_string(), &error);
    }
}

//! Errors and `Debug` output never contain credentials.

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

/// A change of a builder.
type Change = fn(ClientBuilder) -> ClientBuilder;

fn builder() -> ClientBuilder {
    Client::builder().ignore_environment().retry(RetryPolicy::none()).access_key(ACCESS_KEY, SECRET_KEY)
}

/// A builder with a login and password only.
fn basic() -> ClientBuilder {
    Client::builder().ignore_environment().retry(RetryPolicy::none()).basic(LOGIN, PASSWORD)
}

fn assert_no_secret(what: &str, shown: &[String]) {
    let header = STANDARD.encode(format!("{LOGIN}:{PASSWORD}"));
    for text in shown {
        for secret in [SECRET_KEY, PASSWORD, &header, "Signature="] {
            assert!(!text.contains(secret), "{what} shows {secret}: {text}");
        }
    }
}

/// Checks an error and its sources in all formats.
fn assert_error_shows_no_secret(what: &str, error: &Error) {
    let mut shown =
        vec![format!("{error}"), format!("{error:#}"), format!("{error:?}"), format!("{error:#?}")];
    let mut source = error.source();
    while let Some(cause) = source {
        shown.extend([cause.to_string(), format!("{cause:?}")]);
        source = cause.source();
    }
    assert!(shown.iter().all(|text| !text.is_empty()), "{what}");
    assert_no_secret(what, &shown);
}

fn server<R: Into<Reply>>(response: impl Fn(&Request) -> R + Send + Sync + 'static) -> Server {
    Server::start(response).expect("a local port")
}

#[test]
fn configuration_errors_show_no_credentials() {
    let invalid: [(&str, Change); 6] = [
        ("invalid URL", |builder| builder.endpoint("https://exa mple.com:port")),
        ("no host", |builder| builder.endpoint("https://")),
        ("plain http", |builder| builder.endpoint("http://api.example.com/api/v1")),
        ("invalid certificate", |builder| builder.add_root_certificate("no certificate")),
        ("missing file", |builder| builder.config_file("/nonexistent/config.json")),
        ("invalid region", |builder| builder.region("no region")),
    ];
    for (what, change) in invalid {
        for builder in [builder(), basic()] {
            let error = change(builder).build().expect_err(what);
            assert!(error.is_configuration(), "{what}: {error:?}");
            assert_error_shows_no_secret(what, &error);
        }
    }
}

#[test]
fn a_password_in_the_endpoint_is_not_shown() {
    let endpoint = format!("https://{LOGIN}:{}@api.example.com/?q={SECRET_KEY}", PASSWORD.replace(' ', "-"));
    let builder = builder().endpoint(&endpoint);
    let assert_hidden = |shown: String| {
        assert!(!shown.contains("marker-password") && !shown.contains(SECRET_KEY), "{shown}");
    };
    assert_hidden(format!("{builder:?}"));
    match builder.build() {
        Ok(client) => assert_hidden(format!("{client:?}")),
        Err(error) => assert_hidden(format!("{error} {error:#} {error:?}")),
    }
}

#[test]
fn debug_output_of_clients_and_credentials_shows_no_secrets() {
    let credentials = Credentials::access_key(ACCESS_KEY, SECRET_KEY).with_basic(LOGIN, PASSWORD);
    assert_no_secret("Credentials", &[format!("{credentials:?}"), format!("{credentials:#?}")]);
    let builder = Client::builder().ignore_environment().credentials(credentials);
    assert_no_secret("ClientBuilder", &[format!("{builder:?}"), format!("{builder:#?}")]);
    let client = builder.build().expect("a client");
    assert_no_secret("Client", &[format!("{client:?}"), format!("{client:#?}")]);
}

#[tokio::test]
async fn errors_of_calls_that_are_not_sent_show_no_credentials() {
    let client = builder().build().expect("a client");
    for name in ["", "../ReadVms", "Read Vms", "ReadVms?"] {
        let error = client.send_raw(name, &json!({ "Key": SECRET_KEY })).await.expect_err("a refusal");
        assert_error_shows_no_secret("an invalid action name", &error);
    }
    let client = basic().build().expect("a client");
    let error = client.read_vms(&ReadVmsRequest::new()).await.expect_err("a refusal");
    assert!(error.is_authentication(), "{error:?}");
    assert_error_shows_no_secret("a login where a key is needed", &error);
}

#[tokio::test]
async fn a_connection_error_shows_no_credentials() {
    for builder in [builder(), basic()] {
        // Nothing listens on the port of a stopped server.
        let endpoint = server(|_| Response::new(200, "{}")).endpoint();
        let client = builder.endpoint(endpoint).build().expect("a client");
        let error =
            client.read_access_keys(&ReadAccessKeysRequest::new()).await.expect_err("nothing listens there");
        assert!(error.is_transport(), "{error:?}");
        assert_error_shows_no_secret("no server", &error);
    }
}

#[tokio::test]
async fn an_error_about_refused_credentials_does_not_show_them() {
    for builder in [builder(), basic()] {
        let server = server(|_| Response::json(401, &json!({ "Errors": [{ "Code": "1" }] })));
        let client = builder.endpoint(server.endpoint()).build().expect("a client");
        for call in 0..5 {
            let error = client.read_access_keys(&ReadAccessKeysRequest::new()).await.expect_err("a refusal");
            assert!(error.is_authentication(), "{error:?}");
            assert_eq!(error.is_locked_out(), call >= 3, "{error:?}");
            assert_error_shows_no_secret("refused credentials", &error);
        }
        assert_eq!(server.requests().len(), 3);
    }
}

/// A decoder may quote an unexpected value, and a server may put a secret in any field.
#[tokio::test]
async fn a_decode_error_does_not_quote_the_response() {
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
        let server = server({
            let response = response.clone();
            move |_| Response::json(200, &response)
        });
        let client = builder().endpoint(server.endpoint()).build().expect("a client");
        let strict = builder().strict_decoding(true).endpoint(server.endpoint()).build().expect("a client");
        let error = strict.read_access_keys(&ReadAccessKeysRequest::new()).await.expect_err("a mismatch");
        drop(client);
        assert!(error.is_decode(), "{response}: {error:?}");
        assert_error_shows_no_secret(&response.to_string(), &error);
    }
}

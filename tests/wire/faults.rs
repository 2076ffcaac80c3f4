//! Failing servers and networks, with a client that does not retry.
//!
//! The table of faults covers retries.

use std::net::TcpStream;
use std::time::Duration;

use osc_api::types::ReadVmsRequest;
use osc_api::{Client, Error};
use osc_tests::cloud::{ACCESS_KEY, SECRET_KEY};
use osc_tests::http::{Reply, Response, Then};
use osc_tests::server::Server;
use serde_json::json;

use crate::wire::{builder, client, only_request, server};

/// As short as possible without failing a connection to the loopback interface. No test waits longer than this.
const SHORT_TIMEOUT: Duration = Duration::from_millis(300);

/// The response that the faulty servers send in part.
fn complete() -> Response {
    Response::json(200, &json!({ "Vms": [{ "VmId": "i-00000001" }] }))
}

async fn error(client: &Client) -> Error {
    let error = client.read_vms(&ReadVmsRequest::new()).await.expect_err("an error");
    assert_eq!(error.action(), Some("ReadVms"));
    assert!(error.api().is_none(), "{error:?}");
    error
}

/// Whether the error is a transport error, but neither a timeout nor a failed connection.
fn is_broken(error: &Error) -> bool {
    error.is_transport() && !error.is_timeout() && !error.is_connect() && !error.is_decode()
}

#[tokio::test]
async fn a_truncated_response_is_a_transport_error() {
    // Cut after the headers, in the middle of the body, and before its last byte.
    for length in [0, 10, complete_length() - 1] {
        let server = server(move |_| Reply::Part(complete(), length, Then::HangUp));
        let error = error(&client(&server)).await;
        assert!(is_broken(&error), "{length} bytes: {error:?}");
        assert!(error.to_string().contains(&server.host()), "{error}");
        // The action may have been carried out: the transport must not retry it.
        only_request(&server);
    }
}

fn complete_length() -> usize {
    json!({ "Vms": [{ "VmId": "i-00000001" }] }).to_string().len()
}

#[tokio::test]
async fn a_truncated_error_response_is_a_transport_error() {
    let refusal = Response::json(409, &json!({ "Errors": [{ "Code": "9029" }] }));
    let server = server(move |_| Reply::Part(refusal.clone(), 5, Then::HangUp));
    let error = error(&client(&server)).await;
    assert!(is_broken(&error), "{error:?}");
}

#[tokio::test]
async fn a_closed_connection_without_a_response_is_a_transport_error() {
    let server = server(|_| Reply::Nothing(Then::HangUp));
    let error = error(&client(&server)).await;
    assert!(is_broken(&error), "{error:?}");
    only_request(&server);
}

#[tokio::test]
async fn a_request_on_a_used_connection_is_not_sent_twice() {
    let server = server(|request| match request.json()["DryRun"].as_bool() {
        Some(true) => Reply::Nothing(Then::HangUp),
        _ => complete().into(),
    });
    let client = client(&server);
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    let error = client.read_vms(&ReadVmsRequest::new().dry_run(true)).await.expect_err("an error");
    assert!(is_broken(&error), "{error:?}");
    assert_eq!(server.requests().len(), 2);
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response on a new connection");
}

#[tokio::test]
async fn a_reset_connection_is_a_transport_error() {
    let server = Server::start_resetting().expect("a local port");
    let error = error(&client(&server)).await;
    assert!(is_broken(&error), "{error:?}");
    assert!(std::error::Error::source(&error).is_some(), "{error:?}");
}

#[tokio::test]
async fn a_server_that_never_responds_is_a_timeout() {
    assert_times_out(Reply::Nothing(Then::Wait)).await;
}

#[tokio::test]
async fn a_response_that_stalls_in_the_body_is_a_timeout() {
    assert_times_out(Reply::Part(complete(), 10, Then::Wait)).await;
}

/// Checks that a client with a short timeout gives up while one with the default timeout, which started earlier, still
/// waits.
async fn assert_times_out(reply: Reply) {
    let server = server(move |_| reply.clone());
    let with_default = client(&server);
    let with_default = tokio::spawn(async move { with_default.read_vms(&ReadVmsRequest::new()).await });
    while server.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    let with_short = builder(&server)
        .access_key(ACCESS_KEY, SECRET_KEY)
        .attempt_timeout(SHORT_TIMEOUT)
        .build()
        .expect("a client");
    let error = error(&with_short).await;
    assert!(error.is_timeout() && error.is_transport() && !error.is_decode(), "{error:?}");
    // If both had the same timeout, the first would finish here.
    tokio::task::yield_now().await;
    assert!(!with_default.is_finished(), "the call with the default timeout ended early");
    with_default.abort();
}

#[tokio::test]
async fn a_refused_connection_is_a_connect_error() {
    let server = server(|_| complete());
    // The local port of a connection: no other process can listen on it.
    let taken = TcpStream::connect(server.host()).expect("a connection");
    let address = taken.local_addr().expect("an address");
    let client = builder(&server).endpoint(format!("http://{address}")).access_key(ACCESS_KEY, SECRET_KEY);
    let error = error(&client.build().expect("a client")).await;
    assert!(error.is_connect() && error.is_transport() && !error.is_timeout(), "{error:?}");
    assert!(error.to_string().contains(&address.to_string()), "{error}");
    assert_eq!(server.requests(), []);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = server(|_| complete());
        let location = format!("{}/ReadVms", elsewhere.endpoint());
        let server = server(move |_| Response::new(status, "").header("Location", &location));
        let error = client(&server).read_vms(&ReadVmsRequest::new()).await.expect_err("an error");
        assert_eq!(error.api().map(|api| api.status()), Some(status), "{error:?}");
        only_request(&server);
        assert_eq!(elsewhere.requests(), [], "status {status}");
    }
}

#[tokio::test]
async fn a_response_over_the_size_limit_is_not_read_to_its_end() {
    const LIMIT: usize = 64 * 1024;
    // The first server never sends a body: its announced length alone must be enough.
    let announced = server(|_| Reply::Part(Response::new(200, " ".repeat(LIMIT + 1)), 0, Then::Wait));
    let endless = server(|_| Reply::Endless(Response::new(200, " ".repeat(1000))));
    let endless_error = server(|_| Reply::Endless(Response::new(500, " ".repeat(1000))));
    for server in [announced, endless, endless_error] {
        let client = builder(&server).access_key(ACCESS_KEY, SECRET_KEY).max_response_size(LIMIT);
        let error = error(&client.build().expect("a client")).await;
        assert!(!error.is_timeout() && !error.is_connect() && !error.is_decode(), "{error:?}");
        assert!(error.to_string().contains(&LIMIT.to_string()), "{error}");
        only_request(&server);
    }
}

#[tokio::test]
async fn a_response_of_exactly_the_size_limit_is_read() {
    let server = server(|_| complete());
    let client = builder(&server).access_key(ACCESS_KEY, SECRET_KEY).max_response_size(complete_length());
    let client = client.build().expect("a client");
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
}

#[tokio::test]
async fn a_successful_response_without_a_valid_json_object_is_a_decode_error() {
    for body in ["", "<html></html>", "[]", "7", r#"{"Vms":[{"VmId":}]}"#, r#"{"Vms":[]"#] {
        let server = server(move |_| Response::new(200, body));
        let error = error(&client(&server)).await;
        assert!(error.is_decode() && !error.is_transport(), "{body:?}: {error:?}");
        only_request(&server);
    }
}

#[tokio::test]
async fn a_member_of_the_wrong_type_costs_only_its_field() {
    let body = r#"{"Vms":[{"VmId":{},"State":"running"},{"VmId":"i-2"},7],"New":[],"ResponseContext":""}"#;
    let server = server(move |_| Response::new(200, body));
    let vms = client(&server).read_vms(&ReadVmsRequest::new()).await.expect("a response").vms;
    assert_eq!(vms.len(), 2);
    assert_eq!((&vms[0].vm_id, &vms[1].vm_id), (&None, &Some("i-2".into())));
}

#[tokio::test]
async fn an_html_response_is_reported_with_its_host() {
    let server = server(|_| Response::new(200, "<!DOCTYPE html><html>marker</html>"));
    let error = error(&client(&server)).await;
    let text = error.to_string();
    assert!(text.contains("HTML") && text.contains(&server.host()) && !text.contains("marker"), "{text}");
}

#[tokio::test]
async fn plain_http_to_another_machine_must_be_allowed() {
    for endpoint in ["http://api.eu-west-2.example", "http://192.0.2.1:8080/api/v1", "http://[2001:db8::1]"] {
        let builder =
            Client::builder().ignore_environment().endpoint(endpoint).access_key(ACCESS_KEY, SECRET_KEY);
        let error = builder.clone().build().expect_err("a refusal");
        assert!(error.is_configuration() && error.to_string().contains("https"), "{endpoint}: {error}");
        builder.allow_http(true).build().expect("a client if plain HTTP is allowed");
    }
}

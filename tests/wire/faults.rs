//! Servers and networks that do not do their part, to a client that sends everything once.
//!
//! What becomes of more attempts is in the table of faults.

use std::net::TcpStream;
use std::time::Duration;

use osc_api::types::ReadVmsRequest;
use osc_api::{Client, Error};
use osc_tests::cloud::{ACCESS_KEY, SECRET_KEY};
use osc_tests::http::{Reply, Response, Then};
use osc_tests::server::Server;
use serde_json::json;

use crate::{builder, client, only_request, server};

/// As short as it can be without failing a connection to this machine. No test waits for more than one of them.
const SHORT: Duration = Duration::from_millis(300);

/// A response that is complete where all of it arrives.
fn whole() -> Response {
    Response::json(200, &json!({ "Vms": [{ "VmId": "i-00000001" }] }))
}

async fn error(client: &Client) -> Error {
    let error = client.read_vms(&ReadVmsRequest::new()).await.expect_err("an error");
    assert_eq!(error.action(), Some("ReadVms"));
    assert!(error.api().is_none(), "{error:?}");
    error
}

/// Whether the error says that the network failed, but neither that it was too slow nor that nothing was sent.
fn is_broken(error: &Error) -> bool {
    error.is_transport() && !error.is_timeout() && !error.is_connect() && !error.is_decode()
}

#[tokio::test]
async fn half_a_response_is_an_error() {
    // Cut after the head, in the middle, and before the last byte.
    for length in [0, 10, whole_length() - 1] {
        let server = server(move |_| Reply::Part(whole(), length, Then::HangUp));
        let error = error(&client(&server)).await;
        assert!(is_broken(&error), "{length} bytes: {error:?}");
        assert!(error.to_string().contains(&server.host()), "{error}");
        // It may have been carried out: whether to send it again is not for the transport to decide.
        only_request(&server);
    }
}

fn whole_length() -> usize {
    json!({ "Vms": [{ "VmId": "i-00000001" }] }).to_string().len()
}

#[tokio::test]
async fn half_an_error_response_is_none() {
    let refusal = Response::json(409, &json!({ "Errors": [{ "Code": "9029" }] }));
    let server = server(move |_| Reply::Part(refusal.clone(), 5, Then::HangUp));
    let error = error(&client(&server)).await;
    assert!(is_broken(&error), "{error:?}");
}

#[tokio::test]
async fn no_response_at_all_is_an_error_of_the_network() {
    let server = server(|_| Reply::Nothing(Then::HangUp));
    let error = error(&client(&server)).await;
    assert!(is_broken(&error), "{error:?}");
    only_request(&server);
}

#[tokio::test]
async fn a_request_on_a_used_connection_is_not_sent_twice() {
    let server = server(|request| match request.json()["DryRun"].as_bool() {
        Some(true) => Reply::Nothing(Then::HangUp),
        _ => whole().into(),
    });
    let client = client(&server);
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    let error = client.read_vms(&ReadVmsRequest::new().dry_run(true)).await.expect_err("an error");
    assert!(is_broken(&error), "{error:?}");
    assert_eq!(server.requests().len(), 2);
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response on a new connection");
}

#[tokio::test]
async fn a_reset_connection_is_an_error_of_the_network() {
    let server = Server::start_resetting().expect("a local port");
    let error = error(&client(&server)).await;
    assert!(is_broken(&error), "{error:?}");
    assert!(std::error::Error::source(&error).is_some(), "{error:?}");
}

#[tokio::test]
async fn a_server_that_never_responds_times_out() {
    times_out(Reply::Nothing(Then::Wait)).await;
}

#[tokio::test]
async fn a_server_that_stops_in_the_middle_times_out() {
    times_out(Reply::Part(whole(), 10, Then::Wait)).await;
}

/// Checks that a client with a short timeout gives up, while one with the default, which began before, still waits.
async fn times_out(reply: Reply) {
    let server = server(move |_| reply.clone());
    let patient = client(&server);
    let patient = tokio::spawn(async move { patient.read_vms(&ReadVmsRequest::new()).await });
    while server.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    let impatient =
        builder(&server).access_key(ACCESS_KEY, SECRET_KEY).attempt_timeout(SHORT).build().expect("a client");
    let error = error(&impatient).await;
    assert!(error.is_timeout() && error.is_transport() && !error.is_decode(), "{error:?}");
    // Were both of the same patience, the first would have been woken by now too, and finish here.
    tokio::task::yield_now().await;
    assert!(!patient.is_finished(), "the timeout that was set is not the one that was kept");
    patient.abort();
}

#[tokio::test]
async fn a_refused_connection_says_that_nothing_was_sent() {
    let server = server(|_| whole());
    // The client's end of a connection: its port is taken, so that no other process gets it, and nothing listens there.
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
        let elsewhere = server(|_| whole());
        let location = format!("{}/ReadVms", elsewhere.endpoint());
        let server = server(move |_| Response::new(status, "").header("Location", &location));
        let error = client(&server).read_vms(&ReadVmsRequest::new()).await.expect_err("an error");
        assert_eq!(error.api().map(|api| api.status()), Some(status), "{error:?}");
        only_request(&server);
        assert_eq!(elsewhere.requests(), [], "status {status}");
    }
}

#[tokio::test]
async fn a_response_over_the_limit_is_not_read_to_its_end() {
    const LIMIT: usize = 64 * 1024;
    // Nothing of the first is ever sent: its length alone must be enough.
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
async fn a_response_of_exactly_the_limit_is_read() {
    let server = server(|_| whole());
    let client = builder(&server).access_key(ACCESS_KEY, SECRET_KEY).max_response_size(whole_length());
    let client = client.build().expect("a client");
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
}

#[tokio::test]
async fn a_success_that_is_not_understood_is_a_decode_error() {
    for body in ["", "<html></html>", "[]", "7", r#"{"Vms":[{"VmId":}]}"#, r#"{"Vms":[]"#] {
        let server = server(move |_| Response::new(200, body));
        let error = error(&client(&server)).await;
        assert!(error.is_decode() && !error.is_transport(), "{body:?}: {error:?}");
        only_request(&server);
    }
}

/// Members of the wrong type cost their fields only.
#[tokio::test]
async fn an_unfit_value_does_not_fail_the_response() {
    let body = r#"{"Vms":[{"VmId":{},"State":"running"},{"VmId":"i-2"},7],"New":[],"ResponseContext":""}"#;
    let server = server(move |_| Response::new(200, body));
    let vms = client(&server).read_vms(&ReadVmsRequest::new()).await.expect("a response").vms;
    assert_eq!(vms.len(), 2);
    assert_eq!((&vms[0].vm_id, &vms[1].vm_id), (&None, &Some("i-2".into())));
}

#[tokio::test]
async fn html_in_place_of_a_response_is_named_with_its_host() {
    let server = server(|_| Response::new(200, "<!DOCTYPE html><html>marker</html>"));
    let error = error(&client(&server)).await;
    let text = error.to_string();
    assert!(text.contains("HTML") && text.contains(&server.host()) && !text.contains("marker"), "{text}");
}

#[tokio::test]
async fn plain_http_is_for_this_machine_only() {
    for endpoint in ["http://api.eu-west-2.example", "http://192.0.2.1:8080/api/v1", "http://[2001:db8::1]"] {
        let builder =
            Client::builder().ignore_environment().endpoint(endpoint).access_key(ACCESS_KEY, SECRET_KEY);
        let error = builder.clone().build().expect_err("a refusal");
        assert!(error.is_configuration() && error.to_string().contains("https"), "{endpoint}: {error}");
        builder.allow_http(true).build().expect("a client, where it is allowed");
    }
}

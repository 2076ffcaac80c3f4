//! Calls outside of a runtime: requests, responses and errors.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use osc_api::action::ReadVms;
use osc_api::blocking::Client;
use osc_api::types::{CreateNetRequest, FiltersVm, ReadRegionsRequest, ReadVmsRequest};
use osc_api::{CallOptions, RetryPolicy};
use osc_tests::http::{Reply, Response, Then};
use osc_tests::logs;
use serde_json::json;
use tracing::info_span;

use crate::blocking::{builder, client, cloud, server, vm};

fn request(id: &str) -> ReadVmsRequest {
    ReadVmsRequest::new().filters(FiltersVm::new().vm_ids([id]))
}

#[test]
fn calls_work_without_a_runtime() {
    let server = cloud();
    let client = client(&server);
    let response = client.read_vms(&request("i-1")).expect("a response");
    assert_eq!(response.vms[0].vm_id, Some("i-1".into()));
    let response = client.send::<ReadVms>(&request("i-2")).expect("a response");
    assert_eq!(response.vms[0].vm_id, Some("i-2".into()));
    let body = json!({ "Filters": { "VmIds": ["i-3"] } });
    assert_eq!(client.send_raw("ReadVms", &body).expect("a response"), json!({ "Vms": [{ "VmId": "i-3" }] }));
    let targets: Vec<_> = server.requests().into_iter().map(|request| request.target).collect();
    assert_eq!(targets, ["/api/v1/ReadVms"; 3]);
}

#[test]
fn a_server_error_is_returned_to_the_caller() {
    let server = server(|_| cloud::refusal(400, "5063", "InvalidResource", "no such VM"));
    let error = client(&server).read_vms(&request("i-1")).expect_err("an error");
    assert!(error.is_not_found(), "{error:?}");
    assert_eq!((error.action(), error.request_id()), (Some("ReadVms"), Some(cloud::REQUEST_ID)));
    let error = client(&server).send_raw("no/action", &json!({})).expect_err("an error");
    assert!(error.to_string().contains("letters and digits"), "{error}");
}

#[test]
fn a_response_that_does_not_decode_is_an_error_with_the_path_of_the_field() {
    let server = server(|_| Response::new(200, r#"{"Vms":[{"VmId":}]}"#));
    let error = client(&server).read_vms(&request("i-1")).expect_err("an error");
    assert!(error.is_decode() && error.to_string().contains("Vms[0].VmId"), "{error}");
}

#[test]
fn requests_are_retried_only_if_that_is_safe() {
    let number = AtomicUsize::new(0);
    let server = server(move |request| match number.fetch_add(1, Ordering::SeqCst) {
        0 => Response::new(500, ""),
        1 => cloud::refusal(429, "24", "Throttled", ""),
        2 => vm(request),
        _ => Response::new(502, ""),
    });
    let client = client(&server);
    client.read_vms(&request("i-1")).expect("a response");
    let error = client.create_net(&CreateNetRequest::new("10.0.0.0/16")).expect_err("an error");
    assert_eq!((error.attempts(), server.requests().len()), (1, 4), "{error:?}");
    let no_retries = CallOptions::new().retry(RetryPolicy::none());
    let error = client.with(no_retries).read_vms(&request("i-1")).expect_err("an error");
    assert_eq!((error.attempts(), server.requests().len()), (1, 5), "{error:?}");
}

#[test]
fn a_call_ends_with_its_timeout() {
    let server = server(|_| Reply::Nothing(Then::Wait));
    // The test itself waits no longer than this timeout.
    let short = CallOptions::new().timeout(Duration::from_millis(50));
    let error = client(&server).with(short).read_vms(&request("i-1")).expect_err("an error");
    assert!(error.is_timeout(), "{error:?}");
}

#[test]
fn a_client_without_credentials_can_call_public_actions_only() {
    let server = cloud();
    let client = builder(&server).no_credentials().blocking().build().expect("a client");
    client.read_regions(&ReadRegionsRequest::new()).expect("a response");
    let error = client.read_vms(&request("i-1")).expect_err("an error");
    assert!(error.is_authentication() && server.requests().len() == 1, "{error:?}");
}

#[test]
fn blocking_clients_of_one_async_client_share_its_lockout_guard() {
    let server = server(|_| cloud::refusal(401, "1", "AccessDenied", ""));
    let original = builder(&server).build().expect("a client");
    let (one, other) = (Client::from(original.clone()), Client::from(original));
    for client in [&one, &other, &one] {
        assert!(client.read_vms(&request("i-1")).expect_err("an error").api().is_some());
    }
    assert!(other.read_vms(&request("i-1")).expect_err("an error").is_locked_out());
    assert_eq!(server.requests().len(), 3);
    one.reset_authentication();
    assert!(other.read_vms(&request("i-1")).expect_err("an error").api().is_some());
}

#[test]
fn an_invalid_setting_is_an_error_of_the_builder() {
    let error = Client::builder().ignore_environment().region("").build().expect_err("an error");
    assert!(error.is_configuration(), "{error:?}");
}

#[test]
fn debug_output_of_a_client_contains_no_secret() {
    let shown = format!("{:?}", client(&cloud()));
    assert!(shown.contains("127.0.0.1") && !shown.contains(cloud::SECRET_KEY), "{shown}");
}

#[test]
fn events_of_a_call_belong_to_the_span_of_the_caller() {
    let number = AtomicUsize::new(0);
    let server = server(move |request| match number.fetch_add(1, Ordering::SeqCst) {
        0 => Response::new(500, ""),
        _ => vm(request),
    });
    let (since, caller) = (logs::now(), format!("caller of {}", server.host()));
    info_span!("caller", caller).in_scope(|| client(&server).read_vms(&request("i-1")).expect("a response"));
    let spans = logs::spans(since, module_path!(), &caller);
    assert_eq!(spans.len(), 1, "{spans:#?}");
    let has_retry_event =
        spans[0].events.iter().any(|event| event.fields.values().any(|text| text.contains("retrying")));
    assert!(has_retry_event, "{spans:#?}");
}

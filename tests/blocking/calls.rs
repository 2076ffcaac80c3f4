//! Calls without a runtime: what arrives, what comes back, and what goes wrong.

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

use crate::{builder, client, cloud, server, vm};

fn request(id: &str) -> ReadVmsRequest {
    ReadVmsRequest::new().filters(FiltersVm::new().vm_ids([id]))
}

#[test]
fn every_kind_of_call_needs_no_runtime() {
    let server = cloud();
    let client = client(&server);
    let response = client.read_vms(&request("i-1")).expect("a response");
    assert_eq!(response.vms[0].vm_id.as_deref(), Some("i-1"));
    let response = client.send::<ReadVms>(&request("i-2")).expect("a response");
    assert_eq!(response.vms[0].vm_id.as_deref(), Some("i-2"));
    let body = json!({ "Filters": { "VmIds": ["i-3"] } });
    assert_eq!(client.send_raw("ReadVms", &body).expect("a response"), json!({ "Vms": [{ "VmId": "i-3" }] }));
    let targets: Vec<_> = server.requests().into_iter().map(|request| request.target).collect();
    assert_eq!(targets, ["/api/v1/ReadVms"; 3]);
}

#[test]
fn an_error_of_the_server_is_the_callers() {
    let server = server(|_| cloud::refusal(400, "5063", "InvalidResource", "no such VM"));
    let error = client(&server).read_vms(&request("i-1")).expect_err("an error");
    assert!(error.is_not_found(), "{error:?}");
    assert_eq!((error.action(), error.request_id()), (Some("ReadVms"), Some(cloud::REQUEST_ID)));
    let error = client(&server).send_raw("no/action", &json!({})).expect_err("an error");
    assert!(error.to_string().contains("letters and digits"), "{error}");
}

#[test]
fn an_response_of_another_form_is_an_error_with_its_place() {
    let server = server(|_| Response::json(200, &json!({ "Vms": [{ "VmId": 7 }] })));
    let error = client(&server).read_vms(&request("i-1")).expect_err("an error");
    assert!(error.is_decode() && error.to_string().contains("Vms[0].VmId"), "{error}");
}

#[test]
fn requests_are_sent_again_where_that_is_safe() {
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
    let never = CallOptions::new().retry(RetryPolicy::none());
    let error = client.with(never).read_vms(&request("i-1")).expect_err("an error");
    assert_eq!((error.attempts(), server.requests().len()), (1, 5), "{error:?}");
}

#[test]
fn a_call_ends_when_its_time_is_over() {
    let server = server(|_| Reply::Nothing(Then::Wait));
    // No more is waited for than that.
    let short = CallOptions::new().timeout(Duration::from_millis(50));
    let error = client(&server).with(short).read_vms(&request("i-1")).expect_err("an error");
    assert!(error.is_timeout(), "{error:?}");
}

#[test]
fn without_credentials_there_are_public_actions() {
    let server = cloud();
    let client = builder(&server).no_credentials().build_blocking().expect("a client");
    client.read_regions(&ReadRegionsRequest::new()).expect("a response");
    let error = client.read_vms(&request("i-1")).expect_err("an error");
    assert!(error.is_authentication() && server.requests().len() == 1, "{error:?}");
}

#[test]
fn failed_authentications_count_for_the_client_that_it_was_made_of() {
    let server = server(|_| cloud::refusal(401, "1", "AccessDenied", ""));
    let original = builder(&server).build().expect("a client");
    let (one, other) = (Client::from(original.clone()), Client::from(original));
    for client in [&one, &other, &one] {
        assert!(client.read_vms(&request("i-1")).expect_err("an error").api().is_some());
    }
    assert!(other.read_vms(&request("i-1")).expect_err("an error").is_guard_closed());
    assert_eq!(server.requests().len(), 3);
    one.reset_authentication();
    assert!(other.read_vms(&request("i-1")).expect_err("an error").api().is_some());
}

#[test]
fn wrong_settings_are_an_error_of_the_builder() {
    let error = Client::builder().ignore_environment().region("").build_blocking().expect_err("an error");
    assert!(error.is_configuration(), "{error:?}");
}

#[test]
fn a_client_shows_no_secret() {
    let shown = format!("{:?}", client(&cloud()));
    assert!(shown.contains("127.0.0.1") && !shown.contains(cloud::SECRET_KEY), "{shown}");
}

#[test]
fn what_a_call_tells_belongs_to_what_the_caller_does() {
    let number = AtomicUsize::new(0);
    let server = server(move |request| match number.fetch_add(1, Ordering::SeqCst) {
        0 => Response::new(500, ""),
        _ => vm(request),
    });
    let (since, errand) = (logs::now(), format!("for {}", server.host()));
    info_span!("errand", errand).in_scope(|| client(&server).read_vms(&request("i-1")).expect("a response"));
    let spans = logs::spans(since, "blocking", &errand);
    assert_eq!(spans.len(), 1, "{spans:#?}");
    let told =
        spans[0].events.iter().any(|event| event.fields.values().any(|text| text.contains("sent again")));
    assert!(told, "{spans:#?}");
}

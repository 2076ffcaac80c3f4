//! Injected faults.

use std::time::Duration;

use osc_api::action::{CreateNet, CreateVms, ReadNets, ReadVms};
use osc_api::testing::{FakeApi, Fault, example};
use osc_api::types::{CreateNetRequest, CreateVmsRequest, ReadNetsRequest, ReadVmsRequest};
use osc_api::{Error, RetryPolicy};
use serde_json::Value;

use crate::fake::raw::RawRequest;
use crate::fake::{client, start};

/// Calls `ReadVms` without retries.
async fn read_once(fake: &FakeApi) -> Result<(), Error> {
    let client = fake.client_builder().retry(RetryPolicy::none()).build().expect("a client");
    client.read_vms(&ReadVmsRequest::new()).await.map(drop)
}

/// The statuses of all recorded calls.
fn statuses(fake: &FakeApi) -> Vec<Option<u16>> {
    fake.calls().into_iter().map(|call| call.status).collect()
}

#[tokio::test]
async fn a_fault_applies_to_the_given_number_of_calls() {
    let fake = start();
    fake.next::<ReadVms>(2, Fault::throttled());
    client(&fake).read_vms(&ReadVmsRequest::new()).await.expect("a response after retries");
    assert_eq!(statuses(&fake), [Some(429), Some(429), Some(200)]);
    fake.next::<ReadVms>(1, Fault::throttled());
    let error = read_once(&fake).await.expect_err("throttled");
    assert!(error.is_throttled() && error.has_code(24), "{error}");
}

#[test]
fn a_throttled_response_carries_the_retry_after_header() {
    let fake = start();
    fake.next_any(1, Fault::throttled().retry_after(Duration::from_secs(17)));
    let response = RawRequest::of("ReadVms").send(&fake);
    assert_eq!(
        (response.status, response.code(), response.header("Retry-After")),
        (429, Some("24"), Some("17"))
    );
    assert_eq!(RawRequest::of("ReadVms").send(&fake).header("Retry-After"), None);
}

#[test]
fn an_invalid_status_becomes_500() {
    let fake = start();
    for status in [0, 101, u16::MAX] {
        fake.next_any(1, Fault::status(status, ""));
        assert_eq!(RawRequest::of("ReadVms").send(&fake).status, 500, "{status}");
    }
    assert_eq!(statuses(&fake), [Some(500); 3]);
}

#[tokio::test]
async fn faults_of_one_action_precede_general_faults_and_apply_in_order() {
    let fake = start();
    fake.next_any(1, Fault::status(502, "<html>gateway</html>"));
    fake.next::<ReadVms>(1, Fault::code(4));
    fake.next_raw("ReadVms", 1, Fault::code(10_001));
    fake.next::<ReadVms>(0, Fault::cut());
    for wanted in [401, 409, 502] {
        let error = read_once(&fake).await.expect_err("a fault");
        assert_eq!(error.api().map(|response| response.status()), Some(wanted), "{error}");
    }
    read_once(&fake).await.expect("no fault left");
    fake.next_any(usize::MAX, Fault::code(6));
    fake.next::<ReadNets>(3, Fault::cut());
    assert!(read_once(&fake).await.expect_err("a fault").is_throttled());
    fake.recover();
    read_once(&fake).await.expect("no fault left");
    client(&fake).read_nets(&ReadNetsRequest::new()).await.expect("no fault left");
}

#[tokio::test]
async fn a_request_that_fails_authentication_consumes_no_fault() {
    let fake = start();
    fake.next_any(1, Fault::status(503, "unavailable"));
    let unauthenticated = fake.client_builder().region("us-east-2").build().expect("a client");
    let error = unauthenticated.read_vms(&ReadVmsRequest::new()).await.expect_err("refused");
    assert!(error.is_authentication(), "{error}");
    assert!(read_once(&fake).await.expect_err("a fault").is_server_error());
}

#[tokio::test]
async fn a_cut_connection_is_a_transport_error_and_a_create_is_not_retried() {
    let fake = start();
    fake.on::<CreateNet>(|_| -> Result<_, Fault> { panic!("the connection is cut before the handler runs") });
    // Unproven requests whose response is lost are not retried: prove the credentials first.
    let client = client(&fake);
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    fake.clear_calls();
    fake.next_any(1, Fault::cut());
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response to the retry");
    fake.next::<CreateNet>(1, Fault::cut());
    let error = client.create_net(&CreateNetRequest::new("10.0.0.0/16")).await.expect_err("cut");
    assert!(error.is_transport() && !error.is_connect() && error.attempts() == 1, "{error:#}");
    assert_eq!(statuses(&fake), [None, Some(200), None]);
}

#[tokio::test]
async fn an_action_is_carried_out_before_its_response_is_cut() {
    let fake = start();
    let mut created = 0;
    fake.on::<CreateVms>(move |_| {
        created += 1;
        let mut response = example::<CreateVms>();
        response.vms[0].vm_id = Some(format!("i-{created}").into());
        response
    });
    let client = client(&fake);
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response, which proves the credentials");
    fake.next_any(2, Fault::cut_response());
    // The client token makes the third attempt return the VM that the first one created.
    let response =
        client.create_vms(&CreateVmsRequest::new("ami-12345678")).await.expect("a response after retries");
    assert_eq!(response.vms[0].vm_id, Some("i-1".into()));
    assert_eq!(fake.count::<CreateVms>(), 3);
    fake.next::<ReadVms>(1, Fault::cut_response());
    assert!(read_once(&fake).await.expect_err("a truncated response").is_transport());
    // If a handler returns this fault, the published example is cut.
    fake.on::<ReadVms>(|_| Err(Fault::cut_response()));
    assert!(read_once(&fake).await.expect_err("a truncated response").is_transport());
}

#[test]
fn a_cut_response_has_the_headers_and_the_first_half_of_the_complete_one() {
    let fake = start();
    let complete = RawRequest::of("ReadVms").send(&fake);
    fake.next_any(1, Fault::cut_response());
    let half = RawRequest::of("ReadVms").send(&fake);
    assert_eq!((half.status, half.header("Content-Length")), (200, complete.header("Content-Length")));
    assert_eq!((half.length, half.body), (complete.length / 2, Value::Null));
}

#[tokio::test]
async fn a_delayed_response_arrives_unless_the_attempt_times_out() {
    let fake = start();
    fake.next_any(1, Fault::delay(Duration::from_secs(3600)));
    let short_timeout =
        fake.client_builder().retry(RetryPolicy::none()).attempt_timeout(Duration::from_millis(500));
    let short_timeout = short_timeout.build().expect("a client");
    let error = short_timeout.read_vms(&ReadVmsRequest::new()).await.expect_err("a timeout");
    assert!(error.is_timeout(), "{error}");
    // The action is carried out nevertheless, and the delay does not block other calls.
    assert_eq!(statuses(&fake), [Some(200)]);
    fake.next_any(1, Fault::delay(Duration::from_millis(1)));
    read_once(&fake).await.expect("a delayed response");
    fake.next_any(1, Fault::code(4).after(Duration::from_millis(1)));
    assert!(read_once(&fake).await.expect_err("a delayed fault").is_access_denied());
    // An injected delay keeps the handler's result.
    fake.on::<ReadVms>(|_| Err(Fault::code(4)));
    fake.next_any(1, Fault::delay(Duration::from_millis(1)));
    assert!(read_once(&fake).await.expect_err("the handler's fault").is_access_denied());
}

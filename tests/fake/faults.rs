//! What goes wrong on demand.

use std::time::Duration;

use osc_api::action::{CreateNet, CreateVms, ReadNets, ReadVms};
use osc_api::testing::{FakeApi, Fault, example};
use osc_api::types::{CreateNetRequest, CreateVmsRequest, ReadNetsRequest, ReadVmsRequest};
use osc_api::{Error, RetryPolicy};
use serde_json::Value;

use crate::raw::Raw;
use crate::{client, start};

/// Calls once, without a second attempt.
async fn read_once(fake: &FakeApi) -> Result<(), Error> {
    let client = fake.client_builder().retry(RetryPolicy::none()).build().expect("a client");
    client.read_vms(&ReadVmsRequest::new()).await.map(drop)
}

/// The statuses that a fake has sent.
fn statuses(fake: &FakeApi) -> Vec<Option<u16>> {
    fake.calls().into_iter().map(|call| call.status).collect()
}

#[tokio::test]
async fn so_many_calls_are_throttled_and_then_no_more() {
    let fake = start();
    fake.next::<ReadVms>(2, Fault::throttled());
    client(&fake).read_vms(&ReadVmsRequest::new()).await.expect("a response in the end");
    assert_eq!(statuses(&fake), [Some(429), Some(429), Some(200)]);
    fake.next::<ReadVms>(1, Fault::throttled());
    let error = read_once(&fake).await.expect_err("throttled");
    assert!(error.is_throttled() && error.has_code(24), "{error}");
}

#[test]
fn the_time_to_wait_is_reported() {
    let fake = start();
    fake.next_any(1, Fault::throttled().retry_after(Duration::from_secs(17)));
    let response = Raw::of("ReadVms").send(&fake);
    assert_eq!(
        (response.status, response.code(), response.header("Retry-After")),
        (429, Some("24"), Some("17"))
    );
    assert_eq!(Raw::of("ReadVms").send(&fake).header("Retry-After"), None);
}

#[test]
fn what_is_no_status_is_a_500() {
    let fake = start();
    for status in [0, 101, u16::MAX] {
        fake.next_any(1, Fault::status(status, ""));
        assert_eq!(Raw::of("ReadVms").send(&fake).status, 500, "{status}");
    }
    assert_eq!(statuses(&fake), [Some(500); 3]);
}

#[tokio::test]
async fn faults_of_an_action_come_before_those_of_any_and_in_order() {
    let fake = start();
    fake.next_any(1, Fault::status(502, "<html>gateway</html>"));
    fake.next::<ReadVms>(1, Fault::code(4));
    fake.next_raw("ReadVms", 1, Fault::code(10_001));
    fake.next::<ReadVms>(0, Fault::cut());
    for wanted in [401, 409, 502] {
        let error = read_once(&fake).await.expect_err("a fault");
        assert_eq!(error.api().map(|response| response.status()), Some(wanted), "{error}");
    }
    read_once(&fake).await.expect("nothing left");
    fake.next_any(usize::MAX, Fault::code(6));
    fake.next::<ReadNets>(3, Fault::cut());
    assert!(read_once(&fake).await.expect_err("a fault").is_throttled());
    fake.recover();
    read_once(&fake).await.expect("all is well");
    client(&fake).read_nets(&ReadNetsRequest::new()).await.expect("all is well");
}

#[tokio::test]
async fn who_is_not_admitted_uses_up_no_fault() {
    let fake = start();
    fake.next_any(1, Fault::status(503, "out of order"));
    let stranger = fake.client_builder().region("us-east-2").build().expect("a client");
    let error = stranger.read_vms(&ReadVmsRequest::new()).await.expect_err("refused");
    assert!(error.is_authentication(), "{error}");
    assert!(read_once(&fake).await.expect_err("a fault").is_server_error());
}

#[tokio::test]
async fn a_cut_connection_leaves_the_caller_in_the_dark() {
    let fake = start();
    fake.on::<CreateNet>(|_| -> Result<_, Fault> { panic!("a cut comes before the handler") });
    fake.next_any(1, Fault::cut());
    client(&fake).read_vms(&ReadVmsRequest::new()).await.expect("sent again");
    fake.next::<CreateNet>(1, Fault::cut());
    let error = client(&fake).create_net(&CreateNetRequest::new("10.0.0.0/16")).await.expect_err("cut");
    assert!(error.is_transport() && !error.is_connect() && error.attempts() == 1, "{error:#}");
    assert_eq!(statuses(&fake), [None, Some(200), None]);
}

#[tokio::test]
async fn a_cut_response_is_that_of_a_call_that_was_carried_out() {
    let fake = start();
    let mut made = 0;
    fake.on::<CreateVms>(move |_| {
        made += 1;
        let mut response = example::<CreateVms>();
        response.vms[0].vm_id = Some(format!("i-{made}"));
        response
    });
    fake.next_any(2, Fault::cut_response());
    // The client's token makes the third attempt find what the first one made.
    let response =
        client(&fake).create_vms(&CreateVmsRequest::new("ami-12345678")).await.expect("in the end");
    assert_eq!(response.vms[0].vm_id.as_deref(), Some("i-1"));
    assert_eq!(fake.count::<CreateVms>(), 3);
    fake.next::<ReadVms>(1, Fault::cut_response());
    assert!(read_once(&fake).await.expect_err("half a response").is_transport());
    // A handler may say so too: then it is the published response that is cut.
    fake.on::<ReadVms>(|_| Err(Fault::cut_response()));
    assert!(read_once(&fake).await.expect_err("half a response").is_transport());
}

#[test]
fn a_cut_response_begins_as_a_whole_one_does() {
    let fake = start();
    let whole = Raw::of("ReadVms").send(&fake);
    fake.next_any(1, Fault::cut_response());
    let half = Raw::of("ReadVms").send(&fake);
    assert_eq!((half.status, half.header("Content-Length")), (200, whole.header("Content-Length")));
    assert_eq!((half.length, half.body), (whole.length / 2, Value::Null));
}

#[tokio::test]
async fn a_delay_is_waited_for_or_not() {
    let fake = start();
    fake.next_any(1, Fault::delay(Duration::from_secs(3600)));
    let impatient =
        fake.client_builder().retry(RetryPolicy::none()).attempt_timeout(Duration::from_millis(500));
    let impatient = impatient.build().expect("a client");
    let error = impatient.read_vms(&ReadVmsRequest::new()).await.expect_err("too late");
    assert!(error.is_timeout(), "{error}");
    // Carried out all the same, and others are not held up.
    assert_eq!(statuses(&fake), [Some(200)]);
    fake.next_any(1, Fault::delay(Duration::from_millis(1)));
    read_once(&fake).await.expect("a late response");
    fake.next_any(1, Fault::code(4).after(Duration::from_millis(1)));
    assert!(read_once(&fake).await.expect_err("a late fault").is_access_denied());
    // A delay from outside keeps what the handler says.
    fake.on::<ReadVms>(|_| Err(Fault::code(4)));
    fake.next_any(1, Fault::delay(Duration::from_millis(1)));
    assert!(read_once(&fake).await.expect_err("the handler's fault").is_access_denied());
}

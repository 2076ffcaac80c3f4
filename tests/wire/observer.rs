//! What an observer sees of calls, and what a call reports about itself.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use osc_api::action::ReadVms;
use osc_api::types::{CreateKeypairRequest, ReadRegionsRequest, ReadVmsRequest};
use osc_api::{AttemptEvent, CallEvent, CallOptions, CallOutcome, Client, ErrorKind, Observer};
use osc_tests::cloud::{self, ACCESS_KEY, REQUEST_ID, SECRET_KEY};
use osc_tests::http::{Reply, Response, Then};
use osc_tests::logs::contains_secret;
use osc_tests::server::Server;

use crate::wire::{builder, empty_cloud, ok, only_request, reply_once, retrying, server};

/// What an observer saw, one line for each event.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<String>>>);

impl Recorder {
    fn lines(&self) -> Vec<String> {
        self.0.lock().expect("no panic").clone()
    }

    fn add(&self, line: String, debug: &str) {
        assert!(!contains_secret(debug), "{debug}");
        self.0.lock().expect("no panic").push(line);
    }
}

impl Observer for Recorder {
    fn on_attempt(&self, attempt: &AttemptEvent<'_>) {
        let kind = attempt.error_kind().map_or("none", ErrorKind::as_str);
        let line = format!(
            "attempt {} of {}: status {:?}, error {kind} {:?}, throttled {}, cancelled {}, retried {}",
            attempt.number(),
            attempt.action(),
            attempt.status(),
            attempt.error_code(),
            attempt.is_throttled(),
            attempt.is_cancelled(),
            attempt.retry_delay().is_some(),
        );
        self.add(line, &format!("{attempt:?}"));
    }

    fn on_call(&self, call: &CallEvent<'_>) {
        let kind = call.error_kind().map_or("none", ErrorKind::as_str);
        let line = format!(
            "{} {}: status {:?}, error {kind}, attempts {}, throttled {}, request {:?}",
            call.action(),
            call.outcome(),
            call.status(),
            call.attempts(),
            call.throttled_attempts(),
            call.request_id().as_deref(),
        );
        self.add(line, &format!("{call:?}"));
    }
}

fn observed(server: &Server, secret_key: &str) -> (Client, Recorder) {
    let recorder = Recorder::default();
    let client = retrying(server).access_key(ACCESS_KEY, secret_key).observer(recorder.clone()).build();
    (client.expect("a client"), recorder)
}

#[tokio::test]
async fn a_retried_call_has_an_event_for_each_attempt_and_one_for_its_end() {
    let server = reply_once(Response::new(500, ""));
    let (client, recorder) = observed(&server, SECRET_KEY);
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    assert_eq!(
        recorder.lines(),
        [
            "attempt 1 of ReadVms: status Some(500), error server None, throttled false, cancelled false, retried true"
                .to_owned(),
            "attempt 2 of ReadVms: status Some(200), error none None, throttled false, cancelled false, retried false"
                .to_owned(),
            format!("ReadVms succeeded: status Some(200), error none, attempts 2, throttled 0, request {:?}", Some(REQUEST_ID)),
        ]
    );
}

#[tokio::test]
async fn a_throttled_call_counts_its_throttled_attempts() {
    let server = reply_once(cloud::refusal(429, "24", "Throttled", ""));
    let (client, recorder) = observed(&server, SECRET_KEY);
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    let lines = recorder.lines();
    assert_eq!(
        lines[0],
        "attempt 1 of ReadVms: status Some(429), error throttled Some(24), throttled true, cancelled false, retried true"
    );
    assert!(lines[2].contains("succeeded") && lines[2].contains("attempts 2, throttled 1"), "{lines:#?}");
}

#[tokio::test]
async fn a_call_that_the_lockout_guard_refuses_has_no_attempt() {
    let server = empty_cloud();
    let (client, recorder) = observed(&server, "FAKESECRETKEYFORTESTS0000000000000000006");
    for _ in 0..4 {
        client.read_vms(&ReadVmsRequest::new()).await.expect_err("a refusal");
    }
    let lines = recorder.lines();
    assert_eq!(lines.len(), 7, "{lines:#?}");
    assert_eq!(
        lines[6],
        "ReadVms locked_out: status None, error locked_out, attempts 0, throttled 0, request None"
    );
    let lockout = client.status().lockout().expect("a closed guard");
    assert_eq!((lockout.failures(), lockout.probe_after()), (3, None));
}

#[tokio::test]
async fn a_dropped_call_is_cancelled_once() {
    let server = server(|_| Reply::Nothing(Then::Wait));
    let (client, recorder) = observed(&server, SECRET_KEY);
    let call = tokio::spawn(async move { client.read_vms(&ReadVmsRequest::new()).await });
    while server.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    call.abort();
    assert!(call.await.is_err_and(|error| error.is_cancelled()));
    assert_eq!(
        recorder.lines(),
        [
            "attempt 1 of ReadVms: status None, error none None, throttled false, cancelled true, retried false",
            "ReadVms cancelled: status None, error none, attempts 1, throttled 0, request None",
        ]
    );
}

#[tokio::test]
async fn a_response_that_cannot_be_decoded_and_a_call_without_credentials_are_failed_calls() {
    let server = server(|_| Response::new(200, "<html>"));
    let recorder = Recorder::default();
    let client = builder(&server).observer(recorder.clone()).build().expect("a client");
    client.read_regions(&ReadRegionsRequest::new()).await.expect_err("not JSON");
    client.read_vms(&ReadVmsRequest::new()).await.expect_err("no credentials");
    let lines = recorder.lines();
    assert!(lines[1].starts_with("ReadRegions failed: status None, error decode, attempts 1"), "{lines:#?}");
    assert!(
        lines[2].starts_with("ReadVms failed: status None, error authentication, attempts 0"),
        "{lines:#?}"
    );
    assert_eq!(lines.len(), 3, "{lines:#?}");
}

#[tokio::test]
async fn events_contain_no_secret_of_a_request_that_the_server_echoes() {
    let echo = server(|request| {
        let sent = request.header("Authorization").unwrap_or_default();
        cloud::refusal(400, "4000", &format!("{sent} {}", String::from_utf8_lossy(&request.body)), "")
    });
    let (client, recorder) = observed(&echo, SECRET_KEY);
    client.create_keypair(&CreateKeypairRequest::new("key")).await.expect_err("a refusal");
    // The recorder searches the debug output of each event.
    assert_eq!(recorder.lines().len(), 2);
}

#[tokio::test]
async fn an_observer_that_panics_does_not_fail_the_call() {
    struct Panicking;
    impl Observer for Panicking {
        fn on_attempt(&self, _: &AttemptEvent<'_>) {
            panic!("on purpose");
        }
        fn on_call(&self, call: &CallEvent<'_>) {
            assert_eq!(call.outcome(), CallOutcome::Failed, "on purpose");
        }
    }
    let server = server(|_| ok());
    let client = builder(&server).observer(Panicking).build().expect("a client");
    client.read_regions(&ReadRegionsRequest::new()).await.expect("a response");
}

#[tokio::test]
async fn a_success_has_metadata() {
    let number = AtomicUsize::new(0);
    let server =
        server(
            move |_| if number.fetch_add(1, Ordering::SeqCst) == 0 { Response::new(503, "") } else { ok() },
        );
    let client = retrying(&server).access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client");
    let (_, metadata) =
        client.send_with_metadata::<ReadVms>(&ReadVmsRequest::new()).await.expect("a response");
    assert_eq!((metadata.request_id(), metadata.status(), metadata.attempts()), (Some(REQUEST_ID), 200, 2));
    assert!(metadata.elapsed() > Duration::ZERO);
}

#[tokio::test]
async fn headers_of_a_call_are_sent_and_those_of_the_client_cannot_be_replaced() {
    let server = empty_cloud();
    let client =
        builder(&server).access_key(ACCESS_KEY, SECRET_KEY).user_agent_prefix("tool/1.2").user_agent("x");
    let client = client.build().expect("a client");
    let refused = client.with(CallOptions::new().header("Host", "elsewhere.example"));
    let error = refused.read_vms(&ReadVmsRequest::new()).await.expect_err("a refused header");
    assert!(error.to_string().contains("`host`") && error.attempts() == 0, "{error}");
    let traced = client.with(CallOptions::new().header("X-Trace", "abc"));
    traced.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    let request = only_request(&server);
    assert_eq!(request.header("x-trace"), Some("abc"));
    let agent = request.header("user-agent").expect("a user agent");
    assert!(agent.starts_with("tool/1.2 osc-api/") && agent.ends_with(" x"), "{agent}");
}

#[tokio::test]
async fn a_client_names_its_configuration_and_is_healthy_at_first() {
    let server = empty_cloud();
    let client = crate::wire::client(&server);
    assert_eq!(
        (client.region(), client.endpoint(), client.profile()),
        (cloud::REGION, &*server.endpoint(), None)
    );
    assert_eq!(client.credentials().access_key_id(), Some(ACCESS_KEY));
    let status = client.status();
    assert!(
        !status.is_limited() && status.lockout().is_none() && status.clock_correction_seconds() == 0,
        "{status:?}"
    );
}

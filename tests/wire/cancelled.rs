//! Calls that end without a result: cancelled by the caller, or lost with their runtime.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use osc_api::types::{CreateNetRequest, CreateVolumeRequest, ReadVmsRequest};
use osc_api::{Client, Error};
use osc_tests::cloud::{self, ACCESS_KEY, SECRET_KEY};
use osc_tests::http::{Reply, Then};
use osc_tests::logs::Span;
use osc_tests::server::Server;
use tokio::runtime::{Builder, Runtime};

use crate::wire::{builder, retrying, server};

type PendingCall = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// The calls that are tried: one whose repetition is never safe, one that is safe with the caller's token, and one that
/// always is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CallKind {
    Create,
    CreateWithToken,
    Read,
}

const KINDS: [CallKind; 3] = [CallKind::Create, CallKind::CreateWithToken, CallKind::Read];

fn call(client: &Client, kind: CallKind) -> PendingCall {
    let client = client.clone();
    Box::pin(async move {
        match kind {
            CallKind::Create => client.create_net(&CreateNetRequest::new("10.0.0.0/16")).await.map(drop),
            CallKind::CreateWithToken => {
                let request = CreateVolumeRequest::new("eu-west-2a").client_token("mine");
                client.create_volume(&request).await.map(drop)
            }
            CallKind::Read => client.read_vms(&ReadVmsRequest::new()).await.map(drop),
        }
    })
}

/// Throttles this number of requests, and does not respond to the others.
fn silent_after(throttled: usize) -> Server {
    let number = AtomicUsize::new(0);
    server(move |_| match number.fetch_add(1, Ordering::SeqCst) {
        number if number < throttled => cloud::refusal(429, "24", "Throttled", "").into(),
        _ => Reply::Nothing(Then::Wait),
    })
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
}

fn poll(call: &mut PendingCall) -> Poll<Result<(), Error>> {
    pin!(call).poll(&mut Context::from_waker(Waker::noop()))
}

/// Starts a call, and waits until the server received this number of requests.
fn start(
    runtime: &Runtime,
    server: &Server,
    client: &Client,
    kind: CallKind,
    requests: usize,
) -> PendingCall {
    let _context = runtime.enter();
    let mut call = call(client, kind);
    assert!(poll(&mut call).is_pending());
    while server.requests().len() < requests {
        std::thread::yield_now();
    }
    call
}

fn last_span(server: &Server) -> Span {
    server.spans("osc_api").pop().expect("a span")
}

fn assert_recorded(span: &Span, attempts: usize) {
    let field = |name: &str| span.fields.get(name).map(String::as_str);
    assert_eq!(field("attempts"), Some(attempts.to_string().as_str()), "{span:#?}");
    assert!(field("duration_ms").is_some_and(|text| text.parse::<u64>().is_ok()), "{span:#?}");
    assert_eq!((field("status"), field("request_id")), (None, None), "{span:#?}");
}

#[test]
fn a_cancelled_call_records_its_attempts_and_duration() {
    for throttled in 0..3 {
        let server = silent_after(throttled);
        let client = retrying(&server).access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client");
        let runtime = runtime();
        let call = start(&runtime, &server, &client, CallKind::Read, throttled + 1);
        drop(call);
        assert_recorded(&last_span(&server), throttled + 1);
    }
}

#[test]
fn a_call_cancelled_in_a_queue_records_that_nothing_was_sent() {
    let server = silent_after(0);
    let client = builder(&server).rate_limit(0.001).access_key(ACCESS_KEY, SECRET_KEY).build();
    let (client, runtime) = (client.expect("a client"), runtime());
    let first = start(&runtime, &server, &client, CallKind::Read, 1);
    let queued = start(&runtime, &server, &client, CallKind::Read, 1);
    drop(queued);
    assert_recorded(&last_span(&server), 0);
    drop(first);
}

#[test]
fn the_error_of_a_lost_task_counts_its_attempts() {
    for throttled in 0..3 {
        for kind in KINDS {
            let server = silent_after(throttled);
            let client = retrying(&server).access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client");
            let runtime = runtime();
            let mut call = start(&runtime, &server, &client, kind, throttled + 1);
            drop(runtime);
            let Poll::Ready(Err(error)) = poll(&mut call) else { panic!("it goes on without a runtime") };
            let case = format!("{kind:?} after {throttled} throttled: {error:?}");
            assert_eq!(error.attempts() as usize, throttled + 1, "{case}");
            // The last attempt may have been carried out.
            assert_eq!(error.is_outcome_unknown(), kind != CallKind::Read, "{case}");
            assert_eq!(error.is_retryable(), kind != CallKind::Create, "{case}");
            assert!(error.to_string().contains("the Tokio runtime was shut down"), "{case}");
            assert!(error.to_string().contains(&server.host()), "{case}");
            assert_recorded(&last_span(&server), throttled + 1);
        }
    }
}

#[test]
fn the_error_of_a_task_lost_in_a_queue_says_that_nothing_was_sent() {
    for kind in KINDS {
        let server = silent_after(0);
        let client = builder(&server).rate_limit(0.001).access_key(ACCESS_KEY, SECRET_KEY).build();
        let (client, runtime) = (client.expect("a client"), runtime());
        let first = start(&runtime, &server, &client, CallKind::Read, 1);
        let mut queued = start(&runtime, &server, &client, kind, 1);
        drop(runtime);
        let Poll::Ready(Err(error)) = poll(&mut queued) else { panic!("it goes on without a runtime") };
        assert_eq!(error.attempts(), 0, "{error:?}");
        assert!(!error.is_outcome_unknown() && error.to_string().contains("was not sent"), "{error}");
        drop(first);
    }
}

/// All attempts were throttled, so none was carried out, and the task is lost while it waits for the next one.
#[test]
fn a_task_lost_between_attempts_was_not_carried_out() {
    let server = server(|_| cloud::refusal(429, "24", "Throttled", "").header("Retry-After", "100"));
    let client = retrying(&server).access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client");
    let runtime = runtime();
    let mut call = start(&runtime, &server, &client, CallKind::Create, 1);
    // The delay is an event of the call's span.
    while !last_span(&server).events.iter().any(|event| event.fields.contains_key("delay_ms")) {
        std::thread::yield_now();
    }
    drop(runtime);
    let Poll::Ready(Err(error)) = poll(&mut call) else { panic!("it goes on without a runtime") };
    assert_eq!(error.attempts(), 1, "{error:?}");
    assert!(!error.is_outcome_unknown(), "{error:?}");
}

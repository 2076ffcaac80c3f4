//! Calls make progress whether or not they are polled, and end within their timeout.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use osc_api::types::{CreateNetRequest, CreateVolumeRequest, ReadVmsRequest};
use osc_api::{Client, Error, RateLimit, RetryPolicy};
use osc_tests::cloud::{self, ACCESS_KEY, SECRET_KEY};
use osc_tests::http::{Reply, Response, Then};
use osc_tests::server::Server;
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::wire::{builder, ok, retrying, server};

/// Far more than any of these tests needs: a call that takes longer hangs.
const HANG_TIMEOUT: Duration = Duration::from_secs(30);

type Enable = fn(&mut Builder) -> &mut Builder;
type Pending = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

fn client(server: &Server, limit: RateLimit) -> Client {
    builder(server).rate_limit(limit).access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client")
}

async fn read(client: &Client) -> Result<(), Error> {
    client.read_vms(&ReadVmsRequest::new()).await.map(drop)
}

fn pending(client: &Client) -> Pending {
    let client = client.clone();
    Box::pin(async move { read(&client).await })
}

fn poll_once(future: &mut Pending) -> Poll<Result<(), Error>> {
    future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn a_call_never_waits_for_futures_that_are_not_polled() {
    for limit in [RateLimit::Adaptive, RateLimit::Fixed(20.0), RateLimit::Off] {
        for kept in [1, 5, 12] {
            let server = crate::wire::empty_cloud();
            let client = client(&server, limit);
            // Like `buffer_unordered`, `select!` with a pinned call, or paginators that were polled once.
            let mut calls: Vec<_> = (0..kept).map(|_| pending(&client)).collect();
            assert!(calls.iter_mut().all(|call| poll_once(call).is_pending()));
            for _ in 0..3 {
                let result = timeout(HANG_TIMEOUT, read(&client)).await;
                result
                    .unwrap_or_else(|_| panic!("{limit:?}, {kept} kept: the call hangs"))
                    .expect("a response");
            }
            for call in calls {
                timeout(HANG_TIMEOUT, call).await.expect("in time").expect("a response");
            }
        }
    }
}

#[tokio::test]
async fn the_timeout_covers_the_queue_of_the_rate_limiter() {
    let server = crate::wire::empty_cloud();
    let client = builder(&server)
        .rate_limit(1.0)
        .timeout(Duration::from_millis(1500))
        .access_key(ACCESS_KEY, SECRET_KEY)
        .build()
        .expect("a client");
    let began = Instant::now();
    let mut calls = JoinSet::new();
    for _ in 0..20 {
        let client = client.clone();
        calls.spawn(async move { read(&client).await });
    }
    let results = calls.join_all().await;
    // It would take 19 seconds without the timeout.
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    let late: Vec<_> = results.into_iter().filter_map(Result::err).collect();
    assert!(late.len() >= 15, "{}", late.len());
    for error in late {
        assert!(error.is_timeout() && error.is_retryable() && error.attempts() == 0, "{error:?}");
        assert!(error.to_string().contains("not sent") && !error.is_outcome_unknown(), "{error}");
    }
}

#[tokio::test]
async fn the_timeout_covers_the_queue_of_the_lockout_guard() {
    let server = server(|_| Reply::Nothing(Then::Wait));
    let client = builder(&server)
        .rate_limit(RateLimit::Adaptive)
        .timeout(Duration::from_secs(1))
        .access_key(ACCESS_KEY, SECRET_KEY)
        .build()
        .expect("a client");
    let began = Instant::now();
    let mut calls = JoinSet::new();
    for _ in 0..30 {
        let client = client.clone();
        calls.spawn(async move { read(&client).await });
    }
    for result in calls.join_all().await {
        assert!(result.is_err_and(|error| error.is_timeout()));
    }
    // Sequential calls would take one second each.
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}

#[test]
fn a_runtime_without_drivers_is_reported_as_an_error() {
    let server = crate::wire::empty_cloud();
    let builders: [(&str, Enable); 3] =
        [("no driver", |b| b), ("no I/O", Builder::enable_time), ("no time", Builder::enable_io)];
    for (name, enable) in builders {
        let runtime = enable(&mut Builder::new_current_thread()).build().expect("a runtime");
        let error = runtime.block_on(read(&client(&server, RateLimit::Off))).expect_err("an error");
        assert!(error.to_string().contains("enable_all"), "{name}: {error:#}");
        assert!(error.to_string().contains("not sent") && !error.is_outcome_unknown(), "{name}: {error}");
    }
}

#[test]
fn a_call_whose_runtime_was_shut_down_ends_with_an_error() {
    let server = server(|_| Reply::Nothing(Then::Wait));
    let client = client(&server, RateLimit::Off);
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let mut call: Pending =
        Box::pin(async move { client.create_net(&CreateNetRequest::new("10.0.0.0/16")).await.map(drop) });
    {
        let _context = runtime.enter();
        assert!(poll_once(&mut call).is_pending());
    }
    while server.requests().is_empty() {
        std::thread::yield_now();
    }
    runtime.shutdown_timeout(Duration::from_secs(5));
    let Poll::Ready(Err(error)) = pin!(call).poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("the call is still pending without a runtime");
    };
    assert!(error.is_outcome_unknown() && !error.is_retryable(), "{error:?}");
    assert!(error.to_string().contains("was shut down"), "{error}");
}

/// The outcome of the first attempt is unknown; the second was certainly not carried out.
#[tokio::test]
async fn a_later_refusal_does_not_hide_an_unknown_outcome() {
    let refusals = || {
        [
            ("throttled", cloud::refusal(429, "24", "Throttled", "")),
            ("a temporary conflict", cloud::refusal(409, "9085", "Conflict", "")),
            ("a conflict", cloud::refusal(409, "9029", "Conflict", "")),
        ]
    };
    let lost =
        || [Reply::Nothing(Then::HangUp), Response::new(500, "").into(), Response::new(408, "").into()];
    for (number, lost) in lost().into_iter().enumerate() {
        for (name, refusal) in refusals() {
            for own_token in [false, true] {
                let (lost, refusal) = (lost.clone(), refusal.clone());
                let seen = std::sync::atomic::AtomicUsize::new(0);
                let server = server(move |request| {
                    if request.action() == "ReadVms" {
                        return ok().into();
                    }
                    match seen.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
                        0 => lost.clone(),
                        _ => refusal.clone().into(),
                    }
                });
                let policy = RetryPolicy::new()
                    .base_delay(crate::wire::RETRY_DELAY)
                    .max_delay(crate::wire::RETRY_DELAY);
                let client = retrying(&server)
                    .retry(policy)
                    .timeout(Duration::from_millis(300))
                    .access_key(ACCESS_KEY, SECRET_KEY)
                    .build()
                    .expect("a client");
                // Proves the credentials.
                read(&client).await.expect("a response");
                let request = CreateVolumeRequest::new("eu-west-2a");
                let request = if own_token { request.client_token("mine") } else { request };
                let error = client.create_volume(&request).await.expect_err("an error");
                let case = format!("{number}, then {name}, own token: {own_token}: {error:?}");
                assert!(error.is_outcome_unknown() && !error.is_connect(), "{case}");
                assert!(error.to_string().contains("the outcome is unknown"), "{case}");
                assert!(own_token || !error.is_retryable(), "{case}");
            }
        }
    }
}

#[tokio::test]
async fn a_read_has_no_unknown_outcome() {
    let server = server(|_| Response::new(500, ""));
    let client = retrying(&server).access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client");
    let error = read(&client).await.expect_err("an error");
    assert!(!error.is_outcome_unknown() && error.is_retryable(), "{error:?}");
}

/// The pooled connections of a runtime make no progress while the runtime is not running.
#[test]
fn a_client_works_in_a_second_runtime_while_the_first_one_is_idle() {
    let server = crate::wire::empty_cloud();
    let client = client(&server, RateLimit::Adaptive);
    let runtime = || Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (first, second) = (runtime(), runtime());
    for round in 0..3 {
        for runtime in [&first, &second] {
            let call = async { timeout(HANG_TIMEOUT, read(&client)).await };
            runtime
                .block_on(call)
                .unwrap_or_else(|_| panic!("round {round}: the call hangs"))
                .expect("a response");
        }
    }
}

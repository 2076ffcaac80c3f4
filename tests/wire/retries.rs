//! Retries, the retry budget, and calls that are dropped before they finish.

use std::future::Future;
use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use osc_api::types::{CreateVolumeRequest, ReadVmsRequest};
use osc_api::{CallOptions, Client, Error, RateLimit, RetryPolicy};
use osc_tests::cloud::{self, ACCESS_KEY, SECRET_KEY};
use osc_tests::http::{Reply, Response, Then};
use osc_tests::server::Server;
use serde_json::json;
use tokio::task::{JoinSet, yield_now};
use tokio::time::timeout;

use crate::wire::{RETRY_DELAY, ok, only_request, reply_once, retrying, server};

fn client(server: &Server, limit: RateLimit) -> Client {
    retrying(server).rate_limit(limit).access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client")
}

async fn read(client: &Client) -> Result<(), Error> {
    client.read_vms(&ReadVmsRequest::new()).await.map(drop)
}

#[tokio::test]
async fn a_client_token_of_the_caller_is_kept() {
    let server = reply_once(Response::new(500, ""));
    let request = CreateVolumeRequest::new("eu-west-2a").client_token("mine");
    client(&server, RateLimit::Off).create_volume(&request).await.expect("a response");
    let bodies: Vec<_> = server.requests().into_iter().map(|request| request.json()).collect();
    let expected = json!({ "SubregionName": "eu-west-2a", "ClientToken": "mine" });
    assert_eq!(bodies, [expected.clone(), expected]);
}

#[tokio::test]
async fn a_raw_create_is_sent_once_and_unchanged() {
    let server = server(|_| Response::new(500, ""));
    let body = json!({ "SubregionName": "eu-west-2a" });
    let error = client(&server, RateLimit::Off).send_raw("CreateVolume", &body).await.expect_err("an error");
    assert!(!error.is_retryable(), "{error:?}");
    assert_eq!(only_request(&server).json(), body);
}

#[tokio::test]
async fn an_error_reports_the_number_of_attempts() {
    let server = server(|_| Response::new(500, ""));
    for attempts in [1, 2, 7] {
        let policy = RetryPolicy::new().max_attempts(attempts).base_delay(RETRY_DELAY).max_delay(RETRY_DELAY);
        let client = client(&server, RateLimit::Off).with(CallOptions::new().retry(policy));
        let error = read(&client).await.expect_err("an error");
        assert_eq!(error.attempts(), attempts);
        let reported = format!("{attempts} attempts");
        assert_eq!(error.to_string().contains(&reported), attempts > 1, "{error}");
    }
}

#[tokio::test]
async fn a_throttled_call_succeeds_with_any_rate_limit() {
    // After this number of successful responses, an adaptive client recovers quickly.
    const SUCCESSES: usize = 30;
    for limit in [RateLimit::Adaptive, RateLimit::Fixed(1000.0), RateLimit::Off] {
        for (status, code) in [(429, "24"), (429, "25"), (503, "6")] {
            let number = AtomicUsize::new(0);
            let server = server(move |_| match number.fetch_add(1, Ordering::SeqCst) {
                SUCCESSES => cloud::refusal(status, code, "Throttled", ""),
                _ => ok(),
            });
            let client = client(&server, limit);
            for _ in 0..=SUCCESSES {
                read(&client).await.expect("a response");
            }
            assert_eq!(server.requests().len(), SUCCESSES + 2, "{limit:?}, {status}");
        }
    }
}

/// A server that accepts this number of requests in each second of its clock and throttles the rest.
fn rate_limited(per_second: usize) -> Server {
    let began = Instant::now();
    let accepted = Mutex::new((0, 0));
    server(move |request| {
        if let Err(refusal) = cloud::admit(request) {
            return refusal;
        }
        let mut accepted = accepted.lock().expect("no panic");
        let second = began.elapsed().as_secs();
        let count = if accepted.0 == second { accepted.1 } else { 0 };
        *accepted = (second, count + 1);
        if count < per_second { ok() } else { cloud::refusal(429, "24", "Throttled", "") }
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_tasks_succeed_against_a_rate_limited_server() {
    const TASKS: usize = 32;
    const CALLS: usize = 12;
    let server = rate_limited(300);
    let client = client(&server, RateLimit::Adaptive);
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let client = client.clone();
        tasks.spawn(async move {
            for _ in 0..CALLS {
                read(&client).await.expect("a response");
            }
        });
    }
    assert_eq!(tasks.join_all().await.len(), TASKS);
    assert!(server.requests().len() >= TASKS * CALLS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_retry_budget_limits_the_retries_of_all_calls() {
    const TASKS: usize = 64;
    const CALLS: usize = 4;
    // Initial retry budget of a client. It also grows with time.
    const BUDGET: usize = 50;
    let server = server(|_| Response::new(500, ""));
    let client = client(&server, RateLimit::Off);
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let client = client.with(CallOptions::new());
        tasks.spawn(async move {
            for _ in 0..CALLS {
                let error = read(&client).await.expect_err("an error");
                assert_eq!(error.api().map(|api| api.status()), Some(500), "{error:?}");
            }
        });
    }
    tasks.join_all().await;
    let grown = 2 * (began.elapsed().as_secs() as usize + 1);
    let requests = server.requests().len();
    // Without a budget, there would be five requests per call.
    let max = TASKS * CALLS + BUDGET + grown;
    assert!((TASKS * CALLS + BUDGET..=max).contains(&requests), "{requests} requests, at most {max}");
}

#[tokio::test]
async fn throttled_requests_do_not_use_the_retry_budget() {
    // Far more than the budget.
    const THROTTLED: usize = 200;
    let number = AtomicUsize::new(0);
    let server = server(move |_| match number.fetch_add(1, Ordering::SeqCst) {
        ..THROTTLED => cloud::refusal(429, "24", "Throttled", ""),
        THROTTLED => Response::new(502, ""),
        _ => ok(),
    });
    let client = client(&server, RateLimit::Off);
    read(&client).await.expect("a response");
    assert_eq!(server.requests().len(), THROTTLED + 2);
}

/// Polls a call this number of times, yielding in between, then drops it. Returns whether it finished.
async fn drop_after(polls: usize, call: impl Future<Output = Result<(), Error>>) -> bool {
    let mut call = pin!(call);
    for _ in 0..polls {
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(result) = call.as_mut().poll(&mut context) {
            result.expect("a response");
            return true;
        }
        yield_now().await;
    }
    false
}

#[tokio::test]
async fn a_call_can_be_dropped_at_any_point() {
    // Far more than a call needs.
    const MAX_POLLS: usize = 200;
    for limit in [RateLimit::Adaptive, RateLimit::Fixed(10_000.0), RateLimit::Off] {
        // Fewer retryable errors than the retry budget allows.
        let number = AtomicUsize::new(0);
        let server = server(move |_| match number.fetch_add(1, Ordering::SeqCst) % 4 {
            0 => Response::new(500, ""),
            // An adaptive client would slow down too much.
            2 if limit != RateLimit::Adaptive => cloud::refusal(503, "6", "Throttled", ""),
            _ => ok(),
        });
        let client = client(&server, limit);
        let mut finished = 0;
        for polls in (0..MAX_POLLS).step_by(4) {
            finished += usize::from(drop_after(polls, read(&client)).await);
            if polls % 20 == 0 {
                read(&client).await.expect("a response after a call that was dropped");
            }
        }
        read(&client).await.expect("a response");
        assert!(finished < MAX_POLLS / 4, "{limit:?}: no call was dropped");
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_in_flight_leaves_the_client_usable() {
    for limit in [RateLimit::Adaptive, RateLimit::Fixed(10_000.0), RateLimit::Off] {
        let server = server(|request| match request.json()["DryRun"].as_bool() {
            Some(true) => Reply::Nothing(Then::Wait),
            _ => ok().into(),
        });
        let client = client(&server, limit);
        // Proves the credentials, so that a dropped call does not count as a possible failure.
        read(&client).await.expect("a response");
        // More than may be in flight at once.
        for round in 2..=21 {
            let dropped = client.clone();
            let dropped =
                tokio::spawn(async move { dropped.read_vms(&ReadVmsRequest::new().dry_run(true)).await });
            while server.requests().len() < round {
                yield_now().await;
            }
            dropped.abort();
            assert!(dropped.await.is_err_and(|error| error.is_cancelled()));
        }
        read(&client).await.expect("a response");
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_between_attempts_leaves_the_client_usable() {
    let server = reply_once(Response::new(500, ""));
    let client = client(&server, RateLimit::Adaptive);
    let hour = Duration::from_secs(3600);
    let policy = RetryPolicy::new().base_delay(hour).max_delay(hour);
    let waiting = client.with(CallOptions::new().retry(policy).timeout(2 * hour));
    let waiting = tokio::spawn(async move { read(&waiting).await });
    while server.requests().is_empty() {
        yield_now().await;
    }
    read(&client).await.expect("a response while another call waits");
    waiting.abort();
    assert!(waiting.await.is_err_and(|error| error.is_cancelled()));
    read(&client).await.expect("a response");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn calls_that_are_dropped_in_the_queue_use_no_capacity() {
    let server = server(|_| ok());
    // Otherwise, the last call would have to wait for minutes.
    let client = client(&server, RateLimit::Fixed(5.0));
    read(&client).await.expect("a response");
    let mut queue = JoinSet::new();
    for _ in 0..1000 {
        let client = client.clone();
        queue.spawn(async move { read(&client).await });
    }
    yield_now().await;
    queue.shutdown().await;
    timeout(Duration::from_secs(20), read(&client)).await.expect("in time").expect("a response");
    assert!(server.requests().len() < 10, "{} requests", server.requests().len());
}

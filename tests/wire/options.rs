//! Call options, set on a client that is derived from another.

use std::time::Duration;

use osc_api::types::ReadVmsRequest;
use osc_api::{CallOptions, Client, Error, RetryPolicy};
use osc_tests::cloud::{ACCESS_KEY, SECRET_KEY};
use osc_tests::http::{Reply, Response, Then};
use osc_tests::server::Server;
use tokio::task::spawn_blocking;

use crate::wire::{RETRY_DELAY, client, ok, retrying, server};

/// As short as possible without failing a connection to the loopback interface.
const SHORT_TIMEOUT: Duration = Duration::from_millis(300);

async fn read(client: &Client) -> Result<(), Error> {
    client.read_vms(&ReadVmsRequest::new()).await.map(drop)
}

fn retry_policy(attempts: u32) -> RetryPolicy {
    RetryPolicy::new().max_attempts(attempts).base_delay(RETRY_DELAY).max_delay(RETRY_DELAY)
}

fn failing() -> Server {
    server(|_| Response::new(500, ""))
}

/// The number of requests that a failing call sends.
async fn attempts(client: &Client, server: &Server) -> usize {
    let before = server.requests().len();
    let error = read(client).await.expect_err("an error");
    let count = server.requests().len() - before;
    assert_eq!(error.attempts() as usize, count, "{error:?}");
    count
}

#[tokio::test]
async fn a_derived_client_has_its_own_retry_policy() {
    let server = failing();
    let parent = retrying(&server).access_key(ACCESS_KEY, SECRET_KEY).retry(retry_policy(3)).build();
    let parent = parent.expect("a client");
    let derived = parent.with(CallOptions::new().retry(retry_policy(2)));
    let once = derived.with(CallOptions::new().retry(RetryPolicy::none()));
    for _ in 0..2 {
        assert_eq!(attempts(&parent, &server).await, 3);
        assert_eq!(attempts(&derived, &server).await, 2);
        assert_eq!(attempts(&once, &server).await, 1);
        assert_eq!(attempts(&once.clone(), &server).await, 1);
    }
}

#[tokio::test]
async fn a_derived_client_inherits_options_that_it_does_not_set() {
    let server = failing();
    let parent = retrying(&server).access_key(ACCESS_KEY, SECRET_KEY).retry(retry_policy(3)).build();
    let parent = parent.expect("a client");
    let hour = Duration::from_secs(3600);
    for options in [
        CallOptions::new(),
        CallOptions::new().timeout(hour),
        CallOptions::new().attempt_timeout(hour),
        CallOptions::new().max_response_size(1000),
    ] {
        assert_eq!(attempts(&parent.with(options), &server).await, 3);
    }
    let derived =
        parent.with(CallOptions::new().retry(retry_policy(2))).with(CallOptions::new().timeout(hour));
    assert_eq!(attempts(&derived, &server).await, 2);
}

#[tokio::test]
async fn the_maximum_response_size_is_set_per_call() {
    let server = server(|_| ok());
    let parent = client(&server);
    let derived = parent.with(CallOptions::new().max_response_size(10));
    let error = read(&derived).await.expect_err("an error");
    assert!(error.to_string().contains("10"), "{error}");
    read(&parent).await.expect("a response");
    read(&derived.with(CallOptions::new().max_response_size(1000))).await.expect("a response");
}

#[tokio::test]
async fn a_derived_client_has_its_own_timeouts() {
    let attempt_timeout = CallOptions::new().attempt_timeout(SHORT_TIMEOUT).retry(RetryPolicy::none());
    let call_timeout = CallOptions::new().timeout(SHORT_TIMEOUT);
    for options in [attempt_timeout, call_timeout] {
        let server = server(|_| Reply::Nothing(Then::Wait));
        let parent = retrying(&server).access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client");
        let derived = parent.with(options);
        let error = read(&derived).await.expect_err("an error");
        assert!(error.is_timeout() && error.is_transport() && !error.is_connect(), "{error:?}");
        // The parent keeps its timeout: with that of the derived client, it would have failed by now.
        let waiting = tokio::spawn(async move { read(&parent).await });
        read(&derived).await.expect_err("an error");
        assert!(!waiting.is_finished(), "the options of the derived client changed its parent");
        waiting.abort();
    }
}

#[tokio::test]
async fn derived_clients_share_connections() {
    let server = server(|_| ok());
    let parent = client(&server);
    for _ in 0..3 {
        read(&parent).await.expect("a response");
        let derived = parent.with(CallOptions::new().timeout(Duration::from_secs(10)));
        read(&derived).await.expect("a response");
    }
    drop(parent);
    let seen = spawn_blocking(move || server.finish()).await.expect("no panic");
    assert_eq!((seen.requests.len(), seen.connections), (6, 1));
}

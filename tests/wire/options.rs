//! Options of a call, given to a client that is derived from another.

use std::time::Duration;

use osc_api::types::ReadVmsRequest;
use osc_api::{CallOptions, Client, Error, RetryPolicy};
use osc_tests::cloud::{ACCESS_KEY, SECRET_KEY};
use osc_tests::http::{Reply, Response, Then};
use osc_tests::server::Server;
use tokio::task::spawn_blocking;

use crate::{MOMENT, client, ok, retrying, server};

/// As short as it can be without failing a connection to this machine.
const SHORT: Duration = Duration::from_millis(300);

async fn read(client: &Client) -> Result<(), Error> {
    client.read_vms(&ReadVmsRequest::new()).await.map(drop)
}

fn patient(attempts: u32) -> RetryPolicy {
    RetryPolicy::new().max_attempts(attempts).base_delay(MOMENT).max_delay(MOMENT)
}

fn failing() -> Server {
    server(|_| Response::new(500, ""))
}

/// How many requests a call makes of a server that fails.
async fn attempts(client: &Client, server: &Server) -> usize {
    let before = server.requests().len();
    let error = read(client).await.expect_err("an error");
    let made = server.requests().len() - before;
    assert_eq!(error.attempts() as usize, made, "{error:?}");
    made
}

#[tokio::test]
async fn retries_are_a_matter_of_the_call() {
    let server = failing();
    let parent = retrying(&server).access_key(ACCESS_KEY, SECRET_KEY).retry(patient(3)).build();
    let parent = parent.expect("a client");
    let derived = parent.with(CallOptions::new().retry(patient(2)));
    let once = derived.with(CallOptions::new().retry(RetryPolicy::none()));
    for _ in 0..2 {
        assert_eq!(attempts(&parent, &server).await, 3);
        assert_eq!(attempts(&derived, &server).await, 2);
        assert_eq!(attempts(&once, &server).await, 1);
        assert_eq!(attempts(&once.clone(), &server).await, 1);
    }
}

#[tokio::test]
async fn what_a_derived_client_does_not_say_is_as_its_parent_has_it() {
    let server = failing();
    let parent = retrying(&server).access_key(ACCESS_KEY, SECRET_KEY).retry(patient(3)).build();
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
    let derived = parent.with(CallOptions::new().retry(patient(2))).with(CallOptions::new().timeout(hour));
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
async fn time_is_a_matter_of_the_call() {
    let of_attempt = CallOptions::new().attempt_timeout(SHORT).retry(RetryPolicy::none());
    let of_call = CallOptions::new().timeout(SHORT);
    for options in [of_attempt, of_call] {
        let server = server(|_| Reply::Nothing(Then::Wait));
        let parent = retrying(&server).access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client");
        let derived = parent.with(options);
        let error = read(&derived).await.expect_err("an error");
        assert!(error.is_timeout() && error.is_transport() && !error.is_connect(), "{error:?}");
        // The parent waits for as long as it did before: a timeout of its own would have come by now.
        let waiting = tokio::spawn(async move { read(&parent).await });
        read(&derived).await.expect_err("an error");
        assert!(!waiting.is_finished(), "the options of a call are those of all");
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

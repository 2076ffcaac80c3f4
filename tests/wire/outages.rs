//! Listings, batches and waits outlast an outage that is shorter than their timeout, however many attempts it takes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use osc_api::listing::Listing;
use osc_api::types::{ReadLoadBalancersRequest, ReadVmsRequest, Vm};
use osc_api::{CallOptions, Client, RetryPolicy, wait};
use osc_tests::cloud::{ACCESS_KEY, SECRET_KEY};
use osc_tests::http::{Reply, Response, Then};
use osc_tests::server::Server;
use serde_json::json;
use tokio::task::JoinSet;

use crate::wire::{retrying, server};

/// Number of requests that fail: more than a call attempts.
const FAILURES: usize = 40;

/// An API with two pages of VMs, and the number of requests that it still fails.
fn api() -> (Server, Arc<AtomicUsize>) {
    let left = Arc::new(AtomicUsize::new(0));
    let failures = Arc::clone(&left);
    let server = server(move |request| {
        let take = |left: usize| left.checked_sub(1);
        if let Ok(left) = failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take) {
            return match left % 4 {
                0 => Reply::from(Response::new(503, "")),
                1 => Response::new(502, "<html>no</html>").header("Content-Type", "text/html").into(),
                2 => Reply::Nothing(Then::HangUp),
                _ => Reply::Nothing(Then::Reset),
            };
        }
        let vm = |id: &str| json!({ "VmId": id, "State": "running" });
        let body = match request.json() {
            body if body["NextPageToken"] == "two" => json!({ "Vms": [vm("i-2")] }),
            body if body["Filters"].is_null() => json!({ "Vms": [vm("i-1")], "NextPageToken": "two" }),
            _ => json!({ "Vms": [vm("i-1")] }),
        };
        Response::json(200, &body).into()
    });
    (server, left)
}

/// A client whose credentials are known to be valid: before that, a lost response ends a call.
async fn proven(server: &Server) -> Client {
    let client = retrying(server).access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client");
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    client
}

/// Runs one read in an outage. Returns the number of requests that it sent.
async fn requests_in_an_outage(read: impl AsyncFnOnce(Client)) -> usize {
    let (server, left) = api();
    let client = proven(&server).await;
    left.store(FAILURES, Ordering::SeqCst);
    read(client).await;
    assert_eq!(left.load(Ordering::SeqCst), 0);
    server.requests().len() - 1
}

#[tokio::test]
async fn a_listing_outlasts_an_outage() {
    for prefetch in [0, 1] {
        let requests = requests_in_an_outage(async |client| {
            let vms = client.paginate(ReadVmsRequest::new()).prefetch(prefetch);
            let vms: Vec<Vm> = vms.try_collect().await.expect("all items");
            assert_eq!(vms.len(), 2);
        });
        assert_eq!(requests.await, FAILURES + 2);
    }
    let requests = requests_in_an_outage(async |client| {
        let vms: Vec<_> =
            client.list(ReadLoadBalancersRequest::new()).try_collect().await.expect("all items");
        assert_eq!(vms.len(), 0);
    });
    assert_eq!(requests.await, FAILURES + 1);
}

#[tokio::test]
async fn a_listing_as_data_outlasts_an_outage() {
    let requests = requests_in_an_outage(async |client| {
        let listing = Listing::of("ReadVms").expect("a listing");
        assert_eq!(client.list_raw(listing, json!({})).try_collect().await.expect("all items").len(), 2);
    });
    assert_eq!(requests.await, FAILURES + 2);
}

#[tokio::test]
async fn a_batch_outlasts_an_outage() {
    let requests = requests_in_an_outage(async |client| {
        let mut reads = JoinSet::new();
        for id in ["i-1", "i-9"] {
            let vms = client.batch::<Vm>();
            reads.spawn(async move { vms.read(id).await.expect("a response").is_some() });
        }
        let found = reads.join_all().await;
        assert_eq!(found.iter().filter(|found| **found).count(), 1);
    });
    assert_eq!(requests.await, FAILURES + 1);
}

#[tokio::test]
async fn a_wait_outlasts_an_outage() {
    requests_in_an_outage(async |client| {
        let wait = client.wait_for(wait::vm("i-1").running());
        let interval = Duration::from_millis(1);
        wait.interval(interval, interval).timeout(Duration::from_secs(600)).await.expect("running");
    })
    .await;
}

#[tokio::test]
async fn an_inventory_outlasts_an_outage_that_exhausts_the_retry_budget() {
    let (server, left) = api();
    let client = proven(&server).await;
    // More than the 50 retries of the budget, and what is added to it meanwhile.
    left.store(300, Ordering::SeqCst);
    let mut reads = JoinSet::new();
    for listing in Listing::all().filter(|listing| listing.required_fields().is_empty()) {
        reads.spawn(client.list_raw(listing, json!({})).try_collect());
    }
    while let Some(read) = reads.join_next().await {
        read.expect("no panic").expect("all items");
    }
    assert_eq!(left.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn other_calls_and_policies_without_retries_end_after_their_attempts() {
    let (server, left) = api();
    let client = proven(&server).await;
    left.store(usize::MAX, Ordering::SeqCst);
    let before = server.requests().len();
    client.read_vms(&ReadVmsRequest::new()).await.expect_err("an outage");
    assert_eq!(server.requests().len() - before, 5);
    let single = client.with(CallOptions::new().retry(RetryPolicy::none()));
    single.paginate(ReadVmsRequest::new()).try_next().await.expect_err("an outage");
    single.batch::<Vm>().read("i-1").await.expect_err("an outage");
    assert_eq!(server.requests().len() - before, 7);
}

#[tokio::test]
async fn an_outage_that_outlasts_the_timeout_is_the_error_of_the_read() {
    let (server, left) = api();
    let client = proven(&server).await.with(CallOptions::new().timeout(Duration::from_millis(300)));
    left.store(usize::MAX, Ordering::SeqCst);
    let error = client.paginate(ReadVmsRequest::new()).try_next().await.expect_err("an outage");
    assert!(error.is_retryable() && error.attempts() > 5, "{error}");
    let error = client.batch::<Vm>().read("i-1").await.expect_err("an outage");
    assert!(error.is_retryable(), "{error}");
}

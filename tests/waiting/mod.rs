//! Waiters against a local server: what ends a wait, and how waits share their reads.
//!
//! Intervals are milliseconds. No test looks at a clock: the assertions are about the requests the server received.

mod batch;
mod decisions;
mod sharing;
mod table;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use osc_api::wait::Wait;
use osc_api::{Client, RateLimit, RetryPolicy};
use osc_tests::cloud;
use osc_tests::http::{Request, Response};
use osc_tests::server::Server;
use serde_json::{Value, json};

/// The poll interval of these tests.
const INTERVAL: Duration = Duration::from_millis(5);

/// Longer than any test.
const LONG: Duration = Duration::from_secs(600);

/// A server that responds to the n-th request, counted from 1.
fn server(respond: impl Fn(&Request, usize) -> Response + Send + Sync + 'static) -> Server {
    let count = AtomicUsize::new(0);
    let respond = move |request: &Request| respond(request, count.fetch_add(1, Ordering::SeqCst) + 1);
    Server::start(respond).expect("a local port")
}

/// A server that lists VMs: `state` returns the state of a VM in the n-th response, or `None` if it is not listed.
fn vms(state: impl Fn(&str, usize) -> Option<&'static str> + Send + Sync + 'static) -> Server {
    server(move |request, number| {
        let vm = |id: &String| Some(json!({ "VmId": id, "State": state(id, number)? }));
        listed("Vms", ids(request, "VmIds").iter().filter_map(vm).collect())
    })
}

/// A response that lists these items.
fn listed(list: &str, items: Vec<Value>) -> Response {
    Response::json(200, &json!({ list: items, "ResponseContext": { "RequestId": cloud::REQUEST_ID } }))
}

/// The IDs in the filter of a request.
fn ids(request: &Request, filter: &str) -> BTreeSet<String> {
    let body = request.json();
    let ids = body["Filters"][filter].as_array().unwrap_or_else(|| panic!("no filter {filter} in {body}"));
    ids.iter().map(|id| id.as_str().expect("a string").to_owned()).collect()
}

/// A client without retries or a rate limit.
fn client(server: &Server) -> Client {
    let builder = Client::builder()
        .ignore_environment()
        .region(cloud::REGION)
        .endpoint(server.endpoint())
        .retry(RetryPolicy::none())
        .rate_limit(RateLimit::Off)
        .access_key(cloud::ACCESS_KEY, cloud::SECRET_KEY);
    builder.build().expect("a client")
}

/// The same wait with a short poll interval and a long timeout.
fn quick<O>(wait: Wait<'_, O>) -> Wait<'_, O> {
    wait.interval(INTERVAL, INTERVAL).timeout(LONG)
}

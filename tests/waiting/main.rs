//! Waiting for states, against a local server: what decides a wait, and how many share their reads.
//!
//! Intervals are milliseconds here. No test looks at a clock: what counts is what the server was asked.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on says why and stops"
)]

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

/// The time between two reads.
const MOMENT: Duration = Duration::from_millis(5);

/// Longer than any test.
const LONG: Duration = Duration::from_secs(600);

/// A server that gives the n-th request, from 1, an answer.
fn server(answer: impl Fn(&Request, usize) -> Response + Send + Sync + 'static) -> Server {
    let count = AtomicUsize::new(0);
    let answer = move |request: &Request| answer(request, count.fetch_add(1, Ordering::SeqCst) + 1);
    Server::start(answer).expect("a local port")
}

/// A server that lists VMs: `state` says for an identifier and the n-th request which state it has, if any.
fn vms(state: impl Fn(&str, usize) -> Option<&'static str> + Send + Sync + 'static) -> Server {
    server(move |request, number| {
        let vm = |id: &String| Some(json!({ "VmId": id, "State": state(id, number)? }));
        listed("Vms", ids(request, "VmIds").iter().filter_map(vm).collect())
    })
}

/// An answer that lists these.
fn listed(list: &str, items: Vec<Value>) -> Response {
    Response::json(200, &json!({ list: items, "ResponseContext": { "RequestId": cloud::REQUEST_ID } }))
}

/// The identifiers that a request asks for.
fn ids(request: &Request, filter: &str) -> BTreeSet<String> {
    let body = request.json();
    let ids = body["Filters"][filter].as_array().unwrap_or_else(|| panic!("no filter {filter} in {body}"));
    ids.iter().map(|id| id.as_str().expect("a text").to_owned()).collect()
}

/// A client that sends everything once, at once.
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

/// The same wait with hardly any time between its reads.
fn quick<O>(wait: Wait<'_, O>) -> Wait<'_, O> {
    wait.interval(MOMENT, MOMENT).timeout(LONG)
}

//! The client over real HTTP, against a local server that checks signatures with its own code.
//!
//! Nothing here leaves the machine, uses a fixed port or depends on how fast the machine is.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on says why and stops"
)]

mod calls;
mod cancelled;
mod client_certificates;
mod closing;
mod errors;
mod faults;
mod guard;
mod options;
#[cfg(target_os = "linux")]
mod platform_roots;
mod profile;
mod programs;
mod progress;
mod proxy;
mod refusals;
mod retries;
mod schedules;
mod sentinel;
mod skew;
mod table;
mod tls;
mod tracing;

use std::time::Duration;

use osc_api::{Client, ClientBuilder, RateLimit, RetryPolicy};
use osc_tests::cloud;
use osc_tests::http::{Reply, Request, Response};
use osc_tests::server::Server;
use serde_json::json;

/// The wait before a second attempt, where there is one.
const MOMENT: Duration = Duration::from_millis(1);

/// A server that does what `handler` says, to anyone callers.
fn server<R: Into<Reply>>(handler: impl Fn(&Request) -> R + Send + Sync + 'static) -> Server {
    Server::start(handler).expect("a local port")
}

/// A server that admits callers as the cloud does, and then responses what `response` says.
fn cloud(response: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Server {
    server(move |request| cloud::admit(request).map_or_else(|refusal| refusal, |()| response(request)))
}

/// A server that authenticates callers like the cloud, and reports success.
fn empty_cloud() -> Server {
    cloud(|_| ok())
}

/// A response to any action.
fn ok() -> Response {
    Response::json(200, &json!({ "ResponseContext": { "RequestId": cloud::REQUEST_ID } }))
}

/// A builder that knows nothing but the endpoint: what the machine's own environment says does not count.
///
/// Its clients send everything once, at once: retries and rate have tests of their own.
fn builder(server: &Server) -> ClientBuilder {
    Client::builder()
        .ignore_environment()
        .region(cloud::REGION)
        .endpoint(server.endpoint())
        .retry(RetryPolicy::none())
        .rate_limit(RateLimit::Off)
}

/// The same with as many attempts as by default, but hardly any waiting between them.
fn retrying(server: &Server) -> ClientBuilder {
    builder(server).retry(RetryPolicy::new().base_delay(MOMENT).max_delay(4 * MOMENT))
}

/// A client with the account's access key.
fn client(server: &Server) -> Client {
    builder(server).access_key(cloud::ACCESS_KEY, cloud::SECRET_KEY).build().expect("a client")
}

/// A client with the account's login.
fn basic_client(server: &Server) -> Client {
    builder(server).basic(cloud::LOGIN, cloud::PASSWORD).build().expect("a client")
}

/// A client without credentials.
fn anonymous_client(server: &Server) -> Client {
    builder(server).build().expect("a client")
}

/// The one request that a server received.
fn only_request(server: &Server) -> Request {
    let mut requests = server.requests();
    match (requests.pop(), requests.len()) {
        (Some(request), 0) => request,
        (_, others) => panic!("{others} requests besides the last, which should be the only one"),
    }
}

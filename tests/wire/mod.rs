//! The client over real HTTP, against a local server that checks signatures with its own code.
//!
//! These tests use only the loopback interface and free ports, and do not depend on the speed of the machine.

mod calls;
mod cancelled;
mod client_certificates;
mod closing;
mod credentials;
mod errors;
mod faults;
mod lockout;
mod observer;
mod options;
mod outages;
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
mod status;
mod table;
mod tls;
mod tracing;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use osc_api::{Client, ClientBuilder, RateLimit, RetryPolicy};
use osc_tests::cloud;
use osc_tests::http::{Reply, Request, Response};
use osc_tests::server::Server;
use serde_json::json;

/// Delay between attempts.
const RETRY_DELAY: Duration = Duration::from_millis(1);

/// A server that responds with the result of `handler`, without authentication.
fn server<R: Into<Reply>>(handler: impl Fn(&Request) -> R + Send + Sync + 'static) -> Server {
    Server::start(handler).expect("a local port")
}

/// A server that authenticates callers as the real API does, then responds with the result of `response`.
fn cloud(response: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Server {
    server(move |request| cloud::admit(request).map_or_else(|refusal| refusal, |()| response(request)))
}

/// A server that authenticates callers as the real API does, then reports success.
fn empty_cloud() -> Server {
    cloud(|_| ok())
}

/// A successful response to any action.
fn ok() -> Response {
    Response::json(200, &json!({ "ResponseContext": { "RequestId": cloud::REQUEST_ID } }))
}

/// A server that sends this reply to the first request and success to all others.
fn reply_once(reply: impl Into<Reply>) -> Server {
    let (reply, number) = (reply.into(), AtomicUsize::new(0));
    server(move |_| if number.fetch_add(1, Ordering::SeqCst) == 0 { reply.clone() } else { ok().into() })
}

/// A builder with the server's region and endpoint that ignores the environment.
///
/// Its clients do not retry and have no rate limit: both have separate tests.
fn builder(server: &Server) -> ClientBuilder {
    Client::builder()
        .ignore_environment()
        .region(cloud::REGION)
        .endpoint(server.endpoint())
        .retry(RetryPolicy::none())
        .rate_limit(RateLimit::Off)
}

/// Like [`builder`], with the default number of attempts and short delays between them.
fn retrying(server: &Server) -> ClientBuilder {
    builder(server).retry(RetryPolicy::new().base_delay(RETRY_DELAY).max_delay(4 * RETRY_DELAY))
}

/// A client with the account's access key.
fn client(server: &Server) -> Client {
    builder(server).access_key(cloud::ACCESS_KEY, cloud::SECRET_KEY).build().expect("a client")
}

/// A client with the account's login and password.
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
        (None, _) => panic!("the server received no request"),
        (Some(_), others) => panic!("the server received {} requests instead of one", others + 1),
    }
}

//! The blocking client against a local server: inside and outside of a runtime, from one thread and from many.
//!
//! These tests use only the loopback interface and free ports, and do not depend on the speed of the machine. A client
//! that deadlocks would hang the test; a call that returns proves that it does not.

mod calls;
mod pages;
mod runtimes;
mod threads;
mod waits;

use std::time::Duration;

use osc_api::blocking::Client;
use osc_api::{ClientBuilder, RateLimit, RetryPolicy};
use osc_tests::cloud;
use osc_tests::http::{Reply, Request, Response};
use osc_tests::server::Server;
use serde_json::json;

/// Base delay of retries and poll interval of waits.
const INTERVAL: Duration = Duration::from_millis(1);

/// A server that responds to every request with the result of `handler`, without authentication.
fn server<R: Into<Reply>>(handler: impl Fn(&Request) -> R + Send + Sync + 'static) -> Server {
    Server::start(handler).expect("a local port")
}

/// A server that authenticates requests as the cloud does, and responds with a VM that has the first ID of the filter.
fn cloud() -> Server {
    server(|request| cloud::admit(request).map_or_else(|refusal| refusal, |()| vm(request)))
}

fn vm(request: &Request) -> Response {
    Response::json(200, &json!({ "Vms": [{ "VmId": request.json()["Filters"]["VmIds"][0] }] }))
}

/// A builder of an async client with the account's access key, short retry delays and no rate limit.
fn builder(server: &Server) -> ClientBuilder {
    osc_api::Client::builder()
        .ignore_environment()
        .region(cloud::REGION)
        .endpoint(server.endpoint())
        .access_key(cloud::ACCESS_KEY, cloud::SECRET_KEY)
        .retry(RetryPolicy::new().base_delay(INTERVAL).max_delay(4 * INTERVAL))
        .rate_limit(RateLimit::Off)
}

fn client(server: &Server) -> Client {
    builder(server).blocking().build().expect("a client")
}

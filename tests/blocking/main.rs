//! The blocking client against a local server: with a runtime around it and without, from one thread and from many.
//!
//! Nothing here leaves the machine, uses a fixed port or depends on how fast the machine is. A call that waits for
//! itself would hang: that it comes back is what is shown.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why and stops"
)]

mod calls;
mod inside;
mod pages;
mod threads;
mod waits;

use std::time::Duration;

use osc_api::blocking::Client;
use osc_api::{ClientBuilder, RateLimit, RetryPolicy};
use osc_tests::cloud;
use osc_tests::http::{Reply, Request, Response};
use osc_tests::server::Server;
use serde_json::json;

/// The wait before a second attempt.
const MOMENT: Duration = Duration::from_millis(1);

/// A server that does what `handler` says, to whoever calls.
fn server<R: Into<Reply>>(handler: impl Fn(&Request) -> R + Send + Sync + 'static) -> Server {
    Server::start(handler).expect("a local port")
}

/// A server that admits callers as the cloud does, and then responses with a VM of the first ID asked for.
fn cloud() -> Server {
    server(|request| cloud::admit(request).map_or_else(|refusal| refusal, |()| vm(request)))
}

fn vm(request: &Request) -> Response {
    Response::json(200, &json!({ "Vms": [{ "VmId": request.json()["Filters"]["VmIds"][0] }] }))
}

/// A builder of clients with the account's access key, which have hardly any waiting between attempts.
fn builder(server: &Server) -> ClientBuilder {
    Client::builder()
        .ignore_environment()
        .region(cloud::REGION)
        .endpoint(server.endpoint())
        .access_key(cloud::ACCESS_KEY, cloud::SECRET_KEY)
        .retry(RetryPolicy::new().base_delay(MOMENT).max_delay(4 * MOMENT))
        .rate_limit(RateLimit::Off)
}

fn client(server: &Server) -> Client {
    builder(server).build_blocking().expect("a client")
}

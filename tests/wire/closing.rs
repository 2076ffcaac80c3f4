//! A server that closes every connection shortly after its response.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use osc_api::types::{CreateNetRequest, ReadVmsRequest};
use osc_tests::cloud::{ACCESS_KEY, SECRET_KEY};
use osc_tests::http::{Buffered, Reply, Request};
use osc_tests::server::Server;

use crate::wire::{builder, ok};

/// Number of creates to send. The variable `OSC_TEST_CREATES` overrides it.
const DEFAULT_CREATES: u32 = 300;

#[tokio::test]
async fn creates_do_not_fail_on_connections_that_the_server_has_just_closed() {
    let served = AtomicU64::new(0);
    let server = Server::start_raw(move |stream| {
        let mut stream = Buffered::new(stream.try_clone()?);
        if Request::read(&mut stream)?.is_some() {
            Reply::from(ok()).write(&mut stream)?;
            // From 0 to 2 ms. This is the behavior under test; no assertion depends on the time.
            let delay = served.fetch_add(7, Ordering::Relaxed) % 20;
            std::thread::sleep(Duration::from_micros(delay * 100));
        }
        Ok(())
    });
    let server = server.expect("a local port");
    let client = builder(&server).access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client");
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    let creates = std::env::var("OSC_TEST_CREATES").ok().and_then(|text| text.parse().ok());
    for number in 0..creates.unwrap_or(DEFAULT_CREATES) {
        let request = CreateNetRequest::new("10.0.0.0/16");
        let result = client.create_net(&request).await;
        result.unwrap_or_else(|error| panic!("create {number}: {error:#}"));
    }
}

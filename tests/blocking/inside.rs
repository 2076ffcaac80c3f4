//! Calls from threads that belong to a runtime.

use osc_api::RateLimit;
use osc_api::blocking::Client;
use osc_api::types::{ReadVmsRequest, Vm};
use osc_tests::server::Server;
use tokio::runtime;
use tokio::task::{spawn_blocking, yield_now};

use crate::{builder, client, cloud};

/// Everything that one does with a client, dropping included.
fn use_one(server: &Server) {
    let client = client(server);
    let clone = client.clone();
    client.read_vms(&ReadVmsRequest::new()).expect("a response");
    drop(client);
    let vms: Vec<Vm> = clone.paginate(ReadVmsRequest::new()).collect::<Result<_, _>>().expect("items");
    assert_eq!(vms.len(), 1);
}

#[tokio::test]
async fn on_the_only_thread_of_a_runtime() {
    let server = cloud();
    use_one(&server);
    tokio::spawn(async move { use_one(&server) }).await.expect("no panic");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_the_threads_of_a_larger_runtime() {
    let server = cloud();
    use_one(&server);
    let server = tokio::spawn(async move {
        use_one(&server);
        server
    });
    let server = server.await.expect("no panic");
    tokio::task::block_in_place(|| use_one(&server));
    spawn_blocking(move || use_one(&server)).await.expect("no panic");
}

#[test]
fn in_a_runtime_that_has_neither_network_nor_timers() {
    let server = cloud();
    runtime::Builder::new_current_thread().build().expect("a runtime").block_on(async { use_one(&server) });
}

#[tokio::test]
async fn beside_an_async_client_whose_runtime_it_blocks() {
    let server = cloud();
    // The first call has its turn at once, the next in a quarter of an hour.
    let original = builder(&server).rate_limit(RateLimit::Fixed(0.001)).build().expect("a client");
    original.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    let waiting = original.clone();
    let waiting = tokio::spawn(async move { waiting.read_vms(&ReadVmsRequest::new()).await });
    yield_now().await;
    // The queue and the connection of the original stand still: who used them would wait for ever.
    let blocking = Client::from(original.clone());
    blocking.read_vms(&ReadVmsRequest::new()).expect("a response");
    waiting.abort();
    drop((original, blocking));
    // The runtime has to close the connection of the original.
    let seen = spawn_blocking(|| server.finish()).await.expect("no panic");
    assert_eq!((seen.connections, seen.requests.len()), (2, 2));
}

#[tokio::test]
async fn a_client_goes_from_runtime_to_runtime() {
    let server = cloud();
    let client = client(&server);
    client.read_vms(&ReadVmsRequest::new()).expect("a response");
    let other = client.clone();
    let thread = std::thread::spawn(move || {
        let runtime = runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async { other.read_vms(&ReadVmsRequest::new()).map(drop) })
    });
    thread.join().expect("no panic").expect("a response");
    client.read_vms(&ReadVmsRequest::new()).expect("a response");
    drop(client);
    // One thread, and so one connection, for all of them.
    assert_eq!(server.finish().connections, 1);
}

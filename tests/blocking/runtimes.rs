//! Calls from threads of a runtime.

use osc_api::RateLimit;
use osc_api::blocking::Client;
use osc_api::types::{ReadVmsRequest, Vm};
use osc_tests::server::Server;
use tokio::runtime;
use tokio::task::{spawn_blocking, yield_now};

use crate::blocking::{builder, client, cloud};

/// Creates, clones, uses and drops a client.
fn create_use_and_drop(server: &Server) {
    let client = client(server);
    let clone = client.clone();
    client.read_vms(&ReadVmsRequest::new()).expect("a response");
    drop(client);
    let vms: Vec<Vm> = clone.paginate(ReadVmsRequest::new()).collect::<Result<_, _>>().expect("items");
    assert_eq!(vms.len(), 1);
}

#[tokio::test]
async fn a_client_works_on_the_only_thread_of_a_runtime() {
    let server = cloud();
    create_use_and_drop(&server);
    tokio::spawn(async move { create_use_and_drop(&server) }).await.expect("no panic");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_works_on_every_kind_of_thread_of_a_multi_threaded_runtime() {
    let server = cloud();
    create_use_and_drop(&server);
    let server = tokio::spawn(async move {
        create_use_and_drop(&server);
        server
    });
    let server = server.await.expect("no panic");
    tokio::task::block_in_place(|| create_use_and_drop(&server));
    spawn_blocking(move || create_use_and_drop(&server)).await.expect("no panic");
}

#[test]
fn a_client_works_in_a_runtime_without_io_and_time_drivers() {
    let server = cloud();
    runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
        .block_on(async { create_use_and_drop(&server) });
}

#[tokio::test]
async fn a_blocking_client_does_not_depend_on_the_blocked_runtime_of_its_async_client() {
    let server = cloud();
    // The rate limit lets the first call through at once, and the next one after a quarter of an hour.
    let original = builder(&server).rate_limit(RateLimit::Fixed(0.001)).build().expect("a client");
    original.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    let waiting = original.clone();
    let waiting = tokio::spawn(async move { waiting.read_vms(&ReadVmsRequest::new()).await });
    yield_now().await;
    // The queue and the connection of the original are blocked: a call that used them would wait forever.
    let blocking = Client::from(original.clone());
    blocking.read_vms(&ReadVmsRequest::new()).expect("a response");
    waiting.abort();
    drop((original, blocking));
    // The runtime must be free to close the connection of the original.
    let record = spawn_blocking(|| server.finish()).await.expect("no panic");
    assert_eq!((record.connections, record.requests.len()), (2, 2));
}

#[tokio::test]
async fn a_client_can_move_between_runtimes() {
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
    // All clones share one thread, and therefore one connection.
    assert_eq!(server.finish().connections, 1);
}

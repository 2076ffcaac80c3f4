//! Calls from many threads, and cleanup after the last client is dropped.

use std::sync::Barrier;
use std::thread;

use osc_api::CallOptions;
use osc_api::types::{FiltersVm, ReadVmsRequest};
use osc_tests::http::{Reply, Response, Then};
use serde_json::json;

use crate::blocking::{client, cloud, server, vm};

#[test]
fn calls_of_eight_threads_are_in_flight_at_once() {
    const THREADS: usize = 8;
    const CALLS: usize = 4;
    // The server responds only after it has all requests. If the calls ran in sequence, the first would time out.
    let barrier = Barrier::new(THREADS);
    let server = server(move |request| {
        if request.action() == "ReadVms" {
            barrier.wait();
        }
        vm(request)
    });
    let client = client(&server);
    // Until the access key has been accepted once, calls are sent one at a time.
    client.send_raw("ReadNets", &json!({})).expect("a response");
    thread::scope(|scope| {
        for number in 0..THREADS {
            let client = if number % 2 == 0 { client.clone() } else { client.with(CallOptions::new()) };
            scope.spawn(move || {
                for call in 0..CALLS {
                    let id = format!("i-{number}-{call}");
                    let request = ReadVmsRequest::new().filters(FiltersVm::new().vm_ids([&id]));
                    let response = client.read_vms(&request).expect("a response");
                    assert_eq!(response.vms[0].vm_id, Some(id.into()));
                }
            });
        }
    });
    assert_eq!(server.requests().len(), 1 + THREADS * CALLS);
}

#[test]
fn a_client_can_be_shared_by_reference() {
    let server = cloud();
    let client = client(&server);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| client.read_vms(&ReadVmsRequest::new()).expect("a response"));
        }
    });
    assert_eq!(server.requests().len(), 8);
}

#[test]
fn clients_can_be_dropped_in_any_order() {
    let server = cloud();
    for first in [true, false] {
        let client = client(&server);
        let (derived, mut vms) = (client.with(CallOptions::new()), client.paginate(ReadVmsRequest::new()));
        client.read_vms(&ReadVmsRequest::new()).expect("a response");
        drop(client);
        if first {
            drop(derived);
            assert!(vms.next().is_some_and(|vm| vm.is_ok()));
        } else {
            drop(vms);
            derived.read_vms(&ReadVmsRequest::new()).expect("a response");
        }
    }
    // Waits until all connections are closed.
    assert_eq!(server.finish().connections, 2);
}

#[test]
fn a_client_that_was_never_used_opens_no_connection() {
    let server = cloud();
    drop(client(&server).paginate(ReadVmsRequest::new()));
    assert_eq!(server.finish().connections, 0);
}

#[test]
fn prefetching_stops_when_the_last_client_is_dropped() {
    let server = server(|request| match request.json()["NextPageToken"].as_str() {
        None => Reply::from(vm_with_more()),
        Some(_) => Reply::Nothing(Then::Wait),
    });
    let mut vms = client(&server).paginate(ReadVmsRequest::new()).prefetch(1);
    assert!(vms.next().is_some_and(|vm| vm.is_ok()));
    while server.requests().len() < 2 {
        thread::yield_now();
    }
    drop(vms);
    // The server waits until the client closes its connection.
    assert_eq!(server.finish().requests.len(), 2);
}

fn vm_with_more() -> Response {
    let response = json!({ "Vms": [{ "VmId": "i-1" }], "NextPageToken": "more" });
    Response::json(200, &response)
}

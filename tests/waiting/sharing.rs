//! Waits share their reads.

use std::collections::BTreeSet;
use std::future::{IntoFuture, poll_fn};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use osc_api::{CallOptions, Client, wait};
use osc_tests::cloud;
use osc_tests::server::Server;
use tokio::task::{JoinHandle, JoinSet, yield_now};

use super::{LONG, client, ids, quick, server, vms};

/// Long enough for every task of a test to subscribe.
const INTERVAL: Duration = Duration::from_millis(100);

/// A spawned wait for a VM.
fn running(client: &Client, id: String) -> JoinHandle<osc_api::Result<osc_api::types::Vm>> {
    let wait = client.wait_for(wait::vm(id).running()).interval(INTERVAL, INTERVAL).timeout(LONG);
    tokio::spawn(wait.into_future())
}

/// Number of requests until `count` waits end; all VMs are running from the sixth request on.
async fn requests(count: usize) -> usize {
    let server = vms(|_, number| Some(if number < 6 { "pending" } else { "running" }));
    let client = client(&server);
    let waits: Vec<_> = (0..count).map(|number| running(&client, format!("i-{number}"))).collect();
    for (number, wait) in waits.into_iter().enumerate() {
        let vm = wait.await.expect("no panic").expect("running");
        assert_eq!(vm.vm_id, Some(format!("i-{number}").into()));
    }
    server.requests().len()
}

#[tokio::test]
async fn requests_grow_with_time_and_not_with_waiters() {
    let (one, hundred) = (requests(1).await, requests(100).await);
    assert_eq!(one, 6);
    // The first read may have been sent before some waits subscribed.
    assert!(hundred <= one + 3, "{hundred} requests for a hundred waits");
}

#[tokio::test]
async fn a_request_reads_at_most_a_hundred_resources_each_once() {
    let server = vms(|_, number| Some(if number < 9 { "pending" } else { "running" }));
    let client = client(&server);
    let mut waits = JoinSet::new();
    // Two waits for each of 250 VMs.
    for number in 0..500 {
        let wait = client.wait_for(wait::vm(format!("i-{:03}", number / 2)).running());
        waits.spawn(wait.interval(INTERVAL, INTERVAL).timeout(LONG).into_future());
    }
    while let Some(ended) = waits.join_next().await {
        ended.expect("no panic").expect("running");
    }
    let sizes: Vec<usize> = server
        .requests()
        .iter()
        .map(|request| {
            let listed = request.json()["Filters"]["VmIds"].as_array().map_or(0, Vec::len);
            assert_eq!(listed, ids(request, "VmIds").len(), "each ID once");
            listed
        })
        .collect();
    assert!(sizes.iter().all(|size| *size <= 100), "{sizes:?}");
    assert!(sizes.contains(&100), "{sizes:?}");
}

#[tokio::test]
async fn clones_share_their_reads() {
    let server = vms(|_, number| Some(if number < 6 { "pending" } else { "running" }));
    let first = client(&server);
    let clients = [first.clone(), first.with(CallOptions::new().timeout(LONG)), first];
    let waits: Vec<_> = (0..30).map(|n| running(&clients[n % 3], format!("i-{n}"))).collect();
    for wait in waits {
        wait.await.expect("no panic").expect("running");
    }
    assert!(server.requests().len() <= 9, "{}", server.requests().len());
}

#[tokio::test]
async fn dropped_waits_do_not_disturb_the_others() {
    let go = Arc::new(AtomicBool::new(false));
    let may_run = Arc::clone(&go);
    let server = vms(move |_, _| Some(if may_run.load(Ordering::SeqCst) { "running" } else { "pending" }));
    let client = client(&server);
    let mut waits: Vec<_> = (0..5)
        .map(|n| tokio::spawn(quick(client.wait_for(wait::vm(format!("i-{n}")).running())).into_future()))
        .collect();
    // Drop them one by one, oldest first, each after another read.
    for _ in 0..4 {
        let count = server.requests().len();
        while server.requests().len() < count + 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        waits.remove(0).abort();
    }
    go.store(true, Ordering::SeqCst);
    for wait in waits {
        wait.await.expect("no panic").expect("running");
    }
}

#[tokio::test]
async fn a_wait_that_is_not_polled_does_not_block_others() {
    let server = vms(|_, number| Some(if number < 3 { "pending" } else { "running" }));
    let client = client(&server);
    let mut idle = quick(client.wait_for(wait::vm("i-idle").running())).into_future();
    let once = poll_fn(|context| Poll::Ready(idle.as_mut().poll(context).is_ready()));
    assert!(!once.await);
    quick(client.wait_for(wait::vm("i-1").running())).await.expect("running");
    idle.await.expect("running");
}

#[tokio::test]
async fn polling_ends_with_the_last_wait() {
    let server = vms(|_, _| Some("pending"));
    let client = client(&server);
    let waits = ["i-1", "i-2"].map(|id| running(&client, id.to_owned()));
    while server.requests().is_empty() {
        yield_now().await;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    for wait in waits {
        wait.abort();
        drop(wait.await);
    }
    drop(client);
    // `finish` waits for all connections to close; a task that keeps polling would keep one open.
    let record = tokio::task::spawn_blocking(|| Server::finish(server)).await.expect("no panic");
    assert!(record.requests.len() < 10);
}

#[tokio::test]
async fn polling_continues_in_another_runtime() {
    let server = vms(|id, _| Some(if id == "i-1" { "running" } else { "pending" }));
    let client = client(&server);
    let first = client.clone();
    // The polling task belongs to this runtime, and so does one of the waits.
    let other = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            tokio::spawn(quick(first.wait_for(wait::vm("i-2").running())).into_future());
            quick(first.wait_for(wait::vm("i-1").running())).await.expect("running");
        });
    });
    quick(client.wait_for(wait::vm("i-1").running())).await.expect("running");
    tokio::task::spawn_blocking(move || other.join()).await.expect("no panic").expect("no panic");
    quick(client.wait_for(wait::vm("i-1").running())).await.expect("running");
}

#[tokio::test]
async fn an_error_reaches_all_waits() {
    let server = server(|_, _| cloud::refusal(403, "4", "UnauthorizedOperation", "denied"));
    let client = client(&server);
    let waits: Vec<_> = (0..10).map(|n| running(&client, format!("i-{n}"))).collect();
    for wait in waits {
        let error = wait.await.expect("no panic").expect_err("denied");
        assert!(error.is_access_denied(), "{error}");
    }
    assert!(server.requests().len() <= 3);
}

#[tokio::test]
async fn a_new_wait_is_polled_at_once() {
    let server = vms(|id, _| Some(if id == "i-never" { "pending" } else { "running" }));
    let client = client(&server);
    // None of these waits would read a second time by itself.
    let rare = |id| client.wait_for(wait::vm(id).running()).interval(LONG, LONG).timeout(LONG / 2);
    for id in ["i-1", "i-2", "i-1"] {
        rare(id).await.expect("running");
    }
    let never = tokio::spawn(rare("i-never").into_future());
    while server.requests().len() < 4 {
        yield_now().await;
    }
    rare("i-3").await.expect("running");
    never.abort();
}

#[tokio::test]
async fn a_read_that_began_before_a_wait_does_not_decide_it() {
    let (release, released) = std::sync::mpsc::channel();
    let (released, has_request) = (Mutex::new(released), Arc::new(AtomicBool::new(false)));
    let received = Arc::clone(&has_request);
    let server = vms(move |_, number| match number {
        // The VM was running, and changes before the response arrives.
        1 => {
            received.store(true, Ordering::SeqCst);
            released.lock().expect("no panic").recv().map(|()| "running").ok()
        }
        2 => Some("pending"),
        _ => Some("running"),
    });
    let client = client(&server);
    let other = tokio::spawn(quick(client.wait_for(wait::vm("i-1").terminated())).into_future());
    while !has_request.load(Ordering::SeqCst) {
        yield_now().await;
    }
    let mut wait = quick(client.wait_for(wait::vm("i-1").running())).into_future();
    assert!(!poll_fn(|context| Poll::Ready(wait.as_mut().poll(context).is_ready())).await);
    release.send(()).expect("the server waits");
    wait.await.expect("running");
    other.abort();
    assert!(server.requests().len() >= 3, "decided by an earlier read");
}

#[test]
fn a_wait_in_a_runtime_that_shut_down_is_an_error() {
    let server = vms(|_, _| Some("pending"));
    let client = client(&server);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let handle = runtime.handle().clone();
    drop(runtime);
    let error = handle.block_on(quick(client.wait_for(wait::vm("i-1").running())).into_future());
    let error = error.expect_err("no task can be spawned");
    assert!(error.to_string().contains("runtime"), "{error}");
}

#[tokio::test]
async fn several_waits_share_their_reads_and_return_in_order() {
    let server = vms(|_, number| Some(if number < 3 { "pending" } else { "running" }));
    let ids: Vec<String> = (0..250).rev().map(|number| format!("i-{number:08}")).collect();
    let waiters = ids.iter().map(|id| wait::vm(id).running());
    let vms = quick(client(&server).wait_for_all(waiters)).await.expect("250 VMs");
    let listed: Vec<&str> = vms.iter().filter_map(|vm| vm.vm_id.as_ref()).map(|id| id.as_str()).collect();
    assert_eq!(listed, ids);
    // 250 IDs are three requests of at most 100; single waits would send 250.
    assert!(server.requests().len() <= 50, "{} requests", server.requests().len());
}

#[tokio::test]
async fn several_waits_end_with_the_first_failure_and_it_names_the_resource() {
    let server = vms(|id, _| Some(if id == "i-2" { "terminated" } else { "pending" }));
    let waiters = ["i-1", "i-2", "i-3"].map(|id| wait::vm(id).running());
    let error = quick(client(&server).wait_for_all(waiters)).await.expect_err("a terminated VM");
    assert!(error.is_wait_failed() && error.to_string().contains("VM i-2"), "{error}");
}

#[tokio::test]
async fn waiting_for_no_resource_ends_at_once() {
    let server = vms(|_, _| None);
    let vms = client(&server).wait_for_all([wait::vm("i-1").running(); 0]).await.expect("no VM");
    assert!(vms.is_empty() && server.requests().is_empty());
}

#[tokio::test]
async fn progress_of_several_waits_is_reported_for_each_resource() {
    let server = vms(|_, _| Some("running"));
    let mut seen = BTreeSet::new();
    let wait = client(&server).wait_for_all(["i-1", "i-2"].map(|id| wait::vm(id).running()));
    quick(wait).on_progress(|progress| _ = seen.insert(progress.id.to_owned())).await.expect("two VMs");
    assert_eq!(seen, BTreeSet::from(["i-1".to_owned(), "i-2".to_owned()]));
}

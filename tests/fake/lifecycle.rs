//! Lifecycle: starting, running several fake APIs at once, and dropping them.

use std::net::TcpStream;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use osc_api::action::ReadVms;
use osc_api::testing::{FakeApi, Fault, example};
use osc_api::types::{ReadVmsRequest, ReadVmsResponse};
use osc_tests::artifacts;
use tokio::task::JoinSet;

use crate::fake::{client, start};

/// Can be shared between threads.
const _: () = {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<FakeApi>();
};

/// The address on which a fake API listens.
fn address(fake: &FakeApi) -> String {
    fake.endpoint().trim_start_matches("http://").trim_end_matches("/api/v1").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_calls_of_many_tasks_are_served() {
    let fake = start();
    let mut calls = 0;
    fake.on::<ReadVms>(move |_| {
        calls += 1;
        let mut response = ReadVmsResponse::default();
        response.next_page_token = Some(calls.to_string());
        response
    });
    let client = client(&fake);
    let mut tasks = JoinSet::new();
    for _ in 0..32 {
        let client = client.clone();
        tasks.spawn(async move {
            let mut tokens = Vec::new();
            for _ in 0..8 {
                let response = client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
                tokens.extend(response.next_page_token);
            }
            tokens
        });
    }
    let mut tokens = tasks.join_all().await.concat();
    tokens.sort();
    tokens.dedup();
    assert_eq!((tokens.len(), fake.count::<ReadVms>()), (32 * 8, 32 * 8));
}

#[test]
fn a_synchronous_test_can_use_a_fake() {
    let fake = start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let call = async { client(&fake).read_vms(&ReadVmsRequest::new()).await };
    let response = runtime.block_on(call).expect("a response");
    assert_eq!(response.vms, example::<ReadVms>().vms);
}

#[tokio::test]
async fn a_blocking_client_can_call_a_fake_on_the_only_thread_of_a_runtime() {
    let fake = start();
    let client = fake.client_builder().blocking().build().expect("a client");
    assert_eq!(client.read_vms(&ReadVmsRequest::new()).expect("a response").vms, example::<ReadVms>().vms);
}

#[tokio::test]
async fn two_fakes_are_independent() {
    let (one, other) = (start(), start());
    assert_ne!(one.endpoint(), other.endpoint());
    one.on::<ReadVms>(|_| Err(Fault::code(5)));
    other.next_any(1, Fault::throttled());
    assert!(client(&one).read_vms(&ReadVmsRequest::new()).await.expect_err("denied").is_access_denied());
    client(&other).read_vms(&ReadVmsRequest::new()).await.expect("a response");
    assert_eq!((one.count::<ReadVms>(), other.count::<ReadVms>()), (1, 2));
    drop(one);
    client(&other).read_vms(&ReadVmsRequest::new()).await.expect("a response");
}

#[tokio::test]
async fn dropping_a_fake_stops_it_at_once_and_drops_its_handlers() {
    let fake = start();
    let (owned, weak) = {
        let owned = Arc::new(());
        let weak = Arc::downgrade(&owned);
        (owned, weak)
    };
    fake.on::<ReadVms>(move |_| {
        let _ = &owned;
        example::<ReadVms>()
    });
    fake.next_any(1, Fault::delay(Duration::from_secs(3600)));
    let client = fake.client_builder().retry(osc_api::RetryPolicy::none()).build().expect("a client");
    let call = tokio::spawn(async move { client.read_vms(&ReadVmsRequest::new()).await });
    while fake.calls().is_empty() {
        tokio::task::yield_now().await;
    }
    let address = address(&fake);
    drop(fake);
    assert!(weak.upgrade().is_none(), "the thread of the fake still runs");
    assert!(TcpStream::connect(address).is_err());
    assert!(call.await.expect("a task").expect_err("a closed connection").is_transport());
}

#[test]
fn a_handler_can_drop_any_fake_including_its_own() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    for is_own in [false, true] {
        let (fake, other) = (start(), start());
        let (address, client) = (address(&fake), client(if is_own { &fake } else { &other }));
        let owner = Arc::new(Mutex::new(None));
        let owned = Arc::clone(&owner);
        let handled = if is_own { &fake } else { &other };
        handled.on::<ReadVms>(move |_| {
            drop(owned.lock().expect("the owner").take());
            example::<ReadVms>()
        });
        *owner.lock().expect("the owner") = Some(fake);
        let response = runtime.block_on(async { client.read_vms(&ReadVmsRequest::new()).await });
        // A fake dropped by its own handler cannot wait for its thread, and may stop before its response is sent.
        assert!(is_own || response.is_ok(), "{response:?}");
        while TcpStream::connect(&address).is_ok() {
            assert!(is_own, "a dropped fake still listens");
            std::thread::yield_now();
        }
    }
}

#[test]
fn environment_variables_direct_a_program_to_the_fake() {
    let fake = start();
    let output = Command::new(artifacts::program("read_vms"))
        .env_clear()
        .envs(fake.environment())
        .output()
        .expect("the example");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let id = example::<ReadVms>().vms[0].vm_id.clone().expect("an ID");
    assert!(shown.contains(id.as_str()), "{shown}");
    assert_eq!(fake.count::<ReadVms>(), 1);
}

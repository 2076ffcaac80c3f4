//! Blocking waits.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use osc_api::action::ReadVms;
use osc_api::types::ReadVmsRequest;
use osc_api::wait;
use osc_tests::http::Response;
use osc_tests::server::Server;
use serde_json::{Value, json};

use crate::blocking::{INTERVAL, client, server};

/// A server with a VM that takes these states in turn and keeps the last one.
fn vm_with(states: &'static [&'static str]) -> Server {
    let number = AtomicUsize::new(0);
    server(move |request| {
        let number = number.fetch_add(1, Ordering::SeqCst).min(states.len() - 1);
        let ids =
            request.json()["Filters"]["VmIds"].as_array().cloned().unwrap_or_else(|| vec![json!("i-1")]);
        let vms: Vec<Value> = ids.iter().map(|id| json!({ "VmId": id, "State": states[number] })).collect();
        Response::json(200, &json!({ "Vms": vms }))
    })
}

#[test]
fn a_wait_returns_the_resource_and_reports_progress() {
    let server = vm_with(&["pending", "dreaming", "running"]);
    let (sender, progress) = mpsc::channel();
    let vm = client(&server)
        .wait_for(wait::vm("i-1").running())
        .interval(INTERVAL, INTERVAL)
        .on_progress(move |progress| {
            sender.send(progress.state.map(str::to_owned)).expect("an open channel");
        })
        .wait()
        .expect("a VM");
    assert_eq!(vm.vm_id, Some("i-1".into()));
    let states: Vec<_> = progress.iter().flatten().collect();
    assert_eq!(states, ["pending", "dreaming", "running"]);
}

#[test]
fn a_state_that_excludes_the_goal_is_an_error() {
    let server = vm_with(&["terminated"]);
    let client = client(&server);
    let error = client.wait_for(wait::vm("i-1").running()).wait().expect_err("an error");
    assert!(error.is_wait_failed(), "{error:?}");
}

#[test]
fn a_wait_ends_with_its_timeout() {
    let server = vm_with(&["pending"]);
    let wait = client(&server).wait_for(wait::vm("i-1").running()).timeout(Duration::from_millis(20));
    let error = wait.interval(INTERVAL, INTERVAL).grace(INTERVAL).wait().expect_err("an error");
    assert!(error.is_timeout(), "{error:?}");
}

#[test]
fn without_a_grace_period_a_missing_resource_is_an_error_at_once() {
    let server = server(|_| Response::json(200, &json!({ "Vms": [] })));
    let wait = client(&server).wait_for(wait::vm("i-1").running()).timeout(Duration::from_secs(30));
    let error = wait.grace(Duration::ZERO).wait().expect_err("an error");
    assert!(error.is_not_found() && !error.is_timeout(), "{error:?}");
}

#[test]
fn wait_until_waits_for_any_condition_on_a_response() {
    let server = vm_with(&["pending", "pending", "stopped"]);
    let client = client(&server);
    let id = client
        .wait_until::<ReadVms, _>(ReadVmsRequest::new(), |response| {
            let stopped = |state: &str| state == "stopped";
            let mut vms = response.vms.into_iter();
            vms.find(|vm| vm.state.as_ref().is_some_and(|state| stopped(state.as_str())))?.vm_id
        })
        .interval(INTERVAL, INTERVAL)
        .wait();
    assert_eq!(id.expect("an ID"), "i-1");
}

#[test]
fn a_call_from_a_progress_callback_is_refused_and_does_not_hang() {
    let server = vm_with(&["running"]);
    let client = client(&server);
    let (clone, (sender, error)) = (client.clone(), mpsc::channel());
    let wait = client.wait_for(wait::vm("i-1").running());
    wait.on_progress(move |_| drop(sender.send(clone.read_vms(&ReadVmsRequest::new()).err())))
        .wait()
        .expect("a VM");
    let error = error.recv().expect("a call of the callback").expect("an error");
    assert!(error.to_string().contains("own thread"), "{error}");
}

#[test]
fn pagination_in_a_progress_callback_is_refused_and_ends() {
    let server = vm_with(&["running"]);
    let client = client(&server);
    let (mut vms, (sender, errors)) = (client.paginate(ReadVmsRequest::new()), mpsc::channel());
    let wait = client.wait_for(wait::vm("i-1").running()).on_progress(move |_| {
        let errors: Vec<_> = vms.by_ref().take(9).map(Result::err).collect();
        sender.send((errors, vms.next_page().is_some())).expect("an open channel");
    });
    wait.wait().expect("a VM");
    let (errors, has_next_page) = errors.recv().expect("a call of the callback");
    assert!(errors.len() == 2 && errors.iter().all(Option::is_some) && has_next_page, "{errors:?}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_panic_in_a_progress_callback_is_an_error_of_that_wait() {
    let server = vm_with(&["running"]);
    let client = client(&server);
    let wait = client.wait_for(wait::vm("i-1").running()).on_progress(|_| panic!("on purpose"));
    let error = wait.wait().expect_err("an error");
    assert!(error.to_string().contains("panicked"), "{error}");
    client.read_vms(&ReadVmsRequest::new()).expect("a response");
}

#[test]
fn many_threads_can_wait_at_once() {
    let server = vm_with(&["pending", "pending", "running"]);
    let client = client(&server);
    thread::scope(|scope| {
        for number in 0..8 {
            let wait =
                client.wait_for(wait::vm(format!("i-{number}")).running()).interval(INTERVAL, INTERVAL);
            scope.spawn(move || wait.wait().expect("a VM"));
        }
    });
}

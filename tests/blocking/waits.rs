//! Waiting for states from threads that do nothing else meanwhile.

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

use crate::{MOMENT, client, server};

/// A VM that has these states in turn, and the last one for ever.
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
fn a_wait_gives_the_resource_and_tells_of_its_way() {
    let server = vm_with(&["pending", "dreaming", "running"]);
    let (told, progress) = mpsc::channel();
    let vm = client(&server)
        .wait_for(wait::vm("i-1").running())
        .interval(MOMENT, MOMENT)
        .on_progress(move |progress| {
            told.send(progress.state.map(str::to_owned)).expect("somebody listens");
        })
        .wait()
        .expect("a VM");
    assert_eq!(vm.vm_id.as_deref(), Some("i-1"));
    let states: Vec<_> = progress.iter().flatten().collect();
    assert_eq!(states, ["pending", "dreaming", "running"]);
}

#[test]
fn a_wait_for_what_cannot_come_is_an_error() {
    let server = vm_with(&["terminated"]);
    let client = client(&server);
    let error = client.wait_for(wait::vm("i-1").running()).wait().expect_err("an error");
    assert!(error.is_wait_failed(), "{error:?}");
}

#[test]
fn a_wait_ends_when_its_time_is_over() {
    let server = vm_with(&["pending"]);
    let wait = client(&server).wait_for(wait::vm("i-1").running()).timeout(Duration::from_millis(20));
    let error = wait.interval(MOMENT, MOMENT).grace(MOMENT).wait().expect_err("an error");
    assert!(error.is_timeout(), "{error:?}");
}

#[test]
fn what_may_not_be_missing_is_an_error_at_once() {
    let server = server(|_| Response::json(200, &json!({ "Vms": [] })));
    let wait = client(&server).wait_for(wait::vm("i-1").running()).timeout(Duration::from_secs(30));
    let error = wait.grace(Duration::ZERO).wait().expect_err("an error");
    assert!(error.is_not_found() && !error.is_timeout(), "{error:?}");
}

#[test]
fn any_response_can_be_waited_for() {
    let server = vm_with(&["pending", "pending", "stopped"]);
    let client = client(&server);
    let id = client
        .wait_until::<ReadVms, _>(ReadVmsRequest::new(), |response| {
            let stopped = |state: &str| state == "stopped";
            let mut vms = response.vms.into_iter();
            vms.find(|vm| vm.state.as_ref().is_some_and(|state| stopped(state.as_str())))?.vm_id
        })
        .interval(MOMENT, MOMENT)
        .wait();
    assert_eq!(id.expect("an ID"), "i-1");
}

#[test]
fn a_call_from_within_a_report_is_refused_and_does_not_hang() {
    let server = vm_with(&["running"]);
    let client = client(&server);
    let (again, (told, error)) = (client.clone(), mpsc::channel());
    let wait = client.wait_for(wait::vm("i-1").running());
    wait.on_progress(move |_| drop(told.send(again.read_vms(&ReadVmsRequest::new()).err())))
        .wait()
        .expect("a VM");
    let error = error.recv().expect("a report").expect("an error");
    assert!(error.to_string().contains("own thread"), "{error}");
}

#[test]
fn a_listing_within_a_report_is_refused_and_has_an_end() {
    let server = vm_with(&["running"]);
    let client = client(&server);
    let (mut vms, (told, errors)) = (client.paginate(ReadVmsRequest::new()), mpsc::channel());
    let wait = client.wait_for(wait::vm("i-1").running()).on_progress(move |_| {
        let errors: Vec<_> = vms.by_ref().take(9).map(Result::err).collect();
        told.send((errors, vms.next_page().is_some())).expect("somebody listens");
    });
    wait.wait().expect("a VM");
    let (errors, has_place) = errors.recv().expect("a report");
    assert!(errors.len() == 2 && errors.iter().all(Option::is_some) && has_place, "{errors:?}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_panic_in_a_report_is_the_error_of_that_wait() {
    let server = vm_with(&["running"]);
    let client = client(&server);
    let wait = client.wait_for(wait::vm("i-1").running()).on_progress(|_| panic!("on purpose"));
    let error = wait.wait().expect_err("an error");
    assert!(error.to_string().contains("panicked"), "{error}");
    client.read_vms(&ReadVmsRequest::new()).expect("a response");
}

#[test]
fn threads_wait_side_by_side() {
    let server = vm_with(&["pending", "pending", "running"]);
    let client = client(&server);
    thread::scope(|scope| {
        for number in 0..8 {
            let wait = client.wait_for(wait::vm(format!("i-{number}")).running()).interval(MOMENT, MOMENT);
            scope.spawn(move || wait.wait().expect("a VM"));
        }
    });
}

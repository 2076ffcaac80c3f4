//! What ends a wait, and how.

use std::time::Duration;

use osc_api::action::ReadVms;
use osc_api::types::ReadVmsRequest;
use osc_api::wait;
use osc_tests::cloud;
use serde_json::json;

use super::{client, ids, listed, quick, server, vms};

#[tokio::test]
async fn the_resource_comes_as_it_was_last_seen() {
    let server = vms(|_, number| Some(if number < 3 { "pending" } else { "running" }));
    let vm = quick(client(&server).wait_for(wait::vm("i-1").running())).await.expect("it runs");
    assert_eq!(vm.vm_id.as_deref(), Some("i-1"));
    assert_eq!(server.requests().len(), 3);
    assert_eq!(server.requests()[0].json(), json!({ "Filters": { "VmIds": ["i-1"] } }));
}

#[tokio::test]
async fn a_failed_state_is_an_error_that_shows_it() {
    let server = vms(|_, number| Some(if number < 3 { "pending" } else { "terminated" }));
    let error = quick(client(&server).wait_for(wait::vm("i-1").running())).await.expect_err("it ended");
    assert!(error.is_wait_failed() && !error.is_timeout() && !error.is_not_found());
    assert_eq!(error.last_state(), Some("terminated"));
    assert_eq!(error.action(), Some("ReadVms"));
    assert_eq!(error.to_string(), "waiting for VM i-1 to be running failed: it is terminated");
}

#[tokio::test]
async fn states_that_nobody_knows_keep_waiting() {
    let states = [Some("rebooting"), Some(""), Some("PENDING"), Some("running")];
    let server = vms(move |_, number| states[number - 1]);
    quick(client(&server).wait_for(wait::vm("i-1").running())).await.expect("it runs");
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn an_answer_without_a_state_keeps_waiting() {
    for gone in [false, true] {
        let server = server(move |_, number| {
            let state = if gone { "terminated" } else { "running" };
            let vm =
                if number < 3 { json!({ "VmId": "i-1" }) } else { json!({ "VmId": "i-1", "State": state }) };
            listed("Vms", vec![vm])
        });
        let client = client(&server);
        if gone {
            quick(client.wait_for(wait::vm("i-1").terminated())).await.expect("it ended");
        } else {
            quick(client.wait_for(wait::vm("i-1").running())).await.expect("it runs");
        }
        assert_eq!(server.requests().len(), 3);
    }
}

#[tokio::test]
async fn gone_is_a_state_or_an_absence_or_an_error() {
    let server = vms(|id, _| (id == "i-listed").then_some("terminated"));
    let client = client(&server);
    let vm = quick(client.wait_for(wait::vm("i-listed").terminated())).await.expect("gone");
    assert_eq!(vm.and_then(|vm| vm.vm_id).as_deref(), Some("i-listed"));
    assert_eq!(quick(client.wait_for(wait::vm("i-2").terminated())).await.expect("gone"), None);
    let server = super::server(|_, _| cloud::refusal(400, "5063", "InvalidResource", ""));
    let vm = quick(super::client(&server).wait_for(wait::vm("i-1").terminated())).await.expect("gone");
    assert_eq!(vm, None);
}

#[tokio::test]
async fn what_was_just_created_may_be_missing_for_a_while() {
    let server = vms(|_, number| (number > 3).then_some("running"));
    quick(client(&server).wait_for(wait::vm("i-1").running())).await.expect("it runs");
    let server = super::server(|_, number| match number {
        1..=3 => cloud::refusal(400, "5063", "InvalidResource", ""),
        _ => listed("Vms", vec![json!({ "VmId": "i-1", "State": "running" })]),
    });
    quick(client(&server).wait_for(wait::vm("i-1").running())).await.expect("it runs");
}

#[tokio::test]
async fn what_stays_missing_is_an_error() {
    let server = vms(|_, _| None);
    let wait = quick(client(&server).wait_for(wait::vm("i-1").running())).grace(Duration::from_millis(20));
    let error = wait.await.expect_err("it is not there");
    assert!(error.is_wait_failed() && error.is_not_found() && error.last_state().is_none());
    assert_eq!(error.to_string(), "waiting for VM i-1 to be running failed: it is not there");
    assert!(server.requests().len() > 1);
    let server = super::server(|_, _| cloud::refusal(400, "5063", "InvalidResource", "no such VM"));
    let wait = quick(client(&server).wait_for(wait::vm("i-1").running())).grace(Duration::from_millis(20));
    let error = wait.await.expect_err("it is not there");
    assert!(error.has_code(5063) && error.is_not_found(), "{error}");
}

#[tokio::test]
async fn a_time_out_names_the_last_state() {
    let server = vms(|_, _| Some("pending"));
    let wait = quick(client(&server).wait_for(wait::vm("i-1").running())).timeout(Duration::from_millis(500));
    let error = wait.await.expect_err("its time is over");
    assert!(error.is_timeout() && !error.is_wait_failed());
    assert_eq!(error.last_state(), Some("pending"));
    assert_eq!(error.to_string(), "waiting for VM i-1 to be running failed: it is still pending after 500ms");
}

#[tokio::test]
async fn an_error_of_a_read_ends_the_wait() {
    for gone in [false, true] {
        let server = server(|_, number| match number {
            1 => listed("Vms", vec![json!({ "VmId": "i-1", "State": "pending" })]),
            _ => cloud::refusal(403, "4", "UnauthorizedOperation", "not you"),
        });
        let client = client(&server);
        let error = match gone {
            false => quick(client.wait_for(wait::vm("i-1").running())).await.map(drop),
            true => quick(client.wait_for(wait::vm("i-1").terminated())).await.map(drop),
        };
        let error = error.expect_err("it is not allowed");
        assert!(error.is_access_denied() && error.request_id() == Some(cloud::REQUEST_ID), "{error}");
    }
}

#[tokio::test]
async fn progress_is_told_at_each_read() {
    let states = [None, Some("pending"), Some("stopping"), Some("stopped")];
    let server = vms(move |_, number| states[number - 1]);
    let mut told = Vec::new();
    let client = client(&server);
    let wait = quick(client.wait_for(wait::vm("i-1").stopped())).on_progress(|progress| {
        assert_eq!((progress.resource, progress.id), ("VM", "i-1"));
        told.push((progress.reads, progress.state.map(str::to_owned)));
    });
    wait.await.expect("it stopped");
    let expected = (1..).zip(states.map(|state| state.map(str::to_owned)));
    assert_eq!(told, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn pages_are_read_to_the_end() {
    let server = server(|request, _| {
        let body = request.json();
        let (page, next) = match body["NextPageToken"].as_str() {
            None => ("i-2", "two"),
            Some("two") => ("i-3", "three"),
            Some(_) => ("i-1", ""),
        };
        assert_eq!(body["NextPageToken"].is_null(), body["ResultsPerPage"].is_null());
        let vms = json!([{ "VmId": page, "State": "running" }]);
        osc_tests::http::Response::json(200, &json!({ "Vms": vms, "NextPageToken": next }))
    });
    let client = client(&server);
    // Alone it would be asked for without the others: what is on a later page is not gone.
    let ids = ["i-1", "i-2", "i-3"];
    let waits = ids.map(|id| quick(client.wait_for(wait::vm(id).running())).into_future());
    let waits: Vec<_> = waits.into_iter().map(tokio::spawn).collect();
    for wait in waits {
        wait.await.expect("no panic").expect("it runs");
    }
}

#[tokio::test]
async fn one_bad_identifier_does_not_disturb_the_others() {
    let server = server(|request, _| {
        let ids = ids(request, "VmIds");
        if ids.contains("bad") {
            return cloud::refusal(400, "4104", "InvalidParameterValue", "malformed");
        }
        listed("Vms", ids.iter().map(|id| json!({ "VmId": id, "State": "running" })).collect())
    });
    let client = client(&server);
    let waits = ["i-1", "bad", "i-2", "i-3"].map(|id| quick(client.wait_for(wait::vm(id).running())));
    let mut failed = Vec::new();
    for wait in waits.map(|wait| tokio::spawn(wait.into_future())) {
        failed.extend(wait.await.expect("no panic").err());
    }
    assert!(matches!(failed.as_slice(), [error] if error.is_validation()), "{failed:?}");
}

#[tokio::test]
async fn any_read_can_be_waited_on() {
    let server = vms(|_, number| Some(if number < 4 { "pending" } else { "running" }));
    let client = client(&server);
    let filters = osc_api::types::FiltersVm::new().vm_ids(["i-1", "i-2"]);
    let request = ReadVmsRequest::new().filters(filters);
    let mut reads = 0;
    let wait = client.wait_until::<ReadVms, _>(request.clone(), |answer| {
        let all =
            answer.vms.iter().all(|vm| vm.state.as_ref().is_some_and(|state| state.as_str() == "running"));
        all.then_some(answer.vms.len())
    });
    let count = quick(wait).on_progress(|progress| reads = progress.reads).await.expect("all run");
    assert_eq!((count, reads, server.requests().len()), (2, 4, 4));
    let wait = quick(client.wait_until::<ReadVms, ()>(request, |_| None));
    let error = wait.timeout(Duration::from_millis(50)).await.expect_err("it never comes");
    assert!(error.is_timeout() && error.to_string().contains("waiting with ReadVms failed"), "{error}");
}

#[test]
fn without_a_runtime_it_is_an_error() {
    let server = vms(|_, _| None);
    let client = client(&server);
    let state = client.wait_for(wait::vm("i-1").running()).into_future();
    let answer =
        client.wait_until::<ReadVms, _>(ReadVmsRequest::new(), |mut answer| answer.vms.pop()).into_future();
    for wait in [state, answer] {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::pin!(wait).poll(&mut context) {
            std::task::Poll::Ready(Err(error)) => {
                assert!(error.to_string().contains("tokio runtime"), "{error}")
            }
            other => panic!("{other:?}"),
        }
    }
}

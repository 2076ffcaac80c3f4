//! What ends a wait.

use std::time::Duration;

use osc_api::action::ReadVms;
use osc_api::types::ReadVmsRequest;
use osc_api::wait;
use osc_tests::cloud;
use osc_tests::http::Response;
use serde_json::json;

use super::{client, ids, listed, quick, server, vms};

#[tokio::test]
async fn the_resource_is_returned_as_last_observed() {
    let server = vms(|_, number| Some(if number < 3 { "pending" } else { "running" }));
    let vm = quick(client(&server).wait_for(wait::vm("i-1").running())).await.expect("running");
    assert_eq!(vm.vm_id.expect("an ID"), "i-1");
    assert_eq!(server.requests().len(), 3);
    assert_eq!(server.requests()[0].json(), json!({ "Filters": { "VmIds": ["i-1"] } }));
}

#[tokio::test]
async fn a_state_that_excludes_the_goal_is_an_error_that_names_it() {
    let server = vms(|_, number| Some(if number < 3 { "pending" } else { "terminated" }));
    let error =
        quick(client(&server).wait_for(wait::vm("i-1").running())).await.expect_err("an excluded state");
    assert!(error.is_wait_failed() && !error.is_timeout() && !error.is_not_found());
    assert_eq!(error.last_state(), Some("terminated"));
    assert_eq!(error.action(), Some("ReadVms"));
    assert_eq!(error.to_string(), "waiting for VM i-1 to be running failed: it is terminated");
}

#[tokio::test]
async fn unknown_states_keep_polling() {
    let states = [Some("rebooting"), Some(""), Some("PENDING"), Some("running")];
    let server = vms(move |_, number| states[number - 1]);
    quick(client(&server).wait_for(wait::vm("i-1").running())).await.expect("running");
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn a_response_without_a_state_keeps_polling() {
    for is_deletion in [false, true] {
        let server = server(move |_, number| {
            let state = if is_deletion { "terminated" } else { "running" };
            let vm =
                if number < 3 { json!({ "VmId": "i-1" }) } else { json!({ "VmId": "i-1", "State": state }) };
            listed("Vms", vec![vm])
        });
        let client = client(&server);
        if is_deletion {
            quick(client.wait_for(wait::vm("i-1").terminated())).await.expect("deleted");
        } else {
            quick(client.wait_for(wait::vm("i-1").running())).await.expect("running");
        }
        assert_eq!(server.requests().len(), 3);
    }
}

#[tokio::test]
async fn a_deleted_resource_is_a_state_an_absence_or_a_not_found_error() {
    let server = vms(|id, _| (id == "i-listed").then_some("terminated"));
    let client = client(&server);
    let vm = quick(client.wait_for(wait::vm("i-listed").terminated())).await.expect("deleted");
    assert_eq!(vm.and_then(|vm| vm.vm_id).expect("an ID"), "i-listed");
    assert_eq!(quick(client.wait_for(wait::vm("i-2").terminated())).await.expect("deleted"), None);
    let server = super::server(|_, _| cloud::refusal(400, "5063", "InvalidResource", ""));
    let vm = quick(super::client(&server).wait_for(wait::vm("i-1").terminated())).await.expect("deleted");
    assert_eq!(vm, None);
}

#[tokio::test]
async fn a_missing_resource_is_tolerated_for_the_grace_period() {
    let server = vms(|_, number| (number > 3).then_some("running"));
    quick(client(&server).wait_for(wait::vm("i-1").running())).await.expect("running");
    let server = super::server(|_, number| match number {
        1..=3 => cloud::refusal(400, "5063", "InvalidResource", ""),
        _ => listed("Vms", vec![json!({ "VmId": "i-1", "State": "running" })]),
    });
    quick(client(&server).wait_for(wait::vm("i-1").running())).await.expect("running");
}

#[tokio::test]
async fn a_resource_that_stays_missing_is_an_error() {
    let server = vms(|_, _| None);
    let wait = quick(client(&server).wait_for(wait::vm("i-1").running())).grace(Duration::from_millis(20));
    let error = wait.await.expect_err("missing");
    assert!(error.is_wait_failed() && error.is_not_found() && error.last_state().is_none());
    assert_eq!(error.to_string(), "waiting for VM i-1 to be running failed: it does not exist");
    assert!(server.requests().len() > 1);
    let server = super::server(|_, _| cloud::refusal(400, "5063", "InvalidResource", "no such VM"));
    let wait = quick(client(&server).wait_for(wait::vm("i-1").running())).grace(Duration::from_millis(20));
    let error = wait.await.expect_err("missing");
    assert!(error.has_code(5063) && error.is_not_found(), "{error}");
}

#[tokio::test]
async fn a_timeout_names_the_last_state() {
    let server = vms(|_, _| Some("pending"));
    let wait = quick(client(&server).wait_for(wait::vm("i-1").running())).timeout(Duration::from_millis(500));
    let error = wait.await.expect_err("timed out");
    assert!(error.is_timeout() && !error.is_wait_failed());
    assert_eq!(error.last_state(), Some("pending"));
    assert_eq!(error.to_string(), "waiting for VM i-1 to be running failed: it is still pending after 500ms");
}

#[tokio::test]
async fn a_permanent_error_of_a_read_ends_the_wait() {
    for is_deletion in [false, true] {
        let server = server(|_, number| match number {
            1 => listed("Vms", vec![json!({ "VmId": "i-1", "State": "pending" })]),
            _ => cloud::refusal(403, "4", "UnauthorizedOperation", "denied"),
        });
        let client = client(&server);
        let error = match is_deletion {
            false => quick(client.wait_for(wait::vm("i-1").running())).await.map(drop),
            true => quick(client.wait_for(wait::vm("i-1").terminated())).await.map(drop),
        };
        let error = error.expect_err("denied");
        assert!(error.is_access_denied() && error.request_id() == Some(cloud::REQUEST_ID), "{error}");
    }
}

/// A wait outlasts any kind of outage; only its own timeout ends it.
#[tokio::test]
async fn a_temporary_error_of_a_read_does_not_end_the_wait() {
    for is_condition in [false, true] {
        for (status, code) in [(503, "6"), (429, "24"), (500, "2000"), (502, ""), (504, "")] {
            let server = server(move |_, number| match number {
                2..=4 => cloud::refusal(status, code, "", ""),
                _ => {
                    let state = if number == 1 { "pending" } else { "running" };
                    listed("Vms", vec![json!({ "VmId": "i-1", "State": state })])
                }
            });
            let client = client(&server);
            let ended = match is_condition {
                false => quick(client.wait_for(wait::vm("i-1").running())).await.map(drop),
                true => {
                    let is_running = |response: osc_api::types::ReadVmsResponse| {
                        let state = response.vms.into_iter().next()?.state?;
                        (state.as_str() == "running").then_some(())
                    };
                    quick(client.wait_until::<ReadVms, _>(ReadVmsRequest::new(), is_running)).await
                }
            };
            assert!(ended.is_ok(), "{status} {code}: {ended:?}");
            assert_eq!(server.requests().len(), 5, "{status} {code}");
        }
    }
}

#[tokio::test]
async fn progress_is_reported_after_each_read() {
    let states = [None, Some("pending"), Some("stopping"), Some("stopped")];
    let server = vms(move |_, number| states[number - 1]);
    let mut reported = Vec::new();
    let client = client(&server);
    let wait = quick(client.wait_for(wait::vm("i-1").stopped())).on_progress(|progress| {
        assert_eq!((progress.resource, progress.id), ("VM", "i-1"));
        reported.push((progress.reads, progress.state.map(str::to_owned)));
    });
    wait.await.expect("stopped");
    let expected = (1..).zip(states.map(|state| state.map(str::to_owned)));
    assert_eq!(reported, expected.collect::<Vec<_>>());
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
        Response::json(200, &json!({ "Vms": vms, "NextPageToken": next }))
    });
    let client = client(&server);
    // A resource on a later page is not missing.
    let ids = ["i-1", "i-2", "i-3"];
    let waits = ids.map(|id| quick(client.wait_for(wait::vm(id).running())).into_future());
    let waits: Vec<_> = waits.into_iter().map(tokio::spawn).collect();
    for wait in waits {
        wait.await.expect("no panic").expect("running");
    }
}

#[tokio::test]
async fn one_invalid_id_does_not_fail_the_others() {
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
async fn wait_until_polls_any_action() {
    let server = vms(|_, number| Some(if number < 4 { "pending" } else { "running" }));
    let client = client(&server);
    let filters = osc_api::types::FiltersVm::new().vm_ids(["i-1", "i-2"]);
    let request = ReadVmsRequest::new().filters(filters);
    let mut reads = 0;
    let wait = client.wait_until::<ReadVms, _>(request.clone(), |response| {
        let all =
            response.vms.iter().all(|vm| vm.state.as_ref().is_some_and(|state| state.as_str() == "running"));
        all.then_some(response.vms.len())
    });
    let count = quick(wait).on_progress(|progress| reads = progress.reads).await.expect("all run");
    assert_eq!((count, reads, server.requests().len()), (2, 4, 4));
    let wait = quick(client.wait_until::<ReadVms, ()>(request, |_| None));
    let error = wait.timeout(Duration::from_millis(50)).await.expect_err("a timeout");
    assert!(error.is_timeout() && error.to_string().contains("waiting with ReadVms failed"), "{error}");
}

#[test]
fn a_wait_outside_a_runtime_is_an_error() {
    let server = vms(|_, _| None);
    let client = client(&server);
    let state = client.wait_for(wait::vm("i-1").running()).into_future();
    let condition = client
        .wait_until::<ReadVms, _>(ReadVmsRequest::new(), |mut response| response.vms.pop())
        .into_future();
    for wait in [state, condition] {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::pin!(wait).poll(&mut context) {
            std::task::Poll::Ready(Err(error)) => {
                assert!(error.to_string().contains("Tokio runtime"), "{error}")
            }
            other => panic!("{other:?}"),
        }
    }
}

/// To ignore the list would mean that the VM no longer exists.
#[tokio::test]
async fn a_list_of_an_unexpected_type_is_not_a_deletion() {
    let server = server(|_, _| Response::json(200, &json!({ "Vms": true })));
    let error = quick(client(&server).wait_for(wait::vm("i-1").terminated()))
        .await
        .expect_err("a response without a list");
    assert!(error.is_decode() && error.to_string().contains("Vms"), "{error}");
}

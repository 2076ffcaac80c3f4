//! What handlers can do.

use std::sync::{Arc, Mutex};

use osc_api::action::{Action, Auth, CreateVms, DeleteVms, ReadVms, RetrySafety};
use osc_api::codes;
use osc_api::testing::{Fault, example};
use osc_api::types::{CreateVmsRequest, DeleteVmsRequest, ReadVmsRequest, ReadVmsResponse, Vm};
use serde_json::{Value, json};

use crate::raw::Raw;
use crate::{client, start};

#[tokio::test]
async fn a_handler_sees_the_request_and_its_response_arrives() {
    let fake = start();
    let mut calls = 0;
    fake.on::<ReadVms>(move |request| {
        calls += 1;
        let mut vm = Vm::default();
        vm.vm_id = Some(format!("{calls} of {:?}", request.results_per_page));
        let mut response = ReadVmsResponse::default();
        response.vms = vec![vm];
        response
    });
    let client = client(&fake);
    for id in ["1 of Some(7)", "2 of Some(7)"] {
        let response = client.read_vms(&ReadVmsRequest::new().results_per_page(7)).await.expect("a response");
        assert_eq!(response.vms[0].vm_id.as_deref(), Some(id));
        let context = response.response_context.and_then(|context| context.request_id);
        assert_eq!(context, fake.calls().pop().map(|call| call.request_id));
    }
}

#[tokio::test]
async fn a_handler_can_return_a_fault() {
    let fake = start();
    fake.on::<DeleteVms>(|request: DeleteVmsRequest| match request.vm_ids.as_slice() {
        [] => Err(Fault::error(409, 9085, "ResourceConflict", "nothing to do")),
        [one] if one == "slow" => Err(Fault::cut()),
        [_] => Ok(example::<DeleteVms>()),
        _ => Err(Fault::code(codes::NO_SUCH_VM)),
    });
    let client = client(&fake);
    let delete = async |ids: &[&str]| client.delete_vms(&DeleteVmsRequest::new(ids.to_vec())).await;
    assert_eq!(delete(&["i-1"]).await.expect("deleted").vms, example::<DeleteVms>().vms);
    let error = delete(&["i-1", "i-2"]).await.expect_err("too many");
    assert!(error.is_not_found() && error.has_code(codes::NO_SUCH_VM), "{error}");
    let error = delete(&[]).await.expect_err("nothing");
    let told = error.api().expect("a response");
    assert_eq!((told.status(), told.errors()[0].details()), (409, Some("nothing to do")));
    assert!(error.is_conflict(), "{error}");
    let error = delete(&["slow"]).await.expect_err("cut");
    assert!(error.is_transport() && error.attempts() == 1, "{error}");
}

#[tokio::test]
async fn the_last_handler_counts_and_state_is_shared() {
    let fake = start();
    let seen = Arc::new(Mutex::new(Vec::new()));
    fake.on::<ReadVms>(|_| ReadVmsResponse::default());
    let log = Arc::clone(&seen);
    fake.on_raw("ReadVms", move |request: Value| {
        log.lock().expect("the log").push(request);
        json!({ "Vms": [{ "VmId": "i-raw", "State": "brand-new" }], "Unknown": true })
    });
    let response = client(&fake).read_vms(&ReadVmsRequest::new().dry_run(false)).await.expect("a response");
    assert_eq!(response.vms[0].vm_id.as_deref(), Some("i-raw"));
    assert_eq!(*seen.lock().expect("the log"), [json!({ "DryRun": false })]);
}

/// An action that the crate does not know, with types of the caller's own.
struct ReadRainbows;

impl Action for ReadRainbows {
    type Request = Value;
    type Response = Value;
    const NAME: &'static str = "ReadRainbows";
    const AUTH: Auth = Auth::AccessKey;
    const RETRY: RetrySafety = RetrySafety::Idempotent;
}

#[tokio::test]
async fn actions_that_the_crate_does_not_know_can_have_handlers() {
    let fake = start();
    fake.on::<ReadRainbows>(|request| json!({ "Colours": request["Colours"] }));
    fake.on_raw("CreateRainbow", |_| Err::<Value, _>(Fault::code(codes::NO_SUCH_VM)));
    let client = client(&fake);
    let response = client.send::<ReadRainbows>(&json!({ "Colours": 7 })).await.expect("a response");
    assert_eq!(response["Colours"], 7);
    assert!(response["ResponseContext"]["RequestId"].is_string());
    assert_eq!(fake.requests::<ReadRainbows>(), [json!({ "Colours": 7 })]);
    assert_eq!(example::<ReadRainbows>(), Value::Null);
    assert!(client.send_raw("CreateRainbow", &json!({})).await.expect_err("none").is_not_found());
    // One that has types says how it is authenticated.
    let unsigned = Raw { authorization: Some(String::new()), ..Raw::of("ReadRainbows") };
    assert_eq!(unsigned.send(&fake).status, 401);
}

#[tokio::test]
async fn a_request_of_another_form_is_refused_by_place() {
    let fake = start();
    fake.on::<DeleteVms>(|_| example::<DeleteVms>());
    let client = client(&fake);
    for (body, place) in [(json!({ "VmIds": "marker" }), "VmIds"), (json!({}), "the request")] {
        let error = client.send_raw("DeleteVms", &body).await.expect_err("not a list");
        let shown = error.to_string();
        assert!(error.is_validation() && shown.contains(place) && !shown.contains("marker"), "{shown}");
    }
}

#[tokio::test]
async fn a_handler_that_panics_is_an_response_and_not_the_end() {
    let fake = start();
    let mut is_first = true;
    fake.on::<DeleteVms>(move |_| {
        let was_first = std::mem::replace(&mut is_first, false);
        assert!(!was_first, "on purpose");
        example::<DeleteVms>()
    });
    let client = client(&fake);
    let request = DeleteVmsRequest::new(["i-1"]);
    let error = client.delete_vms(&request).await.expect_err("a panic");
    assert!(error.is_server_error() && error.to_string().contains("DeleteVms panicked"), "{error}");
    client.delete_vms(&request).await.expect("a response");
}

#[tokio::test]
async fn a_client_token_makes_a_create_happen_once() {
    let fake = start();
    let mut made = 0;
    fake.on::<CreateVms>(move |_| {
        made += 1;
        let mut response = example::<CreateVms>();
        response.vms[0].vm_id = Some(format!("i-{made}"));
        response
    });
    let client = client(&fake);
    let create = async |token: &str| {
        let request = CreateVmsRequest::new("ami-12345678").client_token(token);
        let response = client.create_vms(&request).await.expect("a response");
        response.vms[0].vm_id.clone().expect("an ID")
    };
    for (token, id) in [("a", "i-1"), ("b", "i-2"), ("a", "i-1"), ("b", "i-2"), ("c", "i-3")] {
        assert_eq!(create(token).await, id);
    }
    let ids: Vec<String> = fake.calls().into_iter().map(|call| call.request_id).collect();
    assert_ne!(ids[0], ids[2]);
}

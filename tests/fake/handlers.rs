//! Handlers.

use std::sync::{Arc, Mutex};

use osc_api::action::{Action, Auth, CreateVms, DeleteVms, ReadVms, RetrySafety};
use osc_api::codes;
use osc_api::testing::{Fault, example};
use osc_api::types::{CreateVmsRequest, DeleteVmsRequest, ReadVmsRequest, ReadVmsResponse, Vm};
use serde_json::{Value, json};

use crate::fake::raw::RawRequest;
use crate::fake::{client, start};

#[tokio::test]
async fn a_handler_receives_the_request_and_returns_the_response() {
    let fake = start();
    let mut calls = 0;
    fake.on::<ReadVms>(move |request| {
        calls += 1;
        let mut vm = Vm::default();
        vm.vm_id = Some(format!("{calls} of {:?}", request.results_per_page).into());
        let mut response = ReadVmsResponse::default();
        response.vms = vec![vm];
        response
    });
    let client = client(&fake);
    for id in ["1 of Some(7)", "2 of Some(7)"] {
        let response = client.read_vms(&ReadVmsRequest::new().results_per_page(7)).await.expect("a response");
        assert_eq!(response.vms[0].vm_id, Some(id.into()));
        let context = response.response_context.and_then(|context| context.request_id);
        assert_eq!(context, fake.calls().pop().map(|call| call.request_id.into()));
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
    let api_error = error.api().expect("a response");
    assert_eq!((api_error.status(), api_error.errors()[0].details()), (409, Some("nothing to do")));
    assert!(error.is_conflict(), "{error}");
    let error = delete(&["slow"]).await.expect_err("cut");
    assert!(error.is_transport() && error.attempts() == 1, "{error}");
}

#[tokio::test]
async fn the_latest_handler_replaces_earlier_ones_and_can_share_state() {
    let fake = start();
    let recorded = Arc::new(Mutex::new(Vec::new()));
    fake.on::<ReadVms>(|_| ReadVmsResponse::default());
    let log = Arc::clone(&recorded);
    fake.on_raw("ReadVms", move |request: Value| {
        log.lock().expect("the log").push(request);
        json!({ "Vms": [{ "VmId": "i-raw", "State": "brand-new" }], "Unknown": true })
    });
    let response = client(&fake).read_vms(&ReadVmsRequest::new().dry_run(false)).await.expect("a response");
    assert_eq!(response.vms[0].vm_id, Some("i-raw".into()));
    assert_eq!(*recorded.lock().expect("the log"), [json!({ "DryRun": false })]);
}

/// An action unknown to the crate, with types defined by the caller.
struct UnknownAction;

impl Action for UnknownAction {
    type Request = Value;
    type Response = Value;
    const NAME: &'static str = "ReadRainbows";
    const AUTH: Auth = Auth::AccessKey;
    const RETRY: RetrySafety = RetrySafety::Idempotent;
}

#[tokio::test]
async fn unknown_actions_can_have_handlers() {
    let fake = start();
    fake.on::<UnknownAction>(|request| json!({ "Colours": request["Colours"] }));
    fake.on_raw("CreateRainbow", |_| Err::<Value, _>(Fault::code(codes::NO_SUCH_VM)));
    let client = client(&fake);
    let response = client.send::<UnknownAction>(&json!({ "Colours": 7 })).await.expect("a response");
    assert_eq!(response["Colours"], 7);
    assert!(response["ResponseContext"]["RequestId"].is_string());
    assert_eq!(fake.requests::<UnknownAction>(), [json!({ "Colours": 7 })]);
    assert_eq!(example::<UnknownAction>(), Value::Null);
    assert!(client.send_raw("CreateRainbow", &json!({})).await.expect_err("none").is_not_found());
    // A typed action defines how it is authenticated.
    let unsigned = RawRequest { authorization: Some(String::new()), ..RawRequest::of("ReadRainbows") };
    assert_eq!(unsigned.send(&fake).status, 401);
}

#[tokio::test]
async fn a_request_that_does_not_decode_is_refused_with_the_path_of_the_field() {
    let fake = start();
    fake.on::<DeleteVms>(|_| example::<DeleteVms>());
    let client = client(&fake);
    for (body, path) in [(json!({ "VmIds": [{ "Id": "marker" }] }), "VmIds[0]"), (json!({}), "the request")] {
        let error = client.send_raw("DeleteVms", &body).await.expect_err("not a list");
        let shown = error.to_string();
        assert!(error.is_validation() && shown.contains(path) && !shown.contains("marker"), "{shown}");
    }
}

#[tokio::test]
async fn a_panicking_handler_causes_a_server_error_and_the_fake_keeps_running() {
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
async fn creates_with_the_same_client_token_are_carried_out_once() {
    let fake = start();
    let mut created = 0;
    fake.on::<CreateVms>(move |_| {
        created += 1;
        let mut response = example::<CreateVms>();
        response.vms[0].vm_id = Some(format!("i-{created}").into());
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

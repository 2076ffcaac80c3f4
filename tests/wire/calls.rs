//! Successful calls: the requests that the server receives and the responses that the client decodes.

use std::sync::Barrier;

use osc_api::action::{Action, Auth, RetrySafety};
use osc_api::types::{FiltersVm, ReadAccessKeysRequest, ReadRegionsRequest, ReadVmsRequest};
use osc_tests::cloud::{LOGIN, PASSWORD, REQUEST_ID};
use osc_tests::http::{Reply, Response};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::wire::{anonymous_client, basic_client, client, cloud, empty_cloud, only_request, server};

#[tokio::test]
async fn a_signed_call_is_admitted_and_its_response_decoded() {
    let server = cloud(|_| {
        let vm = json!({ "VmId": "i-00000001", "VmType": "tinav6.c2r4p1", "State": "running" });
        let context = json!({ "RequestId": REQUEST_ID });
        Response::json(200, &json!({ "Vms": [vm], "NextPageToken": "bmV4dA==", "ResponseContext": context }))
    });
    let response = client(&server).read_vms(&ReadVmsRequest::new()).await.expect("a response");
    assert_eq!(response.vms.len(), 1);
    assert_eq!(response.vms[0].vm_id, Some("i-00000001".into()));
    assert_eq!(response.vms[0].vm_type.as_ref().unwrap(), "tinav6.c2r4p1");
    assert_eq!(response.next_page_token.as_deref(), Some("bmV4dA=="));
    let context = response.response_context.expect("a response context");
    assert_eq!(context.request_id, Some(REQUEST_ID.into()));

    let request = only_request(&server);
    assert_eq!([&request.method, &request.target], ["POST", "/api/v1/ReadVms"]);
    // The signature covers the host with its port, or the server would have refused the request.
    assert_eq!(request.header("Host"), Some(server.host().as_str()));
    assert_eq!(request.header("Content-Type"), Some("application/json"));
    let agent = request.header("User-Agent").expect("a user agent");
    assert!(agent.contains("osc-api"), "{agent}");
}

#[tokio::test]
async fn the_signed_body_arrives_byte_for_byte() {
    let server = empty_cloud();
    let values = ["château fort à Besançon", "東京の仮想マシン", "🦀 👩‍💻", "e\u{301}", "\"\\\u{7f}\t\r\n"];
    let request = ReadVmsRequest::new().filters(FiltersVm::new().tag_values(values)).results_per_page(50);
    client(&server).read_vms(&request).await.expect("a response");
    let received = only_request(&server);
    assert_eq!(received.body, serde_json::to_vec(&request).expect("JSON"));
    assert_eq!(received.json(), json!({ "Filters": { "TagValues": values }, "ResultsPerPage": 50 }));
}

#[tokio::test]
async fn a_request_without_fields_is_sent_as_an_empty_object() {
    let server = empty_cloud();
    client(&server).read_vms(&ReadVmsRequest::new()).await.expect("a response");
    assert_eq!(only_request(&server).body, b"{}");
}

#[tokio::test]
async fn a_public_action_needs_no_credentials_and_sends_none() {
    let server = cloud(|_| Response::json(200, &json!({ "Regions": [{ "RegionName": "eu-west-2" }] })));
    for client in [anonymous_client(&server), client(&server), basic_client(&server)] {
        let response = client.read_regions(&ReadRegionsRequest::new()).await.expect("a response");
        assert_eq!(response.regions[0].region_name.as_deref(), Some("eu-west-2"));
    }
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| request.header("Authorization").is_none()), "{requests:?}");
}

#[tokio::test]
async fn login_and_password_are_sent_to_actions_that_accept_them() {
    let server = cloud(|_| Response::json(200, &json!({ "AccessKeys": [{ "AccessKeyId": "A" }] })));
    let response =
        basic_client(&server).read_access_keys(&ReadAccessKeysRequest::new()).await.expect("a response");
    assert_eq!(response.access_keys[0].access_key_id, Some("A".into()));
    // The server has verified both. This checks that the encoding uses the standard base64 alphabet.
    let request = only_request(&server);
    let token = request.header("Authorization").and_then(|value| value.strip_prefix("Basic "));
    assert!(
        token.is_some_and(|token| token.contains(['+', '/'])),
        "{LOGIN}:{PASSWORD} was encoded as {token:?}"
    );
}

#[tokio::test]
async fn an_access_key_takes_precedence_over_a_login() {
    let server = empty_cloud();
    client(&server).read_access_keys(&ReadAccessKeysRequest::new()).await.expect("a response");
    let request = only_request(&server);
    let authorization = request.header("Authorization").expect("a signature");
    assert!(authorization.starts_with("OSC4-HMAC-SHA256 "), "{authorization}");
}

#[tokio::test]
async fn raw_calls_are_signed_and_return_the_response_unchanged() {
    let response = json!({ "Rainbows": [{ "Colour": "été", "Length": 4.5 }, null], "Huge": 18_446_744_073_709_551_615_u64 });
    let sent = response.clone();
    let server = cloud(move |_| Response::json(200, &sent));
    let body = json!({ "Filters": { "Colours": ["東京"] } });
    assert_eq!(client(&server).send_raw("ReadRainbows", &body).await.expect("a response"), response);
    let request = only_request(&server);
    assert_eq!(request.target, "/api/v1/ReadRainbows");
    assert_eq!(request.json(), body);
    assert!(request.header("Authorization").is_some());
}

#[tokio::test]
async fn raw_calls_of_public_actions_need_no_credentials() {
    let server = empty_cloud();
    anonymous_client(&server).send_raw("ReadRegions", &json!({})).await.expect("a response");
    assert_eq!(only_request(&server).header("Authorization"), None);
}

/// An action that the crate does not know, as a user would define it.
struct ReadRainbows;

impl Action for ReadRainbows {
    type Request = Value;
    type Response = Vec<u8>;
    const NAME: &'static str = "ReadRainbows";
    const AUTH: Auth = Auth::AccessKey;
    const RETRY: RetrySafety = RetrySafety::Idempotent;
}

#[tokio::test]
async fn a_user_defined_action_is_sent_like_any_other() {
    let server = cloud(|_| Response::new(200, "[1,2]"));
    let response = client(&server).send::<ReadRainbows>(&json!({ "A": 1 })).await.expect("a response");
    assert_eq!(response, [1, 2]);
    assert_eq!(only_request(&server).json(), json!({ "A": 1 }));
}

#[tokio::test]
async fn unknown_members_nulls_and_new_values_do_not_fail_a_response() {
    let server = cloud(|_| {
        let nic = json!({ "NicId": "eni-1", "Shade": { "Deep": [1] } });
        let vm = json!({
            "VmId": "i-1", "State": "dreaming", "CreationDate": "the day before", "Nics": [null, nic], "Tags": null,
            "NewThing": { "A": [] }, "BootMode": "zz-new", "Placement": null
        });
        Response::json(200, &json!({ "Vms": [vm, null], "Weather": "fine", "ResponseContext": null }))
    });
    let response = client(&server).read_vms(&ReadVmsRequest::new()).await.expect("a response");
    assert_eq!(response.vms.len(), 1);
    let vm = &response.vms[0];
    assert_eq!(vm.nics.len(), 1);
    assert_eq!(vm.nics[0].nic_id, Some("eni-1".into()));
    assert_eq!(vm.boot_mode.as_ref().map(|mode| mode.as_str()), Some("zz-new"));
    assert!(vm.tags.is_empty() && vm.placement.is_none() && response.response_context.is_none());
}

#[tokio::test]
async fn a_chunked_response_is_read_completely() {
    let ids: Vec<String> = (0..500).map(|number| format!("i-{number:08}")).collect();
    let vms: Vec<Value> = ids.iter().map(|id| json!({ "VmId": id })).collect();
    let response = Response::json(200, &json!({ "Vms": vms }));
    let server = server(move |_| Reply::Chunked(response.clone(), 7));
    let response = client(&server).read_vms(&ReadVmsRequest::new()).await.expect("a response");
    let received: Vec<&str> =
        response.vms.iter().filter_map(|vm| Some(vm.vm_id.as_ref()?.as_str())).collect();
    assert_eq!(received, ids);
}

#[tokio::test]
async fn clones_send_calls_concurrently() {
    const CALLS: usize = 32;
    // No call gets a response before all are sent: sequential calls would time out.
    let barrier = Barrier::new(CALLS);
    let server = cloud(move |request| {
        if request.action() == "ReadVms" {
            barrier.wait();
        }
        Response::json(200, &json!({ "Vms": [{ "VmId": request.json()["Filters"]["VmIds"][0] }] }))
    });
    let client = client(&server);
    // Until the key is proven, calls are sequential.
    client.read_access_keys(&ReadAccessKeysRequest::new()).await.expect("a response");
    let mut calls = JoinSet::new();
    for number in 0..CALLS {
        let client = client.clone();
        calls.spawn(async move {
            let id = format!("i-{number:08}");
            let request = ReadVmsRequest::new().filters(FiltersVm::new().vm_ids([&id]));
            let response = client.read_vms(&request).await.expect("a response");
            assert_eq!(response.vms[0].vm_id, Some(id.into()));
        });
    }
    assert_eq!(calls.join_all().await.len(), CALLS);
    assert_eq!(server.requests().len(), 1 + CALLS);
}

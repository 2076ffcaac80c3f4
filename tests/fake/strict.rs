//! Requests that do not match their schema, with and without strict mode.

use osc_api::action::{CreateVms, DeleteVms, ReadVms};
use osc_api::serde_json::Value;
use osc_api::testing::example;
use osc_api::types::{CreateVmsRequest, ReadVmsRequest};
use serde_json::json;

use crate::fake::{client, start};

/// Requests that do not match their schema: the action, the request, a part of the error message, and whether a typed
/// handler can decode the request.
fn invalid_requests() -> Vec<(&'static str, Value, &'static str, bool)> {
    vec![
        ("DeleteVms", json!({}), "lacks `VmIds`", false),
        ("DeleteVms", json!({ "VmIds": null }), "lacks `VmIds`", false),
        ("DeleteVms", json!({ "VmIds": "i-1" }), "VmIds is a string, and must be a list", true),
        ("DeleteVms", json!({ "VmIds": [7] }), "VmIds[0] is an integer, and must be a string", true),
        ("DeleteVms", json!({ "VmIds": ["i-1", {}] }), "VmIds[1]", false),
        ("DeleteVms", json!({ "VmIds": ["i-1"], "DryRun": "true" }), "DryRun is a string", true),
        ("CreateVms", json!({ "ImageId": "ami-1", "MaxVmsCount": "2" }), "MaxVmsCount is a string", true),
        ("CreateVms", json!({ "ImageId": "ami-1", "MaxVmsCount": 2.0 }), "MaxVmsCount is a number", true),
        ("CreateVms", json!({ "ImageId": "ami-1", "MaxVmsCount": [] }), "MaxVmsCount", false),
        (
            "CreateVms",
            json!({ "ImageId": "ami-1", "BlockDeviceMappings": [{}, { "Bsu": { "Iops": "7" } }] }),
            "BlockDeviceMappings[1].Bsu.Iops is a string, and must be an integer",
            true,
        ),
        ("ReadVms", json!({ "Filters": { "VmIds": [1] } }), "Filters.VmIds[0]", true),
        ("ReadVms", json!({ "Filters": [] }), "Filters", false),
    ]
}

#[tokio::test]
async fn strict_mode_refuses_invalid_requests_with_and_without_a_handler() {
    for has_handler in [false, true] {
        let fake = start();
        fake.strict_requests(true);
        if has_handler {
            fake.on::<DeleteVms>(|_| example::<DeleteVms>());
            fake.on_raw("CreateVms", |_| json!({}));
            fake.on::<ReadVms>(|_| example::<ReadVms>());
        }
        for (action, request, words, _) in invalid_requests() {
            let error = client(&fake).send_raw(action, &request).await.expect_err("a refusal");
            assert!(error.is_validation() && error.to_string().contains(words), "{request}: {error}");
            assert!(error.to_string().contains("code "), "{error}");
        }
    }
}

#[tokio::test]
async fn without_strict_mode_only_a_typed_handler_refuses_requests_that_it_cannot_decode() {
    let fake = start();
    for (action, request, ..) in invalid_requests() {
        client(&fake).send_raw(action, &request).await.expect("the published example");
    }
    fake.on::<DeleteVms>(|_| example::<DeleteVms>());
    fake.on::<CreateVms>(|_| example::<CreateVms>());
    fake.on::<ReadVms>(|_| example::<ReadVms>());
    for (action, request, _, is_decoded) in invalid_requests() {
        let result = client(&fake).send_raw(action, &request).await;
        assert_eq!(result.is_ok(), is_decoded, "{request}: {result:?}");
    }
    fake.strict_requests(true);
    client(&fake).send_raw("DeleteVms", &json!({ "VmIds": "i-1" })).await.expect_err("strict");
    fake.strict_requests(false);
    client(&fake).send_raw("DeleteVms", &json!({ "VmIds": "i-1" })).await.expect("not strict");
}

#[tokio::test]
async fn strict_mode_accepts_valid_requests() {
    let fake = start();
    fake.strict_requests(true);
    fake.on_raw("UnknownAction", |_| json!({}));
    let client = client(&fake);
    for (action, request) in [
        ("ReadVms", json!({})),
        ("ReadVms", json!({ "Filters": { "VmIds": ["i-1"] }, "DryRun": false, "ResultsPerPage": 5 })),
        ("DeleteVms", json!({ "VmIds": [] })),
        ("DeleteVms", json!({ "VmIds": ["i-1"], "DryRun": null })),
        // Members that are newer than the crate.
        ("DeleteVms", json!({ "VmIds": ["i-1"], "NewMember": { "a": [1] } })),
        ("UpdateListenerRule", json!({ "ListenerRuleName": "r", "HostPattern": null })),
        ("ReadConsumptionAccount", json!({ "FromDate": "2023-06-01", "ToDate": "2023-06-15T00:00:00.000Z" })),
        ("UnknownAction", json!({ "VmIds": 7 })),
    ] {
        client.send_raw(action, &request).await.unwrap_or_else(|error| panic!("{request}: {error}"));
    }
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    client.create_vms(&CreateVmsRequest::new("ami-12345678")).await.expect("a response");
}

#[tokio::test]
async fn strict_mode_accepts_every_published_example() {
    let fake = start();
    fake.strict_requests(true);
    let client = client(&fake);
    let contract: Value = serde_yaml::from_str(include_str!("../../spec/outscale.yaml")).expect("YAML");
    let mut count = 0;
    for (path, item) in contract["paths"].as_object().expect("paths") {
        let examples = &item["post"]["requestBody"]["content"]["application/json"]["examples"];
        for example in examples.as_object().into_iter().flat_map(|examples| examples.values()) {
            let (action, request) = (path.trim_start_matches('/'), &example["value"]);
            let result = client.send_raw(action, request).await;
            result.unwrap_or_else(|error| panic!("{action} {request}: {error}"));
            count += 1;
        }
    }
    assert!(count > 200, "{count}");
}

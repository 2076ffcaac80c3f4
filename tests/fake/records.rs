//! Recorded requests.

use osc_api::action::{CheckAuthentication, CreateVolume, ReadVms};
use osc_api::types::{CheckAuthenticationRequest, CreateVolumeRequest, FiltersVm, ReadVmsRequest};
use serde_json::json;

use crate::fake::raw::RawRequest;
use crate::fake::{client, start};

#[tokio::test]
async fn requests_are_recorded_unchanged_and_in_order() {
    let fake = start();
    let client = client(&fake);
    let first = ReadVmsRequest::new().filters(FiltersVm::new().vm_ids(["i-1", "i-2"]));
    let second = ReadVmsRequest::new().results_per_page(3);
    client.read_vms(&first).await.expect("a response");
    client.create_volume(&CreateVolumeRequest::new("eu-west-2a").size(10)).await.expect("a response");
    client.read_vms(&second).await.expect("a response");
    assert_eq!(fake.requests::<ReadVms>(), [first, second]);
    assert_eq!((fake.count::<ReadVms>(), fake.count::<CreateVolume>()), (2, 1));
    // The client has added a client token to the create.
    assert!(fake.requests::<CreateVolume>()[0].client_token.is_some());
    let calls = fake.calls();
    let names: Vec<&str> = calls.iter().map(|call| call.action.as_str()).collect();
    assert_eq!(names, ["ReadVms", "CreateVolume", "ReadVms"]);
    assert_eq!(calls[0].body, json!({ "Filters": { "VmIds": ["i-1", "i-2"] } }));
    fake.clear_calls();
    assert!(fake.calls().is_empty() && fake.count::<ReadVms>() == 0);
}

#[tokio::test]
async fn secrets_are_redacted_in_debug_output() {
    let fake = start();
    let request = CheckAuthenticationRequest::new("user@example.com", "marker".into());
    client(&fake).check_authentication(&request).await.expect("a response");
    let recorded = fake.requests::<CheckAuthentication>();
    assert_eq!(recorded[0].password.expose(), "marker");
    let shown = format!("{recorded:?} {:?} {fake:?}", fake.calls());
    assert!(shown.contains("Password") && !shown.contains("marker"), "{shown}");
}

#[test]
fn refused_requests_are_recorded_too() {
    let fake = start();
    RawRequest { method: "GET", ..RawRequest::of("ReadVms") }.send(&fake);
    RawRequest { path: "/elsewhere".to_owned(), ..RawRequest::of("") }.send(&fake);
    RawRequest { body: "no JSON", ..RawRequest::of("ReadVms") }.send(&fake);
    RawRequest { body: r#"{"ResultsPerPage":"many"}"#, ..RawRequest::of("ReadVms") }.send(&fake);
    let calls = fake.calls();
    let recorded: Vec<(&str, Option<u16>)> =
        calls.iter().map(|call| (call.action.as_str(), call.status)).collect();
    let (read, ok) = ("ReadVms", Some(200));
    assert_eq!(recorded, [(read, Some(405)), ("/elsewhere", Some(404)), (read, Some(400)), (read, ok)]);
    assert_eq!(calls[2].body, json!(null));
    // The last request passed authentication, but does not decode as a request of its type.
    assert_eq!((fake.count::<ReadVms>(), fake.requests::<ReadVms>().len()), (3, 1));
}

#[tokio::test]
async fn headers_are_recorded_in_lower_case() {
    let fake = start();
    client(&fake).read_vms(&ReadVmsRequest::new()).await.expect("a response");
    let call = fake.calls().pop().expect("a call");
    assert!(call.header("User-Agent").is_some_and(|agent| agent.starts_with("osc-api")), "{call:?}");
    assert!(call.header("authorization").is_some_and(|value| value.starts_with("OSC4-HMAC-SHA256")));
    assert_eq!(call.header("X-None"), None);
    assert!(call.headers.iter().all(|(name, _)| name.bytes().all(|byte| !byte.is_ascii_uppercase())));
}

//! Authentication: which requests the fake API accepts, and how it refuses the others.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use osc_api::testing::FakeApi;
use osc_api::types::{ReadAccessKeysRequest, ReadRegionsRequest, ReadVmsRequest};
use osc_api::{Client, codes};
use osc_tests::cloud::{BASIC_ACTIONS, PUBLIC_ACTIONS};
use serde_json::json;

use crate::fake::raw::RawRequest;
use crate::fake::start;

#[test]
fn every_part_of_a_signature_is_verified() {
    let fake = start();
    let right = RawRequest::of("ReadVms");
    assert_eq!(right.send(&fake).status, 200);
    for offset in [-290, 290] {
        assert_eq!(RawRequest { offset, ..right.clone() }.send(&fake).status, 200, "{offset}");
    }
    let other_key = "FAKESECRETKEYFORTESTS0000000000000000007";
    for (what, wrong) in [
        ("secret key", RawRequest { secret_key: other_key, ..right.clone() }),
        ("region", RawRequest { region: "us-east-2", ..right.clone() }),
        ("date too early", RawRequest { offset: -310, ..right.clone() }),
        ("date too late", RawRequest { offset: 310, ..right.clone() }),
        ("host", RawRequest { signed_host: Some("127.0.0.1"), ..right.clone() }),
        ("path", RawRequest { signed_path: Some("/"), ..right.clone() }),
        ("body", RawRequest { signed_body: Some("{ }"), ..right.clone() }),
        ("no date", RawRequest { is_dated: false, ..right.clone() }),
        ("no signature", RawRequest { authorization: Some(String::new()), ..right.clone() }),
        (
            "malformed signature",
            RawRequest { authorization: Some("OSC4-HMAC-SHA256 nonsense".to_owned()), ..right.clone() },
        ),
        ("another scheme", RawRequest { authorization: Some("Bearer token".to_owned()), ..right.clone() }),
    ] {
        let response = wrong.send(&fake);
        assert_eq!((response.status, response.code()), (401, Some("1")), "{what}: {response:?}");
    }
    let unknown = RawRequest { access_key: "FAKEACCESSKEY0000099", ..right }.send(&fake);
    assert_eq!((unknown.status, unknown.code()), (400, Some("4120")));
}

#[test]
fn fourteen_actions_accept_a_login_and_password() {
    let fake = start();
    let pair =
        |password: &str| format!("Basic {}", STANDARD.encode(format!("{}:{password}", FakeApi::LOGIN)));
    let with = |action: &str, password: &str| RawRequest {
        authorization: Some(pair(password)),
        ..RawRequest::of(action)
    };
    for action in BASIC_ACTIONS {
        assert_eq!(with(action, FakeApi::PASSWORD).send(&fake).status, 200, "{action}");
        let wrong = with(action, "another").send(&fake);
        assert_eq!((wrong.status, wrong.code()), (401, Some("1")), "{action}");
        let undated = RawRequest { is_dated: false, ..with(action, FakeApi::PASSWORD) }.send(&fake);
        assert_eq!((undated.status, undated.code()), (401, Some("1")), "{action}");
    }
    let refused = with("ReadVms", FakeApi::PASSWORD).send(&fake);
    assert_eq!((refused.status, refused.code()), (401, Some("9")));
}

#[test]
fn eight_actions_need_no_authentication() {
    let fake = start();
    for action in PUBLIC_ACTIONS {
        for authorization in ["", "Basic nonsense", "OSC4-HMAC-SHA256 nonsense"] {
            let request =
                RawRequest { authorization: Some(authorization.to_owned()), ..RawRequest::of(action) };
            assert_eq!(request.send(&fake).status, 200, "{action} with {authorization:?}");
        }
    }
}

#[test]
fn an_unknown_action_accepts_any_valid_authentication_or_none() {
    let fake = start();
    fake.on_raw("ReadRainbows", |_| json!({}));
    let right = RawRequest::of("ReadRainbows");
    let with = |text: String| RawRequest { authorization: Some(text), ..right.clone() };
    let basic =
        |password: &str| format!("Basic {}", STANDARD.encode(format!("{}:{password}", FakeApi::LOGIN)));
    for (request, status) in [
        (right.clone(), 200),
        (RawRequest { region: "us-east-2", ..right.clone() }, 401),
        (with(String::new()), 200),
        (with(basic(FakeApi::PASSWORD)), 200),
        (with(basic("another")), 401),
    ] {
        let response = request.send(&fake);
        assert_eq!(response.status, status, "{:?}: {response:?}", request.authorization);
    }
}

#[test]
fn an_empty_body_is_accepted() {
    let fake = start();
    let response = RawRequest { body: "", ..RawRequest::of("ReadVms") }.send(&fake);
    assert_eq!((response.status, response.code()), (200, None));
}

#[test]
fn invalid_requests_are_refused() {
    let fake = start();
    let get = RawRequest { method: "GET", ..RawRequest::of("ReadVms") }.send(&fake);
    assert_eq!((get.status, get.code()), (405, Some("2")));
    for path in ["/api/v1/ReadRainbows", "/api/v1/", "/ReadVms", "/api/v1/ReadVms/x", "/api/v1/readvms"] {
        let unknown = RawRequest { path: path.to_owned(), ..RawRequest::of("") }.send(&fake);
        assert_eq!((unknown.status, unknown.code()), (404, Some("4042")), "{path}");
        let name = path.rsplit('/').next().unwrap_or_default();
        assert!(unknown.details().contains(name), "{path}: {unknown:?}");
    }
    for body in [" ", "[]", "{", "null"] {
        let response = RawRequest { body, ..RawRequest::of("ReadVms") }.send(&fake);
        assert_eq!((response.status, response.code()), (400, Some("4047")), "{body:?}");
        assert!(response.details().contains("JSON object"), "{response:?}");
    }
}

#[test]
fn every_response_has_a_date_and_a_request_id() {
    let fake = start();
    let mut ids = Vec::new();
    for action in ["ReadVms", "ReadVms", "ReadRainbows"] {
        let response = RawRequest::of(action).send(&fake);
        assert_eq!(
            response.body["ResponseContext"]["RequestId"].as_str(),
            response.header("X-Request-Id"),
            "{response:?}"
        );
        assert!(response.header("Date").is_some_and(|date| date.ends_with(" GMT")), "{response:?}");
        ids.push(response.header("X-Request-Id").expect("a request ID").to_owned());
    }
    let refused = RawRequest { region: "us-east-2", ..RawRequest::of("ReadVms") }.send(&fake);
    ids.push(refused.body["ResponseContext"]["RequestId"].as_str().expect("a request ID").to_owned());
    let recorded: Vec<String> = fake.calls().into_iter().map(|call| call.request_id).collect();
    assert_eq!(ids, recorded);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4);
}

#[tokio::test]
async fn clients_with_every_kind_of_credentials_are_accepted() {
    let fake = start();
    let bare = || Client::builder().ignore_environment().endpoint(fake.endpoint());
    let signed = bare().access_key(FakeApi::ACCESS_KEY, FakeApi::SECRET_KEY).region(FakeApi::REGION);
    signed.build().expect("a client").read_vms(&ReadVmsRequest::new()).await.expect("a response");
    let login = bare().basic(FakeApi::LOGIN, FakeApi::PASSWORD).build().expect("a client");
    login.read_access_keys(&ReadAccessKeysRequest::new()).await.expect("a response");
    let error = login.send_raw("ReadVms", &json!({})).await.expect_err("not accepted with a login");
    assert!(error.has_code(9), "{error}");
    let anonymous = bare().no_credentials().build().expect("a client");
    anonymous.read_regions(&ReadRegionsRequest::new()).await.expect("a response");
}

#[tokio::test]
async fn an_error_states_why_the_request_was_refused() {
    let fake = start();
    let wrong = fake.client_builder().access_key("FAKEACCESSKEY0000099", FakeApi::SECRET_KEY).build();
    let error =
        wrong.expect("a client").read_vms(&ReadVmsRequest::new()).await.expect_err("an unknown access key");
    assert!(error.is_authentication() && error.has_code(4120), "{error}");
    let wrong = fake.client_builder().region("us-east-2").build().expect("a client");
    let error = wrong.read_vms(&ReadVmsRequest::new()).await.expect_err("another region");
    assert!(error.is_authentication() && error.has_code(codes::AUTHENTICATION_FAILED), "{error}");
    assert!(error.to_string().contains("us-east-2"), "{error}");
    let error = fake
        .client()
        .expect("a client")
        .send_raw("ReadRainbows", &json!({}))
        .await
        .expect_err("an unknown action");
    assert!(error.has_code(codes::INVALID_METHOD_NAME) && !error.is_not_found(), "{error}");
}

//! Calls that the server or the client itself refuses: wrong, missing or unsuitable credentials.

use osc_api::Error;
use osc_api::types::{ReadAccessKeysRequest, ReadRegionsRequest, ReadVmsRequest};
use osc_tests::cloud::{ACCESS_KEY, LOGIN, PASSWORD, REQUEST_ID, SECRET_KEY};
use osc_tests::http::Response;
use osc_tests::logs;
use serde_json::json;

use crate::wire::{anonymous_client, basic_client, builder, client, empty_cloud, only_request, server};

/// Secret keys that are not the account's: with a wrong last character, one character short, and a different key.
const WRONG_SECRET_KEYS: [&str; 3] = [
    "FAKESECRETKEYFORTESTS0000000000000000006",
    "FAKESECRETKEYFORTESTS000000000000000000",
    "FAKESECRETKEYFORTESTS0000000000000000001",
];

#[tokio::test]
async fn a_wrong_secret_key_is_an_authentication_error() {
    for secret_key in WRONG_SECRET_KEYS {
        let server = empty_cloud();
        let client = builder(&server).access_key(ACCESS_KEY, secret_key).build().expect("a client");
        let error = client.read_vms(&ReadVmsRequest::new()).await.expect_err("a refusal");
        let api = error.api().expect("a response of the API");
        assert_eq!((api.status(), api.code(), api.request_id()), (401, Some(1), Some(REQUEST_ID)));
        assert!(error.is_authentication() && !error.is_access_denied() && !error.is_throttled(), "{error:?}");
        assert_eq!(error.action(), Some("ReadVms"));
        // A retry with the same key would bring the account closer to a lockout.
        let request = only_request(&server);
        assert_contains_no_secret(
            &error,
            &[secret_key, request.header("Authorization").expect("a signature")],
        );
    }
}

#[tokio::test]
async fn an_unknown_access_key_is_an_authentication_error() {
    let server = empty_cloud();
    let client = builder(&server).access_key("FAKEACCESSKEY0000009", SECRET_KEY).build().expect("a client");
    let error = client.read_vms(&ReadVmsRequest::new()).await.expect_err("a refusal");
    let api = error.api().expect("a response of the API");
    assert_eq!((api.status(), api.code(), api.request_id()), (400, Some(4120), Some(REQUEST_ID)));
    assert!(error.is_authentication(), "{error:?}");
    let text = error.to_string();
    assert!(["ReadVms", "400", "4120", REQUEST_ID].iter().all(|part| text.contains(part)), "{text}");
    only_request(&server);
}

#[tokio::test]
async fn the_region_is_part_of_the_signature() {
    let server = empty_cloud();
    let client =
        builder(&server).region("us-east-2").access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client");
    let error = client.read_vms(&ReadVmsRequest::new()).await.expect_err("a refusal");
    assert!(error.is_authentication(), "{error:?}");
}

#[tokio::test]
async fn a_wrong_password_is_an_authentication_error() {
    let server = empty_cloud();
    let client = builder(&server).basic(LOGIN, "fake-and-wrong").build().expect("a client");
    let error = client.read_access_keys(&ReadAccessKeysRequest::new()).await.expect_err("a refusal");
    assert_eq!(error.api().map(|api| api.status()), Some(401));
    assert!(error.is_authentication(), "{error:?}");
    let request = only_request(&server);
    let token =
        request.header("Authorization").and_then(|value| value.strip_prefix("Basic ")).expect("a token");
    assert_contains_no_secret(&error, &["fake-and-wrong", token]);
}

#[tokio::test]
async fn a_login_is_not_sent_to_an_action_that_requires_an_access_key() {
    let server = empty_cloud();
    let error = basic_client(&server).read_vms(&ReadVmsRequest::new()).await.expect_err("a refusal");
    assert!(error.is_authentication() && error.api().is_none(), "{error:?}");
    assert_eq!(error.action(), Some("ReadVms"));
    assert!(error.to_string().contains("access key"), "{error}");
    assert_contains_no_secret(&error, &[PASSWORD]);
    assert_eq!(server.requests(), []);
}

#[tokio::test]
async fn without_credentials_only_public_actions_are_sent() {
    let server = empty_cloud();
    let client = anonymous_client(&server);
    for error in [
        client.read_vms(&ReadVmsRequest::new()).await.expect_err("a refusal"),
        client.read_access_keys(&ReadAccessKeysRequest::new()).await.expect_err("a refusal"),
    ] {
        assert!(error.is_authentication() && error.api().is_none(), "{error:?}");
        assert!(error.to_string().contains("access key"), "{error}");
    }
    assert_eq!(server.requests(), []);
    client.read_regions(&ReadRegionsRequest::new()).await.expect("a response");
    assert_eq!(only_request(&server).action(), "ReadRegions");
}

#[tokio::test]
async fn a_raw_call_requires_a_valid_action_name() {
    let server = empty_cloud();
    let client = client(&server);
    for name in [
        "",
        "Read/Vms",
        "../admin",
        "ReadVms?x=1",
        "ReadVms#",
        "Read Vms",
        "ReadVms\r\nX: y",
        "%2e",
        "RéadVms",
    ] {
        let error = client.send_raw(name, &json!({})).await.expect_err("a refusal");
        assert!(error.api().is_none() && !error.is_transport(), "{name:?}: {error:?}");
    }
    assert_eq!(server.requests(), []);
}

#[tokio::test]
async fn credentials_that_a_page_echoes_are_not_shown() {
    // Some gateways show the headers of the request in their error pages.
    let server = server(|request| {
        let page = format!("<html>You sent: {:?}</html>", request.headers);
        Response::new(500, page).header("Content-Type", "text/html")
    });
    for client in [client(&server), basic_client(&server)] {
        let error = client.read_access_keys(&ReadAccessKeysRequest::new()).await.expect_err("an error");
        assert_contains_no_secret(&error, &[PASSWORD]);
        let raw = error.api().map(|response| response.raw().to_owned()).unwrap_or_default();
        assert!(!logs::contains_secret(&format!("{error} {error:?} {raw}")), "{error:?}");
    }
}

#[tokio::test]
async fn debug_output_contains_no_secret() {
    let server = empty_cloud();
    for client in [client(&server), basic_client(&server)] {
        let shown = format!("{client:?} {client:#?}");
        assert!(!shown.contains(SECRET_KEY) && !shown.contains(PASSWORD), "{shown}");
    }
    let builder = builder(&server).access_key(ACCESS_KEY, SECRET_KEY);
    assert!(!format!("{builder:?}").contains(SECRET_KEY));
}

/// Checks that neither the error nor its sources show these secrets.
fn assert_contains_no_secret(error: &Error, secrets: &[&str]) {
    let mut shown = format!("{error} {error:?} {error:#?}");
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        shown.push_str(&format!(" {source}"));
        cause = source.source();
    }
    for secret in secrets {
        assert!(!shown.contains(secret), "{secret:?} is in {shown}");
    }
}

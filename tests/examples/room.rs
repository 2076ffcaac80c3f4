//! `throttling_and_quotas`.

use std::time::Duration;

use osc_api::codes;
use osc_api::serde_json::{Value, json};
use osc_api::testing::{FakeApi, Fault};

use crate::{Ended, bodies, run, start};

/// A cloud that has room in the Subregion `b` only.
fn cloud() -> FakeApi {
    let fake = start();
    fake.on_raw("CreateVolume", |request| match request["SubregionName"].as_str() {
        Some("eu-west-2b") => {
            Ok(json!({ "Volume": { "VolumeId": "vol-12345678", "Size": request["Size"] } }))
        }
        _ => Err(Fault::code(codes::INSUFFICIENT_CAPACITY)),
    });
    fake
}

fn program(fake: &FakeApi, subregions: &[&str]) -> Ended {
    run(env!("CARGO_BIN_EXE_throttling_and_quotas"), fake, &[&["10"], subregions].concat())
}

/// The client tokens of the calls, without those that came before.
fn tokens(fake: &FakeApi) -> Vec<Value> {
    let mut tokens: Vec<Value> =
        bodies(fake, "CreateVolume").into_iter().map(|mut body| body["ClientToken"].take()).collect();
    assert!(tokens.iter().all(|token| token.as_str().is_some_and(|token| token.len() <= 64)), "{tokens:?}");
    tokens.dedup();
    tokens
}

#[test]
fn a_volume_is_created_where_there_is_room() {
    let fake = cloud();
    let ended = program(&fake, &["eu-west-2a", "eu-west-2b", "eu-west-2c"]);
    assert_eq!(ended.well(), ["vol-12345678 is created"]);
    assert!(ended.errors.contains("eu-west-2a has no room"), "{ended:?}");
    let asked: Vec<Value> =
        bodies(&fake, "CreateVolume").into_iter().map(|mut body| body["SubregionName"].take()).collect();
    assert_eq!(asked, ["eu-west-2a", "eu-west-2b"]);
    assert_eq!(tokens(&fake).len(), 2);
}

#[test]
fn no_room_anywhere_is_a_matter_of_time() {
    let fake = cloud();
    program(&fake, &["eu-west-2a", "eu-west-2c"]).fails_with(75, &["none of the Subregions has room"]);
}

#[test]
fn a_quota_is_the_same_everywhere() {
    let fake = cloud();
    fake.next_any(1, Fault::code(codes::TOO_MANY_VOLUMES));
    program(&fake, &["eu-west-2b", "eu-west-2a"])
        .fails_with(1, &["10018", "a quota of the account is used up"]);
    assert_eq!(bodies(&fake, "CreateVolume").len(), 1);
}

#[test]
fn throttling_is_waited_for_by_the_client() {
    let fake = cloud();
    fake.next_any(1, Fault::throttled());
    let ended = program(&fake, &["eu-west-2b"]);
    assert_eq!(ended.well(), ["vol-12345678 is created"]);
    assert_eq!(ended.errors, "");
    assert_eq!((bodies(&fake, "CreateVolume").len(), tokens(&fake).len()), (2, 1));
}

#[test]
fn throttling_for_longer_than_a_call_lasts_is_a_matter_of_time() {
    let fake = cloud();
    fake.next_any(1, Fault::throttled().retry_after(Duration::from_secs(3600)));
    program(&fake, &["eu-west-2b"]).fails_with(75, &["too many requests", "rate limit"]);
    assert_eq!(bodies(&fake, "CreateVolume").len(), 1);
}

#[test]
fn a_state_that_passes_is_waited_for_with_the_same_token() {
    let fake = cloud();
    fake.next_any(1, Fault::code(codes::INVALID_VOLUME_STATE));
    let ended = program(&fake, &["eu-west-2b"]);
    assert_eq!(ended.well(), ["vol-12345678 is created"]);
    assert!(ended.errors.contains("again in 250ms"), "{ended:?}");
    assert_eq!((bodies(&fake, "CreateVolume").len(), tokens(&fake).len()), (2, 1));
}

#[test]
fn what_does_not_pass_is_told_at_once() {
    let fake = cloud();
    fake.next_any(1, Fault::code(codes::UNAUTHORIZED_OPERATION));
    program(&fake, &["eu-west-2b", "eu-west-2b"])
        .fails_with(1, &["CreateVolume failed", "waiting does not help"]);
    assert_eq!(bodies(&fake, "CreateVolume").len(), 1);
}

//! `throttling_and_quotas`.

use std::time::Duration;

use osc_api::codes;
use osc_api::serde_json::{Value, json};
use osc_api::testing::{FakeApi, Fault};

use crate::examples::{ProgramOutput, bodies, run, start};

/// A fake API with capacity in the Subregion `b` only.
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

fn program(fake: &FakeApi, subregions: &[&str]) -> ProgramOutput {
    run("throttling_and_quotas", fake, &[&["10"], subregions].concat())
}

/// The client tokens of the calls, without repetitions.
fn tokens(fake: &FakeApi) -> Vec<Value> {
    let mut tokens: Vec<Value> =
        bodies(fake, "CreateVolume").into_iter().map(|mut body| body["ClientToken"].take()).collect();
    assert!(tokens.iter().all(|token| token.as_str().is_some_and(|token| token.len() <= 64)), "{tokens:?}");
    tokens.dedup();
    tokens
}

#[test]
fn a_volume_is_created_in_the_first_subregion_with_capacity() {
    let fake = cloud();
    let output = program(&fake, &["eu-west-2a", "eu-west-2b", "eu-west-2c"]);
    assert_eq!(output.succeeded(), ["vol-12345678 was created"]);
    assert!(output.errors.contains("eu-west-2a has no capacity"), "{output:?}");
    let subregions: Vec<Value> =
        bodies(&fake, "CreateVolume").into_iter().map(|mut body| body["SubregionName"].take()).collect();
    assert_eq!(subregions, ["eu-west-2a", "eu-west-2b"]);
    assert_eq!(tokens(&fake).len(), 2);
}

#[test]
fn missing_capacity_everywhere_is_a_temporary_failure() {
    let fake = cloud();
    program(&fake, &["eu-west-2a", "eu-west-2c"]).fails_with(75, &["none of the Subregions has capacity"]);
}

#[test]
fn an_exhausted_quota_stops_the_search() {
    let fake = cloud();
    fake.next_any(1, Fault::code(codes::TOO_MANY_VOLUMES));
    program(&fake, &["eu-west-2b", "eu-west-2a"])
        .fails_with(1, &["10018", "a quota of the account is exhausted"]);
    assert_eq!(bodies(&fake, "CreateVolume").len(), 1);
}

#[test]
fn the_client_retries_throttled_requests() {
    let fake = cloud();
    fake.next_any(1, Fault::throttled());
    let output = program(&fake, &["eu-west-2b"]);
    assert_eq!(output.succeeded(), ["vol-12345678 was created"]);
    assert_eq!(output.errors, "");
    assert_eq!((bodies(&fake, "CreateVolume").len(), tokens(&fake).len()), (2, 1));
}

#[test]
fn throttling_beyond_the_timeout_is_a_temporary_failure() {
    let fake = cloud();
    fake.next_any(1, Fault::throttled().retry_after(Duration::from_secs(3600)));
    program(&fake, &["eu-west-2b"]).fails_with(75, &["the account is throttled", "rate limit"]);
    assert_eq!(bodies(&fake, "CreateVolume").len(), 1);
}

#[test]
fn a_temporary_conflict_is_retried_with_the_same_token() {
    let fake = cloud();
    fake.next_any(1, Fault::code(codes::INVALID_VOLUME_STATE));
    let output = program(&fake, &["eu-west-2b"]);
    assert_eq!(output.succeeded(), ["vol-12345678 was created"]);
    assert!(output.errors.contains("retrying in 250ms"), "{output:?}");
    assert_eq!((bodies(&fake, "CreateVolume").len(), tokens(&fake).len()), (2, 1));
}

#[test]
fn a_permanent_failure_is_reported_at_once() {
    let fake = cloud();
    fake.next_any(1, Fault::code(codes::UNAUTHORIZED_OPERATION));
    program(&fake, &["eu-west-2b", "eu-west-2b"])
        .fails_with(1, &["CreateVolume failed", "not a temporary failure"]);
    assert_eq!(bodies(&fake, "CreateVolume").len(), 1);
}

//! Throttling and lockout.

use std::time::Duration;

use osc_api::testing::{FakeApi, FakeApiBuilder};

use crate::fake::raw::{RawRequest, RawResponse};

fn start(builder: FakeApiBuilder) -> FakeApi {
    builder.manual_clock(true).start().expect("a fake")
}

fn outcome(response: &RawResponse) -> (u16, Option<&str>) {
    (response.status, response.code())
}

#[test]
fn the_request_rate_is_limited_for_the_account_and_for_each_action() {
    let fake = start(FakeApi::builder().max_requests_per_second(4).max_requests_per_second_and_action(2));
    let statuses = |actions: &[&str]| -> Vec<(u16, Option<String>)> {
        let send = |action: &&str| {
            let response = RawRequest::of(action).send(&fake);
            (response.status, response.code().map(str::to_owned))
        };
        actions.iter().map(send).collect()
    };
    let throttled = |code: &str| (429, Some(code.to_owned()));
    let ok = (200, None);
    let sent = ["ReadVms", "ReadVms", "ReadVms", "ReadNets", "ReadNets", "ReadRegions"];
    let expected = [ok.clone(), ok.clone(), throttled("25"), ok.clone(), throttled("24"), ok.clone()];
    assert_eq!(statuses(&sent), expected);
    fake.advance_clock(Duration::from_secs(1));
    assert_eq!(statuses(&sent), expected);
    // Refused requests are not carried out.
    assert_eq!(fake.calls().iter().filter(|call| call.status == Some(200)).count(), 8);
}

#[test]
fn four_failures_in_a_row_lock_the_access_key_for_a_minute() {
    let fake = start(FakeApi::builder().lockout(true));
    let right = RawRequest::of("ReadVms");
    let wrong = RawRequest { secret_key: "FAKESECRETKEYFORTESTS0000000000000000007", ..right.clone() };
    // A success in between starts the count again.
    for request in [&wrong, &wrong, &wrong, &right, &wrong, &wrong, &wrong] {
        let expected = if std::ptr::eq(request, &right) { (200, None) } else { (401, Some("1")) };
        assert_eq!(outcome(&request.send(&fake)), expected);
    }
    assert_eq!(outcome(&wrong.send(&fake)), (401, Some("1")));
    for request in [&right, &wrong] {
        assert_eq!(outcome(&request.send(&fake)), (401, Some("13")));
    }
    // Only the key is locked: an action without authentication needs none, and an unknown key is still unknown.
    assert_eq!(RawRequest::of("ReadRegions").send(&fake).status, 200);
    let unknown = RawRequest { access_key: "FAKEACCESSKEY0000099", ..right.clone() };
    assert_eq!(outcome(&unknown.send(&fake)), (400, Some("4120")));
    fake.advance_clock(Duration::from_secs(59));
    assert_eq!(outcome(&right.send(&fake)), (401, Some("13")));
    fake.advance_clock(Duration::from_secs(1));
    assert_eq!(outcome(&right.send(&fake)), (200, None));
}

#[test]
fn without_the_options_nothing_is_limited_or_locked() {
    let fake = crate::fake::start();
    let right = RawRequest::of("ReadVms");
    let wrong = RawRequest { region: "us-east-2", ..right.clone() };
    for _ in 0..20 {
        assert_eq!(wrong.send(&fake).code(), Some("1"));
    }
    assert_eq!(right.send(&fake).status, 200);
}

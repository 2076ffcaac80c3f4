//! What a client reports to a health endpoint: each cause while it is there, and nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use osc_api::types::ReadVmsRequest;
use osc_api::{ClientStatus, RateLimit};
use osc_tests::cloud::{self, ACCESS_KEY, SECRET_KEY, http_date, now, refusal};
use osc_tests::http::Response;

use crate::wire::{ok, retrying, server};

/// What is reported: an account limit, action limits, a closed guard, a corrected clock.
fn causes(status: &ClientStatus) -> [bool; 4] {
    [
        status.account_rate().is_some(),
        !status.action_rates().is_empty(),
        status.lockout().is_some(),
        status.clock_correction_seconds() != 0,
    ]
}

#[tokio::test]
async fn a_throttled_client_reports_the_limit_of_the_account_or_of_the_action() {
    for (code, expected) in [("24", [true, false, false, false]), ("25", [false, true, false, false])] {
        let number = AtomicUsize::new(0);
        let server = server(move |_| match number.fetch_add(1, Ordering::SeqCst) {
            1 => refusal(429, code, "Throttled", ""),
            _ => ok(),
        });
        let client = retrying(&server).access_key(ACCESS_KEY, SECRET_KEY).rate_limit(RateLimit::Adaptive);
        let client = client.build().expect("a client");
        client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
        assert_eq!(causes(&client.status()), [false; 4]);
        client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
        let status = client.clone().status();
        assert_eq!((causes(&status), status.is_limited()), (expected, true), "{code}: {status:?}");
        assert!(status.account_rate().is_none_or(|rate| rate > 0.0), "{status:?}");
        let actions = status.action_rates();
        assert!(actions.iter().all(|(action, rate)| action == "ReadVms" && *rate > 0.0), "{status:?}");
    }
    let server = server(|_| ok());
    let fixed = retrying(&server).rate_limit(5.0).build().expect("a client");
    assert_eq!(fixed.status().account_rate(), Some(5.0));
}

#[tokio::test]
async fn a_client_whose_accepted_key_is_refused_reports_the_lockout_and_when_it_probes() {
    let number = AtomicUsize::new(0);
    let server = server(move |_| match number.fetch_add(1, Ordering::SeqCst) {
        0 => ok(),
        _ => refusal(401, "1", "AccessDenied", ""),
    });
    let client = retrying(&server).access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client");
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    for failures in 1..=3 {
        assert_eq!(causes(&client.status()), [false; 4], "after {} failures", failures - 1);
        client.read_vms(&ReadVmsRequest::new()).await.expect_err("a refusal");
    }
    let status = client.status();
    assert_eq!(causes(&status), [false, false, true, false]);
    let lockout = status.lockout().expect("a closed guard");
    let probe_after = lockout.probe_after().expect("a key that was accepted is probed").as_secs();
    assert!(lockout.failures() == 3 && (1..=60).contains(&probe_after), "{lockout:?}");
    client.reset_authentication();
    assert_eq!(causes(&client.status()), [false; 4]);
}

#[tokio::test]
async fn a_corrected_clock_is_reported_in_seconds() {
    let ahead = Arc::new(AtomicI64::new(0));
    let offset = Arc::clone(&ahead);
    let server = server(move |request| {
        let now = now() + offset.load(Ordering::SeqCst);
        let response = cloud::admit_at(request, now).map_or_else(|refusal| refusal, |()| ok());
        Response::header(response, "Date", &http_date(now))
    });
    let client = retrying(&server).access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client");
    for seconds in [0, 600, -7200] {
        ahead.store(seconds, Ordering::SeqCst);
        client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
        let status = client.status();
        let correction = status.clock_correction_seconds();
        assert!((correction - seconds).abs() <= 2, "{correction} instead of {seconds}");
        assert_eq!(causes(&status), [false, false, false, seconds != 0]);
    }
}

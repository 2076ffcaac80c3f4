//! Clock skew: the server refuses requests whose date differs from its clock by more than five minutes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use osc_api::Client;
use osc_api::types::{CreateNetRequest, ReadRegionsRequest, ReadVmsRequest};
use osc_tests::cloud::{self, ACCESS_KEY, SECRET_KEY, http_date, now};
use osc_tests::http::Response;
use osc_tests::osc4;
use osc_tests::server::Server;
use tokio::task::JoinSet;

use crate::wire::{ok, only_request, retrying, server};

const TEN_MINUTES: i64 = 600;

/// A server whose clock is ahead by this number of seconds, and the number of requests that it refused.
fn server_ahead(seconds: i64) -> (Server, Arc<AtomicUsize>) {
    let refused = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&refused);
    let server = server(move |request| {
        let now = now() + seconds;
        let response = cloud::admit_at(request, now).map_or_else(
            |refusal| {
                count.fetch_add(1, Ordering::SeqCst);
                refusal
            },
            |()| ok(),
        );
        response.header("Date", &http_date(now))
    });
    (server, refused)
}

fn client(server: &Server) -> Client {
    retrying(server).access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client")
}

/// The difference between the dates of the requests and this machine's clock, in seconds.
fn signed_offsets(server: &Server) -> Vec<i64> {
    let dates = server.requests().into_iter().map(|request| {
        let date = request.header("X-Osc-Date").map(str::to_owned).expect("a date");
        osc4::seconds(&date).expect("seconds") - now()
    });
    dates.collect()
}

#[tokio::test]
async fn one_refusal_corrects_the_clock() {
    for seconds in [TEN_MINUTES, -TEN_MINUTES, 400 * 86_400, -400 * 86_400] {
        let (server, refused) = server_ahead(seconds);
        let client = client(&server);
        client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
        assert_eq!((server.requests().len(), refused.load(Ordering::SeqCst)), (2, 1), "{seconds} s");
        for client in [&client, &client.clone(), &client.with(osc_api::CallOptions::new())] {
            client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
        }
        assert_eq!((server.requests().len(), refused.load(Ordering::SeqCst)), (5, 1), "{seconds} s");
    }
}

#[tokio::test]
async fn only_a_refusal_of_the_api_corrects_the_clock() {
    for seconds in [TEN_MINUTES, -TEN_MINUTES] {
        let (server, refused) = server_ahead(seconds);
        let client = client(&server);
        client.read_regions(&ReadRegionsRequest::new()).await.expect("a response");
        client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
        assert_eq!((server.requests().len(), refused.load(Ordering::SeqCst)), (3, 1), "{seconds} s");
    }
}

/// Responses of gateways and caches with a date that is an hour off: the client keeps the machine's clock.
#[tokio::test]
async fn dates_of_gateways_and_caches_do_not_correct_the_clock() {
    let foreign: [fn(Response) -> Response; 6] = [
        |_| Response::new(502, "<html>bad gateway</html>"),
        |_| cloud::refusal(503, "6", "", "").header("Age", "7200"),
        |_| cloud::refusal(429, "24", "", ""),
        |_| Response::new(401, "<html>portal</html>"),
        |_| cloud::refusal(401, "1", "AccessDenied", "").header("Age", "7200"),
        |ok| ok.header("Age", "7200"),
    ];
    for (case, foreign) in foreign.into_iter().enumerate() {
        for seconds in [3600, -3600] {
            let number = AtomicUsize::new(0);
            let server = server(move |request| match number.fetch_add(1, Ordering::SeqCst) {
                1 => foreign(ok()).header("Date", &http_date(now() + seconds)),
                _ => cloud::admit(request).map_or_else(|refusal| refusal, |()| ok()),
            });
            let client =
                client(&server).with(osc_api::CallOptions::new().retry(osc_api::RetryPolicy::none()));
            client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
            drop(client.read_vms(&ReadVmsRequest::new()).await);
            for _ in 0..3 {
                client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
            }
            assert!(
                signed_offsets(&server).iter().all(|offset| offset.abs() < 60),
                "case {case}, {seconds} s"
            );
        }
    }
}

#[tokio::test]
async fn a_create_refused_for_its_date_is_retried() {
    let (server, refused) = server_ahead(TEN_MINUTES);
    client(&server).create_net(&CreateNetRequest::new("10.0.0.0/16")).await.expect("a response");
    assert_eq!((server.requests().len(), refused.load(Ordering::SeqCst)), (2, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_tasks_with_a_wrong_clock_all_succeed() {
    let (server, refused) = server_ahead(-TEN_MINUTES);
    let client = client(&server);
    let mut calls = JoinSet::new();
    for _ in 0..64 {
        let client = client.clone();
        calls.spawn(async move { client.read_vms(&ReadVmsRequest::new()).await.map(drop) });
    }
    for result in calls.join_all().await {
        result.expect("a response");
    }
    let refused = refused.load(Ordering::SeqCst);
    assert!((1..=3).contains(&refused), "{refused} failed authentications");
    assert_eq!(server.requests().len(), 64 + refused);
}

#[tokio::test]
async fn a_wrong_key_with_a_wrong_clock_causes_one_retry() {
    let wrong_key = "FAKESECRETKEYFORTESTS0000000000000000006";
    // A right clock needs no correction; a wrong one is corrected once.
    for (seconds, requests) in [(0, 1), (60, 1), (-60, 1), (TEN_MINUTES, 2), (-TEN_MINUTES, 2)] {
        let (server, _) = server_ahead(seconds);
        let client = retrying(&server).access_key(ACCESS_KEY, wrong_key).build().expect("a client");
        let error = client.read_vms(&ReadVmsRequest::new()).await.expect_err("a refusal");
        assert!(error.is_authentication() && !error.is_locked_out(), "{error:?}");
        assert_eq!(server.requests().len(), requests, "{seconds} s");
        assert_eq!(error.attempts() as usize, requests, "{seconds} s");
    }
}

#[tokio::test]
async fn an_invalid_date_header_does_not_correct_the_clock() {
    for date in ["", "yesterday", "-1", "0", "99999999999999999999", "Thu, 99 Jan 2026 00:00:00 GMT"] {
        let server = server(move |_| {
            let refusal = cloud::refusal(401, "1", "AccessDenied", "");
            if date.is_empty() { refusal } else { refusal.header("Date", date) }
        });
        let error = client(&server).read_vms(&ReadVmsRequest::new()).await.expect_err("a refusal");
        assert!(error.is_authentication(), "{date:?}: {error:?}");
        only_request(&server);
    }
}

#[tokio::test]
async fn a_small_skew_is_not_corrected() {
    for seconds in [-90, 90] {
        let (server, refused) = server_ahead(seconds);
        let client = client(&server);
        for _ in 0..3 {
            client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
        }
        assert_eq!(refused.load(Ordering::SeqCst), 0);
        assert!(
            signed_offsets(&server).iter().all(|offset| offset.abs() < 45),
            "{:?}",
            signed_offsets(&server)
        );
    }
}

#[tokio::test]
async fn the_date_of_a_successful_response_does_not_correct_the_clock() {
    // A server that checks no dates and whose own date is wrong.
    let server = server(|_| ok().header("Date", &http_date(now() + 86_400)));
    let client = client(&server);
    for _ in 0..3 {
        client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    }
    assert!(signed_offsets(&server).iter().all(|offset| offset.abs() < 45), "{:?}", signed_offsets(&server));
}

#[tokio::test]
async fn a_refusal_after_a_correction_is_reported() {
    // The server's clock differs every time.
    let hours = AtomicUsize::new(0);
    let server = server(move |_| {
        let hours: i64 = hours.fetch_add(1, Ordering::SeqCst).try_into().expect("a small number");
        let refusal: Response = cloud::refusal(401, "1", "AccessDenied", "");
        refusal.header("Date", &http_date(now() + (hours + 1) * 3600))
    });
    let error = client(&server).read_vms(&ReadVmsRequest::new()).await.expect_err("a refusal");
    assert!(error.is_authentication() && !error.is_locked_out(), "{error:?}");
    assert_eq!(server.requests().len(), 2);
}

//! The lockout guard: a fourth consecutive failed authentication would lock the access key.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use osc_api::types::{ReadAccessKeysRequest, ReadRegionsRequest, ReadVmsRequest};
use osc_api::{CallOptions, Client, Error, Result};
use osc_tests::cloud::{self, ACCESS_KEY, LOGIN, SECRET_KEY, refusal};
use osc_tests::http::Response;
use osc_tests::server::Server;
use tokio::task::JoinSet;

use crate::wire::{builder, ok, retrying, server};

/// Maximum number of consecutive failures that the server may receive.
const MAX_FAILURES: usize = 3;

async fn read(client: &Client) -> Result<()> {
    client.read_vms(&ReadVmsRequest::new()).await.map(drop)
}

/// A client whose secret key is not the account's.
fn client_with_wrong_key(server: &Server) -> Client {
    retrying(server)
        .access_key(ACCESS_KEY, "FAKESECRETKEYFORTESTS0000000000000000006")
        .build()
        .expect("a client")
}

/// A server that sends these responses in order, then success, without authentication.
fn in_turn<const N: usize>(replies: [Response; N]) -> Server {
    let number = AtomicUsize::new(0);
    server(move |_| replies.get(number.fetch_add(1, Ordering::SeqCst)).cloned().unwrap_or_else(ok))
}

fn refused(status: u16, code: &str) -> Response {
    refusal(status, code, "AccessDenied", "who are you?")
}

/// Checks that the client itself rejects the call, with a helpful message.
fn assert_locked_out(error: &Error) {
    assert!(error.is_locked_out() && error.is_authentication() && error.api().is_none(), "{error:?}");
    assert!(!error.is_retryable() && error.attempts() == 0, "{error:?}");
    let text = error.to_string();
    for word in ["not sent", "3", "lock", "reset_authentication"] {
        assert!(text.contains(word), "{word:?} is not in {text:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_calls_with_wrong_credentials_send_at_most_three_requests() {
    let credentials: [fn(&Server) -> Client; 4] = [
        client_with_wrong_key,
        |server| retrying(server).access_key("FAKEACCESSKEY0000009", SECRET_KEY).build().expect("a client"),
        |server| {
            retrying(server).region("us-east-2").access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client")
        },
        |server| retrying(server).basic(LOGIN, "fake-and-wrong").build().expect("a client"),
    ];
    for (kind, make) in credentials.into_iter().enumerate() {
        let server = crate::wire::empty_cloud();
        let client = make(&server);
        let mut calls = JoinSet::new();
        for _ in 0..64 {
            let client = client.clone();
            // This action accepts all kinds of credentials.
            calls.spawn(async move { client.read_access_keys(&ReadAccessKeysRequest::new()).await });
        }
        let errors: Vec<Error> =
            calls.join_all().await.into_iter().map(|result| result.expect_err("a refusal")).collect();
        assert_eq!(server.requests().len(), MAX_FAILURES, "credentials {kind}");
        let (reported, kept): (Vec<_>, Vec<_>) = errors.iter().partition(|error| error.api().is_some());
        assert_eq!((reported.len(), kept.len()), (MAX_FAILURES, 64 - MAX_FAILURES), "credentials {kind}");
        assert!(
            reported.iter().all(|error| error.is_authentication() && !error.is_locked_out()),
            "{reported:?}"
        );
        kept.into_iter().for_each(assert_locked_out);
    }
}

#[tokio::test]
async fn reset_authentication_allows_calls_again() {
    let fixed = Arc::new(AtomicBool::new(false));
    let is_fixed = Arc::clone(&fixed);
    let server = server(move |_| if is_fixed.load(Ordering::SeqCst) { ok() } else { refused(401, "1") });
    let client = client_with_wrong_key(&server);
    for round in 1..=3 {
        for _ in 0..2 * MAX_FAILURES {
            read(&client).await.expect_err("a refusal");
        }
        assert_eq!(server.requests().len(), round * MAX_FAILURES);
        assert_locked_out(&read(&client).await.expect_err("a refusal"));
        client.reset_authentication();
    }
    fixed.store(true, Ordering::SeqCst);
    for _ in 0..10 {
        read(&client).await.expect("a response");
    }
}

#[tokio::test]
async fn an_accepted_request_resets_the_failure_count() {
    let refused = || refused(401, "1");
    // A refusal for another reason also proves that the credentials were accepted.
    let accepted = [ok(), refusal(409, "9029", "Conflict", ""), refusal(400, "4045", "InvalidParameter", "")];
    for response in accepted {
        let server = in_turn([refused(), refused(), response, refused(), refused()]);
        let client = client_with_wrong_key(&server);
        for _ in 0..5 {
            drop(read(&client).await);
        }
        read(&client).await.expect("a response");
        assert_eq!(server.requests().len(), 6);
    }
}

#[tokio::test]
async fn responses_that_prove_nothing_about_the_credentials_keep_the_failure_count() {
    let refused = || refused(401, "1");
    let gateway = Response::new(404, "<html>who?</html>").header("Content-Type", "text/html");
    for neither in [gateway, Response::new(502, ""), Response::new(500, "")] {
        let server = in_turn([refused(), refused(), neither, refused()]);
        let client = builder(&server).access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client");
        for _ in 0..4 {
            assert!(read(&client).await.is_err_and(|error| !error.is_locked_out()));
        }
        assert_locked_out(&read(&client).await.expect_err("a refusal"));
        assert_eq!(server.requests().len(), 4);
    }
}

#[tokio::test]
async fn public_actions_are_never_blocked_and_do_not_reset_the_failure_count() {
    let server = crate::wire::empty_cloud();
    let client = client_with_wrong_key(&server);
    for _ in 0..2 * MAX_FAILURES {
        drop(read(&client).await);
        client.read_regions(&ReadRegionsRequest::new()).await.expect("a response");
    }
    let (public, signed): (Vec<_>, Vec<_>) =
        server.requests().into_iter().partition(|request| request.action() == "ReadRegions");
    assert_eq!((public.len(), signed.len()), (2 * MAX_FAILURES, MAX_FAILURES));
}

#[tokio::test]
async fn clones_and_derived_clients_share_a_guard() {
    let server = crate::wire::empty_cloud();
    let client = client_with_wrong_key(&server);
    let derived = client.with(CallOptions::new());
    for client in [&client, &client.clone(), &derived] {
        assert!(read(client).await.is_err_and(|error| error.api().is_some()));
    }
    for client in [&client, &client.clone(), &derived, &client.with(CallOptions::new())] {
        assert_locked_out(&read(client).await.expect_err("a refusal"));
    }
    assert_eq!(server.requests().len(), MAX_FAILURES);
    // A separate client has a separate guard.
    assert!(read(&client_with_wrong_key(&server)).await.is_err_and(|error| error.api().is_some()));
    derived.reset_authentication();
    assert!(read(&client).await.is_err_and(|error| error.api().is_some()));
}

#[tokio::test]
async fn only_authentication_errors_count_as_failures() {
    const CALLS: usize = 6;
    for (status, code, counts) in [
        (401, "1", true),
        (401, "9", true),
        (401, "13", true),
        (400, "4120", true),
        (401, "4", false),
        (401, "14", false),
        (403, "5", false),
        (400, "4045", false),
        (400, "5063", false),
        (404, "5063", false),
        (409, "9029", false),
        (500, "2000", false),
    ] {
        let server = server(move |_| refused(status, code));
        let client = builder(&server).access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client");
        for _ in 0..CALLS {
            read(&client).await.expect_err("a refusal");
        }
        let expected = if counts { MAX_FAILURES } else { CALLS };
        assert_eq!(server.requests().len(), expected, "status {status}, code {code}");
    }
}

#[tokio::test]
async fn the_lockout_error_includes_the_last_refusal() {
    let server = crate::wire::empty_cloud();
    let client = client_with_wrong_key(&server);
    for _ in 0..MAX_FAILURES {
        drop(read(&client).await);
    }
    let text = read(&client).await.expect_err("a refusal").to_string();
    assert!(text.contains("401") || text.contains("the signature is another one"), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(!text.contains(cloud::REQUEST_ID) || text.contains("request"), "{text}");
}

#[tokio::test]
async fn a_refusal_that_is_too_large_counts_as_a_failure() {
    let server = server(|_| Response::new(401, "x".repeat(2000)));
    let client = builder(&server)
        .max_response_size(1000)
        .access_key(ACCESS_KEY, SECRET_KEY)
        .build()
        .expect("a client");
    for _ in 0..10 {
        assert!(read(&client).await.is_err_and(|error| error.is_authentication()));
    }
    assert_eq!(server.requests().len(), MAX_FAILURES);
}

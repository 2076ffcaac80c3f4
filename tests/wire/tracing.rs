//! Tracing: each call has one span, with an event for every retry, throttled response and warning.

use std::sync::atomic::{AtomicUsize, Ordering};

use ::tracing::Level;
use osc_api::types::{CreateNetRequest, ReadRegionsRequest, ReadVmsRequest};
use osc_api::{Client, RateLimit};
use osc_tests::cloud::{self, ACCESS_KEY, REQUEST_ID, SECRET_KEY, http_date, now};
use osc_tests::http::{Reply, Response, Then};
use osc_tests::logs::{self, Event, Span};
use osc_tests::server::Server;

use crate::wire::{client, ok, reply_once, retrying, server};

/// Target of the crate's own events.
const CRATE: &str = "osc_api";

/// The spans of the calls to a server.
fn spans(server: &Server) -> Vec<Span> {
    server.spans(CRATE)
}

fn only_span(server: &Server) -> Span {
    let mut spans = spans(server);
    assert_eq!(spans.len(), 1, "{spans:#?}");
    spans.remove(0)
}

/// The crate's own events within a span, of this level or more severe.
fn events(span: &Span, level: Level) -> Vec<&Event> {
    span.events.iter().filter(|event| event.target.starts_with(CRATE) && event.level <= level).collect()
}

fn retrying_client(server: &Server) -> Client {
    retrying(server).access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client")
}

#[track_caller]
fn assert_fields(span: &Span, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        assert_eq!(span.fields.get(*name).map(String::as_str), Some(*value), "{name} of {:?}", span.fields);
    }
}

#[tokio::test]
async fn a_call_has_one_span() {
    let server = crate::wire::empty_cloud();
    let client = client(&server);
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    client.read_regions(&ReadRegionsRequest::new()).await.expect("a response");
    let [signed, public] = &spans(&server)[..] else { panic!("not two spans: {:#?}", spans(&server)) };
    for (span, action) in [(signed, "ReadVms"), (public, "ReadRegions")] {
        assert!(span.closed && span.level() == Level::INFO, "{span:#?}");
        assert_fields(span, &[("rpc.system", "outscale"), ("rpc.service", "api"), ("rpc.method", action)]);
        assert_fields(span, &[("server.address", "127.0.0.1"), ("attempts", "1")]);
        assert_fields(span, &[("http.response.status_code", "200"), ("request_id", REQUEST_ID)]);
        assert!(!span.fields.contains_key("error.type"), "{:?}", span.fields);
        let duration = span.fields.get("duration_ms").and_then(|text| text.parse::<u64>().ok());
        assert!(duration.is_some(), "{:?}", span.fields);
        assert!(events(span, Level::INFO).is_empty(), "{:#?}", events(span, Level::INFO));
    }
}

#[tokio::test]
async fn a_failed_call_has_one_span() {
    let refusing = server(|_| cloud::refusal(409, "9029", "Conflict", ""));
    client(&refusing).create_net(&CreateNetRequest::new("10.0.0.0/16")).await.expect_err("an error");
    let span = only_span(&refusing);
    assert!(span.closed);
    assert_fields(
        &span,
        &[("rpc.method", "CreateNet"), ("error.type", "conflict"), ("request_id", REQUEST_ID)],
    );
    assert_fields(&span, &[("http.response.status_code", "409")]);

    let silent = server(|_| Reply::Nothing(Then::HangUp));
    client(&silent).read_vms(&ReadVmsRequest::new()).await.expect_err("an error");
    let span = only_span(&silent);
    assert_fields(&span, &[("attempts", "1")]);
    assert!(
        !span.fields.contains_key("http.response.status_code") && !span.fields.contains_key("request_id"),
        "{span:#?}"
    );
}

#[tokio::test]
async fn each_retry_is_an_event() {
    let server = server(|_| Response::new(500, ""));
    retrying_client(&server).read_vms(&ReadVmsRequest::new()).await.expect_err("an error");
    let span = only_span(&server);
    assert_fields(&span, &[("attempts", "5"), ("http.response.status_code", "500")]);
    let retries = events(&span, Level::INFO);
    let attempts: Vec<_> = retries.iter().filter_map(|event| event.fields.get("attempts")).collect();
    assert_eq!(attempts, ["1", "2", "3", "4"], "{retries:#?}");
    assert!(retries.iter().all(|event| event.fields.contains_key("delay_ms")), "{retries:#?}");
}

#[tokio::test]
async fn throttling_is_an_event() {
    for limit in [RateLimit::Adaptive, RateLimit::Off] {
        let number = AtomicUsize::new(0);
        let server = server(move |_| match number.fetch_add(1, Ordering::SeqCst) {
            // After this number of responses, an adaptive client does not wait for long.
            30 => cloud::refusal(429, "24", "Throttled", ""),
            _ => ok(),
        });
        let client = retrying(&server).rate_limit(limit).access_key(ACCESS_KEY, SECRET_KEY).build();
        let client = client.expect("a client");
        for _ in 0..31 {
            client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
        }
        let spans = spans(&server);
        let reported: Vec<&Event> = spans.iter().flat_map(|span| events(span, Level::INFO)).collect();
        assert_eq!(reported.len(), 1, "{limit:?}: {reported:#?}");
        assert!(reported[0].to_string().contains("429"), "{}", reported[0]);
    }
}

#[tokio::test]
async fn a_wrong_clock_causes_one_warning() {
    let server = server(|request| {
        let server_time = now() + 600;
        let response = cloud::admit_at(request, server_time).map_or_else(|refusal| refusal, |()| ok());
        response.header("Date", &http_date(server_time))
    });
    let client = retrying_client(&server);
    for _ in 0..2 {
        client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    }
    let spans = spans(&server);
    let warnings: Vec<_> = spans.iter().flat_map(|span| events(span, Level::WARN)).collect();
    let [warning] = warnings[..] else { panic!("not one warning: {warnings:#?}") };
    assert!(warning.fields["message"].contains("clock"), "{warning}");
    let seconds: i64 = warning.fields["seconds"].parse().expect("seconds");
    assert!((540..=660).contains(&seconds), "{warning}");
}

#[tokio::test]
async fn a_lockout_causes_one_warning() {
    let server = crate::wire::empty_cloud();
    let client = retrying(&server).access_key(ACCESS_KEY, "FAKESECRETKEYFORTESTS0000000000000000006").build();
    let client = client.expect("a client");
    for _ in 0..5 {
        client.read_vms(&ReadVmsRequest::new()).await.expect_err("a refusal");
    }
    let spans = spans(&server);
    assert_eq!(spans.len(), 5);
    let warned: Vec<_> = spans
        .iter()
        .map(|span| events(span, Level::WARN).iter().any(|e| e.fields["failures"] == "3"))
        .collect();
    assert_eq!(warned, [false, false, true, false, false]);
    // The call was not sent.
    assert_fields(&spans[4], &[("attempts", "0")]);
}

#[tokio::test]
async fn response_bodies_are_not_logged() {
    // Some gateways show the request in their error pages.
    let echo = |request: &osc_tests::http::Request| {
        let sent = request.header("Authorization").unwrap_or_default();
        format!("<html>marker-of-a-page {sent} {}</html>", String::from_utf8_lossy(&request.body))
    };
    let pages = server(move |request| Response::new(502, echo(request)));
    let details = server(move |request| cloud::refusal(503, "6", "Kind", &echo(request)));
    let client_of = |server: &Server| retrying(server).timeout(100 * crate::wire::RETRY_DELAY);
    for server in [&pages, &details] {
        let client = client_of(server).access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client");
        client.read_vms(&ReadVmsRequest::new()).await.expect_err("an error");
        let span = only_span(server);
        assert!(!events(&span, Level::INFO).is_empty(), "no event at all");
    }
    // If the signature had been logged, the sentinel would have ended this process.
    assert!(logs::events("", "marker-of-a-page").is_empty());
}

#[tokio::test]
async fn a_dropped_call_closes_its_span() {
    let server = server(|_| Reply::Nothing(Then::Wait));
    let client = client(&server);
    let call = tokio::spawn(async move { client.read_vms(&ReadVmsRequest::new()).await });
    while server.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(!only_span(&server).closed);
    call.abort();
    assert!(call.await.is_err_and(|error| error.is_cancelled()));
    assert!(only_span(&server).closed);
}

#[tokio::test]
async fn calls_are_within_the_spans_of_the_program() {
    let server = reply_once(Response::new(500, ""));
    let client = retrying_client(&server);
    let outer = ::tracing::info_span!("program", host = server.host());
    let call = async { client.read_vms(&ReadVmsRequest::new()).await.map(drop) };
    ::tracing::Instrument::instrument(call, outer).await.expect("a response");
    let [outer] = &server.spans(module_path!())[..] else { panic!("not one span") };
    assert!(outer.closed && !events(outer, Level::INFO).is_empty(), "{outer:#?}");
}

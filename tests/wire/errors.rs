//! Error responses in every known format: status, request ID and message are kept.

use std::time::Duration;

use osc_api::types::ReadVmsRequest;
use osc_api::{Client, Error, RetryPolicy, codes};
use osc_tests::cloud::{self, REQUEST_ID};
use osc_tests::http::Response;
use osc_tests::server::Server;

use crate::wire::{builder, only_request, server};

/// A client that does not retry.
fn client(server: &Server) -> Client {
    let builder = builder(server).access_key(cloud::ACCESS_KEY, cloud::SECRET_KEY);
    builder.retry(RetryPolicy::none()).build().expect("a client")
}

/// Sends one call to a server with this response and returns the error.
async fn failure(response: Response) -> Error {
    let server = server(move |_| response.clone());
    let error = client(&server).read_vms(&ReadVmsRequest::new()).await.expect_err("an error");
    only_request(&server);
    assert_eq!((error.action(), error.attempts()), (Some("ReadVms"), 1));
    assert_eq!(error.to_string().lines().count(), 1, "{error}");
    assert!(!error.to_string().contains("attempt"), "{error}");
    error
}

/// Like [`failure`], for an API error with this status and body.
async fn error(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Error {
    let error = failure(Response::new(status, body).header("Content-Type", content_type)).await;
    let api = error.api().unwrap_or_else(|| panic!("no response of the API: {error:?}"));
    assert_eq!(api.status(), status);
    assert!(error.to_string().contains(&status.to_string()), "{error}");
    error
}

/// An error in the API's own format. `code` is the JSON member `Code` with a leading comma, or empty.
async fn api_error(status: u16, code: &str) -> Error {
    let item = format!(r#"{{"Type":"Kind","Details":"some words"{code}}}"#);
    let body = format!(r#"{{"Errors":[{item}],"ResponseContext":{{"RequestId":"{REQUEST_ID}"}}}}"#);
    let error = error(status, "application/json", body.clone()).await;
    let api = error.api().expect("a response of the API");
    assert_eq!((api.request_id(), error.request_id()), (Some(REQUEST_ID), Some(REQUEST_ID)));
    assert_eq!(api.raw(), body);
    assert_eq!(api.errors().len(), 1);
    assert_eq!((api.errors()[0].kind(), api.errors()[0].details()), (Some("Kind"), Some("some words")));
    assert!(error.to_string().contains("some words") && error.to_string().contains(REQUEST_ID), "{error}");
    error
}

/// An error of a gateway or another server: it has no request ID.
async fn foreign_error(status: u16, content_type: &str, body: &str) -> Error {
    let error = error(status, content_type, body).await;
    let api = error.api().expect("a response of the API");
    assert_eq!((api.request_id(), api.code(), api.raw()), (None, None, body));
    error
}

/// The names of the predicates that are true.
fn kinds(error: &Error) -> Vec<&'static str> {
    let all = [
        ("authentication", error.is_authentication()),
        ("access denied", error.is_access_denied()),
        ("locked out", error.is_locked_out()),
        ("throttled", error.is_throttled()),
        ("validation", error.is_validation()),
        ("not found", error.is_not_found()),
        ("conflict", error.is_conflict()),
        ("dependency", error.is_dependency()),
        ("quota", error.is_quota()),
        ("capacity", error.is_capacity()),
        ("server", error.is_server_error()),
        ("timeout", error.is_timeout()),
        ("connect", error.is_connect()),
        ("transport", error.is_transport()),
        ("decode", error.is_decode()),
        ("configuration", error.is_configuration()),
        ("retryable", error.is_retryable()),
    ];
    all.into_iter().filter_map(|(name, is)| is.then_some(name)).collect()
}

#[tokio::test]
async fn a_code_may_be_a_string_a_number_or_absent() {
    for (code, number, text) in [
        (r#","Code":"5063""#, Some(5063), Some("5063")),
        (r#","Code":5063"#, Some(5063), Some("5063")),
        (r#","Code":"Unheard""#, None, Some("Unheard")),
        (r#","Code":null"#, None, None),
        ("", None, None),
    ] {
        let error = api_error(400, code).await;
        let api = error.api().expect("a response of the API");
        assert_eq!((api.code(), api.errors()[0].code_text()), (number, text), "{code}");
        assert_eq!(error.is_not_found(), number.is_some(), "{code}");
    }
}

#[tokio::test]
async fn status_and_code_determine_the_kind_of_error() {
    let cases: &[(u16, u32, &[&str])] = &[
        (401, 1, &["authentication"]),
        (405, 2, &[]),
        (401, 4, &["access denied"]),
        (401, 5, &["access denied"]),
        (503, 6, &["throttled", "retryable"]),
        (401, 7, &["access denied"]),
        (403, 8, &["authentication"]),
        (401, 9, &["authentication"]),
        (403, 10, &["authentication"]),
        (401, 11, &["authentication"]),
        (401, 12, &["authentication"]),
        (401, 13, &["authentication"]),
        (401, 14, &["access denied"]),
        (401, 20, &["authentication"]),
        (429, 24, &["throttled", "retryable"]),
        (429, 25, &["throttled", "retryable"]),
        (424, 1004, &["dependency"]),
        (400, 4045, &["validation"]),
        (400, codes::PAGE_TOKEN_EXPIRED, &["validation"]),
        (400, codes::UNKNOWN_ACCESS_KEY, &["authentication"]),
        (400, codes::NO_SUCH_VM, &["not found"]),
        (409, 6003, &["conflict"]),
        (409, 6007, &["conflict", "retryable"]),
        (409, 6031, &["conflict", "retryable"]),
        (409, 9029, &["conflict"]),
        (409, 9039, &["conflict", "retryable"]),
        (409, 9045, &["conflict", "retryable"]),
        (409, codes::SECURITY_GROUP_IN_USE, &["conflict", "retryable"]),
        (409, codes::SUBNET_IN_USE, &["conflict", "retryable"]),
        (409, codes::INSUFFICIENT_CAPACITY, &["capacity"]),
        (409, 10_003, &["quota"]),
        // A read can be repeated safely, whatever the cause of the failure.
        (500, 99_999, &["server", "retryable"]),
    ];
    for &(status, code, expected) in cases {
        let error = api_error(status, &format!(r#","Code":"{code}""#)).await;
        assert_eq!(error.api().and_then(|api| api.code()), Some(code));
        assert!(error.has_code(code) && !error.has_code(code + 1));
        let name = codes::name(code).map(|name| format!("(code {code}, {name})"));
        assert!(name.is_none_or(|name| error.to_string().contains(&name)), "{error}");
        assert_eq!(kinds(&error), expected, "status {status}, code {code}");
    }
}

#[tokio::test]
async fn problem_details_are_parsed() {
    let body =
        r#"{"type":"about:blank","status":403,"title":"Forbidden","detail":"no entry","instance":"/x"}"#;
    let error = foreign_error(403, "application/problem+json", body).await;
    let items = error.api().expect("a response of the API").errors();
    assert_eq!(items.len(), 1);
    assert_eq!((items[0].kind(), items[0].details()), (Some("Forbidden"), Some("no entry")));
    assert!(error.to_string().contains("no entry"), "{error}");
    assert_eq!(kinds(&error), ["access denied"]);
}

#[tokio::test]
async fn an_error_with_a_type_alone_is_parsed() {
    let error = foreign_error(400, "application/json", r#"{"__type":"SerializationException"}"#).await;
    assert!(error.to_string().contains("SerializationException"), "{error}");
    assert_eq!(kinds(&error), ["validation"]);
}

#[tokio::test]
async fn html_and_plain_text_bodies_are_kept() {
    let page = "<html>\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body></html>";
    for (content_type, body) in
        [("text/html", page), ("text/plain", "upstream is away"), ("application/json", page)]
    {
        let error = foreign_error(502, content_type, body).await;
        assert!(error.api().is_some_and(|api| api.errors().is_empty()));
        assert_eq!(kinds(&error), ["server", "retryable"]);
    }
}

#[tokio::test]
async fn an_empty_response_keeps_its_status() {
    for (status, expected) in [
        (400, &["validation"] as &[&str]),
        (401, &["authentication"]),
        (403, &["access denied"]),
        (404, &[]),
        (405, &[]),
        (409, &["conflict"]),
        (424, &["dependency"]),
        (429, &["throttled", "retryable"]),
        (500, &["server", "retryable"]),
        (501, &["server"]),
        (503, &["server", "retryable"]),
    ] {
        let error = foreign_error(status, "text/plain", "").await;
        assert_eq!(kinds(&error), expected, "{status}");
    }
}

#[tokio::test]
async fn an_error_status_with_unexpected_json_is_an_error() {
    for body in
        ["null", "[]", "7", r#""words""#, "{}", r#"{"Errors":null}"#, r#"{"Errors":[]}"#, r#"{"Errors":[1]}"#]
    {
        foreign_error(500, "application/json", body).await;
    }
}

#[tokio::test]
async fn several_errors_are_all_kept() {
    let body = r#"{"Errors":[{"Code":"4045","Type":"A"},{"Code":9029,"Type":"B","Extra":[1]}],"More":{}}"#;
    let error = error(409, "application/json", body).await;
    let api = error.api().expect("a response of the API");
    let codes: Vec<_> = api.errors().iter().map(|item| (item.code(), item.kind())).collect();
    assert_eq!(codes, [(Some(4045), Some("A")), (Some(9029), Some("B"))]);
    assert!(error.to_string().contains("4045") && error.to_string().contains("9029"), "{error}");
}

#[tokio::test]
async fn a_long_body_is_truncated() {
    let error = error(500, "text/html", "é".repeat(100_000)).await;
    let raw = error.api().expect("a response of the API").raw();
    assert!(
        raw.len() > 1000 && raw.len() <= 4096 && raw.chars().all(|letter| letter == 'é'),
        "{} bytes",
        raw.len()
    );
    assert!(error.to_string().len() < 1000, "{} bytes", error.to_string().len());
}

#[tokio::test]
async fn a_body_that_is_not_utf_8_is_kept() {
    let error = error(500, "text/html", b"\xff\xfe away".as_slice()).await;
    assert!(error.api().is_some_and(|api| api.raw().ends_with(" away")), "{error:?}");
}

#[tokio::test]
async fn a_single_error_outside_a_list_is_parsed() {
    let error = error(400, "application/json", r#"{"Errors":{"Code":5063,"Type":"InvalidResource"}}"#).await;
    assert!(error.has_code(codes::NO_SUCH_VM) && error.is_not_found(), "{error:?}");
}

#[tokio::test]
async fn malicious_error_bodies_are_ordinary_errors() {
    let deep = "[".repeat(1 << 20);
    let deep_details = format!(r#"{{"Errors":[{{"Code":"1","Details":{}}}]}}"#, "[".repeat(100_000));
    let huge = format!(r#"{{"Errors":[{{"Code":"1","Details":"{}"}}]}}"#, "x".repeat(10 << 20));
    let many = format!(r#"{{"Errors":[{}{{}}]}}"#, r#"{"Code":"1","Type":"T"},"#.repeat(10_000));
    for body in [deep, deep_details, huge, many] {
        let error = error(401, "application/json", body).await;
        assert_eq!(kinds(&error), ["authentication"]);
        assert!(error.to_string().len() < 1500, "{} bytes", error.to_string().len());
        assert!(error.api().is_some_and(|api| api.raw().len() <= 4096));
    }
}

#[tokio::test]
async fn an_error_is_parsed_up_to_1_mib() {
    let body = |size: usize| {
        let [start, end] = [r#"{"Errors":[{"Code":"4019","Type":""#, r#""}]}"#];
        format!("{start}{}{end}", "x".repeat(size - start.len() - end.len()))
    };
    for (size, codes) in [(1 << 20, vec![Some(4019)]), ((1 << 20) + 1, vec![])] {
        let error = error(400, "application/json", body(size)).await;
        let api = error.api().expect("a response");
        assert_eq!(api.errors().iter().map(|error| error.code()).collect::<Vec<_>>(), codes, "{size} bytes");
        assert_eq!(api.raw(), &body(size)[..4096]);
    }
}

#[tokio::test]
async fn the_retry_after_header_is_reported() {
    let busy = Response::new(503, "").header("Retry-After", "7");
    let error = failure(busy).await;
    let retry_after = error.api().and_then(|api| api.retry_after());
    assert_eq!(retry_after, Some(Duration::from_secs(7)), "{error:?}");
}

#[tokio::test]
async fn an_unrequested_compression_of_a_response_is_reported() {
    for status in [200, 502] {
        let error = failure(Response::new(status, b"\x1f\x8b\x08\0garbage".as_slice())).await;
        assert!(error.to_string().contains("compressed (gzip)"), "{error}");
        assert_eq!(error.is_decode(), status == 200, "{error:?}");
    }
}

#[tokio::test]
async fn a_response_that_cannot_be_decoded_is_reported_with_its_request_id() {
    let body = format!(r#"{{"ResponseContext":{{"RequestId":"{REQUEST_ID}"}},"Vms":[{{"VmId":}}]}}"#);
    let error = failure(Response::new(200, body)).await;
    assert_eq!(kinds(&error), ["decode"]);
    assert_eq!(error.request_id(), Some(REQUEST_ID));
    assert!(error.to_string().contains("Vms[0].VmId") && error.to_string().contains(REQUEST_ID), "{error}");
}

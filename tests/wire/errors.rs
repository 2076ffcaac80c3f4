//! Answers with an error, in every form that was seen: status, request identifier and text are kept.

use osc_api::Error;
use osc_api::types::ReadVmsRequest;
use osc_tests::cloud::REQUEST_ID;
use osc_tests::http::Response;

use crate::{client, only_request, server};

/// Answers a call so, and gives the error that comes of it.
async fn error(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Error {
    let response = Response::new(status, body).header("Content-Type", content_type);
    let server = server(move |_| response.clone());
    let error = client(&server).read_vms(&ReadVmsRequest::new()).await.expect_err("an error");
    // Whatever the answer is, it is no reason to ask again.
    only_request(&server);
    assert_eq!(error.action(), Some("ReadVms"));
    let api = error.api().unwrap_or_else(|| panic!("no answer of the API: {error:?}"));
    assert_eq!(api.status(), status);
    assert!(error.to_string().contains(&status.to_string()), "{error}");
    assert_eq!(error.to_string().lines().count(), 1, "{error}");
    error
}

/// The API's own form, with this in the place of the code.
async fn own(status: u16, code: &str) -> Error {
    let item = format!(r#"{{"Type":"Kind","Details":"some words"{code}}}"#);
    let body = format!(r#"{{"Errors":[{item}],"ResponseContext":{{"RequestId":"{REQUEST_ID}"}}}}"#);
    let error = error(status, "application/json", body.clone()).await;
    let api = error.api().expect("an answer of the API");
    assert_eq!(api.request_id(), Some(REQUEST_ID));
    assert_eq!(api.raw(), body);
    assert_eq!(api.errors().len(), 1);
    assert_eq!((api.errors()[0].kind(), api.errors()[0].details()), (Some("Kind"), Some("some words")));
    assert!(error.to_string().contains("some words") && error.to_string().contains(REQUEST_ID), "{error}");
    error
}

/// The form of gateways and strangers: none of them has a request identifier.
async fn foreign(status: u16, content_type: &str, body: &str) -> Error {
    let error = error(status, content_type, body).await;
    let api = error.api().expect("an answer of the API");
    assert_eq!((api.request_id(), api.code(), api.raw()), (None, None, body));
    error
}

/// The names of the predicates that are true.
fn kinds(error: &Error) -> Vec<&'static str> {
    let all = [
        ("authentication", error.is_authentication()),
        ("access denied", error.is_access_denied()),
        ("throttled", error.is_throttled()),
        ("not found", error.is_not_found()),
        ("conflict", error.is_conflict()),
        ("quota", error.is_quota()),
        ("capacity", error.is_capacity()),
        ("timeout", error.is_timeout()),
        ("connect", error.is_connect()),
        ("transport", error.is_transport()),
        ("decode", error.is_decode()),
        ("configuration", error.is_configuration()),
    ];
    all.into_iter().filter_map(|(name, is)| is.then_some(name)).collect()
}

#[tokio::test]
async fn a_code_is_a_text_a_number_or_not_there() {
    for (code, number, text) in [
        (r#","Code":"5063""#, Some(5063), Some("5063")),
        (r#","Code":5063"#, Some(5063), Some("5063")),
        (r#","Code":"Unheard""#, None, Some("Unheard")),
        (r#","Code":null"#, None, None),
        ("", None, None),
    ] {
        let error = own(400, code).await;
        let api = error.api().expect("an answer of the API");
        assert_eq!((api.code(), api.errors()[0].code_text()), (number, text), "{code}");
        assert_eq!(error.is_not_found(), number.is_some(), "{code}");
    }
}

#[tokio::test]
async fn status_and_code_say_what_kind_of_error_it_is() {
    let cases: [(u16, u32, &[&str]); 23] = [
        (401, 1, &["authentication"]),
        (405, 2, &[]),
        (401, 4, &["access denied"]),
        (401, 5, &["access denied"]),
        (503, 6, &["throttled"]),
        (401, 7, &["access denied"]),
        (403, 8, &["authentication"]),
        (401, 9, &["authentication"]),
        (403, 10, &["authentication"]),
        (401, 11, &["authentication"]),
        (401, 13, &["authentication"]),
        (401, 14, &["access denied"]),
        (401, 20, &["authentication"]),
        (429, 24, &["throttled"]),
        (429, 25, &["throttled"]),
        (424, 1004, &[]),
        (400, 4045, &[]),
        (400, 4120, &["authentication"]),
        (400, 5063, &["not found"]),
        (409, 6003, &["conflict"]),
        (409, 9029, &["conflict"]),
        (409, 10_001, &["capacity"]),
        (409, 10_003, &["quota"]),
    ];
    for (status, code, expected) in cases {
        let error = own(status, &format!(r#","Code":"{code}""#)).await;
        assert_eq!(error.api().and_then(|api| api.code()), Some(code));
        assert_eq!(kinds(&error), expected, "status {status}, code {code}");
    }
}

#[tokio::test]
async fn problem_details_are_understood() {
    let body =
        r#"{"type":"about:blank","status":403,"title":"Forbidden","detail":"no entry","instance":"/x"}"#;
    let error = foreign(403, "application/problem+json", body).await;
    let items = error.api().expect("an answer of the API").errors();
    assert_eq!(items.len(), 1);
    assert_eq!((items[0].kind(), items[0].details()), (Some("Forbidden"), Some("no entry")));
    assert!(error.to_string().contains("no entry"), "{error}");
    assert_eq!(kinds(&error), ["access denied"]);
}

#[tokio::test]
async fn the_form_with_a_type_alone_is_understood() {
    let error = foreign(400, "application/json", r#"{"__type":"SerializationException"}"#).await;
    assert!(error.to_string().contains("SerializationException"), "{error}");
    assert_eq!(kinds(&error), [""; 0]);
}

#[tokio::test]
async fn html_and_plain_words_are_kept() {
    let page = "<html>\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body></html>";
    for (content_type, body) in
        [("text/html", page), ("text/plain", "upstream is away"), ("application/json", page)]
    {
        let error = foreign(502, content_type, body).await;
        assert!(error.api().is_some_and(|api| api.errors().is_empty()));
        assert_eq!(kinds(&error), [""; 0]);
    }
}

#[tokio::test]
async fn an_empty_answer_keeps_its_status() {
    for (status, expected) in [
        (401, &["authentication"] as &[&str]),
        (403, &["access denied"]),
        (404, &[]),
        (429, &["throttled"]),
        (500, &[]),
        (503, &[]),
    ] {
        let error = foreign(status, "text/plain", "").await;
        assert_eq!(kinds(&error), expected, "{status}");
    }
}

#[tokio::test]
async fn other_json_is_an_error_all_the_same() {
    for body in
        ["null", "[]", "7", r#""words""#, "{}", r#"{"Errors":null}"#, r#"{"Errors":[]}"#, r#"{"Errors":[1]}"#]
    {
        foreign(500, "application/json", body).await;
    }
}

#[tokio::test]
async fn several_errors_are_all_kept() {
    let body = r#"{"Errors":[{"Code":"4045","Type":"A"},{"Code":9029,"Type":"B","Extra":[1]}],"More":{}}"#;
    let error = error(409, "application/json", body).await;
    let api = error.api().expect("an answer of the API");
    let codes: Vec<_> = api.errors().iter().map(|item| (item.code(), item.kind())).collect();
    assert_eq!(codes, [(Some(4045), Some("A")), (Some(9029), Some("B"))]);
    assert!(error.to_string().contains("4045") && error.to_string().contains("9029"), "{error}");
}

#[tokio::test]
async fn a_long_or_damaged_text_is_kept_in_part() {
    let error = error(500, "text/html", "é".repeat(100_000)).await;
    let raw = error.api().expect("an answer of the API").raw();
    assert!(
        raw.len() > 1000 && raw.len() <= 4096 && raw.chars().all(|letter| letter == 'é'),
        "{} bytes",
        raw.len()
    );
    assert!(error.to_string().len() < 1000, "{} bytes", error.to_string().len());
}

#[tokio::test]
async fn bytes_that_are_no_text_are_shown_as_such() {
    let error = error(500, "text/html", b"\xff\xfe away".as_slice()).await;
    assert!(error.api().is_some_and(|api| api.raw().ends_with(" away")), "{error:?}");
}

use std::time::Duration;

use super::*;
use crate::codes;

fn api(status: u16, body: &str) -> Error {
    Error::new("ReadVms", ErrorRepr::Api(ApiError::new(status, body.as_bytes(), None)))
}

fn transport(timeout: bool, connect: bool, permanent: bool) -> Error {
    let source = "connection refused".into();
    let host = "api.example.com".to_owned();
    Error::new("ReadVms", ErrorRepr::Transport { host, timeout, connect, permanent, advice: None, source })
}

fn undecoded(body: &str, path: Option<&str>) -> Error {
    let cause = serde_json::from_str::<Vec<i64>>(body).unwrap_err();
    Error::decode("ReadVms", "api.example.com", &cause, path.map(str::to_owned), body.as_bytes())
}

fn coded(status: u16, code: u32) -> Error {
    api(status, &format!(r#"{{"Errors":[{{"Type":"T","Code":"{code}","Details":""}}]}}"#))
}

#[test]
fn errors_of_the_api_are_parsed_whether_the_code_is_a_string_a_number_or_missing() {
    for (code, expected) in [(r#""Code":"4120","#, Some(4120)), (r#""Code":4120,"#, Some(4120)), ("", None)] {
        let body = format!(
            r#"{{"Errors":[{{{code}"Type":"InvalidParameterValue","Details":"no such key"}}],"ResponseContext":{{"RequestId":"abc"}}}}"#
        );
        let error = api(400, &body);
        let response = error.api().unwrap();
        assert_eq!((response.status(), response.request_id(), response.code()), (400, Some("abc"), expected));
        assert_eq!(response.errors()[0].kind(), Some("InvalidParameterValue"));
        assert_eq!(response.errors()[0].details(), Some("no such key"));
        assert_eq!(response.raw(), body);
        assert_eq!(error.request_id(), Some("abc"));
    }
    // A single error may be outside of a list, and a code may have spaces around it.
    let error = api(400, r#"{"Errors":{"Code":" 5063 ","Type":"T"}}"#);
    assert!(error.has_code(codes::NO_SUCH_VM) && !error.has_code(codes::NO_SUCH_VOLUME));
}

#[test]
fn the_retry_delay_of_the_server_is_kept() {
    let wait = Some(Duration::from_secs(7));
    assert_eq!(ApiError::new(429, b"", wait).retry_after(), wait);
    assert_eq!(ApiError::new(429, b"", None).retry_after(), None);
}

#[test]
fn errors_of_gateways_are_parsed() {
    let problem =
        r#"{"type":"about:blank","title":"Bad gateway","status":502,"detail":"upstream","instance":"/x"}"#;
    for (body, kind, details) in [
        (problem, Some("Bad gateway"), Some("upstream")),
        (r#"{"__type":"AccessDenied","message":"no"}"#, Some("AccessDenied"), Some("no")),
        (r#"{"message":"no"}"#, None, Some("no")),
        (r#"{"Errors":null,"message":"no"}"#, None, Some("no")),
    ] {
        let error = api(502, body);
        let [item] = error.api().unwrap().errors() else { panic!("{body}") };
        assert_eq!((item.kind(), item.details(), item.code()), (kind, details, None));
    }
}

#[test]
fn a_body_in_an_unknown_format_is_kept_up_to_a_limit() {
    for body in [
        "",
        "<html>\n<h1>502</h1>",
        "[]",
        "null",
        "3",
        r#"{"Errors":"x"}"#,
        r#"{"Errors":[3]}"#,
        "{\"Errors\":[",
    ] {
        let error = api(502, body);
        let response = error.api().unwrap();
        assert_eq!((response.errors(), response.raw()), (&[] as &[ErrorItem], body));
        assert!(!error.to_string().contains('\n'));
    }
    let long = "é".repeat(4000);
    let error = ApiError::new(500, &[b"x", long.as_bytes()].concat(), None);
    assert_eq!(error.raw().len(), 4095);
    assert!(error.raw().ends_with('é'));
    let error = ApiError::new(500, &[0xff; 5000], None);
    assert!(error.raw().len() <= 4096);
    for huge in [
        format!(r#"{{"Errors":[{{"Code":"1","Details":"{}"}}]}}"#, "x".repeat(10 << 20)),
        "[".repeat(1 << 19),
    ] {
        let error = ApiError::new(401, huge.as_bytes(), None);
        assert_eq!((error.errors(), error.raw().len()), (&[] as &[ErrorItem], 4096));
        assert!(error.to_string().chars().count() < 300, "{error}");
    }
}

#[test]
fn display_is_one_line_with_all_details_and_debug_contains_it() {
    let body = r#"{"Errors":[{"Type":"InvalidParameterValue","Code":"4047","Details":"two\nlines\u001b[31m"},{"Code":3}],
        "ResponseContext":{"RequestId":"abc"}}"#;
    assert_eq!(
        api(400, body).after(3, false).to_string(),
        "ReadVms failed with status 400: InvalidParameterValue (code 4047, invalid-parameter-value): two lines [31m; \
         error (code 3) [request abc] (3 attempts)"
    );
    assert_eq!(api(502, " ").after(1, true).to_string(), "ReadVms failed with status 502 without a message");
    assert!(api(307, "").to_string().contains("not followed"));
    assert!(format!("{:?}", api(400, body)).contains("4047"));
    let many = format!(r#"{{"Errors":[{}{{"Code":5}}]}}"#, r#"{"Code":5},"#.repeat(99));
    assert!(api(400, &many).to_string().ends_with("; and 95 more"));
}

#[test]
fn every_message_describes_the_failure_and_the_remedy() {
    let host = || "api.example.com".to_owned();
    let tls = ErrorRepr::Transport {
        host: host(),
        timeout: false,
        connect: true,
        permanent: true,
        advice: Some("trust it"),
        source: "certificate".into(),
    };
    let locked_out = ErrorRepr::LockedOut {
        failures: 3,
        possible_failures: 0,
        last_refusal: "status 401:\nno".to_owned(),
    };
    for (error, shown) in [
        (transport(false, true, false), "ReadVms was not sent: no connection to api.example.com"),
        (transport(true, true, false), "ReadVms was not sent: no connection to api.example.com in time"),
        (transport(true, false, false), "ReadVms failed: no complete response from api.example.com in time"),
        (transport(false, false, false), "ReadVms failed: no complete response from api.example.com"),
        (Error::new("ReadVms", tls), "ReadVms was not sent: no connection to api.example.com: trust it"),
        (
            Error::new("ReadVms", ErrorRepr::TooLarge { limit: 9 }),
            "ReadVms: the response is larger than 9 bytes: raise `max_response_size`",
        ),
        (
            Error::new("ReadVms", ErrorRepr::UnexpectedEncoding("br\n".to_owned())),
            "ReadVms: the response is compressed (br), which the client did not request: disable compression in \
             the proxy or gateway in front of the API",
        ),
        (
            Error::new("ReadVms", locked_out),
            "ReadVms was not sent: authentication failed 3 times in a row, and one more failure would lock the \
             access key or login for a minute or longer (last refusal: status 401: no); correct the credentials \
             and build a new client, or call `Client::reset_authentication` once the cause is fixed",
        ),
        (Error::configuration(vec!["a".to_owned(), "b".to_owned()]), "configuration: a; b"),
    ] {
        assert_eq!(error.to_string(), shown);
        assert_eq!(error.attempts(), 0);
        assert_eq!(error.after(2, false).to_string(), format!("{shown} (2 attempts)"));
    }
}

#[test]
fn the_source_is_the_cause_and_is_not_repeated() {
    let error = undecoded("\n x", Some("Vms[3].NestedVirtualization"));
    let source = error.source().unwrap().to_string();
    assert_eq!(source, "expected value at line 2 column 2");
    let shown = "ReadVms: failed to decode the response at Vms[3].NestedVirtualization";
    assert_eq!(error.to_string(), shown);
    let error = error.after(2, true);
    assert_eq!(format!("{error:#}"), format!("{shown} (2 attempts): {source}"));
    assert!(error.is_decode());
    assert_eq!(error.action(), Some("ReadVms"));
    assert_eq!(undecoded("", Some("")).to_string(), "ReadVms: failed to decode the response");
}

#[test]
fn a_decode_error_keeps_only_the_request_id() {
    for (body, expected) in [
        (r#"{"A":[{"Secret":"marker"}],"ResponseContext":{"Other":[],"RequestId":"a\u0062c"}}"#, Some("abc")),
        // A truncated response.
        (r#"{"ResponseContext":{"RequestId":"abc"},"A":"mar"#, Some("abc")),
        (r#"{"ResponseContext":{"RequestId":"abc"#, None),
        (r#"{"ResponseContext":"abc"}"#, None),
        (r#"{"ResponseContext":{"RequestId":["abc"]}}"#, None),
        (r#"{"RequestId":"abc"}"#, None),
        ("[]x", None),
    ] {
        let error = undecoded(body, None);
        assert_eq!(error.request_id(), expected, "{body}");
        assert_eq!(error.to_string().contains("[request abc]"), expected.is_some(), "{error}");
        assert!(!format!("{error:?}").contains("mar"), "{error:?}");
    }
}

#[test]
fn a_decode_error_does_not_show_the_value_that_caused_it() {
    for (body, shown) in [
        (r#"["marker"]"#, "a string, expected i64 at line 1"),
        (r#"["mar\", expected ker"]"#, "a string, expected i64 at line 1"),
        (r#"["string \"marker"]"#, "a string, expected i64 at line 1"),
        (r#"["integer `marker"]"#, "a string, expected i64 at line 1"),
        ("[1.7654321]", "a floating point, expected i64 at line 1"),
        ("[true]", "a boolean, expected i64 at line 1"),
        ("7654321", "an integer, expected a sequence at line 1"),
        ("[[]]", "sequence, expected i64 at line 1"),
        ("[null]", "null, expected i64 at line 1"),
    ] {
        let error = undecoded(body, None);
        let reported = format!("{error} {error:?} {}", error.source().unwrap());
        assert!(["ker", "7654321", "true"].iter().all(|value| !reported.contains(value)), "{reported}");
        assert!(reported.contains(shown), "{reported}");
    }
}

#[test]
fn a_compressed_response_is_reported_as_such() {
    for (body, name) in [(b"\x1f\x8b\x08\0\0".as_slice(), "gzip"), (b"\x28\xb5\x2f\xfd\0", "zstd")] {
        let cause = serde_json::from_slice::<i64>(body).unwrap_err();
        let error = Error::decode("ReadVms", "api.example.com", &cause, None, body);
        assert!(error.is_decode() && error.to_string().contains(&format!("compressed ({name})")), "{error}");
        let error = Error::new("ReadVms", ErrorRepr::Api(ApiError::new(502, body, None)));
        assert!(
            error.to_string().contains(&format!("status 502: the response is compressed ({name})")),
            "{error}"
        );
    }
}

/// The names of the predicates that are true.
fn true_predicates(error: &Error) -> Vec<&'static str> {
    let all = [
        (error.is_configuration(), "configuration"),
        (error.is_timeout(), "timeout"),
        (error.is_connect(), "connect"),
        (error.is_transport(), "transport"),
        (error.is_decode(), "decode"),
        (error.is_authentication(), "authentication"),
        (error.is_locked_out(), "locked out"),
        (error.is_access_denied(), "access denied"),
        (error.is_throttled(), "throttled"),
        (error.is_validation(), "validation"),
        (error.is_not_found(), "not found"),
        (error.is_conflict(), "conflict"),
        (error.is_dependency(), "dependency"),
        (error.is_quota(), "quota"),
        (error.is_capacity(), "capacity"),
        (error.is_server_error(), "server"),
        (error.is_retryable(), "retryable"),
    ];
    all.into_iter().filter_map(|(holds, name)| holds.then_some(name)).collect()
}

#[test]
fn predicates_follow_codes_first_and_status_second() {
    let cases: &[(u16, &[u32], &[&str])] = &[
        (401, &[1, 9, 11, 12, 13, 20], &["authentication"]),
        (403, &[8, 10], &["authentication"]),
        (400, &[4120], &["authentication"]),
        (401, &[4, 5, 7, 14], &["access denied"]),
        (403, &[4, 5, 7, 14], &["access denied"]),
        (405, &[2], &[]),
        (503, &[6], &["throttled", "retryable"]),
        (429, &[24, 25, 99], &["throttled", "retryable"]),
        (424, &[1000, 1004, 99], &["dependency"]),
        (400, &[4000, 4047, 4116, 4117, 4119, 4121, 4999], &["validation"]),
        (400, &[5000, 5063, 5098, 5999], &["not found"]),
        (404, &[5063], &["not found"]),
        (409, &[6000, 6003, 9000, 9029, 9999], &["conflict"]),
        (409, &[6007, 6031, 9039, 9045, 9085, 9095], &["conflict", "retryable"]),
        (409, &[10_001], &["capacity"]),
        (409, &[10_002], &[]),
        (409, &[10_003, 10_022, 10_999], &["quota"]),
        (500, &[99], &["server"]),
        // For a code outside of the known ranges, the status decides.
        (400, &[3000, 3001, 7000, 7006, 8000, 11_000], &["validation"]),
        (413, &[3001, 7006], &["validation"]),
        (422, &[3001, 7006], &["validation"]),
        (400, &[99], &[]),
        (409, &[99, 11_000], &["conflict"]),
    ];
    for (status, codes, expected) in cases {
        for code in *codes {
            assert_eq!(true_predicates(&coded(*status, *code)), *expected, "{status} {code}");
        }
    }
    for (error, expected) in [
        (api(400, ""), &["validation"] as &[&str]),
        (api(400, r#"{"__type":"SerializationException"}"#), &["validation"]),
        (api(401, ""), &["authentication"]),
        (api(403, "<html>"), &["access denied"]),
        (api(404, r#"{"Errors":[{"Type":"NotFound"}]}"#), &["not found"]),
        (api(404, "<html>"), &[]),
        (api(404, r#"{"message":"no route"}"#), &[]),
        (api(409, ""), &["conflict"]),
        (api(424, ""), &["dependency"]),
        (api(429, "<html>"), &["throttled", "retryable"]),
        (api(503, ""), &["server"]),
        (api(500, "{}"), &["server"]),
        (api(307, ""), &[]),
    ] {
        assert_eq!(true_predicates(&error), expected, "{error}");
    }
}

#[test]
fn errors_without_a_response_have_predicates() {
    for (error, expected) in [
        (Error::configuration(Vec::new()), &["configuration"] as &[&str]),
        (transport(true, true, false), &["timeout", "connect", "transport", "retryable"]),
        (transport(true, false, false), &["timeout", "transport"]),
        (
            Error::new(
                "A",
                ErrorRepr::LockedOut { failures: 3, possible_failures: 0, last_refusal: String::new() },
            ),
            &["authentication", "locked out"],
        ),
        (
            Error::new("A", ErrorRepr::NotSent { reason: String::new(), cause: NotSentCause::Credentials }),
            &["authentication"],
        ),
        (Error::new("A", ErrorRepr::NotSent { reason: String::new(), cause: NotSentCause::Invalid }), &[]),
        (Error::new("A", ErrorRepr::UnexpectedEncoding("br".to_owned())), &["decode"]),
        (Error::new("A", ErrorRepr::TooLarge { limit: 1 }), &[]),
        (undecoded("", None), &["decode"]),
    ] {
        assert_eq!(true_predicates(&error), expected, "{error}");
    }
}

/// For each failure: whether it is retryable if repeating the call is unsafe, and if it is safe.
#[test]
fn an_error_is_retryable_if_a_repetition_may_succeed_and_is_safe() {
    const TRANSIENT_AND_NOT: &str = r#"{"Errors":[{"Code":"9085"},{"Code":"9029"}]}"#;
    const TWICE_TRANSIENT: &str = r#"{"Errors":[{"Code":"9085"},{"Code":9095}]}"#;
    type NewError = fn() -> Error;
    let cases: &[(NewError, [bool; 2])] = &[
        (|| transport(false, true, false), [true, true]),
        (|| transport(true, true, false), [true, true]),
        (|| transport(false, true, true), [false, false]),
        (|| transport(false, false, true), [false, false]),
        (|| transport(true, false, false), [false, true]),
        (|| transport(false, false, false), [false, true]),
        (|| api(500, ""), [false, true]),
        (|| api(501, ""), [false, false]),
        (|| api(502, "<html>"), [false, true]),
        (|| api(503, ""), [false, true]),
        (|| api(504, ""), [false, true]),
        (|| api(505, ""), [false, false]),
        (|| coded(503, 6), [true, true]),
        (|| api(429, ""), [true, true]),
        (|| api(409, TRANSIENT_AND_NOT), [false, false]),
        (|| api(409, TWICE_TRANSIENT), [true, true]),
        (|| coded(409, 9029), [false, false]),
        (|| coded(409, 10_001), [false, false]),
        (|| coded(401, 1), [false, false]),
        (|| undecoded("", None), [false, false]),
    ];
    for (new_error, expected) in cases {
        let found = [false, true].map(|is_repeatable| new_error().after(1, is_repeatable).is_retryable());
        assert_eq!(found, *expected, "{:?}", new_error());
    }
}

#[test]
fn codes_have_names() {
    assert_eq!(codes::name(codes::NO_SUCH_VM), Some("no-such-vm"));
    assert_eq!(codes::name(3), None);
    assert_eq!(codes::TRANSIENT, [6007, 6031, 9039, 9045, 9085, 9095]);
}

#[test]
fn no_character_of_a_message_controls_a_terminal() {
    let tricks = "a\u{1b}[31m\r\n\u{9b}b\u{202e}\u{2028}\u{200f}\u{7f}c";
    let body =
        serde_json::json!({ "Errors": [{ "Type": tricks, "Code": tricks, "Details": tricks }] }).to_string();
    let encoding = ErrorRepr::UnexpectedEncoding(tricks.to_owned());
    for error in [
        api(400, &body),
        api(502, tricks),
        Error::new(tricks, ErrorRepr::TooLarge { limit: 1 }),
        Error::new("A", ErrorRepr::NotSent { reason: tricks.to_owned(), cause: NotSentCause::Invalid }),
        Error::configuration(vec![tricks.to_owned()]),
        Error::setup(tricks, tricks),
        Error::new("A", encoding),
        Error::decode("A", tricks, &serde_json::from_str::<i64>("<").unwrap_err(), None, b"<html>"),
    ] {
        for shown in [format!("{error}"), format!("{error:#}")] {
            let is_trick = |c: char| c.is_control() || matches!(c, '\u{200f}' | '\u{2028}' | '\u{202e}');
            assert!(!shown.contains(is_trick), "{shown:?}");
        }
    }
}

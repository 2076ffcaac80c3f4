use super::*;

fn api(status: u16, body: &str) -> Error {
    Error::new("ReadVms", Kind::Api(ApiError::new(status, body.as_bytes())))
}

fn coded(status: u16, code: u32) -> Error {
    api(status, &format!(r#"{{"Errors":[{{"Type":"T","Code":"{code}","Details":""}}]}}"#))
}

#[test]
fn an_error_is_one_word_and_can_go_anywhere() {
    fn anywhere<T: Send + Sync + 'static>() {}
    anywhere::<Error>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[test]
fn the_own_form_is_read_whether_the_code_is_text_number_or_missing() {
    for (code, expected) in [(r#""Code":"4120","#, Some(4120)), (r#""Code":4120,"#, Some(4120)), ("", None)] {
        let body = format!(
            r#"{{"Errors":[{{{code}"Type":"InvalidParameterValue","Details":"no such key"}}],"ResponseContext":{{"RequestId":"abc"}}}}"#
        );
        let error = api(400, &body);
        let answer = error.api().unwrap();
        assert_eq!((answer.status(), answer.request_id(), answer.code()), (400, Some("abc"), expected));
        assert_eq!(answer.errors()[0].kind(), Some("InvalidParameterValue"));
        assert_eq!(answer.errors()[0].details(), Some("no such key"));
        assert_eq!(answer.raw(), body);
    }
}

#[test]
fn the_forms_of_gateways_are_read() {
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
fn what_is_not_understood_keeps_its_text_up_to_a_bound() {
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
        let answer = error.api().unwrap();
        assert_eq!((answer.errors(), answer.raw()), (&[] as &[ErrorItem], body));
        assert!(!error.to_string().contains('\n'));
    }
    let long = "é".repeat(4000);
    let error = ApiError::new(500, &[b"x", long.as_bytes()].concat());
    assert_eq!(error.raw().len(), 4095);
    assert!(error.raw().ends_with('é'));
    let error = ApiError::new(500, &[0xff; 5000]);
    assert!(error.raw().len() <= 4096);
}

#[test]
fn display_is_one_line_that_says_all_and_debug_has_the_rest() {
    let body = r#"{"Errors":[{"Type":"InvalidParameterValue","Code":"4047","Details":"two\nlines\u001b[31m"},{"Code":5}],
        "ResponseContext":{"RequestId":"abc"}}"#;
    assert_eq!(
        api(400, body).to_string(),
        "ReadVms failed with status 400: InvalidParameterValue (code 4047): two lines [31m; error (code 5) [request abc]"
    );
    assert_eq!(api(502, " ").to_string(), "ReadVms failed with status 502 and no further word");
    assert!(api(307, "").to_string().contains("not followed"));
    assert!(format!("{:?}", api(400, body)).contains("4047"));
}

#[test]
fn the_source_is_the_cause_and_is_not_repeated() {
    let cause = serde_json::from_str::<i64>("\n x").unwrap_err();
    let error = Error::decode("ReadVms", &cause);
    let source = error.source().unwrap().to_string();
    assert_eq!(source, "expected value at line 2 column 2");
    assert!(!error.to_string().contains(&source));
    assert_eq!(format!("{error:#}"), format!("{error}: {source}"));
    assert!(error.is_decode());
    assert_eq!(error.action(), Some("ReadVms"));
    assert!(Error::configuration(vec!["a".to_owned(), "b".to_owned()]).to_string().ends_with("a; b"));
}

#[test]
fn a_decode_error_does_not_show_the_text_that_it_met() {
    for body in [r#"["marker"]"#, r#"["mar\", expected ker"]"#, r#"["string \"marker"]"#] {
        let cause = serde_json::from_str::<Vec<i64>>(body).unwrap_err();
        let error = Error::decode("ReadVms", &cause);
        let shown = format!("{error} {error:?} {}", error.source().unwrap());
        assert!(!shown.contains("ker") && shown.contains("a string, expected i64 at line 1"), "{shown}");
    }
}

#[test]
fn predicates_follow_codes_first_and_status_second() {
    let holding = |error: &Error| -> Vec<&str> {
        [
            (error.is_authentication(), "authentication"),
            (error.is_access_denied(), "access denied"),
            (error.is_throttled(), "throttled"),
            (error.is_not_found(), "not found"),
            (error.is_conflict(), "conflict"),
            (error.is_quota(), "quota"),
            (error.is_capacity(), "capacity"),
            (error.is_timeout() || error.is_connect() || error.is_transport(), "transport"),
            (error.is_decode() || error.is_configuration(), "other"),
        ]
        .into_iter()
        .filter_map(|(holds, name)| holds.then_some(name))
        .collect()
    };
    for (status, code, expected) in [
        (401, 1, "authentication"),
        (401, 9, "authentication"),
        (401, 13, "authentication"),
        (403, 8, "authentication"),
        (403, 10, "authentication"),
        (401, 20, "authentication"),
        (400, 4120, "authentication"),
        (401, 4, "access denied"),
        (401, 14, "access denied"),
        (403, 7, "access denied"),
        (503, 6, "throttled"),
        (429, 24, "throttled"),
        (400, 5063, "not found"),
        (409, 6007, "conflict"),
        (409, 9085, "conflict"),
        (409, 10001, "capacity"),
        (409, 10022, "quota"),
    ] {
        assert_eq!(holding(&coded(status, code)), [expected], "{status} {code}");
    }
    assert_eq!(holding(&api(401, "")), ["authentication"]);
    assert_eq!(holding(&api(429, "<html>")), ["throttled"]);
    assert_eq!(holding(&api(404, r#"{"Errors":[{"Type":"NotFound"}]}"#)), ["not found"]);
    for silent in [
        coded(400, 4047),
        coded(424, 1004),
        coded(409, 10002),
        api(404, "<html>"),
        api(404, r#"{"message":"no route"}"#),
        api(503, ""),
        api(500, "{}"),
    ] {
        assert!(holding(&silent).is_empty(), "{silent}");
    }
}

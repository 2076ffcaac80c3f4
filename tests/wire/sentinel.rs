//! The sentinel that looks for secrets in all that is logged: it would be worth nothing if it saw nothing.

use std::env;
use std::process::Command;

use ::tracing::field::Empty;
use osc_tests::cloud::{LOGIN, PASSWORD, SECRET_KEY};
use osc_tests::logs;

/// Names the way in which the ignored test below tells a secret.
const LEAK: &str = "OSC_TESTS_LEAK";

/// Ways to tell a secret, each with the level or spelling that is easiest to overlook.
const LEAKS: [(&str, fn()); 9] = [
    ("event", || ::tracing::trace!("the key is {SECRET_KEY}")),
    ("event field", || ::tracing::trace!(key = SECRET_KEY, "a key")),
    ("span field", || drop(::tracing::trace_span!("call", password = PASSWORD))),
    ("later field", || {
        let span = ::tracing::trace_span!("call", key = Empty);
        span.record("key", SECRET_KEY);
    }),
    ("debug of bytes", || ::tracing::trace!(body = ?PASSWORD.as_bytes(), "a body")),
    ("log", || log::trace!("password={PASSWORD}")),
    ("signature", || log::trace!("Authorization: OSC4-HMAC-SHA256 Credential=A, Signature=0a1b2c")),
    ("header", || {
        let header =
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("{LOGIN}:{PASSWORD}"));
        ::tracing::trace!(header, "a header");
    }),
    ("secret of a test", || {
        logs::forbid("a proxy's password");
        log::trace!("\"a proxy's password\"");
    }),
];

#[test]
#[ignore = "tells a secret; it runs as a process of its own"]
fn tells_a_secret() {
    logs::watch();
    let way = env::var(LEAK).expect("a way");
    let (_, leak) = LEAKS.into_iter().find(|(name, _)| *name == way).expect("a way of the list");
    // The harness must not be what notices: a task's panic would go by unseen in the same way.
    drop(std::panic::catch_unwind(leak));
}

#[test]
fn a_secret_in_the_logs_ends_the_process() {
    for way in LEAKS.map(|(name, _)| Some(name)).into_iter().chain([None]) {
        let mut process = Command::new(env::current_exe().expect("this program"));
        process.args(["--exact", "--include-ignored", "--test-threads=1"]);
        match way {
            Some(way) => process.arg("sentinel::tells_a_secret").env(LEAK, way),
            // Without a secret the same program goes through.
            None => process.arg("sentinel::what_is_no_secret_may_be_logged"),
        };
        let output = process.output().expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.success(), way.is_none(), "{way:?}: {said}");
        assert_eq!(said.contains("A secret was logged"), way.is_some(), "{way:?}: {said}");
    }
}

#[test]
fn what_is_no_secret_may_be_logged() {
    logs::watch();
    let since = logs::now();
    let span = ::tracing::info_span!("outer", host = "sentinel.example", status = Empty);
    let inside = span.in_scope(|| {
        let inner = ::tracing::info_span!("inner", host = "sentinel.example");
        inner.in_scope(|| ::tracing::info!(number = 7, "SignedHeaders=host, Signature=[redacted]"));
        log::info!("words of the other kind");
        inner
    });
    span.record("status", 200);
    drop(inside);

    let [outer, inner] = &logs::spans(since, "wire", "sentinel.example")[..] else { panic!("not two spans") };
    assert_eq!((outer.name(), outer.closed, inner.name(), inner.closed), ("outer", false, "inner", true));
    assert_eq!(outer.fields["status"], "200");
    let messages = |span: &logs::Span| -> Vec<String> {
        span.events.iter().map(|event| event.fields["message"].clone()).collect()
    };
    let [redacted, words] = ["SignedHeaders=host, Signature=[redacted]", "words of the other kind"];
    assert_eq!(messages(outer), [redacted, words]);
    assert_eq!(messages(inner), [redacted]);
    assert_eq!(inner.events[0].fields["number"], "7");
    assert_eq!(logs::events("wire", words).len(), 1);
    drop(span);
    assert!(logs::spans(since, "wire", "sentinel.example").iter().all(|span| span.closed));
}

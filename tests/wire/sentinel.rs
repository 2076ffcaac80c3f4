//! The log sentinel, which searches all logs for secrets, finds every kind of leak.

use ::tracing::field::Empty;
use osc_tests::cloud::{LOGIN, PASSWORD, SECRET_KEY};
use osc_tests::{child, logs};

/// Ways to log a secret, each with the level or spelling that is easiest to overlook.
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

/// The child process: logs a secret, which ends the process. The task `none` logs none.
fn leak(wanted: &str) {
    logs::watch();
    ::tracing::trace!("no secret");
    if let Some((_, leak)) = LEAKS.into_iter().find(|(name, _)| *name == wanted) {
        // A panic must not be how the leak is found: in a task, it would go unnoticed.
        drop(std::panic::catch_unwind(leak));
    }
}

#[test]
fn a_secret_in_the_logs_ends_the_process() {
    if let Some(task) = child::task() {
        return leak(&task);
    }
    // Without a secret, the same program succeeds.
    for name in LEAKS.map(|(name, _)| name).into_iter().chain(["none"]) {
        let test = "wire::sentinel::a_secret_in_the_logs_ends_the_process";
        let output = child::command(test, name).output().expect("the program runs");
        let message = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(message.contains("running 1 test"), "{name}: {message}");
        assert_eq!(output.status.success(), name == "none", "{name}: {message}");
        assert_eq!(message.contains("A secret was logged"), name != "none", "{name}: {message}");
    }
}

#[test]
fn logs_without_secrets_are_recorded() {
    logs::watch();
    let since = logs::now();
    let span = ::tracing::info_span!("outer", host = "sentinel.example", status = Empty);
    let inner = span.in_scope(|| {
        let inner = ::tracing::info_span!("inner", host = "sentinel.example");
        inner.in_scope(|| ::tracing::info!(number = 7, "SignedHeaders=host, Signature=[redacted]"));
        log::info!("a log record");
        inner
    });
    span.record("status", 200);
    drop(inner);

    let [outer, inner] = &logs::spans(since, module_path!(), "sentinel.example")[..] else {
        panic!("not two spans")
    };
    assert_eq!((outer.name(), outer.closed, inner.name(), inner.closed), ("outer", false, "inner", true));
    assert_eq!(outer.fields["status"], "200");
    let messages = |span: &logs::Span| -> Vec<String> {
        span.events.iter().map(|event| event.fields["message"].clone()).collect()
    };
    let [redacted, log_record] = ["SignedHeaders=host, Signature=[redacted]", "a log record"];
    assert_eq!(messages(outer), [redacted, log_record]);
    assert_eq!(messages(inner), [redacted]);
    assert_eq!(inner.events[0].fields["number"], "7");
    assert_eq!(logs::events(module_path!(), log_record).len(), 1);
    drop(span);
    assert!(logs::spans(since, module_path!(), "sentinel.example").iter().all(|span| span.closed));
}

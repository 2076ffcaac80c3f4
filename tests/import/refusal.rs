//! Assertions on imports that are refused.

use osc_tests::http::Reply;
use osc_tests::server::Server;

use super::folder::Folder;

/// Timeout, in seconds, that no available response exceeds, even on a busy machine.
pub(super) const LONG_TIMEOUT: &str = "60";

/// Timeout, in seconds, for a response that never arrives.
pub(super) const SHORT_TIMEOUT: &str = "0.3";

pub(super) fn url(server: &Server, path: &str) -> String {
    format!("http://{}{path}", server.host())
}

/// Imports from a server that sends this reply. Checks the exit code, that the output contains `words`, and that no
/// file changed.
#[track_caller]
pub(super) fn assert_refused(reply: impl Into<Reply>, arguments: &[&str], code: i32, words: &[&str]) {
    let reply = reply.into();
    let server = Server::start(move |_| reply.clone()).unwrap();
    assert_source_refused(&url(&server, "/outscale.yaml"), arguments, code, words);
}

#[track_caller]
pub(super) fn assert_source_refused(from: &str, arguments: &[&str], code: i32, words: &[&str]) {
    let folder = Folder::with_old();
    let before = folder.spec();
    let run = folder.import(&[&[from], arguments].concat());
    assert_eq!(run.code, Some(code), "{}", run.output);
    for word in words {
        assert!(run.output.contains(word), "no {word:?}: {}", run.output);
    }
    assert!(!run.output.contains("panicked") && run.output.contains("error: "), "{}", run.output);
    assert!(folder.spec() == before, "a failed import changed files: {}", run.output);
}

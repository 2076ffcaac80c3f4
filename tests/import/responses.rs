//! Responses that are not a complete description: none is imported.

use std::io::Write;
use std::time::Duration;

use osc_tests::http::{Reply, Request, Response, Then};
use osc_tests::server::Server;

use super::folder::{Folder, NEW, OLD};
use super::refusal::{LONG_TIMEOUT, SHORT_TIMEOUT, assert_refused, assert_source_refused, url};

const MIB: usize = 1 << 20;

#[test]
fn a_server_that_stalls_or_trickles_times_out() {
    assert_refused(
        Reply::Nothing(Then::Wait),
        &["--timeout", SHORT_TIMEOUT],
        2,
        &["longer than 0.3 s", "--timeout"],
    );
    let stalling = Reply::Part(Response::new(200, NEW), 100, Then::Wait);
    assert_refused(stalling, &["--timeout", SHORT_TIMEOUT], 2, &["longer than 0.3 s", "--timeout"]);
    // Each byte arrives quickly, but the complete response would take minutes.
    let trickling = Server::start_raw(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")?;
        loop {
            stream.write_all(b"#")?;
            std::thread::sleep(Duration::from_millis(2));
        }
    });
    let trickling = trickling.unwrap();
    assert_source_refused(
        &url(&trickling, "/a"),
        &["--timeout", SHORT_TIMEOUT],
        2,
        &["longer than 0.3 s", "--timeout"],
    );
}

#[test]
fn a_truncated_response_is_refused() {
    let half = NEW.len() / 2;
    for then in [Then::HangUp, Then::Reset] {
        let cut = Reply::Part(Response::new(200, NEW), half, then);
        assert_refused(cut, &["--timeout", LONG_TIMEOUT], 2, &["cannot fetch http://127.0.0.1"]);
    }
    let chunk = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{OLD}\r\n", OLD.len());
    assert_refused(
        Reply::Raw(chunk.into(), Then::HangUp),
        &["--timeout", LONG_TIMEOUT],
        2,
        &["cannot fetch"],
    );
    assert_refused(Reply::Nothing(Then::HangUp), &["--timeout", LONG_TIMEOUT], 2, &["cannot fetch"]);
}

#[test]
fn a_response_of_unknown_length_requires_a_digest() {
    let reply = || Reply::Raw(format!("HTTP/1.1 200 OK\r\n\r\n{NEW}").into(), Then::HangUp);
    assert_refused(reply(), &["--timeout", LONG_TIMEOUT], 2, &["the response has no length", "--sha256"]);
    let folder = Folder::with_old();
    folder.write("new.yaml", NEW);
    assert_eq!(folder.import(&[&folder.path("new.yaml")]).code, Some(0));
    let digest = sha256(&folder);
    let server = Server::start(move |_: &Request| reply()).unwrap();
    let pinned = Folder::with_old();
    let run = pinned.import(&[&url(&server, "/a"), "--sha256", &digest.to_uppercase()]);
    assert_eq!(run.code, Some(0), "{}", run.output);
}

/// The digest in `source.toml`.
fn sha256(folder: &Folder) -> String {
    let source = folder.read("spec/source.toml");
    let line = source.lines().find_map(|line| line.strip_prefix("sha256 = \"")).unwrap();
    line.trim_end_matches('"').to_owned()
}

#[test]
fn a_wrong_digest_is_reported_with_the_actual_one() {
    let folder = Folder::with_old();
    let (wrong, found) = ("0".repeat(64), sha256(&folder));
    assert_refused(Response::new(200, OLD), &["--sha256", &wrong], 1, &[&wrong, &found, "--sha256"]);
    let before = folder.spec();
    // The digest is checked first: this file is not a description.
    let run = folder.import(&[&folder.path("docs.yaml"), "--sha256", &wrong]);
    assert!(run.code == Some(1) && run.output.contains(&wrong), "{}", run.output);
    assert!(folder.spec() == before);
    let run = folder.import(&[&folder.path("docs.yaml"), "--sha256", "123"]);
    assert!(run.code == Some(2) && run.output.contains("64"), "{}", run.output);
    let run = folder.import(&[&folder.path("1.0.yaml"), "--sha256", &found]);
    assert_eq!(run.code, Some(0), "{}", run.output);
}

#[test]
fn anything_but_a_description_is_refused() {
    let page = "<!DOCTYPE html><html><body>Not here</body></html>";
    let typed = Response::new(200, NEW).header("Content-Type", "text/html; charset=utf-8");
    assert_refused(typed, &[], 2, &["web page", "raw file"]);
    assert_refused(Response::new(200, format!("\n {page}")), &[], 2, &["web page", "raw file"]);
    assert_refused(Response::new(200, "paths: ["), &[], 1, &["YAML", "outscale.yaml"]);
    assert_refused(Response::new(200, "just words"), &[], 1, &[]);
    assert_refused(Response::new(200, ""), &[], 1, &[]);
    assert_refused(Response::new(200, [b'#', 0xff, 0xfe]), &[], 2, &["UTF-8", "byte 2 is invalid"]);
    assert_refused(
        Response::new(200, [0xfe, 0xff, 0, b'#']),
        &[],
        2,
        &["it looks like UTF-16: save it as UTF-8"],
    );
    let compressed = Response::new(200, [0x1f, 0x8b]).header("Content-Encoding", "gzip");
    assert_refused(compressed, &[], 2, &["compressed"]);
    // A single error is enough to keep the old description.
    let wrong = NEW.replace("Weight: {type: string", "Weight: {type: strin");
    assert_refused(Response::new(200, wrong), &[], 1, &["Weight", "strin"]);
}

#[test]
fn a_response_over_the_size_limit_is_refused() {
    // The announced length is enough: the body never arrives.
    let announced = Reply::Part(Response::new(200, vec![b'#'; 50 * MIB]), 0, Then::Wait);
    assert_refused(announced, &["--timeout", LONG_TIMEOUT], 2, &["larger than 20 MB"]);
    let endless = Reply::Endless(Response::new(200, vec![b'#'; MIB]));
    assert_refused(endless, &["--timeout", LONG_TIMEOUT], 2, &["larger than 20 MB"]);
}

#[test]
fn the_status_is_reported_with_a_hint() {
    for (status, words) in [
        (404, ["404", "there is no such file"]),
        (403, ["403", "wait some minutes"]),
        (429, ["429", "wait some minutes"]),
        (500, ["500", "try again later"]),
        (503, ["503", "try again later"]),
    ] {
        assert_refused(Response::new(status, "an explanation"), &[], 2, &words);
    }
}

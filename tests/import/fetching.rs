//! Imports from URLs, with loopback servers: a description is imported completely or not at all.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use osc_tests::http::{Reply, Request, Response, Then};
use osc_tests::server::Server;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;

use crate::import::folder::{Folder, NEW, OLD};

/// Timeout, in seconds, that no available response exceeds, even on a busy machine.
const LONG_TIMEOUT: &str = "60";
/// Timeout, in seconds, for a response that never arrives.
const SHORT_TIMEOUT: &str = "0.3";

const MIB: usize = 1 << 20;

fn url(server: &Server, path: &str) -> String {
    format!("http://{}{path}", server.host())
}

fn redirect(location: &str) -> Response {
    Response::new(302, "").header("Location", location)
}

/// Redirects `/redirect/3` to `/redirect/2` and so on; `/redirect/0` is the description.
fn redirecting(request: &Request) -> Response {
    match request.target.rsplit_once('/').map(|(_, number)| number.parse::<usize>()) {
        Some(Ok(0)) => Response::new(200, NEW),
        Some(Ok(more)) => redirect(&format!("/redirect/{}", more - 1)),
        _ => Response::new(404, ""),
    }
}

/// Imports from a server that sends this reply. Checks the exit code, that the output contains `words`, and that no
/// file changed.
#[track_caller]
fn assert_refused(reply: impl Into<Reply>, arguments: &[&str], code: i32, words: &[&str]) {
    let reply = reply.into();
    let server = Server::start(move |_| reply.clone()).unwrap();
    assert_source_refused(&url(&server, "/outscale.yaml"), arguments, code, words);
}

#[track_caller]
fn assert_source_refused(from: &str, arguments: &[&str], code: i32, words: &[&str]) {
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

#[test]
fn a_url_is_imported() {
    let server = Server::start(|_: &Request| Response::new(200, NEW)).unwrap();
    let folder = Folder::with_old();
    let from = url(&server, "/some/where.yaml");
    let run = folder.import(&[&format!("{from}?token=hidden")]);
    assert_eq!(run.code, Some(0), "{}", run.output);
    // Progress is not shown in a pipe.
    assert!(!run.output.contains('\r') && !run.output.contains('\x1b'), "{}", run.output);
    let source = folder.read("spec/source.toml");
    assert!(source.contains(&format!("location = \"{from}\"\n")), "{source}");
    assert!(!source.contains("release") && source.contains("version = \"1.1\""), "{source}");
    assert!(!source.contains("hidden") && !run.output.contains("hidden"), "{source}{}", run.output);
    let [request] = <[Request; 1]>::try_from(server.finish().requests).unwrap();
    assert_eq!((request.method.as_str(), request.target.as_str()), ("GET", "/some/where.yaml?token=hidden"));
    for header in ["Authorization", "Cookie", "Accept-Encoding"] {
        assert_eq!(request.header(header), None, "{header}");
    }
}

#[test]
fn chunked_and_redirected_responses_are_imported() {
    let chunked = Server::start(|_: &Request| Reply::Chunked(Response::new(200, NEW), 100)).unwrap();
    let redirected = Server::start(redirecting).unwrap();
    let elsewhere = url(&chunked, "/a");
    let to_another = Server::start(move |_: &Request| redirect(&elsewhere)).unwrap();
    let whole = Folder::with_old();
    whole.write("new.yaml", NEW);
    assert_eq!(whole.import(&[&whole.path("new.yaml")]).code, Some(0));
    for from in [url(&chunked, "/a"), url(&redirected, "/redirect/5"), url(&to_another, "/a")] {
        let folder = Folder::with_old();
        let run = folder.import(&[&from]);
        assert_eq!(run.code, Some(0), "{from}: {}", run.output);
        for name in ["outscale.yaml", "prose.lock"] {
            assert_eq!(folder.spec().get(name), whole.spec().get(name), "{from}: {name}");
        }
    }
}

#[test]
fn too_many_redirects_are_not_followed() {
    let server = Server::start(redirecting).unwrap();
    assert_source_refused(&url(&server, "/redirect/6"), &[], 2, &["redirected more than 5 times"]);
}

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

#[test]
fn an_unreachable_host_is_reported() {
    // This port was just free.
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let from = format!("http://127.0.0.1:{port}/a");
    assert_source_refused(&from, &["--timeout", LONG_TIMEOUT], 2, &["refuses the connection", &from]);
}

#[test]
fn a_version_is_found_below_the_base_url() {
    let server = Server::start(|request: &Request| match request.target.as_str() {
        "/mirror/1.41.0/outscale.yaml" | "/mirror/v1.42.0/outscale.yaml" => Response::new(200, NEW),
        _ => Response::new(404, ""),
    });
    let server = server.unwrap();
    let base = url(&server, "/mirror/");
    for (version, release, path) in
        [("1.41.0", "1.41.0", "1.41.0"), ("v1.41.0", "1.41.0", "1.41.0"), ("1.42.0", "1.42.0", "v1.42.0")]
    {
        let folder = Folder::with_old();
        let run = folder.import(&[version, "--base-url", &base]);
        assert_eq!(run.code, Some(0), "{}", run.output);
        let source = folder.read("spec/source.toml");
        assert!(source.contains(&format!("release = \"{release}\"\nversion = \"1.1\"\n")), "{source}");
        assert!(source.contains(&format!("location = \"{base}{path}/outscale.yaml\"")), "{source}");
        // The version in the description differs: both are recorded and reported.
        let note = format!("release {release} has `info.version` 1.1");
        assert!(run.output.contains(&note), "{}", run.output);
    }
    let paths = ["/mirror/1.43.0/outscale.yaml", "/mirror/v1.43.0/outscale.yaml"];
    assert_source_refused(
        "1.43.0",
        &["--base-url", &base],
        2,
        &["version 1.43.0 not found", paths[0], paths[1]],
    );
    // The variable has the same effect, and the option takes precedence.
    for (variable, arguments, code) in [
        (base.as_str(), ["1.41.0"].as_slice(), 0),
        ("http://127.0.0.1:1/", &["1.41.0", "--base-url", &base], 0),
        ("nonsense", &["1.41.0"], 2),
    ] {
        let folder = Folder::empty();
        let mut command = folder.command(arguments);
        command.env("OSC_SPEC_BASE_URL", variable);
        let run = crate::xtask::finish(command);
        assert_eq!(run.code, Some(code), "{variable}: {}", run.output);
    }
}

#[test]
fn a_failed_request_for_a_version_is_not_a_missing_version() {
    // Only a 404 causes a request with the other spelling of the tag.
    let server = Server::start(|_: &Request| Response::new(429, "")).unwrap();
    assert_source_refused("1.41.0", &["--base-url", &url(&server, "")], 2, &["429", "wait some minutes"]);
    assert_eq!(server.finish().requests.len(), 1);
}

#[test]
fn an_existing_file_takes_precedence_over_a_version() {
    let folder = Folder::empty();
    folder.write("1.41.0", OLD);
    let mut command = folder.command(&["1.41.0", "--base-url", "http://127.0.0.1:1/"]);
    command.current_dir(folder.path(""));
    let run = crate::xtask::finish(command);
    assert_eq!(run.code, Some(0), "{}", run.output);
    let source = folder.read("spec/source.toml");
    assert!(source.contains("location = \"1.41.0\"") && !source.contains("release"), "{source}");
}

#[test]
fn an_invalid_argument_names_the_valid_forms() {
    for from in ["no-such-file.yaml", "ftp://localhost/a", "latest"] {
        assert_source_refused(from, &[], 2, &[from, "an existing file", "http:// or https://", "1.41.0"]);
    }
    assert_source_refused("https://me:hidden@localhost/a", &[], 2, &["password"]);
}

/// The certificate authority of a server on 127.0.0.1, as PEM, and the TLS configuration of the server.
fn identity() -> (String, ServerConfig) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(["127.0.0.1".to_owned()]).unwrap().signed_by(&key, &root).unwrap();
    let config = ServerConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        );
    (root.pem(), config.unwrap())
}

/// Linux only: elsewhere, the variable for the trusted certificates has no effect.
#[cfg(target_os = "linux")]
#[test]
fn https_uses_the_system_roots_and_is_never_downgraded() {
    let plain = Server::start(|_: &Request| Response::new(200, NEW)).unwrap();
    let elsewhere = url(&plain, "/plain");
    let (root, config) = identity();
    let secure = Server::start_tls(config, move |request| match request.target.as_str() {
        "/plain" => redirect(&elsewhere),
        "/secure" => redirect("/a"),
        _ => Response::new(200, NEW),
    });
    let secure = secure.unwrap();
    let host = format!("https://{}", secure.host());
    let import = |folder: &Folder, path: &str, is_trusted: bool| {
        folder.write("root.pem", &root);
        let mut command = folder.command(&[&format!("{host}{path}")]);
        if is_trusted {
            command.env("SSL_CERT_FILE", folder.path("root.pem"));
        }
        crate::xtask::finish(command)
    };
    let folder = Folder::with_old();
    let before = folder.spec();
    for (path, is_trusted, words) in
        [("/a", false, "certificate"), ("/plain", true, "redirected from https to plain http")]
    {
        let run = import(&folder, path, is_trusted);
        assert!(run.code == Some(2) && run.output.contains(words), "{path}: {}", run.output);
        assert!(folder.spec() == before, "{path}");
    }
    assert!(plain.requests().is_empty(), "a request was sent over plain http");
    for path in ["/a", "/secure"] {
        let run = import(&folder, path, true);
        assert_eq!(run.code, Some(0), "{path}: {}", run.output);
    }
}

#[test]
fn a_proxy_from_the_environment_is_used() {
    // The refusal of the proxy shows that it received the request.
    let proxy = Server::start(|_: &Request| Response::new(407, "")).unwrap();
    let server = Server::start(|_: &Request| Response::new(200, NEW)).unwrap();
    let folder = Folder::empty();
    let from = url(&server, "/a");
    let mut command = folder.command(&[&from]);
    command.env("HTTP_PROXY", url(&proxy, ""));
    let run = crate::xtask::finish(command);
    assert!(run.code == Some(2) && folder.spec().is_empty(), "{}", run.output);
    assert_eq!((proxy.finish().requests.len(), server.requests().len()), (1, 0), "{}", run.output);
    let mut command = folder.command(&[&from]);
    command.env("HTTP_PROXY", "http://127.0.0.1:1").env("NO_PROXY", "127.0.0.1");
    let run = crate::xtask::finish(command);
    assert_eq!(run.code, Some(0), "{}", run.output);
}

#[test]
fn an_import_that_is_killed_while_fetching_changes_nothing() {
    let (sender, receiver) = mpsc::channel();
    let server = Server::start_raw(move |stream| {
        stream.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", NEW.len()).as_bytes())?;
        stream.write_all(&NEW.as_bytes()[..NEW.len() - 1])?;
        _ = sender.send(());
        stream.read_to_end(&mut Vec::new()).map(|_| ())
    });
    let server = server.unwrap();
    let folder = Folder::with_old();
    let before = folder.spec();
    let mut command = folder.command(&[&url(&server, "/a"), "--timeout", LONG_TIMEOUT]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    receiver.recv().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(folder.spec() == before);
}

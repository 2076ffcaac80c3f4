//! Fetching from loopback servers: a response is used whole or not at all.

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

use crate::folder::{Folder, NEW, OLD};

/// The timeout in seconds: long enough for a busy machine, short enough to wait for in a test.
const PATIENT: &str = "60";
const IMPATIENT: &str = "0.3";

/// A description of about a megabyte.
const MB: usize = 1 << 20;

fn url(server: &Server, path: &str) -> String {
    format!("http://{}{path}", server.host())
}

/// A redirect.
fn redirect(location: &str) -> Response {
    Response::new(302, "").header("Location", location)
}

/// Follows `/redirect/3` to `/redirect/2` and so on; `/redirect/0` is the description.
fn redirecting(request: &Request) -> Response {
    match request.target.rsplit_once('/').map(|(_, number)| number.parse::<usize>()) {
        Some(Ok(0)) => Response::new(200, NEW),
        Some(Ok(more)) => redirect(&format!("/redirect/{}", more - 1)),
        _ => Response::new(404, ""),
    }
}

/// Imports from a server that sends this response. Checks the exit code and the output, and that no file changed.
#[track_caller]
fn refused(reply: impl Into<Reply>, arguments: &[&str], code: i32, words: &[&str]) {
    let reply = reply.into();
    let server = Server::start(move |_| reply.clone()).unwrap();
    refused_by(&url(&server, "/outscale.yaml"), arguments, code, words);
}

#[track_caller]
fn refused_by(from: &str, arguments: &[&str], code: i32, words: &[&str]) {
    let folder = Folder::with_old();
    let before = folder.spec();
    let run = folder.import(&[&[from], arguments].concat());
    assert_eq!(run.code, Some(code), "{}", run.output);
    for word in words {
        assert!(run.output.contains(word), "no {word:?}: {}", run.output);
    }
    assert!(!run.output.contains("panicked") && run.output.contains("error: "), "{}", run.output);
    assert!(folder.spec() == before, "an import that failed changed something: {}", run.output);
}

#[test]
fn a_url_is_imported() {
    let server = Server::start(|_: &Request| Response::new(200, NEW)).unwrap();
    let folder = Folder::with_old();
    let from = url(&server, "/some/where.yaml");
    let run = folder.import(&[&format!("{from}?token=hidden")]);
    assert_eq!(run.code, Some(0), "{}", run.output);
    // Progress is shown on a terminal only.
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
fn chunks_and_redirects_are_one_description() {
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
    refused_by(&url(&server, "/redirect/6"), &[], 2, &["redirected more than 5 times"]);
}

#[test]
fn a_server_that_stalls_or_trickles_times_out() {
    refused(Reply::Nothing(Then::Wait), &["--timeout", IMPATIENT], 2, &["longer than 0.3 s", "--timeout"]);
    let stalling = Reply::Part(Response::new(200, NEW), 100, Then::Wait);
    refused(stalling, &["--timeout", IMPATIENT], 2, &["longer than 0.3 s", "--timeout"]);
    // Each byte arrives quickly, but the whole response would take too long.
    let trickling = Server::start_raw(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")?;
        loop {
            stream.write_all(b"#")?;
            std::thread::sleep(Duration::from_millis(2));
        }
    });
    let trickling = trickling.unwrap();
    refused_by(&url(&trickling, "/a"), &["--timeout", IMPATIENT], 2, &["longer than 0.3 s", "--timeout"]);
}

#[test]
fn a_truncated_text_is_refused() {
    let half = NEW.len() / 2;
    for then in [Then::HangUp, Then::Reset] {
        let cut = Reply::Part(Response::new(200, NEW), half, then);
        refused(cut, &["--timeout", PATIENT], 2, &["cannot fetch http://127.0.0.1"]);
    }
    let chunk = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{OLD}\r\n", OLD.len());
    refused(Reply::Raw(chunk.into(), Then::HangUp), &["--timeout", PATIENT], 2, &["cannot fetch"]);
    refused(Reply::Nothing(Then::HangUp), &["--timeout", PATIENT], 2, &["cannot fetch"]);
}

#[test]
fn a_text_of_unknown_length_needs_a_digest() {
    let reply = || Reply::Raw(format!("HTTP/1.1 200 OK\r\n\r\n{NEW}").into(), Then::HangUp);
    refused(reply(), &["--timeout", PATIENT], 2, &["the response has no length", "--sha256"]);
    let folder = Folder::with_old();
    folder.write("new.yaml", NEW);
    assert_eq!(folder.import(&[&folder.path("new.yaml")]).code, Some(0));
    let digest = sha256(&folder);
    let server = Server::start(move |_: &Request| reply()).unwrap();
    let pinned = Folder::with_old();
    let run = pinned.import(&[&url(&server, "/a"), "--sha256", &digest.to_uppercase()]);
    assert_eq!(run.code, Some(0), "{}", run.output);
}

/// The content of `source.toml`.
fn sha256(folder: &Folder) -> String {
    let source = folder.read("spec/source.toml");
    let line = source.lines().find_map(|line| line.strip_prefix("sha256 = \"")).unwrap();
    line.trim_end_matches('"').to_owned()
}

#[test]
fn a_wrong_digest_is_reported_with_the_found_one() {
    let folder = Folder::with_old();
    let (wrong, found) = ("0".repeat(64), sha256(&folder));
    refused(Response::new(200, OLD), &["--sha256", &wrong], 1, &[&wrong, &found, "--sha256"]);
    let before = folder.spec();
    // The digest is checked first: the text is not even a description.
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
    refused(typed, &[], 2, &["web page", "raw file"]);
    refused(Response::new(200, format!("\n {page}")), &[], 2, &["web page", "raw file"]);
    refused(Response::new(200, "paths: ["), &[], 1, &["YAML", "outscale.yaml"]);
    refused(Response::new(200, "just words"), &[], 1, &[]);
    refused(Response::new(200, ""), &[], 1, &[]);
    refused(Response::new(200, [b'#', 0xff, 0xfe]), &[], 2, &["UTF-8", "byte 2 is invalid"]);
    refused(Response::new(200, [0xfe, 0xff, 0, b'#']), &[], 2, &["it looks like UTF-16: save it as UTF-8"]);
    let compressed = Response::new(200, [0x1f, 0x8b]).header("Content-Encoding", "gzip");
    refused(compressed, &[], 2, &["compressed"]);
    // The old contract is kept even if only one property is invalid.
    let wrong = NEW.replace("Weight: {type: string", "Weight: {type: strin");
    refused(Response::new(200, wrong), &[], 1, &["Weight", "strin"]);
}

#[test]
fn fifty_megabytes_are_refused() {
    // The announced length is refused before any byte is read.
    let announced = Reply::Part(Response::new(200, vec![b'#'; 50 * MB]), 0, Then::Wait);
    refused(announced, &["--timeout", PATIENT], 2, &["larger than 20 MB"]);
    let endless = Reply::Endless(Response::new(200, vec![b'#'; MB]));
    refused(endless, &["--timeout", PATIENT], 2, &["larger than 20 MB"]);
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
        refused(Response::new(status, "what the server says of it"), &[], 2, &words);
    }
}

#[test]
fn an_unreachable_host_is_reported() {
    // A port that was just released.
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let from = format!("http://127.0.0.1:{port}/a");
    refused_by(&from, &["--timeout", PATIENT], 2, &["refuses the connection", &from]);
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
        // The version in the text differs: both are recorded, and the report says so.
        let note = format!("release {release} has `info.version` 1.1");
        assert!(run.output.contains(&note), "{}", run.output);
    }
    let paths = ["/mirror/1.43.0/outscale.yaml", "/mirror/v1.43.0/outscale.yaml"];
    refused_by("1.43.0", &["--base-url", &base], 2, &["version 1.43.0 not found", paths[0], paths[1]]);
    // The environment variable does the same; the option takes precedence.
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
    // Only after a 404 is the other spelling of the tag tried.
    let server = Server::start(|_: &Request| Response::new(429, "")).unwrap();
    refused_by("1.41.0", &["--base-url", &url(&server, "")], 2, &["429", "wait some minutes"]);
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
        refused_by(from, &[], 2, &[from, "an existing file", "http:// or https://", "1.41.0"]);
    }
    refused_by("https://me:hidden@localhost/a", &[], 2, &["password"]);
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

/// Only Linux reads the variable that names the trusted certificates.
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
    assert!(plain.requests().is_empty(), "it was asked over plain http");
    for path in ["/a", "/secure"] {
        let run = import(&folder, path, true);
        assert_eq!(run.code, Some(0), "{path}: {}", run.output);
    }
}

#[test]
fn a_proxy_of_the_environment_is_used() {
    // It refuses, which shows that it received the request.
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
fn an_import_that_is_killed_while_it_fetches_changes_nothing() {
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
    let mut command = folder.command(&[&url(&server, "/a"), "--timeout", PATIENT]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    receiver.recv().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(folder.spec() == before);
}

//! Imports from URLs, with loopback servers: a description is imported completely or not at all.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;
use std::sync::mpsc;

use osc_tests::http::{Reply, Request, Response};
use osc_tests::server::Server;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;

use super::folder::{Folder, NEW, OLD};
use super::refusal::{LONG_TIMEOUT, assert_source_refused, url};

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

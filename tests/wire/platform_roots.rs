//! Trusted roots of the platform. On Linux, variables select them, also for a client that ignores the environment.

use std::fs;

use osc_api::types::ReadVmsRequest;
use osc_tests::child;

use crate::wire::tls::{Authority, trusting};

/// The child process: a client of this endpoint. It succeeds if it trusts the server.
fn call(endpoint: String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let client = trusting(endpoint, []).build().expect("a client");
    runtime.block_on(client.read_vms(&ReadVmsRequest::new())).expect("a response");
}

/// Starts the client of a test with these variables. Returns whether it succeeded, and its output.
fn run(test: &str, endpoint: &str, variables: &[(&str, &str)]) -> (bool, String) {
    let output = child::command(&format!("wire::platform_roots::{test}"), endpoint)
        .env_remove("SSL_CERT_DIR")
        .env_remove("SSL_CERT_FILE")
        .envs(variables.iter().copied())
        .output()
        .expect("the client runs");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(text.contains("running 1 test"), "{text}");
    (output.status.success(), text)
}

#[test]
fn variables_for_trusted_certificates_apply_to_a_client_that_ignores_the_environment() {
    if let Some(endpoint) = child::task() {
        return call(endpoint);
    }
    let run = |endpoint: &str, variables: &[(&str, &str)]| {
        let test = "variables_for_trusted_certificates_apply_to_a_client_that_ignores_the_environment";
        run(test, endpoint, variables)
    };
    let (root, other) = (Authority::new("trusted"), Authority::new("another authority"));
    let server = root.server();
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, pem: String| {
        let path = folder.path().join(name);
        fs::write(&path, pem).expect("a file");
        path.to_str().expect("a path in UTF-8").to_owned()
    };
    let (root, other) = (file("root.pem", root.pem()), file("other.pem", other.pem()));
    let (is_trusted, output) = run(&server.endpoint(), &[("SSL_CERT_FILE", &root)]);
    assert!(is_trusted, "{output}");
    let (is_trusted, output) = run(&server.endpoint(), &[("SSL_CERT_FILE", &other)]);
    assert!(!is_trusted && output.contains("not signed by a trusted authority"), "{output}");
    // A missing file is named.
    let (is_trusted, output) = run(&server.endpoint(), &[("SSL_CERT_FILE", "/none/ca.pem")]);
    assert!(!is_trusted && output.contains("SSL_CERT_FILE names /none/ca.pem"), "{output}");
}

/// The values are invalid: they would be errors if they were read.
#[test]
fn other_variables_do_not_apply_to_a_client_that_ignores_the_environment() {
    if let Some(endpoint) = child::task() {
        return call(endpoint);
    }
    let root = Authority::new("trusted");
    let server = root.server();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("root.pem");
    fs::write(&path, root.pem()).expect("a file");
    let (is_trusted, output) = run(
        "other_variables_do_not_apply_to_a_client_that_ignores_the_environment",
        &server.endpoint(),
        &[
            ("SSL_CERT_FILE", path.to_str().expect("a path in UTF-8")),
            ("OSC_PROFILE", "none"),
            ("OSC_CONFIG_FILE", "/none/config.json"),
            ("OSC_ACCESS_KEY", "<key>"),
            ("OSC_REGION", "{region}"),
            ("OSC_X509_CLIENT_CERT", "/none/client.pem"),
            ("OSC_TLS_SKIP_VERIFY", "perhaps"),
            ("HTTPS_PROXY", "http://127.0.0.1:1"),
            ("ALL_PROXY", "://"),
        ],
    );
    assert!(is_trusted, "{output}");
}

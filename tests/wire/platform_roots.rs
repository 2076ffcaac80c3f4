//! Trusted roots of the platform. On Linux, variables select them, also for a client that ignores the environment.

use std::env;
use std::fs;
use std::process::Command;

use osc_api::types::ReadVmsRequest;

use crate::tls::{Authority, trusting};

/// Variable with the server's endpoint for the client process.
const ENDPOINT: &str = "OSC_TEST_ENDPOINT";

/// The client. It succeeds if it trusts the server.
#[tokio::test]
#[ignore = "the other tests of this module run it as a child process"]
async fn the_client_process() {
    let endpoint = env::var(ENDPOINT).expect("the endpoint of a server");
    let client = trusting(endpoint, []).build().expect("a client");
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
}

/// Starts the client with these variables. Returns whether it succeeded, and its output.
fn run(endpoint: &str, variables: &[(&str, &str)]) -> (bool, String) {
    let output = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", "platform_roots::the_client_process", "--ignored", "--nocapture"])
        .env_remove("SSL_CERT_DIR")
        .env_remove("SSL_CERT_FILE")
        .env(ENDPOINT, endpoint)
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
    let root = Authority::new("trusted");
    let server = root.server();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("root.pem");
    fs::write(&path, root.pem()).expect("a file");
    let (is_trusted, output) = run(
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

//! Programs against the fake: the example that runs it, and the one that restricts API access.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use osc_api::testing::FakeApi;
use osc_api::types::ReadApiAccessRulesRequest;
use osc_api::{Client, codes};
use osc_tests::artifacts;
use serde_json::json;

use crate::fake::access_rules::Ca;

/// The running example, ended on drop.
struct Program {
    child: Child,
    environment: Vec<(String, String)>,
}

impl Program {
    /// Runs the example and reads the variables that it prints.
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(artifacts::program("fake_api"))
            .args(arguments)
            .env_clear()
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example runs");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let lines = output.lines().map(|line| line.expect("text")).take(5);
        let variable = |line: String| {
            let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        };
        let environment: Vec<_> = lines.filter_map(variable).collect();
        Self { child, environment }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs a program that must succeed, and returns its output.
fn run(program: &Path, arguments: &[&str], environment: &[(String, String)]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("HOME", folder())
        .envs(environment.iter().cloned())
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fake");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn file(name: &str, text: &str) -> String {
    let path = folder().join(name);
    std::fs::write(&path, text).expect("a file");
    path.to_str().expect("text").to_owned()
}

#[test]
fn the_first_program_and_the_waits_of_the_guide_end_on_the_example() {
    let fake = Program::start(&["--port", "0", "--state"]);
    let environment = &fake.environment;
    assert_eq!(environment.len(), 4, "{environment:?}");
    let read = || run(artifacts::program("read_vms"), &[], environment);
    assert_eq!([read(), read()], ["i-00000002\tpending\n", "i-00000002\trunning\n"]);
    let output = run(artifacts::program("vm_lifecycle"), &[FakeApi::IMAGE_ID], environment);
    let last = output.lines().last().unwrap_or_default();
    assert!(last.ends_with("was deleted"), "{output}");
}

#[test]
fn the_example_serves_published_examples_without_state() {
    let fake = Program::start(&[]);
    assert_eq!(run(artifacts::program("read_vms"), &[], &fake.environment), "i-12345678\trunning\n");
}

/// Runs the example with arguments with which it ends, and returns its exit code and its standard error.
fn ends(arguments: &[&str], output: Stdio) -> (Option<i32>, String) {
    let child = Command::new(artifacts::program("fake_api"))
        .args(arguments)
        .stdout(output)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the example runs");
    let output = child.wait_with_output().expect("it ends");
    (output.status.code(), String::from_utf8(output.stderr).expect("text"))
}

#[test]
fn wrong_usage_of_the_example_is_reported() {
    for (arguments, words) in [
        (&["--port"][..], "--port lacks a value"),
        (&["--port", "many"], "invalid value `many` of --port: must be a number of at most 65535"),
        (&["--port", "65536"], "invalid value `65536` of --port"),
        (&["--rate", "0"], "invalid value `0` of --rate: must be a number from 1 to 4294967295"),
        (&["--colour"], "unknown option `--colour`"),
        (&["--tls", "a.pem"], "--tls lacks a value"),
        (&["--tls", "no-such.pem", "no-such.key"], "cannot read no-such.pem"),
    ] {
        let (code, errors) = ends(arguments, Stdio::piped());
        assert_eq!(code, Some(2), "{errors}");
        assert!(
            errors.contains(&format!("error: {words}")) && errors.contains("usage: fake_api"),
            "{errors}"
        );
    }
}

#[test]
fn a_port_in_use_is_reported() {
    let fake = FakeApi::start().expect("a fake");
    let endpoint = fake.endpoint();
    let address = endpoint.trim_start_matches("http://").trim_end_matches("/api/v1");
    let port = address.rsplit(':').next().expect("a port");
    let (code, errors) = ends(&["--port", port], Stdio::piped());
    assert_eq!(code, Some(1), "{errors}");
    assert!(errors.starts_with(&format!("error: cannot serve on {address}: ")), "{errors}");
}

#[test]
fn the_help_of_the_example_may_be_read_in_part() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    assert_eq!(ends(&["--help"], writer.into()), (Some(0), String::new()));
}

#[tokio::test]
async fn the_example_refuses_requests_that_do_not_fit_if_it_is_strict() {
    for (arguments, is_strict) in [(&[][..], false), (&["--strict"], true)] {
        let fake = Program::start(arguments);
        let variable =
            |name| fake.environment.iter().find(|(found, _)| found == name).expect("it").1.as_str();
        let client = Client::builder()
            .ignore_environment()
            .endpoint(variable("OSC_ENDPOINT_API"))
            .region(variable("OSC_REGION"))
            .access_key(variable("OSC_ACCESS_KEY"), variable("OSC_SECRET_KEY"))
            .build()
            .expect("a client");
        let result = client.send_raw("DeleteVms", &json!({ "VmIds": "i-1" })).await;
        let is_refused = result.is_err_and(|error| error.has_code(codes::INVALID_PARAMETER_TYPE));
        assert_eq!(is_refused, is_strict);
    }
}

/// The fake, its environment with a trusted root and a client certificate, and the authority of clients in a file.
fn restricted(name: &str) -> (FakeApi, Vec<(String, String)>, String) {
    let (servers, clients) = (Ca::new("servers"), Ca::new("clients"));
    let (certificate, key) = servers.issue("fake API");
    let fake =
        FakeApi::builder().enforce_api_access_rules(true).tls(certificate, key).start().expect("a fake");
    let (certificate, key) = clients.issue("build-server");
    let files = [
        ("SSL_CERT_FILE", file(&format!("{name}-root.pem"), &servers.pem())),
        ("OSC_X509_CLIENT_CERT", file(&format!("{name}-client.pem"), &certificate)),
        ("OSC_X509_CLIENT_KEY", file(&format!("{name}-client.key"), &key)),
    ];
    let variables = fake.environment().into_iter().chain(files);
    let environment = variables.map(|(name, value)| (name.to_owned(), value)).collect();
    let authority = file(&format!("{name}-ca.pem"), &clients.pem());
    (fake, environment, authority)
}

#[test]
fn the_default_rules_are_replaced_and_the_certificate_is_required_from_then_on() {
    let (fake, environment, authority) = restricted("replaced");
    let program = artifacts::program("restrict_api_access");
    let output = run(program, &["127.0.0.1", "build-server", &authority, "127.0.0.0/8"], &environment);
    assert!(output.ends_with("2 rules are left\n"), "{output}");
    // The rule for all addresses was deleted: without the certificate, no rule is left for this machine.
    let output = run(artifacts::program("read_vms"), &[], &environment);
    assert_eq!(output, "i-12345678\trunning\n");
    let without: Vec<_> = environment.iter().filter(|(name, _)| !name.contains("X509")).cloned().collect();
    let output = Command::new(artifacts::program("read_vms")).env_clear().envs(without).output();
    let errors = String::from_utf8(output.expect("it runs").stderr).expect("text");
    assert!(errors.contains("code 14"), "{errors}");
    assert!(fake.calls().iter().any(|call| call.action == "DeleteApiAccessRule"));
}

#[test]
fn nothing_is_deleted_if_the_new_rule_would_not_allow_the_caller() {
    for (name, address, common_name) in
        [("address", "203.0.113.7", "build-server"), ("address-invalid", "here", "build-server")]
    {
        let (fake, environment, authority) = restricted(name);
        let output = Command::new(artifacts::program("restrict_api_access"))
            .args([address, common_name, &authority, "127.0.0.0/8"])
            .env_clear()
            .envs(environment)
            .output()
            .expect("it runs");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let changes = ["CreateApiAccessRule", "DeleteApiAccessRule"];
        assert!(fake.calls().iter().all(|call| !changes.contains(&call.action.as_str())), "{output:?}");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let client = fake.client_builder().danger_accept_invalid_certs(true).build().expect("a client");
        let rules = runtime.block_on(client.read_api_access_rules(&ReadApiAccessRulesRequest::new()));
        assert_eq!(rules.expect("the rules").api_access_rules.len(), 2);
    }
}

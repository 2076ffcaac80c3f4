//! Runs the crate's examples as programs against the fake API and checks their output, exit code and requests.

mod access;
mod capacity;
mod keys;
mod listing;
mod metrics;
mod programs;
mod vms;

use std::path::{Path, PathBuf};
use std::process::Command;

use osc_api::serde_json::Value;
use osc_api::testing::FakeApi;
use osc_tests::artifacts;

/// Output and exit code of a program.
#[derive(Debug)]
struct ProgramOutput {
    code: Option<i32>,
    output: String,
    errors: String,
}

impl ProgramOutput {
    fn lines(&self) -> Vec<&str> {
        self.output.lines().collect()
    }

    /// The lines of standard output; the program must have succeeded.
    #[track_caller]
    fn succeeded(&self) -> Vec<&str> {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.lines()
    }

    #[track_caller]
    fn fails_with(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        for word in words {
            assert!(self.errors.contains(word), "{word} is not in {:?}", self.errors);
        }
    }
}

/// Runs an example with an environment that holds only the fake API's settings.
fn run(program: &str, fake: &FakeApi, arguments: &[&str]) -> ProgramOutput {
    let output = Command::new(artifacts::program(program))
        .args(arguments)
        .env_clear()
        .envs(fake.environment())
        .env("HOME", temp_path("home"))
        .output()
        .expect("the example runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    ProgramOutput { code: output.status.code(), output: text(output.stdout), errors: text(output.stderr) }
}

/// A path in a directory that only these tests use.
fn temp_path(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples");
    std::fs::create_dir_all(&directory).expect("a directory");
    directory.join(name)
}

fn start() -> FakeApi {
    FakeApi::start().expect("a fake")
}

/// The names of the called actions, in order.
fn actions(fake: &FakeApi) -> Vec<String> {
    fake.calls().into_iter().map(|call| call.action).collect()
}

/// The request bodies of an action.
fn bodies(fake: &FakeApi, action: &str) -> Vec<Value> {
    fake.calls().into_iter().filter(|call| call.action == action).map(|call| call.body).collect()
}

#[test]
fn wrong_usage_is_reported_and_nothing_is_sent() {
    let fake = start();
    for (program, arguments) in [
        ("list_everything", &["now"][..]),
        ("inventory", &["now"]),
        ("least_policy", &["now"]),
        ("object_storage", &["now"]),
        ("controller", &["file", "1"]),
        ("controller", &["file", "often", "i-1"]),
        ("check_permissions", &["ReadVms={"]),
        ("vm_lifecycle", &[]),
        ("vm_lifecycle", &["ami-1", "ami-2"]),
        ("unattached_volumes", &["--destroy"]),
        ("unattached_volumes", &["--delete", "vol-1"]),
        ("rotate_access_key", &["KEY", "2030-01-01"]),
        ("rotate_access_key", &["KEY", "2030-01-01", "file", "--remove"]),
        ("api_access_rules", &["ca.pem"]),
        ("blocking_script", &["tag"]),
        ("throttling_and_quotas", &["10"]),
        ("throttling_and_quotas", &["much", "eu-west-2a"]),
    ] {
        let output = run(program, &fake, arguments);
        output.fails_with(2, &["usage: ", program]);
        assert_eq!(output.output, "", "{program}");
    }
    assert_eq!(actions(&fake), Vec::<String>::new());
}

#[test]
fn every_example_reports_a_wrong_key() {
    let fake = start();
    for (program, arguments) in [
        ("list_everything", &[][..]),
        ("least_policy", &[]),
        ("vm_lifecycle", &["ami-12345678"]),
        ("unattached_volumes", &["--delete"]),
        ("rotate_access_key", &["OLD", "2030-01-01", "never-written"]),
        ("api_access_rules", &[]),
        ("blocking_script", &["a=b"]),
        ("throttling_and_quotas", &["10", "eu-west-2a"]),
    ] {
        fake.next_any(1, osc_api::testing::Fault::code(osc_api::codes::AUTHENTICATION_FAILED));
        fake.clear_calls();
        let output = run(program, &fake, arguments);
        output.fails_with(1, &["failed with status 401", "request "]);
        assert_eq!(actions(&fake).len(), 1, "{program}: no retry and no further call");
    }
}

//! Runs the command line of this repository as a program. Shared by several test targets.
#![allow(dead_code, reason = "each test target uses a part of this module")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The result of a run.
pub struct Run {
    /// The exit code. `None` if a signal ended the run.
    pub code: Option<i32>,
    /// Standard output, then standard error.
    pub output: String,
}

/// The environment variable that aborts a run after a number of changes to the disk.
pub const ABORT_AFTER: &str = "XTASK_TEST_ABORT_AFTER";

/// The path of the program. Builds it if necessary.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let build = ["build", "--quiet", "--package", "xtask", "--message-format", "json"];
        let output = Command::new(env!("CARGO"))
            .args(build)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        assert!(output.status.success(), "xtask does not build");
        let output = String::from_utf8(output.stdout).unwrap();
        let messages = output.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let mut programs = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
        programs.next_back().expect("cargo reports no program")
    })
}

/// A command that is not yet started.
pub fn command<'a>(arguments: impl IntoIterator<Item = &'a OsStr>) -> Command {
    let mut command = Command::new(program());
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the program with these arguments to its end.
pub fn run<'a>(arguments: impl IntoIterator<Item = &'a OsStr>) -> Run {
    finish(command(arguments))
}

/// Runs a command to its end.
pub fn finish(mut command: Command) -> Run {
    let output = command.output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Run { code: output.status.code(), output: out + &err }
}

//! Runs the command line of this repository as a program.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use osc_tests::artifacts;
use osc_tests::random::sample;

/// The result of a run.
pub struct Run {
    /// The exit code. `None` if a signal ended the run.
    pub code: Option<i32>,
    /// Standard output, then standard error.
    pub output: String,
}

/// The environment variable that aborts a run after a number of changes to the disk.
pub const ABORT_AFTER: &str = "XTASK_TEST_ABORT_AFTER";

/// Step between the changes to the disk after which tests abort a run: all of them in CI, whose samples are larger, and
/// one in three otherwise. Many changes are pairs, such as a new file and its renaming: three meets both of them.
pub fn abort_step() -> usize {
    if sample(1) == 1 { 3 } else { 1 }
}

/// A command that is not yet started.
pub fn command<'a>(arguments: impl IntoIterator<Item = &'a OsStr>) -> Command {
    let mut command = Command::new(artifacts::program("xtask"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the program with these arguments to its end.
pub fn run<'a>(arguments: impl IntoIterator<Item = &'a OsStr>) -> Run {
    finish(command(arguments))
}

/// Runs a command to its end.
pub fn finish(mut command: Command) -> Run {
    let output = artifacts::output(&mut command);
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Run { code: output.status.code(), output: out + &err }
}

//! The quick tests, for the time between two changes.

use crate::{ExitStatus, workspace};

/// The unit tests of all packages, and the tests of the generator that compile nothing.
const TARGETS: &str =
    "--package osc-api --package osc-codegen --package osc-tests --package xtask --lib --test generator";

/// Tests that take long: they compile programs, or run the generator hundreds of times.
const SLOW: [&str; 8] = [
    "diff::complete",
    "diff::laws",
    "diff::semver",
    "hostile",
    "import::reports",
    "misuse",
    "published",
    "the_command_line_fails_without_a_panic_and_writes_nothing",
];

#[derive(Debug, clap::Args)]
pub(crate) struct TestArguments {
    /// Run only the tests with one of these texts in their names, also the slow ones
    filters: Vec<String>,
}

/// Runs the tests.
///
/// # Errors
/// If cargo cannot be started.
pub(crate) fn run(arguments: &TestArguments) -> Result<ExitStatus, String> {
    let mut command = workspace::command("cargo");
    command.current_dir(workspace::root()?).arg("test").args(TARGETS.split(' ')).args(["--quiet", "--"]);
    // The profile of the tests disables it, for builds from nothing.
    command.env("CARGO_INCREMENTAL", "1");
    command.args(&arguments.filters);
    if arguments.filters.is_empty() {
        command.args(SLOW.iter().flat_map(|name| ["--skip", name]));
    }
    let status = command.status().map_err(|error| format!("cannot run cargo: {error}"))?;
    Ok(if status.success() { ExitStatus::Done } else { ExitStatus::Failed })
}

//! Tests with a part that needs a process of its own: the test program starts itself again for that test alone.

#![expect(clippy::expect_used, reason = "without its own program, no test can run in a process of its own")]

use std::env;
use std::process::Command;

/// The variable that the child process finds its task in.
const TASK: &str = "OSC_TESTS_TASK";

/// The task of this process. `None` if it is not a child process.
pub fn task() -> Option<String> {
    env::var(TASK).ok()
}

/// A command that runs one test of this program, by its full name, with a task.
pub fn command(test: &str, task: &str) -> Command {
    let mut command = Command::new(env::current_exe().expect("the path of this program"));
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(TASK, task);
    command
}

//! All checks of the repository, as CI runs them.
//!
//! A check runs programs, and each of its commands is printed. A check whose program is not installed is skipped with a
//! line that says so; the list of results has it again.

mod checks;
mod package;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::terminal::print;
use crate::{ExitStatus, workspace};

use checks::CHECKS;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The checks to run; all of them if none is named
    checks: Vec<String>,
    /// A check that is not run; may be repeated
    #[arg(long, value_name = "CHECK")]
    skip: Vec<String>,
    /// List the checks
    #[arg(long)]
    list: bool,
    /// Fail instead of skipping a check whose program is not installed
    #[arg(long)]
    complete: bool,
}

/// A check of the repository.
struct Check {
    name: &'static str,
    /// What it checks, in a few words.
    summary: &'static str,
    run: fn(&Runner<'_>) -> Result<CheckResult, String>,
}

/// The result of a check that could be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
enum CheckResult {
    Passed,
    /// With the reason.
    Failed(String),
    /// With the missing program and how to install it.
    Skipped(String),
}

/// Runs the programs of a check in the workspace.
struct Runner<'a> {
    root: &'a Path,
}

/// Runs the checks that the arguments select, and prints a line for each at the end.
///
/// # Errors
/// If there is no such check, or a program cannot be started.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitStatus, String> {
    let Arguments { checks, skip, list, complete } = arguments;
    if let Some(unknown) =
        checks.iter().chain(skip).find(|name| CHECKS.iter().all(|check| check.name != **name))
    {
        return Err(format!("there is no check `{unknown}`: `cargo xtask ci --list` prints their names"));
    }
    let is_selected = |name: &str| {
        let contains = |names: &[String]| names.iter().any(|other| other == name);
        (checks.is_empty() || contains(checks)) && !contains(skip)
    };
    let selected = CHECKS.iter().filter(|check| is_selected(check.name));
    if *list {
        selected.for_each(|check| print(&format!("{:<14} {}\n", check.name, check.summary)));
        return Ok(ExitStatus::Done);
    }
    let runner = Runner { root: workspace::root()? };
    let mut lines = String::new();
    let mut status = ExitStatus::Done;
    for check in selected {
        print(&format!("\n== {}: {}\n", check.name, check.summary));
        let start = Instant::now();
        let result = match (check.run)(&runner)? {
            CheckResult::Skipped(reason) if *complete => CheckResult::Failed(reason),
            result => result,
        };
        let line = result.line(check.name, start.elapsed().as_secs());
        if result != CheckResult::Passed {
            print(&line);
        }
        if matches!(result, CheckResult::Failed(_)) {
            status = ExitStatus::Failed;
        }
        lines += &line;
    }
    print(&format!("\n== results\n{lines}"));
    Ok(status)
}

impl CheckResult {
    fn line(&self, name: &str, seconds: u64) -> String {
        match self {
            Self::Passed => format!("passed   {name} ({seconds} s)\n"),
            Self::Failed(reason) => format!("failed   {name} ({seconds} s): {reason}\n"),
            Self::Skipped(reason) => format!("skipped  {name}: {reason}\n"),
        }
    }
}

impl Runner<'_> {
    /// Runs commands in order until one fails. A command is one line; the words are separated by spaces.
    fn commands(&self, lines: &[&str]) -> Result<CheckResult, String> {
        for line in lines {
            print(&format!("$ {line}\n"));
            let status = self.command(line)?.status().map_err(|error| cannot_run(line, &error))?;
            if !status.success() {
                return Ok(CheckResult::Failed(format!("`{line}` failed")));
            }
        }
        Ok(CheckResult::Passed)
    }

    /// Runs commands of a program that may be missing: `program` is a command that succeeds if it is installed.
    fn commands_of(&self, program: &str, install: &str, lines: &[&str]) -> Result<CheckResult, String> {
        if self.is_installed(program)? {
            return self.commands(lines);
        }
        Ok(CheckResult::Skipped(format!("`{program}` fails: `{install}` installs the program")))
    }

    /// The standard output of a command. `None` if it fails or is not installed.
    fn output(&self, line: &str) -> Result<Option<String>, String> {
        match self.command(line)?.stdin(Stdio::null()).stderr(Stdio::null()).output() {
            Ok(output) if output.status.success() => {
                Ok(Some(String::from_utf8_lossy(&output.stdout).into_owned()))
            }
            _ => Ok(None),
        }
    }

    fn is_installed(&self, line: &str) -> Result<bool, String> {
        Ok(self.output(line)?.is_some())
    }

    /// A command whose leading words `NAME=VALUE` are environment variables.
    fn command(&self, line: &str) -> Result<Command, String> {
        let mut words = line.split(' ').peekable();
        let mut variables = Vec::new();
        while let Some(variable) = words.peek().and_then(|word| word.split_once('=')) {
            variables.push(variable);
            words.next();
        }
        let program = words.next().ok_or_else(|| format!("`{line}` names no program"))?;
        let mut command = workspace::command(program);
        command.args(words).envs(variables).current_dir(self.root).env("CARGO_TERM_COLOR", "never");
        Ok(command)
    }
}

fn cannot_run(line: &str, error: &std::io::Error) -> String {
    format!("cannot run `{line}`: {error}")
}

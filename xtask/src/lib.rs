//! The command line of this repository: the only writer of generated files.
//!
//! A library, so that its unit tests and the program share one build.

#![warn(clippy::allow_attributes, missing_debug_implementations, unreachable_pub)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod bump;
mod check;
mod ci;
mod diff;
mod docs;
mod fast_test;
mod files;
mod import;
mod inputs;
mod problems;
mod prose;
mod regen;
mod revision;
mod sha256;
mod spec_source;
mod terminal;
mod workspace;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

/// Generates the crate osc-api and maintains the description that it is generated from.
///
/// Exit codes: 0 done, 1 a check failed or a description has errors, 2 wrong use or unreadable input.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, arg_required_else_help = true)]
enum Command {
    /// Write osc-api/src/generated/ from spec/
    Regen(regen::RegenArguments),
    /// Move to another version of the description: import, regenerate, and list what is left to do
    Bump(import::ImportArguments),
    /// Import, compare and check descriptions
    #[command(subcommand)]
    Spec(Spec),
    /// Maintain the documentation texts
    #[command(subcommand)]
    Docs(docs::Docs),
    /// Run all checks of CI
    Ci(ci::Arguments),
    /// Run the quick tests: the unit tests and the golden files, with incremental compilation
    Test(fast_test::TestArguments),
    /// Print the completion script of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Subcommand)]
enum Spec {
    /// Import a published description: write the contract, source.toml and prose.lock into spec/
    Import(import::ImportArguments),
    /// Report the changes for callers between two descriptions, and the version bump that they require
    Diff(diff::DiffArguments),
    /// List the problems of a description
    Check(check::CheckArguments),
}

/// The result of a command that could be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ExitStatus {
    /// Done, or nothing to do: exit code 0.
    Done,
    /// The check failed or the description has errors: exit code 1.
    Failed,
}

/// Runs the command that the arguments of the process name.
pub fn main() -> ExitCode {
    let command = Command::parse();
    if command.is_download() && cfg!(not(feature = "download")) {
        return run_with_downloads();
    }
    let result = match command {
        Command::Regen(arguments) => regen::run(&arguments),
        Command::Bump(arguments) => bump::run(&arguments),
        Command::Spec(Spec::Import(arguments)) => import::run(&arguments),
        Command::Spec(Spec::Diff(arguments)) => diff::run(&arguments),
        Command::Spec(Spec::Check(arguments)) => check::run(&arguments),
        Command::Docs(command) => docs::run(&command),
        Command::Ci(arguments) => ci::run(&arguments),
        Command::Test(arguments) => fast_test::run(&arguments),
        Command::Completions { shell } => completions(shell),
    };
    let result = match terminal::output_error() {
        Some(error) => Err(error.to_owned()),
        None => result,
    };
    match result {
        Ok(ExitStatus::Done) => ExitCode::SUCCESS,
        Ok(ExitStatus::Failed) => ExitCode::from(1),
        // Wrong use, or a file that cannot be read or written.
        Err(reason) => {
            terminal::warn(&format!("error: {reason}\n"));
            ExitCode::from(2)
        }
    }
}

impl Command {
    /// Whether the command downloads a description.
    fn is_download(&self) -> bool {
        match self {
            Self::Bump(arguments) => arguments.is_download() && bump::needs_import(arguments),
            Self::Spec(Spec::Import(arguments)) => arguments.is_download(),
            _ => false,
        }
    }
}

/// Runs the same command in a program that was built with the feature `download`. Without it, the other commands build
/// in half the time: they need no HTTP client and no TLS library.
fn run_with_downloads() -> ExitCode {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = workspace::command(cargo);
    command.args(["run", "--package", "xtask", "--features", "download"]);
    // Windows does not replace the file of a running program.
    if cfg!(windows)
        && let Ok(program) = std::env::current_exe()
    {
        command.arg("--target-dir").arg(program.with_file_name("download"));
    }
    match command.arg("--").args(std::env::args_os().skip(1)).status().map(|status| status.code()) {
        Ok(Some(0)) => ExitCode::SUCCESS,
        Ok(Some(1)) => ExitCode::from(1),
        // Cargo, which has exit codes of its own, or the program reported the reason.
        Ok(_) => ExitCode::from(2),
        Err(error) => {
            terminal::warn(&format!("error: cannot run cargo: {error}\n"));
            ExitCode::from(2)
        }
    }
}

fn completions(shell: clap_complete::Shell) -> Result<ExitStatus, String> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Command::command(), "xtask", &mut script);
    terminal::print_script(&String::from_utf8_lossy(&script));
    Ok(ExitStatus::Done)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Command::command().debug_assert();
    }

    #[test]
    fn a_bump_downloads_unless_its_version_is_imported() {
        let source =
            spec_source::SpecSource::read(&workspace::root().unwrap().join("spec")).unwrap().unwrap();
        let imported = source.label();
        let is_download = |words: &[&str]| {
            Command::try_parse_from([&["cargo xtask"], words].concat()).ok().unwrap().is_download()
        };
        assert!(!is_download(&["bump", imported]));
        assert!(!is_download(&["bump", &format!("v{imported}")]));
        assert!(!is_download(&["bump", imported, "--sha256", &source.sha256]));
        assert!(is_download(&["bump", imported, "--sha256", &"0".repeat(64)]));
        assert!(is_download(&["bump", "999.0.0"]));
        // Refused by the command itself.
        assert!(!is_download(&["bump", "999.0.0", "--dry-run"]));
        // An import replaces the description even with itself.
        assert!(is_download(&["spec", "import", imported]));
    }
}

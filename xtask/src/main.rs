//! The command line of this repository: the only writer of generated files.

mod check;
mod diff;
mod docs;
mod import;
mod prose;
mod regen;
mod report;
mod sha256;
mod spec_source;
mod sync;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;

/// Reading and printing are made of small allocations: this allocator saves a third of the time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Generates the crate `osc-api` and looks after the description that it comes from.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
enum Command {
    /// Writes osc-api/src/generated/ from spec/
    Regen(regen::Arguments),
    /// Works on descriptions
    #[command(subcommand)]
    Spec(Spec),
    /// Looks after the documentation
    #[command(subcommand)]
    Docs(docs::Docs),
}

#[derive(Subcommand)]
enum Spec {
    /// Takes over a published description: writes the contract, source.toml and prose.lock into spec/
    Import(import::Arguments),
    /// Tells what changes for callers from one description to another, and the version that it asks for
    Diff(diff::Arguments),
    /// Lists everything that is wrong with a description
    Check {
        /// A published description or a contract, as YAML
        file: PathBuf,
        /// How problems are printed
        #[arg(long, value_enum, default_value_t)]
        format: report::Format,
    },
}

/// What a command can end with, when it could be carried out at all.
enum End {
    /// Done, or nothing to do: exit code 0.
    Done,
    /// The check failed or the description has errors: exit code 1.
    Failed,
}

fn main() -> ExitCode {
    let end = match Command::parse() {
        Command::Docs(command) => docs::run(&command),
        Command::Regen(arguments) => regen::run(&arguments),
        Command::Spec(Spec::Import(arguments)) => import::run(&arguments),
        Command::Spec(Spec::Diff(arguments)) => diff::run(&arguments),
        Command::Spec(Spec::Check { file, format }) => check::run(&file, format),
    };
    match end {
        Ok(End::Done) => ExitCode::SUCCESS,
        Ok(End::Failed) => ExitCode::from(1),
        // Wrong use, or a file that cannot be read or written.
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::from(2)
        }
    }
}

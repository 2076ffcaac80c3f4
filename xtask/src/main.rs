//! The command line of this repository: the only writer of generated files.

mod check;
mod files;
mod import;
mod regen;
mod report;

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
}

#[derive(Subcommand)]
enum Spec {
    /// Takes over a published description: writes the contract, source.toml and prose.lock into spec/
    Import {
        /// The published description, as YAML
        file: PathBuf,
        /// A folder other than spec/
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Lists everything that is wrong with a description
    Check {
        /// A published description or a contract, as YAML
        file: PathBuf,
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
        Command::Regen(arguments) => regen::run(&arguments),
        Command::Spec(Spec::Import { file, out }) => import::run(&file, out.as_deref()),
        Command::Spec(Spec::Check { file }) => check::run(&file),
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

//! `spec check`: lists the problems of a description.

use std::path::PathBuf;

use clap::Args;

use crate::inputs::{InputFiles, Inputs};
use crate::problems::{ProblemFormat, Problems};
use crate::{ExitStatus, terminal};

#[derive(Args)]
pub(crate) struct CheckArguments {
    /// A published description or a contract, as YAML
    file: PathBuf,
    #[command(flatten)]
    files: InputFiles,
    /// How problems are printed
    #[arg(long, value_enum, default_value_t)]
    format: ProblemFormat,
}

/// Reads and lowers a description and prints its problems.
///
/// # Errors
/// If a file cannot be read.
pub(crate) fn run(CheckArguments { file, files, format }: &CheckArguments) -> Result<ExitStatus, String> {
    let inputs = Inputs::of_file(file, files)?;
    let problems = Problems { inputs: &inputs, is_strict: false, format: *format };
    match osc_codegen::model(&inputs.input(false), &mut |_| {}) {
        Ok((api, warnings)) => {
            problems.show(&warnings);
            let actions = api.action_count();
            let file = inputs.description.path.display();
            terminal::print(&format!("{file}: API {}, {actions} actions, no errors\n", api.version));
            Ok(ExitStatus::Done)
        }
        Err(found) => {
            problems.show(&found);
            Ok(ExitStatus::Failed)
        }
    }
}

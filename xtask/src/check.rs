//! `spec check`: the diagnostics alone.

use std::path::Path;

use osc_codegen::Input;

use crate::{End, files, report};

/// Reads and lowers a description with our overlay, and lists what is wrong.
///
/// # Errors
/// What could not be read.
pub(crate) fn run(file: &Path) -> Result<End, String> {
    let description = files::read(file)?;
    let root = files::root();
    let overlay = files::read_if_there(&root.join("spec/overlay.yaml"))?;
    let docs = files::read_if_there(&root.join("spec/docs.yaml"))?;
    let input = Input {
        description: &description,
        overlay: overlay.as_deref(),
        docs: docs.as_deref(),
        strict: false,
    };
    let name = file.display().to_string();
    match osc_codegen::model(&input, &mut |_| {}) {
        Ok((api, warnings)) => {
            report::problems(&warnings, &name, false);
            let actions: usize = api.modules.iter().map(|module| module.actions.len()).sum();
            println!("{name}: API {}, {actions} actions, no errors", api.version);
            Ok(End::Done)
        }
        Err(problems) => {
            report::problems(&problems, &name, false);
            Ok(End::Failed)
        }
    }
}

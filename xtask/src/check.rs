//! `spec check`: the diagnostics alone.

use std::path::Path;

use osc_codegen::Input;

use crate::report::{Format, Report};
use crate::{End, sync};

/// Reads and lowers a description with our overlay, and lists what is wrong.
///
/// # Errors
/// What could not be read.
pub(crate) fn run(file: &Path, format: Format) -> Result<End, String> {
    let description = sync::read(file)?;
    let root = sync::root();
    let overlay = sync::read_if_there(&root.join("spec/overlay.yaml"))?;
    let docs = sync::read_if_there(&root.join("spec/docs.yaml"))?;
    let input = Input {
        description: &description,
        overlay: overlay.as_deref(),
        docs: docs.as_deref(),
        errors: None,
        strict: false,
    };
    let report = Report { description: file, overlay: None, docs: None, strict: false, format };
    match osc_codegen::model(&input, &mut |_| {}) {
        Ok((api, warnings)) => {
            report.show(&warnings);
            let actions = api.action_count();
            println!("{}: API {}, {actions} actions, no errors", file.display(), api.version);
            Ok(End::Done)
        }
        Err(problems) => {
            report.show(&problems);
            Ok(End::Failed)
        }
    }
}

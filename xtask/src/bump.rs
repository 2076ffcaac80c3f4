//! `bump`: moves to another version of the description, and stops where a person is needed. A second run continues.

use crate::docs::{self, Pending};
use crate::{ExitStatus, import, regen, terminal};

/// Imports the description unless that was done, regenerates, and lists the remaining work for a person.
///
/// # Errors
/// If a file or URL cannot be read, or a file cannot be written.
pub(crate) fn run(import: &import::ImportArguments) -> Result<ExitStatus, String> {
    import.check_for_bump()?;
    if let Some(source) = import::imported(import)? {
        let (name, location) = (&import.from, source.location);
        terminal::print(&format!("1. Import: {name} is already imported, from {location}.\n"));
    } else {
        if import::run(import)? == ExitStatus::Failed {
            return Ok(stop(
                "correct the errors above, those of the description in spec/overlay.yaml; nothing was imported",
            ));
        }
        terminal::print("\n1. Import: done. The whole report is in target/import/report.md.\n");
    }
    if regen::run(&regen::RegenArguments::default())? == ExitStatus::Failed {
        return Ok(stop(
            "correct the errors above: remove texts without effect (`cargo xtask docs prune`) and overlay actions without \
             effect, adapt the others",
        ));
    }
    terminal::print("2. Regenerate: done, with the lists that tests run over.\n");
    let inputs = docs::committed(None)?;
    let Some(pending) = Pending::collect(&inputs)? else { return Ok(ExitStatus::Failed) };
    if !pending.missing.is_empty() {
        pending.missing.iter().for_each(|item| terminal::print(&format!("no text: {item}\n")));
        return Ok(stop(&format!("write the {} texts above in spec/docs.yaml", pending.missing.len())));
    }
    let unreviewed = pending.unreviewed_count();
    if unreviewed > 0 {
        return Ok(stop(&format!(
            "compare {unreviewed} texts with the published ones (`cargo xtask docs compare`), then `cargo xtask docs \
             reviewed NAME…` (or `--all`)"
        )));
    }
    terminal::print(
        "3. Texts: complete and reviewed.\n\
         Next, by hand: work through the values in the report; paste its changelog entry into CHANGELOG.md; `bash .ci/run`;\n\
         commit the import, the overlay and texts, and the generated files, each on its own.\n",
    );
    Ok(ExitStatus::Done)
}

/// Whether a bump to a version imports it, as far as can be seen without a download. Errors are those of [`run`].
pub(crate) fn needs_import(import: &import::ImportArguments) -> bool {
    import.check_for_bump().is_ok() && !import::is_version_imported(import).unwrap_or(true)
}

/// Prints the work that a person must do before the command can continue.
fn stop(next: &str) -> ExitStatus {
    terminal::print(&format!("\nNEXT: {next}; then run the same command again.\n"));
    ExitStatus::Failed
}

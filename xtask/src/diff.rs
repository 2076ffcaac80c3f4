//! `spec diff`: what changes for callers from one description to another.

mod revision;

use std::io::{ErrorKind, Write};
use std::path::Path;

use clap::{Args, ValueEnum};
use osc_codegen::ir::Api;
use osc_codegen::{Diagnostic, Diff, Impact, Input, Severity};

use crate::report::Report;
use crate::{End, report, sync};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The old description, published or contract: a file, or REV:PATH of git
    old: String,
    /// The new description
    new: String,
    /// How the report is written
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Exit with 1 if there is a change of this class, or of a more important one
    #[arg(long, value_enum, value_name = "CLASS")]
    fail_on: Option<FailOn>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// For a pull request
    Markdown,
    /// For machines
    Json,
    /// For a workflow of GitHub: as text, and problems of the descriptions as annotations
    Github,
}

#[derive(Clone, Copy, ValueEnum)]
enum FailOn {
    Breaking,
    Additive,
}

/// Compares two descriptions, each with the overlay of the repository, and prints the report.
///
/// # Errors
/// What could not be read.
pub(crate) fn run(arguments: &Arguments) -> Result<End, String> {
    let Arguments { old, new, format, fail_on } = arguments;
    let overlay = sync::read_if_there(&sync::root().join("spec/overlay.yaml"))?;
    // Both are read before the first is told about: all problems in one run.
    let (old_text, new_text) = (revision::read(old), revision::read(new));
    let (old_text, new_text) = match (old_text, new_text) {
        (Ok(old), Ok(new)) => (old, new),
        (old, new) => {
            let reasons: Vec<String> = [old.err(), new.err()].into_iter().flatten().collect();
            return Err(reasons.join("\nerror: "));
        }
    };
    let (old, new) = (
        model(old, &old_text, overlay.as_deref(), *format),
        model(new, &new_text, overlay.as_deref(), *format),
    );
    let (Some(old), Some(new)) = (old, new) else { return Ok(End::Failed) };
    let diff = Diff::between(&old, &new);
    let current = crate_version()?;
    let current = current.as_deref();
    print(&match format {
        Format::Text | Format::Github => diff.text(current),
        Format::Markdown => diff.markdown(current),
        Format::Json => diff.json(current),
    })?;
    let least = fail_on.map(|class| match class {
        FailOn::Breaking => Impact::Breaking,
        FailOn::Additive => Impact::Additive,
    });
    let is_failed = least.zip(diff.impact()).is_some_and(|(least, class)| class <= least);
    Ok(if is_failed { End::Failed } else { End::Done })
}

/// The model of a description. Its errors are shown; what of the overlay has no effect on it is one remark.
fn model(name: &str, published: &str, overlay: Option<&str>, format: Format) -> Option<Api> {
    let format = match format {
        Format::Github => report::Format::Github,
        Format::Text | Format::Markdown | Format::Json => report::Format::Text,
    };
    let report = Report { description: Path::new(name), overlay: None, docs: None, strict: false, format };
    // What is generated comes from the contract, where everything has its order.
    let refuse = |mut problems: Vec<Diagnostic>| {
        problems.retain(|problem| problem.severity == Severity::Error);
        report.show(&problems);
    };
    let contract = osc_codegen::strip_prose(published).map_err(refuse).ok()?;
    let description = contract.yaml.as_str();
    let input = Input { description, overlay, docs: None, errors: None, strict: false };
    match osc_codegen::model(&input, &mut |_| {}) {
        Ok((api, problems)) => {
            let stale = problems.iter().filter(|problem| problem.severity == Severity::Stale).count();
            if stale > 0 {
                eprintln!(
                    "note: {stale} rows of ours, most of them of the overlay, have no effect on {name}"
                );
            }
            Some(api)
        }
        Err(problems) => {
            // They are shown where the given file has them, which the contract is made of.
            let given = Input { description: published, ..input };
            refuse(osc_codegen::relocate(&given, problems));
            None
        }
    }
}

/// The version that all crates of the workspace have.
///
/// # Errors
/// When the manifest cannot be read: it is there wherever this program is built.
fn crate_version() -> Result<Option<String>, String> {
    let path = sync::root().join("Cargo.toml");
    let manifest: toml::Table =
        sync::read(&path)?.parse().map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let version = manifest.get("workspace").and_then(|workspace| workspace.get("package")?.get("version"));
    Ok(version.and_then(toml::Value::as_str).map(str::to_owned))
}

/// Prints the report. Whoever reads it may have seen enough before its end.
fn print(report: &str) -> Result<(), String> {
    match std::io::stdout().write_all(report.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(format!("cannot write the report: {error}"))
        }
        _ => Ok(()),
    }
}

//! `spec diff`: the changes for callers between two descriptions.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use osc_codegen::ir::Api;
use osc_codegen::{Diagnostic, Diff, Impact, Severity, Source};

use crate::inputs::{self, CONTRACT, InputFiles, Inputs, TextFile};
use crate::problems::{ProblemFormat, Problems};
use crate::revision::{Comparison, Revision};
use crate::{ExitStatus, terminal, workspace};

#[derive(Args)]
pub(crate) struct DiffArguments {
    /// The old description: a file, a folder such as spec/, REV:PATH of git, or REV: for its whole spec/
    old: String,
    /// The new description
    new: String,
    #[command(flatten)]
    files: InputFiles,
    /// The format of the report
    #[arg(long, value_enum, default_value = "text")]
    format: DiffFormat,
    /// Exit with 1 if there is a change of this impact or a greater one
    #[arg(long, value_enum, value_name = "IMPACT")]
    fail_on: Option<FailOn>,
}

#[derive(Clone, Copy, ValueEnum)]
enum DiffFormat {
    /// For a terminal
    Text,
    /// For a pull request
    Markdown,
    /// For programs
    Json,
    /// For a GitHub workflow: the report as text, problems as annotations
    Github,
}

#[derive(Clone, Copy, ValueEnum)]
enum FailOn {
    Breaking,
    Additive,
}

/// Compares two descriptions, each with its own overlay and error codes, and prints the report.
///
/// # Errors
/// If a file cannot be read.
pub(crate) fn run(
    DiffArguments { old, new, files, format, fail_on }: &DiffArguments,
) -> Result<ExitStatus, String> {
    // Both are read before any error is returned: all problems in one run.
    let (old, new) = match (read(old, files), read(new, files)) {
        (Ok(old), Ok(new)) => (old, new),
        (old, new) => {
            let reasons: Vec<String> = [old.err(), new.err()].into_iter().flatten().collect();
            return Err(reasons.join("\nerror: "));
        }
    };
    let problem_format = match format {
        DiffFormat::Github => ProblemFormat::Github,
        DiffFormat::Text | DiffFormat::Markdown | DiffFormat::Json => ProblemFormat::Text,
    };
    let (Some(old), Some(new)) = (model(&old, problem_format), model(&new, problem_format)) else {
        return Ok(ExitStatus::Failed);
    };
    let diff = Diff::between(&old, &new);
    let current = workspace::root().ok().map(workspace::crate_version).transpose()?.flatten();
    let current = current.as_deref();
    match format {
        DiffFormat::Text | DiffFormat::Github => terminal::print(&diff.text(current)),
        DiffFormat::Markdown => terminal::print(&diff.markdown(current)),
        DiffFormat::Json => terminal::print_json(&diff.json(current)),
    }
    let minimum = fail_on.map(|impact| match impact {
        FailOn::Breaking => Impact::Breaking,
        FailOn::Additive => Impact::Additive,
    });
    let is_failed = minimum.zip(diff.impact()).is_some_and(|(minimum, impact)| impact <= minimum);
    Ok(if is_failed { ExitStatus::Failed } else { ExitStatus::Done })
}

/// Starts to compare `spec/` with that of HEAD, for [`against_head`].
pub(crate) fn compare_with_head(root: &Path) -> Comparison {
    Comparison::start(root, "HEAD", "spec")
}

/// The verdict on `spec/` against that of HEAD: what a commit of it changes for callers. `None` if there is nothing to
/// compare with.
pub(crate) fn against_head(root: &Path, head: Comparison, new: &Api) -> Option<String> {
    if !head.finds_changes() {
        return Some("no change for callers: spec/ is the same as in HEAD".to_owned());
    }
    let revision = Revision::resolve(root, "HEAD", "HEAD:").ok()?;
    let old = read_revision(&revision, "HEAD", &format!("./spec/{CONTRACT}"), &InputFiles::default()).ok()?;
    let (old, _) = osc_codegen::model(&old.input(false), &mut |_| {}).ok()?;
    let diff = Diff::between(&old, new);
    let current = workspace::crate_version(root).ok().flatten();
    Some(format!("against HEAD: {}; {}", diff.counts(), diff.bump(current.as_deref())))
}

/// Reads one side: a file, a folder, or a revision.
fn read(name: &str, given: &InputFiles) -> Result<Inputs, String> {
    let path = Path::new(name);
    match name.split_once(':') {
        // The name of a file may contain a colon.
        Some((revision_name, inside)) if !path.exists() => {
            if revision_name.is_empty() {
                return Err(format!(
                    "cannot read {name}: it is neither a file nor `REV:PATH` with a revision of git"
                ));
            }
            let revision = Revision::resolve(Path::new("."), revision_name, name)?;
            let whole = format!("spec/{CONTRACT}");
            let inside = if inside.is_empty() { whole.as_str() } else { inside };
            read_revision(&revision, revision_name, inside, given)
        }
        _ => Inputs::of_file(path, given),
    }
}

fn read_revision(
    revision: &Revision,
    revision_name: &str,
    path: &str,
    given: &InputFiles,
) -> Result<Inputs, String> {
    let shown = |path: &str| PathBuf::from(format!("{revision_name}:{path}"));
    let description = TextFile { text: revision.read(path)?, path: shown(path) };
    let folder = inputs::own_folder(Path::new(path)).map(|folder| folder.to_string_lossy().into_owned());
    Inputs::read_with(description, given, &|name| {
        let Some(folder) = &folder else { return Ok(None) };
        let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        Ok(revision.read_if_exists(&path)?.map(|text| TextFile { path: shown(&path), text }))
    })
}

/// The model of a description. Prints its errors, and the entries without effect.
fn model(inputs: &Inputs, format: ProblemFormat) -> Option<Api> {
    let refuse = |mut problems: Vec<Diagnostic>| {
        problems.retain(|problem| problem.severity == Severity::Error);
        Problems { inputs, is_strict: false, format }.show(&problems);
    };
    // The crate is generated from the contract, which sorts everything.
    let contract = osc_codegen::strip_prose(&inputs.description.text).map_err(refuse).ok()?;
    let mut of_contract = inputs.with_description(&inputs.description.path, &contract.yaml);
    // Texts are not compared.
    of_contract.docs = None;
    match osc_codegen::model(&of_contract.input(false), &mut |_| {}) {
        Ok((api, problems)) => {
            note_stale(&of_contract, &problems, format);
            Some(api)
        }
        Err(problems) => {
            // Reported where the given file has them.
            refuse(osc_codegen::relocate(&inputs.input(false), problems));
            None
        }
    }
}

/// Prints the entries without effect, such as corrections of what an older description does not have yet.
fn note_stale(inputs: &Inputs, problems: &[Diagnostic], format: ProblemFormat) {
    // Of the files next to the description: the tables of the generator are for the committed one.
    let is_stale = |problem: &&Diagnostic| {
        problem.severity == Severity::Stale
            && !matches!(problem.source, Source::Description | Source::Generator)
    };
    let shown = Problems { inputs, is_strict: false, format };
    let lines: Vec<String> =
        problems.iter().filter(is_stale).map(|problem| format!("  {}\n", shown.line(problem))).collect();
    let name = inputs.description.path.display();
    match lines.len() {
        0 => {}
        1 => terminal::warn(&format!("note: 1 entry has no effect on {name}:\n{}", lines.concat())),
        count => {
            terminal::warn(&format!("note: {count} entries have no effect on {name}:\n{}", lines.concat()))
        }
    }
}

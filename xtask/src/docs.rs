//! `docs`: the state of our documentation texts, and the documentation as Markdown.

mod compare;
mod links;
mod prune;

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use osc_codegen::{Severity, Source};

use crate::inputs::{CONTRACT, InputFiles, Inputs};
use crate::problems::{ProblemFormat, Problems};
use crate::prose::{Item, Prose};
use crate::{ExitStatus, files, terminal, workspace};

pub(crate) use links::report_broken as report_broken_links;

#[derive(Subcommand)]
pub(crate) enum Docs {
    /// List items without a text in spec/docs.yaml, unused texts, and texts to review
    Missing(Missing),
    /// Mark texts as reviewed: they match the published ones that changed
    Reviewed(Reviewed),
    /// Show published texts and ours next to each other
    Compare(compare::Compare),
    /// Remove the texts that nothing uses from spec/docs.yaml
    Prune,
    /// Write the documentation as Markdown, one file per tag
    Export(Export),
}

#[derive(Args)]
pub(crate) struct Missing {
    /// Read texts from another file than spec/docs.yaml
    #[arg(long, value_name = "FILE")]
    docs: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Reviewed {
    /// The reviewed items, such as ReadVms or Vm.BootMode
    #[arg(value_name = "NAME", required_unless_present = "all")]
    names: Vec<String>,
    /// Everything is reviewed
    #[arg(long, conflicts_with = "names")]
    all: bool,
    /// Write to another file than spec/prose.lock
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Export {
    /// The folder to write to. Defaults to target/api-docs in the workspace
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Runs one of the commands.
///
/// # Errors
/// If a file cannot be read or written.
pub(crate) fn run(command: &Docs) -> Result<ExitStatus, String> {
    match command {
        Docs::Missing(arguments) => missing(arguments),
        Docs::Reviewed(arguments) => reviewed(arguments),
        Docs::Compare(arguments) => compare::run(arguments),
        Docs::Prune => prune::run(),
        Docs::Export(arguments) => export(arguments),
    }
}

/// The remaining work on the texts.
pub(crate) struct Pending {
    /// Items without a text, such as `fields/Vm.State`.
    pub(crate) missing: Vec<String>,
    /// The number of texts that nothing needs.
    pub(crate) unused: usize,
    /// The items to review, by the version that changed their published text.
    pub(crate) unreviewed: BTreeMap<String, Vec<String>>,
}

impl Pending {
    /// The state of some inputs, whose unused texts are printed. `None` if the inputs have errors, which are printed.
    ///
    /// # Errors
    /// If `spec/prose.lock` cannot be read.
    pub(crate) fn collect(inputs: &Inputs) -> Result<Option<Self>, String> {
        let printer = Problems { inputs, is_strict: true, format: ProblemFormat::Text };
        let (missing, problems) = match osc_codegen::undocumented(&inputs.input(false)) {
            Ok(found) => found,
            Err(problems) => {
                printer.show(&problems);
                return Ok(None);
            }
        };
        let is_unused =
            |source: Source, severity: Severity| source == Source::Docs && severity == Severity::Stale;
        let unused: Vec<_> =
            problems.into_iter().filter(|problem| is_unused(problem.source, problem.severity)).collect();
        printer.show(&unused);
        let prose = Prose::read(&workspace::root()?.join("spec/prose.lock"))?;
        let mut unreviewed: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (item, version) in prose.marked() {
            unreviewed.entry(version.to_owned()).or_default().push(item.name().to_owned());
        }
        Ok(Some(Self { missing, unused: unused.len(), unreviewed }))
    }

    /// The number of items to review.
    pub(crate) fn unreviewed_count(&self) -> usize {
        self.unreviewed.values().map(Vec::len).sum()
    }
}

/// The description of the workspace with its files.
///
/// # Errors
/// If a file cannot be read.
pub(crate) fn committed(docs: Option<PathBuf>) -> Result<Inputs, String> {
    let given = InputFiles { docs, ..InputFiles::default() };
    Inputs::of_file(&workspace::root()?.join("spec").join(CONTRACT), &given)
}

fn missing(Missing { docs }: &Missing) -> Result<ExitStatus, String> {
    let inputs = committed(docs.clone())?;
    let Some(pending) = Pending::collect(&inputs)? else { return Ok(ExitStatus::Failed) };
    for item in &pending.missing {
        terminal::print(&format!("no text: {item}\n"));
    }
    for (version, items) in &pending.unreviewed {
        let items = items.join(", ");
        terminal::print(&format!("published texts changed in {version}, compare them with ours: {items}\n"));
    }
    let unreviewed = pending.unreviewed_count();
    terminal::print(&format!(
        "{} without a text, {} unused texts, {unreviewed} to review{}\n",
        pending.missing.len(),
        pending.unused,
        if unreviewed == 0 { "" } else { " (then `cargo xtask docs reviewed NAME…`)" },
    ));
    let is_complete = pending.missing.is_empty() && pending.unused == 0;
    Ok(if is_complete { ExitStatus::Done } else { ExitStatus::Failed })
}

fn reviewed(Reviewed { names, all, lock }: &Reviewed) -> Result<ExitStatus, String> {
    let path = match lock {
        Some(lock) => lock.clone(),
        None => workspace::root()?.join("spec/prose.lock"),
    };
    let mut prose = Prose::read(&path)?;
    let marked = prose.marked();
    let is_unknown = |name: &&String| !marked.keys().any(|item| item.name() == name.as_str());
    let unknown: Vec<&str> = names.iter().filter(is_unknown).map(String::as_str).collect();
    if !unknown.is_empty() {
        return Err(format!("nothing to review for {}: see `cargo xtask docs missing`", unknown.join(", ")));
    }
    let is_reviewed = |item: &Item| *all || names.iter().any(|name| name == item.name());
    let count = prose.clear(is_reviewed);
    prose.write(&path)?;
    terminal::print(&format!("{count} reviewed, {} left\n", prose.marked().len()));
    Ok(ExitStatus::Done)
}

fn export(Export { out }: &Export) -> Result<ExitStatus, String> {
    let inputs = committed(None)?;
    let api = match osc_codegen::model(&inputs.input(false), &mut |_| {}) {
        Ok((api, _)) => api,
        Err(problems) => {
            Problems { inputs: &inputs, is_strict: true, format: ProblemFormat::Text }.show(&problems);
            return Ok(ExitStatus::Failed);
        }
    };
    let out = match out {
        Some(out) => out.clone(),
        None => workspace::root()?.join("target/api-docs"),
    };
    let pages = osc_codegen::export(&api);
    for (name, text) in &pages {
        files::write(&out.join(name), text)?;
    }
    terminal::print(&format!("{} pages in {}\n", pages.len(), out.display()));
    Ok(ExitStatus::Done)
}

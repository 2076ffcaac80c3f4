//! `docs`: what has no documentation of ours, what awaits review, and the documentation as Markdown.

mod compare;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use osc_codegen::ir::Api;
use osc_codegen::{Input, Severity, Source};

use crate::prose::{Item, Prose};
use crate::report::{Format, Report};
use crate::{End, sync};

/// What one can do with the documentation.
#[derive(Subcommand)]
pub(crate) enum Docs {
    /// Lists what has no text in spec/docs.yaml, texts that nothing needs, and texts whose published counterpart changed
    Missing(Missing),
    /// Says that our texts fit the published ones that changed
    Reviewed(Reviewed),
    /// Shows published texts and ours side by side
    Compare(compare::Compare),
    /// Writes the documentation as Markdown, a file for each tag
    Export(Export),
}

#[derive(Args)]
pub(crate) struct Missing {
    /// A file other than spec/docs.yaml
    #[arg(long, value_name = "FILE")]
    docs: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Reviewed {
    /// What was reviewed, such as ReadVms or Vm.BootMode
    #[arg(value_name = "NAME", required_unless_present = "all")]
    names: Vec<String>,
    /// Everything was
    #[arg(long, conflicts_with = "names")]
    all: bool,
    /// A file other than spec/prose.lock
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Export {
    /// The folder to write to; files of ours in it are replaced
    #[arg(long, value_name = "DIR", default_value = "target/api-docs")]
    out: PathBuf,
}

/// Runs one of the commands.
///
/// # Errors
/// What could not be read or written.
pub(crate) fn run(command: &Docs) -> Result<End, String> {
    match command {
        Docs::Missing(arguments) => missing(arguments),
        Docs::Reviewed(arguments) => reviewed(arguments),
        Docs::Compare(arguments) => compare::run(arguments),
        Docs::Export(arguments) => export(arguments),
    }
}

/// The texts of the repository.
struct Texts {
    description: PathBuf,
    inputs: [Option<String>; 4],
}

impl Texts {
    fn read(docs: Option<&Path>) -> Result<Self, String> {
        let spec = sync::root().join("spec");
        let description = spec.join("outscale.yaml");
        let docs = docs.map_or_else(|| spec.join("docs.yaml"), Path::to_owned);
        let inputs = [
            Some(sync::read(&description)?),
            sync::read_if_there(&spec.join("overlay.yaml"))?,
            Some(sync::read(&docs)?),
            sync::read_if_there(&spec.join("errors.yaml"))?,
        ];
        Ok(Self { description, inputs })
    }

    /// What has no effect is no error here: it is listed, together with what is missing.
    fn input(&self) -> Input<'_> {
        let [description, overlay, docs, errors] = self.inputs.each_ref().map(Option::as_deref);
        Input { description: description.unwrap_or_default(), overlay, docs, errors, strict: false }
    }

    /// The model. Where there is none, the problems are shown.
    fn model(&self) -> Option<Api> {
        match osc_codegen::model(&self.input(), &mut |_| {}) {
            Ok((api, _)) => Some(api),
            Err(problems) => {
                self.report().show(&problems);
                None
            }
        }
    }

    fn report(&self) -> Report<'_> {
        Report {
            description: &self.description,
            overlay: None,
            docs: None,
            strict: true,
            format: Format::Text,
        }
    }
}

fn missing(Missing { docs }: &Missing) -> Result<End, String> {
    let texts = Texts::read(docs.as_deref())?;
    let (missing, problems) = match osc_codegen::undocumented(&texts.input()) {
        Ok(found) => found,
        Err(problems) => {
            texts.report().show(&problems);
            return Ok(End::Failed);
        }
    };
    let is_unused =
        |source: Source, severity: Severity| source == Source::Docs && severity == Severity::Stale;
    let unused: Vec<_> =
        problems.into_iter().filter(|problem| is_unused(problem.source, problem.severity)).collect();
    texts.report().show(&unused);
    for item in &missing {
        println!("no text: {item}");
    }
    let prose = Prose::read(&sync::root().join("spec/prose.lock"))?;
    let awaiting = prose.marked();
    for (version, items) in by_version(&awaiting) {
        println!("the published text of these changed in {version}; see whether ours still fit: {items}");
    }
    println!(
        "{} without a text, {} texts that nothing needs, {} to review{}",
        missing.len(),
        unused.len(),
        awaiting.len(),
        if awaiting.is_empty() { "" } else { " (then `cargo xtask docs reviewed NAME…`)" },
    );
    Ok(if missing.is_empty() && unused.is_empty() { End::Done } else { End::Failed })
}

/// The items that each version changed, as a list in words.
fn by_version<'a>(marked: &BTreeMap<Item, &'a str>) -> BTreeMap<&'a str, String> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (item, version) in marked {
        versions.entry(version).or_default().push(item.name());
    }
    versions.into_iter().map(|(version, items)| (version, items.join(", "))).collect()
}

fn reviewed(Reviewed { names, all, lock }: &Reviewed) -> Result<End, String> {
    let path = lock.clone().unwrap_or_else(|| sync::root().join("spec/prose.lock"));
    let mut prose = Prose::read(&path)?;
    let marked = prose.marked();
    let is_unknown = |name: &&String| !marked.keys().any(|item| item.name() == name.as_str());
    let unknown: Vec<&str> = names.iter().filter(is_unknown).map(String::as_str).collect();
    if !unknown.is_empty() {
        return Err(format!(
            "not waiting for review: {}; `cargo xtask docs missing` lists what is",
            unknown.join(", ")
        ));
    }
    let count = prose.clear(|item| *all || names.iter().any(|name| name == item.name()));
    prose.write(&path)?;
    println!("{count} reviewed, {} left", prose.marked().len());
    Ok(End::Done)
}

fn export(Export { out }: &Export) -> Result<End, String> {
    let Some(api) = Texts::read(None)?.model() else { return Ok(End::Failed) };
    let pages = osc_codegen::export(&api);
    for (name, text) in &pages {
        sync::write(&out.join(name), text)?;
    }
    println!("{} pages in {}", pages.len(), out.display());
    Ok(End::Done)
}

//! `regen`: writes the generated files, or says which are not as they would be written.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use osc_codegen::ir::{Api, TypeDef};
use osc_codegen::{Files, Input};
use similar::TextDiff;

use crate::report::{Format, Report};
use crate::spec_source::Origin;
use crate::{End, sync};

/// Lines of a difference that are shown for each file.
const DIFF_LINES: usize = 12;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Write nothing; list what is stale, missing or too much, and exit with 1 if anything is
    #[arg(long)]
    check: bool,
    /// A description other than spec/outscale.yaml, published or contract
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// An overlay other than spec/overlay.yaml
    #[arg(long, value_name = "FILE")]
    overlay: Option<PathBuf>,
    /// A folder other than osc-api/src/generated/, for generated files only: any other file in it is removed
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Say how long each phase took
    #[arg(long)]
    timings: bool,
    /// How problems are printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Generates and writes or compares.
///
/// # Errors
/// What could not be read or written.
pub(crate) fn run(arguments: &Arguments) -> Result<End, String> {
    let Arguments { check, spec, overlay, out, timings, format } = arguments;
    let mut watch = Watch::start(*timings);
    let root = sync::root();
    let path = spec.clone().unwrap_or_else(|| root.join("spec/outscale.yaml"));
    let folder = out.clone().unwrap_or_else(|| root.join("osc-api/src/generated"));
    let description = sync::read(&path)?;
    // What an import left half-way is no description to generate from.
    let origin = if spec.is_none() { Origin::read(&root.join("spec"))? } else { None };
    if let Some(mismatch) = origin.and_then(|origin| origin.mismatch(&description)) {
        eprintln!("error: {mismatch}");
        return Ok(End::Failed);
    }
    // Our overlay and texts are for the committed description: with any other, some of them have no effect.
    let report = Report {
        description: &path,
        overlay: overlay.as_deref(),
        docs: None,
        strict: spec.is_none(),
        format: *format,
    };
    let overlay_text = match overlay {
        Some(path) => Some(sync::read(path)?),
        None => sync::read_if_there(&root.join("spec/overlay.yaml"))?,
    };
    let docs = sync::read_if_there(&root.join("spec/docs.yaml"))?;
    let errors = sync::read_if_there(&root.join("spec/errors.yaml"))?;
    watch.lap("read");
    let strict = report.strict;
    let input = Input {
        description: &description,
        overlay: overlay_text.as_deref(),
        docs: docs.as_deref(),
        errors: errors.as_deref(),
        strict,
    };
    let (api, warnings) = match osc_codegen::model(&input, &mut |phase| watch.lap(phase)) {
        Ok(model) => model,
        Err(problems) => {
            report.show(&problems);
            return Ok(End::Failed);
        }
    };
    report.show(&warnings);
    let wanted = osc_codegen::files(&api)?;
    watch.lap("emit and render");
    if out.is_some() && !check && !is_ours(&folder)? {
        return Err(format!(
            "{} holds files and none of them is generated: regen removes what it did not write, so name a new or an \
             empty folder",
            folder.display()
        ));
    }
    let outcome = settle(&folder, &wanted, *check)?;
    watch.lap("compare and write");
    println!("{}", summary(&api, wanted.len(), &outcome, *check, watch.total()));
    if *check && !outcome.is_clean() {
        outcome.show(&folder, &wanted);
        let given = [("spec", spec), ("overlay", overlay), ("out", out)];
        let given =
            given.iter().filter_map(|(name, path)| Some(format!(" --{name} {}", path.as_ref()?.display())));
        let given: String = given.collect();
        eprintln!(
            "error: the generated files are not up to date: run `cargo xtask regen{given}` and commit the result"
        );
        return Ok(End::Failed);
    }
    Ok(End::Done)
}

/// What differs between the folder and the wanted files.
#[derive(Default)]
struct Outcome {
    stale: Vec<String>,
    missing: Vec<String>,
    orphans: Vec<String>,
}

impl Outcome {
    fn is_clean(&self) -> bool {
        self.count() == 0
    }

    fn count(&self) -> usize {
        self.stale.len() + self.missing.len() + self.orphans.len()
    }

    fn show(&self, folder: &Path, wanted: &Files) {
        let Self { stale, missing, orphans } = self;
        for name in missing {
            eprintln!("missing: {}", folder.join(name).display());
        }
        for name in orphans {
            eprintln!("orphan: {}: the description asks for no such file", folder.join(name).display());
        }
        for name in stale {
            let path = folder.join(name);
            eprintln!("stale: {}", path.display());
            let found = std::fs::read(&path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            if let (Ok(found), Some(wanted)) = (found, wanted.get(name)) {
                diff(&found, wanted);
            }
        }
    }
}

fn diff(found: &str, wanted: &str) {
    let diff = TextDiff::from_lines(found, wanted);
    let text = diff.unified_diff().context_radius(1).header("found", "wanted").to_string();
    let lines: Vec<&str> = text.lines().collect();
    for line in lines.iter().take(DIFF_LINES) {
        eprintln!("    {line}");
    }
    if lines.len() > DIFF_LINES {
        eprintln!("    … and {} more lines", lines.len() - DIFF_LINES);
    }
}

/// Whether a folder is empty, or holds what an earlier run wrote: a mistyped name must not cost anybody their files.
fn is_ours(folder: &Path) -> Result<bool, String> {
    let names = sync::names(folder)?;
    let is_generated = |name: &String| {
        std::fs::read(folder.join(name)).is_ok_and(|text| text.starts_with(osc_codegen::HEADER.as_bytes()))
    };
    Ok(names.iter().all(|name| sync::is_leftover(name)) || names.iter().any(is_generated))
}

/// One walk for checking and for writing: over the wanted files, then over the folder for what is too much.
fn settle(folder: &Path, wanted: &Files, check: bool) -> Result<Outcome, String> {
    let mut outcome = Outcome::default();
    for (name, text) in wanted {
        let path = folder.join(name);
        match std::fs::read(&path) {
            // The same bytes: the file is not touched, and cargo rebuilds nothing.
            Ok(found) if found == text.as_bytes() => continue,
            Ok(_) => outcome.stale.push(name.clone()),
            Err(_) => outcome.missing.push(name.clone()),
        }
        if !check {
            sync::write(&path, text)?;
        }
    }
    for name in sync::names(folder)? {
        if wanted.contains_key(&name) {
            continue;
        }
        if !check {
            sync::remove(&folder.join(&name))?;
        }
        // What a killed run left behind was never a file of the project.
        if !sync::is_leftover(&name) {
            outcome.orphans.push(name);
        }
    }
    Ok(outcome)
}

fn summary(api: &Api, files: usize, outcome: &Outcome, check: bool, time: Duration) -> String {
    let actions = api.action_count();
    let types = api.modules.iter().flat_map(|module| &module.types);
    let (enums, others): (Vec<_>, Vec<_>) =
        types.partition(|definition| matches!(definition, TypeDef::Enum(_)));
    let changed = if check { "to change" } else { "changed" };
    format!(
        "API {}: {actions} actions, {} types ({} of them enums), {files} files, {} {changed}, {} ms",
        api.version,
        enums.len() + others.len(),
        enums.len(),
        outcome.count(),
        time.as_millis(),
    )
}

/// Measures the phases of a run.
struct Watch {
    start: Instant,
    last: Instant,
    shown: bool,
}

impl Watch {
    fn start(shown: bool) -> Self {
        let now = Instant::now();
        Self { start: now, last: now, shown }
    }

    fn lap(&mut self, phase: &str) {
        let now = Instant::now();
        if self.shown {
            eprintln!("{:>8.1} ms  {phase}", (now - self.last).as_secs_f64() * 1000.0);
        }
        self.last = now;
    }

    fn total(&self) -> Duration {
        self.start.elapsed()
    }
}

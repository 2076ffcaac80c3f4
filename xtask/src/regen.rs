//! `regen`: writes the generated files, or reports which differ.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use osc_codegen::Files;
use osc_codegen::ir::{Api, TypeDef, Values};
use similar::{Algorithm, capture_diff_slices, group_diff_ops};

use crate::files::{self, Differences, Lock};
use crate::inputs::{CONTRACT, InputFiles, Inputs, TextFile};
use crate::problems::{ProblemFormat, Problems};
use crate::revision::Comparison;
use crate::spec_source::SpecSource;
use crate::{ExitStatus, diff, docs, import, terminal, workspace};

/// The number of lines shown of each file's diff.
const MAX_DIFF_LINES: usize = 12;

#[derive(Args, Default)]
pub(crate) struct RegenArguments {
    /// Write nothing; list stale, missing and unexpected files, and exit with 1 if there are any
    #[arg(long)]
    pub(crate) check: bool,
    /// Generate from another description than spec/outscale.yaml, with none of the other files in spec/
    #[arg(long, value_name = "FILE", requires = "out")]
    spec: Option<PathBuf>,
    #[command(flatten)]
    files: InputFiles,
    /// Write to another folder than osc-api/src/generated/; only generated files in it are removed
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print the time of each phase
    #[arg(long)]
    timings: bool,
    /// How problems are printed
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ProblemFormat,
}

/// Generates, and writes or compares.
///
/// # Errors
/// If a file cannot be read or written.
pub(crate) fn run(arguments: &RegenArguments) -> Result<ExitStatus, String> {
    let mut timer = Timer::start(arguments.timings);
    // An import that is running changes one file after the other.
    let spec = if arguments.spec.is_none() { Some(workspace::root()?.join("spec")) } else { None };
    let lock = spec.as_deref().map(Lock::acquire).transpose()?;
    let target = Target::of(arguments)?;
    if let Some(mismatch) = target.mismatch()? {
        terminal::warn(&format!("error: {mismatch}\n"));
        return Ok(ExitStatus::Failed);
    }
    drop(lock);
    let head = if target.is_default { Some(diff::compare_with_head(workspace::root()?)) } else { None };
    timer.lap("read");
    let problems = Problems { inputs: &target.inputs, is_strict: target.is_own, format: arguments.format };
    let input = target.inputs.input(target.is_own);
    let (api, warnings) = match osc_codegen::model(&input, &mut |phase| timer.lap(phase)) {
        Ok(model) => model,
        Err(found) => {
            problems.show(&found);
            return Ok(ExitStatus::Failed);
        }
    };
    problems.show(&warnings);
    if target.is_own && docs::report_broken_links(&api, &target.inputs) {
        return Ok(ExitStatus::Failed);
    }
    let wanted = osc_codegen::files(&api)?;
    timer.lap("emit and render");
    write_or_compare(arguments, &target, &api, &wanted, head, timer)
}

/// Writes the files, or reports those that differ.
fn write_or_compare(
    arguments: &RegenArguments,
    target: &Target,
    api: &Api,
    wanted: &Files,
    head: Option<Comparison>,
    mut timer: Timer,
) -> Result<ExitStatus, String> {
    if arguments.out.is_some() && !arguments.check {
        refuse_foreign(&target.folder)?;
    }
    let differences = files::sync(&target.folder, wanted, osc_codegen::HEADER, !arguments.check)?;
    let lists = if target.is_default { test_lists(api) } else { Files::new() };
    let stale_lists = sync_lists(&lists, !arguments.check)?;
    timer.lap("compare and write");
    terminal::print(&summary(
        api,
        wanted.len(),
        &differences,
        stale_lists.len(),
        arguments.check,
        timer.total(),
    ));
    if let Some(head) = head
        && let Some(verdict) = diff::against_head(workspace::root()?, head, api)
    {
        terminal::print(&format!("{verdict}\n"));
    }
    show_unexpected(&target.folder, &differences);
    if !arguments.check {
        return Ok(ExitStatus::Done);
    }
    show_differences(&target.folder, wanted, &differences, &stale_lists);
    if differences.count() + stale_lists.len() > 0 {
        let options = given_options(arguments);
        terminal::warn(&format!(
            "error: the generated files are not up to date: run `cargo xtask regen{options}` and commit the result\n"
        ));
        return Ok(ExitStatus::Failed);
    }
    Ok(if differences.foreign.is_empty() { ExitStatus::Done } else { ExitStatus::Failed })
}

/// The inputs of a run and the folder to write to.
struct Target {
    inputs: Inputs,
    folder: PathBuf,
    /// Whether the description is the committed one, for which entries without effect are errors.
    is_own: bool,
    /// Whether the description and the folder are those of the workspace.
    is_default: bool,
}

impl Target {
    fn of(RegenArguments { spec, files, out, .. }: &RegenArguments) -> Result<Self, String> {
        let inputs = match spec {
            Some(spec) => {
                let description = TextFile { path: spec.clone(), text: files::read(spec)? };
                Inputs::read(description, files, None)?
            }
            None => Inputs::of_file(&workspace::root()?.join("spec").join(CONTRACT), files)?,
        };
        let folder = match out {
            Some(out) => out.clone(),
            None => workspace::root()?.join("osc-api/src/generated"),
        };
        Ok(Self { inputs, folder, is_own: spec.is_none(), is_default: spec.is_none() && out.is_none() })
    }

    /// An error message if the committed description is not what an import wrote.
    fn mismatch(&self) -> Result<Option<String>, String> {
        if !self.is_own {
            return Ok(None);
        }
        let spec = workspace::root()?.join("spec");
        if let Some(interrupted) = import::interrupted(&spec)? {
            return Ok(Some(interrupted));
        }
        Ok(SpecSource::read(&spec)?.and_then(|source| source.mismatch(&self.inputs.description.text)))
    }
}

/// Refuses a folder that has files but none of ours: most likely its name is mistyped.
fn refuse_foreign(folder: &Path) -> Result<(), String> {
    let names = files::names(folder)?;
    let is_generated = |name: &String| {
        std::fs::read(folder.join(name)).is_ok_and(|text| text.starts_with(osc_codegen::HEADER.as_bytes()))
    };
    if names.iter().all(|name| files::is_leftover(name)) || names.iter().any(is_generated) {
        return Ok(());
    }
    Err(format!(
        "{} has files, but no generated ones: name a new folder, an empty one, or one that regen wrote",
        folder.display()
    ))
}

/// The lists of names that tests run over, by their path in the workspace.
fn test_lists(api: &Api) -> Files {
    let mut actions: Vec<&str> =
        api.modules.iter().flat_map(|module| &module.actions).map(|action| action.marker.as_str()).collect();
    actions.sort_unstable();
    let mut enums: Vec<(&str, &str)> = Vec::new();
    for definition in api.modules.iter().flat_map(|module| &module.types) {
        if let TypeDef::Enum(definition) = definition {
            let kind = match definition.values {
                Values::Text(_) => "text",
                Values::Integer(_) => "integer",
            };
            enums.push((&definition.name, kind));
        }
    }
    enums.sort_unstable();
    let list = |name: &str, lines: Vec<String>| {
        format!("// Written by `cargo xtask regen` from spec/.\n{name}! {{\n{}}}\n", lines.concat())
    };
    let actions = list("actions", actions.iter().map(|name| format!("    {name}\n")).collect());
    let enums = list("enums", enums.iter().map(|(name, kind)| format!("    {kind} {name}\n")).collect());
    BTreeMap::from([
        ("tests/round_trip/actions.in".to_owned(), actions),
        ("tests/values/enums.in".to_owned(), enums),
    ])
}

/// Compares the lists with those of the workspace, and writes them. Returns the names of those that differed.
fn sync_lists(lists: &Files, is_write: bool) -> Result<Vec<String>, String> {
    let mut stale = Vec::new();
    for (name, wanted) in lists {
        let path = workspace::root()?.join(name);
        let folder = path.parent().unwrap_or(&path);
        let _lock = if is_write { Some(Lock::acquire(folder)?) } else { None };
        if is_write {
            files::remove_leftovers(folder)?;
        }
        if files::read_if_exists(&path)?.as_ref() == Some(wanted) {
            continue;
        }
        if is_write {
            files::write(&path, wanted)?;
        }
        stale.push(name.clone());
    }
    Ok(stale)
}

fn show_unexpected(folder: &Path, differences: &Differences) {
    for name in &differences.foreign {
        let path = folder.join(name);
        terminal::warn(&format!(
            "unexpected: {}: not a generated file, and never removed by regen; remove it\n",
            path.display()
        ));
    }
}

fn show_differences(folder: &Path, wanted: &Files, differences: &Differences, lists: &[String]) {
    let Differences { stale, missing, orphans, foreign: _ } = differences;
    let mut text = String::new();
    for name in missing {
        _ = writeln!(text, "missing: {}", folder.join(name).display());
    }
    for name in orphans {
        let path = folder.join(name);
        _ = writeln!(text, "orphan: {}: no longer generated", path.display());
    }
    for name in stale {
        let path = folder.join(name);
        _ = writeln!(text, "stale: {}", path.display());
        let found = std::fs::read(&path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        if let (Ok(found), Some(wanted)) = (found, wanted.get(name)) {
            text.push_str(&short_diff(&found, wanted));
        }
    }
    lists.iter().for_each(|name| _ = writeln!(text, "stale: {name}"));
    terminal::warn(&text);
}

/// The start of a unified diff with one line of context. Lines that differ only in their ends are not shown.
fn short_diff(found: &str, wanted: &str) -> String {
    let found: Vec<&str> = found.lines().collect();
    let wanted: Vec<&str> = wanted.lines().collect();
    let mut lines = vec!["--- found".to_owned(), "+++ wanted".to_owned()];
    for hunk in group_diff_ops(capture_diff_slices(Algorithm::Myers, &found, &wanted), 1) {
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { continue };
        let old = first.old_range().start..last.old_range().end;
        let new = first.new_range().start..last.new_range().end;
        lines.push(format!("@@ -{},{} +{},{} @@", old.start + 1, old.len(), new.start + 1, new.len()));
        let changes = hunk.iter().flat_map(|operation| operation.iter_changes(&found, &wanted));
        lines.extend(changes.map(|change| format!("{}{}", change.tag(), change.value())));
    }
    if lines.len() == 2 {
        return "    only line ends differ\n".to_owned();
    }
    let mut text: String = lines.iter().take(MAX_DIFF_LINES).map(|line| format!("    {line}\n")).collect();
    if lines.len() > MAX_DIFF_LINES {
        _ = writeln!(text, "    … and {} more lines", lines.len() - MAX_DIFF_LINES);
    }
    text
}

/// The options of this run, to be repeated.
fn given_options(RegenArguments { spec, files, out, .. }: &RegenArguments) -> String {
    let InputFiles { overlay, docs, errors, waiters } = files;
    let given = [
        ("spec", spec),
        ("overlay", overlay),
        ("docs", docs),
        ("errors", errors),
        ("waiters", waiters),
        ("out", out),
    ];
    let given =
        given.iter().filter_map(|(name, path)| Some(format!(" --{name} {}", path.as_ref()?.display())));
    given.collect()
}

fn summary(
    api: &Api,
    file_count: usize,
    differences: &Differences,
    list_count: usize,
    is_check: bool,
    time: Duration,
) -> String {
    let actions = api.action_count();
    let types = api.modules.iter().flat_map(|module| &module.types);
    let (enums, others): (Vec<_>, Vec<_>) =
        types.partition(|definition| matches!(definition, TypeDef::Enum(_)));
    let changed = if is_check { "to change" } else { "changed" };
    format!(
        "API {}: {actions} actions, {} types ({} of them enums), {file_count} files, {} {changed}, {} ms\n",
        api.version,
        enums.len() + others.len(),
        enums.len(),
        differences.count() + list_count,
        time.as_millis(),
    )
}

/// Measures the phases of a run.
struct Timer {
    start: Instant,
    last: Instant,
    is_shown: bool,
}

impl Timer {
    fn start(is_shown: bool) -> Self {
        let now = Instant::now();
        Self { start: now, last: now, is_shown }
    }

    fn lap(&mut self, phase: &str) {
        let now = Instant::now();
        if self.is_shown {
            terminal::warn(&format!("{:>8.1} ms  {phase}\n", (now - self.last).as_secs_f64() * 1000.0));
        }
        self.last = now;
    }

    fn total(&self) -> Duration {
        self.start.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::short_diff;

    #[test]
    fn a_diff_shows_lines_or_that_only_their_ends_differ() {
        let changed = short_diff("same\nold\n", "same\nnew\n");
        assert!(changed.ends_with("     same\n    -old\n    +new\n"), "{changed}");
        for found in ["same\r\nline\r\n", "same\nline"] {
            assert_eq!(short_diff(found, "same\nline\n"), "    only line ends differ\n");
        }
    }
}

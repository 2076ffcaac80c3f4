//! `spec import`: replaces the description in `spec/` by a published one, and reports what that changes.

mod changelog;
#[cfg(feature = "download")]
mod download;
mod findings;
mod published;
mod report;
mod source;
mod texts;
mod transaction;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use osc_codegen::{Contract, Diagnostic};

use self::findings::{Before, Findings};
use self::published::{FetchOptions, Published};
use crate::files::Lock;
use crate::inputs::{CONTRACT, InputFiles, Inputs, TextFile};
use crate::problems::{ProblemFormat, Problems};
use crate::sha256::sha256;
use crate::spec_source::{self, SpecSource};
use crate::{ExitStatus, files, prose, terminal, workspace};

/// The variable with the base URL of releases, such as that of a mirror. `--base-url` takes precedence.
const BASE_URL_VARIABLE: &str = "OSC_SPEC_BASE_URL";

/// The files that an import writes.
const FILES: [&str; 3] = [prose::NAME, CONTRACT, spec_source::NAME];

/// The folder with the last import, in the workspace: the published text, and the whole report.
pub(crate) const KEPT: &str = "target/import";

#[derive(Args)]
pub(crate) struct ImportArguments {
    /// The published description: a file, a URL, or a version such as 1.41.0
    #[arg(value_name = "FILE|URL|VERSION")]
    pub(crate) from: String,
    /// Print the report and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write the whole report into a file too, as Markdown
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The SHA-256 that the published bytes must have
    #[arg(long, value_name = "HEX", value_parser = digest)]
    sha256: Option<String>,
    /// The base URL of releases, as in URL/VERSION/outscale.yaml. Defaults to $OSC_SPEC_BASE_URL, then the upstream repository
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// The timeout of the fetch
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    timeout: Option<Duration>,
    #[command(flatten)]
    files: InputFiles,
    /// Import into another folder than spec/, with the files in that folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// How problems are printed
    #[arg(long, value_enum, default_value_t)]
    format: ProblemFormat,
}

impl ImportArguments {
    /// Whether the description is not on this machine.
    pub(crate) fn is_download(&self) -> bool {
        source::is_download(&self.from)
    }

    /// Refuses options that make no sense for a bump.
    ///
    /// # Errors
    /// Names the option.
    pub(crate) fn check_for_bump(&self) -> Result<(), String> {
        match (self.dry_run, &self.out) {
            (true, _) => {
                Err("--dry-run is an option of `spec import`: it reports what a bump would import".to_owned())
            }
            (_, Some(_)) => {
                Err("--out is an option of `spec import`: a bump always changes spec/".to_owned())
            }
            (false, None) => Ok(()),
        }
    }
}

/// A description that is ready to be written.
struct Checked {
    contract: Contract,
    findings: Findings,
}

/// Checks a published description, prints what it changes, and writes the files of `spec/` that come from it. Writes
/// nothing unless the whole description is valid.
///
/// # Errors
/// If a file or URL cannot be read, or a file cannot be written.
pub(crate) fn run(arguments: &ImportArguments) -> Result<ExitStatus, String> {
    let ImportArguments { dry_run, report, sha256: pinned, files: given, out, format, .. } = arguments;
    let folder = folder(out.as_deref())?;
    let published = published(arguments)?;
    let digest = sha256(published.text.as_bytes());
    if let Some(pinned) = pinned.as_ref().filter(|pinned| **pinned != digest) {
        let location = &published.location;
        terminal::warn(&format!(
            "error: {location} does not have the digest of --sha256:\n  expected {pinned}\n  found    {digest}\n"
        ));
        return Ok(ExitStatus::Failed);
    }
    // Held to the end: two imports at once would compare with a mixture of old and new files.
    let _lock = if *dry_run && !folder.exists() { None } else { Some(Lock::acquire(&folder)?) };
    recover(&folder, *dry_run)?;
    let kept = if out.is_none() { Some(workspace::root()?.join(KEPT)) } else { None };
    if !dry_run && let Some(kept) = &kept {
        files::remove_leftovers(kept)?;
    }
    let before = Before::read(&folder, kept.as_deref())?;
    let description = TextFile { path: published.shown.clone(), text: published.text.clone() };
    let inputs = Inputs::read(description, given, Some(&folder))?;
    let Checked { contract, findings } = match check(&inputs, &published, digest, &before) {
        Ok(checked) => checked,
        Err(problems) => {
            Problems { inputs: &inputs, is_strict: false, format: *format }.show(&problems);
            return Ok(ExitStatus::Failed);
        }
    };
    // Before anything else, so that an interruption loses no report.
    let markdown = report::markdown(&findings);
    let kept_report = kept.as_ref().filter(|_| !dry_run).map(|kept| kept.join("report.md"));
    for file in report.iter().chain(&kept_report) {
        files::write(file, &markdown)?;
    }
    terminal::print(&report::text(&findings));
    let shown = workspace::relative(&folder);
    if *dry_run {
        terminal::print(&format!("\nDry run: nothing was written into {shown}.\n"));
        return Ok(ExitStatus::Done);
    }
    let texts = [findings.prose.to_text(), contract.yaml, findings.source.to_text()?];
    let wanted: Vec<(&str, &str)> = FILES.into_iter().zip(texts.iter().map(String::as_str)).collect();
    // First, because a complete import is not repeated.
    if let Some(kept) = &kept {
        keep(kept, &published, &before)?;
    }
    transaction::commit(&folder, findings.source.label(), &wanted)?;
    terminal::print(&format!("\nWritten into {shown}, to be followed by `cargo xtask regen`.\n"));
    Ok(ExitStatus::Done)
}

/// An error message if an import was interrupted while it changed files. The caller holds the [`Lock`] of the folder.
///
/// # Errors
/// If the journal of the import cannot be read.
pub(crate) fn interrupted(spec: &Path) -> Result<Option<String>, String> {
    Ok(transaction::interrupted(spec)?.map(|label| {
        format!(
            "the import of API {} was interrupted: run `cargo xtask spec import` again, which first undoes its changes",
            label.trim()
        )
    }))
}

/// The source of the imported description if it is the one that the argument names. Fetches that, unless it is a version
/// that is imported.
///
/// # Errors
/// If it cannot be read or fetched.
pub(crate) fn imported(arguments: &ImportArguments) -> Result<Option<SpecSource>, String> {
    let spec = folder(None)?;
    let _lock = Lock::acquire(&spec)?;
    let Some(source) = complete_source(&spec)? else { return Ok(None) };
    let is_same =
        names_version(arguments, &source) || sha256(published(arguments)?.text.as_bytes()) == source.sha256;
    Ok(is_same.then_some(source))
}

/// Whether the argument is the version of the imported description. Fetches nothing.
///
/// # Errors
/// If the files of the last import cannot be read.
pub(crate) fn is_version_imported(arguments: &ImportArguments) -> Result<bool, String> {
    Ok(complete_source(&folder(None)?)?.is_some_and(|source| names_version(arguments, &source)))
}

/// The source of the imported description. `None` if there is none, or if its import was interrupted.
fn complete_source(spec: &Path) -> Result<Option<SpecSource>, String> {
    match transaction::interrupted(spec)? {
        Some(_) => Ok(None),
        None => SpecSource::read(spec),
    }
}

/// Whether the argument is the version of the imported description: its release, or the version that it states if it was
/// imported from a file or URL.
fn names_version(arguments: &ImportArguments, source: &SpecSource) -> bool {
    let is_pinned = arguments.sha256.as_ref().is_none_or(|pinned| *pinned == source.sha256);
    is_pinned && arguments.is_download() && source.label() == arguments.from.trim_start_matches('v')
}

/// Undoes an interrupted import. A dry run only reports it, since it writes nothing.
fn recover(folder: &Path, dry_run: bool) -> Result<(), String> {
    let recovered =
        if dry_run { transaction::interrupted(folder)? } else { transaction::recover(folder, &FILES)? };
    if let Some(label) = recovered {
        let label = label.trim();
        terminal::warn(&format!(
            "note: the import of API {label} was interrupted; its changes are undone first\n"
        ));
    }
    Ok(())
}

/// Keeps the published text for the next import, and the one before it.
fn keep(folder: &Path, published: &Published, before: &Before) -> Result<(), String> {
    if let Some(old) = before.published.as_ref().filter(|old| **old != published.text) {
        files::write(&folder.join("previous.yaml"), old)?;
    }
    files::write(&folder.join("published.yaml"), &published.text)
}

fn folder(out: Option<&Path>) -> Result<PathBuf, String> {
    match out {
        Some(out) => Ok(out.to_owned()),
        None => Ok(workspace::root()?.join("spec")),
    }
}

fn published(arguments: &ImportArguments) -> Result<Published, String> {
    let ImportArguments { from, sha256, base_url, timeout, .. } = arguments;
    let variable = || std::env::var(BASE_URL_VARIABLE).ok().filter(|url| !url.is_empty());
    let options = FetchOptions {
        base_url: base_url.clone().or_else(variable),
        timeout: timeout.unwrap_or(published::DEFAULT_TIMEOUT),
        is_pinned: sha256.is_some(),
    };
    source::read(from, &options)
}

/// Checks the whole description as `regen` does.
fn check(
    inputs: &Inputs,
    published: &Published,
    digest: String,
    before: &Before,
) -> Result<Checked, Vec<Diagnostic>> {
    let (_, problems) = osc_codegen::model(&inputs.input(false), &mut |_| {})?;
    let contract = osc_codegen::strip_prose(&published.text)?;
    let source = SpecSource {
        release: published.release.clone(),
        version: contract.version.clone(),
        location: published.location.clone(),
        sha256: digest,
        contract_sha256: Some(sha256(contract.yaml.as_bytes())),
    };
    let findings = Findings::collect(source, inputs, &contract, &problems, before);
    Ok(Checked { contract, findings })
}

/// A SHA-256 in hexadecimal digits of either case.
fn digest(text: &str) -> Result<String, String> {
    let is_digest = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_digest {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("a SHA-256 has 64 hexadecimal digits".to_owned())
    }
}

/// A duration in seconds, such as `60` or `0.5`.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| *seconds > 0.0);
    let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    duration.ok_or_else(|| "must be a number of seconds, such as 60".to_owned())
}

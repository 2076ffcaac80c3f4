//! `spec import`: takes a published description over into `spec/`, and tells what that changes.

mod changelog;
mod fetch;
mod findings;
mod progress;
mod report;
mod source;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use osc_codegen::{Contract, Diagnostic, Input};

use self::findings::Findings;
use self::source::{Fetching, Published};
use crate::prose::Prose;
use crate::report::{Format, Report};
use crate::sha256::sha256;
use crate::spec_source::{self, Origin};
use crate::{End, sync};

/// Another place for the releases of the upstream repository, such as a mirror. `--base-url` goes before it.
const BASE_URL_VARIABLE: &str = "OSC_SPEC_BASE_URL";

#[derive(Args)]
pub(crate) struct Arguments {
    /// The published description: a file, a URL, or a version such as 1.41.0
    #[arg(value_name = "FILE|URL|VERSION")]
    from: String,
    /// Print the report and leave the folder as it is
    #[arg(long)]
    dry_run: bool,
    /// Write the whole report into a file too, as Markdown
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The SHA-256 that the published bytes must have
    #[arg(long, value_name = "HEX", value_parser = digest)]
    sha256: Option<String>,
    /// Where versions are: URL/VERSION/outscale.yaml. Else $OSC_SPEC_BASE_URL, else the upstream repository
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// How long fetching may take
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    timeout: Option<Duration>,
    /// An overlay other than spec/overlay.yaml
    #[arg(long, value_name = "FILE")]
    overlay: Option<PathBuf>,
    /// Texts of ours other than spec/docs.yaml
    #[arg(long, value_name = "FILE")]
    docs: Option<PathBuf>,
    /// A folder other than spec/
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// How problems are printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What a folder has before an import, and what the import is checked with.
pub(super) struct Before {
    /// The contract, where there is one.
    contract: Option<String>,
    /// Where it came from.
    origin: Option<Origin>,
    /// Its texts.
    prose: Prose,
    overlay: Option<String>,
    docs: Option<String>,
}

/// Checks a published description, prints what it changes, and writes the three files of `spec/` that come from it.
///
/// Nothing is written unless the whole description is good.
///
/// # Errors
/// What could not be read, fetched or written.
pub(crate) fn run(arguments: &Arguments) -> Result<End, String> {
    let Arguments { from, dry_run, report, sha256: pinned, base_url, timeout, overlay, docs, out, format } =
        arguments;
    let folder = out.clone().unwrap_or_else(|| sync::root().join("spec"));
    let before = Before::read(&folder, overlay.as_deref(), docs.as_deref())?;
    let base_url =
        base_url.clone().or_else(|| std::env::var(BASE_URL_VARIABLE).ok().filter(|url| !url.is_empty()));
    let fetching =
        Fetching { base_url, timeout: timeout.unwrap_or(fetch::TOTAL), is_pinned: pinned.is_some() };
    let published = source::read(from, &fetching)?;
    let found = sha256(published.text.as_bytes());
    if let Some(pinned) = pinned.as_ref().filter(|pinned| **pinned != found) {
        let location = &published.location;
        eprintln!("error: {location} is not what --sha256 pins:\n  wanted {pinned}\n  found  {found}");
        return Ok(End::Failed);
    }
    let show = Report {
        description: &published.shown,
        overlay: overlay.as_deref(),
        docs: docs.as_deref(),
        strict: false,
        format: *format,
    };
    let (contract, findings) = match check(&published, found, &before) {
        Ok(checked) => checked,
        Err(problems) => {
            show.show(&problems);
            return Ok(End::Failed);
        }
    };
    // The report comes first: after the writing it could not be had again.
    if let Some(file) = report {
        sync::write(file, &report::markdown(&findings))?;
    }
    print(&report::text(&findings));
    if *dry_run {
        print(&format!("\nNothing was written into {}: this was a dry run.\n", folder.display()));
        return Ok(End::Done);
    }
    write(&folder, &contract, &findings)?;
    print(&format!("\nWritten into {}. Now run `cargo xtask regen`.\n", folder.display()));
    Ok(End::Done)
}

impl Before {
    fn read(folder: &Path, overlay: Option<&Path>, docs: Option<&Path>) -> Result<Self, String> {
        let spec = sync::root().join("spec");
        let given = |path: Option<&Path>, name: &str| match path {
            Some(path) => sync::read(path).map(Some),
            None => sync::read_if_there(&spec.join(name)),
        };
        Ok(Self {
            contract: sync::read_if_there(&folder.join("outscale.yaml"))?,
            origin: Origin::read(folder)?,
            prose: Prose::read(&folder.join("prose.lock"))?,
            overlay: given(overlay, "overlay.yaml")?,
            docs: given(docs, "docs.yaml")?,
        })
    }

    /// A description with what it is generated with.
    fn input<'a>(&'a self, description: &'a str) -> Input<'a> {
        let (overlay, docs) = (self.overlay.as_deref(), self.docs.as_deref());
        Input { description, overlay, docs, errors: None, strict: false }
    }
}

/// Reads the whole description as `regen` will.
fn check(
    published: &Published,
    sha256: String,
    before: &Before,
) -> Result<(Contract, Findings), Vec<Diagnostic>> {
    let (_, problems) = osc_codegen::model(&before.input(&published.text), &mut |_| {})?;
    let contract = osc_codegen::strip_prose(&published.text)?;
    let origin = Origin {
        release: published.release.clone(),
        version: contract.version.clone(),
        location: published.location.clone(),
        sha256,
        contract_sha256: Some(self::sha256(contract.yaml.as_bytes())),
    };
    let findings = Findings::collect(origin, &published.text, &contract, &problems, before);
    Ok((contract, findings))
}

/// Writes the texts first, whose marks hold what would be lost, and what vouches for the others last.
fn write(folder: &Path, contract: &Contract, findings: &Findings) -> Result<(), String> {
    for name in sync::names(folder)?.iter().filter(|name| sync::is_leftover(name)) {
        sync::remove(&folder.join(name))?;
    }
    let origin = findings.origin.to_text()?;
    findings.prose.write(&folder.join("prose.lock"))?;
    sync::write(&folder.join("outscale.yaml"), &contract.yaml)?;
    sync::write(&folder.join(spec_source::NAME), &origin)
}

/// Prints. Whoever reads it may have seen enough before its end, which is no reason to stop half-way.
fn print(text: &str) {
    _ = std::io::stdout().write_all(text.as_bytes());
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

/// A time, such as `60` or `0.5`.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| *seconds > 0.0);
    let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.ok_or_else(|| "must be a number of seconds, such as 60".to_owned())
}

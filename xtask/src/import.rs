//! `spec import`: takes a published description over into `spec/`.

use std::fmt::Write;
use std::path::Path;

use osc_codegen::{Contract, Input};
use ring::digest;
use serde::Serialize;

use crate::report::Report;
use crate::{End, files};

/// Hexadecimal digits of a text's digest: enough to tell two versions of a text apart.
const DIGEST_LENGTH: usize = 16;

/// Where the contract came from: the content of `source.toml`.
#[derive(Serialize)]
struct Origin<'a> {
    version: &'a str,
    location: &'a str,
    sha256: String,
}

/// Checks a published description, splits it, and writes the three files of `spec/` that come from it.
///
/// Nothing is written unless the whole description is good.
///
/// # Errors
/// What could not be read or written.
pub(crate) fn run(file: &Path, out: Option<&Path>) -> Result<End, String> {
    let report = Report { description: file, overlay: None, strict: false };
    let published = files::read(file)?;
    let spec = files::root().join("spec");
    let overlay = files::read_if_there(&spec.join("overlay.yaml"))?;
    let docs = files::read_if_there(&spec.join("docs.yaml"))?;
    let input = Input {
        description: &published,
        overlay: overlay.as_deref(),
        docs: docs.as_deref(),
        errors: None,
        strict: false,
    };
    let api = match osc_codegen::model(&input, &mut |_| {}) {
        Ok((api, warnings)) => {
            report.show(&warnings);
            api
        }
        Err(problems) => {
            report.show(&problems);
            return Ok(End::Failed);
        }
    };
    let contract = match osc_codegen::split(&published) {
        Ok(contract) => contract,
        Err(problems) => {
            report.show(&problems);
            return Ok(End::Failed);
        }
    };
    let lock = lock(&contract);
    let folder = out.unwrap_or(&spec);
    let old = files::read_if_there(&folder.join("prose.lock"))?.unwrap_or_default();
    let origin = origin(&contract, file, &published)?;
    files::write(&folder.join("outscale.yaml"), &contract.yaml)?;
    files::write(&folder.join("source.toml"), &origin)?;
    files::write(&folder.join("prose.lock"), &lock)?;
    let actions = api.action_count();
    println!(
        "imported API {}: {actions} actions, {} texts of which {} changed; now run `cargo xtask regen`",
        contract.version,
        contract.prose.len(),
        changed(&old, &lock),
    );
    Ok(End::Done)
}

fn origin(contract: &Contract, file: &Path, published: &str) -> Result<String, String> {
    let location = file.file_name().unwrap_or_default().to_string_lossy();
    let origin = Origin { version: &contract.version, location: &location, sha256: sha256(published) };
    let text = toml::to_string(&origin).map_err(|error| format!("cannot write source.toml: {error}"))?;
    Ok(format!("# Where spec/outscale.yaml came from. Written by `cargo xtask spec import`.\n{text}"))
}

/// One line for each published text: its place and its digest.
fn lock(contract: &Contract) -> String {
    let mut lock = "# A digest of each published text. Written by `cargo xtask spec import`.\n".to_owned();
    for (pointer, text) in &contract.prose {
        let digest: String = sha256(text).chars().take(DIGEST_LENGTH).collect();
        lock.push_str(&format!("{digest} {pointer}\n"));
    }
    lock
}

/// How many texts are new or other than before.
fn changed(old: &str, new: &str) -> usize {
    let old: std::collections::HashSet<&str> = old.lines().collect();
    new.lines().skip(1).filter(|line| !old.contains(line)).count()
}

fn sha256(text: &str) -> String {
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    digest.as_ref().iter().fold(String::new(), |mut hex, byte| {
        // Writing into a string cannot fail.
        _ = write!(hex, "{byte:02x}");
        hex
    })
}

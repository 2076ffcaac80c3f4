//! The workspace that a command works on: found at run time, never the checkout that the program was built in.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::terminal;

/// The members of this workspace. Another workspace lacks at least one of them.
const MEMBERS: [&str; 4] = ["codegen", "osc-api", "tests", "xtask"];

/// The root of the workspace: the current folder, or the first folder above it with our manifest.
/// Prints it once, unless it is the current folder.
///
/// # Errors
/// If there is none, or the current folder cannot be determined.
pub(crate) fn root() -> Result<&'static Path, String> {
    static ANNOUNCED: OnceLock<()> = OnceLock::new();
    let (current, root) = found()?;
    if root != current {
        ANNOUNCED.get_or_init(|| terminal::warn(&format!("workspace: {}\n", root.display())));
    }
    Ok(root)
}

/// A program without the environment variables that cargo sets for this one.
///
/// Build scripts that read them, as that of ring, would otherwise be dirty for another cargo, and with them most
/// dependencies.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    let is_of_the_package =
        |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_of_the_package)) {
        command.env_remove(name);
    }
    command
}

/// The version that all crates of the workspace share.
///
/// # Errors
/// If the manifest cannot be read.
pub(crate) fn crate_version(root: &Path) -> Result<Option<String>, String> {
    let path = root.join("Cargo.toml");
    let manifest = crate::files::read(&path)?;
    let manifest: toml::Table =
        manifest.parse().map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let version = manifest.get("workspace").and_then(|workspace| workspace.get("package")?.get("version"));
    Ok(version.and_then(toml::Value::as_str).map(str::to_owned))
}

/// A path relative to the workspace, or unchanged if it is outside.
pub(crate) fn relative(path: &Path) -> String {
    let root = found().map_or(Path::new(""), |(_, root)| root);
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}

/// A path in the workspace relative to it; the name of any other file.
pub(crate) fn short_name(path: &Path) -> String {
    match relative(path) {
        relative if Path::new(&relative).is_absolute() => {
            path.file_name().unwrap_or_default().to_string_lossy().into_owned()
        }
        relative => relative,
    }
}

/// The current folder and the root, found once.
fn found() -> Result<(&'static Path, &'static Path), String> {
    static FOUND: OnceLock<Result<(PathBuf, PathBuf), String>> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let current = std::env::current_dir().map_err(|error| format!("no current folder: {error}"))?;
        let root = find(&current)?;
        Ok((current, root))
    });
    found.as_ref().map(|(current, root)| (current.as_path(), root.as_path())).map_err(Clone::clone)
}

fn find(current: &Path) -> Result<PathBuf, String> {
    let root = current.ancestors().find(|folder| is_root(folder));
    root.map(Path::to_owned).ok_or_else(|| {
        format!(
            "{} is not in a checkout of this repository: no folder above it has a Cargo.toml with the members {}; \
             change to a checkout and run the command there",
            current.display(),
            MEMBERS.join(", ")
        )
    })
}

fn is_root(folder: &Path) -> bool {
    let Ok(manifest) = std::fs::read_to_string(folder.join("Cargo.toml")) else { return false };
    let Ok(manifest) = manifest.parse::<toml::Table>() else { return false };
    let members = manifest.get("workspace").and_then(|workspace| workspace.get("members")?.as_array());
    members.is_some_and(|members| {
        MEMBERS.iter().all(|member| members.iter().any(|other| other.as_str() == Some(member)))
    })
}

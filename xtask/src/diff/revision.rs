//! Descriptions in files, and in the history of a git repository.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::sync;

/// Reads a file, or what `REV:PATH` names in the repository of the working directory.
///
/// # Errors
/// Says which of the two could not be read and why.
pub(crate) fn read(name: &str) -> Result<String, String> {
    let path = Path::new(name);
    match name.split_once(':') {
        // A file may have a colon in its name.
        Some((revision, inside)) if !path.exists() => of_revision(name, revision, inside),
        _ => sync::read(path),
    }
}

fn of_revision(name: &str, revision: &str, path: &str) -> Result<String, String> {
    if revision.is_empty() || path.is_empty() {
        return Err(format!("{name} is no file, and not `REV:PATH` either: one of the two is missing"));
    }
    let inside = git(&["rev-parse", "--is-inside-work-tree"])?;
    if !inside.is_success {
        return Err(format!("cannot read {name}: this folder is in no git repository ({})", inside.said));
    }
    let commit =
        git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")])?;
    if !commit.is_success {
        let remedy = "`git fetch --tags` gets those of others";
        return Err(format!("cannot read {name}: git knows no revision `{revision}`; {remedy}"));
    }
    // From here on the revision is the hash of a commit, which cannot be taken for an option.
    let object = format!("{}:{path}", commit.out.trim());
    let kind = git(&["cat-file", "-t", &object])?;
    match (kind.is_success, kind.out.trim()) {
        (true, "blob") => {}
        (true, kind) => return Err(format!("cannot read {name}: it is no file but a {kind}")),
        (false, _) => {
            return Err(format!(
                "cannot read {name}: there is no `{path}` in {revision}; the path begins at the root of the \
                 repository, or with `./` at this folder"
            ));
        }
    }
    let size = git(&["cat-file", "-s", &object])?.out.trim().parse().unwrap_or(u64::MAX);
    sync::bounded(Path::new(name), size)?;
    let file = git_bytes(&["cat-file", "blob", &object])?;
    if !file.status.success() {
        return Err(format!("cannot read {name}: {}", String::from_utf8_lossy(&file.stderr).trim()));
    }
    sync::text(Path::new(name), file.stdout)
}

struct Answer {
    is_success: bool,
    out: String,
    said: String,
}

fn git(arguments: &[&str]) -> Result<Answer, String> {
    let output = git_bytes(arguments)?;
    Ok(Answer {
        is_success: output.status.success(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        said: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}

fn git_bytes(arguments: &[&str]) -> Result<std::process::Output, String> {
    Command::new("git").args(arguments).stdin(Stdio::null()).output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            "the program `git` is not there: install it, or name two files instead of `REV:PATH`".to_owned()
        }
        _ => format!("the program `git` cannot be run: {error}"),
    })
}

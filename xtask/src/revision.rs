//! Reads files of a revision of a git repository.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use crate::files;

/// A revision, resolved to a commit.
pub(crate) struct Revision {
    name: String,
    commit: String,
    /// The folder in which git runs.
    folder: std::path::PathBuf,
}

impl Revision {
    /// Resolves a revision of the repository of a folder. `wanted` is the name of the input in messages.
    ///
    /// # Errors
    /// If git is not installed, the folder is not in a repository, or there is no such revision.
    pub(crate) fn resolve(folder: &Path, name: &str, wanted: &str) -> Result<Self, String> {
        let fail = |reason: String| format!("cannot read {wanted}: {reason}");
        let inside = git(folder, &["rev-parse", "--is-inside-work-tree"])?;
        if !inside.status.success() {
            return Err(fail(format!("this folder is not in a git repository ({})", errors(&inside))));
        }
        let object = format!("{name}^{{commit}}");
        let commit = git(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &object])?;
        if !commit.status.success() {
            return Err(fail(format!("unknown revision `{name}`; `git fetch --tags` fetches tags")));
        }
        // From here on the revision is a hash, which cannot be mistaken for an option.
        let commit = text(&commit.stdout);
        Ok(Self { name: name.to_owned(), commit, folder: folder.to_owned() })
    }

    /// Reads a file. The path starts at the root of the repository, or with `./` at the folder.
    ///
    /// # Errors
    /// If there is no such file, or it is too large or not UTF-8.
    pub(crate) fn read(&self, path: &str) -> Result<String, String> {
        let missing = || {
            format!(
                "cannot read {}:{path}: no `{path}` in {}; the path starts at the root of the repository, or with `./` \
                 at this folder",
                self.name, self.name
            )
        };
        self.read_if_exists(path)?.ok_or_else(missing)
    }

    /// Reads a file that may be missing.
    ///
    /// # Errors
    /// As [`read`](Self::read), for a file that exists.
    pub(crate) fn read_if_exists(&self, path: &str) -> Result<Option<String>, String> {
        let name = format!("{}:{path}", self.name);
        let object = format!("{}:{path}", self.commit);
        let kind = git(&self.folder, &["cat-file", "-t", &object])?;
        match (kind.status.success(), text(&kind.stdout).as_str()) {
            (true, "blob") => {}
            (true, kind) => return Err(format!("cannot read {name}: it is a {kind}, not a file")),
            (false, _) => return Ok(None),
        }
        let size = git(&self.folder, &["cat-file", "-s", &object])?;
        let size = text(&size.stdout).parse().unwrap_or(u64::MAX);
        files::check_size(Path::new(&name), size)?;
        let file = git(&self.folder, &["cat-file", "blob", &object])?;
        if !file.status.success() {
            return Err(format!("cannot read {name}: {}", errors(&file)));
        }
        files::text(Path::new(&name), file.stdout).map(Some)
    }
}

/// A comparison with a revision, made by git while the command does something else.
pub(crate) struct Comparison(std::io::Result<Child>);

impl Comparison {
    /// Starts to compare everything below a path with a revision.
    pub(crate) fn start(folder: &Path, revision: &str, path: &str) -> Self {
        let mut command = command(folder, &["diff", "--quiet", revision, "--", path]);
        Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn())
    }

    /// Whether anything differs: in the index or in the working tree. `true` if git cannot compare.
    pub(crate) fn finds_changes(self) -> bool {
        !self.0.and_then(|mut diff| diff.wait()).is_ok_and(|status| status.success())
    }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command
}

fn git(folder: &Path, arguments: &[&str]) -> Result<Output, String> {
    command(folder, arguments).output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            "the program `git` is not installed: install it, or name two files instead of `REV:PATH`"
                .to_owned()
        }
        _ => format!("the program `git` cannot be run: {error}"),
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

fn errors(output: &Output) -> String {
    text(&output.stderr)
}

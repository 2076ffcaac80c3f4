//! Expected files: what a test's output must equal, regenerated with `BLESS=1`. A module of several tests.
#![allow(dead_code, reason = "each test target uses a part of this module")]

use std::fs;
use std::path::{Path, PathBuf};

use similar::TextDiff;

/// As many lines of a difference as one reads.
const DIFF_LINES: usize = 60;

/// A path below `tests/`.
pub fn tests(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A path below the root of the workspace.
pub fn workspace(path: &str) -> PathBuf {
    tests("..").join(path)
}

/// The descriptions that were published, each with its version. None where the checkout stands alone.
pub fn published() -> Vec<(String, String)> {
    let Ok(entries) = fs::read_dir(workspace("../shared/specs")) else { return Vec::new() };
    let paths = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "yaml"));
    let mut found: Vec<_> = paths
        .map(|path| {
            (path.file_stem().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap())
        })
        .collect();
    found.sort();
    found
}

/// Reads a text that must be there.
#[track_caller]
pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
}

/// Reads a text that may be missing.
pub fn read_if_there(path: &Path) -> Option<String> {
    path.exists().then(|| read(path))
}

/// Whether expected files are to be regenerated.
pub fn blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| !value.is_empty() && value != "0")
}

/// Compares a text with the expected file, or makes that file. What differs comes back, as a diff.
pub fn compare(path: &Path, found: &str) -> Result<(), String> {
    let expected = read_if_there(path);
    if expected.as_deref() == Some(found) {
        return Ok(());
    }
    if blessing() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, found).unwrap();
        return Ok(());
    }
    let Some(expected) = expected else { return Err(format!("{} is missing", path.display())) };
    let diff = TextDiff::from_lines(&expected, found);
    let diff = diff.unified_diff().context_radius(2).header("expected", "found").to_string();
    let lines: Vec<_> = diff.lines().take(DIFF_LINES).collect();
    Err(format!("{} differs:\n{}", path.display(), lines.join("\n")))
}

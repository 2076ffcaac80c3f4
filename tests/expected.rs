//! Expected files: the committed output of tests, regenerated with `BLESS=1`.
use std::fs;
use std::path::{Path, PathBuf};

use similar::TextDiff;

/// Maximum number of lines of a difference to print.
const MAX_DIFF_LINES: usize = 60;

/// A path below `tests/`.
pub fn tests(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A path below the root of the workspace.
pub fn workspace(path: &str) -> PathBuf {
    tests("..").join(path)
}

/// All published descriptions with their versions, from the folder that the variable `OSC_TEST_SPECS` names. Only for
/// ignored tests: the repository has the last one alone, without its prose.
#[track_caller]
pub fn published() -> Vec<(String, String)> {
    let paths = fs::read_dir(published_folder()).unwrap();
    let paths =
        paths.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "yaml"));
    let mut found: Vec<_> =
        paths.map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), read(&path))).collect();
    found.sort();
    assert!(found.len() > 1, "the folder OSC_TEST_SPECS has too few descriptions");
    found
}

/// The folder of the published descriptions.
#[track_caller]
pub fn published_folder() -> PathBuf {
    let folder = std::env::var_os("OSC_TEST_SPECS").expect("OSC_TEST_SPECS names a folder of descriptions");
    // Cargo starts tests in the folder of their package, but the path is one in the workspace.
    workspace("").join(folder)
}

/// Reads a file that must exist.
#[track_caller]
pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
}

/// Reads a file that may be missing.
pub fn read_if_exists(path: &Path) -> Option<String> {
    path.exists().then(|| read(path))
}

/// Whether expected files are to be regenerated.
pub fn blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| !value.is_empty() && value != "0")
}

/// Compares a text with the expected file, or writes that file with `BLESS=1`.
///
/// # Errors
/// Returns the difference as a diff.
pub fn compare(path: &Path, found: &str) -> Result<(), String> {
    let expected = read_if_exists(path);
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
    let lines: Vec<_> = diff.lines().take(MAX_DIFF_LINES).collect();
    Err(format!("{} differs:\n{}", path.display(), lines.join("\n")))
}

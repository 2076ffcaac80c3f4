//! The package of the crate, as it would be published.

use super::{CheckResult, Runner};

/// Maximum size of the compressed package, in bytes: 3 % more than it has. Of its 547 KiB, the generated code has 258, of
/// which 124 are documentation; the fake API has 60, the guides 20, the examples 12 and the lock file 10.
const MAX_SIZE: u64 = 565 * 1024;

/// Files that the package must contain: what the licenses require, and the page that describes the crate.
const REQUIRED: [&str; 4] = ["LICENSE-APACHE", "LICENSE-BSD-3-CLAUSE", "LICENSE-MIT", "README.md"];

/// Packages the crate and builds it from its package; then checks the list of files and the size.
pub(super) fn check(run: &Runner<'_>) -> Result<CheckResult, String> {
    let list = "cargo package --package osc-api --list --allow-dirty";
    let Some(files) = run.output(list)? else { return Ok(CheckResult::Failed(format!("`{list}` failed"))) };
    let files: Vec<&str> = files.lines().collect();
    if let Some(missing) = REQUIRED.iter().find(|file| !files.contains(file)) {
        return Ok(CheckResult::Failed(format!("{missing} is not in the package")));
    }
    let is_test =
        |file: &&&str| file.ends_with("tests.rs") || file.split('/').any(|folder| folder == "tests");
    if let Some(test) = files.iter().find(is_test) {
        return Ok(CheckResult::Failed(format!("{test}, a test, is in the package")));
    }
    let result = run.commands(&["cargo package --package osc-api --quiet --allow-dirty"])?;
    if result != CheckResult::Passed {
        return Ok(result);
    }
    let version = crate::workspace::crate_version(run.root)?.unwrap_or_default();
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| run.root.join("target"), Into::into);
    let path = target.join("package").join(format!("osc-api-{version}.crate"));
    let size =
        std::fs::metadata(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?.len();
    crate::terminal::print(&format!("{} files, {} KiB compressed\n", files.len(), size.div_ceil(1024)));
    if size > MAX_SIZE {
        return Ok(CheckResult::Failed(format!("the package has {size} bytes, more than {MAX_SIZE}")));
    }
    Ok(CheckResult::Passed)
}

//! Committed lists that a macro includes as source text.

use std::path::Path;

/// Compares a committed list with the expected one. With `BLESS=1` in the environment, writes it instead.
///
/// `name` is the path of the list in this package, `test` the test that writes it.
pub fn check(test: &str, name: &str, committed: &str, wanted: &str) {
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        std::fs::write(&path, wanted).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return;
    }
    let (missing, deleted) = (lines_beyond(wanted, committed), lines_beyond(committed, wanted));
    assert!(
        committed == wanted,
        "tests/{name} is stale (missing: {missing}; deleted: {deleted}): \
         run `BLESS=1 cargo test -p osc-tests --test runtime {test}`"
    );
}

fn lines_beyond(text: &str, other: &str) -> String {
    let other: Vec<&str> = other.lines().collect();
    let lines: Vec<&str> = text.lines().filter(|line| !other.contains(line)).map(str::trim).collect();
    if lines.is_empty() { "none".to_owned() } else { lines.join(" ") }
}

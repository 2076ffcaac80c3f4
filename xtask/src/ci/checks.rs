//! The list of checks.

use std::env;

use super::{Check, CheckResult, Runner, package};

/// The command of README.md that runs the tests.
const TEST_COMMAND: &str = "cargo test --workspace";

/// The oldest version of Rust that the crate supports: `rust-version` in Cargo.toml.
const MIN_RUST: &str = "1.88";

/// The libraries that must not be linked: rustls with ring is the only crypto library. (openssl-probe only finds the
/// folder of the trusted certificates.)
const BANNED: [&str; 6] =
    ["aws-lc-fips-sys", "aws-lc-rs", "aws-lc-sys", "native-tls", "openssl", "openssl-sys"];

/// All checks, the quick ones first.
pub(super) const CHECKS: &[Check] = &[
    Check { name: "fmt", summary: "formatting", run: |run| run.commands(&["cargo fmt --all --check"]) },
    Check {
        name: "typos",
        summary: "spelling",
        run: |run| run.commands_of("typos --version", TYPOS, &["typos"]),
    },
    Check { name: "dependencies", summary: "no second crypto library", run: dependencies },
    Check {
        name: "deny",
        summary: "licenses, sources, duplicates and banned crates",
        run: |run| {
            let checks = "cargo deny --all-features check bans licenses sources";
            run.commands_of("cargo deny --version", DENY, &[checks])
        },
    },
    Check {
        name: "advisories",
        summary: "published security advisories of the dependencies",
        run: |run| {
            // The database is fetched from the network: a check of its own, which the workflow runs.
            run.commands_of("cargo deny fetch db", DENY, &["cargo deny --all-features check advisories"])
        },
    },
    Check {
        name: "clippy",
        summary: "lints, with all features and as callers build the crate",
        run: |run| {
            run.commands(&[
                "cargo clippy --quiet --workspace --all-targets --all-features -- -D warnings",
                "cargo clippy --quiet --package osc-api --all-targets -- -D warnings",
            ])
        },
    },
    Check {
        name: "generated",
        summary: "the generated files and the texts are up to date",
        run: |run| run.commands(&["cargo xtask regen --check", "cargo xtask docs missing"]),
    },
    Check {
        name: "docs",
        summary: "the documentation has no warnings",
        run: |run| {
            run.commands(&["RUSTDOCFLAGS=-Dwarnings cargo doc --quiet --workspace --no-deps --all-features"])
        },
    },
    Check {
        name: "test",
        summary: "all tests that need no other program",
        // By default, the tests simulate fewer servers.
        run: |run| run.commands(&[&format!("OSC_TEST_SIMULATIONS=3 {TEST_COMMAND}")]),
    },
    Check { name: "curl", summary: "requests that curl signs", run: curl },
    Check { name: "published", summary: "tests on published descriptions", run: published },
    Check {
        name: "verdicts",
        summary: "the verdicts of `spec diff` against those of cargo-semver-checks",
        run: |run| {
            let tests = "cargo test --quiet --package osc-tests --test generator -- --ignored verdicts_agree";
            run.commands_of("cargo semver-checks --version", SEMVER_CHECKS, &[tests])
        },
    },
    Check { name: "semver", summary: "the public interface against the last tag", run: semver },
    Check {
        name: "features",
        summary: "every combination of features compiles",
        run: |run| {
            // `default` is empty, and `chrono` and `time` do not affect each other.
            let powerset = "RUSTFLAGS=-Dwarnings cargo hack check --quiet --package osc-api --feature-powerset --no-dev-deps \
                            --exclude-features default --group-features chrono,time";
            run.commands_of("cargo hack --version", HACK, &[powerset])
        },
    },
    Check {
        name: "msrv",
        summary: "the oldest supported version of Rust",
        run: |run| {
            let check = format!("cargo +{MIN_RUST} check --quiet --workspace --all-features");
            let install = format!("rustup toolchain install {MIN_RUST} --profile minimal");
            run.commands_of(&format!("cargo +{MIN_RUST} --version"), &install, &[&check])
        },
    },
    Check { name: "package", summary: "the crate builds from its package", run: package::check },
    Check { name: "clean", summary: "the checks modify no file", run: clean },
];

// The versions that the checks were last seen to pass with: the same as in the workflow.
const DENY: &str = "cargo install --locked cargo-deny@0.18.9";
const HACK: &str = "cargo install --locked cargo-hack@0.6.46";
const SEMVER_CHECKS: &str = "cargo install --locked cargo-semver-checks@0.51.0";
const TYPOS: &str = "cargo install --locked typos-cli@1.52.0";

fn dependencies(run: &Runner<'_>) -> Result<CheckResult, String> {
    for package in ["osc-api", "xtask"] {
        let line =
            format!("cargo tree --quiet --package {package} --edges normal --prefix none --all-features");
        let Some(tree) = run.output(&line)? else {
            return Ok(CheckResult::Failed(format!("`{line}` failed")));
        };
        let mut names = tree.lines().filter_map(|line| line.split(' ').next());
        if let Some(banned) = names.find(|name| BANNED.contains(name)) {
            return Ok(CheckResult::Failed(format!(
                "{package} depends on {banned}, a second crypto library"
            )));
        }
    }
    Ok(CheckResult::Passed)
}

fn curl(run: &Runner<'_>) -> Result<CheckResult, String> {
    let help = run.output("curl --help all")?.unwrap_or_default();
    if !help.contains("--aws-sigv4") {
        return Ok(CheckResult::Skipped("curl 7.75 or later is not installed".to_owned()));
    }
    run.commands(&["cargo test --quiet --package osc-tests --test runtime -- --ignored curl"])
}

fn published(run: &Runner<'_>) -> Result<CheckResult, String> {
    if env::var_os("OSC_TEST_SPECS").is_none() {
        let reason = "the variable OSC_TEST_SPECS names no folder of published descriptions";
        return Ok(CheckResult::Skipped(reason.to_owned()));
    }
    run.commands(&["cargo test --quiet --package osc-tests --test generator -- --ignored published"])
}

fn semver(run: &Runner<'_>) -> Result<CheckResult, String> {
    let Some(tag) = run.output("git describe --tags --abbrev=0")? else {
        return Ok(CheckResult::Skipped("the history has no tag".to_owned()));
    };
    let check = format!("cargo semver-checks --package osc-api --baseline-rev {}", tag.trim());
    run.commands_of("cargo semver-checks --version", SEMVER_CHECKS, &[&check])
}

fn clean(run: &Runner<'_>) -> Result<CheckResult, String> {
    match run.output("git status --porcelain")? {
        Some(files) if files.is_empty() => Ok(CheckResult::Passed),
        Some(files) => {
            Ok(CheckResult::Failed(format!("these files differ from the last commit:\n{}", files.trim_end())))
        }
        None => Ok(CheckResult::Skipped("the workspace is no git repository".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::{CHECKS, DENY, HACK, MIN_RUST, SEMVER_CHECKS, TEST_COMMAND, TYPOS};

    fn workspace_file(name: &str) -> String {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
        std::fs::read_to_string(path).unwrap_or_default()
    }

    #[test]
    fn names_are_unique() {
        let names: std::collections::BTreeSet<_> = CHECKS.iter().map(|check| check.name).collect();
        assert_eq!(names.len(), CHECKS.len());
    }

    #[test]
    fn the_readme_and_ci_run_the_same_test_command() {
        for file in ["README.md", ".ci/run"] {
            assert!(workspace_file(file).lines().any(|line| line == TEST_COMMAND), "{file}");
        }
    }

    #[test]
    fn the_workflow_and_ci_install_the_same_versions() {
        let programs =
            [DENY, HACK, SEMVER_CHECKS, TYPOS].map(|line| line.rsplit(' ').next().unwrap_or_default());
        let workflow = workspace_file(".github/workflows/ci.yml");
        let tools = workflow.lines().find_map(|line| line.trim().strip_prefix("tool: ")).unwrap_or_default();
        assert_eq!(tools.split(',').collect::<Vec<_>>(), programs);
        let script = workspace_file(".ci/run");
        let installed =
            script.lines().filter_map(|line| line.trim().strip_prefix("cargo install --quiet --locked "));
        let installed: Vec<_> = installed.filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(installed, [programs[1], programs[3]]);
    }

    #[test]
    fn the_oldest_version_of_rust_is_that_of_the_manifest() {
        assert!(workspace_file("Cargo.toml").contains(&format!("rust-version = \"{MIN_RUST}\"")));
    }
}

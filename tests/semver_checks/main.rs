//! Compares the verdict of `spec diff` with that of `cargo semver-checks`, an independent tool, on pairs of generated
//! crates. `results.txt` records both; `BLESS=1` rewrites it.
//!
//! The tool sees no types of fields and no behaviour, so it may miss a breaking change. What it calls breaking, the
//! report must call breaking too.
//!
//! Without the tool, the test is reported as ignored: `cargo install cargo-semver-checks --locked` installs it. A
//! program of its own, because a test cannot ignore itself.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    reason = "a test fails by a panic and prints its result"
)]

#[path = "../expected.rs"]
mod expected;
#[path = "../diff/small.rs"]
mod small;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

use osc_codegen::ir::Api;
use osc_codegen::{Diff, Impact, Input};

use expected::{read, workspace};
use small::Inputs;

const NAME: &str = "verdicts_agree_with_cargo_semver_checks";

/// Edits of the small description and its overlay, error codes and waiters.
const SMALL: &[(&str, &[(&str, &str)])] = &[
    (
        "a new field of a response",
        &[(
            "CageId: {type: string}\n        Guests",
            "CageId: {type: string}\n        Age: {type: integer}\n        Guests",
        )],
    ),
    (
        "a new error code",
        &[("5001: {name: no-such-cage}\n", "5001: {name: no-such-cage}\n5002: {name: no-such-door}\n")],
    ),
    ("a new value of an enum", &[("[small, large, huge]", "[small, large, huge, tiny]")]),
    ("a removed field", &[("        Note: {type: string, default: empty}\n", "")]),
    ("a removed value of an enum", &[("enum: [1, 2, 3]", "enum: [1, 2]")]),
    ("a removed error code", &[("5001: {name: no-such-cage}\n", "")]),
    (
        "one more required field",
        &[
            ("required: [CageId]", "required: [CageId, Why]"),
            (
                "properties: {CageId: {type: string}}}\n    DeleteCageResponse",
                "properties: {CageId: {type: string}, Why: {type: string}}}\n    DeleteCageResponse",
            ),
        ],
    ),
    ("a field of another type", &[("Good: {type: boolean}", "Good: {type: string}")]),
    ("overlay: a method of another name", &[("x-rust-name: CheckEveryCage", "x-rust-name: CheckCages")]),
    ("overlay: a variant of another name", &[("{huge: Large2}", "{huge: Huge}")]),
    ("a goal of a waiter less", &[("closed: {deleted: true}", "shut: {states: [closed], deleted: true}")]),
];

/// Edits of the committed overlay.
const COMMITTED: &[(&str, &str, &str)] = &[
    ("overlay: a value less in the set VolumeType", "enum: [standard, gp2, io1]}", "enum: [standard, gp2]}"),
    ("overlay: a type of another name", "x-rust-name: CatalogState", "x-rust-name: StateOfCatalog"),
];

/// The published versions to compare, if their descriptions are there.
const PUBLISHED: &[(&str, &str)] = &[("1.39.1", "1.40.1"), ("1.40.1", "1.42.0"), ("1.42.0", "1.39.1")];

/// The generated code as a crate, with what it expects at its root.
const ROOT: &str = "
#![allow(warnings)]
pub use osc_api::{
    Date, DateOrDateTime, DateTime, Nullable, Paginated, Result, Secret, UnknownInteger, UnknownValue,
    serde_json, __private, wait,
};
pub mod action {
    pub use osc_api::action::{Action, Auth, RetrySafety};
    pub use crate::modules::action::*;
}
pub mod modules;
pub use modules::{codes, types, waiters};
pub struct Client;
impl Client {
    async fn send<A: action::Action>(&self, _: &A::Request) -> Result<A::Response> {
        std::future::pending().await
    }
}
";

fn main() -> ExitCode {
    // The arguments of the test harness: a list is empty, and a filter must match.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let filters: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let is_selected = filters.is_empty() || filters.iter().any(|filter| NAME.contains(filter.as_str()));
    if arguments.iter().any(|argument| argument == "--list") || !is_selected {
        println!("{NAME}: test\n");
        return ExitCode::SUCCESS;
    }
    println!("\nrunning 1 test");
    let Some(tool) = Tool::find() else {
        println!("test {NAME} ... ignored, cargo-semver-checks is not installed");
        println!("\ntest result: ok. 0 passed; 0 failed; 1 ignored\n");
        return ExitCode::SUCCESS;
    };
    let rows = rows(&tool);
    let recorded = workspace("tests/semver_checks/results.txt");
    let old = expected::read_if_exists(&recorded).unwrap_or_default();
    let wrong = compare(&old, &rows);
    if expected::blessing() {
        fs::write(&recorded, rows.concat()).unwrap();
    } else if !wrong.is_empty() {
        println!(
            "test {NAME} ... FAILED\n{wrong}\nIf this is intended: BLESS=1 cargo test -p osc-tests --test semver_checks"
        );
        return ExitCode::FAILURE;
    }
    println!("test {NAME} ... ok, {} pairs", rows.len());
    println!("\ntest result: ok. 1 passed; 0 failed; 0 ignored\n");
    ExitCode::SUCCESS
}

/// The rows that are not recorded as they are found. Rows of descriptions that are not there are not compared.
fn compare(recorded: &str, rows: &[String]) -> String {
    let missing = rows.iter().filter(|row| !recorded.contains(row.as_str()));
    missing.map(|row| format!("not recorded:\n{row}")).collect()
}

/// One row per pair: both verdicts, and the lints that the tool names.
fn rows(tool: &Tool) -> Vec<String> {
    let mut rows = Vec::new();
    let base = Inputs::base();
    let old = tool.rustdoc(&base.model());
    for (name, edits) in SMALL {
        let model = base.clone().edited(edits).model();
        rows.push(tool.row(name, &old, &Diff::between(&base.model(), &model), &tool.rustdoc(&model)));
    }
    let contract = read(&workspace("spec/outscale.yaml"));
    let overlay = read(&workspace("spec/overlay.yaml"));
    let committed = model(&contract, &overlay);
    let old = tool.rustdoc(&committed);
    for (name, from, to) in COMMITTED {
        assert!(overlay.contains(from), "{name}: spec/overlay.yaml has changed");
        let model = model(&contract, &overlay.replace(from, to));
        rows.push(tool.row(name, &old, &Diff::between(&committed, &model), &tool.rustdoc(&model)));
    }
    let published = expected::published();
    let find = |version: &str| published.iter().find(|(other, _)| other == version).map(|(_, text)| text);
    for (old_version, new_version) in PUBLISHED {
        let (Some(old), Some(new)) = (find(old_version), find(new_version)) else {
            println!("not compared, there is no description: {old_version} to {new_version}");
            continue;
        };
        let (old, new) = (model(old, &overlay), model(new, &overlay));
        let diff = Diff::between(&old, &new);
        rows.push(tool.row(
            &format!("{old_version} to {new_version}"),
            &tool.rustdoc(&old),
            &diff,
            &tool.rustdoc(&new),
        ));
    }
    rows
}

fn model(description: &str, overlay: &str) -> Api {
    let codes = read(&workspace("spec/errors.yaml"));
    let waiters = read(&workspace("spec/waiters.yaml"));
    let input = Input {
        description,
        overlay: Some(overlay),
        docs: None,
        errors: Some(&codes),
        waiters: Some(&waiters),
        strict: false,
    };
    osc_codegen::model(&input, &mut |_| {}).unwrap().0
}

/// `cargo semver-checks`, and the folder for the crates.
struct Tool {
    program: PathBuf,
    folder: PathBuf,
}

impl Tool {
    /// The tool of `CARGO_SEMVER_CHECKS`, otherwise the one on the path.
    fn find() -> Option<Self> {
        let given = std::env::var_os("CARGO_SEMVER_CHECKS").map(PathBuf::from);
        let program = given.unwrap_or_else(|| PathBuf::from("cargo-semver-checks"));
        let is_there =
            Command::new(&program).arg("--version").output().is_ok_and(|output| output.status.success());
        let folder = workspace("target/semver_checks");
        _ = fs::remove_dir_all(&folder);
        is_there.then_some(Self { program, folder })
    }

    /// The documentation of the crate of a model, as JSON.
    fn rustdoc(&self, api: &Api) -> PathBuf {
        // One folder for all, so that the dependencies are checked once. The crate must have one name.
        let package = self.folder.join("crate");
        _ = fs::remove_dir_all(&package);
        fs::create_dir_all(package.join("src")).unwrap();
        let manifest = format!(
            "[package]\nname = \"generated\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
             osc-api = {{ path = {:?} }}\n",
            fs::canonicalize(workspace("osc-api")).unwrap()
        );
        fs::write(package.join("Cargo.toml"), manifest).unwrap();
        fs::copy(workspace("Cargo.lock"), package.join("Cargo.lock")).unwrap();
        fs::write(package.join("src/lib.rs"), ROOT).unwrap();
        for (name, text) in osc_codegen::files(api).unwrap() {
            let is_used = !matches!(name.as_str(), "blocking.rs" | "fake_data.rs" | "service.rs");
            let path = package.join("src").join("modules").join(&name);
            let path = if name == "modules.rs" { package.join("src/modules.rs") } else { path };
            if is_used {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                // The file that declares the modules is next to their folder.
                fs::write(path, text).unwrap();
            }
        }
        let target = self.folder.join("target");
        let output = Command::new(env!("CARGO"))
            .args([
                "rustdoc",
                "--quiet",
                "--offline",
                "--lib",
                "--",
                "-Zunstable-options",
                "--output-format=json",
            ])
            .args(["--cap-lints=allow", "--document-hidden-items"])
            .current_dir(&package)
            // The format is unstable, and the tool reads that of each stable compiler.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_DIR", &target)
            .output()
            .unwrap();
        succeeded(&output);
        let number = fs::read_dir(&self.folder).unwrap().count();
        let json = self.folder.join(format!("{number}.json"));
        fs::rename(target.join("doc/generated.json"), &json).unwrap();
        json
    }

    fn row(&self, name: &str, old: &Path, diff: &Diff, new: &Path) -> String {
        let output = Command::new(&self.program)
            .args(["semver-checks", "--release-type", "minor", "--color", "never"])
            .arg("--baseline-rustdoc")
            .arg(old)
            .arg("--current-rustdoc")
            .arg(new)
            .output()
            .unwrap();
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(
            text.contains("no semver update required") || text.contains("semver requires"),
            "{name}:\n{text}"
        );
        let lints: BTreeSet<&str> = text
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("--- failure ")?.split(':').next())
            .collect();
        let theirs = !output.status.success();
        let ours = diff.impact() == Some(Impact::Breaking);
        assert!(
            ours || !theirs,
            "{name}: the tool finds {lints:?}, and the report nothing breaking:\n{text}"
        );
        assert_eq!(theirs, !lints.is_empty(), "{name}:\n{text}");
        let word = |is_breaking| if is_breaking { "breaking" } else { "compatible" };
        let mut row =
            format!("{name}\n    report: {}, {}\n    tool: {}\n", word(ours), diff.counts(), word(theirs));
        lints.iter().for_each(|lint| writeln!(row, "        {lint}").unwrap());
        row
    }
}

fn succeeded(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

//! Compares the verdict of `spec diff` with that of `cargo semver-checks`, an independent tool, on pairs of generated
//! crates. `semver_checks.txt` records both; `BLESS=1` rewrites it.
//!
//! The tool sees no types of fields and no behaviour, so it may miss a breaking change. What it calls breaking, the
//! report must call breaking too.
//!
//! `cargo install cargo-semver-checks --locked` installs the tool.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use osc_codegen::ir::Api;
use osc_codegen::{Diff, Impact, Input};
use osc_tests::artifacts;

use crate::diff::small::Inputs;
use crate::expected::{self, read, workspace};

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

/// The published versions to compare, if their descriptions are available.
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

#[test]
#[ignore = "runs cargo-semver-checks: `cargo xtask ci` includes it where it is installed"]
fn verdicts_agree_with_cargo_semver_checks() {
    let rows = rows(&Tool::find());
    let path = expected::tests("diff/semver_checks.txt");
    if expected::blessing() {
        fs::write(&path, rows.concat()).unwrap();
        return;
    }
    // Rows of descriptions that are not available are not compared.
    let recorded = read(&path);
    let missing: Vec<_> = rows.iter().filter(|row| !recorded.contains(row.as_str())).collect();
    assert!(
        missing.is_empty(),
        "not recorded: {missing:#?}\n\nIf this is intended: \
         BLESS=1 cargo test -p osc-tests --test generator -- --ignored verdicts_agree"
    );
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
    fn find() -> Self {
        let given = std::env::var_os("CARGO_SEMVER_CHECKS").map(PathBuf::from);
        let program = given.unwrap_or_else(|| PathBuf::from("cargo-semver-checks"));
        Self { program, folder: artifacts::scratch("semver_checks") }
    }

    /// The documentation of the crate of a model, as JSON.
    fn rustdoc(&self, api: &Api) -> PathBuf {
        let number = fs::read_dir(&self.folder).unwrap().count();
        let package = self.folder.join(number.to_string());
        fs::create_dir_all(&package).unwrap();
        let root = package.join("lib.rs");
        fs::write(&root, ROOT).unwrap();
        for (name, text) in osc_codegen::files(api).unwrap() {
            let is_used = !matches!(name.as_str(), "blocking.rs" | "fake_data.rs" | "service.rs");
            // The file that declares the modules is next to their folder.
            let path =
                if name == "modules.rs" { package.join(name) } else { package.join("modules").join(name) };
            if is_used {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
        }
        let mut rustdoc = artifacts::rustdoc("generated", &root);
        rustdoc.args(artifacts::library("osc_api")).arg("--out-dir").arg(&package);
        rustdoc.args(["-Zunstable-options", "--output-format=json", "--cap-lints=allow"]);
        // The format is unstable, and the tool reads that of each stable compiler.
        rustdoc.args(["--document-hidden-items", "--crate-version=1.0.0"]).env("RUSTC_BOOTSTRAP", "1");
        let output = artifacts::output(&mut rustdoc);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        package.join("generated.json")
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

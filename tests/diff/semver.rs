//! The compiler checks the verdicts: callers of the old crate are built against the new one.
//!
//! A caller that avoids everything reported as breaking must compile: no breaking change is missed. A caller that uses
//! everything must not compile if a change is breaking for the compiler: nothing is reported as breaking without need.
//! All crates are checked with the real runtime.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use osc_codegen::ir::Api;
use osc_codegen::{ChangeKind, Diff, Impact, Input};
use osc_tests::artifacts::{self, CompileError};
use osc_tests::random::sample;

use crate::diff::caller::{Broken, caller};
use crate::diff::cases::CASES;
use crate::diff::small::Inputs;
use crate::expected::{self, workspace};
/// Kinds that break only behavior, which the compiler does not see.
const BEHAVIOR: &[ChangeKind] = &[
    ChangeKind::ActionAuth,
    ChangeKind::ActionRetry,
    ChangeKind::FieldWire,
    ChangeKind::CodeChanged,
    ChangeKind::ServiceChanged,
];

/// Cases that break only behavior, although other changes of their kind break the build.
const UNSEEN: &[&str] =
    &["value respelled with the same variant", "goal with other states", "pagination of two lists"];

/// Maximum number of cases per kind to compile: each takes time. CI, whose samples are larger, compiles all of them.
const MAX_CASES: usize = 1;

/// Maximum number of cases per kind whose caller must not compile.
const MAX_SAMPLES: usize = 2;

/// Stub of the crate around the generated code.
const CRATE_STUB: &str = "
    pub use osc_api::{
        Date, DateOrDateTime, DateTime, Nullable, Paginated, Result, Secret, UnknownInteger, UnknownValue,
        serde_json, __private, wait,
    };
    pub mod action { pub use osc_api::action::{Action, Auth, RetrySafety}; }
    pub struct Client;
    impl Client {
        async fn send<A: action::Action>(&self, _: &A::Request) -> Result<A::Response> {
            std::future::pending().await
        }
    }
";

/// The crates to check: one with all models, one with all callers that must compile, and one with a module for each that
/// must not.
struct Crates {
    folder: PathBuf,
    models: String,
    valid: String,
    broken: BTreeMap<String, String>,
}

impl Crates {
    fn new(name: &str) -> Self {
        let folder = artifacts::scratch(name);
        Self { folder, models: String::new(), valid: String::new(), broken: BTreeMap::new() }
    }

    fn model(&mut self, name: &str, api: &Api) {
        let folder = self.folder.join("models").join(name);
        fs::create_dir_all(&folder).unwrap();
        for (file, text) in osc_codegen::files(api).unwrap() {
            // Generated files use paths from the root of their crate.
            fs::write(folder.join(file), text.replace("crate::", &format!("crate::{name}::"))).unwrap();
        }
        let path = format!("#[path = \"{name}/modules.rs\"]\n    pub mod modules;");
        writeln!(self.models, "#[path = \".\"]\npub mod {name} {{{CRATE_STUB}    {path}\n}}").unwrap();
    }

    fn add_valid(&mut self, name: &str, model: &str, text: &str) {
        writeln!(self.valid, "pub mod {name} {{\nuse models::{model} as api;\n{text}}}").unwrap();
    }

    fn add_broken(&mut self, name: &str, model: &str, text: &str) {
        self.broken.insert(name.to_owned(), format!("use models::{model} as api;\n{text}"));
    }

    /// Compiles all crates and returns the callers that do not compile, with the errors. Those that must compile are one
    /// caller, `valid`.
    fn check(self) -> BTreeMap<String, String> {
        let Self { folder, models, valid, broken } = self;
        let models_root = folder.join("models/lib.rs");
        fs::write(&models_root, format!("#![allow(warnings)]\n{models}")).unwrap();
        if let Err(errors) = compiled(artifacts::check("models", &models_root, &folder)) {
            panic!("the generated code does not compile:\n{errors}");
        }
        let models = format!("models={}", folder.join("libmodels.rmeta").display());
        let check = |name: &str, text: &str| {
            let root = folder.join(name).with_extension("rs");
            fs::write(&root, format!("#![allow(warnings)]\n{text}")).unwrap();
            let mut check = artifacts::check(name, &root, &folder);
            check.args(["--extern", &models]);
            check
        };
        let mut failed = BTreeMap::new();
        if let Err(errors) = compiled(check("valid", &valid)) {
            failed.insert("valid".to_owned(), errors);
        }
        for (name, text) in &broken {
            fs::write(folder.join(name).with_extension("rs"), text).unwrap();
        }
        let mut remaining: Vec<&str> = broken.keys().map(String::as_str).collect();
        // An error of one phase of the compiler hides those of later phases in other modules: they are found without it.
        loop {
            let modules = remaining.iter().map(|name| format!("mod {name};\n"));
            let errors = artifacts::errors(&mut check("broken", &modules.collect::<String>()));
            if errors.is_empty() {
                return failed;
            }
            for CompileError { file, text, .. } in errors {
                let name = file.file_stem().and_then(OsStr::to_str).unwrap();
                assert!(remaining.contains(&name), "an error outside of the callers:\n{text}");
                failed.entry(name.to_owned()).or_default().push_str(&text);
            }
            remaining.retain(|name| !failed.contains_key(*name));
        }
    }
}

/// Runs a compiler. Returns its messages as an error if it fails.
fn compiled(mut compiler: Command) -> Result<(), String> {
    let output = artifacts::output(&mut compiler);
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// Whether the changes of a case must break the build.
fn is_seen(name: &str, diff: &Diff) -> bool {
    let is_for_compiler = |change: &osc_codegen::Change| !BEHAVIOR.contains(&change.kind);
    diff.with_impact(Impact::Breaking).any(is_for_compiler) && !UNSEEN.contains(&name)
}

fn read(description: &str) -> Api {
    let contract = osc_codegen::strip_prose(description).unwrap().yaml;
    let overlay = expected::read(&workspace("spec/overlay.yaml"));
    let input = Input {
        description: &contract,
        overlay: Some(&overlay),
        docs: None,
        errors: None,
        waiters: None,
        strict: false,
    };
    osc_codegen::model(&input, &mut |_| {}).unwrap().0
}

#[test]
fn additive_changes_compile_and_breaking_ones_do_not() {
    let mut crates = Crates::new("semver");
    let base = Inputs::base().model();
    let everything = caller(&base, &Broken::default());
    crates.model("base", &base);
    crates.add_valid("base", "base", &everything);
    crates.add_broken("control", "base", &everything);
    let mut expected: BTreeMap<String, &str> = BTreeMap::new();
    // The numbers of compiled and of rejected callers per kind, and whether the compiler sees the change.
    let mut cases: BTreeMap<(Option<ChangeKind>, bool), (usize, usize)> = BTreeMap::new();
    for (number, (name, edits)) in CASES.iter().enumerate() {
        let new = Inputs::base().edited(edits).model();
        let diff = Diff::between(&base, &new);
        let (case, package) = (format!("case{number}"), format!("broken{number}"));
        let kind = diff.changes.first().map(|change| change.kind);
        let (compiled, rejected) = cases.entry((kind, is_seen(name, &diff))).or_default();
        if sample(1) == 1 && *compiled == MAX_CASES {
            continue;
        }
        *compiled += 1;
        crates.model(&case, &new);
        crates.add_valid(&case, &case, &caller(&base, &Broken::of(&diff)));
        if is_seen(name, &diff) && *rejected < MAX_SAMPLES {
            *rejected += 1;
            crates.add_broken(&package, &case, &everything);
            expected.insert(package, name);
        }
    }
    println!("{} of {} cases", cases.values().map(|(compiled, _)| compiled).sum::<usize>(), CASES.len());
    assert!(expected.len() > 20, "too few cases: {}", expected.len());
    let failed = crates.check();
    if let Some(errors) = failed.get("valid") {
        panic!("a change that is not reported as breaking breaks a caller:\n{errors}");
    }
    let control = failed.get("control");
    assert!(control.is_none(), "the unchanged model does not compile: {control:?}");
    let compiled: Vec<_> = expected.iter().filter(|(package, _)| !failed.contains_key(*package)).collect();
    assert!(compiled.is_empty(), "reported as breaking, but the caller compiles: {compiled:?}");
}

#[test]
#[ignore = "reads published descriptions from the folder OSC_TEST_SPECS"]
fn callers_of_a_published_version_that_avoid_breaking_changes_compile_with_the_next() {
    let mut crates = Crates::new("published_semver");
    let published = expected::published();
    for pair in published.windows(2) {
        let [(old_version, old), (new_version, new)] = pair else { continue };
        let (old, new) = (read(old), read(new));
        let diff = Diff::between(&old, &new);
        assert!(diff.impact().is_some(), "{old_version} to {new_version}");
        let name = format!("v{}", new_version.replace('.', "_"));
        crates.model(&name, &new);
        crates.add_valid(&name, &name, &caller(&old, &Broken::of(&diff)));
    }
    let failed = crates.check();
    assert!(failed.is_empty(), "a change that is not reported as breaking breaks a caller: {failed:?}");
}

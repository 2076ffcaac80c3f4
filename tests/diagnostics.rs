//! Diagnostics for a damaged description, overlay, documentation or list of error codes.
//!
//! A case is an edit of `diagnostics/base.yaml`, or a whole input. `diagnostics/expected.txt` has all diagnostics in
//! full. `BLESS=1 cargo test -p osc-tests --test generator diagnostics` rewrites that file; review it: every message must name the
//! location and the remedy.
mod cases;

use std::ffi::{OsStr, OsString};
use std::fmt::Write;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use cases::{CASES, Case, Damage};
use osc_codegen::{Diagnostic, Input, Severity};

use crate::{expected, xtask};

/// Timeout of one damaged input, in an unoptimized build on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(20);

const BASE: &str = include_str!("diagnostics/base.yaml");

/// The inputs of a case.
struct Damaged {
    description: Vec<u8>,
    overlay: Option<String>,
    docs: Option<String>,
    errors: Option<String>,
    waiters: Option<String>,
}

/// The base with edits.
#[track_caller]
fn edited(case: &Case, edits: &[(&str, &str)]) -> String {
    edits.iter().fold(BASE.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "{}: the base has no {old:?}", case.name);
        text.replacen(old, new, 1)
    })
}

#[track_caller]
fn damaged(case: &Case) -> Damaged {
    let mut damaged =
        Damaged { description: BASE.into(), overlay: None, docs: None, errors: None, waiters: None };
    match case.damage {
        Damage::Edit(edits) => damaged.description = edited(case, edits).into(),
        Damage::Add(text) => damaged.description = format!("{BASE}{text}").into(),
        Damage::Whole(bytes) => damaged.description = bytes.into(),
        Damage::Built(build) => damaged.description = build().into(),
        Damage::Overlay(actions) => {
            damaged.overlay = Some(format!("overlay: 1.0.0\ninfo: {{title: T, version: '1'}}\n{actions}"));
        }
        Damage::WholeOverlay(text) => damaged.overlay = Some(text.to_owned()),
        Damage::Docs(text) => damaged.docs = Some(text.to_owned()),
        Damage::Errors(text) => damaged.errors = Some(text.to_owned()),
        Damage::Waiters(edits, text) => {
            damaged.description = edited(case, edits).into();
            damaged.waiters = Some(text.to_owned());
        }
    }
    damaged
}

/// The generator's diagnostics. `None` for bytes that are not UTF-8, which never reach it.
fn problems(damaged: &Damaged) -> Option<Vec<Diagnostic>> {
    let Damaged { description, overlay, docs, errors, waiters } = damaged;
    let input = Input {
        description: std::str::from_utf8(description).ok()?,
        overlay: overlay.as_deref(),
        docs: docs.as_deref(),
        errors: errors.as_deref(),
        waiters: waiters.as_deref(),
        strict: true,
    };
    match osc_codegen::model(&input, &mut |_| {}) {
        Ok((_, problems)) | Err(problems) => Some(problems),
    }
}

/// The diagnostics of all cases, each found within the timeout.
fn problems_of_cases() -> &'static [Option<Vec<Diagnostic>>] {
    static PROBLEMS: OnceLock<Vec<Option<Vec<Diagnostic>>>> = OnceLock::new();
    PROBLEMS.get_or_init(|| CASES.iter().map(problems_in_time).collect())
}

/// Like [`problems`], within the timeout.
fn problems_in_time(case: &'static Case) -> Option<Vec<Diagnostic>> {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || sender.send(problems(&damaged(case))));
    match receiver.recv_timeout(TIMEOUT) {
        Ok(problems) => problems,
        Err(error) => panic!("{}: no result within {TIMEOUT:?}: {error}", case.name),
    }
}

#[test]
fn the_base_has_no_diagnostics() {
    let good = Damaged { description: BASE.into(), overlay: None, docs: None, errors: None, waiters: None };
    assert_eq!(problems(&good), Some(Vec::new()));
}

#[test]
fn every_damage_is_reported_with_its_location_and_remedy() {
    let (mut text, mut silent) = (String::new(), Vec::new());
    for (case, problems) in CASES.iter().zip(problems_of_cases()) {
        _ = writeln!(text, "== {}", case.name);
        let Some(problems) = problems else { continue };
        if problems.is_empty() {
            silent.push(case.name);
        }
        for problem in problems {
            _ = writeln!(text, "{problem}");
            if let Some(place) = &problem.place {
                _ = writeln!(text, "{}", place.excerpt());
            }
        }
        text.push('\n');
    }
    let path = expected::tests("diagnostics/expected.txt");
    if let Err(difference) = expected::compare(&path, &text) {
        panic!(
            "{difference}\n\nIf this is intended: BLESS=1 cargo test -p osc-tests --test generator diagnostics"
        );
    }
    assert!(silent.is_empty(), "no diagnostics for {silent:?}");
}

#[test]
fn case_names_are_unique_and_cover_many_kinds() {
    let names: std::collections::BTreeSet<_> = CASES.iter().map(|case| case.name).collect();
    assert_eq!(names.len(), CASES.len(), "a name is used twice");
    assert!(names.len() >= 50, "only {} kinds of damage", names.len());
}

#[test]
fn the_command_line_fails_without_a_panic_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for (case, expected) in CASES.iter().zip(problems_of_cases()) {
        let is_stale = |problem: &Diagnostic| problem.severity == Severity::Stale;
        let only_stale = expected.as_ref().is_some_and(|all| all.iter().all(is_stale));
        let folder = folder.path().join(case.name);
        let out = folder.join("out");
        let run = xtask::run(arguments(damaged(case), &folder, &out).iter().map(OsStr::new));
        let output = &run.output;
        assert!(!output.contains("panicked"), "{}: {output}", case.name);
        if only_stale {
            // For a description other than the committed one, a stale entry is a warning, and an unused text a note.
            let is_reported = ["warning: ", "note: "].iter().any(|word| output.contains(word));
            assert!(run.code == Some(0) && is_reported, "{}: {output}", case.name);
            continue;
        }
        assert!(matches!(run.code, Some(1 | 2)), "{}: exit code {:?}: {output}", case.name, run.code);
        assert!(output.contains("error: "), "{}: {output}", case.name);
        assert!(!out.exists(), "{} wrote {}", case.name, out.display());
    }
}

/// Writes the inputs of a case to a new folder. Returns the arguments that generate from them into `out`.
fn arguments(damaged: Damaged, folder: &Path, out: &Path) -> Vec<OsString> {
    let Damaged { description, overlay, docs, errors, waiters } = damaged;
    std::fs::create_dir(folder).unwrap();
    let overlay = Some(overlay.unwrap_or_else(|| cases::NO_OVERLAY.to_owned()));
    let mut arguments: Vec<OsString> = vec!["regen".into(), "--out".into(), out.into()];
    let texts = [("overlay", overlay), ("docs", docs), ("errors", errors), ("waiters", waiters)];
    let texts = texts.into_iter().filter_map(|(name, text)| Some((name, text?.into_bytes())));
    for (name, bytes) in texts.chain([("spec", description)]) {
        let file = folder.join(name).with_extension("yaml");
        std::fs::write(&file, bytes).unwrap();
        arguments.extend([format!("--{name}").into(), file.into()]);
    }
    arguments
}

/// A description with an error, and with prose so that its contract has other lines.
fn annotated() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.yaml");
    let text = BASE.replacen("info: {title: Test,", "info:\n  {description: much, title: Test,", 1);
    std::fs::write(&path, text.replacen("Size: {type: integer}", "Size: {type: wrong}", 1)).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

#[test]
fn every_command_that_reads_descriptions_reports_locations() {
    let (folder, file) = annotated();
    let out = folder.path().join("out").to_str().unwrap().to_owned();
    let good = folder.path().join("good.yaml");
    std::fs::write(&good, BASE).unwrap();
    let good = good.to_str().unwrap().to_owned();
    let pointer = "#/components/schemas/ReadCagesRequest/properties/Size";
    for command in [
        &["regen", "--spec", &file, "--out", &out][..],
        &["spec", "check", &file],
        &["spec", "import", &file, "--out", &out],
        &["spec", "diff", &good, &file],
    ] {
        let arguments = |format: &'static str| {
            let format = ["--format", format];
            command.iter().copied().chain(format).map(OsStr::new).collect::<Vec<_>>()
        };
        let run = xtask::run(arguments("text"));
        let shown = format!("error: {file}:26:9 {pointer}: `wrong` is not a type of OpenAPI 3.0");
        assert!(run.code == Some(1) && run.output.contains(&shown), "{command:?}: {}", run.output);
        assert!(
            run.output.contains("\n    26 |         Size: {type: wrong}\n       |         ^\n"),
            "{command:?}: {}",
            run.output
        );
        assert!(run.output.contains("found 1 error"), "{command:?}: {}", run.output);
        let run = xtask::run(arguments("github"));
        let shown = format!("::error file={file},line=26,col=9,title=description::{pointer}: `wrong` is not");
        assert!(
            run.code == Some(1) && run.output.lines().any(|line| line.starts_with(&shown)),
            "{command:?}: {}",
            run.output
        );
    }
}

//! The command line: `regen`, `regen --check` and `spec`, run as programs on temporary folders.

mod check;
mod command_line;
mod second_api;
mod workdir;
mod workspaces;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use self::workdir::{Workdir, description, files, run, times};
use crate::{expected, xtask};

#[test]
fn a_folder_without_generated_files_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let letter = folder.path().join("letter.txt");
    fs::write(&letter, "Dear reader").unwrap();
    let run = run(&["regen", "--out", folder.path().to_str().unwrap()]);
    assert_eq!(run.code, Some(2), "{}", run.output);
    assert!(run.output.contains("name a new folder"), "{}", run.output);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(fs::read_to_string(&letter).unwrap(), "Dear reader");
}

#[test]
fn a_second_run_changes_nothing() {
    let work = Workdir::new(3);
    let first = work.regen("spec.yaml", "out", &[]);
    assert!(
        first.output.contains("3 actions") && first.output.contains("9 files, 9 changed"),
        "{}",
        first.output
    );
    let before = times(Path::new(&work.path("out")));
    let second = work.regen("spec.yaml", "out", &[]);
    assert!(second.code == Some(0) && second.output.contains("9 files, 0 changed"), "{}", second.output);
    assert_eq!(times(Path::new(&work.path("out"))), before);
}

#[test]
fn a_missing_folder_is_created_or_reported() {
    let work = Workdir::new(2);
    let check = work.regen("spec.yaml", "not/there", &["--check"]);
    assert!(check.code == Some(1) && check.output.contains("8 to change"), "{}", check.output);
    assert!(!Path::new(&work.path("not")).exists());
    assert_eq!(work.regen("spec.yaml", "not/there", &[]).code, Some(0));
    assert_eq!(work.files("not/there").len(), 8);
}

#[test]
fn output_is_the_same_in_every_folder() {
    let work = Workdir::new(5);
    work.generate();
    assert_eq!(work.regen("spec.yaml", "other", &[]).code, Some(0));
    assert_eq!(work.files("out"), work.files("other"));
}

/// Ends `regen` at its changes to the disk in turn, as if it were killed there.
#[test]
fn a_run_killed_at_any_write_leaves_every_file_whole() {
    let work = Workdir::new(3);
    work.write("new.yaml", &description(5, "Other"));
    work.generate();
    let old = work.files("out");
    assert_eq!(work.regen("new.yaml", "new", &[]).code, Some(0));
    let new = work.files("new");
    let mut partial = 0;
    let step = xtask::abort_step();
    for writes in (1..).step_by(step) {
        work.restore("out", &old);
        let mut command = xtask::command(work.arguments("new.yaml", "out", &[]).iter().map(OsStr::new));
        command.env(xtask::ABORT_AFTER, writes.to_string());
        let run = xtask::finish(command);
        if run.code == Some(0) {
            break;
        }
        assert_eq!(run.code, Some(137), "{}", run.output);
        let found = work.files("out");
        for (name, text) in found.iter().filter(|(name, _)| !name.starts_with('.')) {
            let is_whole = [old.get(name), new.get(name)].contains(&Some(text));
            assert!(is_whole, "{name} is neither the old nor the new text after {writes} writes");
        }
        partial += usize::from(found != old && found != new);
        assert_eq!(work.regen("new.yaml", "out", &[]).code, Some(0));
        assert!(work.files("out") == new, "the run after {writes} writes produced other files");
    }
    assert!(partial * step > 10, "only {partial} runs were killed while writing");
}

#[test]
fn two_runs_at_once_write_the_same_files() {
    let work = Workdir::new(10);
    work.write("new.yaml", &description(12, "Other"));
    assert_eq!(work.regen("new.yaml", "new", &[]).code, Some(0));
    let new = work.files("new");
    for _ in 0..5 {
        work.generate();
        let start =
            || xtask::command(work.arguments("new.yaml", "out", &[]).iter().map(OsStr::new)).spawn().unwrap();
        let runs = [start(), start()].map(|child| child.wait_with_output().unwrap());
        for run in runs {
            assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        }
        assert!(work.files("out") == new, "the folder differs from the result of one run");
    }
}

#[test]
fn a_damaged_description_leaves_the_folder_unchanged() {
    let work = Workdir::new(2);
    work.generate();
    let before = (work.files("out"), times(Path::new(&work.path("out"))));
    work.write("bad.yaml", &description(2, "Name").replace("type: string", "type: strin"));
    let run = work.regen("bad.yaml", "out", &[]);
    assert_eq!(run.code, Some(1), "{}", run.output);
    assert!(run.output.contains("found 2 errors") && run.output.contains("bad.yaml"), "{}", run.output);
    assert_eq!((work.files("out"), times(Path::new(&work.path("out")))), before);
}

#[test]
fn the_committed_files_are_up_to_date() {
    let run = run(&["regen", "--check"]);
    assert!(run.code == Some(0) && run.output.contains("0 to change"), "{}", run.output);
}

#[test]
fn an_import_of_a_damaged_description_changes_nothing() {
    let work = Workdir::new(2);
    let spec = expected::workspace("spec");
    let before = (files(&spec), times(&spec));
    for damage in ["type: strin", "type: [string]", "$ref: '#/nowhere'", "]"] {
        work.write("bad.yaml", &description(2, "Name").replace("type: string", damage));
        let run = run(&["spec", "import", &work.path("bad.yaml")]);
        assert_eq!(run.code, Some(1), "{damage}: {}", run.output);
        assert!((files(&spec), times(&spec)) == before, "{damage}: spec/ changed");
    }
}

#[test]
fn a_broken_link_in_the_texts_is_an_error_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let docs = folder.path().join("docs.yaml");
    let text = expected::read(&expected::workspace("spec/docs.yaml"));
    let text = text.replacen("](crate::Client::", "](crate::Client::no_", 1);
    let line = text.lines().position(|line| line.contains("::no_")).unwrap() + 1;
    fs::write(&docs, text).unwrap();
    let run = run(&["regen", "--check", "--docs", docs.to_str().unwrap()]);
    assert_eq!(run.code, Some(1), "{}", run.output);
    let expected = format!("docs.yaml:{line} the link to `crate::Client::no_");
    assert!(run.output.contains(&expected), "{}", run.output);
    assert!(run.output.contains("leads to no generated item"), "{}", run.output);
}

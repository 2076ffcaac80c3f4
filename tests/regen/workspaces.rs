//! Commands in separate workspaces: the checkout that they work on, interruptions, and the bump.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::expected;
use crate::regen::workdir::{description, files, times};
use crate::xtask::{self, Run};

/// A minimal workspace that the command line accepts: a description, and a manifest with our members.
fn small_workspace(version: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("Cargo.toml", "[workspace]\nmembers = [\"codegen\", \"osc-api\", \"tests\", \"xtask\"]\n");
    // A name with an exception in the generator, which would report the exception as unused otherwise.
    let text = description(1, "VRam").replace("version: '1'", &format!("version: '{version}'"));
    write("spec/outscale.yaml", &text);
    folder
}

#[test]
fn a_program_works_on_the_checkout_in_which_it_is_started() {
    let real = expected::workspace("spec");
    let before = (files(&real), times(&real), times(&expected::workspace("osc-api/src/generated")));
    let clone = small_workspace("7.7");
    let start = |folder: &Path, arguments: &[&str]| {
        let mut command = xtask::command(arguments.iter().map(OsStr::new));
        command.current_dir(folder);
        xtask::finish(command)
    };
    for folder in [clone.path().to_owned(), clone.path().join("spec")] {
        let run = start(&folder, &["regen"]);
        assert!(run.output.contains("API 7.7"), "{}", run.output);
        // The root is printed if it is not the current directory.
        let root = clone.path().canonicalize().unwrap();
        let is_printed = run.output.contains(&format!("workspace: {}", root.display()));
        assert_eq!(is_printed, folder != clone.path(), "{}", run.output);
    }
    assert!(clone.path().join("osc-api/src/generated/tag0.rs").exists());
    let imported = clone.path().join("new.yaml");
    fs::write(&imported, description(2, "VRam")).unwrap();
    let run = start(clone.path(), &["spec", "import", "new.yaml"]);
    assert_eq!(run.code, Some(0), "{}", run.output);
    assert!(
        clone.path().join("spec/source.toml").exists()
            && clone.path().join("target/import/report.md").exists()
    );
    let after = (files(&real), times(&real), times(&expected::workspace("osc-api/src/generated")));
    assert!(before == after, "the checkout that built the program changed");

    let elsewhere = tempfile::tempdir().unwrap();
    for arguments in [&["regen"][..], &["docs", "missing"], &["spec", "import", imported.to_str().unwrap()]] {
        let run = start(elsewhere.path(), arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.output);
        assert!(run.output.contains("is not in a checkout of this repository"), "{}", run.output);
    }
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[test]
fn an_interrupted_import_stops_regen_until_the_next_import() {
    let clone = small_workspace("1");
    fs::write(clone.path().join("new.yaml"), description(2, "VRam")).unwrap();
    let start = |arguments: &[&str], writes: Option<&str>| {
        let mut command = xtask::command(arguments.iter().map(OsStr::new));
        command.current_dir(clone.path()).envs(writes.map(|writes| (xtask::ABORT_AFTER, writes)));
        xtask::finish(command)
    };
    // After the report, the old contract and the start of the journal: while the new files are written.
    assert_eq!(start(&["spec", "import", "new.yaml"], Some("14")).code, Some(137));
    let run = start(&["regen"], None);
    assert_eq!(run.code, Some(1), "{}", run.output);
    assert!(run.output.contains("the import of API 1 was interrupted"), "{}", run.output);
    assert!(clone.path().join("target/import/report.md").exists(), "the report is lost");
    assert_eq!(start(&["spec", "import", "new.yaml"], None).code, Some(0));
    assert_eq!(start(&["regen"], None).code, Some(0));
}

#[test]
fn a_bump_stops_for_manual_work_and_continues_when_run_again() {
    let clone = small_workspace("1");
    let spec = clone.path().join("spec");
    fs::write(spec.join("docs.yaml"), "actions: {Read0: Reads.}\nfields: {VRam: Size.}\n").unwrap();
    let text = description(2, "VRam").replace("version: '1'", "version: '2'");
    fs::write(clone.path().join("new.yaml"), &text).unwrap();
    let bump = |arguments: &[&str]| {
        let mut command = xtask::command(["bump"].iter().chain(arguments).map(OsStr::new));
        command.current_dir(clone.path());
        xtask::finish(command)
    };
    let first = bump(&["new.yaml"]);
    assert_eq!(first.code, Some(1), "{}", first.output);
    for part in
        ["Import of API 2", "1. Import: done", "2. Regenerate: done", "no text: actions/Read1", "NEXT: write"]
    {
        assert!(first.output.contains(part), "no {part}: {}", first.output);
    }
    let list = expected::read(&clone.path().join("tests/round_trip/actions.in"));
    assert!(list.contains("Read0") && list.contains("Read1"), "{list}");
    fs::write(spec.join("docs.yaml"), "actions: {Read0: Reads., Read1: Reads.}\nfields: {VRam: Size.}\n")
        .unwrap();
    let second = bump(&["new.yaml"]);
    assert_eq!(second.code, Some(0), "{}", second.output);
    assert!(second.output.contains("new.yaml is already imported"), "{}", second.output);
    assert!(second.output.contains("3. Texts: complete and reviewed"), "{}", second.output);
    // Removed names disappear from the list.
    fs::write(clone.path().join("old.yaml"), description(1, "VRam")).unwrap();
    let third = bump(&["old.yaml"]);
    assert!(
        third.code == Some(1) && third.output.contains("NEXT: correct the errors above"),
        "{}",
        third.output
    );
    fs::write(spec.join("docs.yaml"), "actions: {Read0: Reads.}\nfields: {VRam: Size.}\n").unwrap();
    assert_eq!(bump(&["old.yaml"]).code, Some(0));
    assert!(!expected::read(&clone.path().join("tests/round_trip/actions.in")).contains("Read1"));
    assert_eq!(bump(&["old.yaml", "--dry-run"]).code, Some(2));
}

/// All files of a workspace that commands write, by path.
fn written(root: &Path) -> BTreeMap<String, String> {
    let folders = ["spec", "osc-api/src/generated", "tests/round_trip", "tests/values", "target/import"];
    let in_folder = |folder: &'static str| {
        let path = root.join(folder);
        let files = if path.exists() { files(&path) } else { BTreeMap::new() };
        files.into_iter().map(move |(name, text)| (format!("{folder}/{name}"), text))
    };
    folders.into_iter().flat_map(in_folder).collect()
}

/// A workspace at version 1, generated, with version 2 ready to be bumped to. The program runs for the first one; the
/// others get the same files.
fn before_a_bump() -> TempDir {
    static GENERATED: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    let generate = || {
        let clone = small_workspace("1");
        assert_eq!(start(clone.path(), &["regen"], None).code, Some(0));
        written(clone.path())
    };
    let clone = small_workspace("1");
    for (name, text) in GENERATED.get_or_init(generate) {
        let path = clone.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let text = description(2, "VRam").replace("version: '1'", "version: '2'");
    fs::write(clone.path().join("new.yaml"), text).unwrap();
    // Includes the documentation of the new version, so that no manual work is needed.
    let docs = "actions: {Read0: Reads., Read1: Reads.}\nfields: {VRam: Size.}\n";
    fs::write(clone.path().join("spec/docs.yaml"), docs).unwrap();
    clone
}

fn start(folder: &Path, arguments: &[&str], abort_after: Option<usize>) -> Run {
    let mut command = xtask::command(arguments.iter().map(OsStr::new));
    command.current_dir(folder);
    command.envs(abort_after.map(|writes| (xtask::ABORT_AFTER, writes.to_string())));
    xtask::finish(command)
}

/// Ends `bump` at its changes to the disk in turn; the next run completes it.
#[test]
fn a_bump_killed_at_any_write_is_completed_by_the_next() {
    let done = before_a_bump();
    assert_eq!(start(done.path(), &["bump", "new.yaml"], None).code, Some(0));
    let wanted = written(done.path());
    assert!(wanted.len() > 10 && wanted["tests/round_trip/actions.in"].contains("Read1"), "{wanted:?}");
    let (mut kills, step) = (0, xtask::abort_step());
    for writes in (1..).step_by(step) {
        let clone = before_a_bump();
        let killed = start(clone.path(), &["bump", "new.yaml"], Some(writes));
        if killed.code == Some(0) {
            break;
        }
        assert_eq!(killed.code, Some(137), "{}", killed.output);
        kills += 1;
        let again = start(clone.path(), &["bump", "new.yaml"], None);
        assert_eq!(again.code, Some(0), "after {writes} writes: {}", again.output);
        let found = written(clone.path());
        // A complete import is not repeated, so its report stays the same.
        let differing: Vec<_> = wanted.iter().filter(|(name, text)| found.get(*name) != Some(text)).collect();
        assert!(differing.is_empty() && found.len() == wanted.len(), "after {writes} writes: {differing:?}");
    }
    assert!(kills * step > 30, "only {kills} kills");
}

#[test]
fn two_concurrent_bumps_write_the_same_files_as_one() {
    let done = before_a_bump();
    assert_eq!(start(done.path(), &["bump", "new.yaml"], None).code, Some(0));
    for _ in 0..5 {
        let clone = before_a_bump();
        let spawn = || {
            let mut command = xtask::command(["bump", "new.yaml"].map(OsStr::new));
            command.current_dir(clone.path()).spawn().unwrap()
        };
        let runs = [spawn(), spawn()].map(|child| child.wait_with_output().unwrap());
        for run in &runs {
            let [out, err] =
                [&run.stdout, &run.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            assert!(run.status.success(), "{out}{err}");
        }
        let spec_and_code = |root: &Path| {
            let mut files = written(root);
            // The second run may compare the new description with itself.
            files.retain(|name, _| !name.starts_with("target/"));
            files
        };
        assert!(
            spec_and_code(clone.path()) == spec_and_code(done.path()),
            "the files differ from those of one run"
        );
    }
}

//! The command line: `regen`, `regen --check` and `spec`, run as programs on folders of their own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

mod expected;
mod xtask;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use tempfile::TempDir;
use xtask::Run;

/// How many runs are killed.
const KILLS: usize = 30;

fn run(arguments: &[&str]) -> Run {
    xtask::run(arguments.iter().map(OsStr::new))
}

/// A folder for one test, with a small description of `tags` tags in it.
struct Work {
    folder: TempDir,
}

impl Work {
    fn new(tags: usize) -> Self {
        let work = Self { folder: tempfile::tempdir().unwrap() };
        work.write("spec.yaml", &description(tags, "Name"));
        work.write("overlay.yaml", "overlay: 1.0.0\ninfo: {title: T, version: '1'}\nactions: []\n");
        work
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn arguments(&self, spec: &str, out: &str, more: &[&str]) -> Vec<String> {
        let own =
            ["--spec", &self.path(spec), "--overlay", &self.path("overlay.yaml"), "--out", &self.path(out)];
        ["regen"].iter().chain(&own).chain(more).map(|argument| (*argument).to_owned()).collect()
    }

    fn regen(&self, spec: &str, out: &str, more: &[&str]) -> Run {
        xtask::run(self.arguments(spec, out, more).iter().map(OsStr::new))
    }

    /// Generates from `spec.yaml` into `out` and insists on success.
    #[track_caller]
    fn generated(&self) {
        let run = self.regen("spec.yaml", "out", &[]);
        assert_eq!(run.code, Some(0), "{}", run.said);
    }

    fn files(&self, out: &str) -> BTreeMap<String, String> {
        files(Path::new(&self.path(out)))
    }
}

/// A description with one action a tag, whose request has one field.
fn description(tags: usize, field: &str) -> String {
    let mut text = "openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths:\n".to_owned();
    for tag in 0..tags {
        text.push_str(&format!(
            "  /Read{tag}: {{post: {{tags: [Tag{tag}], requestBody: {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Read{tag}Request'}}}}}}}}, responses: {{'200': {{description: done}}}}}}}}\n"
        ));
    }
    text.push_str("components:\n  schemas:\n");
    for tag in 0..tags {
        text.push_str(&format!(
            "    Read{tag}Request: {{type: object, properties: {{{field}: {{type: string}}}}}}\n"
        ));
    }
    text
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .filter(|entry| entry.path().is_file())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .map(|(name, bytes)| (name, String::from_utf8_lossy(&bytes).into_owned()))
        .collect()
}

/// When each file of a folder was written.
fn times(folder: &Path) -> BTreeMap<String, SystemTime> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| {
            (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().modified().unwrap())
        })
        .collect()
}

/// Damages the generated folder and insists that `--check` names the file, says what to run and writes nothing.
#[track_caller]
fn check_finds(word: &str, name: &str, damage: impl FnOnce(&Path)) {
    let work = Work::new(2);
    work.generated();
    let out = work.path("out");
    let wanted = work.files("out");
    assert_eq!(work.regen("spec.yaml", "out", &["--check"]).code, Some(0));
    damage(Path::new(&out));
    let (damaged, before) = (work.files("out"), times(Path::new(&out)));
    let check = work.regen("spec.yaml", "out", &["--check"]);
    assert_eq!(check.code, Some(1), "{}", check.said);
    assert!(check.said.contains(&format!("{word}: {out}/{name}")), "{}", check.said);
    assert!(check.said.contains("1 to change"), "{}", check.said);
    assert!(check.said.contains("run `cargo xtask regen --spec"), "{}", check.said);
    assert_eq!((work.files("out"), times(Path::new(&out))), (damaged, before), "--check wrote something");
    let mended = work.regen("spec.yaml", "out", &[]);
    assert!(mended.code == Some(0) && mended.said.contains("1 changed"), "{}", mended.said);
    assert_eq!(work.files("out"), wanted);
    assert_eq!(work.regen("spec.yaml", "out", &["--check"]).code, Some(0));
}

#[test]
fn a_folder_of_somebody_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let letter = folder.path().join("letter.txt");
    fs::write(&letter, "Dear reader").unwrap();
    let run = run(&["regen", "--out", folder.path().to_str().unwrap()]);
    assert_eq!(run.code, Some(2), "{}", run.said);
    assert!(run.said.contains("empty folder"), "{}", run.said);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(fs::read_to_string(&letter).unwrap(), "Dear reader");
}

#[test]
fn a_second_run_changes_nothing() {
    let work = Work::new(3);
    let first = work.regen("spec.yaml", "out", &[]);
    assert!(first.said.contains("3 actions") && first.said.contains("7 files, 7 changed"), "{}", first.said);
    let before = times(Path::new(&work.path("out")));
    let second = work.regen("spec.yaml", "out", &[]);
    assert!(second.code == Some(0) && second.said.contains("7 files, 0 changed"), "{}", second.said);
    assert_eq!(times(Path::new(&work.path("out"))), before);
}

#[test]
fn one_byte_changed_is_found() {
    check_finds("stale", "tag1.rs", |out| {
        let path = out.join("tag1.rs");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text.replacen("Read1", "Read2", 1)).unwrap();
    });
}

#[test]
fn a_changed_code_is_found() {
    check_finds("stale", "codes.rs", |out| {
        let path = out.join("codes.rs");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text.replacen("u32 = 5063", "u32 = 5064", 1)).unwrap();
    });
}

#[test]
fn one_line_end_changed_is_found() {
    check_finds("stale", "modules.rs", |out| {
        let path = out.join("modules.rs");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text.replace('\n', "\r\n")).unwrap();
    });
}

#[test]
fn bytes_that_are_no_text_are_found() {
    check_finds("stale", "tag0.rs", |out| fs::write(out.join("tag0.rs"), [0xff, 0xfe, 0]).unwrap());
}

#[test]
fn one_file_removed_is_found() {
    check_finds("missing", "tag0.rs", |out| fs::remove_file(out.join("tag0.rs")).unwrap());
}

#[test]
fn one_foreign_file_is_found() {
    check_finds("orphan", "old.rs", |out| fs::write(out.join("old.rs"), "// old").unwrap());
}

#[test]
fn one_foreign_folder_is_found() {
    check_finds("orphan", "old", |out| {
        fs::create_dir(out.join("old")).unwrap();
        fs::write(out.join("old/mod.rs"), "// old").unwrap();
    });
}

#[test]
fn a_link_to_a_folder_is_removed_without_what_it_leads_to() {
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("kept"), "kept").unwrap();
    check_finds("orphan", "link", |out| {
        std::os::unix::fs::symlink(elsewhere.path(), out.join("link")).unwrap();
    });
    assert_eq!(fs::read_to_string(elsewhere.path().join("kept")).unwrap(), "kept");
}

#[test]
fn a_folder_that_is_not_there_is_made_or_missed() {
    let work = Work::new(2);
    let check = work.regen("spec.yaml", "not/there", &["--check"]);
    assert!(check.code == Some(1) && check.said.contains("6 to change"), "{}", check.said);
    assert!(!Path::new(&work.path("not")).exists());
    assert_eq!(work.regen("spec.yaml", "not/there", &[]).code, Some(0));
    assert_eq!(work.files("not/there").len(), 6);
}

#[test]
fn two_folders_get_the_same_bytes() {
    let work = Work::new(5);
    work.generated();
    assert_eq!(work.regen("spec.yaml", "other", &[]).code, Some(0));
    assert_eq!(work.files("out"), work.files("other"));
}

/// Starts `regen` over an older state and kills it, earlier or later each time.
#[test]
fn a_killed_run_leaves_every_file_whole() {
    let work = Work::new(30);
    work.write("new.yaml", &description(45, "Other"));
    work.generated();
    let old = work.files("out");
    let start = Instant::now();
    assert_eq!(work.regen("new.yaml", "new", &[]).code, Some(0));
    let whole = start.elapsed();
    let new = work.files("new");
    let mut between = 0;
    for kill in 0..KILLS {
        work.generated();
        let mut child =
            xtask::command(work.arguments("new.yaml", "out", &[]).iter().map(OsStr::new)).spawn().unwrap();
        if kill % 3 == 0 {
            // By the clock: anywhere in the run.
            std::thread::sleep(whole * u32::try_from(kill).unwrap() / u32::try_from(KILLS).unwrap());
        } else {
            // By its work: once so many files are there.
            let so_many = old.len() + kill * (new.len() - old.len()) / KILLS;
            let patience = Instant::now() + Duration::from_secs(10);
            let out = work.path("out");
            while fs::read_dir(&out).unwrap().count() <= so_many && Instant::now() < patience {
                if child.try_wait().unwrap().is_some() {
                    break;
                }
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let found = work.files("out");
        for (name, text) in found.iter().filter(|(name, _)| !name.starts_with('.')) {
            let whole = [old.get(name), new.get(name)].contains(&Some(text));
            assert!(whole, "{name} is neither the old nor the new text after kill {kill}");
        }
        between += usize::from(found != old && found != new);
        assert_eq!(work.regen("new.yaml", "out", &[]).code, Some(0));
        assert!(work.files("out") == new, "the run after kill {kill} left something else");
    }
    assert!(between > 0, "no run was killed while it wrote: the test shows nothing");
}

#[test]
fn a_damaged_description_leaves_the_folder_as_it_was() {
    let work = Work::new(2);
    work.generated();
    let before = (work.files("out"), times(Path::new(&work.path("out"))));
    work.write("bad.yaml", &description(2, "Name").replace("type: string", "type: strin"));
    let run = work.regen("bad.yaml", "out", &[]);
    assert_eq!(run.code, Some(1), "{}", run.said);
    assert!(run.said.contains("found 2 errors") && run.said.contains("bad.yaml"), "{}", run.said);
    assert_eq!((work.files("out"), times(Path::new(&work.path("out")))), before);
}

#[test]
fn the_committed_files_are_up_to_date() {
    let run = run(&["regen", "--check"]);
    assert!(run.code == Some(0) && run.said.contains("0 to change"), "{}", run.said);
}

#[test]
fn wrong_use_ends_with_2() {
    let work = Work::new(1);
    let (spec, out) = (work.path("spec.yaml"), work.path("out"));
    for arguments in [
        &[] as &[&str],
        &["nothing"],
        &["regen", "--nothing"],
        &["regen", "--spec"],
        &["regen", "--spec", "no/such/file.yaml", "--out", &out],
        &["regen", "--spec", "/", "--out", &out],
        &["regen", "--spec", &spec, "--overlay", "no/such/file.yaml", "--out", &out],
        &["regen", "--spec", &spec, "--out", &spec],
        &["spec"],
        &["spec", "check"],
        &["spec", "check", "no/such/file.yaml"],
        &["spec", "import"],
        &["spec", "import", "no/such/file.yaml"],
    ] {
        let run = run(arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.said);
        assert!(!run.said.contains("panicked") && !run.said.is_empty(), "{arguments:?}: {}", run.said);
    }
    assert!(!Path::new(&out).exists());
}

#[test]
fn spec_check_lists_problems_or_says_that_there_are_none() {
    let work = Work::new(2);
    let good = run(&["spec", "check", &work.path("spec.yaml")]);
    assert!(good.code == Some(0) && good.said.contains("2 actions, no errors"), "{}", good.said);
    work.write("bad.yaml", &description(2, "Name").replace("type: string", "type: strin"));
    let bad = run(&["spec", "check", &work.path("bad.yaml")]);
    assert_eq!(bad.code, Some(1));
    let named = bad.said.contains("bad.yaml:9:47 #/components/schemas/Read1Request/properties/Name: `strin`");
    assert!(named, "{}", bad.said);
}

/// `spec import` knows one folder only, the real one. A damaged description changes nothing in it.
#[test]
fn an_import_of_a_damaged_description_changes_nothing() {
    let work = Work::new(2);
    let spec = expected::workspace("spec");
    let before = (files(&spec), times(&spec));
    for damage in ["type: strin", "type: [string]", "$ref: '#/nowhere'", "]"] {
        work.write("bad.yaml", &description(2, "Name").replace("type: string", damage));
        let run = run(&["spec", "import", &work.path("bad.yaml")]);
        assert_eq!(run.code, Some(1), "{damage}: {}", run.said);
        assert!((files(&spec), times(&spec)) == before, "{damage}: spec/ changed");
    }
}

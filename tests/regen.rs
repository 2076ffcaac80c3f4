//! The command line: `regen`, `regen --check` and `spec`, run as programs on temporary folders.
mod second_api;
mod workspaces;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use tempfile::TempDir;

use crate::expected;
use crate::xtask::{self, Run};

fn run(arguments: &[&str]) -> Run {
    xtask::run(arguments.iter().map(OsStr::new))
}

/// A temporary folder with a small description and an overlay.
struct Workdir {
    folder: TempDir,
}

impl Workdir {
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
        let errors = expected::workspace("spec/errors.yaml");
        let [spec, overlay, out] = [spec, "overlay.yaml", out].map(|name| self.path(name));
        let own =
            ["--spec", &spec, "--overlay", &overlay, "--errors", errors.to_str().unwrap(), "--out", &out];
        ["regen"].iter().chain(&own).chain(more).map(|argument| (*argument).to_owned()).collect()
    }

    fn regen(&self, spec: &str, out: &str, more: &[&str]) -> Run {
        xtask::run(self.arguments(spec, out, more).iter().map(OsStr::new))
    }

    /// Generates from `spec.yaml` into `out` and asserts success.
    #[track_caller]
    fn generate(&self) {
        let run = self.regen("spec.yaml", "out", &[]);
        assert_eq!(run.code, Some(0), "{}", run.output);
    }

    fn files(&self, out: &str) -> BTreeMap<String, String> {
        files(Path::new(&self.path(out)))
    }
}

/// A description with one action per tag, whose request has one field.
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

/// The modification time of each file in a folder.
fn times(folder: &Path) -> BTreeMap<String, SystemTime> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| {
            (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().modified().unwrap())
        })
        .collect()
}

/// Damages the generated folder and asserts that `--check` names the file and the command to run, and writes nothing.
#[track_caller]
fn assert_check_finds(word: &str, name: &str, damage: impl FnOnce(&Path)) {
    let work = Workdir::new(2);
    work.generate();
    let out = work.path("out");
    let wanted = work.files("out");
    assert_eq!(work.regen("spec.yaml", "out", &["--check"]).code, Some(0));
    damage(Path::new(&out));
    let (damaged, before) = (work.files("out"), times(Path::new(&out)));
    let check = work.regen("spec.yaml", "out", &["--check"]);
    assert_eq!(check.code, Some(1), "{}", check.output);
    assert!(check.output.contains(&format!("{word}: {out}/{name}")), "{}", check.output);
    assert!(check.output.contains("1 to change"), "{}", check.output);
    assert!(check.output.contains("run `cargo xtask regen --spec"), "{}", check.output);
    assert_eq!((work.files("out"), times(Path::new(&out))), (damaged, before), "--check wrote something");
    let repaired = work.regen("spec.yaml", "out", &[]);
    assert!(repaired.code == Some(0) && repaired.output.contains("1 changed"), "{}", repaired.output);
    assert_eq!(work.files("out"), wanted);
    assert_eq!(work.regen("spec.yaml", "out", &["--check"]).code, Some(0));
}

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
fn a_changed_byte_is_found() {
    assert_check_finds("stale", "tag1.rs", |out| {
        let path = out.join("tag1.rs");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text.replacen("Read1", "Read2", 1)).unwrap();
    });
}

#[test]
fn a_changed_error_code_is_found() {
    assert_check_finds("stale", "codes.rs", |out| {
        let path = out.join("codes.rs");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text.replacen("u32 = 5063", "u32 = 5064", 1)).unwrap();
    });
}

#[test]
fn changed_line_ends_are_found() {
    assert_check_finds("stale", "modules.rs", |out| {
        let path = out.join("modules.rs");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text.replace('\n', "\r\n")).unwrap();
    });
}

#[test]
fn bytes_that_are_not_utf8_are_found() {
    assert_check_finds("stale", "tag0.rs", |out| fs::write(out.join("tag0.rs"), [0xff, 0xfe, 0]).unwrap());
}

#[test]
fn a_removed_file_is_found() {
    assert_check_finds("missing", "tag0.rs", |out| fs::remove_file(out.join("tag0.rs")).unwrap());
}

#[test]
fn an_orphaned_generated_file_is_found() {
    assert_check_finds("orphan", "old.rs", |out| {
        fs::copy(out.join("tag0.rs"), out.join("old.rs")).map(drop).unwrap()
    });
}

/// Adds an entry without our header and asserts that `--check` reports it and `regen` keeps it.
#[track_caller]
fn assert_foreign_entry_is_kept(name: &str, add: impl FnOnce(&Path)) {
    let work = Workdir::new(2);
    work.generate();
    let path = Path::new(&work.path("out")).join(name);
    add(&path);
    let check = work.regen("spec.yaml", "out", &["--check"]);
    assert_eq!(check.code, Some(1), "{}", check.output);
    assert!(check.output.contains(&format!("unexpected: {}", path.display())), "{}", check.output);
    let run = work.regen("spec.yaml", "out", &[]);
    assert!(run.code == Some(0) && run.output.contains("unexpected: "), "{}", run.output);
    assert!(fs::symlink_metadata(&path).is_ok(), "{name} was removed");
}

#[test]
fn a_file_without_our_header_is_reported_and_kept() {
    assert_foreign_entry_is_kept("old.rs", |path| fs::write(path, "// old").unwrap());
}

#[test]
fn a_folder_is_reported_and_kept() {
    assert_foreign_entry_is_kept("old", |path| {
        fs::create_dir(path).unwrap();
        fs::write(path.join("mod.rs"), "// old").unwrap();
    });
}

#[cfg(unix)]
#[test]
fn a_link_is_reported_and_kept() {
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("kept"), "kept").unwrap();
    assert_foreign_entry_is_kept("link", |path| std::os::unix::fs::symlink(elsewhere.path(), path).unwrap());
    assert_eq!(fs::read_to_string(elsewhere.path().join("kept")).unwrap(), "kept");
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

/// Ends `regen` at each of its changes to the disk in turn, as if it were killed there.
#[test]
fn a_run_killed_at_any_write_leaves_every_file_whole() {
    let work = Workdir::new(3);
    work.write("new.yaml", &description(5, "Other"));
    work.generate();
    let old = work.files("out");
    assert_eq!(work.regen("new.yaml", "new", &[]).code, Some(0));
    let new = work.files("new");
    let mut partial = 0;
    for writes in 1.. {
        work.generate();
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
    assert!(partial > 10, "only {partial} runs were killed while writing");
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
fn wrong_use_exits_with_code_2() {
    let work = Workdir::new(1);
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
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.output);
        assert!(!run.output.contains("panicked") && !run.output.is_empty(), "{arguments:?}: {}", run.output);
    }
    assert!(!Path::new(&out).exists());
}

#[test]
fn spec_check_lists_problems_or_reports_none() {
    let work = Workdir::new(2);
    let good = run(&["spec", "check", &work.path("spec.yaml")]);
    assert!(good.code == Some(0) && good.output.contains("2 actions, no errors"), "{}", good.output);
    work.write("bad.yaml", &description(2, "Name").replace("type: string", "type: strin"));
    let bad = run(&["spec", "check", &work.path("bad.yaml")]);
    assert_eq!(bad.code, Some(1));
    let named =
        bad.output.contains("bad.yaml:9:47 #/components/schemas/Read1Request/properties/Name: `strin`");
    assert!(named, "{}", bad.output);
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

#[cfg(unix)]
#[test]
fn endless_inputs_are_refused() {
    let work = Workdir::new(1);
    let fifo = work.path("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    for file in ["/dev/zero", &fifo] {
        let run = run(&["spec", "check", file]);
        assert!(run.code == Some(2) && run.output.contains("not a regular file"), "{file}: {}", run.output);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_closed_pipe_is_no_error_and_a_full_disk_is_reported() {
    let work = Workdir::new(1);
    let spec = work.path("spec.yaml");
    let arguments = ["spec", "check", &spec].map(OsStr::new);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = xtask::command(arguments);
    let closed = command.stdout(writer).output().unwrap();
    let errors = String::from_utf8_lossy(&closed.stderr);
    assert!(closed.status.success() && !errors.contains("panicked"), "{:?}: {errors}", closed.status);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = xtask::command(arguments);
    let full = command.stdout(full).output().unwrap();
    let errors = String::from_utf8_lossy(&full.stderr);
    assert_eq!(full.status.code(), Some(2), "{errors}");
    assert!(errors.contains("cannot write the output") && !errors.contains("panicked"), "{errors}");
}

#[test]
fn control_characters_of_a_description_are_not_printed() {
    let work = Workdir::new(1);
    let text = description(1, "Name").replace("title: T, version: '1'", "title: T, version: \"1\\e[2J\"");
    work.write("odd.yaml", &text);
    for arguments in [&["spec", "check", &work.path("odd.yaml")][..], &["spec", "diff", "--format", "json"]] {
        let odd = work.path("odd.yaml");
        let files: &[&str] = if arguments.len() == 4 { &[&odd, &odd] } else { &[] };
        let run = run(&[arguments, files].concat());
        assert!(!run.output.contains('\x1b'), "{}", run.output);
        assert_eq!(run.code, Some(0), "{}", run.output);
    }
}

#[test]
fn version_completions_and_suggestions_are_printed() {
    let version = run(&["--version"]);
    assert_eq!((version.code, version.output.contains(env!("CARGO_PKG_VERSION"))), (Some(0), true));
    let script = run(&["completions", "bash"]);
    assert!(script.code == Some(0) && script.output.contains("regen"), "{}", script.output);
    assert!(run(&["regne"]).output.contains("regen"), "no suggestion");
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

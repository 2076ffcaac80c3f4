//! `regen --check`: every difference is reported and repaired, and files of others are kept.

use std::fs;
use std::path::Path;

use super::workdir::{Workdir, times};

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

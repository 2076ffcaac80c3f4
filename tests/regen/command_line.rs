//! The command line: wrong use, unreadable input, and output to a pipe or a full disk.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use super::workdir::{Workdir, description, run};
use crate::xtask;

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

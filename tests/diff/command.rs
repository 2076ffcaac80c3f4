//! `cargo xtask spec diff` as a program: files and revisions, formats, exit codes.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::expected;
use crate::xtask::{self, Run};

/// A small description.
const OLD: &str = include_str!("base.yaml");

/// A version of [`OLD`] with a breaking change.
fn breaking() -> String {
    OLD.replace("[Doors, Name]", "[Doors, Name, Note]").replace("version: \"1\"", "version: \"2\"")
}

/// A version of [`OLD`] with an additive change.
fn additive() -> String {
    OLD.replace("[small, large, huge]", "[small, large, huge, endless]")
}

/// A git repository: the first commit has the old description, the working tree the others.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("spec")).unwrap();
    write("spec/zoo.yaml", OLD);
    let git = |arguments: &[&str]| {
        let settings =
            ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"];
        let output =
            Command::new("git").args(settings).args(arguments).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "first"]);
    git(&["tag", "v1"]);
    write("breaking.yaml", &breaking());
    write("additive.yaml", &additive());
    write("odd:name.yaml", OLD);
    write("broken.yaml", "openapi: [");
    write("binary.yaml", "");
    fs::write(folder.path().join("binary.yaml"), [0x6f, 0xff, 0xfe]).unwrap();
    let utf16: Vec<u8> = OLD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(folder.path().join("utf16.yaml"), utf16).unwrap();
    folder
}

fn run_in(folder: &Path, arguments: &[&str]) -> Run {
    let all = ["spec", "diff"].iter().chain(arguments).map(|argument| OsStr::new(*argument));
    let output = xtask::command(all).current_dir(folder).output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Run { code: output.status.code(), output: out + &err }
}

#[test]
fn files_and_revisions_are_compared() {
    let folder = repository();
    let base = folder.path();
    for (arguments, code, message) in [
        (
            &["v1:spec/zoo.yaml", "breaking.yaml"][..],
            0,
            "API 1 -> 2: 1 breaking, 0 additive, 0 internal changes",
        ),
        (&["HEAD:spec/zoo.yaml", "spec/zoo.yaml"], 0, "osc-api needs no release: nothing changed"),
        (&["HEAD:./spec/zoo.yaml", "odd:name.yaml"], 0, "nothing changed"),
        (&["HEAD:spec/zoo.yaml", "additive.yaml"], 0, "value added: the enum is open"),
        (&["spec/zoo.yaml", "breaking.yaml", "--fail-on", "breaking"], 1, "field required: `new` takes it"),
        (&["spec/zoo.yaml", "breaking.yaml", "--fail-on", "additive"], 1, "1 breaking"),
        (&["spec/zoo.yaml", "additive.yaml", "--fail-on", "additive"], 1, "1 additive"),
        (&["spec/zoo.yaml", "additive.yaml", "--fail-on", "breaking"], 0, "1 additive"),
        (&["spec/zoo.yaml", "spec/zoo.yaml", "--fail-on", "additive"], 0, "nothing changed"),
        // Wrong use and unreadable inputs.
        (&["spec/zoo.yaml"], 2, "<NEW>"),
        (&["spec/zoo.yaml", "spec/zoo.yaml", "--format", "yaml"], 2, "json"),
        (&["nope:spec/zoo.yaml", "deleted.yaml"], 2, "unknown revision `nope`"),
        (&["nope:spec/zoo.yaml", "deleted.yaml"], 2, "cannot read deleted.yaml"),
        (&["HEAD:spec/deleted.yaml", "spec/zoo.yaml"], 2, "no `spec/deleted.yaml` in HEAD"),
        (&["HEAD:spec", "spec/zoo.yaml"], 2, "it is a tree, not a file"),
        (&["--all:spec/zoo.yaml", "spec/zoo.yaml"], 2, "--all"),
        (&["--", "--all:spec/zoo.yaml", "spec/zoo.yaml"], 2, "unknown revision `--all`"),
        (&[":spec/zoo.yaml", "spec/zoo.yaml"], 2, "neither a file nor `REV:PATH` with a revision of git"),
        (&["binary.yaml", "spec/zoo.yaml"], 2, "is not UTF-8 text"),
        (&["utf16.yaml", "spec/zoo.yaml"], 2, "looks like UTF-16: save it as UTF-8"),
        (&["spec", "spec/zoo.yaml"], 2, "cannot read spec/outscale.yaml"),
        // Descriptions with errors.
        (&["broken.yaml", "spec/zoo.yaml"], 1, "broken.yaml"),
    ] {
        let run = run_in(base, arguments);
        assert_eq!(run.code, Some(code), "{arguments:?}: {}", run.output);
        assert!(run.output.contains(message), "{arguments:?}: no {message}: {}", run.output);
        assert!(!run.output.contains("panicked"), "{arguments:?}: {}", run.output);
    }
}

#[test]
fn a_missing_repository_and_a_missing_git_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("zoo.yaml"), OLD).unwrap();
    let arguments = ["spec", "diff", "HEAD:zoo.yaml", "zoo.yaml"].map(OsStr::new);
    let run = |change: &dyn Fn(&mut Command)| {
        let mut command = xtask::command(arguments);
        // The folder for temporary files may be in a repository.
        command.current_dir(folder.path()).env("GIT_CEILING_DIRECTORIES", folder.path().parent().unwrap());
        change(&mut command);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, message) = run(&|_| {});
    assert!(
        code == Some(2) && message.contains("this folder is not in a git repository"),
        "{code:?}: {message}"
    );
    let (code, message) = run(&|command| _ = command.env("PATH", folder.path()));
    assert!(code == Some(2) && message.contains("the program `git` is not installed"), "{code:?}: {message}");
}

#[test]
fn each_side_is_compared_with_its_own_overlay_and_error_codes() {
    let folder = repository();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("spec/outscale.yaml", OLD);
    write("spec/overlay.yaml", include_str!("overlay.yaml"));
    write("spec/errors.yaml", include_str!("errors.yaml"));
    let git = |arguments: &[&str]| {
        let settings = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
        let output =
            Command::new("git").args(settings).args(arguments).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    git(&["add", "spec"]);
    git(&["commit", "--quiet", "--message", "second"]);
    let same = run_in(folder.path(), &["HEAD:", "spec"]);
    assert!(same.code == Some(0) && same.output.contains("nothing changed"), "{}", same.output);
    // Changes only the overlay and the error codes in the working tree.
    let overlay = include_str!("overlay.yaml");
    let other = overlay.replace("x-rust-name: CheckEveryCage", "x-rust-name: CheckCages");
    assert_ne!(other, overlay);
    write("spec/overlay.yaml", &other);
    write("spec/errors.yaml", &include_str!("errors.yaml").replace("5001: {name: no-such-cage}\n", ""));
    for new in ["spec", "spec/outscale.yaml"] {
        let run = run_in(folder.path(), &["HEAD:", new, "--fail-on", "breaking"]);
        assert_eq!(run.code, Some(1), "{}", run.output);
        assert!(run.output.contains("the old method or marker was removed"), "{}", run.output);
        assert!(run.output.contains("code that names the constant does not compile"), "{}", run.output);
    }
    // A description outside `spec/` has no overlay and no error codes.
    let plain = run_in(folder.path(), &["HEAD:spec/zoo.yaml", "spec/zoo.yaml"]);
    assert!(plain.output.contains("nothing changed"), "{}", plain.output);
}

#[test]
fn entries_without_effect_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    for side in ["old", "new"] {
        fs::create_dir(folder.path().join(side)).unwrap();
        write(&format!("{side}/outscale.yaml"), OLD);
    }
    let action = |path: &str| format!("- target: {path}\n  description: A reason.\n  update: {{x-new: 1}}\n");
    let overlay = |actions: &[&str]| {
        let actions: String = actions.iter().map(|path| action(path)).collect();
        format!("overlay: 1.0.0\ninfo: {{title: Corrections, version: 1.0.0}}\nactions:\n{actions}")
    };
    let [first, second] = ["$.components.schemas.Deleted1", "$.components.schemas.Deleted2"];
    write("old/overlay.yaml", &overlay(&[first]));
    write("new/overlay.yaml", &overlay(&[first, second]));
    let run = run_in(folder.path(), &["old", "new"]);
    assert_eq!(run.code, Some(0), "{}", run.output);
    for part in [
        "note: 1 entry has no effect on old/outscale.yaml:\n  old/overlay.yaml:4:3 #/actions/0",
        "note: 2 entries have no effect on new/outscale.yaml:\n  new/overlay.yaml:4:3 #/actions/0",
        "  new/overlay.yaml:7:3 #/actions/1",
    ] {
        assert!(run.output.contains(part), "no {part}: {}", run.output);
    }
}

#[test]
fn the_three_report_formats_are_as_expected() {
    let folder = tempfile::tempdir().unwrap();
    let text = breaking().replace("[small, large, huge]", "[small, large, huge, endless]");
    let text =
        text.replace("        Since: {type: string, format: date}\n", "        Guards: {type: integer}\n");
    let text = text
        .replace("maxLength: 40", "maxLength: 80")
        .replace("tags: [Cage]\n      security: []", "tags: [Check]\n      security: []");
    fs::write(folder.path().join("old.yaml"), OLD).unwrap();
    fs::write(folder.path().join("new.yaml"), text).unwrap();
    for format in ["text", "markdown", "json"] {
        let [old, new] = ["old.yaml", "new.yaml"].map(|name| folder.path().join(name));
        let arguments = ["spec", "diff", "--format", format].map(OsStr::new).into_iter();
        // Runs in the workspace, whose crate has a version.
        let output = xtask::command(arguments.chain([old.as_os_str(), new.as_os_str()])).output().unwrap();
        let report = String::from_utf8(output.stdout).unwrap();
        // The version changes with every release.
        let report = report.replace(env!("CARGO_PKG_VERSION"), "CURRENT");
        let next = report.split("-> ").last().unwrap().split(' ').next().unwrap().to_owned();
        let report = match format {
            "json" => report,
            _ => report.replace(&format!("CURRENT -> {next} "), "CURRENT -> NEXT "),
        };
        if format == "json" {
            let mut value: serde_json::Value = serde_json::from_str(&report).unwrap();
            assert!(value["bump"]["next"].take().is_string());
            let report = format!("{value:#}\n");
            expected::compare(&expected::tests("diff/report.json"), &report).unwrap();
            continue;
        }
        let extension = if format == "text" { "txt" } else { "md" };
        expected::compare(&expected::tests(&format!("diff/report.{extension}")), &report).unwrap();
    }
}

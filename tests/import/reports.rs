//! The report of an import, the markers of changed texts, and interrupted imports.

use crate::expected;
use crate::import::folder::{Folder, NEW, OLD};

/// The report without the version of the crate.
fn normalized(report: &str) -> String {
    let line = |line: &str| match line.split_once("osc-api ") {
        Some((before, after)) => {
            let after = after.split_once(" (").map_or(after, |(_, after)| after);
            format!("{before}osc-api … ({after}\n")
        }
        None => format!("{line}\n"),
    };
    report.lines().map(line).collect()
}

#[test]
fn the_report_is_as_expected_and_fits_on_a_screen() {
    let folder = Folder::with_old();
    folder.write("zoo.yaml", NEW);
    let before = folder.spec();
    let report = folder.path("report.md");
    let dry = folder.import(&[&folder.path("zoo.yaml"), "--dry-run", "--report", &report]);
    assert_eq!(dry.code, Some(0), "{}", dry.output);
    assert!(folder.spec() == before, "a dry run changed files");
    let (dry, last) = dry.output.split_once("\nDry run: nothing was written into ").unwrap();
    assert!(last.contains("spec"), "{last}");
    let lines: usize = dry.lines().map(|line| 1 + line.chars().count().saturating_sub(1) / 118).sum();
    assert!(lines <= 47, "{lines} lines of a terminal");
    let dry_markdown = folder.read("report.md");
    let run = folder.import(&[&folder.path("zoo.yaml"), "--report", &report]);
    assert_eq!(run.code, Some(0), "{}", run.output);
    let (text, last) = run.output.split_once("\nWritten into ").unwrap();
    assert!(last.contains("`cargo xtask regen`"), "{last}");
    assert!(folder.spec() != before);
    assert_eq!(
        (text, folder.read("report.md").as_str()),
        (dry, dry_markdown.as_str()),
        "the dry run has another report"
    );
    let wrong = [("report.txt", text), ("report.md", &dry_markdown)].map(|(name, found)| {
        expected::compare(&expected::tests("import").join(name), &normalized(found)).err()
    });
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(
        wrong.is_empty(),
        "{}\n\nIf this is intended: BLESS=1 cargo test -p osc-tests --test generator import",
        wrong.join("\n")
    );
}

#[test]
fn a_value_removed_from_the_published_text_is_reported_with_the_line_of_our_text() {
    for (docs, expected) in [
        ("Open or shut.", "; our text is docs.yaml:13"),
        ("`open` or `shut`.", "; our text, docs.yaml:13, names `shut` too"),
    ] {
        let folder = Folder::with_old();
        let ours = folder.read("docs.yaml");
        let ours = ours.trim_end();
        folder.write("docs.yaml", &format!("{ours}\n  Cage.CageId: ID.\n  Key: K.\n  State: {docs:?}\n"));
        folder.write("zoo.yaml", &NEW.replace("`open` | `shut` | `lost`", "`open` | `lost`"));
        let run = folder.import(&[&folder.path("zoo.yaml")]);
        assert_eq!(run.code, Some(0), "{}", run.output);
        let message = format!("the text no longer names `shut` of `CageState`{expected}");
        assert!(run.output.contains(&message), "{}", run.output);
        assert!(
            run.output.contains("  zoo.yaml:52 #/components/schemas/Cage/properties/State"),
            "{}",
            run.output
        );
    }
}

#[test]
fn a_second_import_of_the_same_description_reports_no_change() {
    let folder = Folder::with_old();
    let before = folder.spec();
    let run = folder.import(&[&folder.path("1.0.yaml")]);
    assert_eq!(run.code, Some(0), "{}", run.output);
    assert!(folder.spec() == before);
    assert!(
        run.output.contains("of which 0 changed") && run.output.contains("nothing changed"),
        "{}",
        run.output
    );
    assert!(!run.output.contains("PUBLISHED TEXTS") && !run.output.contains("note: "), "{}", run.output);
}

/// The markers in `prose.lock`: pointers and versions.
fn markers(folder: &Folder) -> Vec<(String, String)> {
    let lock = folder.read("spec/prose.lock");
    let columns =
        lock.lines().skip(1).map(|line| line.split(' ').skip(1).map(str::to_owned).collect::<Vec<_>>());
    columns
        .filter_map(|columns| {
            <[String; 2]>::try_from(columns).ok().map(|[pointer, version]| (pointer, version))
        })
        .collect()
}

#[test]
fn changed_texts_stay_marked_in_later_imports() {
    let folder = Folder::with_old();
    assert_eq!(markers(&folder), []);
    folder.write("1.1.yaml", NEW);
    assert_eq!(folder.import(&[&folder.path("1.1.yaml")]).code, Some(0));
    let cage = "#/components/schemas/Cage";
    let mut expected = vec![
        (format!("{cage}/description"), "1.1".to_owned()),
        (format!("{cage}/properties/State/description"), "1.1".to_owned()),
        (format!("{cage}/properties/Weight/description"), "1.1".to_owned()),
        ("#/paths/~1ReadCages/post/description".to_owned(), "1.1".to_owned()),
    ];
    assert_eq!(markers(&folder), expected);
    let next = NEW.replace("version: \"1.1\"", "version: \"1.2\"").replace("The lock.", "What shuts it.");
    folder.write("1.2.yaml", &next.replace("A cage, and what", "A cage with what"));
    let run = folder.import(&[&folder.path("1.2.yaml")]);
    assert_eq!(run.code, Some(0), "{}", run.output);
    expected.push((format!("{cage}/properties/Lock/description"), "1.2".to_owned()));
    expected.sort();
    assert_eq!(markers(&folder), expected);
    let waiting = run.output.split_once("PUBLISHED TEXTS OF EARLIER IMPORTS, NOT REVIEWED: 3").unwrap().1;
    assert!(waiting.contains("ReadCages (1.1), Cage (1.1), Cage.Weight (1.1)"), "{}", run.output);
    // The documentation has no text for the lock, so there is nothing to review.
    assert!(!run.output.contains("PUBLISHED TEXTS THAT CHANGED:"), "{}", run.output);
}

/// Ends an import at its changes to the disk in turn, as if it were killed there.
#[test]
fn an_import_killed_at_any_write_is_undone_and_repeated_by_the_next() {
    let done = Folder::with_old();
    done.write("1.1.yaml", NEW);
    assert_eq!(done.import(&[&done.path("1.1.yaml")]).code, Some(0));
    let (old, new) = (Folder::with_old().spec(), done.spec());
    let (mut interrupted, mut kills, step) = (0, 0, crate::xtask::abort_step());
    for writes in (1..).step_by(step) {
        let folder = Folder::with_old();
        folder.write("1.1.yaml", NEW);
        let file = folder.path("1.1.yaml");
        let mut command = folder.command(&[&file]);
        command.env(crate::xtask::ABORT_AFTER, writes.to_string());
        let killed = crate::xtask::finish(command);
        if killed.code == Some(0) {
            break;
        }
        assert_eq!(killed.code, Some(137), "{}", killed.output);
        kills += 1;
        let run = folder.import(&[&file]);
        assert_eq!(run.code, Some(0), "{}", run.output);
        assert!(folder.spec() == new, "after {writes} writes: {:?}", folder.spec().keys());
        // Until the last rename is complete, the next import starts from the old files and repeats the report.
        let is_interrupted = run.output.contains("the import of API 1.1 was interrupted");
        interrupted += usize::from(is_interrupted);
        let has_whole_report = run.output.contains("PUBLISHED TEXTS THAT CHANGED: 3");
        let is_complete = run.output.contains("(was 1.1)");
        assert!(has_whole_report, "after {writes} writes: {}", run.output);
        assert!(!(is_interrupted && is_complete), "after {writes} writes: {}", run.output);
    }
    assert!(
        kills * step > 15 && interrupted * step > 5,
        "{kills} kills, {interrupted} of them while files changed"
    );
    assert_ne!(old, new);
}

/// The process that undoes an interrupted import is killed too.
#[test]
fn an_undo_killed_at_any_write_is_repeated_by_the_next() {
    let done = Folder::with_old();
    done.write("1.1.yaml", NEW);
    assert_eq!(done.import(&[&done.path("1.1.yaml")]).code, Some(0));
    let new = done.spec();
    let killed_after = |folder: &Folder, writes: usize| {
        let mut command = folder.command(&[&folder.path("1.1.yaml")]);
        command.env(crate::xtask::ABORT_AFTER, writes.to_string());
        crate::xtask::finish(command)
    };
    // While the new files replace the old ones.
    let first = 20;
    let (mut kills, step) = (0, crate::xtask::abort_step());
    for writes in (1..).step_by(step) {
        let folder = Folder::with_old();
        folder.write("1.1.yaml", NEW);
        assert_eq!(killed_after(&folder, first).code, Some(137));
        let is_interrupted = folder.spec().contains_key(".import");
        assert!(is_interrupted, "the first run was not killed while it changed files");
        let second = killed_after(&folder, writes);
        if second.code == Some(0) {
            assert!(second.output.contains("the import of API 1.1 was interrupted"), "{}", second.output);
            break;
        }
        kills += 1;
        assert_eq!(folder.import(&[&folder.path("1.1.yaml")]).code, Some(0), "after {writes} writes");
        assert!(folder.spec() == new, "after {writes} writes: {:?}", folder.spec().keys());
    }
    assert!(kills * step > 20, "only {kills} kills");
}

#[test]
fn two_concurrent_imports_write_the_same_files_as_one() {
    let done = Folder::with_old();
    done.write("1.1.yaml", NEW);
    assert_eq!(done.import(&[&done.path("1.1.yaml")]).code, Some(0));
    for _ in 0..5 {
        let folder = Folder::with_old();
        folder.write("1.1.yaml", NEW);
        let start = || folder.command(&[&folder.path("1.1.yaml")]).spawn().unwrap();
        for run in [start(), start()].map(|child| child.wait_with_output().unwrap()) {
            let errors = String::from_utf8_lossy(&run.stderr);
            assert!(run.status.success() && !errors.contains("interrupted"), "{errors}");
        }
        assert!(folder.spec() == done.spec(), "{:?}", folder.spec().keys());
    }
}

#[test]
fn an_invalid_contract_is_replaced_without_a_comparison() {
    let folder = Folder::with_old();
    folder.write("1.0.yaml", OLD);
    folder.write("spec/outscale.yaml", "openapi: 3.0.0\n");
    let run = folder.import(&[&folder.path("1.0.yaml")]);
    assert_eq!(run.code, Some(0), "{}", run.output);
    assert!(run.output.contains("are not compared"), "{}", run.output);
    assert!(run.output.contains("the file was edited"), "{}", run.output);
}

#[test]
fn invalid_files_of_an_earlier_import_are_refused() {
    for (name, text) in [("source.toml", "version = 1"), ("prose.lock", "digest\nof\n")] {
        let folder = Folder::with_old();
        folder.write(&format!("spec/{name}"), text);
        let before = folder.spec();
        let run = folder.import(&[&folder.path("1.0.yaml")]);
        assert!(
            run.code == Some(2) && run.output.contains(name) && run.output.contains("restore"),
            "{}",
            run.output
        );
        assert!(folder.spec() == before);
    }
}

#[test]
fn a_report_that_cannot_be_written_stops_the_import() {
    let folder = Folder::with_old();
    folder.write("1.1.yaml", NEW);
    let before = folder.spec();
    let run = folder.import(&[&folder.path("1.1.yaml"), "--report", &folder.path("docs.yaml/report.md")]);
    assert!(run.code == Some(2) && run.output.contains("report.md"), "{}", run.output);
    assert!(folder.spec() == before);
}

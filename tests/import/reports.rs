//! The report of an import, the marks that it leaves, and what an import that was cut short leaves.

use crate::expected;
use crate::folder::{Folder, NEW, OLD};

/// The report without what every release of this repository changes.
fn normal(report: &str) -> String {
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
fn the_report_tells_what_a_maintainer_has_to_look_at() {
    let folder = Folder::with_old();
    folder.write("zoo.yaml", NEW);
    let before = folder.spec();
    let report = folder.path("report.md");
    let dry = folder.import(&[&folder.path("zoo.yaml"), "--dry-run", "--report", &report]);
    assert_eq!(dry.code, Some(0), "{}", dry.said);
    assert!(folder.spec() == before, "a dry run changed something");
    let (dry, last) = dry.said.split_once("\nNothing was written into ").unwrap();
    assert!(last.contains("dry run"), "{last}");
    let dry_markdown = folder.read("report.md");
    let run = folder.import(&[&folder.path("zoo.yaml"), "--report", &report]);
    assert_eq!(run.code, Some(0), "{}", run.said);
    let (text, last) = run.said.split_once("\nWritten into ").unwrap();
    assert!(last.contains("`cargo xtask regen`"), "{last}");
    assert!(folder.spec() != before);
    assert_eq!(
        (text, folder.read("report.md").as_str()),
        (dry, dry_markdown.as_str()),
        "a dry run tells something else"
    );
    let wrong = [("report.txt", text), ("report.md", &dry_markdown)]
        .map(|(name, found)| expected::compare(&expected::tests("import").join(name), &normal(found)).err());
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(
        wrong.is_empty(),
        "{}\n\nIf this should be told: BLESS=1 cargo test -p osc-tests --test import",
        wrong.join("\n")
    );
}

#[test]
fn an_import_of_the_same_again_has_nothing_to_tell() {
    let folder = Folder::with_old();
    let before = folder.spec();
    let run = folder.import(&[&folder.path("1.0.yaml")]);
    assert_eq!(run.code, Some(0), "{}", run.said);
    assert!(folder.spec() == before);
    assert!(
        run.said.contains("of which 0 changed") && run.said.contains("there is no change"),
        "{}",
        run.said
    );
    assert!(!run.said.contains("PUBLISHED TEXTS") && !run.said.contains("note "), "{}", run.said);
}

/// The marks in `prose.lock`: places and versions.
fn marks(folder: &Folder) -> Vec<(String, String)> {
    let lock = folder.read("spec/prose.lock");
    let columns =
        lock.lines().skip(1).map(|line| line.split(' ').skip(1).map(str::to_owned).collect::<Vec<_>>());
    columns
        .filter_map(|columns| <[String; 2]>::try_from(columns).ok().map(|[place, version]| (place, version)))
        .collect()
}

#[test]
fn texts_that_changed_stay_marked_through_later_imports() {
    let folder = Folder::with_old();
    assert_eq!(marks(&folder), []);
    folder.write("1.1.yaml", NEW);
    assert_eq!(folder.import(&[&folder.path("1.1.yaml")]).code, Some(0));
    let cage = "#/components/schemas/Cage";
    let mut expected = vec![
        (format!("{cage}/description"), "1.1".to_owned()),
        (format!("{cage}/properties/State/description"), "1.1".to_owned()),
        (format!("{cage}/properties/Weight/description"), "1.1".to_owned()),
        ("#/paths/~1ReadCages/post/description".to_owned(), "1.1".to_owned()),
    ];
    assert_eq!(marks(&folder), expected);
    let next = NEW.replace("version: \"1.1\"", "version: \"1.2\"").replace("The lock.", "What shuts it.");
    folder.write("1.2.yaml", &next.replace("A cage, and what", "A cage with what"));
    let run = folder.import(&[&folder.path("1.2.yaml")]);
    assert_eq!(run.code, Some(0), "{}", run.said);
    expected.push((format!("{cage}/properties/Lock/description"), "1.2".to_owned()));
    expected.sort();
    assert_eq!(marks(&folder), expected);
    let waiting = run.said.split_once("SUCH TEXTS OF EARLIER IMPORTS, NOT YET REVIEWED: 3").unwrap().1;
    assert!(waiting.contains("ReadCages (1.1), Cage (1.1), Cage.Weight (1.1)"), "{}", run.said);
    // We have no text of our own for the lock, so that there is nothing to review; what is marked stays so.
    assert!(!run.said.contains("PUBLISHED TEXTS THAT CHANGED"), "{}", run.said);
}

#[test]
fn an_import_that_was_cut_short_is_noticed_and_mended() {
    let done = Folder::with_old();
    done.write("1.1.yaml", NEW);
    assert_eq!(done.import(&[&done.path("1.1.yaml")]).code, Some(0));
    let whole = done.spec();
    // In the order in which they are written; a killed run may leave a temporary file, too.
    let order = ["prose.lock", "outscale.yaml", "source.toml"];
    for written in 0..=order.len() {
        let folder = Folder::with_old();
        folder.write("1.1.yaml", NEW);
        for name in &order[..written] {
            folder.write(&format!("spec/{name}"), &done.read(&format!("spec/{name}")));
        }
        folder.write("spec/.regen-1", "half of a te");
        let run = folder.import(&[&folder.path("1.1.yaml")]);
        assert_eq!(run.code, Some(0), "{}", run.said);
        assert!(folder.spec() == whole, "after {written} files: {}", run.said);
        // Where the contract is the old one or the import was done there is nothing to warn of.
        let is_noticed = run.said.contains("an import was cut short");
        assert_eq!(is_noticed, written == 2, "after {written} files: {}", run.said);
        // What is to be reviewed is told in any case.
        assert!(run.said.contains("PUBLISHED TEXTS THAT CHANGED, OF WHAT WE DOCUMENT: 3"), "{}", run.said);
    }
}

#[test]
fn a_contract_that_cannot_be_read_any_more_is_replaced_without_a_comparison() {
    let folder = Folder::with_old();
    folder.write("1.0.yaml", OLD);
    folder.write("spec/outscale.yaml", "openapi: 3.0.0\n");
    let run = folder.import(&[&folder.path("1.0.yaml")]);
    assert_eq!(run.code, Some(0), "{}", run.said);
    assert!(run.said.contains("are not compared"), "{}", run.said);
    assert!(run.said.contains("an import was cut short, or the file was edited"), "{}", run.said);
}

#[test]
fn files_that_no_import_wrote_are_told() {
    for (name, text) in [("source.toml", "version = 1"), ("prose.lock", "digest\nof\n")] {
        let folder = Folder::with_old();
        folder.write(&format!("spec/{name}"), text);
        let before = folder.spec();
        let run = folder.import(&[&folder.path("1.0.yaml")]);
        assert!(
            run.code == Some(2) && run.said.contains(name) && run.said.contains("restore"),
            "{}",
            run.said
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
    assert!(run.code == Some(2) && run.said.contains("report.md"), "{}", run.said);
    assert!(folder.spec() == before);
}

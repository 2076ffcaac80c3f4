//! The documentation: `docs missing`, `docs reviewed` and `docs export`, run as programs.
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::xtask::{self, Run};

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/docs.yaml");

fn run(arguments: &[&str]) -> Run {
    xtask::run(arguments.iter().map(OsStr::new))
}

/// Runs `docs missing` with these texts.
fn missing(docs: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("docs.yaml");
    fs::write(&file, docs).unwrap();
    run(&["docs", "missing", "--docs", file.to_str().unwrap()])
}

#[test]
fn every_item_has_a_text() {
    let run = run(&["docs", "missing"]);
    assert_eq!(run.code, Some(0), "{}", run.output);
    assert!(run.output.contains("0 without a text, 0 unused texts"), "{}", run.output);
}

#[test]
fn a_missing_text_is_reported() {
    let docs = fs::read_to_string(DOCS).unwrap();
    let removed = [
        ("actions", "AddUserToUserGroup"),
        ("examples", "CreateImage.ex1"),
        ("types", "Vm"),
        ("fields", "VmIds"),
    ];
    let run = missing(&removed.iter().fold(docs, |docs, (section, name)| without(&docs, section, name)));
    assert_eq!(run.code, Some(1), "{}", run.output);
    for (section, name) in removed {
        let mut lines = run.output.lines();
        let is_reported =
            lines.any(|line| line.contains(&format!("no text: {section}/")) && line.contains(name));
        assert!(is_reported, "{section}/{name}: {}", run.output);
    }
}

/// Removes one text, which must exist.
fn without(docs: &str, section: &str, name: &str) -> String {
    let (mut current_section, mut inside, mut found) = ("", false, false);
    let mut rest = String::new();
    for line in docs.lines() {
        if !line.starts_with([' ', '#']) && !line.is_empty() {
            current_section = line.trim_end_matches(':');
        }
        if !line.starts_with("   ") && !line.is_empty() {
            inside = current_section == section && line.starts_with(&format!("  {name}:"));
            found |= inside;
        }
        if !inside {
            rest.push_str(line);
            rest.push('\n');
        }
    }
    assert!(found, "{section} has no {name}");
    rest
}

#[test]
fn an_unused_text_is_reported() {
    let docs = fs::read_to_string(DOCS).unwrap();
    let run = missing(&(docs + "  Unicorn.Horn: Length of the horn in metres.\n  Horn: Length.\n"));
    assert_eq!(run.code, Some(1), "{}", run.output);
    for name in ["#/fields/Unicorn.Horn", "#/fields/Horn"] {
        assert!(run.output.contains(name), "{}", run.output);
    }
    assert!(run.output.contains("2 unused texts"), "{}", run.output);
}

#[test]
fn invalid_texts_are_reported() {
    for text in ["actions: [", "actions: {ReadVms: 3}", "colours: {}", "- a"] {
        let run = missing(text);
        assert_eq!(run.code, Some(1), "{text}: {}", run.output);
        assert!(run.output.contains("error: "), "{text}: {}", run.output);
    }
    let run = run(&["docs", "missing", "--docs", "no/such/file.yaml"]);
    assert_eq!(run.code, Some(2), "{}", run.output);
    assert!(run.output.contains("no/such/file.yaml"), "{}", run.output);
}

#[test]
fn reviewed_texts_are_no_longer_marked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prose.lock");
    let line = |path: &str, marker: &str| {
        format!("0123456789abcdef #/components/schemas/{path}/description{marker}\n")
    };
    let lock =
        [line("Net", " 1.41.0"), line("Vm", " 1.41.0"), line("Vm/properties/State", " 1.42.0")].concat();
    fs::write(&file, lock).unwrap();
    let reviewed =
        |more: &[&str]| run(&[&["docs", "reviewed", "--lock", file.to_str().unwrap()], more].concat());
    let text = || fs::read_to_string(&file).unwrap();

    let before = text();
    let wrong = reviewed(&["Vm", "Unicorn"]);
    assert_eq!(wrong.code, Some(2), "{}", wrong.output);
    assert!(wrong.output.contains("Unicorn") && !wrong.output.contains("Vm,"), "{}", wrong.output);
    assert_eq!(text(), before);
    assert_eq!(reviewed(&[]).code, Some(2));

    let one = reviewed(&["Vm.State"]);
    assert_eq!((one.code, one.output.trim()), (Some(0), "1 reviewed, 2 left"));
    assert!(text().contains("Vm/description 1.41.0") && text().contains("State/description\n"), "{}", text());
    assert_eq!(reviewed(&["--all"]).output.trim(), "2 reviewed, 0 left");
    assert!(!text().contains("1.4"), "{}", text());
}

#[test]
fn compare_prints_published_texts_next_to_ours() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("published.yaml");
    let field = |name: &str| format!("{name}: {{type: string, description: Published words on {name}.}}");
    let published = format!(
        "components: {{schemas: {{Vm: {{description: A machine., properties: {{{}, {}, {}}}}}}}}}\n",
        field("BootMode"),
        field("VmId"),
        field("Unicorn")
    );
    fs::write(&file, published).unwrap();
    let compare =
        |more: &[&str]| run(&[&["docs", "compare", "--published", file.to_str().unwrap()], more].concat());

    let named = compare(&["Vm.VmId"]);
    assert_eq!(named.code, Some(0), "{}", named.output);
    assert!(
        named.output.starts_with("== Vm.VmId\npublished: Published words on VmId.\nours:      ID of the VM"),
        "{}",
        named.output
    );
    assert!(
        named.output.contains("published.yaml is not the description that was imported"),
        "{}",
        named.output
    );
    let unknown = compare(&["Vm.VmId", "Vm.Dragon", "Nothing"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.output.contains("Vm.Dragon, Nothing"), "{}", unknown.output);

    let both = compare(&["--sample", "5", "--seed", "7"]);
    assert!(
        both.output.starts_with("seed 7\n")
            && both.output.contains("3 shown")
            && both.output.contains("(no text yet)"),
        "{}",
        both.output
    );
    let one = compare(&["--sample", "1", "--seed", "7"]);
    assert!(one.output.contains("1 shown"), "{}", one.output);
    assert_eq!(one.output, compare(&["--sample", "1", "--seed", "7"]).output);
}

#[test]
fn the_exported_pages_have_every_action_and_valid_links() {
    let folder = tempfile::tempdir().unwrap();
    let run = run(&["docs", "export", "--out", folder.path().to_str().unwrap()]);
    assert_eq!(run.code, Some(0), "{}", run.output);
    let pages = read(folder.path());
    let anchors: BTreeMap<&str, BTreeSet<String>> = pages
        .iter()
        .map(|(name, text)| {
            let headings = text.lines().filter_map(|line| line.strip_prefix("## "));
            (name.as_str(), headings.map(str::to_lowercase).collect())
        })
        .collect();
    for (name, text) in &pages {
        for target in
            text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
        {
            if target.starts_with("https://") {
                continue;
            }
            let (page, anchor) = target.split_once('#').unwrap_or((target, ""));
            let known = anchors.get(page).is_some_and(|known| anchor.is_empty() || known.contains(anchor));
            assert!(known, "{name}: {target}");
        }
        assert!(!text.contains("crate::") && !text.contains("```no_run"), "{name}");
    }
    let all: String = pages.values().map(String::as_str).collect();
    let contract = contract();
    let actions = contract["paths"].as_object().unwrap();
    assert!(actions.len() > 200);
    assert_eq!(all.matches("- On the wire: `POST /").count(), actions.len());
    assert_eq!(all.matches("```rust").count(), actions.values().map(examples).sum::<usize>());
    let volume = &pages["volume.md"];
    for part in [
        "- Request: [`CreateVolumeRequest`]",
        "`snapshot_id` (`SnapshotId`), [`Option<SnapshotId>`](ids.md#snapshotid)",
        "`VolumeState::",
    ] {
        assert!(volume.contains(part), "{part}");
    }
}

fn contract() -> Value {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/outscale.yaml")).unwrap();
    serde_yaml::from_str(&text).unwrap()
}

/// Number of different examples of the request of an action.
fn examples(action: &Value) -> usize {
    let examples = &action["post"]["requestBody"]["content"]["application/json"]["examples"];
    let values = examples.as_object().unwrap().values().map(|example| example["value"].to_string());
    values.collect::<BTreeSet<_>>().len()
}

fn read(folder: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap())
        })
        .collect()
}

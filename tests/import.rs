//! `spec import`: the contract is the published description without its prose.

mod fetching;
mod folder;
mod refusal;
mod reports;
mod responses;

use std::path::Path;

use hmac_sha256::Hash;
use osc_codegen::{Contract, Input};
use serde_yaml::Value;

use crate::{expected, xtask};

/// A description with prose in every possible location, and with names and values that look like prose.
const WORDY: &str = r##"
openapi: 3.0.0
info:
  title: A zoo
  version: "1.0"
  description: Some words.
  contact: {email: zoo@example.com}
  x-internal: more words
tags: [{name: Zoo, description: Words about a tag.}]
externalDocs: {url: "https://example.com", description: Words.}
servers: [{url: "https://example.com", description: Words., variables: {region: {default: a, description: Words.}}}]
paths:
  /ReadCages:
    description: Words about a path.
    post:
      summary: Words.
      description: Words.
      tags: [Zoo]
      requestBody:
        description: Words.
        content:
          application/json:
            schema: {$ref: "#/components/schemas/Cage", description: Words.}
            examples: {ex1: {summary: Words., value: {description: kept, Since: "2024-02-29", Note: "a: '2024-01-01'"}}}
      responses:
        200: {description: Words., content: {application/json: {schema: {$ref: "#/components/schemas/Cage"}}}}
components:
  schemas:
    Cage:
      title: Words.
      description: Words.
      type: object
      required: [summary, description]
      properties:
        Note: {type: string}
        Since: {type: string, format: date, x-words: Words.}
        description: {type: string, description: Words., example: a description}
        summary: {type: string, description: Words., default: a summary}
"##;

fn contract(description: &str) -> Contract {
    osc_codegen::strip_prose(description).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// The generated code without its documentation. Sorted, because the contract sorts properties by name.
fn interface(description: &str) -> Vec<String> {
    let input = Input { description, overlay: None, docs: None, errors: None, waiters: None, strict: false };
    let (api, _) = osc_codegen::model(&input, &mut |_| {}).unwrap();
    let files = osc_codegen::files(&api).unwrap();
    let lines = files.iter().flat_map(|(name, text)| {
        let code =
            text.lines().filter(|line| !line.trim_start().starts_with("//") && !line.trim().is_empty());
        std::iter::once(name.as_str()).chain(code)
    });
    let mut lines: Vec<String> = lines.map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn prose_is_removed_and_names_and_values_are_kept() {
    let Contract { version, yaml, prose } = contract(WORDY);
    assert_eq!(version, "1.0");
    assert!(!yaml.contains("ords"), "{yaml}");
    let value: Value = serde_yaml::from_str(&yaml).unwrap();
    let cage = &value["components"]["schemas"]["Cage"];
    assert_eq!(cage["properties"]["description"]["example"], "a description");
    assert_eq!(cage["properties"]["summary"]["default"], "a summary");
    assert_eq!(cage["required"], serde_yaml::from_str::<Value>("[description, summary]").unwrap());
    let post = &value["paths"]["/ReadCages"]["post"];
    let example = &post["requestBody"]["content"]["application/json"]["examples"]["ex1"]["value"];
    assert_eq!(example["description"], "kept");
    assert_eq!(example["Note"], "a: '2024-01-01'");
    // OpenAPI 3.0 requires a description of each response.
    assert_eq!(post["responses"]["200"]["description"], "");
    // Readers of YAML 1.1 parse an unquoted date as a date.
    assert!(yaml.contains("Since: '2024-02-29'"), "{yaml}");
    let pointers: Vec<&str> = prose.iter().map(|(at, _)| at.as_str()).collect();
    assert!(
        pointers.contains(&"#/components/schemas/Cage/properties/description/description"),
        "{pointers:?}"
    );
    assert!(
        pointers
            .contains(&"#/paths/~1ReadCages/post/requestBody/content/application~1json/examples/ex1/summary")
    );
    assert!(pointers.is_sorted());
}

/// Strings that a reader of YAML 1.1 or 1.2 parses as a boolean, null, a number, a date or an operator.
const AMBIGUOUS: &[&str] = &[
    "NO",
    "no",
    "Yes",
    "y",
    "N",
    "on",
    "Off",
    "TRUE",
    "false",
    "~",
    "null",
    "Null",
    "",
    "=",
    "<<",
    "1",
    "-1",
    "+1",
    "1_000",
    "1,000",
    "0x1f",
    "0X1F",
    "-0x1f",
    "0o7",
    "0b1",
    "017",
    "1.5",
    ".5",
    "5.",
    "1e3",
    "1E+3",
    "-1.5e-3",
    ".inf",
    "-.INF",
    ".NaN",
    "1:30",
    "12:30:45",
    "1:30.5",
    "2024-01-01",
    "2024-1-1",
    "2024-01-01T10:00:00Z",
    "2024-01-01 10:00:00",
];

/// Strings that every reader parses as strings.
const UNAMBIGUOUS: &[&str] = &[
    "open",
    "Norway",
    "10.0.0.4",
    "10.0.0.0/16",
    "1.2.3",
    "0x",
    "0xg",
    "e3",
    "1e",
    "a:b",
    "fe80::1",
    "i-1234",
    "on-off",
    "<",
    "-a",
    "1.33.1",
    "12:",
    "2024-01",
    "2024-01-01-a",
    "1 000",
];

#[test]
fn strings_that_yaml_readers_misread_are_quoted() {
    for (strings, is_quoted) in [(AMBIGUOUS, true), (UNAMBIGUOUS, false)] {
        for string in strings {
            let published =
                WORDY.replace("example: a description", &format!("example: {{{string:?}: {string:?}}}"));
            assert_ne!(published, WORDY);
            let yaml = contract(&published).yaml;
            let quoted = yaml.contains(&format!("'{string}': '{string}'"));
            let plain = yaml.contains(&format!("\n            {string}: {string}\n"));
            let needs_quotes = is_quoted || string.ends_with(':');
            assert!(quoted == needs_quotes && plain != needs_quotes, "{string}: {yaml}");
            assert_eq!(contract(&yaml).yaml, yaml, "{string}");
            let read: Value = serde_yaml::from_str(&yaml).unwrap();
            let example = &read["components"]["schemas"]["Cage"]["properties"]["description"]["example"];
            assert_eq!(example[*string], **string, "{string}");
        }
    }
}

/// The description has everything that a contract rewrites: merge keys, a large number, examples out of order.
#[test]
fn a_contract_generates_the_same_files_as_its_description() {
    let published = WORDY
        .replace("  schemas:\n", "  schemas:\n    Zoo: &zoo {type: object, properties: {Name: {type: string}}}\n    Ark: {<<: *zoo}\n")
        .replace("value: {description: kept", "value: {summary: a, Big: 123456789012345678901, Odd: .nan, description: kept")
        .replace("examples: {ex1:", "examples: {ex2: {value: {summary: b, description: c}}, ex1:")
        .replace(
            "schemas/Cage\"}}}}\n",
            "schemas/Cage\"}, examples: {two: {value: {Note: n}}, one: {value: {summary: y, Note: {b: 1, a: 2}}}}}}}\n",
        );
    let files = |description: &str| {
        let input =
            Input { description, overlay: None, docs: None, errors: None, waiters: None, strict: false };
        let (api, _) = osc_codegen::model(&input, &mut |_| {}).unwrap();
        let files = osc_codegen::files(&api).unwrap();
        // Code, and examples in comments. Other comments are the published prose.
        let is_code = |line: &&str| {
            let line = line.trim_start();
            !line.is_empty() && (!line.starts_with("//") || line.starts_with("///     "))
        };
        let code = |text: String| {
            text.lines().filter(is_code).map(|line| line.to_owned() + "\n").collect::<String>()
        };
        files.into_iter().map(|(name, text)| (name, code(text))).collect::<Vec<_>>()
    };
    let contract = contract(&published).yaml;
    assert!(contract.contains("Big: 1.2345678901234568e+20") && contract.contains("Odd: null"), "{contract}");
    assert!(contract.contains("    Ark:\n      properties:\n        Name:"), "{contract}");
    let ours = files(&contract);
    let examples = ours.iter().find(|(name, _)| name == "fake_data.rs").unwrap();
    assert!(examples.1.contains(r#"{"Note": {"a": 2, "b": 1}, "summary": "y"}"#), "{}", examples.1);
    for ((name, ours), (_, theirs)) in ours.into_iter().zip(files(&published)) {
        assert!(ours == theirs, "{name}:\n{ours}\n{theirs}");
    }
}

#[test]
fn the_contract_does_not_depend_on_the_published_order() {
    let reordered = WORDY
        .replace("      required: [summary, description]\n", "")
        .replace("      type: object\n", "      required: [description, summary]\n      type: object\n");
    assert_ne!(reordered, WORDY);
    assert_eq!(contract(&reordered).yaml, contract(WORDY).yaml);
}

#[test]
fn the_contract_of_a_contract_is_the_same() {
    let committed = expected::read(&expected::workspace("spec/outscale.yaml"));
    let Contract { yaml, prose, .. } = contract(&committed);
    assert!(yaml == committed, "spec/outscale.yaml is not as `spec import` writes it");
    // The empty descriptions of the responses.
    assert!(prose.iter().all(|(_, text)| text.is_empty()), "spec/outscale.yaml has prose: {prose:?}");
}

/// Checks that the contract of a description has the same interface.
#[track_caller]
fn check_interface(version: &str, published: &str) {
    let Contract { yaml, .. } = contract(published);
    let (ours, theirs) = (interface(&yaml), interface(published));
    let difference: Vec<_> =
        ours.iter().zip(&theirs).filter(|(ours, theirs)| ours != theirs).take(5).collect();
    assert!(ours == theirs, "{version}: the contract has another interface: {difference:#?}");
    assert_eq!(contract(&yaml).yaml, yaml, "{version}");
}

#[test]
fn a_contract_has_the_same_interface_as_its_description() {
    check_interface("wordy", WORDY);
    check_interface("old", folder::OLD);
    check_interface("new", folder::NEW);
}

#[test]
#[ignore = "reads published descriptions from the folder OSC_TEST_SPECS"]
fn the_contract_of_every_published_version_has_the_same_interface() {
    for (version, published) in expected::published() {
        check_interface(&version, &published);
    }
}

#[test]
fn an_import_writes_three_files_and_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let published = folder.path().join("zoo-1.0.yaml");
    std::fs::write(&published, WORDY).unwrap();
    let out = folder.path().join("spec");
    let import = |file: &Path| {
        xtask::run(["spec".as_ref(), "import".as_ref(), file.as_os_str(), "--out".as_ref(), out.as_os_str()])
    };
    let run = import(&published);
    assert_eq!(run.code, Some(0), "{}", run.output);
    assert!(run.output.contains("Import of API 1.0: 1 actions"), "{}", run.output);
    let read = |name: &str| expected::read(&out.join(name));
    assert_eq!(read("outscale.yaml"), contract(WORDY).yaml);
    let source = read("source.toml");
    assert!(
        source.contains("zoo-1.0.yaml") && !source.contains(&folder.path().display().to_string()),
        "{source}"
    );
    // All texts except the description of the response.
    assert_eq!(read("prose.lock").lines().count(), contract(WORDY).prose.len());

    // A reworded description changes one line of the lock and nothing in the contract.
    std::fs::write(&published, WORDY.replace("Words about a path.", "Other words.")).unwrap();
    let before = read("outscale.yaml");
    let run = import(&published);
    assert!(run.output.contains("of which 1 changed"), "{}", run.output);
    assert_eq!(read("outscale.yaml"), before);

    // A damaged description changes nothing.
    std::fs::write(&published, WORDY.replace("type: string, format: date", "type: strin")).unwrap();
    let (before, lock) = (read("outscale.yaml"), read("prose.lock"));
    let run = import(&published);
    assert_eq!(run.code, Some(1), "{}", run.output);
    assert!(run.output.contains("/properties/Since"), "{}", run.output);
    assert_eq!((read("outscale.yaml"), read("prose.lock")), (before, lock));
}

/// The digest. Tests of `xtask` compare the library's with published ones.
fn sha256(text: &str) -> String {
    Hash::hash(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_committed_contract_matches_its_source() {
    let source = expected::read(&expected::workspace("spec/source.toml"));
    let committed = expected::read(&expected::workspace("spec/outscale.yaml"));
    // `source.toml` is written last: `regen` rejects a contract with another digest.
    assert!(source.contains(&format!("contract_sha256 = \"{}\"", sha256(&committed))), "{source}");
}

#[test]
#[ignore = "reads published descriptions from the folder OSC_TEST_SPECS"]
fn the_committed_contract_is_that_of_its_published_version() {
    let source = expected::read(&expected::workspace("spec/source.toml"));
    let committed = expected::read(&expected::workspace("spec/outscale.yaml"));
    let mut compared = 0;
    for (version, published) in expected::published() {
        if source.contains(&format!("version = \"{version}\"")) {
            assert!(
                contract(&published).yaml == committed,
                "the contract is outdated: import {version} again"
            );
            assert!(source.contains(&format!("\nsha256 = \"{}\"", sha256(&published))), "{source}");
            compared += 1;
        }
    }
    assert_eq!(compared, 1, "the published description of the contract is missing");
}

#[test]
fn a_value_that_a_published_text_adds_is_a_line_of_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("spec");
    let file = folder.path().join("zoo-1.0.yaml");
    let import = |values: &str| {
        let volume = format!(
            "    Volume:\n      type: object\n      properties:\n        State: {{type: string, description: 'Words \
             ({values}).'}}\n"
        );
        std::fs::write(&file, format!("{WORDY}{volume}")).unwrap();
        let overlay = expected::workspace("spec/overlay.yaml");
        let run = xtask::run([
            "spec".as_ref(),
            "import".as_ref(),
            file.as_os_str(),
            "--overlay".as_ref(),
            overlay.as_os_str(),
            "--out".as_ref(),
            out.as_os_str(),
        ]);
        assert_eq!(run.code, Some(0), "{}", run.output);
        run.output
    };
    let output = import(r"`creating` \| `frozen` \| `in-use`");
    let output = output.split_once("VALUES IN PUBLISHED TEXTS").unwrap_or_default().1;
    let notes: Vec<&str> = output.lines().filter(|line| line.contains("Volume/properties/State")).collect();
    let [note] = notes.as_slice() else { panic!("{output}") };
    assert!(note.contains("names `frozen`, missing in the value set `VolumeState`"), "{note}");

    // Known values are not reported; values that the text no longer has are.
    let output = import(r"`creating` \| `in-use`");
    assert!(!output.contains("the text names"), "{output}");
    assert!(output.contains("Volume/properties/State: the text no longer names `available`"), "{output}");
    // A text without a list is not compared.
    assert!(!import("`creating` or `frozen`").contains("Volume/properties/State:"));
    // The contract has no texts to compare.
    let contract = out.join("outscale.yaml");
    let run = xtask::run(["spec".as_ref(), "check".as_ref(), contract.as_os_str()]);
    assert!(run.code == Some(0) && !run.output.contains("value set"), "{}", run.output);
}

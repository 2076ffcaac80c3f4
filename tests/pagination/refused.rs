//! What the compiler says of `paginate`: it takes the requests of all listings with pages, and no others.
//!
//! Which those are comes from the contract, and the compiler is the one of this run.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A listing of the contract.
struct Read {
    /// `ReadVms`.
    action: String,
    /// Whether its request says how many items a page has.
    paged: bool,
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every read action of the contract.
fn reads() -> Vec<Read> {
    let text = fs::read_to_string(workspace().join("spec/outscale.yaml")).expect("the contract");
    let contract: Value = serde_yaml::from_str(&text).expect("YAML");
    let actions = contract["paths"].as_object().expect("paths");
    let reads = actions.iter().filter_map(|(path, item)| Some((path.strip_prefix("/")?, item)));
    let reads = reads.filter(|(action, _)| action.starts_with("Read"));
    let reads = reads.map(|(action, item)| {
        let schema = &item["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let pointer = schema.as_str().and_then(|text| text.strip_prefix('#')).expect("a reference");
        let properties = contract.pointer(pointer).map(|schema| &schema["properties"]).expect("a schema");
        Read { action: action.to_owned(), paged: !properties["ResultsPerPage"].is_null() }
    });
    reads.collect()
}

/// A program that gives `paginate` every one of these requests, on a line each.
fn program(reads: &[Read]) -> String {
    let mut text = "use osc_api::{Client, types::*};\n".to_owned();
    for Read { action, .. } in reads {
        let line = format!(
            "pub fn {action}(client: &Client, request: {action}Request) {{ let _ = client.paginate(request); }}"
        );
        _ = writeln!(text, "#[allow(non_snake_case)] {line}");
    }
    text
}

/// The compiler's errors about a program: the code, the line, and everything that it says.
fn errors(program: &str) -> Vec<(String, u64, String)> {
    let folder = workspace().join("target/refused");
    fs::create_dir_all(folder.join("src")).expect("a folder");
    let manifest = "[package]\nname = \"refused\"\nedition = \"2024\"\npublish = false\n[workspace]\n\
                    [dependencies]\nosc-api = { path = \"../../osc-api\" }\n";
    fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    fs::write(folder.join("src/lib.rs"), program).expect("a program");
    // The same versions as everywhere, so that nothing has to be fetched.
    fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).expect("the versions");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "--message-format", "json", "--target-dir"])
        .arg(std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), Into::into))
        .current_dir(&folder)
        .output()
        .expect("cargo runs");
    let said = String::from_utf8(output.stdout).expect("text");
    let messages = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let errors: Vec<_> = messages
        .filter(|message| message["message"]["level"] == "error")
        .filter_map(|message| {
            let message = &message["message"];
            let code = message["code"]["code"].as_str()?.to_owned();
            let span = message["spans"].as_array()?.iter().find(|span| span["is_primary"] == true)?;
            Some((code, span["line_start"].as_u64()?, message["rendered"].as_str()?.to_owned()))
        })
        .collect();
    let why = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.success(), errors.is_empty(), "cargo could not check the program:\n{why}");
    errors
}

#[test]
fn listings_with_pages_compile_and_all_others_say_why_not() {
    let reads = reads();
    let paged = reads.iter().filter(|read| read.paged).count();
    let errors = errors(&program(&reads));
    let wrong: BTreeSet<u64> = errors.iter().map(|(_, line, _)| *line).collect();
    for (line, Read { action, paged }) in (2..).zip(&reads) {
        assert_eq!(*paged, !wrong.contains(&line), "{action}");
    }
    assert_eq!(errors.len(), reads.len() - paged);
    for (code, line, text) in &errors {
        let action = &reads[*line as usize - 2].action;
        assert_eq!(code, "E0277", "{text}");
        for expected in [
            &*format!("{action}Request` is not the request of a paginated action"),
            "its action returns everything at once",
            "call the action's method of `Client` instead",
        ] {
            assert!(text.contains(expected), "{expected:?} is not in:\n{text}");
        }
    }
    println!("{paged} of {} listings have pages", reads.len());
}

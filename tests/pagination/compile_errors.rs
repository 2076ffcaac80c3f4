//! `paginate` accepts the requests of all paginated actions, and other requests are compile errors.
//!
//! The paginated actions are read from the contract; the compiler is the one that runs the tests.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use osc_api::listing::Listing;
use osc_tests::artifacts::{self, CompileError};
use serde_json::Value;

/// A read action of the contract.
struct ReadAction {
    /// `ReadVms`.
    action: String,
    /// Whether its request has a page size.
    is_paginated: bool,
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All read actions of the contract.
fn read_actions() -> Vec<ReadAction> {
    let text = fs::read_to_string(workspace().join("spec/outscale.yaml")).expect("the contract");
    let contract: Value = serde_yaml::from_str(&text).expect("YAML");
    let actions = contract["paths"].as_object().expect("paths");
    let reads = actions.iter().filter_map(|(path, item)| Some((path.strip_prefix("/")?, item)));
    let reads = reads.filter(|(action, _)| action.starts_with("Read"));
    let reads = reads.map(|(action, item)| {
        let schema = &item["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let pointer = schema.as_str().and_then(|text| text.strip_prefix('#')).expect("a reference");
        let properties = contract.pointer(pointer).map(|schema| &schema["properties"]).expect("a schema");
        ReadAction { action: action.to_owned(), is_paginated: !properties["ResultsPerPage"].is_null() }
    });
    reads.collect()
}

/// A program that calls a method of the client with the request of each action, one per line.
fn program(method: &str, reads: &[ReadAction]) -> String {
    let mut text = "use osc_api::{Client, types::*};\n".to_owned();
    for ReadAction { action, .. } in reads {
        let line = format!(
            "pub fn {action}(client: &Client, request: {action}Request) {{ let _ = client.{method}(request); }}"
        );
        _ = writeln!(text, "#[allow(non_snake_case)] {line}");
    }
    text
}

/// The compiler's errors for a program.
fn errors(method: &str, program: &str) -> Vec<CompileError> {
    let folder = artifacts::scratch(method);
    let root = folder.join("lib.rs");
    fs::write(&root, program).expect("a program");
    artifacts::errors(&mut artifacts::check(method, &root, &folder))
}

#[test]
fn paginate_compiles_for_paginated_actions_and_explains_the_error_for_all_others() {
    let reads = read_actions();
    let paginated = reads.iter().filter(|read| read.is_paginated).count();
    let errors = errors("paginate", &program("paginate", &reads));
    let failed: BTreeSet<usize> = errors.iter().map(|error| error.line).collect();
    for (line, ReadAction { action, is_paginated }) in (2..).zip(&reads) {
        assert_eq!(*is_paginated, !failed.contains(&line), "{action}");
    }
    assert_eq!(errors.len(), reads.len() - paginated);
    for CompileError { code, line, text, .. } in &errors {
        let action = &reads[line - 2].action;
        assert_eq!(code, "E0277", "{text}");
        for expected in [
            &*format!("{action}Request` is not the request of a paginated action"),
            "its action returns everything at once",
            "call the action's method of `Client` instead",
        ] {
            assert!(text.contains(expected), "{expected:?} is not in:\n{text}");
        }
    }
    println!("{paginated} of {} read actions are paginated", reads.len());
}

#[test]
fn list_compiles_for_every_action_that_lists_something_and_explains_the_error_for_all_others() {
    let reads = read_actions();
    let errors = errors("list", &program("list", &reads));
    let failed: BTreeSet<usize> = errors.iter().map(|error| error.line).collect();
    for (line, ReadAction { action, .. }) in (2..).zip(&reads) {
        assert_eq!(Listing::of(action).is_some(), !failed.contains(&line), "{action}");
    }
    assert_eq!(reads.len() - failed.len(), Listing::all().len());
    for CompileError { code, line, text, .. } in &errors {
        let action = &reads[line - 2].action;
        assert_eq!(code, "E0277", "{text}");
        assert!(
            text.contains(&format!("{action}Request` is not the request of an action that lists items")),
            "{text}"
        );
    }
}

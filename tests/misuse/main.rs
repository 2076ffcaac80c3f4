//! Wrong programs do not compile, and the compiler's message names the way out.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by a panic")]

#[path = "../expected.rs"]
mod expected;

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::Value;

/// A wrong program.
struct Misuse {
    name: &'static str,
    /// Statements of an async function that returns an `osc_api::Result<()>` and has a `client`.
    body: &'static str,
    /// Parts of the message.
    messages: &'static [&'static str],
}

const fn misuse(name: &'static str, body: &'static str, messages: &'static [&'static str]) -> Misuse {
    Misuse { name, body, messages }
}

const MISUSES: &[Misuse] = &[
    misuse(
        "volume_id_for_vm_id",
        "let id = VolumeId::from(\"vol-1\"); CreateImageRequest::new().vm_id(id);",
        &["`VolumeId` cannot be used where a `VmId` is expected", "`VmId::from(id.as_str())`"],
    ),
    misuse(
        "volume_id_in_a_list_of_vm_ids",
        "let id = VolumeId::from(\"vol-1\"); FiltersVm::new().vm_ids([id]);",
        &["VmId: From<VolumeId>", "is not satisfied"],
    ),
    misuse(
        "single_value_for_a_list",
        "FiltersVm::new().vm_ids(\"i-1\");",
        &["`&str` is not a list of `VmId`", "for a single value, write `[value]`"],
    ),
    misuse(
        "option_of_a_value_for_a_list",
        "let id: Option<VmId> = None; FiltersVm::new().vm_ids(id);",
        &["`VmId` is not a list of `VmId`", "`value.into_iter()`"],
    ),
    misuse(
        "strings_that_could_be_swapped",
        "LinkVolumeRequest::new(\"/dev/xvdb\", \"vol-1\", \"i-1\");",
        &["`&str` is not a `VmId`", "write `VmId::from(…)`"],
    ),
    misuse(
        "swapped_ids",
        "let (vm, volume) = (VmId::from(\"i-1\"), VolumeId::from(\"vol-1\"));\n    LinkVolumeRequest::new(\"/dev/xvdb\", &volume, &vm);",
        &["`&VolumeId` is not a `VmId`", "`VmId::from(id.as_str())`"],
    ),
    misuse(
        "positional_numbers",
        "HealthCheck::new(10, 3, 80, \"HTTP\", 5, 3);",
        &["takes 1 argument but 6 arguments were supplied", "HealthCheckRequired"],
    ),
    misuse(
        "struct_literal",
        "let _ = ReadVmsRequest { dry_run: Some(true), ..Default::default() };",
        &["cannot create non-exhaustive struct"],
    ),
    misuse(
        "paginated_by_reference",
        "let request = ReadVmsRequest::new(); client.paginate(&request);",
        &["is not the request of a paginated action", "pass the request by value"],
    ),
    misuse(
        "not_paginated",
        "client.paginate(ReadRegionsRequest::new());",
        &["`ReadRegionsRequest` is not the request of a paginated action", "call the action's method"],
    ),
    misuse(
        "for_loop_over_pages",
        "for vm in client.paginate(ReadVmsRequest::new()) { drop(vm); }",
        &["is not an iterator"],
    ),
    misuse(
        "wait_without_a_state",
        "client.wait_for(osc_api::wait::vm(\"i-1\")).await?;",
        &["expected `Waiter<", "found `Vm`"],
    ),
    misuse(
        "wait_for_another_resource",
        "let id = VolumeId::from(\"vol-1\"); let _ = osc_api::wait::vm(&id);",
        &["VmId: From<&VolumeId>", "is not satisfied"],
    ),
    misuse(
        "state_of_another_resource",
        "client.wait_for(osc_api::wait::vm(\"i-1\").deleted()).await?;",
        &["no method named `deleted`"],
    ),
    misuse(
        "request_by_value",
        "client.read_vms(ReadVmsRequest::new()).await?;",
        &["expected `&ReadVmsRequest`, found `ReadVmsRequest`", "consider borrowing here"],
    ),
    misuse(
        "number_for_a_string",
        "CreateVmsRequest::new(\"ami-1\").vm_type(5);",
        &["`{integer}` cannot be used where a `std::string::String` is expected"],
    ),
    misuse(
        "printed_secret",
        "let secret = osc_api::Secret::from(\"s\"); println!(\"{secret}\");",
        &["`Secret` doesn't implement `std::fmt::Display`"],
    ),
];

/// Creates a crate with a program for each misuse.
fn crate_of_programs() -> std::path::PathBuf {
    let folder = expected::workspace("target/misuse");
    let programs = folder.join("src/bin");
    _ = fs::remove_dir_all(&programs);
    fs::create_dir_all(&programs).unwrap();
    let path = expected::workspace("osc-api").canonicalize().unwrap();
    let manifest = format!(
        "[workspace]\n[package]\nname = \"misuse\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n\
         osc-api = {{ path = {path:?} }}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::copy(expected::workspace("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    for Misuse { name, body, .. } in MISUSES {
        let program = format!(
            "#![allow(unused)]\nuse osc_api::types::*;\n\nasync fn wrong(client: osc_api::Client) -> osc_api::Result<()> \
             {{\n    {body}\n    Ok(())\n}}\n\nfn main() {{}}\n"
        );
        fs::write(programs.join(format!("{name}.rs")), program).unwrap();
    }
    folder
}

/// The errors of each program, as the compiler prints them.
fn errors() -> BTreeMap<String, String> {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "--keep-going", "--bins", "--message-format", "json"])
        .env("CARGO_TARGET_DIR", expected::target_directory())
        .current_dir(crate_of_programs())
        .output()
        .unwrap();
    let mut errors: BTreeMap<String, String> = BTreeMap::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        if message["message"]["level"] == "error" {
            let rendered = message["message"]["rendered"].as_str().unwrap().replace("osc_api::types::", "");
            errors
                .entry(message["target"]["name"].as_str().unwrap().to_owned())
                .or_default()
                .push_str(&rendered);
        }
    }
    errors
}

#[test]
fn wrong_programs_are_rejected_with_a_message_that_names_the_remedy() {
    let errors = errors();
    let mut problems = Vec::new();
    for Misuse { name, body, messages } in MISUSES {
        let Some(shown) = errors.get(*name) else {
            problems.push(format!("{name} compiles: {body}"));
            continue;
        };
        for part in messages.iter().filter(|part| !shown.contains(**part)) {
            problems.push(format!("{name}: the message lacks {part:?}:\n{shown}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

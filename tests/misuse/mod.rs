//! Wrong programs do not compile, and the compiler's message names the correction.

use std::fs;
use std::path::Path;

use osc_tests::artifacts::{self, CompileError};

use crate::published;

/// A wrong use of the crate, which is compiled as a function of its own.
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
        &[
            "`[VolumeId; 1]` is not a list of `VmId`",
            "an identifier of another kind of resource is not accepted",
        ],
    ),
    misuse(
        "volume_ids_in_a_required_list",
        "let ids: Vec<VolumeId> = Vec::new(); DeleteVmsRequest::new(&ids);",
        &[
            "`&Vec<VolumeId>` is not a list of `VmId`",
            "an identifier of another kind of resource is not accepted",
        ],
    ),
    misuse(
        "single_value_for_a_required_list",
        "DeleteVmsRequest::new(\"i-1\");",
        &["`&str` is not a list of `VmId`", "for a single value, write `[value]`"],
    ),
    misuse(
        "single_value_for_a_list",
        "FiltersVm::new().vm_ids(\"i-1\");",
        &["`&str` is not a list of `VmId`", "for a single value, write `[value]`"],
    ),
    misuse(
        "option_of_a_value_for_a_list",
        "let id: Option<VmId> = None; FiltersVm::new().vm_ids(id);",
        &["`Option<VmId>` is not a list of `VmId`", "for an optional one, `value.into_iter()`"],
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
        "default_of_a_request_with_required_fields",
        "let _ = CreateVmsRequest::default();",
        &["no function or associated item named `default`", "consider using `CreateVmsRequest::new`"],
    ),
    misuse(
        "missing_required_field",
        "let _ = CreateVmsRequest::new();",
        &["argument #1 is missing", "CreateVmsRequest::new(/* image_id */)"],
    ),
    misuse(
        "unused_setter",
        "let request = ReadVmsRequest::new(); request.dry_run(true);",
        &["unused `ReadVmsRequest` that must be used", "a setter returns the changed value"],
    ),
    misuse(
        "forgotten_await",
        "client.read_vms(&ReadVmsRequest::new());",
        &["unused implementer of `Future` that must be used", "futures do nothing unless you `.await`"],
    ),
    misuse(
        "wait_without_await",
        "client.wait_for(osc_api::wait::vm(\"i-1\").running());",
        &["unused `osc_api::wait::Wait` that must be used", "a wait does nothing until it is awaited"],
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
        &[
            "the pages of an async client are a stream, not an iterator",
            "while let Some(item) = items.try_next().await?",
            "`paginate` and `list` of `osc_api::blocking::Client` return iterators",
        ],
    ),
    misuse(
        "for_loop_over_a_list",
        "for region in client.list(ReadRegionsRequest::new()) { drop(region); }",
        &["a stream, not an iterator", "while let Some(item) = items.try_next().await?"],
    ),
    misuse(
        "wait_without_a_state",
        "client.wait_for(osc_api::wait::vm(\"i-1\")).await?;",
        &["`osc_api::wait::Vm` is not a waiter", "`wait::vm(id).running()`"],
    ),
    misuse(
        "wait_for_an_identifier",
        "client.wait_for(VmId::from(\"i-1\")).await?;",
        &["`VmId` is not a waiter", "`wait::vm(id).running()`"],
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
        "CreateVmsRequest::new(\"ami-1\").client_token(5);",
        &["`{integer}` cannot be used where a `std::string::String` is expected"],
    ),
    misuse(
        "printed_secret",
        "let secret = osc_api::Secret::from(\"s\"); println!(\"{secret}\");",
        &["`Secret` doesn't implement `std::fmt::Display`"],
    ),
];

/// Misuses of a crate without features: that of the second API, which is smaller.
const MISUSES_WITHOUT_FEATURES: &[Misuse] = &[
    misuse(
        "serialized_response",
        "let _ = osc_api::serde_json::to_string(&GetTideResponse::default());",
        &["GetTideResponse: serde::Serialize", "check whether the crate offers a `serde` feature flag"],
    ),
    misuse(
        "deserialized_request",
        "let _: GetTideRequest = osc_api::serde_json::from_str(\"{}\").unwrap();",
        &["GetTideRequest: serde::Deserialize<'de>", "check whether the crate offers a `serde` feature flag"],
    ),
    misuse(
        "blocking_client",
        "osc_api::blocking::Client::from_env()?;",
        &["the item is gated behind the `blocking` feature"],
    ),
    misuse(
        "fake_api",
        "osc_api::testing::FakeApi::start()?;",
        &["the item is gated behind the `testing` feature"],
    ),
];

/// A program with a function for each misuse, and the numbers of the first line of each.
fn program(misuses: &[&Misuse]) -> (String, Vec<usize>) {
    let mut text = "#![allow(unused)]\n#![deny(unused_must_use)]\nuse osc_api::types::*;\n".to_owned();
    let mut starts = Vec::new();
    for Misuse { name, body, .. } in misuses {
        text.push('\n');
        starts.push(text.lines().count() + 1);
        text.push_str(&format!(
            "async fn {name}(client: osc_api::Client) -> osc_api::Result<()> {{\n    {body}\n    Ok(())\n}}\n"
        ));
    }
    (text, starts)
}

/// Compiles misuses as one program. Returns the compiler's errors for each, as printed. `libraries` are arguments of the
/// compiler.
fn compile(misuses: &[&Misuse], folder: &Path, libraries: &[String]) -> Vec<String> {
    let (text, starts) = program(misuses);
    let root = folder.join("misuse.rs");
    fs::write(&root, text).unwrap();
    let mut command = artifacts::rustc("misuse", &root);
    command.args(["--crate-type", "lib", "--emit", "metadata", "--out-dir"]).arg(folder).args(libraries);
    let mut errors = vec![String::new(); misuses.len()];
    for CompileError { line, text, .. } in artifacts::errors(&mut command) {
        let index = starts.partition_point(|start| *start <= line).checked_sub(1);
        let index = index.unwrap_or_else(|| panic!("an error outside of the misuses:\n{text}"));
        errors[index].push_str(&text.replace("osc_api::types::", ""));
    }
    errors
}

/// The problems of misuses: one that compiles, and a message that lacks a part.
fn problems(misuses: &[Misuse], folder: &Path, libraries: &[String]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut remaining: Vec<&Misuse> = misuses.iter().collect();
    // The compiler reports lints only for a program without other errors, so it sees some misuses again.
    while !remaining.is_empty() {
        let errors = compile(&remaining, folder, libraries);
        if errors.iter().all(String::is_empty) {
            problems
                .extend(remaining.iter().map(|Misuse { name, body, .. }| format!("{name} compiles: {body}")));
            break;
        }
        for (Misuse { name, messages, .. }, shown) in remaining.iter().zip(&errors) {
            let lacking = messages.iter().filter(|part| !shown.is_empty() && !shown.contains(**part));
            problems.extend(lacking.map(|part| format!("{name}: the message lacks {part:?}:\n{shown}")));
        }
        let rejected = errors.iter().map(|shown| !shown.is_empty());
        remaining = remaining
            .into_iter()
            .zip(rejected)
            .filter(|(_, is_rejected)| !is_rejected)
            .map(|(misuse, _)| misuse)
            .collect();
    }
    problems
}

#[test]
fn wrong_programs_are_rejected_with_a_message_that_names_the_remedy() {
    let folder = artifacts::scratch("misuse");
    let problems = problems(MISUSES, &folder, &artifacts::library("osc_api"));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn what_a_missing_feature_leaves_out_is_named_with_the_feature() {
    let folder = published::second_api("misuse_without_features");
    let output = artifacts::output(published::the_crate(&folder, &[]).args(["--emit", "metadata"]));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let library = format!("osc_api={}", folder.join("libosc_api.rmeta").display());
    let problems = problems(MISUSES_WITHOUT_FEATURES, &folder, &["--extern".to_owned(), library]);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

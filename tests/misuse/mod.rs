//! Wrong programs do not compile, and the compiler's message names the correction.
use std::fs;
use std::path::Path;

use osc_tests::artifacts;

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

/// The program of a misuse.
fn program(Misuse { body, .. }: &Misuse) -> String {
    format!(
        "#![allow(unused)]\nuse osc_api::types::*;\n\nasync fn wrong(client: osc_api::Client) -> osc_api::Result<()> \
         {{\n    {body}\n    Ok(())\n}}\n"
    )
}

/// The errors of a program, as the compiler prints them. `None` if it compiles.
fn errors(folder: &Path, misuse: &Misuse) -> Option<String> {
    let root = folder.join(format!("{}.rs", misuse.name));
    fs::write(&root, program(misuse)).unwrap();
    let output = artifacts::output(&mut artifacts::check(misuse.name, &root, folder));
    let messages = String::from_utf8(output.stderr).unwrap().replace("osc_api::types::", "");
    (!output.status.success()).then_some(messages)
}

#[test]
fn wrong_programs_are_rejected_with_a_message_that_names_the_remedy() {
    let folder = artifacts::scratch("misuse");
    let mut problems = Vec::new();
    for misuse in MISUSES {
        let Misuse { name, body, messages } = misuse;
        let Some(shown) = errors(&folder, misuse) else {
            problems.push(format!("{name} compiles: {body}"));
            continue;
        };
        for part in messages.iter().filter(|part| !shown.contains(**part)) {
            problems.push(format!("{name}: the message lacks {part:?}:\n{shown}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

//! `list_everything` and `unattached_volumes`.

use osc_api::codes;
use osc_api::serde_json::{Value, json};
use osc_api::testing::{FakeApi, Fault};

use crate::examples::{ProgramOutput, actions, bodies, run, start};

/// Serves pages of two items; the page token is the index of the first item.
fn list(fake: &FakeApi, action: &str, member: &'static str, items: Vec<Value>) {
    fake.on_raw(action, move |request| {
        let first: usize =
            request["NextPageToken"].as_str().map_or(0, |token| token.parse().expect("a token"));
        let last = items.len().min(first + 2);
        let mut response = json!({ member: items[first..last] });
        if last < items.len() {
            response["NextPageToken"] = last.to_string().into();
        }
        response
    });
}

#[test]
fn everything_is_listed_over_all_pages() {
    let fake = start();
    let numbered = |member: &str, count: usize| {
        (0..count).map(|number| json!({ member: format!("{member}-{number}") })).collect::<Vec<_>>()
    };
    list(&fake, "ReadVms", "Vms", numbered("VmId", 5));
    list(&fake, "ReadVolumes", "Volumes", numbered("VolumeId", 4));
    list(&fake, "ReadNets", "Nets", numbered("NetId", 1));
    list(&fake, "ReadSubnets", "Subnets", Vec::new());
    list(&fake, "ReadSecurityGroups", "SecurityGroups", numbered("SecurityGroupId", 2));
    list(&fake, "ReadPublicIps", "PublicIps", vec![json!({ "PublicIp": "203.0.113.5" })]);
    let output = run("list_everything", &fake, &[]);
    let lines = output.succeeded();
    assert_eq!(lines[..5], ["vm\tVmId-0", "vm\tVmId-1", "vm\tVmId-2", "vm\tVmId-3", "vm\tVmId-4"]);
    assert!(lines.contains(&"public IP\t203.0.113.5"), "{lines:?}");
    assert_eq!(
        lines[lines.len() - 6..],
        ["5 VMs", "4 volumes", "1 Nets", "0 Subnets", "2 security groups", "1 public IPs"]
    );
    assert_eq!(bodies(&fake, "ReadVms").len(), 3);
    assert_eq!(bodies(&fake, "ReadVolumes").len(), 2);
}

/// Two unattached volumes, and an attached one that the server's filter returned nevertheless.
fn volumes() -> FakeApi {
    let fake = start();
    let free = |id: &str, size: i64| json!({ "VolumeId": id, "State": "available", "Size": size });
    let mut used = free("vol-used", 100);
    used["LinkedVolumes"] = json!([{ "VmId": "i-12345678", "State": "attaching" }]);
    list(&fake, "ReadVolumes", "Volumes", vec![free("vol-1", 10), used, free("vol-2", 32)]);
    fake
}

fn unattached(fake: &FakeApi, arguments: &[&str]) -> ProgramOutput {
    run("unattached_volumes", fake, arguments)
}

fn deleted(fake: &FakeApi) -> Vec<Value> {
    bodies(fake, "DeleteVolume").into_iter().map(|mut body| body["VolumeId"].take()).collect()
}

#[test]
fn without_delete_unattached_volumes_are_only_listed() {
    let fake = volumes();
    let output = unattached(&fake, &[]);
    assert_eq!(output.succeeded(), ["vol-1\t10 GiB", "vol-2\t32 GiB", "2 unattached volumes, 42 GiB"]);
    assert_eq!(actions(&fake), ["ReadVolumes", "ReadVolumes"]);
    assert_eq!(bodies(&fake, "ReadVolumes")[0]["Filters"], json!({ "VolumeStates": ["available"] }));
}

#[test]
fn with_delete_only_unattached_volumes_are_deleted() {
    let fake = volumes();
    let output = unattached(&fake, &["--delete"]);
    let lines = output.succeeded();
    assert_eq!(lines[..2], ["vol-1\t10 GiB\tdeleted", "vol-2\t32 GiB\tdeleted"]);
    assert_eq!(deleted(&fake), ["vol-1", "vol-2"]);
}

#[test]
fn volumes_deleted_or_attached_by_others_are_not_failures() {
    let fake = volumes();
    fake.on_raw("DeleteVolume", |request| match request["VolumeId"].as_str() {
        Some("vol-1") => Err(Fault::code(codes::NO_SUCH_VOLUME)),
        _ => Err::<Value, _>(Fault::code(codes::INVALID_VOLUME_STATE)),
    });
    let output = unattached(&fake, &["--delete"]);
    let lines = output.succeeded();
    assert!(lines[0].ends_with("already deleted") && lines[1].contains("in use"), "{lines:?}");
}

#[test]
fn a_volume_that_cannot_be_deleted_does_not_stop_the_others() {
    let fake = volumes();
    fake.next_raw("DeleteVolume", 1, Fault::code(codes::UNAUTHORIZED_OPERATION));
    let output = unattached(&fake, &["--delete"]);
    output.fails_with(1, &["DeleteVolume failed", "1 could not be deleted"]);
    assert_eq!(output.lines()[0], "vol-2\t32 GiB\tdeleted");
    assert_eq!(deleted(&fake), ["vol-1", "vol-2"]);
}

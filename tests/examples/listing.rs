//! `list_everything` and `unattached_volumes`.

use osc_api::codes;
use osc_api::serde_json::{Value, json};
use osc_api::testing::{FakeApi, Fault};

use crate::{Ended, actions, bodies, run, start};

/// Pages of two items for any of these listings: the token says where a page begins.
fn list(fake: &FakeApi, action: &str, member: &'static str, items: Vec<Value>) {
    fake.on_raw(action, move |request| {
        let first: usize =
            request["NextPageToken"].as_str().map_or(0, |token| token.parse().expect("a token"));
        let last = items.len().min(first + 2);
        let mut answer = json!({ member: items[first..last] });
        if last < items.len() {
            answer["NextPageToken"] = last.to_string().into();
        }
        answer
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
    let ended = run(env!("CARGO_BIN_EXE_list_everything"), &fake, &[]);
    let lines = ended.well();
    assert_eq!(lines[..5], ["vm\tVmId-0", "vm\tVmId-1", "vm\tVmId-2", "vm\tVmId-3", "vm\tVmId-4"]);
    assert!(lines.contains(&"public IP\t203.0.113.5"), "{lines:?}");
    assert_eq!(
        lines[lines.len() - 6..],
        ["5 VMs", "4 volumes", "1 Nets", "0 Subnets", "2 security groups", "1 public IPs"]
    );
    assert_eq!(bodies(&fake, "ReadVms").len(), 3);
    assert_eq!(bodies(&fake, "ReadVolumes").len(), 2);
}

/// Two volumes that are free and one that is not, though the server's filter let it through.
fn volumes() -> FakeApi {
    let fake = start();
    let free = |id: &str, size: i64| json!({ "VolumeId": id, "State": "available", "Size": size });
    let mut used = free("vol-used", 100);
    used["LinkedVolumes"] = json!([{ "VmId": "i-12345678", "State": "attaching" }]);
    list(&fake, "ReadVolumes", "Volumes", vec![free("vol-1", 10), used, free("vol-2", 32)]);
    fake
}

fn unattached(fake: &FakeApi, arguments: &[&str]) -> Ended {
    run(env!("CARGO_BIN_EXE_unattached_volumes"), fake, arguments)
}

fn deleted(fake: &FakeApi) -> Vec<Value> {
    bodies(fake, "DeleteVolume").into_iter().map(|mut body| body["VolumeId"].take()).collect()
}

#[test]
fn unattached_volumes_are_told_and_nothing_is_deleted_without_being_asked() {
    let fake = volumes();
    let ended = unattached(&fake, &[]);
    assert_eq!(ended.well(), ["vol-1\t10 GiB", "vol-2\t32 GiB", "2 unattached volumes, 42 GiB"]);
    assert_eq!(actions(&fake), ["ReadVolumes", "ReadVolumes"]);
    assert_eq!(bodies(&fake, "ReadVolumes")[0]["Filters"], json!({ "VolumeStates": ["available"] }));
}

#[test]
fn unattached_volumes_are_deleted_on_request_and_no_others() {
    let fake = volumes();
    let ended = unattached(&fake, &["--delete"]);
    let lines = ended.well();
    assert_eq!(lines[..2], ["vol-1\t10 GiB\tdeleted", "vol-2\t32 GiB\tdeleted"]);
    assert_eq!(deleted(&fake), ["vol-1", "vol-2"]);
}

#[test]
fn volumes_that_others_deleted_or_attached_are_no_failure() {
    let fake = volumes();
    fake.on_raw("DeleteVolume", |request| match request["VolumeId"].as_str() {
        Some("vol-1") => Err(Fault::code(codes::NO_SUCH_VOLUME)),
        _ => Err::<Value, _>(Fault::code(codes::INVALID_VOLUME_STATE)),
    });
    let ended = unattached(&fake, &["--delete"]);
    let lines = ended.well();
    assert!(lines[0].ends_with("gone already") && lines[1].contains("in use"), "{lines:?}");
}

#[test]
fn a_volume_that_cannot_be_deleted_does_not_stop_the_others() {
    let fake = volumes();
    fake.next_raw("DeleteVolume", 1, Fault::code(codes::UNAUTHORIZED_OPERATION));
    let ended = unattached(&fake, &["--delete"]);
    ended.fails_with(1, &["DeleteVolume failed", "1 could not be deleted"]);
    assert_eq!(ended.lines()[0], "vol-2\t32 GiB\tdeleted");
    assert_eq!(deleted(&fake), ["vol-1", "vol-2"]);
}

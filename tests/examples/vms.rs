//! `vm_lifecycle` and `blocking_script`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use osc_api::codes;
use osc_api::serde_json::{Value, json};
use osc_api::testing::{FakeApi, Fault};

use crate::examples::{ProgramOutput, actions, bodies, run, start};

/// A fake API with VMs that reach the requested state by the next read, so that no waiter polls twice.
fn cloud(vms: &[(&str, &'static str)]) -> FakeApi {
    let fake = start();
    let owned = vms.iter().map(|(id, state)| ((*id).to_owned(), *state));
    let states: Arc<Mutex<BTreeMap<String, &'static str>>> = Arc::new(Mutex::new(owned.collect()));
    let known = Arc::clone(&states);
    fake.on_raw("ReadVms", move |request| {
        let filter = |name: &str, value: &str| match request["Filters"][name].as_array() {
            Some(wanted) => wanted.iter().any(|wanted| wanted == value),
            None => true,
        };
        let states = known.lock().expect("the states");
        let listed = states.iter().filter(|(id, state)| filter("VmIds", id) && filter("VmStateNames", state));
        let vms: Vec<Value> = listed
            .map(|(id, state)| json!({ "VmId": id, "State": state, "PrivateIp": "10.0.0.4" }))
            .collect();
        json!({ "Vms": vms })
    });
    let known = Arc::clone(&states);
    fake.on_raw("CreateVms", move |_| {
        known.lock().expect("the states").insert("i-00000001".to_owned(), "running");
        json!({ "Vms": [{ "VmId": "i-00000001", "State": "pending" }] })
    });
    for (action, state) in [("StopVms", "stopped"), ("DeleteVms", "terminated")] {
        let known = Arc::clone(&states);
        fake.on_raw(action, move |request| {
            for id in request["VmIds"].as_array().expect("identifiers") {
                known
                    .lock()
                    .expect("the states")
                    .insert(id.as_str().expect("an identifier").to_owned(), state);
            }
            json!({ "Vms": [] })
        });
    }
    fake
}

fn lifecycle(fake: &FakeApi) -> ProgramOutput {
    run("vm_lifecycle", fake, &["ami-12345678"])
}

#[test]
fn a_vm_is_created_stopped_and_deleted() {
    let fake = cloud(&[]);
    let output = lifecycle(&fake);
    assert_eq!(
        output.succeeded(),
        [
            "i-00000001 was created",
            "i-00000001 is running at 10.0.0.4",
            "i-00000001 is stopped",
            "i-00000001 was deleted"
        ]
    );
    assert!(output.errors.contains("i-00000001 is running"), "{output:?}");
    assert_eq!(actions(&fake), ["CreateVms", "ReadVms", "StopVms", "ReadVms", "DeleteVms", "ReadVms"]);
    assert_eq!(bodies(&fake, "CreateVms")[0]["ImageId"], "ami-12345678");
    assert_eq!(bodies(&fake, "DeleteVms"), [json!({ "VmIds": ["i-00000001"] })]);
}

#[test]
fn a_vm_is_deleted_whatever_step_fails() {
    for (step, fault, word) in [
        ("ReadVms", Fault::code(codes::UNAUTHORIZED_OPERATION), "ReadVms failed"),
        ("StopVms", Fault::code(codes::UNAUTHORIZED_OPERATION), "StopVms failed"),
        ("StopVms", Fault::cut(), "StopVms failed: no complete response"),
    ] {
        let fake = cloud(&[]);
        fake.next_raw(step, 1, fault);
        let output = lifecycle(&fake);
        output.fails_with(1, &[word]);
        assert_eq!(output.lines().last(), Some(&"i-00000001 was deleted"), "{step}");
        assert_eq!(bodies(&fake, "DeleteVms"), [json!({ "VmIds": ["i-00000001"] })], "{step}");
    }
}

#[test]
fn a_vm_that_breaks_while_it_starts_is_deleted() {
    let fake = cloud(&[]);
    fake.on_raw("CreateVms", |_| json!({ "Vms": [{ "VmId": "i-00000002", "State": "pending" }] }));
    let mut reads = 0;
    fake.on_raw("ReadVms", move |_| {
        reads += 1;
        json!({ "Vms": [{ "VmId": "i-00000002", "State": if reads == 1 { "quarantine" } else { "terminated" } }] })
    });
    let output = lifecycle(&fake);
    output.fails_with(1, &["i-00000002 to be running", "quarantine"]);
    assert_eq!(bodies(&fake, "DeleteVms"), [json!({ "VmIds": ["i-00000002"] })]);
}

#[test]
fn a_vm_that_cannot_be_deleted_is_named() {
    let fake = cloud(&[]);
    fake.next_raw("DeleteVms", 1, Fault::code(codes::UNAUTHORIZED_OPERATION));
    lifecycle(&fake).fails_with(1, &["i-00000001 may still exist", "DeleteVms failed"]);
}

#[test]
fn nothing_is_deleted_if_nothing_was_created() {
    let fake = cloud(&[]);
    fake.next_raw("CreateVms", 1, Fault::code(codes::TOO_MANY_INSTANCES));
    lifecycle(&fake).fails_with(1, &["CreateVms failed", "10010"]);
    assert_eq!(actions(&fake), ["CreateVms"]);
}

fn script(fake: &FakeApi) -> ProgramOutput {
    run("blocking_script", fake, &["night=off"])
}

#[test]
fn the_script_stops_running_vms() {
    let fake = cloud(&[("i-00000001", "running"), ("i-00000002", "stopped"), ("i-00000003", "running")]);
    let output = script(&fake);
    assert_eq!(output.succeeded(), ["i-00000001 is stopped", "i-00000003 is stopped"]);
    assert_eq!(bodies(&fake, "StopVms"), [json!({ "VmIds": ["i-00000001", "i-00000003"] })]);
    let filters = json!({ "Tags": ["night=off"], "VmStateNames": ["running"] });
    assert_eq!(bodies(&fake, "ReadVms")[0]["Filters"], filters);
}

#[test]
fn the_script_reports_that_no_vm_is_running() {
    let fake = cloud(&[("i-00000002", "stopped")]);
    let output = script(&fake);
    assert_eq!(output.succeeded(), ["no VM with the tag night=off is running"]);
    assert_eq!(actions(&fake), ["ReadVms"]);
}

#[test]
fn the_script_reports_a_failure() {
    let fake = cloud(&[("i-00000001", "running")]);
    fake.next_raw("StopVms", 1, Fault::code(codes::UNAUTHORIZED_OPERATION));
    let output = script(&fake);
    output.fails_with(1, &["StopVms failed"]);
    assert_eq!(output.output, "");
}

#[test]
fn archiving_replaces_each_unattached_volume_by_a_tagged_snapshot() {
    let fake = start();
    fake.on_raw("ReadVolumes", |_| json!({ "Volumes": [{ "VolumeId": "vol-1" }, { "VolumeId": "vol-2" }] }));
    fake.on_raw("CreateSnapshot", |request| {
        let volume = request["VolumeId"].as_str().unwrap_or_default();
        json!({ "Snapshot": { "SnapshotId": volume.replace("vol", "snap"), "State": "pending" } })
    });
    fake.on_raw("ReadSnapshots", |request| {
        let ids = request["Filters"]["SnapshotIds"].as_array().cloned().unwrap_or_default();
        let listed = ids.into_iter().map(|id| json!({ "SnapshotId": id, "State": "completed" }));
        json!({ "Snapshots": listed.collect::<Vec<_>>() })
    });
    fake.on_raw("CreateTags", |_| json!({}));
    fake.on_raw("DeleteVolume", |request| match request["VolumeId"].as_str() {
        // Another program was faster.
        Some("vol-2") => Err(Fault::code(codes::NO_SUCH_VOLUME)),
        _ => Ok(json!({})),
    });
    let output = run("archive_volumes", &fake, &["eu-west-2a"]);
    assert_eq!(output.succeeded(), ["vol-1 is archived as snap-1", "vol-2 is archived as snap-2"]);
    let tagged: Vec<_> =
        bodies(&fake, "CreateTags").iter().map(|body| body["ResourceIds"][0].clone()).collect();
    assert_eq!(tagged, ["snap-1", "snap-2"]);
    assert_eq!(bodies(&fake, "CreateSnapshot")[0]["ClientToken"], "archive-vol-1");
}

#[test]
fn a_volume_whose_snapshot_fails_is_kept() {
    let fake = start();
    fake.on_raw("ReadVolumes", |_| json!({ "Volumes": [{ "VolumeId": "vol-1" }] }));
    fake.on_raw("CreateSnapshot", |_| json!({ "Snapshot": { "SnapshotId": "snap-1" } }));
    fake.on_raw("ReadSnapshots", |_| json!({ "Snapshots": [{ "SnapshotId": "snap-1", "State": "error" }] }));
    let output = run("archive_volumes", &fake, &["eu-west-2a"]);
    output.fails_with(1, &["vol-1: ", "it is error", "1 volumes could not be archived"]);
    assert!(bodies(&fake, "DeleteVolume").is_empty());
}

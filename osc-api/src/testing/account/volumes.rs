//! Volumes and snapshots.

use serde_json::{Value, json};

use super::kinds::{SNAPSHOT, VM, VOLUME, VOLUME_UPDATE_TASK};
use super::{FakeAccount, Operation, Resource, invalid, merge, now, published, text};
use crate::codes;
use crate::testing::fault::Fault;

pub(super) const OPERATIONS: &[(&str, Operation)] = &[
    ("CreateSnapshot", create_snapshot),
    ("CreateVolume", create),
    ("DeleteSnapshot", delete_snapshot),
    ("DeleteVolume", delete),
    ("LinkVolume", link),
    ("UnlinkVolume", unlink),
    ("UpdateVolume", update),
];

/// Maximum size of a volume, in GiB.
const MAX_SIZE: u64 = 14_901;

fn create(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let snapshot = match text(request, "SnapshotId") {
        "" => None,
        id => Some(account.get(&SNAPSHOT, id)?),
    };
    let inherited = snapshot.and_then(|snapshot| snapshot.value.get("VolumeSize")).and_then(Value::as_u64);
    let size = request.get("Size").and_then(Value::as_u64).or(inherited);
    let size = size.ok_or_else(|| invalid("Size or SnapshotId is required")).and_then(check_size)?;
    let kind = request.get("VolumeType").and_then(Value::as_str).unwrap_or("standard").to_owned();
    let id = account.next_id(VOLUME.prefix);
    let mut volume = published("CreateVolume", "Volume");
    merge(
        &mut volume,
        json!({
            "CreationDate": now(),
            "ClientToken": request.get("ClientToken"),
            "Iops": iops(&kind, request.get("Iops")),
            "LinkedVolumes": [],
            "Size": size,
            "SnapshotId": request.get("SnapshotId"),
            "State": "creating",
            "SubregionName": text(request, "SubregionName"),
            "Tags": [],
            "VolumeId": id,
            "VolumeType": kind,
        }),
    );
    let response = json!({ "Volume": volume });
    account.insert(&VOLUME, volume);
    Ok(response)
}

fn check_size(size: u64) -> Result<u64, Fault> {
    let is_valid = (1..=MAX_SIZE).contains(&size);
    is_valid.then_some(size).ok_or_else(|| {
        Fault::code(codes::INVALID_VOLUME_SIZE).details(format!("Size must be between 1 and {MAX_SIZE} GiB"))
    })
}

/// The operations per second of a volume: those of the request, or the default of the type.
fn iops(kind: &str, requested: Option<&Value>) -> Value {
    match (kind, requested) {
        ("standard", _) => Value::Null,
        (_, Some(requested)) => requested.clone(),
        _ => 100.into(),
    }
}

fn delete(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let id = text(request, "VolumeId");
    let volume = account.get(&VOLUME, id)?;
    match volume.state() {
        "available" | "error" => account.set_state(&VOLUME, id, "deleting").map(|()| json!({})),
        _ => Err(wrong_state(volume)),
    }
}

fn wrong_state(volume: &Resource) -> Fault {
    let details = format!("{} is {}", volume.id(), volume.state());
    Fault::code(codes::INVALID_VOLUME_STATE).details(details)
}

fn link(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let (id, vm_id) = (text(request, "VolumeId"), text(request, "VmId"));
    let device = text(request, "DeviceName");
    let volume = account.get(&VOLUME, id)?;
    if !matches!(account.get(&VM, vm_id)?.state(), "running" | "stopped") {
        return Err(Fault::code(codes::INVALID_VM_STATE).details("the VM must be running or stopped"));
    }
    if volume.state() != "available" {
        return Err(wrong_state(volume));
    }
    let is_taken = |mapping: Value| text(&mapping, "DeviceName") == device;
    if account.all(&VOLUME).flat_map(|volume| mappings(volume, vm_id)).any(is_taken) {
        return Err(Fault::code(codes::DEVICE_IN_USE).details(device));
    }
    let link = new_link(id, vm_id, device);
    let volume = account.get_mut(&VOLUME, id)?;
    volume.edit_list("LinkedVolumes", |links| links.push(link));
    account.set_state(&VOLUME, id, "in-use")?;
    Ok(json!({}))
}

fn new_link(volume_id: &str, vm_id: &str, device: &str) -> Value {
    json!({
        "DeleteOnVmDeletion": false,
        "DeviceName": device,
        "LinkDate": now(),
        "State": "attaching",
        "VmId": vm_id,
        "VolumeId": volume_id,
    })
}

fn unlink(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let id = text(request, "VolumeId");
    let volume = account.get_mut(&VOLUME, id)?;
    if volume.state() != "in-use" {
        return Err(Fault::code(codes::VOLUME_NOT_IN_USE).details(id));
    }
    detach(volume);
    account.set_state(&VOLUME, id, "in-use")?;
    Ok(json!({}))
}

fn detach(volume: &mut Resource) {
    volume.edit_list("LinkedVolumes", |links| {
        for link in links.iter_mut().filter_map(Value::as_object_mut) {
            link.insert("State".to_owned(), "detaching".into());
        }
    });
}

fn update(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let id = text(request, "VolumeId");
    let volume = account.get(&VOLUME, id)?;
    if !matches!(volume.state(), "available" | "in-use") {
        return Err(wrong_state(volume));
    }
    let origin = parameters(&volume.value.clone().into());
    let current = volume.value.get("Size").and_then(Value::as_u64).unwrap_or_default();
    let size = request.get("Size").and_then(Value::as_u64).unwrap_or(current);
    if size < current {
        return Err(Fault::code(codes::INVALID_VOLUME_SIZE).details("a volume cannot become smaller"));
    }
    check_size(size)?;
    let task_id = account.next_id(VOLUME_UPDATE_TASK.prefix);
    let volume = account.get_mut(&VOLUME, id)?;
    for name in ["Iops", "Size", "VolumeType"] {
        if let Some(value) = request.get(name) {
            volume.set(name, value.clone());
        }
    }
    let mut shown = volume.value.clone();
    shown.insert("TaskId".to_owned(), task_id.clone().into());
    let mut task = published("ReadVolumeUpdateTasks", "VolumeUpdateTasks");
    merge(
        &mut task,
        json!({
            "Comment": format!("Update of volume {id}"),
            "Progress": 0,
            "State": "pending",
            "TaskId": task_id,
            "VolumeId": id,
            "VolumeUpdate": { "Origin": origin, "Target": parameters(&shown.clone().into()) },
        }),
    );
    account.insert(&VOLUME_UPDATE_TASK, task);
    Ok(json!({ "Volume": shown }))
}

/// The members of a volume that an update changes.
fn parameters(volume: &Value) -> Value {
    json!({ "Iops": volume.get("Iops"), "Size": volume.get("Size"), "VolumeType": volume.get("VolumeType") })
}

fn create_snapshot(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let source = match (text(request, "VolumeId"), text(request, "SourceSnapshotId")) {
        ("", "") => {
            return Err(invalid("the fake API creates snapshots from VolumeId or SourceSnapshotId only"));
        }
        ("", id) => ("VolumeSize", account.get(&SNAPSHOT, id)?),
        (id, _) => ("Size", account.get(&VOLUME, id)?),
    };
    let (member, source) = source;
    let (size, volume_id) = (source.value.get(member).cloned(), source.text("VolumeId").to_owned());
    let id = account.next_id(SNAPSHOT.prefix);
    let mut snapshot = published("CreateSnapshot", "Snapshot");
    merge(
        &mut snapshot,
        json!({
            "ClientToken": request.get("ClientToken"),
            "CreationDate": now(),
            "Description": text(request, "Description"),
            "Progress": 0,
            "SnapshotId": id,
            "State": "in-queue",
            "Tags": [],
            "VolumeId": volume_id,
            "VolumeSize": size,
        }),
    );
    let response = json!({ "Snapshot": snapshot });
    account.insert(&SNAPSHOT, snapshot);
    Ok(response)
}

fn delete_snapshot(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    account.set_state(&SNAPSHOT, text(request, "SnapshotId"), "deleting").map(|()| json!({}))
}

/// Adds the root volume of a new VM, which is deleted with it.
pub(super) fn insert_root(
    account: &mut FakeAccount,
    vm_id: &str,
    device: &str,
    size: u64,
    subregion: Option<Value>,
) {
    let id = account.next_id(VOLUME.prefix);
    let mut link = new_link(&id, vm_id, device);
    if let Value::Object(members) = &mut link {
        merge(members, json!({ "DeleteOnVmDeletion": true, "State": "attached" }));
    }
    let mut volume = published("CreateVolume", "Volume");
    merge(
        &mut volume,
        json!({
            "CreationDate": now(),
            "Iops": null,
            "LinkedVolumes": [link],
            "Size": size,
            "State": "in-use",
            "SubregionName": subregion,
            "Tags": [],
            "VolumeId": id,
            "VolumeType": "standard",
        }),
    );
    account.insert(&VOLUME, volume);
}

/// The volume among the block devices of a VM, if it is linked to it.
pub(super) fn mappings(volume: &Resource, vm_id: &str) -> Vec<Value> {
    let links = volume.value.get("LinkedVolumes").and_then(Value::as_array).into_iter().flatten();
    let own = links.filter(|link| text(link, "VmId") == vm_id);
    own.map(|link| {
        json!({
            "Bsu": {
                "DeleteOnVmDeletion": link.get("DeleteOnVmDeletion"),
                "LinkDate": link.get("LinkDate"),
                "State": link.get("State"),
                "VolumeId": volume.id(),
            },
            "DeviceName": link.get("DeviceName"),
        })
    })
    .collect()
}

/// Deletes or unlinks the volumes of a terminated VM.
pub(super) fn release(account: &mut FakeAccount, vm_id: &str) {
    let is_deleted_with_vm =
        |mapping: &Value| mapping.pointer("/Bsu/DeleteOnVmDeletion") == Some(&Value::Bool(true));
    let linked: Vec<(String, bool)> = account
        .all(&VOLUME)
        .filter_map(|volume| {
            let mapping = mappings(volume, vm_id).into_iter().next()?;
            Some((volume.id().to_owned(), is_deleted_with_vm(&mapping)))
        })
        .collect();
    for (id, is_deleted) in linked {
        if is_deleted {
            account.remove(&VOLUME, &id);
        } else if let Ok(volume) = account.get_mut(&VOLUME, &id) {
            volume.edit_list("LinkedVolumes", Vec::clear);
            adjust_volume(volume);
        }
    }
}

/// A volume without links is available again.
pub(super) fn adjust_volume(volume: &mut Resource) {
    let links = volume.value.get("LinkedVolumes").and_then(Value::as_array);
    if volume.state() == "in-use" && links.is_none_or(Vec::is_empty) {
        volume.set("State", "available");
    }
}

pub(super) fn adjust_snapshot(snapshot: &mut Resource) {
    let progress = if snapshot.state() == "completed" { 100 } else { 50 };
    snapshot.set("Progress", progress);
}

pub(super) fn adjust_task(task: &mut Resource) {
    let progress = if task.state() == "completed" { 100 } else { 50 };
    task.set("Progress", progress);
}

//! VMs.

use serde_json::{Map, Value, json};

use super::kinds::{IMAGE, KEYPAIR, PUBLIC_IP, SECURITY_GROUP, SUBNET, VM, VOLUME};
use super::{
    FakeAccount, Operation, Resource, invalid, merge, networks, now, published, text, texts, volumes,
};
use crate::codes;
use crate::testing::fault::Fault;

pub(super) const OPERATIONS: &[(&str, Operation)] = &[
    ("CreateVms", create),
    ("DeleteVms", delete),
    ("ReadVmsState", read_states),
    ("RebootVms", reboot),
    ("StartVms", start),
    ("StopVms", stop),
    ("UpdateVm", update),
];

/// Maximum number of VMs of one request.
const MAX_VMS_COUNT: u64 = 100;

/// The device of the root volume, and the size of the volume in GiB.
const ROOT_DEVICE: &str = "/dev/sda1";
const ROOT_SIZE: u64 = 10;

fn create(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let count = request.get("MaxVmsCount").and_then(Value::as_u64).unwrap_or(1);
    if !(1..=MAX_VMS_COUNT).contains(&count) {
        return Err(Fault::code(codes::INVALID_COUNT).details("MaxVmsCount must be between 1 and 100"));
    }
    account.get(&IMAGE, text(request, "ImageId"))?;
    if let Some(name) = request.get("KeypairName").and_then(Value::as_str) {
        let known = account.all(&KEYPAIR).any(|keypair| keypair.text("KeypairName") == name);
        known.then_some(()).ok_or_else(|| KEYPAIR.missing(name))?;
    }
    let subnet = match text(request, "SubnetId") {
        "" => None,
        id => Some(account.get(&SUBNET, id)?.value.clone()),
    };
    let groups = security_groups(account, request)?;
    let reservation = account.next_id("r-");
    let ids: Vec<String> = (0..count)
        .map(|_| create_one(account, request, subnet.as_ref(), &groups, &reservation))
        .collect::<Result<_, _>>()?;
    let vms: Vec<Value> = ids.iter().filter_map(|id| account.shown(&VM, id)).collect();
    Ok(json!({ "Vms": vms }))
}

fn create_one(
    account: &mut FakeAccount,
    request: &Value,
    subnet: Option<&Map<String, Value>>,
    groups: &[Value],
    reservation: &str,
) -> Result<String, Fault> {
    let id = account.next_id(VM.prefix);
    let ip_range = subnet.and_then(|subnet| subnet.get("IpRange")).and_then(Value::as_str);
    let number = account.next_number();
    let private_ip = networks::address(ip_range.unwrap_or("10.0.0.0/16"), number);
    let is_booted = request.get("BootOnCreation") != Some(&Value::Bool(false));
    let mut vm = published("CreateVms", "Vms");
    merge(
        &mut vm,
        json!({
            "BlockDeviceMappings": null,
            "CreationDate": now(),
            "PrivateDnsName": format!("ip-{}.eu-west-2.compute.internal", private_ip.replace('.', "-")),
            "PrivateIp": private_ip,
            "ReservationId": reservation,
            "SecurityGroups": groups,
            "State": if is_booted { "pending" } else { "stopped" },
            "Tags": [],
            "UserData": "",
            "VmId": id,
            "VmType": "t2.small",
        }),
    );
    if let Some(subnet) = subnet {
        merge(&mut vm, json!({ "NetId": subnet.get("NetId"), "SubnetId": subnet.get("SubnetId") }));
    }
    for name in CREATION_MEMBERS {
        if let Some(value) = request.get(*name) {
            vm.insert((*name).to_owned(), value.clone());
        }
    }
    let subregion = vm.get("Placement").and_then(|placement| placement.get("SubregionName")).cloned();
    account.insert(&VM, vm);
    volumes::insert_root(account, &id, ROOT_DEVICE, ROOT_SIZE, subregion);
    Ok(id)
}

/// The members of a request that a VM has, too.
const CREATION_MEMBERS: &[&str] = &[
    "ActionsOnNextBoot",
    "BootMode",
    "BsuOptimized",
    "ClientToken",
    "DeletionProtection",
    "ImageId",
    "KeypairName",
    "NestedVirtualization",
    "Performance",
    "Placement",
    "ShutdownBehaviorConfiguration",
    "TpmEnabled",
    "UserData",
    "VmInitiatedShutdownBehavior",
    "VmType",
];

/// The members of a VM that can be changed.
const UPDATE_MEMBERS: &[&str] = &[
    "ActionsOnNextBoot",
    "BsuOptimized",
    "DeletionProtection",
    "IsSourceDestChecked",
    "KeypairName",
    "NestedVirtualization",
    "Performance",
    "ShutdownBehaviorConfiguration",
    "UserData",
    "VmInitiatedShutdownBehavior",
    "VmType",
];

/// The security groups of a request, by ID or name, as VMs refer to them.
fn security_groups(account: &FakeAccount, request: &Value) -> Result<Vec<Value>, Fault> {
    let by_id = texts(request, "SecurityGroupIds").into_iter().map(|id| ("SecurityGroupId", id));
    let by_name = texts(request, "SecurityGroups").into_iter().map(|name| ("SecurityGroupName", name));
    by_id
        .chain(by_name)
        .map(|(member, wanted)| {
            let mut groups = account.all(&SECURITY_GROUP);
            let found = groups
                .find(|group| group.text(member) == wanted)
                .ok_or_else(|| SECURITY_GROUP.missing(wanted))?;
            Ok(json!({ "SecurityGroupId": found.id(), "SecurityGroupName": found.text("SecurityGroupName") }))
        })
        .collect()
}

/// Moves VMs to a state. `next` returns the new state for the current one, or the error.
fn change(
    account: &mut FakeAccount,
    request: &Value,
    next: impl Fn(&Resource) -> Result<Option<&'static str>, Fault>,
) -> Result<Value, Fault> {
    let ids = texts(request, "VmIds");
    if ids.is_empty() {
        return Err(invalid("VmIds must have at least one ID"));
    }
    // All are checked first: a refused request changes nothing.
    let changes = ids.iter().map(|id| {
        let vm = account.get(&VM, id)?;
        Ok((*id, vm.state().to_owned(), next(vm)?))
    });
    let changes = changes.collect::<Result<Vec<_>, Fault>>()?;
    let mut states = Vec::new();
    for (id, before, after) in changes {
        if let Some(state) = after {
            account.set_state(&VM, id, state)?;
        }
        let current = after.unwrap_or(&before);
        states.push(json!({ "VmId": id, "PreviousState": before, "CurrentState": current }));
    }
    Ok(json!({ "Vms": states }))
}

fn delete(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    change(account, request, |vm| match vm.state() {
        _ if vm.value.get("DeletionProtection") == Some(&Value::Bool(true)) => {
            Err(Fault::code(codes::INVALID_VM_STATE).details("the VM has deletion protection"))
        }
        "shutting-down" | "terminated" => Ok(None),
        _ => Ok(Some("shutting-down")),
    })
}

fn start(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    change(account, request, |vm| match vm.state() {
        "stopped" => Ok(Some("pending")),
        "pending" | "running" => Ok(None),
        _ => Err(wrong_state(vm)),
    })
}

fn stop(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    change(account, request, |vm| match vm.state() {
        "running" => Ok(Some("stopping")),
        "stopping" | "stopped" => Ok(None),
        _ => Err(wrong_state(vm)),
    })
}

fn reboot(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let unchanged = |vm: &Resource| if vm.state() == "running" { Ok(None) } else { Err(wrong_state(vm)) };
    change(account, request, unchanged).map(|_| json!({}))
}

fn wrong_state(vm: &Resource) -> Fault {
    let code = if vm.state() == "pending" { codes::NEVER_STARTED } else { codes::INVALID_VM_STATE };
    Fault::code(code).details(format!("{} is {}", vm.id(), vm.state()))
}

fn update(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let id = text(request, "VmId");
    let vm = account.get(&VM, id)?;
    if request.get("VmType").is_some() && vm.state() != "stopped" {
        return Err(wrong_state(vm));
    }
    let groups = request.get("SecurityGroupIds").map(|_| security_groups(account, request)).transpose()?;
    let vm = account.get_mut(&VM, id)?;
    for name in UPDATE_MEMBERS {
        if let Some(value) = request.get(*name) {
            vm.set(name, value.clone());
        }
    }
    if let Some(groups) = groups {
        vm.set("SecurityGroups", groups);
    }
    Ok(json!({ "Vm": account.shown(&VM, id) }))
}

/// The states of the running VMs, or of all.
fn read_states(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let filters = request.get("Filters").and_then(Value::as_object);
    let known = &[("SubregionNames", "SubregionName"), ("VmIds", "VmId"), ("VmStates", "VmState")];
    let is_all = request.get("AllVms") == Some(&Value::Bool(true));
    let mut states = Vec::new();
    for vm in account.all(&VM).filter(|vm| is_all || vm.state() == "running") {
        let subregion = vm.value.get("Placement").and_then(|placement| placement.get("SubregionName"));
        let state = json!({
            "MaintenanceEvents": [], "SubregionName": subregion, "VmId": vm.id(), "VmState": vm.state(),
        });
        if super::filters::matches(&state, filters, known)? {
            states.push(state);
        }
    }
    let ids: Vec<String> = states.iter().map(|state| text(state, "VmId").to_owned()).collect();
    ids.iter().for_each(|id| account.count_read(&VM, id));
    Ok(json!({ "VmStates": states }))
}

/// Adds the volumes and the public IP.
pub(super) fn complete(account: &FakeAccount, vm: &mut Map<String, Value>) {
    let id = vm.get("VmId").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mappings: Vec<Value> =
        account.all(&VOLUME).flat_map(|volume| volumes::mappings(volume, &id)).collect();
    vm.insert("BlockDeviceMappings".to_owned(), mappings.into());
    if let Some(ip) = account.all(&PUBLIC_IP).find(|ip| ip.text("VmId") == id) {
        vm.insert("PublicIp".to_owned(), ip.text("PublicIp").into());
    }
}

/// Unlinks the volumes and public IPs of a terminated VM.
pub(super) fn entered(account: &mut FakeAccount, id: &str, state: &str) {
    if state == "terminated" {
        volumes::release(account, id);
        networks::release(account, id);
    }
}

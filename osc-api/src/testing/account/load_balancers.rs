//! Load balancers.

use serde_json::{Value, json};

use super::kinds::{LOAD_BALANCER, SECURITY_GROUP, SUBNET, VM};
use super::{FakeAccount, Operation, Resource, merge, published, text, texts};
use crate::codes;
use crate::testing::fault::Fault;

pub(super) const OPERATIONS: &[(&str, Operation)] = &[
    ("CreateLoadBalancer", create),
    ("DeleteLoadBalancer", delete),
    ("LinkLoadBalancerBackendMachines", link),
    ("UnlinkLoadBalancerBackendMachines", unlink),
];

fn create(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let name = text(request, "LoadBalancerName");
    if account.find(&LOAD_BALANCER, name).is_some() {
        return Err(Fault::code(codes::DUPLICATE_LOADBALANCER_NAME).details(name));
    }
    let subnets = texts(request, "Subnets");
    let net = subnets.iter().map(|id| account.get(&SUBNET, id)).collect::<Result<Vec<_>, _>>()?;
    let net = net.first().map(|subnet| subnet.text("NetId").to_owned());
    for id in texts(request, "SecurityGroups") {
        account.get(&SECURITY_GROUP, id)?;
    }
    let kind = request.get("LoadBalancerType").and_then(Value::as_str).unwrap_or("internet-facing");
    let prefix = if kind == "internal" { "internal-" } else { "" };
    let listeners = request.get("Listeners").and_then(Value::as_array).into_iter().flatten();
    let listeners = listeners.map(complete_listener);
    let mut balancer = published("CreateLoadBalancer", "LoadBalancer");
    merge(
        &mut balancer,
        json!({
            "BackendVmIds": [],
            "DnsName": format!("{prefix}{name}.123456789.eu-west-2.lbu.outscale.com"),
            "Listeners": listeners.collect::<Vec<_>>(),
            "LoadBalancerName": name,
            "LoadBalancerType": kind,
            "NetId": net,
            "SecurityGroups": texts(request, "SecurityGroups"),
            "State": "provisioning",
            "Subnets": subnets,
            "Tags": request.get("Tags").cloned().unwrap_or_else(|| json!([])),
        }),
    );
    let response = json!({ "LoadBalancer": balancer });
    account.insert(&LOAD_BALANCER, balancer);
    Ok(response)
}

/// Adds the protocol of the backends, which is that of the listener unless it is set.
fn complete_listener(listener: &Value) -> Value {
    let mut listener = listener.clone();
    if let Value::Object(members) = &mut listener
        && let Some(protocol) = members.get("LoadBalancerProtocol").cloned()
    {
        members.entry("BackendProtocol").or_insert(protocol);
    }
    listener
}

fn delete(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let name = text(request, "LoadBalancerName");
    let balancer = modifiable(account.get(&LOAD_BALANCER, name)?)?.value.clone();
    account.set_state(&LOAD_BALANCER, name, "deleting")?;
    Ok(json!({ "LoadBalancer": balancer }))
}

/// A load balancer can be changed only while it is active.
fn modifiable(balancer: &Resource) -> Result<&Resource, Fault> {
    match balancer.state() {
        "active" => Ok(balancer),
        state => {
            let details = format!("{} is {state}", balancer.id());
            Err(Fault::code(codes::LOAD_BALANCER_NOT_MODIFIABLE).details(details))
        }
    }
}

fn link(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    change_backends(account, request, |backends, id| {
        if !backends.iter().any(|backend| backend == id) {
            backends.push(id.into());
        }
    })
}

fn unlink(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    change_backends(account, request, |backends, id| backends.retain(|backend| backend != id))
}

fn change_backends(
    account: &mut FakeAccount,
    request: &Value,
    change: impl Fn(&mut Vec<Value>, &str),
) -> Result<Value, Fault> {
    let name = text(request, "LoadBalancerName");
    modifiable(account.get(&LOAD_BALANCER, name)?)?;
    let ids = texts(request, "BackendVmIds");
    ids.iter().try_for_each(|id| account.get(&VM, id).map(drop))?;
    let balancer = account.get_mut(&LOAD_BALANCER, name)?;
    balancer.edit_list("BackendVmIds", |backends| ids.iter().for_each(|id| change(backends, id)));
    account.set_state(&LOAD_BALANCER, name, "reconfiguring")?;
    Ok(json!({}))
}

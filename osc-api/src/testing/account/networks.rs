//! Nets, Subnets, security groups, keypairs and public IPs.

use std::net::Ipv4Addr;

use serde_json::{Map, Value, json};

use super::kinds::{KEYPAIR, LOAD_BALANCER, NET, PUBLIC_IP, SECURITY_GROUP, SUBNET, VM};
use super::{FakeAccount, Operation, Resource, invalid, merge, published, text};
use crate::codes;
use crate::testing::fault::Fault;

pub(super) const OPERATIONS: &[(&str, Operation)] = &[
    ("CreateKeypair", create_keypair),
    ("CreateNet", create_net),
    ("CreatePublicIp", create_public_ip),
    ("CreateSecurityGroup", create_security_group),
    ("CreateSecurityGroupRule", create_rules),
    ("CreateSubnet", create_subnet),
    ("DeleteKeypair", delete_keypair),
    ("DeleteNet", delete_net),
    ("DeletePublicIp", delete_public_ip),
    ("DeleteSecurityGroup", delete_security_group),
    ("DeleteSecurityGroupRule", delete_rules),
    ("DeleteSubnet", delete_subnet),
    ("LinkPublicIp", link_public_ip),
    ("UnlinkPublicIp", unlink_public_ip),
];

/// The name of the security group that every Net has.
const DEFAULT_GROUP: &str = "default";

/// An IPv4 range: its first address and the length of its prefix.
fn ip_range(text: &str) -> Result<(u32, u32), Fault> {
    let parsed = text.split_once('/').and_then(|(address, prefix)| {
        let address: Ipv4Addr = address.parse().ok()?;
        let prefix: u32 = prefix.parse().ok().filter(|prefix| *prefix <= 32)?;
        Some((address.to_bits(), prefix))
    });
    let (address, prefix) =
        parsed.ok_or_else(|| Fault::code(codes::INVALID_BLOCK).details(format!("{text} is not a range")))?;
    Ok((address & mask(prefix), prefix))
}

fn mask(prefix: u32) -> u32 {
    u32::MAX.checked_shl(32 - prefix).unwrap_or_default()
}

/// An address in a range of a Subnet. The first four are reserved.
pub(super) fn address(range: &str, number: u32) -> String {
    let (first, prefix) = ip_range(range).unwrap_or_default();
    let hosts = !mask(prefix);
    let offset = 4 + number % hosts.saturating_sub(4).max(1);
    Ipv4Addr::from_bits(first | (offset & hosts)).to_string()
}

fn create_net(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let range = text(request, "IpRange");
    let (_, prefix) = ip_range(range)?;
    if !(16..=28).contains(&prefix) {
        return Err(Fault::code(codes::INVALID_BLOCK_SIZE).details("IpRange must be between /16 and /28"));
    }
    let id = account.next_id(NET.prefix);
    let mut net = published("CreateNet", "Net");
    merge(
        &mut net,
        json!({
            "IpRange": range,
            "NetId": id,
            "State": "pending",
            "Tags": [],
            "Tenancy": request.get("Tenancy").cloned().unwrap_or_else(|| "default".into()),
        }),
    );
    insert_group(account, DEFAULT_GROUP, "default security group of the Net", Some(&id));
    let response = json!({ "Net": net });
    account.insert(&NET, net);
    Ok(response)
}

fn delete_net(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let id = text(request, "NetId");
    account.get(&NET, id)?;
    let is_inside = |resource: &&Resource| resource.text("NetId") == id;
    let (defaults, others): (Vec<_>, Vec<_>) = account
        .all(&SECURITY_GROUP)
        .filter(is_inside)
        .partition(|group| group.text("SecurityGroupName") == DEFAULT_GROUP);
    let user = account.all(&SUBNET).find(|subnet| is_inside(subnet) && subnet.state() != "deleted");
    if let Some(user) = user.or_else(|| others.first().copied()) {
        return Err(in_use(id, user));
    }
    let defaults: Vec<String> = defaults.into_iter().map(|group| group.id().to_owned()).collect();
    defaults.iter().for_each(|group| account.remove(&SECURITY_GROUP, group));
    account.set_state(&NET, id, "deleting").map(|()| json!({}))
}

/// The code of this dependency is not known.
fn in_use(id: &str, user: &Resource) -> Fault {
    Fault::uncoded(424, "DependencyProblem", format!("{id} is used by {}", user.id()))
}

fn create_subnet(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let (net_id, range) = (text(request, "NetId"), text(request, "IpRange"));
    let net = account.get(&NET, net_id)?;
    let ((first, prefix), (net_first, net_prefix)) = (ip_range(range)?, ip_range(net.text("IpRange"))?);
    if prefix < net_prefix || first & mask(net_prefix) != net_first {
        return Err(Fault::code(codes::NOT_IN_VPC_BLOCK).details(format!("{range} is not in {net_id}")));
    }
    for other in account.all(&SUBNET).filter(|subnet| subnet.text("NetId") == net_id) {
        let (other_first, other_prefix) = ip_range(other.text("IpRange"))?;
        let shared = mask(prefix.min(other_prefix));
        if first & shared == other_first & shared {
            return Err(
                Fault::code(codes::SUBNET_CONFLICT).details(format!("{range} overlaps {}", other.id()))
            );
        }
    }
    let id = account.next_id(SUBNET.prefix);
    let subregion = request.get("SubregionName").and_then(Value::as_str).unwrap_or("eu-west-2a");
    let mut subnet = published("CreateSubnet", "Subnet");
    merge(
        &mut subnet,
        json!({
            "AvailableIpsCount": u64::from(!mask(prefix)).saturating_sub(4),
            "IpRange": range,
            "NetId": net_id,
            "State": "pending",
            "SubnetId": id,
            "SubregionName": subregion,
            "Tags": [],
        }),
    );
    let response = json!({ "Subnet": subnet });
    account.insert(&SUBNET, subnet);
    Ok(response)
}

fn delete_subnet(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let id = text(request, "SubnetId");
    account.get(&SUBNET, id)?;
    let is_alive = |vm: &&Resource| vm.text("SubnetId") == id && vm.state() != "terminated";
    let balances = |balancer: &&Resource| {
        let subnets = balancer.value.get("Subnets").and_then(Value::as_array);
        subnets.is_some_and(|subnets| subnets.iter().any(|subnet| subnet == id))
    };
    let user = account.all(&VM).find(is_alive).or_else(|| account.all(&LOAD_BALANCER).find(balances));
    match user {
        Some(user) => {
            Err(Fault::code(codes::SUBNET_IN_USE).details(format!("{id} is used by {}", user.id())))
        }
        None => account.set_state(&SUBNET, id, "deleted").map(|()| json!({})),
    }
}

fn insert_group(account: &mut FakeAccount, name: &str, description: &str, net: Option<&str>) -> Value {
    let id = account.next_id(SECURITY_GROUP.prefix);
    let mut group = published("CreateSecurityGroup", "SecurityGroup");
    merge(
        &mut group,
        json!({
            "Description": description,
            "InboundRules": [],
            "NetId": net,
            "SecurityGroupId": id,
            "SecurityGroupName": name,
            "Tags": [],
        }),
    );
    account.insert(&SECURITY_GROUP, group.clone());
    group.into()
}

fn create_security_group(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let net = request.get("NetId").and_then(Value::as_str);
    net.map(|id| account.get(&NET, id)).transpose()?;
    let name = text(request, "SecurityGroupName");
    let is_same = |group: &Resource| {
        group.text("SecurityGroupName") == name && group.text("NetId") == net.unwrap_or_default()
    };
    if account.all(&SECURITY_GROUP).any(is_same) {
        return Err(Fault::code(codes::GROUP_ALREADY_EXISTS).details(name));
    }
    let group = insert_group(account, name, text(request, "Description"), net);
    Ok(json!({ "SecurityGroup": group }))
}

fn delete_security_group(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let id = find_id(account, &SECURITY_GROUP, request, "SecurityGroupName")?;
    let is_member = |resource: &&Resource| {
        let groups = resource.value.get("SecurityGroups").and_then(Value::as_array).into_iter().flatten();
        let mut ids =
            groups.filter_map(|group| group.as_str().or_else(|| group.get("SecurityGroupId")?.as_str()));
        ids.any(|group| group == id) && resource.state() != "terminated"
    };
    let user = account.all(&VM).find(is_member).or_else(|| account.all(&LOAD_BALANCER).find(is_member));
    if let Some(user) = user {
        let details = format!("{id} is used by {}", user.id());
        return Err(Fault::code(codes::SECURITY_GROUP_IN_USE).details(details));
    }
    account.remove(&SECURITY_GROUP, &id);
    Ok(json!({}))
}

/// The ID of a resource that a request names by its ID or by another member.
fn find_id(
    account: &FakeAccount,
    kind: &'static super::ResourceKind,
    request: &Value,
    other: &str,
) -> Result<String, Fault> {
    let found = match (text(request, kind.id), text(request, other)) {
        ("", "") => return Err(invalid(format!("{} or {other} is required", kind.id))),
        ("", wanted) => {
            account.all(kind).find(|it| it.text(other) == wanted).ok_or_else(|| kind.missing(wanted))
        }
        (id, _) => account.get(kind, id),
    };
    found.map(|resource| resource.id().to_owned())
}

/// The rules of a request, as security groups list them.
fn requested_rules(request: &Value) -> Result<Vec<Value>, Fault> {
    if let Some(rules) = request.get("Rules").and_then(Value::as_array) {
        return Ok(rules.clone());
    }
    let protocol = request.get("IpProtocol").ok_or_else(|| invalid("Rules or IpProtocol is required"))?;
    let mut rule = Map::new();
    merge(
        &mut rule,
        json!({
            "FromPortRange": request.get("FromPortRange"),
            "IpProtocol": protocol,
            "IpRanges": request.get("IpRange").map(|range| json!([range])),
            "ToPortRange": request.get("ToPortRange"),
        }),
    );
    Ok(vec![rule.into()])
}

fn rule_list(request: &Value) -> Result<&'static str, Fault> {
    match text(request, "Flow") {
        "Inbound" => Ok("InboundRules"),
        "Outbound" => Ok("OutboundRules"),
        _ => Err(invalid("Flow must be Inbound or Outbound")),
    }
}

fn create_rules(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let (rules, list) = (requested_rules(request)?, rule_list(request)?);
    let group = account.get_mut(&SECURITY_GROUP, text(request, "SecurityGroupId"))?;
    let existing = group.value.get(list).and_then(Value::as_array);
    if existing.is_some_and(|existing| rules.iter().any(|rule| existing.contains(rule))) {
        return Err(Fault::code(codes::ALREADY_EXIST).details("the group has the rule already"));
    }
    group.edit_list(list, |existing| existing.extend(rules));
    Ok(json!({ "SecurityGroup": group.value }))
}

fn delete_rules(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let (rules, list) = (requested_rules(request)?, rule_list(request)?);
    let group = account.get_mut(&SECURITY_GROUP, text(request, "SecurityGroupId"))?;
    let existing = group.value.get(list).and_then(Value::as_array);
    if !existing.is_some_and(|existing| rules.iter().all(|rule| existing.contains(rule))) {
        return Err(Fault::code(codes::NO_SUCH_AUTHORIZATION).details("the group does not have the rule"));
    }
    group.edit_list(list, |existing| existing.retain(|rule| !rules.contains(rule)));
    Ok(json!({ "SecurityGroup": group.value }))
}

fn create_keypair(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let name = text(request, "KeypairName");
    if account.all(&KEYPAIR).any(|keypair| keypair.text("KeypairName") == name) {
        return Err(Fault::code(codes::DUPLICATE_KEY).details(name));
    }
    let id = format!("{}{:032x}", KEYPAIR.prefix, account.next_number());
    let mut keypair = published("CreateKeypair", "Keypair");
    merge(&mut keypair, json!({ "KeypairId": id, "KeypairName": name, "Tags": [] }));
    let private_key = keypair.remove("PrivateKey").filter(|_| request.get("PublicKey").is_none());
    let mut shown = keypair.clone();
    merge(&mut shown, json!({ "PrivateKey": private_key }));
    account.insert(&KEYPAIR, keypair);
    Ok(json!({ "Keypair": shown }))
}

fn delete_keypair(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let id = find_id(account, &KEYPAIR, request, "KeypairName")?;
    account.remove(&KEYPAIR, &id);
    Ok(json!({}))
}

fn create_public_ip(account: &mut FakeAccount, _: &Value) -> Result<Value, Fault> {
    let id = account.next_id(PUBLIC_IP.prefix);
    // A range that is reserved for documentation.
    let address = format!("203.0.113.{}", account.next_number() % 256);
    let value = json!({ "PublicIp": address, "PublicIpId": id, "Tags": [] });
    let mut public_ip = Map::new();
    merge(&mut public_ip, value.clone());
    account.insert(&PUBLIC_IP, public_ip);
    Ok(json!({ "PublicIp": value }))
}

fn delete_public_ip(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let id = find_id(account, &PUBLIC_IP, request, "PublicIp")?;
    if !account.get(&PUBLIC_IP, &id)?.text("LinkPublicIpId").is_empty() {
        return Err(Fault::code(codes::LOCKED_ADDRESS).details(format!("{id} is linked")));
    }
    account.remove(&PUBLIC_IP, &id);
    Ok(json!({}))
}

fn link_public_ip(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let id = find_id(account, &PUBLIC_IP, request, "PublicIp")?;
    let vm_id = text(request, "VmId");
    if vm_id.is_empty() {
        return Err(invalid("the fake API links public IPs to VMs only: VmId is required"));
    }
    let private_ip = account.get(&VM, vm_id)?.text("PrivateIp").to_owned();
    let is_linked = !account.get(&PUBLIC_IP, &id)?.text("LinkPublicIpId").is_empty();
    if is_linked && request.get("AllowRelink") != Some(&Value::Bool(true)) {
        return Err(Fault::code(codes::LOCKED_ADDRESS).details(format!("{id} is linked")));
    }
    let link = account.next_id("eipassoc-");
    let public_ip = account.get_mut(&PUBLIC_IP, &id)?;
    let change = json!({ "LinkPublicIpId": link, "PrivateIp": private_ip, "VmId": vm_id });
    merge(&mut public_ip.value, change);
    Ok(json!({ "LinkPublicIpId": link }))
}

fn unlink_public_ip(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let (link, address) = (text(request, "LinkPublicIpId"), text(request, "PublicIp"));
    let is_meant = |ip: &&mut Resource| {
        ip.is(&PUBLIC_IP)
            && !ip.text("LinkPublicIpId").is_empty()
            && (ip.text("LinkPublicIpId") == link || ip.text("PublicIp") == address)
    };
    let found = account.resources.iter_mut().find(is_meant);
    let found = found.ok_or_else(|| Fault::code(codes::NO_SUCH_IP_ASSOCIATION))?;
    clear_link(found);
    Ok(json!({}))
}

fn clear_link(public_ip: &mut Resource) {
    merge(&mut public_ip.value, json!({ "LinkPublicIpId": null, "PrivateIp": null, "VmId": null }));
}

/// Unlinks the public IPs of a terminated VM.
pub(super) fn release(account: &mut FakeAccount, vm_id: &str) {
    let linked = account.resources.iter_mut().filter(|it| it.is(&PUBLIC_IP) && it.text("VmId") == vm_id);
    linked.for_each(clear_link);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_inside_their_range() {
        for (range, number, wanted) in [
            ("10.0.0.0/16", 1, "10.0.0.5"),
            ("10.0.0.0/16", 300, "10.0.1.48"),
            ("192.0.2.128/28", 1, "192.0.2.133"),
            ("192.0.2.128/28", 11, "192.0.2.132"),
        ] {
            assert_eq!(address(range, number), wanted, "{range}, {number}");
        }
    }
}

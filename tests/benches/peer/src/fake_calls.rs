//! Calls of `outscale_api` to the fake that the example `fake_api --state` runs: a line for each, with its result.
//!
//! The environment is that which the example prints. Ends with 1 if a result is not the expected one.

use std::fmt::Debug;
use std::process::ExitCode;

use outscale_api::apis::configuration::Configuration;
use outscale_api::apis::profile::Profile;
use outscale_api::apis::{
    Error, keypair_api, net_api, security_group_api, security_group_rule_api, subnet_api, tag_api, vm_api,
    volume_api,
};
use outscale_api::models::{self, *};
use serde_json::Value;

/// Counts the calls, and those with another result than the expected one.
#[derive(Default)]
struct Results {
    calls: usize,
    unexpected: usize,
}

impl Results {
    /// Prints the result of a call, which must succeed or, with a code, fail with this code.
    fn print<T, E: Debug>(
        &mut self,
        action: &str,
        code: Option<&str>,
        result: Result<T, Error<E>>,
        shown: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        self.calls += 1;
        let (line, found) = match &result {
            Ok(response) => (shown(response), None),
            Err(Error::ResponseError(response)) => {
                let body: Value = serde_json::from_str(&response.content).unwrap_or_default();
                let error = &body["Errors"][0];
                let line =
                    format!("status {}, code {}: {}", response.status, error["Code"], error["Details"]);
                (line, Some(error["Code"].as_str().unwrap_or("none").to_owned()))
            }
            Err(error) => (error.to_string(), Some("none".to_owned())),
        };
        let is_expected = found.as_deref() == code;
        self.unexpected += usize::from(!is_expected);
        println!("{}{action}: {line}", if is_expected { "" } else { "UNEXPECTED: " });
        result.ok()
    }
}

/// The IDs of a list of resources.
fn ids<T>(list: &Option<Vec<T>>, id: impl Fn(&T) -> Option<String>) -> String {
    let ids: Vec<String> = list.iter().flatten().filter_map(id).collect();
    format!("{} found: {}", ids.len(), ids.join(", "))
}

fn main() -> ExitCode {
    let configuration: Configuration =
        Profile::default().and_then(Profile::try_into).expect("the environment that the example prints");
    let mut results = Results::default();
    volumes(&configuration, &mut results).expect("a create or read failed");
    nets(&configuration, &mut results).expect("a create or read failed");
    refusals(&configuration, &mut results);
    println!("{} calls, {} with an unexpected result", results.calls, results.unexpected);
    ExitCode::from(u8::from(results.unexpected > 0))
}

/// VMs, volumes and tags.
fn volumes(to: &Configuration, results: &mut Results) -> Option<()> {
    let vms = vm_api::read_vms(to, Some(ReadVmsRequest::new()));
    let vms = results.print("ReadVms", None, vms, |it| ids(&it.vms, |vm| vm.vm_id.clone()))?;
    let first = vms.vms?.into_iter().next()?.vm_id?;
    let request = CreateVmsRequest {
        max_vms_count: Some(2),
        min_vms_count: Some(2),
        ..CreateVmsRequest::new("ami-12345678".into())
    };
    let created = results.print("CreateVms", None, vm_api::create_vms(to, Some(request)), |it| {
        ids(&it.vms, |vm| vm.vm_id.clone())
    })?;
    let request = CreateVolumeRequest {
        size: Some(10),
        volume_type: Some("gp2".into()),
        ..CreateVolumeRequest::new("eu-west-2a".into())
    };
    let created_volume = volume_api::create_volume(to, Some(request));
    let shown = |it: &CreateVolumeResponse| {
        format!("{:?}", it.volume.as_ref().map(|volume| (&volume.volume_id, &volume.state)))
    };
    let volume = results.print("CreateVolume", None, created_volume, shown)?.volume?.volume_id?;
    let tag = || vec![ResourceTag::new("purpose".into(), "peer".into())];
    let tags =
        tag_api::create_tags(to, Some(CreateTagsRequest::new(vec![volume.clone(), first.clone()], tag())));
    results.print("CreateTags", None, tags, |_| "done".to_owned())?;
    let read = || {
        let filters = FiltersVolume { tags: Some(vec!["purpose=peer".into()]), ..FiltersVolume::new() };
        volume_api::read_volumes(
            to,
            Some(ReadVolumesRequest { filters: Some(Box::new(filters)), ..ReadVolumesRequest::new() }),
        )
    };
    let state = |it: &ReadVolumesResponse| {
        ids(&it.volumes, |volume| {
            Some(format!("{:?} {:?} {:?}", volume.volume_id, volume.state, volume.tags))
        })
    };
    results.print("ReadVolumes by tag", None, read(), state)?;
    results.print("ReadVolumes by tag", None, read(), state)?;
    results.print("ReadTags", None, tag_api::read_tags(to, Some(ReadTagsRequest::new())), |it| {
        ids(&it.tags, |tag| tag.resource_id.clone())
    })?;
    // The VM runs after two reads.
    let link = |vm: &str| {
        volume_api::link_volume(
            to,
            Some(LinkVolumeRequest::new("/dev/xvdb".into(), vm.into(), volume.clone())),
        )
    };
    results.print("ReadVms", None, vm_api::read_vms(to, Some(ReadVmsRequest::new())), |it| {
        ids(&it.vms, |vm| Some(format!("{:?}", vm.state)))
    })?;
    results.print("LinkVolume", None, link(&first), |_| "done".to_owned())?;
    let delete = || volume_api::delete_volume(to, Some(DeleteVolumeRequest::new(volume.clone())));
    results.print("DeleteVolume, linked", Some("6007"), delete(), |_| "done".to_owned());
    let unlinked = volume_api::unlink_volume(to, Some(UnlinkVolumeRequest::new(volume.clone())));
    results.print("UnlinkVolume", None, unlinked, |_| "done".to_owned())?;
    results.print("ReadVolumes by tag", None, read(), state)?;
    results.print("ReadVolumes by tag", None, read(), state)?;
    results.print("DeleteVolume", None, delete(), |_| "done".to_owned())?;
    let stopped = vm_api::stop_vms(to, Some(StopVmsRequest::new(vec![first.clone()])));
    results
        .print("StopVms", None, stopped, |it| ids(&it.vms, |vm| Some(format!("{:?}", vm.current_state))))?;
    let of_two: Vec<String> = created.vms?.into_iter().filter_map(|vm| vm.vm_id).collect();
    let deleted = vm_api::delete_vms(to, Some(DeleteVmsRequest::new(of_two)));
    results
        .print("DeleteVms", None, deleted, |it| ids(&it.vms, |vm| Some(format!("{:?}", vm.current_state))))?;
    Some(())
}

/// Nets, Subnets, security groups and keypairs.
fn nets(to: &Configuration, results: &mut Results) -> Option<()> {
    let net = net_api::create_net(to, Some(CreateNetRequest::new("10.0.0.0/16".into())));
    let net = results
        .print("CreateNet", None, net, |it| format!("{:?}", it.net.as_ref().map(|net| &net.net_id)))?
        .net?
        .net_id?;
    let subnet = |range: &str| {
        subnet_api::create_subnet(to, Some(CreateSubnetRequest::new(range.into(), net.clone())))
    };
    let shown = |it: &CreateSubnetResponse| {
        format!("{:?}", it.subnet.as_ref().map(|subnet| (&subnet.subnet_id, &subnet.state)))
    };
    let first = results.print("CreateSubnet", None, subnet("10.0.1.0/24"), shown)?.subnet?.subnet_id?;
    results.print("CreateSubnet, the same range", Some("9058"), subnet("10.0.1.0/24"), shown);
    let request = CreateSecurityGroupRequest {
        net_id: Some(net.clone()),
        ..CreateSecurityGroupRequest::new("of the peer".into(), "peer".into())
    };
    let group = security_group_api::create_security_group(to, Some(request));
    let group = results.print("CreateSecurityGroup", None, group, |it| {
        format!("{:?}", it.security_group.as_ref().map(|group| &group.security_group_id))
    })?;
    let group = group.security_group?.security_group_id?;
    let rule = CreateSecurityGroupRuleRequest {
        from_port_range: Some(22),
        to_port_range: Some(22),
        ip_protocol: Some("tcp".into()),
        ip_range: Some("10.0.0.0/8".into()),
        ..CreateSecurityGroupRuleRequest::new("Inbound".into(), group.clone())
    };
    let rule = security_group_rule_api::create_security_group_rule(to, Some(rule));
    results.print("CreateSecurityGroupRule", None, rule, |it| {
        format!("{:?}", it.security_group.as_ref().map(|group| group.inbound_rules.as_ref().map(Vec::len)))
    })?;
    let filters = FiltersSecurityGroup { net_ids: Some(vec![net.clone()]), ..FiltersSecurityGroup::new() };
    let groups =
        ReadSecurityGroupsRequest { filters: Some(Box::new(filters)), ..ReadSecurityGroupsRequest::new() };
    let groups = security_group_api::read_security_groups(to, Some(groups));
    results.print("ReadSecurityGroups by Net", None, groups, |it| {
        ids(&it.security_groups, |group| group.security_group_name.clone())
    })?;
    let keypair = || keypair_api::create_keypair(to, Some(CreateKeypairRequest::new("peer".into())));
    let shown = |it: &CreateKeypairResponse| {
        format!("private key: {}", it.keypair.as_ref().is_some_and(|pair| pair.private_key.is_some()))
    };
    results.print("CreateKeypair", None, keypair(), shown)?;
    results.print("CreateKeypair, the same name", Some("9011"), keypair(), shown);
    let delete_net = || net_api::delete_net(to, Some(DeleteNetRequest::new(net.clone())));
    results.print("DeleteNet, in use", Some("none"), delete_net(), |_| "done".to_owned());
    let request = models::DeleteSecurityGroupRequest {
        security_group_id: Some(group),
        ..models::DeleteSecurityGroupRequest::new()
    };
    results.print(
        "DeleteSecurityGroup",
        None,
        security_group_api::delete_security_group(to, Some(request)),
        |_| "done".to_owned(),
    )?;
    results.print(
        "DeleteSubnet",
        None,
        subnet_api::delete_subnet(to, Some(DeleteSubnetRequest::new(first))),
        |_| "done".to_owned(),
    )?;
    for _ in 0..2 {
        let subnets = subnet_api::read_subnets(to, Some(ReadSubnetsRequest::new()));
        results.print("ReadSubnets", None, subnets, |it| {
            ids(&it.subnets, |subnet| Some(format!("{:?}", subnet.state)))
        })?;
    }
    results.print("DeleteNet", None, delete_net(), |_| "done".to_owned())?;
    results.print("ReadNets", None, net_api::read_nets(to, Some(ReadNetsRequest::new())), |it| {
        ids(&it.nets, |net| Some(format!("{:?}", net.state)))
    })?;
    Some(())
}

/// Calls that fail.
fn refusals(to: &Configuration, results: &mut Results) {
    let missing = volume_api::delete_volume(to, Some(DeleteVolumeRequest::new("vol-00000bad".into())));
    results.print("DeleteVolume, unknown", Some("5064"), missing, |_| "done".to_owned());
    let missing = vm_api::delete_vms(to, Some(DeleteVmsRequest::new(vec!["i-00000bad".into()])));
    results.print("DeleteVms, unknown", Some("5063"), missing, |_| "done".to_owned());
    let missing = CreateVmsRequest::new("ami-00000bad".into());
    results.print("CreateVms, unknown image", Some("5023"), vm_api::create_vms(to, Some(missing)), |_| {
        "done".to_owned()
    });
    let wrong = net_api::create_net(to, Some(CreateNetRequest::new("10.0.0.0/8".into())));
    results.print("CreateNet, too large", Some("4014"), wrong, |_| "done".to_owned());
    let mut other = to.clone();
    if let Some(key) = &mut other.aws_v4_key {
        key.secret_key = "FAKESECRETKEYOFANOTHERKEY000000000000042".to_owned().into();
    }
    let wrong = vm_api::read_vms(&other, Some(ReadVmsRequest::new()));
    results.print("ReadVms, wrong secret key", Some("1"), wrong, |_| "done".to_owned());
    if let Some(key) = &mut other.aws_v4_key {
        key.access_key = "FAKEACCESSKEY0000099".to_owned();
    }
    let wrong = vm_api::read_vms(&other, Some(ReadVmsRequest::new()));
    results.print("ReadVms, unknown access key", Some("4120"), wrong, |_| "done".to_owned());
    // Without a request, the crate sends `null`.
    results.print("ReadVms, no request", Some("4047"), vm_api::read_vms(to, None), |_| "done".to_owned());
}

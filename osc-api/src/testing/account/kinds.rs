//! The kinds of resources of a stateful fake, as data.

use serde_json::{Map, Value};

use super::{FakeAccount, Resource, vms, volumes};
use crate::codes;
use crate::testing::fault::Fault;

/// Adds members to a resource for a response.
type Completion = fn(&FakeAccount, &mut Map<String, Value>);

/// A kind of resource.
pub(super) struct ResourceKind {
    /// The action that lists them.
    pub(super) read: &'static str,
    /// The member of its response.
    pub(super) list: &'static str,
    /// The member with the ID.
    pub(super) id: &'static str,
    /// The beginning of every ID.
    pub(super) prefix: &'static str,
    /// The type in `ReadTags`; empty if they have no tags.
    pub(super) tag_type: &'static str,
    /// The code for an ID that does not exist.
    pub(super) missing: u32,
    /// Each filter, and the path of the member that must have one of its values.
    pub(super) filters: &'static [(&'static str, &'static str)],
    pub(super) transitions: &'static [Transition],
    /// The member with links, and their transitions.
    pub(super) links: Option<(&'static str, &'static [Transition])>,
    /// Adapts other members after a transition.
    pub(super) adjust: Option<fn(&mut Resource)>,
    /// Adds members that depend on other resources, in responses.
    pub(super) complete: Option<Completion>,
    /// Changes other resources after a transition to a state.
    pub(super) entered: Option<fn(&mut FakeAccount, &str, &str)>,
}

/// A state that a resource leaves without being asked to.
#[derive(Debug)]
pub(super) struct Transition {
    pub(super) from: &'static str,
    /// `None` removes the resource.
    pub(super) to: Option<&'static str>,
    /// Time in the state, if states advance with the clock.
    pub(super) seconds: u64,
}

const fn step(from: &'static str, to: &'static str, seconds: u64) -> Transition {
    Transition { from, to: Some(to), seconds }
}

const fn removal(from: &'static str, seconds: u64) -> Transition {
    Transition { from, to: None, seconds }
}

impl ResourceKind {
    pub(super) fn missing(&self, id: &str) -> Fault {
        Fault::code(self.missing).details(id)
    }
}

const NONE: ResourceKind = ResourceKind {
    read: "",
    list: "",
    id: "",
    prefix: "",
    tag_type: "",
    missing: codes::NO_SUCH_RESOURCE,
    filters: &[],
    transitions: &[],
    links: None,
    adjust: None,
    complete: None,
    entered: None,
};

/// Every kind.
pub(super) static KINDS: &[&ResourceKind] = &[
    &IMAGE,
    &KEYPAIR,
    &LOAD_BALANCER,
    &NET,
    &PUBLIC_IP,
    &SECURITY_GROUP,
    &SNAPSHOT,
    &SUBNET,
    &VM,
    &VOLUME,
    &VOLUME_UPDATE_TASK,
];

pub(super) static IMAGE: ResourceKind = ResourceKind {
    read: "ReadImages",
    list: "Images",
    id: "ImageId",
    prefix: "ami-",
    tag_type: "image",
    missing: codes::NO_SUCH_IMAGE,
    filters: &[
        ("AccountIds", "AccountId"),
        ("Architectures", "Architecture"),
        ("Descriptions", "Description"),
        ("ImageIds", "ImageId"),
        ("ImageNames", "ImageName"),
        ("States", "State"),
    ],
    ..NONE
};

pub(super) static KEYPAIR: ResourceKind = ResourceKind {
    read: "ReadKeypairs",
    list: "Keypairs",
    id: "KeypairId",
    prefix: "key-",
    tag_type: "keypair",
    missing: codes::NO_SUCH_KEYPAIR,
    filters: &[
        ("KeypairFingerprints", "KeypairFingerprint"),
        ("KeypairIds", "KeypairId"),
        ("KeypairNames", "KeypairName"),
        ("KeypairTypes", "KeypairType"),
    ],
    ..NONE
};

pub(super) static LOAD_BALANCER: ResourceKind = ResourceKind {
    read: "ReadLoadBalancers",
    list: "LoadBalancers",
    id: "LoadBalancerName",
    missing: codes::NO_SUCH_LOAD_BALANCER,
    filters: &[("LoadBalancerNames", "LoadBalancerName"), ("States", "State")],
    transitions: &[
        step("provisioning", "starting", 20),
        step("starting", "active", 10),
        step("reloading", "active", 5),
        step("reconfiguring", "active", 5),
        removal("deleting", 10),
    ],
    ..NONE
};

pub(super) static NET: ResourceKind = ResourceKind {
    read: "ReadNets",
    list: "Nets",
    id: "NetId",
    prefix: "vpc-",
    tag_type: "vpc",
    missing: codes::NO_SUCH_VPC,
    filters: &[
        ("DhcpOptionsSetIds", "DhcpOptionsSetId"),
        ("IpRanges", "IpRange"),
        ("NetIds", "NetId"),
        ("States", "State"),
    ],
    transitions: &[step("pending", "available", 2), removal("deleting", 5)],
    ..NONE
};

pub(super) static PUBLIC_IP: ResourceKind = ResourceKind {
    read: "ReadPublicIps",
    list: "PublicIps",
    id: "PublicIpId",
    prefix: "eipalloc-",
    tag_type: "public-ip",
    missing: codes::NO_SUCH_IP,
    filters: &[
        ("LinkPublicIpIds", "LinkPublicIpId"),
        ("PrivateIps", "PrivateIp"),
        ("PublicIpIds", "PublicIpId"),
        ("PublicIps", "PublicIp"),
        ("VmIds", "VmId"),
    ],
    ..NONE
};

pub(super) static SECURITY_GROUP: ResourceKind = ResourceKind {
    read: "ReadSecurityGroups",
    list: "SecurityGroups",
    id: "SecurityGroupId",
    prefix: "sg-",
    tag_type: "security-group",
    missing: codes::NO_SUCH_GROUP,
    filters: &[
        ("Descriptions", "Description"),
        ("NetIds", "NetId"),
        ("SecurityGroupIds", "SecurityGroupId"),
        ("SecurityGroupNames", "SecurityGroupName"),
        ("InboundRuleProtocols", "InboundRules.IpProtocol"),
        ("InboundRuleIpRanges", "InboundRules.IpRanges"),
        ("OutboundRuleIpRanges", "OutboundRules.IpRanges"),
        ("OutboundRuleProtocols", "OutboundRules.IpProtocol"),
    ],
    ..NONE
};

pub(super) static SNAPSHOT: ResourceKind = ResourceKind {
    read: "ReadSnapshots",
    list: "Snapshots",
    id: "SnapshotId",
    prefix: "snap-",
    tag_type: "snapshot",
    missing: codes::NO_SUCH_SNAPSHOT,
    filters: &[
        ("AccountIds", "AccountId"),
        ("Descriptions", "Description"),
        ("Progresses", "Progress"),
        ("SnapshotIds", "SnapshotId"),
        ("States", "State"),
        ("VolumeIds", "VolumeId"),
        ("VolumeSizes", "VolumeSize"),
    ],
    transitions: &[step("in-queue", "pending", 5), step("pending", "completed", 15), removal("deleting", 5)],
    adjust: Some(volumes::adjust_snapshot),
    ..NONE
};

pub(super) static SUBNET: ResourceKind = ResourceKind {
    read: "ReadSubnets",
    list: "Subnets",
    id: "SubnetId",
    prefix: "subnet-",
    tag_type: "subnet",
    missing: codes::NO_SUCH_SUBNET,
    filters: &[
        ("IpRanges", "IpRange"),
        ("NetIds", "NetId"),
        ("States", "State"),
        ("SubnetIds", "SubnetId"),
        ("SubregionNames", "SubregionName"),
    ],
    transitions: &[step("pending", "available", 2), removal("deleted", 5)],
    ..NONE
};

pub(super) static VM: ResourceKind = ResourceKind {
    read: "ReadVms",
    list: "Vms",
    id: "VmId",
    prefix: "i-",
    tag_type: "instance",
    missing: codes::NO_SUCH_VM,
    filters: &[
        ("Architectures", "Architecture"),
        ("BlockDeviceMappingVolumeIds", "BlockDeviceMappings.Bsu.VolumeId"),
        ("ClientTokens", "ClientToken"),
        ("ImageIds", "ImageId"),
        ("KeypairNames", "KeypairName"),
        ("NetIds", "NetId"),
        ("PrivateIps", "PrivateIp"),
        ("PublicIps", "PublicIp"),
        ("SecurityGroupIds", "SecurityGroups.SecurityGroupId"),
        ("SecurityGroupNames", "SecurityGroups.SecurityGroupName"),
        ("SubnetIds", "SubnetId"),
        ("SubregionNames", "Placement.SubregionName"),
        ("VmIds", "VmId"),
        ("VmSecurityGroupIds", "SecurityGroups.SecurityGroupId"),
        ("VmStateNames", "State"),
        ("VmTypes", "VmType"),
    ],
    transitions: &[
        step("pending", "running", 10),
        step("stopping", "stopped", 10),
        step("shutting-down", "terminated", 10),
        removal("terminated", 3600),
    ],
    complete: Some(vms::complete),
    entered: Some(vms::entered),
    ..NONE
};

pub(super) static VOLUME: ResourceKind = ResourceKind {
    read: "ReadVolumes",
    list: "Volumes",
    id: "VolumeId",
    prefix: "vol-",
    tag_type: "volume",
    missing: codes::NO_SUCH_VOLUME,
    filters: &[
        ("ClientTokens", "ClientToken"),
        ("LinkVolumeDeleteOnVmDeletion", "LinkedVolumes.DeleteOnVmDeletion"),
        ("LinkVolumeDeviceNames", "LinkedVolumes.DeviceName"),
        ("LinkVolumeLinkStates", "LinkedVolumes.State"),
        ("LinkVolumeVmIds", "LinkedVolumes.VmId"),
        ("SnapshotIds", "SnapshotId"),
        ("SubregionNames", "SubregionName"),
        ("VolumeIds", "VolumeId"),
        ("VolumeSizes", "Size"),
        ("VolumeStates", "State"),
        ("VolumeTypes", "VolumeType"),
    ],
    transitions: &[step("creating", "available", 5), removal("deleting", 5)],
    links: Some(("LinkedVolumes", &[step("attaching", "attached", 3), removal("detaching", 3)])),
    adjust: Some(volumes::adjust_volume),
    ..NONE
};

pub(super) static VOLUME_UPDATE_TASK: ResourceKind = ResourceKind {
    read: "ReadVolumeUpdateTasks",
    list: "VolumeUpdateTasks",
    id: "TaskId",
    prefix: "vol-update-",
    missing: codes::NO_SUCH_TASK,
    filters: &[("States", "State"), ("TaskIds", "TaskId"), ("VolumeIds", "VolumeId")],
    transitions: &[step("pending", "active", 2), step("active", "completed", 10)],
    adjust: Some(volumes::adjust_task),
    ..NONE
};

//! The stateful fake: resources, their states, and the errors for what does not exist.

use std::time::Duration;

use osc_api::testing::{FakeApi, FakeApiBuilder, StateProgress};
use osc_api::types::{
    CreateNetRequest, CreatePublicIpRequest, CreateSnapshotRequest, CreateSubnetRequest, CreateVmsRequest,
    CreateVolumeRequest, DeleteLoadBalancerRequest, DeleteNetRequest, DeleteSnapshotRequest,
    DeleteSubnetRequest, DeleteVmsRequest, DeleteVolumeRequest, FiltersTag, FiltersVm, LinkVolumeRequest,
    ReadNetsRequest, ReadPublicIpsRequest, ReadSecurityGroupsRequest, ReadTagsRequest, ReadVmTypesRequest,
    ReadVmsRequest, ReadVmsResponse, ReadVolumesRequest, ResourceType, StartVmsRequest, StopVmsRequest,
    UnlinkVolumeRequest, UpdateVolumeRequest, Vm, VmId, VolumeId,
};
use osc_api::wait::{self, Listed, Waiter};
use osc_api::{Client, Error, codes};
use serde_json::{Value, json};

const IMAGE: &str = FakeApi::IMAGE_ID;

fn start(builder: FakeApiBuilder) -> FakeApi {
    builder.stateful(true).strict_requests(true).start().expect("a fake")
}

/// A client that fails if a response does not have the types of the description.
fn strict(fake: &FakeApi) -> Client {
    fake.client_builder().strict_decoding(true).build().expect("a client")
}

/// Waits without delays between the polls.
async fn wait_for<A: Listed, O: 'static>(client: &Client, waiter: Waiter<A, O>) -> O {
    let wait = client.wait_for(waiter).interval(Duration::from_millis(1), Duration::from_millis(1));
    wait.timeout(Duration::from_secs(20)).await.expect("the state")
}

async fn create_vm(client: &Client) -> VmId {
    let response = client.create_vms(&CreateVmsRequest::new(IMAGE)).await.expect("a VM");
    response.vms[0].vm_id.clone().expect("an ID")
}

async fn create_volume(client: &Client) -> VolumeId {
    let request = CreateVolumeRequest::new("eu-west-2a").size(10);
    client
        .create_volume(&request)
        .await
        .expect("a volume")
        .volume
        .expect("a volume")
        .volume_id
        .expect("an ID")
}

/// Waits for every state of the kinds that the fake keeps.
async fn every_wait_ends(client: &Client) {
    let vm = create_vm(client).await;
    assert!(wait_for(client, wait::vm(&vm).running()).await.private_ip.is_some());
    let volume = create_volume(client).await;
    wait_for(client, wait::volume(&volume).available()).await;
    client.link_volume(&LinkVolumeRequest::new("/dev/xvdb", &vm, &volume)).await.expect("linked");
    wait_for(client, wait::volume(&volume).in_use()).await;
    wait_for(client, wait::volume_link(&volume).attached()).await;

    let update = UpdateVolumeRequest::new(&volume).size(20);
    let task = client.update_volume(&update).await.expect("updated").volume.and_then(|volume| volume.task_id);
    wait_for(client, wait::volume_update_task(task.expect("a task")).completed()).await;
    let snapshot = client.create_snapshot(&CreateSnapshotRequest::new().volume_id(&volume)).await;
    let snapshot = snapshot.expect("a snapshot").snapshot.and_then(|it| it.snapshot_id).expect("an ID");
    assert_eq!(wait_for(client, wait::snapshot(&snapshot).completed()).await.progress, Some(100));
    client.delete_snapshot(&DeleteSnapshotRequest::new(&snapshot)).await.expect("deleted");
    wait_for(client, wait::snapshot(&snapshot).deleted()).await;

    client.unlink_volume(&UnlinkVolumeRequest::new(&volume)).await.expect("unlinked");
    wait_for(client, wait::volume_link(&volume).detached()).await;
    client.delete_volume(&DeleteVolumeRequest::new(&volume)).await.expect("deleted");
    wait_for(client, wait::volume(&volume).deleted()).await;

    let net = client.create_net(&CreateNetRequest::new("10.0.0.0/16")).await.expect("a Net").net;
    let net = net.and_then(|net| net.net_id).expect("an ID");
    wait_for(client, wait::net(&net).available()).await;
    let subnet =
        client.create_subnet(&CreateSubnetRequest::new("10.0.1.0/24", &net)).await.expect("a Subnet");
    let subnet = subnet.subnet.and_then(|subnet| subnet.subnet_id).expect("an ID");
    wait_for(client, wait::subnet(&subnet).available()).await;

    let listener = json!({ "BackendPort": 80, "LoadBalancerPort": 80, "LoadBalancerProtocol": "TCP" });
    let request = json!({ "LoadBalancerName": "web", "Subnets": [subnet], "Listeners": [listener] });
    client.send_raw("CreateLoadBalancer", &request).await.expect("a load balancer");
    wait_for(client, wait::load_balancer("web").active()).await;
    client.delete_load_balancer(&DeleteLoadBalancerRequest::new("web")).await.expect("deleted");
    wait_for(client, wait::load_balancer("web").deleted()).await;

    client.delete_subnet(&DeleteSubnetRequest::new(&subnet)).await.expect("deleted");
    wait_for(client, wait::subnet(&subnet).deleted()).await;
    client.delete_net(&DeleteNetRequest::new(&net)).await.expect("deleted");
    wait_for(client, wait::net(&net).deleted()).await;

    client.stop_vms(&StopVmsRequest::new([&vm])).await.expect("stopped");
    wait_for(client, wait::vm(&vm).stopped()).await;
    client.start_vms(&StartVmsRequest::new([&vm])).await.expect("started");
    wait_for(client, wait::vm(&vm).running()).await;
    client.delete_vms(&DeleteVmsRequest::new([&vm])).await.expect("deleted");
    wait_for(client, wait::vm(&vm).terminated()).await;
    assert_eq!(client.read_volumes(&ReadVolumesRequest::new()).await.expect("volumes").volumes, []);
}

#[tokio::test]
async fn every_wait_ends_if_states_advance_with_reads() {
    for reads in [0, 1, 3] {
        let fake = start(FakeApi::builder().state_progress(StateProgress::Reads(reads)));
        every_wait_ends(&strict(&fake)).await;
    }
}

#[tokio::test]
async fn states_advance_with_the_clock() {
    let fake = start(FakeApi::builder().state_progress(StateProgress::Clock).manual_clock(true));
    let client = strict(&fake);
    let id = create_vm(&client).await;
    let state = async || {
        let vms = client.read_vms(&ReadVmsRequest::new()).await.expect("VMs").vms;
        vms.into_iter().find_map(|vm| vm.state).map(|state| state.to_string()).unwrap_or_default()
    };
    for _ in 0..5 {
        assert_eq!(state().await, "pending");
    }
    fake.advance_clock(Duration::from_secs(9));
    assert_eq!(state().await, "pending");
    fake.advance_clock(Duration::from_secs(1));
    assert_eq!(state().await, "running");
    client.delete_vms(&DeleteVmsRequest::new([&id])).await.expect("deleted");
    assert_eq!(state().await, "shutting-down");
    // Terminated VMs are listed for an hour.
    fake.advance_clock(Duration::from_secs(10 + 3599));
    assert_eq!(state().await, "terminated");
    fake.advance_clock(Duration::from_secs(1));
    assert_eq!(state().await, "");
}

#[tokio::test]
async fn a_missing_resource_has_the_code_of_its_kind() {
    let fake = start(FakeApi::builder());
    let client = strict(&fake);
    for (action, request, code) in [
        ("CreateVms", json!({ "ImageId": "ami-1" }), codes::NO_SUCH_IMAGE),
        ("CreateVms", json!({ "ImageId": IMAGE, "SubnetId": "subnet-1" }), codes::NO_SUCH_SUBNET),
        ("CreateVms", json!({ "ImageId": IMAGE, "KeypairName": "mine" }), codes::NO_SUCH_KEYPAIR),
        ("CreateVms", json!({ "ImageId": IMAGE, "SecurityGroupIds": ["sg-1"] }), codes::NO_SUCH_GROUP),
        ("DeleteVms", json!({ "VmIds": ["i-1"] }), codes::NO_SUCH_VM),
        ("StopVms", json!({ "VmIds": ["i-1"] }), codes::NO_SUCH_VM),
        ("UpdateVm", json!({ "VmId": "i-1" }), codes::NO_SUCH_VM),
        ("DeleteVolume", json!({ "VolumeId": "vol-1" }), codes::NO_SUCH_VOLUME),
        (
            "CreateVolume",
            json!({ "SubregionName": "eu-west-2a", "SnapshotId": "snap-1" }),
            codes::NO_SUCH_SNAPSHOT,
        ),
        ("CreateSnapshot", json!({ "VolumeId": "vol-1" }), codes::NO_SUCH_VOLUME),
        ("DeleteSnapshot", json!({ "SnapshotId": "snap-1" }), codes::NO_SUCH_SNAPSHOT),
        ("DeleteNet", json!({ "NetId": "vpc-1" }), codes::NO_SUCH_VPC),
        ("CreateSubnet", json!({ "NetId": "vpc-1", "IpRange": "10.0.0.0/24" }), codes::NO_SUCH_VPC),
        ("DeleteSubnet", json!({ "SubnetId": "subnet-1" }), codes::NO_SUCH_SUBNET),
        ("DeleteSecurityGroup", json!({ "SecurityGroupId": "sg-1" }), codes::NO_SUCH_GROUP),
        ("DeleteSecurityGroup", json!({ "SecurityGroupName": "web" }), codes::NO_SUCH_GROUP),
        ("DeleteKeypair", json!({ "KeypairName": "mine" }), codes::NO_SUCH_KEYPAIR),
        ("DeletePublicIp", json!({ "PublicIp": "192.0.2.1" }), codes::NO_SUCH_IP),
        ("UnlinkPublicIp", json!({ "PublicIp": "192.0.2.1" }), codes::NO_SUCH_IP_ASSOCIATION),
        ("DeleteLoadBalancer", json!({ "LoadBalancerName": "web" }), codes::NO_SUCH_LOAD_BALANCER),
        (
            "CreateTags",
            json!({ "ResourceIds": ["i-1"], "Tags": [{ "Key": "k", "Value": "v" }] }),
            codes::NO_SUCH_RESOURCE,
        ),
        ("DeleteApiAccessRule", json!({ "ApiAccessRuleId": "aar-1" }), codes::NO_SUCH_RESOURCE),
        ("DeleteCa", json!({ "CaId": "ca-1" }), codes::NO_SUCH_CERTIFICATE),
    ] {
        let error = client.send_raw(action, &request).await.expect_err(action);
        assert!(error.has_code(code) && error.is_not_found(), "{error}");
        assert_eq!(error.api().map(|error| error.status()), Some(400), "{error}");
    }
    // A read of unknown IDs is an empty list.
    let filters = FiltersVm::new().vm_ids(["i-1"]);
    assert_eq!(client.read_vms(&ReadVmsRequest::new().filters(filters)).await.expect("none").vms, []);
}

/// Sends a request that must fail with this code.
async fn refused(client: &Client, action: &str, request: Value, code: u32) -> Error {
    let error = client.send_raw(action, &request).await.expect_err(action);
    assert!(error.has_code(code), "{error}");
    error
}

#[tokio::test]
async fn a_resource_in_use_or_in_a_wrong_state_is_refused() {
    let fake = start(FakeApi::builder());
    let client = strict(&fake);
    let vm = create_vm(&client).await;
    let pending = refused(&client, "StopVms", json!({ "VmIds": [vm] }), codes::NEVER_STARTED).await;
    assert!(pending.is_retryable(), "{pending}");
    wait_for(&client, wait::vm(&vm).running()).await;
    let volume = create_volume(&client).await;
    let link = json!({ "VmId": vm, "VolumeId": volume, "DeviceName": "/dev/xvdb" });
    refused(&client, "LinkVolume", link.clone(), codes::INVALID_VOLUME_STATE).await;
    wait_for(&client, wait::volume(&volume).available()).await;
    refused(&client, "UnlinkVolume", json!({ "VolumeId": volume }), codes::VOLUME_NOT_IN_USE).await;
    let root_device = json!({ "VmId": vm, "VolumeId": volume, "DeviceName": "/dev/sda1" });
    refused(&client, "LinkVolume", root_device, codes::DEVICE_IN_USE).await;
    client.send_raw("LinkVolume", &link).await.expect("linked");
    refused(&client, "DeleteVolume", json!({ "VolumeId": volume }), codes::INVALID_VOLUME_STATE).await;

    let net = client.create_net(&CreateNetRequest::new("10.0.0.0/16")).await.expect("a Net").net;
    let net = net.and_then(|net| net.net_id).expect("an ID");
    for (range, code) in [
        ("10.1.0.0/24", codes::NOT_IN_VPC_BLOCK),
        ("10.0.0.0/8", codes::NOT_IN_VPC_BLOCK),
        ("10.0.0.0", codes::INVALID_BLOCK),
    ] {
        refused(&client, "CreateSubnet", json!({ "NetId": net, "IpRange": range }), code).await;
    }
    let subnet =
        client.create_subnet(&CreateSubnetRequest::new("10.0.1.0/24", &net)).await.expect("a Subnet");
    let subnet = subnet.subnet.and_then(|subnet| subnet.subnet_id).expect("an ID");
    let overlapping = json!({ "NetId": net, "IpRange": "10.0.0.0/23" });
    refused(&client, "CreateSubnet", overlapping, codes::SUBNET_CONFLICT).await;
    let error = client.delete_net(&DeleteNetRequest::new(&net)).await.expect_err("a Subnet is in it");
    assert_eq!(error.api().map(|error| error.status()), Some(424), "{error}");

    let group = json!({ "SecurityGroupName": "web", "Description": "d", "NetId": net });
    let created = client.send_raw("CreateSecurityGroup", &group).await.expect("a group");
    let group_id = &created["SecurityGroup"]["SecurityGroupId"];
    refused(&client, "CreateSecurityGroup", group, codes::GROUP_ALREADY_EXISTS).await;
    let inside = json!({ "ImageId": IMAGE, "SubnetId": subnet, "SecurityGroupIds": [group_id] });
    client.send_raw("CreateVms", &inside).await.expect("a VM");
    refused(&client, "DeleteSubnet", json!({ "SubnetId": subnet }), codes::SUBNET_IN_USE).await;
    let in_use = json!({ "SecurityGroupId": group_id });
    refused(&client, "DeleteSecurityGroup", in_use, codes::SECURITY_GROUP_IN_USE).await;
    client.send_raw("CreateKeypair", &json!({ "KeypairName": "mine" })).await.expect("a keypair");
    refused(&client, "CreateKeypair", json!({ "KeypairName": "mine" }), codes::DUPLICATE_KEY).await;
}

#[tokio::test]
async fn rules_of_security_groups_are_added_once_and_deleted() {
    let fake = start(FakeApi::builder());
    let client = strict(&fake);
    let group = json!({ "SecurityGroupName": "web", "Description": "d" });
    let created = client.send_raw("CreateSecurityGroup", &group).await.expect("a group");
    let id = &created["SecurityGroup"]["SecurityGroupId"];
    let rule = json!({
        "SecurityGroupId": id, "Flow": "Inbound", "IpProtocol": "tcp", "FromPortRange": 22, "ToPortRange": 22,
        "IpRange": "192.0.2.0/24",
    });
    let changed = client.send_raw("CreateSecurityGroupRule", &rule).await.expect("a rule");
    assert_eq!(changed["SecurityGroup"]["InboundRules"][0]["IpRanges"], json!(["192.0.2.0/24"]));
    refused(&client, "CreateSecurityGroupRule", rule.clone(), codes::ALREADY_EXIST).await;
    let changed = client.send_raw("DeleteSecurityGroupRule", &rule).await.expect("deleted");
    assert_eq!(changed["SecurityGroup"]["InboundRules"], json!([]));
    refused(&client, "DeleteSecurityGroupRule", rule, codes::NO_SUCH_AUTHORIZATION).await;
    client.send_raw("DeleteSecurityGroup", &json!({ "SecurityGroupName": "web" })).await.expect("deleted");
    let groups = client.read_security_groups(&ReadSecurityGroupsRequest::new()).await.expect("groups");
    assert_eq!(groups.security_groups, []);
}

#[tokio::test]
async fn public_ips_and_keypairs_are_kept() {
    let fake = start(FakeApi::builder().state_progress(StateProgress::Reads(0)));
    let client = strict(&fake);
    let vm = create_vm(&client).await;
    let ip = client.create_public_ip(&CreatePublicIpRequest::new()).await.expect("an IP").public_ip;
    let address = ip.and_then(|ip| ip.public_ip).expect("an address");
    let link = json!({ "VmId": vm, "PublicIp": address });
    client.send_raw("LinkPublicIp", &link).await.expect("linked");
    refused(&client, "LinkPublicIp", link, codes::LOCKED_ADDRESS).await;
    let vms = client.read_vms(&ReadVmsRequest::new()).await.expect("VMs").vms;
    assert_eq!(vms[0].public_ip.as_deref(), Some(address.as_str()));
    refused(&client, "DeletePublicIp", json!({ "PublicIp": address }), codes::LOCKED_ADDRESS).await;
    client.send_raw("UnlinkPublicIp", &json!({ "PublicIp": address })).await.expect("unlinked");
    client.send_raw("DeletePublicIp", &json!({ "PublicIp": address })).await.expect("deleted");
    assert_eq!(client.read_public_ips(&ReadPublicIpsRequest::new()).await.expect("IPs").public_ips, []);

    // Only a generated private key is returned, and only once.
    for (request, has_key) in [
        (json!({ "KeypairName": "generated" }), true),
        (json!({ "KeypairName": "imported", "PublicKey": "c3NoLXJzYQ==" }), false),
    ] {
        let created = client.send_raw("CreateKeypair", &request).await.expect("a keypair");
        assert_eq!(created["Keypair"]["PrivateKey"].is_string(), has_key, "{request}");
    }
    let read = client.send_raw("ReadKeypairs", &json!({})).await.expect("keypairs");
    assert_eq!(read["Keypairs"].as_array().map(Vec::len), Some(2));
    assert!(!read.to_string().contains("PrivateKey"), "{read}");
}

#[tokio::test]
async fn reads_are_filtered_and_paginated() {
    let fake = start(FakeApi::builder().state_progress(StateProgress::Reads(0)));
    let client = strict(&fake);
    let request = CreateVmsRequest::new(IMAGE).max_vms_count(50);
    let mut ids = Vec::new();
    for _ in 0..3 {
        let created = client.create_vms(&request).await.expect("VMs").vms;
        ids.extend(created.into_iter().filter_map(|vm| vm.vm_id));
    }
    let all = client.paginate(ReadVmsRequest::new().results_per_page(20)).try_collect::<Vec<Vm>>().await;
    let all: Vec<VmId> = all.expect("all pages").into_iter().filter_map(|vm| vm.vm_id).collect();
    assert_eq!(all, ids);
    let read = async |filters: FiltersVm| {
        let request = ReadVmsRequest::new().filters(filters).results_per_page(1000);
        client.read_vms(&request).await.expect("VMs").vms.len()
    };
    assert_eq!(read(FiltersVm::new().vm_ids(&ids[7..12])).await, 5);
    assert_eq!(read(FiltersVm::new().vm_state_names(["running"])).await, 150);
    assert_eq!(read(FiltersVm::new().vm_state_names(["stopped"])).await, 0);
    let tags = json!({ "ResourceIds": &ids[..2], "Tags": [{ "Key": "env", "Value": "test" }] });
    client.send_raw("CreateTags", &tags).await.expect("tags");
    assert_eq!(read(FiltersVm::new().tags(["env=test"])).await, 2);
    assert_eq!(read(FiltersVm::new().tag_keys(["env"]).vm_ids(&ids[..1])).await, 1);
    assert_eq!(read(FiltersVm::new().tag_values(["prod"])).await, 0);
    // A filter that is not supported is refused, not ignored.
    let unsupported = FiltersVm::new().product_codes(["0001"]);
    let error = client.read_vms(&ReadVmsRequest::new().filters(unsupported)).await.expect_err("refused");
    assert!(error.has_code(codes::INVALID_FILTER) && error.to_string().contains("ProductCodes"), "{error}");
}

#[tokio::test]
async fn tags_belong_to_resources() {
    let fake = start(FakeApi::builder());
    let client = strict(&fake);
    let vm = create_vm(&client).await;
    let tag = |value: &str| json!({ "ResourceIds": [vm], "Tags": [{ "Key": "env", "Value": value }] });
    for value in ["test", "prod"] {
        client.send_raw("CreateTags", &tag(value)).await.expect("tags");
    }
    let filters = FiltersTag::new().resource_ids([&vm]);
    let tags = client.read_tags(&ReadTagsRequest::new().filters(filters)).await.expect("tags").tags;
    assert_eq!(tags.len(), 1);
    assert_eq!(tags[0].value.as_deref(), Some("prod"));
    assert_eq!(tags[0].resource_type, Some(ResourceType::Instance));
    let vms = client.read_vms(&ReadVmsRequest::new()).await.expect("VMs").vms;
    assert_eq!(vms[0].tags[0].value.as_deref(), Some("prod"));
    // The value must match.
    client.send_raw("DeleteTags", &tag("test")).await.expect("nothing to delete");
    assert_eq!(client.read_tags(&ReadTagsRequest::new()).await.expect("tags").tags.len(), 1);
    client.send_raw("DeleteTags", &tag("prod")).await.expect("deleted");
    assert_eq!(client.read_tags(&ReadTagsRequest::new()).await.expect("tags").tags, []);
}

#[tokio::test]
async fn dry_runs_and_repeated_client_tokens_create_nothing() {
    let fake = start(FakeApi::builder());
    let client = strict(&fake);
    let request = CreateVmsRequest::new(IMAGE).client_token("once");
    let dry = client.create_vms(&request.clone().dry_run(true)).await.expect("a dry run");
    assert_eq!(dry.vms, []);
    let first = client.create_vms(&request).await.expect("a VM").vms;
    let second = client.create_vms(&request).await.expect("the same VM").vms;
    assert_eq!(first[0].vm_id, second[0].vm_id);
    assert_eq!(client.read_vms(&ReadVmsRequest::new()).await.expect("VMs").vms.len(), 1);
}

#[tokio::test]
async fn handlers_and_faults_take_precedence_over_state() {
    use osc_api::action::{CreateNet, ReadVms};
    use osc_api::testing::Fault;
    let fake = start(FakeApi::builder());
    let client = strict(&fake);
    create_vm(&client).await;
    fake.next::<CreateNet>(1, Fault::code(codes::UNAUTHORIZED_OPERATION));
    client.create_net(&CreateNetRequest::new("10.0.0.0/16")).await.expect_err("a fault");
    assert_eq!(client.read_nets(&ReadNetsRequest::new()).await.expect("Nets").nets, []);
    fake.on::<ReadVms>(|_| ReadVmsResponse::default());
    assert_eq!(client.read_vms(&ReadVmsRequest::new()).await.expect("the handler's").vms, []);
    // Actions without state return their example.
    assert!(!client.read_vm_types(&ReadVmTypesRequest::new()).await.expect("an example").vm_types.is_empty());
}

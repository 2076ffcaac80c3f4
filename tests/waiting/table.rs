//! Every generated waiter, from an earlier state to its goal.

use std::collections::BTreeSet;

use osc_api::wait::{self, Listed, Waiter};
use osc_tests::server::Server;
use serde_json::{Value, json};

use super::{client, ids, listed, quick, server};

/// How one kind of resource is listed, according to the contract.
struct ResourceKind {
    action: &'static str,
    filter: &'static str,
    list: &'static str,
    id: &'static str,
    /// Where the state is. `[]` marks a list of parts.
    state: &'static str,
}

/// A resource in a state, or without the part that has the state.
fn item(kind: &ResourceKind, state: Option<&str>) -> Value {
    let mut item = json!({ kind.id: "x-1" });
    match (kind.state.split_once('.'), state) {
        (None, state) => item[kind.state] = json!(state),
        (Some(_), None) => {}
        (Some((part, field)), Some(state)) => match part.strip_suffix("[]") {
            Some(part) => item[part] = json!([{ field: state }]),
            None => item[part] = json!({ field: state }),
        },
    }
    item
}

/// Waits while the state changes from one to the other. `None`: no longer listed.
async fn assert_reaches<A: Listed, O>(
    kind: &'static ResourceKind,
    waiter: Waiter<A, O>,
    from: &'static str,
    to: Option<&'static str>,
) {
    let what = format!("{waiter:?}");
    let server: Server = server(move |request, number| {
        assert_eq!((request.action(), ids(request, kind.filter).len()), (kind.action, 1));
        let items = match (number, to) {
            (1 | 2, _) => vec![item(kind, Some(from))],
            (_, Some(to)) => vec![item(kind, Some(to))],
            (_, None) => vec![],
        };
        listed(kind.list, items)
    });
    let ended = quick(client(&server).wait_for(waiter)).await;
    assert!(ended.is_ok(), "{what}: {:?}", ended.err());
    assert_eq!(server.requests().len(), 3, "{what}");
}

/// The rows, as a test that runs them and a list of their names.
macro_rules! table {
    ($($function:ident [$action:literal $filter:literal $list:literal $id:literal $state:literal]
        $($method:ident: $from:literal => $to:expr),+;)+) => {
        #[tokio::test]
        async fn every_waiter_reaches_its_goal() {
            $({
                const KIND: ResourceKind = ResourceKind { action: $action, filter: $filter, list: $list, id: $id, state: $state };
                $(assert_reaches(&KIND, wait::$function("x-1").$method(), $from, $to).await;)+
            })+
        }

        const ROWS: &[(&str, &[&str])] = &[$((stringify!($function), &[$(stringify!($method)),+])),+];
    };
}

table! {
    vm ["ReadVms" "VmIds" "Vms" "VmId" "State"]
        running: "pending" => Some("running"), stopped: "stopping" => Some("stopped"),
        terminated: "shutting-down" => Some("terminated");
    volume ["ReadVolumes" "VolumeIds" "Volumes" "VolumeId" "State"]
        available: "creating" => Some("available"), in_use: "available" => Some("in-use"),
        deleted: "deleting" => None;
    volume_link ["ReadVolumes" "VolumeIds" "Volumes" "VolumeId" "LinkedVolumes[].State"]
        attached: "attaching" => Some("attached"), detached: "detaching" => Some("detached");
    volume_update_task ["ReadVolumeUpdateTasks" "TaskIds" "VolumeUpdateTasks" "TaskId" "State"]
        completed: "active" => Some("completed");
    snapshot ["ReadSnapshots" "SnapshotIds" "Snapshots" "SnapshotId" "State"]
        completed: "in-queue" => Some("completed"), deleted: "deleting" => None;
    snapshot_export_task ["ReadSnapshotExportTasks" "TaskIds" "SnapshotExportTasks" "TaskId" "State"]
        active: "queued" => Some("active"), completed: "active" => Some("completed");
    image ["ReadImages" "ImageIds" "Images" "ImageId" "State"]
        available: "pending" => Some("available"), deleted: "available" => None;
    image_export_task ["ReadImageExportTasks" "TaskIds" "ImageExportTasks" "TaskId" "State"]
        completed: "pending/queued" => Some("completed");
    net ["ReadNets" "NetIds" "Nets" "NetId" "State"]
        available: "pending" => Some("available"), deleted: "deleting" => None;
    subnet ["ReadSubnets" "SubnetIds" "Subnets" "SubnetId" "State"]
        available: "pending" => Some("available"), deleted: "available" => Some("deleted");
    nat_service ["ReadNatServices" "NatServiceIds" "NatServices" "NatServiceId" "State"]
        available: "pending" => Some("available"), deleted: "deleting" => Some("deleted");
    virtual_gateway ["ReadVirtualGateways" "VirtualGatewayIds" "VirtualGateways" "VirtualGatewayId" "State"]
        available: "pending" => Some("available"), deleted: "deleting" => Some("deleted");
    virtual_gateway_link ["ReadVirtualGateways" "VirtualGatewayIds" "VirtualGateways" "VirtualGatewayId"
        "NetToVirtualGatewayLinks[].State"]
        attached: "attaching" => Some("attached"), detached: "detaching" => Some("detached");
    client_gateway ["ReadClientGateways" "ClientGatewayIds" "ClientGateways" "ClientGatewayId" "State"]
        available: "pending" => Some("available"), deleted: "deleting" => Some("deleted");
    vpn_connection ["ReadVpnConnections" "VpnConnectionIds" "VpnConnections" "VpnConnectionId" "State"]
        available: "pending" => Some("available"), deleted: "deleting" => Some("deleted");
    net_access_point ["ReadNetAccessPoints" "NetAccessPointIds" "NetAccessPoints" "NetAccessPointId" "State"]
        available: "pending" => Some("available"), deleted: "deleting" => None;
    load_balancer ["ReadLoadBalancers" "LoadBalancerNames" "LoadBalancers" "LoadBalancerName" "State"]
        active: "provisioning" => Some("active"), deleted: "deleting" => None;
    net_peering ["ReadNetPeerings" "NetPeeringIds" "NetPeerings" "NetPeeringId" "State.Name"]
        pending_acceptance: "of-a-newer-version" => Some("pending-acceptance"),
        active: "pending-acceptance" => Some("active"), deleted: "active" => Some("deleted");
    nic ["ReadNics" "NicIds" "Nics" "NicId" "State"]
        available: "detaching" => Some("available"), in_use: "attaching" => Some("in-use"),
        deleted: "available" => None;
    nic_link ["ReadNics" "NicIds" "Nics" "NicId" "LinkNic.State"]
        attached: "attaching" => Some("attached"), detached: "detaching" => None;
}

/// The functions and methods of the generated file.
fn generated() -> BTreeSet<(String, String)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../osc-api/src/generated/waiters.rs");
    let text = std::fs::read_to_string(path).expect("the generated file");
    let (mut found, mut function) = (BTreeSet::new(), String::new());
    for line in text.lines() {
        let name = |rest: &str| rest.split('(').next().unwrap_or_default().to_owned();
        if let Some(rest) = line.strip_prefix("pub fn ") {
            function = name(rest);
        } else if let Some(rest) = line.strip_prefix("    pub fn ") {
            found.insert((function.clone(), name(rest)));
        }
    }
    found
}

#[test]
fn the_table_has_every_waiter() {
    let rows = ROWS.iter().flat_map(|(function, methods)| {
        methods.iter().map(|method| ((*function).to_owned(), (*method).to_owned()))
    });
    assert_eq!(rows.collect::<BTreeSet<_>>(), generated());
}

#[tokio::test]
async fn a_volume_without_links_is_detached() {
    const KIND: ResourceKind = ResourceKind {
        action: "ReadVolumes",
        filter: "VolumeIds",
        list: "Volumes",
        id: "VolumeId",
        state: "LinkedVolumes[].State",
    };
    let server = server(|_, _| listed(KIND.list, vec![item(&KIND, None)]));
    let volume = client(&server).wait_for(wait::volume_link("x-1").detached()).await.expect("detached");
    assert_eq!(volume.and_then(|volume| volume.volume_id).expect("an ID"), "x-1");
    let grace = std::time::Duration::ZERO;
    let error = quick(client(&server).wait_for(wait::volume_link("x-1").attached())).grace(grace).await;
    assert!(error.expect_err("there is no link").is_wait_failed());
}

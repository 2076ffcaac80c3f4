//! Reads by ID share their requests.

use std::collections::BTreeSet;

use osc_api::types::{FiltersVm, LoadBalancer, ReadVmsRequest, Vm};
use osc_api::{Client, Result};
use osc_tests::cloud;
use osc_tests::http::Response;
use osc_tests::server::Server;
use serde_json::json;
use tokio::task::JoinSet;

use super::{client, ids, listed, server, vms};

/// The n-th ID. Every tenth VM does not exist.
fn id(number: usize) -> String {
    format!("i-{number:04}")
}

fn exists(id: &str) -> bool {
    !id.ends_with('7')
}

/// A server with VMs, which refuses every request for an ID that is not one.
fn picky() -> Server {
    server(|request, _| {
        let ids = ids(request, "VmIds");
        match ids.iter().find(|id| !id.starts_with("i-")) {
            Some(id) => cloud::refusal(400, "4104", "InvalidParameterValue", &format!("{id} is no ID")),
            None => {
                let vm = |id: &String| json!({ "VmId": id, "State": "running" });
                listed("Vms", ids.iter().filter(|id| exists(id)).map(vm).collect())
            }
        }
    })
}

/// Reads all of them, each in a task of its own, through the batch.
async fn read_all(client: &Client, ids: &[String]) -> Vec<Result<Option<Vm>>> {
    let mut tasks = JoinSet::new();
    for (index, id) in ids.iter().cloned().enumerate() {
        let vms = client.batch::<Vm>();
        tasks.spawn(async move { (index, vms.read(id).await) });
    }
    let mut results = tasks.join_all().await;
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Reads one by a request of its own.
async fn read_one(client: &Client, id: &str) -> Result<Option<Vm>> {
    let request = ReadVmsRequest::new().filters(FiltersVm::new().vm_ids([id]));
    Ok(client.read_vms(&request).await?.vms.into_iter().next())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_tasks_that_read_a_thousand_vms_send_few_requests_and_get_what_single_reads_get() {
    let (batched, single) = (picky(), picky());
    let (batching, plain) = (client(&batched), client(&single));
    let ids: Vec<String> = (0..1000).map(id).collect();
    let results = read_all(&batching, &ids).await;
    for (id, result) in ids.iter().zip(results) {
        let expected = read_one(&plain, id).await.expect("a response");
        assert_eq!(result.expect("a response"), expected, "{id}");
        assert_eq!(expected.is_some(), exists(id), "{id}");
    }
    let requests = batched.requests();
    println!("{} requests for 1000 reads", requests.len());
    assert!((10..=20).contains(&requests.len()), "{} requests", requests.len());
    let mut asked = BTreeSet::new();
    for request in &requests {
        let ids = self::ids(request, "VmIds");
        assert!(ids.len() <= 100);
        asked.extend(ids);
    }
    assert_eq!(asked.len(), 1000);
}

#[tokio::test]
async fn an_id_that_the_server_refuses_fails_alone() {
    let server = picky();
    let client = client(&server);
    let mut ids: Vec<String> = (0..500).map(id).collect();
    ids[250] = "vol-1".to_owned();
    for (id, result) in ids.iter().zip(read_all(&client, &ids).await) {
        match id.as_str() {
            "vol-1" => {
                let (own, other) =
                    (result.expect_err("no VM"), read_one(&client, id).await.expect_err("no VM"));
                assert!(own.is_validation() && own.to_string() == other.to_string(), "{own}");
            }
            id => assert_eq!(result.expect("a response").is_some(), exists(id), "{id}"),
        }
    }
    // Five requests, of which one is divided seven times, and the one for comparison.
    assert!(server.requests().len() <= 5 + 14 + 1, "{} requests", server.requests().len());
}

#[tokio::test]
async fn a_missing_resource_is_none_also_if_the_server_reports_an_error() {
    let server = server(|request, _| {
        let body = request.json();
        match body["Filters"]["LoadBalancerNames"].as_array() {
            Some(names) if names.iter().any(|name| name == "missing") => {
                cloud::refusal(400, "5030", "InvalidResource", "missing")
            }
            Some(names) => {
                let balancer = |name| json!({ "LoadBalancerName": name });
                listed("LoadBalancers", names.iter().map(balancer).collect())
            }
            None => Response::json(500, &json!({})),
        }
    });
    let client = client(&server);
    let balancers = client.batch::<LoadBalancer>();
    let (missing, present) = tokio::join!(balancers.read("missing"), balancers.read("present"));
    assert!(missing.expect("no error").is_none());
    assert_eq!(
        present.expect("a response").and_then(|found| found.load_balancer_name),
        Some("present".into())
    );
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn an_outage_is_the_error_of_every_read_of_the_request_and_of_no_later_one() {
    let server = server(|request, number| match number {
        1 => Response::json(503, &json!({})),
        _ => {
            let vm = |id: &String| json!({ "VmId": id });
            listed("Vms", ids(request, "VmIds").iter().map(vm).collect())
        }
    });
    let client = client(&server);
    let ids: Vec<String> = (0..50).map(id).collect();
    for result in read_all(&client, &ids).await {
        assert!(result.expect_err("an outage").is_server_error());
    }
    assert_eq!(server.requests().len(), 1, "an outage is no reason to divide the request");
    for result in read_all(&client, &ids).await {
        assert!(result.expect("a response").is_some());
    }
}

#[tokio::test]
async fn pages_of_a_request_are_read_to_the_end() {
    let server = server(|request, _| {
        let body = request.json();
        let first = body["NextPageToken"].as_str().map_or(0, |token| token.parse().expect("a number"));
        let ids: Vec<String> = ids(request, "VmIds").into_iter().collect();
        let last = ids.len().min(first + 10);
        let vms: Vec<_> = ids[first..last].iter().map(|id| json!({ "VmId": id })).collect();
        let token = (last < ids.len()).then(|| last.to_string());
        Response::json(200, &json!({ "Vms": vms, "NextPageToken": token }))
    });
    let client = client(&server);
    for result in read_all(&client, &(0..35).map(id).collect::<Vec<_>>()).await {
        assert!(result.expect("a response").is_some());
    }
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn reads_and_waits_do_not_disturb_each_other() {
    let server = vms(|_, _| Some("running"));
    let client = client(&server);
    let batch = client.batch::<Vm>();
    let wait = super::quick(client.wait_for(osc_api::wait::vm("i-1").running()));
    let (read, waited) = tokio::join!(batch.read("i-1"), wait);
    assert_eq!(read.expect("a response"), Some(waited.expect("running")));
}

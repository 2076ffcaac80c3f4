//! Every listing as data: none is left out, and each is read to its end.

use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::pin::Pin;

use futures_core::Stream as _;
use osc_api::listing::Listing;
use osc_api::testing::{FakeApi, Fault};
use osc_api::{codes, has_dry_run};
use serde_json::{Value, json};

/// The read actions that list nothing, each with what it reads instead.
const SINGLE: &[(&str, &str)] = &[
    ("ReadAdminPassword", "the password of one VM"),
    ("ReadApiAccessPolicy", "the only policy of the account"),
    ("ReadConsoleOutput", "the console of one VM"),
    ("ReadPolicy", "one policy"),
    ("ReadPolicyVersion", "one version of a policy"),
    ("ReadUnitPrice", "one price"),
    ("ReadUserGroupPolicy", "one inline policy of a group"),
    ("ReadUserPolicy", "one inline policy of a user"),
];

/// Whether an action is one of those exceptions.
fn is_single(action: &str) -> bool {
    SINGLE.iter().any(|(single, _)| *single == action)
}

fn contract() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/outscale.yaml");
    serde_yaml::from_str(&std::fs::read_to_string(path).expect("the contract")).expect("YAML")
}

/// The properties of a body, which is a named schema.
fn properties<'a>(contract: &'a Value, body: &Value) -> &'a serde_json::Map<String, Value> {
    let reference = body["content"]["application/json"]["schema"]["$ref"].as_str().expect("a reference");
    schema(contract, reference)["properties"].as_object().expect("properties")
}

fn schema<'a>(contract: &'a Value, reference: &str) -> &'a Value {
    contract.pointer(reference.trim_start_matches('#')).expect("a schema")
}

/// The type of the elements of the lists among these properties.
fn lists(properties: &serde_json::Map<String, Value>) -> Vec<(&str, &Value)> {
    let lists = properties.iter().filter(|(_, value)| value["type"] == "array");
    lists.map(|(name, value)| (name.as_str(), &value["items"])).collect()
}

#[test]
fn every_read_action_of_the_contract_is_a_listing_or_a_known_exception() {
    let contract = contract();
    let listings: BTreeMap<&str, Listing> =
        Listing::all().map(|listing| (listing.action(), listing)).collect();
    let (mut expected, mut reads) = (BTreeSet::new(), 0);
    for (path, item) in contract["paths"].as_object().expect("paths") {
        let action = path.trim_start_matches('/');
        if !action.starts_with("Read") {
            continue;
        }
        reads += 1;
        let response = properties(&contract, &item["post"]["responses"]["200"]);
        let mut lists = lists(response);
        let holders: Vec<_> = response
            .iter()
            .filter(|(name, _)| *name != "ResponseContext")
            .filter_map(|(_, value)| schema(&contract, value["$ref"].as_str()?)["properties"].as_object())
            .collect();
        if is_single(action) {
            assert!(lists.is_empty() && !listings.contains_key(action), "{action} lists something");
            continue;
        }
        if lists.is_empty() {
            lists = holders.into_iter().flat_map(self::lists).collect();
        }
        assert!(!lists.is_empty(), "{action} lists nothing: add it to the exceptions, with a reason");
        let listing = listings.get(action).unwrap_or_else(|| panic!("{action} is left out"));
        let of = lists[0].1["$ref"].as_str().and_then(|of| of.rsplit('/').next()).unwrap_or("String");
        // The overlay names one type of strings.
        let is_named = of == listing.item_type() || (of == "String" && !lists[0].1["$ref"].is_string());
        assert!(is_named, "{action}: {} instead of {of}", listing.item_type());
        let request = item["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str();
        let request = schema(&contract, request.expect("a reference"));
        let required = request["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let fields = listing.required_fields().iter().copied();
        assert_eq!(fields.collect::<BTreeSet<_>>(), required.collect::<BTreeSet<_>>(), "{action}");
        assert_eq!(listing.is_paginated(), !request["properties"]["ResultsPerPage"].is_null(), "{action}");
        expected.insert(action.to_owned());
    }
    assert_eq!(expected.len(), listings.len(), "a listing is not in the contract");
    assert_eq!(reads, expected.len() + SINGLE.len(), "an exception is not in the contract");
    println!("{reads} read actions: {} listings, {} exceptions", listings.len(), SINGLE.len());
    for (action, reason) in SINGLE {
        println!("{action} reads {reason}");
    }
}

#[test]
fn the_actions_with_a_dry_run_are_those_of_the_contract() {
    let contract = contract();
    let mut count = 0;
    for (path, item) in contract["paths"].as_object().expect("paths") {
        let action = path.trim_start_matches('/');
        let request = properties(&contract, &item["post"]["requestBody"]);
        assert_eq!(has_dry_run(action), request.contains_key("DryRun"), "{action}");
        count += usize::from(has_dry_run(action));
    }
    assert!(count > 200 && !has_dry_run("ReadRainbows"), "{count}");
}

#[tokio::test]
async fn every_listing_finds_its_items_in_the_published_example() {
    let fake = FakeApi::start().expect("a fake");
    let client = fake.client().expect("a client");
    for listing in Listing::all() {
        let required =
            listing.required_fields().iter().map(|field| ((*field).to_owned(), json!("x"))).collect();
        // Without a handler it returns the published example, which may claim that more pages follow.
        let mut items = client.list_raw(listing, Value::Object(required));
        let first = items.try_next().await.unwrap_or_else(|error| panic!("{}: {error}", listing.action()));
        let is_listed = first.is_some_and(|item| item.is_object() || item.is_string());
        assert!(is_listed, "{}: the example has no item", listing.action());
    }
}

#[tokio::test]
async fn pages_follow_the_token_or_the_number_of_the_first_item() {
    let fake = FakeApi::start().expect("a fake");
    fake.on_raw("ReadVms", |request| {
        assert_eq!(
            (&request["ResultsPerPage"], &request["Filters"]["VmStateNames"]),
            (&json!(1000), &json!(["running"]))
        );
        match request["NextPageToken"].as_str() {
            None => json!({ "Vms": [{ "VmId": "i-1" }], "NextPageToken": "two" }),
            Some("two") => json!({ "Vms": [], "NextPageToken": "three" }),
            Some(_) => json!({ "Vms": [{ "VmId": "i-2", "New": 5 }], "NextPageToken": "" }),
        }
    });
    fake.on_raw("ReadUsers", |request| match request["FirstItem"].as_u64() {
        None => json!({ "Users": [{}, {}], "HasMoreItems": true }),
        Some(first) => json!({ "Users": [{ "UserName": first.to_string() }], "HasMoreItems": first < 3 }),
    });
    let client = fake.client().expect("a client");
    let listing = |action| Listing::of(action).expect("a listing");
    let request = json!({ "Filters": { "VmStateNames": ["running"] } });
    let vms = client.list_raw(listing("ReadVms"), request).try_collect().await.expect("VMs");
    assert_eq!(vms, [json!({ "VmId": "i-1" }), json!({ "VmId": "i-2", "New": 5 })]);
    let users = client.list_raw(listing("ReadUsers"), json!({})).try_collect().await.expect("users");
    assert_eq!(users[2..], [json!({ "UserName": "2" }), json!({ "UserName": "3" })]);
}

#[tokio::test]
async fn a_failed_page_is_read_again_and_an_endless_listing_ends() {
    let fake = FakeApi::start().expect("a fake");
    fake.on_raw("ReadVms", |request| match request["NextPageToken"].as_str() {
        None => json!({ "Vms": [{ "VmId": "i-1" }], "NextPageToken": "two" }),
        Some(_) => json!({ "Vms": [{ "VmId": "i-2" }], "NextPageToken": "two" }),
    });
    let client = fake.client().expect("a client");
    let mut vms = client.list_raw(Listing::of("ReadVms").expect("a listing"), json!({}));
    assert_eq!(vms.try_next().await.expect("a VM"), Some(json!({ "VmId": "i-1" })));
    fake.next_any(1, Fault::code(codes::UNAUTHORIZED_OPERATION));
    assert!(vms.try_next().await.expect_err("refused").is_access_denied());
    assert_eq!(vms.try_next().await.expect("a VM"), Some(json!({ "VmId": "i-2" })));
    assert!(vms.try_next().await.expect_err("the token repeats").is_pagination());
    assert_eq!(vms.try_next().await.expect("the end"), None);
}

/// To ignore it would end the listing early, without an error.
#[tokio::test]
async fn a_page_of_another_type_is_an_error() {
    const POLICY: &str = "ReadEntitiesLinkedToPolicy";
    for (action, response, member) in [
        ("ReadVms", json!({ "Vms": {} }), "Vms"),
        ("ReadVms", json!({ "Vms": [], "NextPageToken": 5 }), "NextPageToken"),
        ("ReadVms", json!([]), ""),
        ("ReadVms", json!(null), ""),
        ("ReadUsers", json!({ "Users": [], "HasMoreItems": "true" }), "HasMoreItems"),
        ("ReadUsers", json!({ "Users": [], "HasMoreItems": 1 }), "HasMoreItems"),
        (POLICY, json!({ "PolicyEntities": [] }), "PolicyEntities"),
        (POLICY, json!({ "PolicyEntities": { "HasMoreItems": {} } }), "HasMoreItems"),
    ] {
        let fake = FakeApi::start().expect("a fake");
        let body = response.clone();
        fake.on_raw(action, move |_| body.clone());
        let client = fake.client().expect("a client");
        let items = client.list_raw(Listing::of(action).expect("a listing"), json!({}));
        let error = items.try_collect().await.expect_err("another type");
        assert!(error.is_decode() && error.to_string().contains(member), "{response}: {error}");
    }
}

#[tokio::test]
async fn dry_runs_have_an_outcome_and_perform_nothing() {
    use osc_api::action::{DeletePolicyVersion, DeleteVms};
    use osc_api::types::{DeletePolicyVersionRequest, DeleteVmsRequest, PolicyOrn, PolicyVersionId};

    let fake = FakeApi::start().expect("a fake");
    let client = fake.client().expect("a client");
    let request = DeleteVmsRequest::new(["i-1"]);
    assert!(client.dry_run::<DeleteVms>(&request).await.expect("an outcome").would_succeed());
    let calls = fake.calls();
    assert_eq!(calls[0].body, json!({ "DryRun": true, "VmIds": ["i-1"] }));

    for (code, is_denied) in [(codes::UNAUTHORIZED_OPERATION, true), (codes::NO_SUCH_VM, false)] {
        fake.next_any(1, Fault::code(code));
        let outcome = client.dry_run::<DeleteVms>(&request).await.expect("an outcome");
        let refusal = outcome.refusal().expect("a refusal");
        assert!(refusal.has_code(code) && refusal.is_access_denied() == is_denied, "{refusal}");
    }
    fake.next_any(1, Fault::code(codes::AUTHENTICATION_FAILED));
    let error = client.dry_run::<DeleteVms>(&request).await.expect_err("no outcome");
    assert!(error.is_authentication(), "{error}");

    fake.clear_calls();
    let dry = client.with(osc_api::CallOptions::new().dry_run(true));
    dry.delete_vms(&request).await.expect("a response");
    let request = DeletePolicyVersionRequest::new(PolicyOrn::from("orn"), PolicyVersionId::from("v1"));
    let error = dry.delete_policy_version(&request).await.expect_err("it would be performed");
    assert!(error.to_string().contains("has no dry run") && error.attempts() == 0, "{error}");
    client.dry_run::<DeletePolicyVersion>(&request).await.expect_err("it would be performed");
    dry.send_raw("DeleteRainbows", &json!({})).await.expect_err("it may be performed");
    assert_eq!(fake.calls().len(), 1);
}

#[tokio::test]
async fn a_listing_as_data_is_a_stream_that_reads_a_page_when_it_is_needed() {
    let fake = FakeApi::start().expect("a fake");
    fake.on_raw("ReadVms", |request| {
        let page = request["NextPageToken"].as_str().map_or(0, |token| token.parse().expect("a number"));
        let vms: Vec<Value> = (0..3).map(|vm| json!({ "VmId": format!("i-{page}-{vm}") })).collect();
        json!({ "Vms": vms, "NextPageToken": (page < 19).then(|| (page + 1).to_string()) })
    });
    let client = fake.client().expect("a client");
    let mut vms = client.list_raw(Listing::of("ReadVms").expect("a listing"), json!({}));
    assert_eq!(fake.calls().len(), 0);
    for number in 0..60 {
        let vm = poll_fn(|context| Pin::new(&mut vms).poll_next(context)).await;
        let vm = vm.expect("an item").expect("no error");
        assert_eq!(vm, json!({ "VmId": format!("i-{}-{}", number / 3, number % 3) }));
        assert_eq!(fake.calls().len(), number / 3 + 1, "nothing is read ahead");
    }
    assert!(poll_fn(|context| Pin::new(&mut vms).poll_next(context)).await.is_none());
    assert_eq!(fake.calls().len(), 20);
}

#[tokio::test]
async fn a_loop_that_continues_after_errors_ends() {
    let fake = FakeApi::start().expect("a fake");
    fake.on_raw("ReadVms", |_| Err::<Value, _>(Fault::code(codes::UNAUTHORIZED_OPERATION)));
    let client = fake.client().expect("a client");
    let mut vms = client.list_raw(Listing::of("ReadVms").expect("a listing"), json!({}));
    for _ in 0..2 {
        assert!(vms.try_next().await.expect_err("refused").is_access_denied());
    }
    assert_eq!((vms.try_next().await.expect("the end"), fake.calls().len()), (None, 2));
}

#[tokio::test]
async fn one_function_lists_paginated_and_other_actions_as_typed_items() {
    use osc_api::types::{
        ReadCatalogRequest, ReadLoadBalancersRequest, ReadUserPoliciesRequest, ReadUsersRequest,
        ReadVmsRequest,
    };
    use osc_api::{Client, ListRequest};

    async fn list<R: ListRequest>(client: &Client, request: R) -> Vec<R::Item> {
        client.list(request).try_collect().await.expect("items")
    }
    let fake = FakeApi::start().expect("a fake");
    fake.on_raw("ReadVms", |request| match request["NextPageToken"].as_str() {
        None => json!({ "Vms": [{ "VmId": "i-1" }], "NextPageToken": "two" }),
        Some(_) => json!({ "Vms": [{ "VmId": "i-2" }] }),
    });
    fake.on_raw("ReadUsers", |request| json!({ "Users": [{}], "HasMoreItems": request["FirstItem"] != 1 }));
    fake.on_raw("ReadLoadBalancers", |_| json!({ "LoadBalancers": [{ "LoadBalancerName": "a" }] }));
    fake.on_raw("ReadCatalog", |_| json!({ "Catalog": { "Entries": [{ "Title": "t" }, {}] } }));
    fake.on_raw("ReadUserPolicies", |_| json!({ "PolicyNames": ["p"] }));
    let client = fake.client().expect("a client");
    let vms = list(&client, ReadVmsRequest::new()).await;
    assert_eq!(vms.into_iter().filter_map(|vm| vm.vm_id).collect::<Vec<_>>(), ["i-1", "i-2"]);
    assert_eq!(list(&client, ReadUsersRequest::new()).await.len(), 2);
    let balancers = list(&client, ReadLoadBalancersRequest::new()).await;
    assert_eq!(balancers[0].load_balancer_name.as_ref().map(|name| name.as_str()), Some("a"));
    assert_eq!(list(&client, ReadCatalogRequest::new()).await.len(), 2);
    let policies = list(&client, ReadUserPoliciesRequest::new("user")).await;
    assert_eq!(policies.iter().map(|name| name.as_str()).collect::<Vec<_>>(), ["p"]);
    // Where there are no pages, a page size is ignored.
    let sized = client.list(ReadLoadBalancersRequest::new()).page_size(5).prefetch(2);
    assert_eq!(sized.try_collect::<Vec<_>>().await.expect("items").len(), 1);
    // An item that the response lacks.
    fake.on_raw("ReadCatalog", |_| json!({}));
    assert_eq!(list(&client, ReadCatalogRequest::new()).await, []);
}

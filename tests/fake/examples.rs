//! Without a handler, every action returns its published example.

use std::collections::BTreeMap;
use std::fmt::Debug;

use osc_api::action::{self, Action};
use osc_api::listing::Listing;
use osc_api::testing::{FakeApi, example};
use serde::Serialize;
use serde_json::{Value, json};

use crate::fake::{client, start};

/// Checks that a response decodes to the same value as the example of its action.
type ResponseCheck = fn(&Value);

fn check<A: Action>(response: &Value)
where
    A::Response: Default + Serialize + PartialEq + Debug,
{
    let decoded: A::Response = serde_json::from_value(response.clone()).expect(A::NAME);
    let mut wanted = serde_json::to_value(example::<A>()).expect(A::NAME);
    assert_ne!(wanted["ResponseContext"], response["ResponseContext"], "{}", A::NAME);
    wanted["ResponseContext"] = response["ResponseContext"].clone();
    assert_eq!(serde_json::to_value(&decoded).expect(A::NAME), wanted, "{}", A::NAME);
    assert_eq!(decoded, serde_json::from_value(wanted).expect(A::NAME));
}

macro_rules! actions {
    ($($marker:ident)*) => {
        const ACTIONS: &[(&str, ResponseCheck)] =
            &[$((<action::$marker as Action>::NAME, check::<action::$marker>)),*];
    };
}

include!("../round_trip/actions.in");

/// The first example of each action's response, read from the contract without the generator's help.
fn published() -> BTreeMap<String, Value> {
    let contract: Value = serde_yaml::from_str(include_str!("../../spec/outscale.yaml")).expect("YAML");
    let paths = contract["paths"].as_object().expect("paths");
    let example = |item: &Value| {
        let examples = item.pointer("/post/responses/200/content/application~1json/examples")?.as_object()?;
        Some(examples.values().next()?["value"].clone())
    };
    let name = |path: &str| path.trim_start_matches('/').to_owned();
    paths.iter().filter_map(|(path, item)| Some((name(path), example(item)?))).collect()
}

#[tokio::test]
async fn every_action_returns_its_example_and_it_decodes() {
    let (fake, published) = (start(), published());
    let client = client(&fake);
    for (name, check) in ACTIONS {
        let mut response = client.send_raw(name, &json!({})).await.expect(name);
        check(&response);
        let mut example = published[*name].clone();
        end_pages(&mut example);
        for value in [&mut response, &mut example] {
            value.as_object_mut().expect("an object").remove("ResponseContext");
        }
        assert_eq!(response, example, "{name}");
    }
    assert_eq!(ACTIONS.len(), published.len());
    assert_eq!(fake.calls().len(), published.len());
}

/// Changes an example to that of the last page.
fn end_pages(example: &mut Value) {
    let text = example.to_string().replace(r#""HasMoreItems":true"#, r#""HasMoreItems":false"#);
    *example = serde_json::from_str(&text).expect("JSON");
}

#[tokio::test]
async fn every_listing_of_a_fake_ends() {
    for is_stateful in [false, true] {
        let fake = FakeApi::builder().stateful(is_stateful).start().expect("a fake");
        let client = client(&fake);
        for listing in Listing::all().filter(|listing| listing.required_fields().is_empty()) {
            let mut items = client.list_raw(listing, json!({}));
            let mut count = 0;
            while items.try_next().await.expect("a page").is_some() {
                count += 1;
                assert!(count < 100, "{} does not end", listing.action());
            }
        }
    }
}

#[tokio::test]
async fn a_dry_run_returns_no_resource() {
    let fake = start();
    for (dry_run, members) in [(true, 1), (false, 2)] {
        let response = client(&fake).send_raw("CreateNet", &json!({ "DryRun": dry_run })).await.expect("ok");
        assert_eq!(response.as_object().map(|response| response.len()), Some(members), "{response}");
    }
}

//! The published examples, unchanged.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::round_trip::Failures;
use crate::round_trip::contract::{self, Side};

#[test]
fn every_published_example_is_unchanged_by_decoding_and_encoding() {
    let mut failures = Failures::default();
    for contract::Example { action, side, name, value } in contract::examples() {
        failures.check(action, side, name, value, value);
    }
    assert_eq!(failures.finish(), published(&contract::document()["paths"]), "examples of actions");
}

/// Otherwise a type would not be tested.
#[test]
fn every_action_has_examples_of_request_and_response() {
    let mut counts_by_action: BTreeMap<&str, [usize; 2]> =
        contract::actions().map(|action| (action, [0, 0])).collect();
    for example in contract::examples() {
        let index = usize::from(example.side == Side::Response);
        counts_by_action.get_mut(example.action).expect("an action")[index] += 1;
    }
    let without: Vec<_> = counts_by_action.iter().filter(|(_, counts)| counts.contains(&0)).collect();
    assert!(without.is_empty(), "{without:?}");
}

/// Number of examples in a part of the contract, at any depth, counted independently of the code that reads them. (Some
/// schemas have examples of single fields too.)
fn published(part: &Value) -> usize {
    match part {
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| match (key.as_str(), value) {
                ("example", _) => 1,
                ("examples", Value::Object(examples)) => examples.len(),
                _ => published(value),
            })
            .sum(),
        Value::Array(list) => list.iter().map(published).sum(),
        _ => 0,
    }
}

#[test]
fn examples_are_counted_at_any_depth() {
    let several = json!({ "examples": { "x": { "value": 1 }, "y": {} } });
    let one = json!({ "example": { "example": 1 } });
    assert_eq!(published(&json!({ "a": [several], "b": one })), 3);
}

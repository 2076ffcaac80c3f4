//! The published examples as they are.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::Failures;
use crate::contract::{self, Side};

#[test]
fn every_published_example_survives_decoding_and_encoding() {
    let mut failures = Failures::default();
    for contract::Example { action, side, name, value } in contract::examples() {
        failures.check(action, side, name, value, value);
    }
    assert_eq!(failures.finish(), published(&contract::document()["paths"]), "examples of actions");
}

/// Every action has examples of both ends, so none of its types goes untested.
#[test]
fn every_action_has_examples() {
    let mut ends: BTreeMap<&str, [usize; 2]> = contract::actions().map(|action| (action, [0, 0])).collect();
    for example in contract::examples() {
        let index = usize::from(example.side == Side::Response);
        ends.get_mut(example.action).expect("an action")[index] += 1;
    }
    let without: Vec<_> = ends.iter().filter(|(_, counts)| counts.contains(&0)).collect();
    assert!(without.is_empty(), "{without:?}");
}

/// All examples in a part of the contract, wherever they are: not counted by the code that reads them. (Some
/// schemas have examples too, of single fields.)
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
fn examples_are_counted_wherever_they_are() {
    let several = json!({ "examples": { "x": { "value": 1 }, "y": {} } });
    let one = json!({ "example": { "example": 1 } });
    assert_eq!(published(&json!({ "a": [several], "b": one })), 3);
}

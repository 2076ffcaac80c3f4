//! Counts: every item of the contract is generated exactly once, and nothing else is.
//!
//! These tests read the contract and the generated files independently of the generator.

mod contract;
mod generated;

use std::collections::BTreeSet;

use serde_yaml::Value;

use self::contract::{Contract, entries};
use self::generated::Generated;
use crate::expected;

/// Number of properties of all objects at any depth, named or inline.
fn properties(schema: &Value) -> usize {
    match schema {
        Value::Mapping(mapping) => mapping
            .iter()
            .map(|(key, value)| match key.as_str() {
                Some("properties") => entries(value).map(|(_, schema)| 1 + properties(schema)).sum(),
                Some("items" | "additionalProperties" | "allOf" | "oneOf" | "anyOf") => properties(value),
                _ => 0,
            })
            .sum(),
        Value::Sequence(schemas) => schemas.iter().map(properties).sum(),
        _ => 0,
    }
}

/// Compares a count with the known one of version 1.40.1; other versions have other counts.
#[track_caller]
fn assert_known_count(contract: &Contract, what: &str, count: usize, expected: usize) {
    assert!(count > 0, "no {what}: nothing is tested");
    if contract.version() == "1.40.1" {
        assert_eq!(count, expected, "{what} of 1.40.1");
    }
}

#[test]
fn every_action_has_one_method_and_one_marker() {
    let (contract, generated) = (Contract::read(), Generated::read());
    let actions: BTreeSet<_> = contract.actions().into_keys().map(str::to_owned).collect();
    assert_known_count(contract, "actions", actions.len(), 235);
    let names: BTreeSet<_> = generated.markers.values().map(|constants| constants["NAME"].clone()).collect();
    assert_eq!(names, actions);
    assert_eq!(generated.markers.len(), actions.len());
    assert_eq!(generated.methods.len(), actions.len());
    assert!(generated.blocking.keys().eq(generated.methods.keys()), "the blocking client has other methods");
}

#[test]
fn every_schema_has_one_type() {
    let (contract, generated) = (Contract::read(), Generated::read());
    let schemas = contract.schemas();
    assert_known_count(contract, "schemas", schemas.len(), 650);
    let types: BTreeSet<&str> = generated
        .structs
        .keys()
        .chain(&generated.enums)
        .chain(&generated.aliases)
        .map(String::as_str)
        .collect();
    let kinds = generated.structs.len() + generated.enums.len() + generated.aliases.len();
    assert_eq!(types.len(), kinds, "two types have the same name");
    let missing: Vec<_> = schemas.keys().filter(|name| !types.contains(*name)).collect();
    assert!(missing.is_empty(), "no type for {missing:?}");
}

#[test]
fn every_property_has_one_field_and_one_table_row() {
    let (contract, generated) = (Contract::read(), Generated::read());
    let described: usize = contract.schemas().values().map(|schema| properties(schema)).sum();
    assert_known_count(contract, "properties", described, 2486);
    assert_eq!(generated.structs.values().sum::<usize>(), described);
    assert_eq!(generated.tables, generated.structs, "a struct and its table differ");
    for (name, schema) in contract.schemas() {
        if let Some(properties) = schema["properties"].as_mapping() {
            assert_eq!(generated.structs.get(name), Some(&properties.len()), "{name}");
        }
    }
}

#[test]
fn every_value_set_has_an_enum() {
    let (contract, generated) = (Contract::read(), Generated::read());
    fn enums(value: &Value) -> usize {
        match value {
            Value::Mapping(mapping) => {
                usize::from(value["enum"].is_sequence()) + mapping.values().map(enums).sum::<usize>()
            }
            Value::Sequence(values) => values.iter().map(enums).sum(),
            _ => 0,
        }
    }
    let described = enums(&contract.root["components"]);
    assert_known_count(contract, "enums", described, 13);
    let added = overlay_value_sets();
    assert_known_count(contract, "value sets of the overlay", added.len(), 37);
    let missing: Vec<_> = added.difference(&generated.enums).collect();
    assert!(missing.is_empty(), "no enum for {missing:?}");
    // Several equal sets may share an enum.
    let of_contract = generated.enums.difference(&added).count();
    assert!((1..=described).contains(&of_contract), "{:?}", generated.enums);
}

/// The value sets that the overlay adds.
fn overlay_value_sets() -> BTreeSet<String> {
    let text = expected::read(&expected::workspace("spec/overlay.yaml"));
    let overlay: Value = serde_yaml::from_str(&text).unwrap();
    let actions = overlay["actions"].as_sequence().unwrap();
    let added = actions.iter().filter(|action| action["target"] == "$.components.schemas");
    let schemas = added.flat_map(|action| entries(&action["update"]));
    schemas.filter(|(_, schema)| schema["enum"].is_sequence()).map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn authentication_matches_the_contract() {
    let (contract, generated) = (Contract::read(), Generated::read());
    let basic = contract.secured(|alternatives| alternatives.iter().any(|one| !one["BasicAuth"].is_null()));
    let none = contract.secured(<[Value]>::is_empty);
    assert_known_count(contract, "actions with basic authentication", basic, 14);
    assert_known_count(contract, "actions without authentication", none, 8);
    assert_eq!(generated.count("AUTH", "AccessKeyOrBasic"), basic);
    assert_eq!(generated.count("AUTH", "None"), none);
    assert_eq!(generated.count("AUTH", "AccessKey"), contract.actions().len() - basic - none);
    assert_eq!(generated.documented("- Authentication: none."), none);
    assert_eq!(generated.documented("- Authentication: access key, or login and password."), basic);
}

#[test]
fn retry_safety_matches_the_contract() {
    let (contract, generated) = (Contract::read(), Generated::read());
    let actions = contract.actions();
    let with_token = |action: &&&Value| contract.has(contract.body(&action["requestBody"]), "ClientToken");
    let tokens = actions.values().filter(with_token).count();
    assert_known_count(contract, "actions with a client token", tokens, 4);
    let safe = actions.keys().filter(|name| name.starts_with("Read") || name.starts_with("Check")).count();
    assert_eq!(generated.count("RETRY", "ClientToken"), tokens);
    assert_eq!(generated.count("RETRY", "Idempotent"), safe);
    assert_eq!(generated.count("RETRY", "Unsafe"), actions.len() - tokens - safe);
}

#[test]
fn pagination_matches_the_contract() {
    let (contract, generated) = (Contract::read(), Generated::read());
    let actions = contract.actions();
    let tokens = actions.values().filter(|action| contract.is_paginated_by_token(action)).count();
    let items = actions.values().filter(|action| contract.is_paginated_by_item(action)).count();
    let reads = actions.keys().filter(|name| name.starts_with("Read")).count();
    assert_known_count(contract, "actions paginated by token", tokens, 35);
    assert_known_count(contract, "actions paginated by item", items, 8);
    assert_known_count(contract, "read actions", reads, 73);
    assert_eq!(generated.documented("- Paginated: set `results_per_page`, then `next_page_token`"), tokens);
    assert_eq!(generated.documented("- Paginated: set `results_per_page`, then `first_item`"), items);
    assert_eq!(generated.documented("- Paginated: "), tokens + items);
    assert_eq!(generated.documented("[`Client::paginate`]"), tokens + items);
    assert_eq!(generated.paginated.len(), tokens + items);
}

#[test]
fn everything_is_documented_and_every_method_has_an_example_and_a_link() {
    let generated = Generated::read();
    assert!(generated.undocumented.is_empty(), "without documentation: {:?}", generated.undocumented);
    for (name, docs) in &generated.methods {
        let example = docs.contains("```no_run") && docs.contains(&format!("client.{name}(&request).await?"));
        assert!(example, "{name} has no example");
        assert!(docs.contains("# Errors") && docs.contains("- [Official page](https://"), "{name}");
        // Each of several examples has a title of our own, not the `ex1` of the description.
        let examples = docs.matches("```no_run").count();
        let several = docs.contains("# Examples\n");
        assert_eq!(several, examples > 1, "{name}");
        assert_eq!(docs.matches(":\n\n ```no_run").count(), if several { examples } else { 0 }, "{name}");
        assert!(!docs.contains("`ex1`"), "{name}");
    }
}

#[test]
fn no_generated_line_that_can_be_wrapped_exceeds_120_columns() {
    for entry in std::fs::read_dir(expected::workspace("osc-api/src/generated")).unwrap() {
        let path = entry.unwrap().path();
        // The example responses are JSON, and the listings tuples, one per line.
        if path.ends_with("fake_data.rs") || path.ends_with("listings.rs") {
            continue;
        }
        for (index, line) in expected::read(&path).lines().enumerate() {
            // A single long link or string literal cannot be wrapped.
            let is_one_word = line.trim().trim_start_matches("///").split_whitespace().count() == 1;
            // So is a row of a table of setters.
            let is_row = line.trim_start().starts_with("with_");
            let is_wide = line.chars().count() > 120 && !is_one_word && !is_row;
            assert!(!is_wide, "{}:{}: {line}", path.display(), index + 1);
        }
    }
}

/// Constructors whose order of strings everyone knows.
const KNOWN_ORDER: &[&str] = &["ResourceTag"];

#[test]
fn no_constructor_has_two_arguments_that_could_be_swapped() {
    let generated = Generated::read();
    let mut counted = 0;
    for (name, arguments) in &generated.constructors {
        if KNOWN_ORDER.contains(&name.as_str()) {
            continue;
        }
        counted += usize::from(arguments.len() > 1);
        let distinct: BTreeSet<&String> = arguments.iter().collect();
        assert_eq!(
            distinct.len(),
            arguments.len(),
            "{name}::new takes two arguments of a type: {arguments:?}"
        );
        // `impl Into` accepts strings, as do the elements of a list of identifiers or strings.
        let scalars = arguments.iter().filter(|ty| ty.starts_with("implInto<"));
        let lists = arguments.iter().filter(|ty| {
            let element =
                ty.strip_prefix("implIntoIterator<Item=implInto<").map(|ty| ty.trim_end_matches('>'));
            element.is_some_and(|ty| ty == "String" || generated.identifiers.contains(ty))
        });
        assert!(scalars.count() < 2, "{name}::new takes two strings: {arguments:?}");
        assert!(lists.count() < 2, "{name}::new takes two lists of strings: {arguments:?}");
    }
    assert!(counted > 20, "only {counted} constructors have several arguments");
}

#[test]
fn identifiers_are_types() {
    let generated = Generated::read();
    for name in ["VmId", "VolumeId", "NetId", "GatewayId", "ResourceId", "LoadBalancerName", "PolicyOrn"] {
        assert!(generated.identifiers.contains(name), "{name} is no type");
    }
    assert!(generated.identifiers.len() >= 45, "{:?}", generated.identifiers);
}

//! Values in which every field is set: examples omit many.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::round_trip::Failures;
use crate::round_trip::contract::{self, Side, name_of, schemas};

/// A value of a schema with all its properties. Strings name their property, see [`text`].
pub fn value(schema: &'static str) -> Value {
    Filler { within: vec![schema] }.fill(&schemas()[schema], schema).expect("the root is not recursive")
}

/// The string for a property, for example `<Vm.UserData>`.
pub fn text(schema: &str, property: &str) -> String {
    format!("<{schema}.{property}>")
}

/// Builds a value recursively.
struct Filler {
    /// The schemas around the current value, to stop at one that contains itself.
    within: Vec<&'static str>,
}

impl Filler {
    fn fill(&mut self, schema: &'static Value, path: &str) -> Option<Value> {
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            return self.follow(name_of(target).expect("a reference to a schema"));
        }
        for combination in ["allOf", "oneOf"] {
            if let Some(parts) = schema.get(combination).and_then(Value::as_array) {
                return self.fill(parts.first()?, path);
            }
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return values.first().cloned();
        }
        match schema["type"].as_str().unwrap_or("object") {
            "string" => Some(Value::String(match schema["format"].as_str() {
                Some("date") => "2023-04-05".to_owned(),
                Some("date-time") => "2017-05-10T12:34:56.789+0000".to_owned(),
                _ => format!("<{path}>"),
            })),
            "integer" => Some(json!(4_294_967_297_i64)),
            "number" => Some(json!(0.125)),
            "boolean" => Some(json!(true)),
            "array" => Some(self.fill(&schema["items"], path).into_iter().collect()),
            "object" => Some(self.object(schema)),
            other => panic!("{path}: this test does not support the type {other}"),
        }
    }

    fn follow(&mut self, name: &'static str) -> Option<Value> {
        if self.within.contains(&name) {
            return None;
        }
        self.within.push(name);
        let value = self.fill(&schemas()[name], name);
        self.within.pop();
        value
    }

    fn object(&mut self, schema: &'static Value) -> Value {
        let mut object = Map::new();
        let owner = self.within.last().copied().unwrap_or_default();
        for (property, schema) in schema["properties"].as_object().into_iter().flatten() {
            let path = text(owner, property);
            if let Some(value) = self.fill(schema, path.trim_matches(['<', '>'])) {
                object.insert(property.clone(), value);
            }
        }
        if let Some(values) = schema.get("additionalProperties").filter(|values| values.is_object())
            && let Some(value) = self.fill(values, owner)
        {
            object.insert("any key".to_owned(), value);
        }
        Value::Object(object)
    }
}

#[test]
fn no_field_of_any_type_is_lost() {
    let mut failures = Failures::default();
    for action in contract::actions() {
        for side in Side::ALL {
            let value = value(contract::schema_name(action, side));
            failures.check(action, side, "filled", &value, &value);
        }
    }
    failures.finish();
}

/// Otherwise, a defect of the filler would silently weaken the tests that use its values.
#[test]
fn filled_values_have_every_property_that_actions_use() {
    let mut seen = BTreeSet::new();
    let (mut members, mut properties) = (BTreeSet::new(), BTreeSet::new());
    for action in contract::actions() {
        for side in Side::ALL {
            let name = contract::schema_name(action, side);
            reachable(&schemas()[name], name, &mut seen, &mut properties);
            keys(&value(name), &mut members);
        }
    }
    let named: BTreeSet<String> = properties.iter().map(|(_, property)| property.clone()).collect();
    assert_eq!(members, named);
}

/// Adds all properties that are reachable from a schema, each with the name of its schema.
fn reachable(
    schema: &'static Value,
    owner: &str,
    seen: &mut BTreeSet<String>,
    found: &mut BTreeSet<(String, String)>,
) {
    match schema {
        Value::Object(object) => {
            if let Some(name) = object.get("$ref").and_then(Value::as_str).and_then(name_of)
                && seen.insert(name.to_owned())
            {
                reachable(&schemas()[name], name, seen, found);
            }
            for property in object.get("properties").and_then(Value::as_object).into_iter().flatten() {
                found.insert((owner.to_owned(), property.0.clone()));
            }
            object.values().for_each(|part| reachable(part, owner, seen, found));
        }
        Value::Array(list) => list.iter().for_each(|part| reachable(part, owner, seen, found)),
        _ => {}
    }
}

fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (key, member) in object {
                found.insert(key.clone());
                keys(member, found);
            }
        }
        Value::Array(list) => list.iter().for_each(|element| keys(element, found)),
        _ => {}
    }
}

//! The contract, read without the generator.

use std::sync::OnceLock;

use serde_json::Value;

/// The request or the response of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The request.
    Request,
    /// The successful response.
    Response,
}

impl Side {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Request, Self::Response];

    /// Pointer to the media type of this side in a path item.
    fn pointer(self) -> &'static str {
        match self {
            Self::Request => "/post/requestBody/content/application~1json",
            Self::Response => "/post/responses/200/content/application~1json",
        }
    }
}

/// A published example.
pub struct Example {
    /// The action.
    pub action: &'static str,
    /// The side of the action.
    pub side: Side,
    /// The name in the description.
    pub name: &'static str,
    /// The value.
    pub value: &'static Value,
}

/// The whole contract.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        serde_yaml::from_str(include_str!("../../spec/outscale.yaml")).expect("the contract is YAML")
    })
}

/// The names of the actions, in the contract's order.
pub fn actions() -> impl Iterator<Item = &'static str> {
    paths().map(|(action, _)| action)
}

/// All examples of all actions.
pub fn examples() -> Vec<Example> {
    let sides = paths().flat_map(|(action, path)| Side::ALL.map(|side| (action, side, path)));
    sides
        .filter_map(|(action, side, path)| {
            let examples = path.pointer(side.pointer())?.get("examples")?.as_object()?;
            Some((action, side, examples))
        })
        .flat_map(|(action, side, examples)| {
            examples.iter().map(move |(name, example)| Example {
                action,
                side,
                name,
                value: &example["value"],
            })
        })
        .collect()
}

/// The name of the schema of a side of an action.
pub fn schema_name(action: &str, side: Side) -> &'static str {
    // The reference of one action is wrong; the overlay corrects it. Its schema is found by the usual name.
    let own = format!("{action}{side:?}");
    let (_, path) = paths().find(|(name, _)| *name == action).expect("an action of the contract");
    let reference = path.pointer(side.pointer()).and_then(|media| media.pointer("/schema/$ref"));
    match schemas().get_key_value(&own) {
        Some((name, _)) => name,
        None => reference.and_then(Value::as_str).and_then(name_of).expect("a reference to a schema"),
    }
}

/// All schemas by name.
pub fn schemas() -> &'static serde_json::Map<String, Value> {
    document().pointer("/components/schemas").and_then(Value::as_object).expect("schemas")
}

/// The schema's name in a reference.
pub fn name_of(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/")
}

fn paths() -> impl Iterator<Item = (&'static str, &'static Value)> {
    let paths = document()["paths"].as_object().expect("paths");
    paths.iter().map(|(path, item)| (path.trim_start_matches('/'), item))
}

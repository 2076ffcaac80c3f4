//! The contract as a test reads it: by its own eyes, not by the generator's.

use std::sync::OnceLock;

use serde_json::Value;

/// The two ends of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What is sent.
    Request,
    /// What a successful response holds.
    Response,
}

impl Side {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Request, Self::Response];

    /// Where an operation has this end's media type.
    fn pointer(self) -> &'static str {
        match self {
            Self::Request => "/post/requestBody/content/application~1json",
            Self::Response => "/post/responses/200/content/application~1json",
        }
    }
}

/// A published example.
pub struct Example {
    /// The action it is of.
    pub action: &'static str,
    /// Which end of the action.
    pub side: Side,
    /// The name that the description gives it.
    pub name: &'static str,
    /// The example itself.
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
    let ends = paths().flat_map(|(action, path)| Side::ALL.map(|side| (action, side, path)));
    ends.filter_map(|(action, side, path)| {
        let examples = path.pointer(side.pointer())?.get("examples")?.as_object()?;
        Some((action, side, examples))
    })
    .flat_map(|(action, side, examples)| {
        examples.iter().map(move |(name, example)| Example { action, side, name, value: &example["value"] })
    })
    .collect()
}

/// The name of the schema of an action's end.
pub fn schema_name(action: &str, side: Side) -> &'static str {
    // The overlay gives one action schemas of its own. They are named as those of all other actions are, so
    // the name finds them; the reference does not.
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

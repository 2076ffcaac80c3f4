//! The contract, read independently of the generator.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_yaml::Value;

use crate::expected;

/// The contract, as values.
pub(super) struct Contract {
    pub(super) root: Value,
}

impl Contract {
    /// The contract, which is read once.
    pub(super) fn read() -> &'static Self {
        static CONTRACT: OnceLock<Contract> = OnceLock::new();
        CONTRACT.get_or_init(|| {
            let text = expected::read(&expected::workspace("spec/outscale.yaml"));
            Self { root: serde_yaml::from_str(&text).unwrap() }
        })
    }

    pub(super) fn version(&self) -> &str {
        self.root["info"]["version"].as_str().unwrap()
    }

    pub(super) fn schemas(&self) -> BTreeMap<&str, &Value> {
        entries(&self.root["components"]["schemas"]).collect()
    }

    /// The operation of each action.
    pub(super) fn actions(&self) -> BTreeMap<&str, &Value> {
        entries(&self.root["paths"])
            .map(|(path, item)| (path.trim_start_matches('/'), &item["post"]))
            .collect()
    }

    /// The schema of an action's request or response.
    pub(super) fn body(&self, body: &Value) -> &Value {
        let schema = &body["content"]["application/json"]["schema"];
        let name = schema["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
        &self.root["components"]["schemas"][name]
    }

    /// Number of actions whose security requirements satisfy `predicate`.
    pub(super) fn secured(&self, predicate: impl Fn(&[Value]) -> bool) -> usize {
        let actions = self.actions();
        let security = actions.values().filter_map(|action| action["security"].as_sequence());
        security.filter(|alternatives| predicate(alternatives)).count()
    }

    pub(super) fn has(&self, schema: &Value, property: &str) -> bool {
        !schema["properties"][property].is_null()
    }

    pub(super) fn is_paginated_by_token(&self, action: &Value) -> bool {
        let (request, response) = (self.body(&action["requestBody"]), self.body(&action["responses"]["200"]));
        self.has(request, "NextPageToken") && self.has(response, "NextPageToken")
    }

    pub(super) fn is_paginated_by_item(&self, action: &Value) -> bool {
        let request = self.body(&action["requestBody"]);
        self.has(request, "FirstItem") && self.has(request, "ResultsPerPage")
    }
}

pub(super) fn entries(mapping: &Value) -> impl Iterator<Item = (&str, &Value)> {
    mapping.as_mapping().unwrap().iter().map(|(key, value)| (key.as_str().unwrap(), value))
}

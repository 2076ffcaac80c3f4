//! An independent parser of descriptions, with another YAML library and none of the generator's code. It turns a
//! description into a flat table of facts: a change is a row that differs.

use std::collections::{BTreeMap, BTreeSet};

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};

const SCHEMAS: &str = "#/components/schemas/";

/// Formats that determine the type.
const TYPE_FORMATS: [&str; 5] = ["date", "date-time", "datetime", "password", "int32"];

/// The key of a row: a JSON pointer and an aspect of the item at this location.
pub type Key = (String, String);

/// A description.
pub struct Raw {
    document: Value,
    /// Schemas used in requests.
    sent: BTreeSet<String>,
    /// Schemas used in responses.
    received: BTreeSet<String>,
    /// The tags of the actions that use each schema.
    tags: BTreeMap<String, BTreeSet<String>>,
}

/// Reads YAML into plain values.
pub fn yaml(text: &str) -> Value {
    fn plain(node: &Yaml<'_>) -> Value {
        match node {
            Yaml::Value(Scalar::Null) => Value::Null,
            Yaml::Value(Scalar::Boolean(value)) => (*value).into(),
            Yaml::Value(Scalar::Integer(value)) => (*value).into(),
            Yaml::Value(Scalar::FloatingPoint(value)) => value.into_inner().into(),
            Yaml::Value(Scalar::String(value)) => value.as_ref().into(),
            Yaml::Sequence(items) => items.iter().map(plain).collect(),
            Yaml::Mapping(members) => {
                let name = |key: &Yaml<'_>| match plain(key) {
                    Value::String(name) => name,
                    other => other.to_string(),
                };
                members.iter().map(|(key, value)| (name(key), plain(value))).collect()
            }
            other => panic!("{other:?} is not supported in a description"),
        }
    }
    plain(&Yaml::load_from_str(text).unwrap()[0])
}

fn is_true(node: &Value, key: &str) -> bool {
    node.get(key) == Some(&Value::Bool(true))
}

/// Adds the names of all schemas that a node refers to directly.
fn references(node: &Value, found: &mut BTreeSet<String>) {
    match node {
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(target) if key == "$ref" => {
                        found.extend(target.strip_prefix(SCHEMAS).map(str::to_owned));
                    }
                    // Values, not schemas.
                    _ if ["example", "examples", "default", "enum"].contains(&key.as_str()) => {}
                    _ => references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

impl Raw {
    pub fn read(text: &str) -> Self {
        let document = yaml(text);
        let mut raw =
            Self { document, sent: BTreeSet::new(), received: BTreeSet::new(), tags: BTreeMap::new() };
        for (_, action) in raw.actions() {
            let responses = action["responses"].as_object().unwrap().clone();
            raw.use_all(&action["requestBody"], true, Some(tag(&action)));
            for (status, response) in responses {
                raw.use_all(&response, false, (status == "200").then(|| tag(&action)));
            }
        }
        raw
    }

    /// Marks the schemas of a body, and all that they refer to, as used.
    fn use_all(&mut self, body: &Value, is_sent: bool, tag: Option<String>) {
        let mut todo = BTreeSet::new();
        references(body, &mut todo);
        let mut seen = BTreeSet::new();
        while let Some(name) = todo.pop_first() {
            if let Some(schema) = self.schemas().get(&name)
                && seen.insert(name)
            {
                references(schema, &mut todo);
            }
        }
        for name in seen {
            if let Some(tag) = &tag {
                self.tags.entry(name.clone()).or_default().insert(tag.clone());
            }
            if is_sent { &mut self.sent } else { &mut self.received }.insert(name);
        }
    }

    fn actions(&self) -> Vec<(String, Value)> {
        let paths = self.document["paths"].as_object().unwrap();
        paths
            .iter()
            .map(|(path, item)| (path.trim_start_matches('/').to_owned(), item["post"].clone()))
            .collect()
    }

    fn schemas(&self) -> &Map<String, Value> {
        self.document["components"]["schemas"].as_object().unwrap()
    }

    fn is_used(&self, schema: &str) -> bool {
        self.sent.contains(schema) || self.received.contains(schema)
    }

    /// Whether any action uses the schema at a pointer.
    pub fn uses(&self, pointer: &str) -> bool {
        pointer.strip_prefix(SCHEMAS).is_some_and(|name| self.is_used(name))
    }

    /// Whether a pointer leads to an item.
    pub fn has(&self, pointer: &str) -> bool {
        self.document.pointer(pointer.trim_start_matches('#')).is_some()
    }

    /// All facts. The existence of an item is a row too.
    fn facts(&self) -> BTreeMap<Key, String> {
        let mut facts = BTreeMap::new();
        for (name, action) in self.actions() {
            let at = format!("#/paths/~1{name}/post");
            let mut fact = |aspect: &str, value: String| facts.insert((at.clone(), aspect.to_owned()), value);
            fact("action", "exists".to_owned());
            let body = |body: &Value| -> String {
                let reference = &body["content"]["application/json"]["schema"]["$ref"];
                reference.as_str().unwrap().trim_start_matches(SCHEMAS).to_owned()
            };
            let (request, response) = (body(&action["requestBody"]), body(&action["responses"]["200"]));
            fact("retry", self.retry(&name, &request).to_owned());
            fact("pages", self.has_pages(&request, &response).to_string());
            fact("request", request);
            fact("response", response);
            fact("authentication", self.authentication(&action).to_owned());
            fact("home", tag(&action));
            fact("deprecated", is_true(&action, "deprecated").to_string());
        }
        for (name, schema) in self.schemas() {
            self.schema(name, schema, &mut facts);
        }
        facts
    }

    fn authentication(&self, action: &Value) -> &'static str {
        let security = action.get("security").unwrap_or(&self.document["security"]);
        let schemes: Vec<&String> = security
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|one| one.as_object().unwrap().keys())
            .collect();
        let is_basic = |name: &&&String| {
            let scheme = &self.document["components"]["securitySchemes"][name.as_str()];
            scheme["type"] == "http" && scheme["scheme"] == "basic"
        };
        match (schemes.is_empty(), schemes.iter().any(|name| is_basic(&name))) {
            (true, _) => "none",
            (false, true) => "key or login",
            (false, false) => "key",
        }
    }

    fn has_property(&self, schema: &str, name: &str) -> bool {
        self.schemas()[schema]["properties"].get(name).is_some()
    }

    fn retry(&self, action: &str, request: &str) -> &'static str {
        match () {
            () if action.starts_with("Read") || action.starts_with("Check") => "safe",
            () if self.has_property(request, "ClientToken") => "with a token",
            () => "unsafe",
        }
    }

    /// Whether an action is paginated: its request has a page size, and its response has a page token or a flag for more
    /// items, and exactly one list. With several lists, it is unclear which one is paginated.
    fn has_pages(&self, request: &str, response: &str) -> bool {
        let request_has = |name| self.has_property(request, name);
        let response_has = |name| self.has_property(response, name);
        let properties = self.schemas()[response]["properties"].as_object();
        let lists = properties.into_iter().flatten().filter(|(_, node)| node["type"] == "array").count();
        let by_token = request_has("NextPageToken") && response_has("NextPageToken");
        let by_number = request_has("FirstItem") && response_has("HasMoreItems");
        request_has("ResultsPerPage") && (by_token || by_number) && lists == 1
    }

    fn schema(&self, name: &str, schema: &Value, facts: &mut BTreeMap<Key, String>) {
        let at = format!("{SCHEMAS}{name}");
        let properties = schema["properties"].as_object();
        let values = schema["enum"].as_array();
        let mut fact = |aspect: &str, value: String| facts.insert((at.clone(), aspect.to_owned()), value);
        fact("type", "exists".to_owned());
        let tags = self.tags.get(name).into_iter().flatten().collect::<Vec<_>>();
        match tags.as_slice() {
            [tag] => fact("home", (*tag).clone()),
            _ => fact("home", "common".to_owned()),
        };
        match (properties, values) {
            (Some(_), _) => fact("kind", "struct".to_owned()),
            (None, Some(_)) => fact("kind", "enum".to_owned()),
            (None, None) => fact("kind", "alias".to_owned()),
        };
        if properties.is_none() && values.is_none() {
            fact("alias", self.type_of(schema));
        }
        // The direction of an unused schema depends on its content and is not evaluated here.
        if properties.is_some() && self.is_used(name) {
            let direction = (self.sent.contains(name), self.received.contains(name));
            fact("direction", format!("{direction:?}"));
        }
        enumeration(&at, schema, facts);
        for (property, node) in properties.into_iter().flatten() {
            let is_required =
                schema["required"].as_array().is_some_and(|all| all.contains(&property.as_str().into()));
            self.property(&format!("{at}/properties/{property}"), node, is_required, facts);
        }
    }

    fn property(&self, at: &str, node: &Value, is_required: bool, facts: &mut BTreeMap<Key, String>) {
        assert!(
            node.get("properties").is_none(),
            "{at} is an inline object, which this parser does not support"
        );
        let items = node.get("items").filter(|items| items.get("$ref").is_none());
        for (at, node) in [(at.to_owned(), Some(node)), (format!("{at}/items"), items)] {
            if let Some(node) = node.filter(|node| node.get("enum").is_some()) {
                facts.insert((at.clone(), "type".to_owned()), "exists".to_owned());
                enumeration(&at, node, facts);
            }
        }
        let mut fact = |aspect: &str, value: String| facts.insert((at.to_owned(), aspect.to_owned()), value);
        fact("field", "exists".to_owned());
        fact("field type", self.type_of(node));
        fact("required", is_required.to_string());
        fact("nullable", is_true(node, "nullable").to_string());
        fact("deprecated", is_true(node, "deprecated").to_string());
        fact("default", node.get("default").map_or_else(|| "none".to_owned(), Value::to_string));
        fact("limits", limits(node));
        fact("format", node.get("format").map_or_else(String::new, Value::to_string));
        let of_items = items.map(|items| format!("{} {}", limits(items), items["format"]));
        fact("elements", of_items.unwrap_or_default());
    }

    /// A description of the type: the name of the schema for structs and enums.
    fn type_of(&self, node: &Value) -> String {
        if let Some(reference) = node["$ref"].as_str() {
            let name = reference.strip_prefix(SCHEMAS).unwrap();
            let target = &self.schemas()[name];
            let is_own = target.get("properties").is_some() || target.get("enum").is_some();
            return if is_own { format!("<{name}>") } else { self.type_of(target) };
        }
        if let Some([one]) = node["allOf"].as_array().map(Vec::as_slice) {
            return self.type_of(one);
        }
        if let Some(all) = node["oneOf"].as_array() {
            let all: BTreeSet<String> = all.iter().map(|one| self.type_of(one)).collect();
            return all.into_iter().collect::<Vec<_>>().join(" or ");
        }
        let format = node["format"].as_str().filter(|format| TYPE_FORMATS.contains(format));
        match (node["type"].as_str(), format) {
            _ if node.get("enum").is_some() => "enum".to_owned(),
            (Some("array"), _) => format!("list of {}", self.type_of(&node["items"])),
            (Some("object"), _) => format!("map of {}", self.type_of(&node["additionalProperties"])),
            (Some("string" | "integer"), Some("datetime")) => "date-time".to_owned(),
            (Some(_), Some(format)) => format.to_owned(),
            (Some(plain), None) => plain.to_owned(),
            (None, _) => "anything".to_owned(),
        }
    }

    /// The arguments of a constructor, in order.
    fn arguments(&self, schema: &str) -> Vec<String> {
        let node = &self.schemas()[schema];
        let is_required = |name: &String| {
            node["required"].as_array().is_some_and(|all| all.contains(&name.as_str().into()))
                && !is_true(&node["properties"][name], "nullable")
        };
        let names = node["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
        names.filter(|name| self.sent.contains(schema) && is_required(name)).collect()
    }
}

fn tag(action: &Value) -> String {
    action["tags"][0].as_str().unwrap().to_owned()
}

fn enumeration(at: &str, node: &Value, facts: &mut BTreeMap<Key, String>) {
    let Some(values) = node["enum"].as_array() else { return };
    let kind = if values.iter().all(Value::is_i64) { "integers" } else { "texts" };
    facts.insert((at.to_owned(), "values".to_owned()), kind.to_owned());
    for value in values {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        facts.insert((format!("{at}/enum"), format!("value {value}")), "exists".to_owned());
    }
}

fn limits(node: &Value) -> String {
    let keys = ["minLength", "maxLength", "pattern", "minimum", "maximum", "minItems", "maxItems"];
    keys.map(|key| node[key].to_string()).join(" ")
}

/// The rows that differ. An item that exists on one side only counts as one row. `renamed` lists the old and new names
/// of schemas that count as the same.
pub fn changes(old: &Raw, new: &Raw, renamed: &[(String, String)]) -> BTreeSet<Key> {
    let (old_facts, new_facts) = (old.facts(), new.facts());
    let keys: BTreeSet<&Key> = old_facts.keys().chain(new_facts.keys()).collect();
    let current = |value: &String| {
        let mut value = value.clone();
        for (old, new) in renamed {
            value = value.replace(&format!("<{old}>"), &format!("<{new}>"));
            value = if value == *old { new.clone() } else { value };
        }
        value
    };
    let is_existence =
        |aspect: &str| ["action", "type", "field"].contains(&aspect) || aspect.starts_with("value ");
    let mut found: BTreeSet<Key> = BTreeSet::new();
    for key in keys {
        let (old_fact, new_fact) = (old_facts.get(key).map(current), new_facts.get(key).cloned());
        let is_change = match (&old_fact, &new_fact) {
            (Some(old_fact), Some(new_fact)) => old_fact != new_fact,
            _ => {
                is_existence(&key.1)
                    && parent(&key.0).is_none_or(|parent| old.has(&parent) == new.has(&parent))
            }
        };
        if is_change {
            found.insert(key.clone());
        }
    }
    normalize(old, new, &mut found);
    found
}

/// The parent of a property or value. A new list of values is reported as a new type.
fn parent(at: &str) -> Option<String> {
    match at.rsplit_once("/properties/") {
        _ if at.ends_with("/enum") => Some(at.to_owned()),
        Some((schema, rest)) if !rest.contains('/') => Some(schema.to_owned()),
        Some((schema, rest)) => Some(format!("{schema}/properties/{}", rest.trim_end_matches("/items"))),
        None => None,
    }
}

/// Removes changes that follow from another one, and adds those that no single row shows.
fn normalize(old: &Raw, new: &Raw, found: &mut BTreeSet<Key>) {
    let all = found.clone();
    let has = |at: &str, aspect: &str| all.contains(&(at.to_owned(), aspect.to_owned()));
    found.retain(|(at, aspect)| match aspect.as_str() {
        // Implied by a change of the type.
        "format" | "elements" => !has(at, "field type"),
        _ if aspect.starts_with("value ") => !has(at.trim_end_matches("/enum"), "values"),
        "alias" | "direction" => !has(at, "kind"),
        _ => true,
    });
    // A change of the kind implies all changes below it.
    let kinds: Vec<String> =
        all.iter().filter(|(_, aspect)| aspect == "kind").map(|(at, _)| at.clone()).collect();
    found.retain(|(at, _)| {
        !kinds.iter().any(|kind| at.strip_prefix(kind.as_str()).is_some_and(|rest| rest.starts_with('/')))
    });
    for name in old.schemas().keys().filter(|name| new.schemas().contains_key(*name)) {
        let (old_arguments, new_arguments) = (old.arguments(name), new.arguments(name));
        let common = |these: &[String], others: &[String]| -> Vec<String> {
            these.iter().filter(|name| others.contains(name)).cloned().collect()
        };
        if common(&old_arguments, &new_arguments) != common(&new_arguments, &old_arguments) {
            found.insert((format!("{SCHEMAS}{name}"), "arguments".to_owned()));
        }
    }
}

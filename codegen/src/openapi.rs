//! Values to `openapiv3`, piece by piece, so that one broken piece does not hide the others.

mod keywords;
mod ref_siblings;

pub(crate) use keywords::Kind;

use indexmap::IndexMap;
use openapiv3::{Operation, PathItem, ReferenceOr, RequestBody, Response, Schema};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::diagnostics::{Diagnostics, Pointer};

/// A description, parsed: the pieces that a crate is made of.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) version: String,
    /// `x-docs-url` of the overlay: the official page of an action, with `{action}` for its lower-case name.
    pub(crate) docs_url: Option<String>,
    /// `x-waiters` of the overlay: what can be waited for.
    pub(crate) waiters: Option<Value>,
    /// Requirements that hold where an operation names none: the names of the schemes, by alternative.
    pub(crate) security: Security,
    /// The security schemes, and whether each is HTTP basic authentication.
    pub(crate) schemes: IndexMap<String, bool>,
    pub(crate) schemas: IndexMap<String, ReferenceOr<Schema>>,
    pub(crate) request_bodies: IndexMap<String, ReferenceOr<RequestBody>>,
    pub(crate) responses: IndexMap<String, ReferenceOr<Response>>,
    pub(crate) paths: IndexMap<String, Path>,
}

/// Alternatives, each the schemes that it needs together. No alternative at all: no authentication.
pub(crate) type Security = Vec<IndexMap<String, Vec<String>>>;

/// One path of a description.
#[derive(Debug, Default)]
pub(crate) struct Path {
    pub(crate) description: Option<String>,
    pub(crate) post: Option<Operation>,
    /// Keys of the path item that no action can have, such as `get` or `parameters`.
    pub(crate) unsupported: Vec<String>,
}

/// The description's version. Without quotes YAML takes `1.10` for a number, and the zero is lost.
pub(crate) fn version(value: &Value) -> Option<String> {
    value.pointer("/info/version")?.as_str().map(str::to_owned)
}

/// Parses the whole of a description. `None` only when it is not an OpenAPI 3.0 object at all.
pub(crate) fn parse(mut value: Value, problems: &mut Diagnostics) -> Option<Document> {
    ref_siblings::keep(Kind::Root, &mut value);
    let root = Pointer::root();
    let Some(object) = value.as_object() else {
        problems.error(
            &root,
            "must be an OpenAPI 3.0 document: a mapping with `openapi`, `paths` and `components`",
        );
        return None;
    };
    match object.get("openapi") {
        Some(Value::String(version)) if version.starts_with("3.0.") => {}
        Some(version) => problems.error(&root.join("openapi"), format!("must be 3.0.x, not {version}")),
        None => problems.error(&root, "has no `openapi` version: this is not an OpenAPI 3.0 description"),
    }
    let version = version(&value);
    if version.is_none() {
        problems.error(
            &root.at(&["info", "version"]),
            "must be the version of the description: text, so put it in quotes",
        );
    }
    let empty = Map::new();
    let components = mapping(object.get("components"), &empty, &root.join("components"), problems);
    let part = |name: &str, problems: &mut Diagnostics| {
        mapping(components.get(name), &empty, &root.at(&["components", name]), problems)
    };
    let schemas = part("schemas", problems);
    let request_bodies = part("requestBodies", problems);
    let responses = part("responses", problems);
    let is_basic = |scheme: &Value| {
        scheme.get("type") == Some(&"http".into()) && scheme.get("scheme") == Some(&"basic".into())
    };
    let schemes = part("securitySchemes", problems);
    let at = root.join("components");
    let document = Document {
        version: version.unwrap_or_default(),
        docs_url: object.get("x-docs-url").and_then(Value::as_str).map(str::to_owned),
        waiters: object.get("x-waiters").cloned(),
        security: piece(
            Kind::Data,
            object.get("security").unwrap_or(&Value::Array(vec![])),
            &root.join("security"),
            problems,
        )
        .unwrap_or_default(),
        schemes: schemes.iter().map(|(name, scheme)| (name.clone(), is_basic(scheme))).collect(),
        schemas: pieces(Kind::Schema, schemas, &at.join("schemas"), problems),
        request_bodies: pieces(Kind::RequestBody, request_bodies, &at.join("requestBodies"), problems),
        responses: pieces(Kind::Response, responses, &at.join("responses"), problems),
        paths: paths(object.get("paths"), &root.join("paths"), problems),
    };
    Some(document)
}

fn paths(value: Option<&Value>, at: &Pointer, problems: &mut Diagnostics) -> IndexMap<String, Path> {
    let empty = Map::new();
    let paths = mapping(value, &empty, at, problems);
    if paths.is_empty() {
        problems.error(at, "has no action: there is nothing to generate");
    }
    let mut parsed = IndexMap::new();
    for (name, item) in paths {
        let at = at.join(name);
        let Some(object) = item.as_object() else {
            problems.error(&at, "must be a mapping with a `post` operation");
            continue;
        };
        let unsupported = |key: &&String| {
            !matches!(key.as_str(), "post" | "description" | "summary" | "servers") && !key.starts_with("x-")
        };
        let unsupported: Vec<String> = object.keys().filter(unsupported).cloned().collect();
        if !object.contains_key("post") && unsupported.is_empty() {
            problems.error(&at, "has no `post` operation: every action is a POST");
        }
        parsed.insert(
            name.clone(),
            Path {
                description: object.get("description").and_then(Value::as_str).map(str::to_owned),
                post: object
                    .get("post")
                    .and_then(|post| piece(Kind::Operation, post, &at.join("post"), problems)),
                unsupported,
            },
        );
    }
    parsed
}

fn mapping<'a>(
    value: Option<&'a Value>,
    empty: &'a Map<String, Value>,
    at: &Pointer,
    problems: &mut Diagnostics,
) -> &'a Map<String, Value> {
    match value {
        None => empty,
        Some(Value::Object(object)) => object,
        Some(_) => {
            problems.error(at, "must be a mapping");
            empty
        }
    }
}

fn pieces<T: for<'de> Deserialize<'de>>(
    kind: Kind,
    values: &Map<String, Value>,
    at: &Pointer,
    problems: &mut Diagnostics,
) -> IndexMap<String, T> {
    let parsed = values.iter().filter_map(|(name, value)| {
        piece(kind, value, &at.join(name), problems).map(|piece| (name.clone(), piece))
    });
    parsed.collect()
}

fn piece<T: for<'de> Deserialize<'de>>(
    kind: Kind,
    value: &Value,
    at: &Pointer,
    problems: &mut Diagnostics,
) -> Option<T> {
    match T::deserialize(value) {
        Ok(piece) => {
            passed_over(kind, value, at, problems);
            Some(piece)
        }
        Err(error) => {
            if !blame(kind, value, at, problems) {
                problems.error(at, format!("is not valid here: {error}"));
            }
            None
        }
    }
}

/// Reports keywords of a wrong form that the parser takes for extensions or for absent.
fn passed_over(kind: Kind, value: &Value, at: &Pointer, problems: &mut Diagnostics) {
    match value {
        _ if matches!(kind, Kind::Data | Kind::Prose) => {}
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                passed_over(kind, item, &at.join(index), problems);
            }
        }
        Value::Object(object) => {
            for (key, child) in object {
                let at = at.join(key);
                let is_name = matches!(kind, Kind::Named(_));
                if !is_name && matches!(key.as_str(), "$ref" | "type" | "x-rust-name") && !child.is_string() {
                    problems.error(&at, format!("must be {}", Expected::Text.name()));
                }
                passed_over(kind.child(key), child, &at, problems);
            }
        }
        _ => {}
    }
}

/// Reports the deepest objects that do not parse; whether there were any.
fn blame(kind: Kind, value: &Value, at: &Pointer, problems: &mut Diagnostics) -> bool {
    match value {
        Value::Array(_) if matches!(kind, Kind::Named(_)) => {
            problems.error(at, format!("must be {}", Expected::Mapping.name()));
            true
        }
        Value::Array(items) => {
            let found = items.iter().enumerate().map(|(i, item)| blame(kind, item, &at.join(i), problems));
            found.fold(false, |any, one| any | one)
        }
        Value::Object(object) => {
            let mut found = false;
            for (key, child) in object {
                found |= blame(kind.child(key), child, &at.join(key), problems);
            }
            for (key, child) in object {
                if let Some(expected) = expected(kind, key).filter(|expected| !expected.fits(child)) {
                    problems.error(&at.join(key), format!("must be {}", expected.name()));
                    found = true;
                }
            }
            if !found && let Err(error) = parses(kind, value) {
                problems.error(at, format!("is not valid here: {error}"));
                found = true;
            }
            found
        }
        Value::String(_) | Value::Number(_) | Value::Null | Value::Bool(_) => {
            // `additionalProperties` is the one place of a schema that may be a plain value.
            let wrong =
                !matches!(kind, Kind::Data | Kind::Prose) && !at.as_str().ends_with("/additionalProperties");
            if wrong {
                problems.error(at, "must be a mapping");
            }
            wrong
        }
    }
}

fn parses(kind: Kind, value: &Value) -> Result<(), String> {
    fn check<T: for<'de> Deserialize<'de>>(value: &Value) -> Result<(), String> {
        T::deserialize(value).map(|_| ()).map_err(|error| error.to_string())
    }
    match kind {
        Kind::Schema => check::<ReferenceOr<Schema>>(value),
        Kind::Operation => check::<Operation>(value),
        Kind::PathItem => check::<PathItem>(value),
        Kind::RequestBody => check::<ReferenceOr<RequestBody>>(value),
        Kind::Response => check::<ReferenceOr<Response>>(value),
        Kind::MediaType => check::<openapiv3::MediaType>(value),
        Kind::Parameter => check::<ReferenceOr<openapiv3::Parameter>>(value),
        _ => Ok(()),
    }
}

/// What JSON a keyword takes. Only for saying what is wrong once a piece did not parse.
#[derive(Clone, Copy)]
enum Expected {
    Text,
    Bool,
    BoolOrMapping,
    Number,
    Count,
    List,
    Texts,
    Mapping,
}

impl Expected {
    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Bool => "`true` or `false`",
            Self::BoolOrMapping => "a schema, `true` or `false`",
            Self::Number => "a number",
            Self::Count => "a whole number, 0 or more",
            Self::List => "a list",
            Self::Texts => "a list of texts",
            Self::Mapping => "a mapping",
        }
    }

    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Bool => value.is_boolean(),
            Self::BoolOrMapping => value.is_boolean() || value.is_object(),
            Self::Number => value.is_number(),
            Self::Count => value.is_u64(),
            Self::List => value.is_array(),
            Self::Texts => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
            Self::Mapping => value.is_object(),
        }
    }
}

fn expected(kind: Kind, key: &str) -> Option<Expected> {
    use Expected::*;
    Some(match (kind, key) {
        (Kind::Schema, "type" | "format" | "pattern" | "$ref")
        | (_, "description" | "summary" | "operationId") => Text,
        (Kind::Schema, "nullable" | "deprecated" | "readOnly" | "writeOnly" | "uniqueItems") => Bool,
        (Kind::Schema, "maximum" | "minimum") => Number,
        (Kind::Schema, "maxLength" | "minLength" | "maxItems" | "minItems") => Count,
        (Kind::Schema, "additionalProperties") => BoolOrMapping,
        (Kind::Schema, "enum" | "allOf" | "oneOf" | "anyOf") => List,
        (Kind::Schema, "required") | (Kind::Operation, "tags") => Texts,
        (Kind::Schema, "properties" | "items" | "not") => Mapping,
        (Kind::Operation, "responses" | "requestBody") | (_, "content" | "examples") => Mapping,
        (Kind::RequestBody, "required") => Bool,
        (Kind::Operation, "security" | "parameters") => List,
        _ => return None,
    })
}

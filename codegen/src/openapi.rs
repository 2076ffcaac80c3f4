//! Parses a description piece by piece with `openapiv3`, so that one invalid piece does not hide the problems of others.

mod checks;
mod keywords;
mod references;
mod service;

pub(crate) use keywords::ObjectKind;

use indexmap::IndexMap;
use openapiv3::{Operation, PathItem, ReferenceOr, RequestBody, Response, Schema};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::diagnostics::{Diagnostics, Pointer, Severity, Source};
use crate::ir::Service;
use crate::overlay::Overlay;
use crate::{parallel, yaml};

/// A parsed description: the pieces that the crate is generated from.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) version: String,
    /// `x-docs-url` of the overlay: the URL of an action's official page, with `{action}` for its name in lower case.
    pub(crate) docs_url: Option<String>,
    /// `x-service` of the overlay, and the first server.
    pub(crate) service: Service,
    /// The security requirements of operations that have none of their own.
    pub(crate) security: Security,
    /// The security schemes, and whether each is HTTP basic authentication.
    pub(crate) schemes: IndexMap<String, bool>,
    pub(crate) schemas: IndexMap<String, ReferenceOr<Schema>>,
    pub(crate) request_bodies: IndexMap<String, ReferenceOr<RequestBody>>,
    pub(crate) responses: IndexMap<String, ReferenceOr<Response>>,
    pub(crate) paths: IndexMap<String, Path>,
}

/// Alternatives, each with the schemes that it combines. An empty list means no authentication.
pub(crate) type Security = Vec<IndexMap<String, Vec<String>>>;

/// One path of a description.
#[derive(Debug, Default)]
pub(crate) struct Path {
    pub(crate) description: Option<String>,
    pub(crate) post: Option<Operation>,
    /// Keywords of the path item that no action can have, such as `get` or `parameters`.
    pub(crate) unsupported: Vec<String>,
}

/// Reads a published description. A number that JSON cannot represent is an error, except in an example.
pub(crate) fn read(description: &str, problems: &mut Diagnostics) -> Option<Value> {
    let severity =
        |at: &Pointer| if ObjectKind::is_in_example(at) { Severity::Note } else { Severity::Error };
    yaml::read_with(description, Source::Description, &severity, problems)
}

/// Reads a description, applies the overlay, resolves references to examples, and sorts all keys.
pub(crate) fn read_corrected(
    description: &str,
    overlay: Option<&str>,
    problems: &mut Diagnostics,
) -> Option<Value> {
    let read_overlay = || {
        let mut problems = Diagnostics::default();
        (overlay.map(|text| Overlay::read(text, &mut problems)), problems)
    };
    let (value, (overlay, others)) = parallel::join(|| read(description, problems), read_overlay);
    problems.append(others);
    let mut value = value?;
    if let Some(overlay) = overlay {
        overlay.apply(&mut value, problems);
    }
    references::resolve(&mut value, problems);
    // Keys are in the order of the contract, so that a published description generates the same code as its contract.
    let parts = value.as_object_mut().into_iter().flatten();
    parts.for_each(|(_, part)| part.sort_all_objects());
    Some(value)
}

/// Returns the version of the description. It must be a string: YAML reads an unquoted `1.10` as the number 1.1.
pub(crate) fn version(value: &Value) -> Option<String> {
    value.pointer("/info/version")?.as_str().map(str::to_owned)
}

/// Parses a whole description. Returns `None` only if it is not a mapping.
pub(crate) fn parse(mut value: Value, problems: &mut Diagnostics) -> Option<Document> {
    let root = Pointer::root();
    if !value.is_object() {
        let message = "must be an OpenAPI 3.0 document: a mapping with `openapi`, `paths` and `components`";
        problems.error(&root, message);
        return None;
    }
    checks::check(&value, problems);
    references::keep_siblings(ObjectKind::Root, &mut value);
    check_versions(&value, problems);
    let empty = Map::new();
    let part = |pointer: &str| value.pointer(pointer).and_then(Value::as_object).unwrap_or(&empty);
    let components = root.join("components");
    Some(Document {
        version: version(&value).unwrap_or_default(),
        docs_url: value.get("x-docs-url").and_then(Value::as_str).map(str::to_owned),
        service: service::read(&value, problems),
        security: security(value.get("security"), &root.join("security"), problems),
        schemes: schemes(part("/components/securitySchemes"), &value, problems),
        schemas: pieces(
            ObjectKind::Schema,
            part("/components/schemas"),
            &components.join("schemas"),
            problems,
        ),
        request_bodies: pieces(
            ObjectKind::RequestBody,
            part("/components/requestBodies"),
            &components.join("requestBodies"),
            problems,
        ),
        responses: pieces(
            ObjectKind::Response,
            part("/components/responses"),
            &components.join("responses"),
            problems,
        ),
        paths: paths(part("/paths"), &root.join("paths"), problems),
    })
}

fn check_versions(value: &Value, problems: &mut Diagnostics) {
    let root = Pointer::root();
    match value.get("openapi") {
        Some(Value::String(version)) if version.starts_with("3.0.") => {}
        Some(version) => problems.error(&root.join("openapi"), format!("must be 3.0.x, not {version}")),
        None => problems.error(&root, "has no `openapi` version: this is not an OpenAPI 3.0 description"),
    }
    if version(value).is_none() {
        let message = "must be the version of the description, as a quoted string";
        problems.error(&root.at(&["info", "version"]), message);
    }
}

fn security(value: Option<&Value>, at: &Pointer, problems: &mut Diagnostics) -> Security {
    let parsed = value.map(|value| piece(ObjectKind::Data, value, at, problems));
    parsed.flatten().unwrap_or_default()
}

/// Parses the security schemes. An unsupported scheme is an error if it is required, and a note otherwise.
fn schemes(
    schemes: &Map<String, Value>,
    description: &Value,
    problems: &mut Diagnostics,
) -> IndexMap<String, bool> {
    let at = Pointer::root().at(&["components", "securitySchemes"]);
    let mut parsed = IndexMap::new();
    for (name, scheme) in schemes {
        let text = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default();
        let is_basic = text("type") == "http" && text("scheme").eq_ignore_ascii_case("basic");
        let is_access_key = text("type") == "apiKey" && text("in") == "header";
        if !is_basic && !is_access_key && scheme.is_object() {
            let shown = match text("type") {
                "" => "a security scheme without `type`".to_owned(),
                "http" => format!("HTTP authentication `{}`", text("scheme")),
                "apiKey" => format!("an API key in `{}`", text("in")),
                other => format!("`{other}`"),
            };
            let message = format!(
                "{shown} is not supported: the client signs with an access key (`apiKey` in `header`) or uses HTTP basic \
                 authentication; remove it and its uses in the overlay"
            );
            if is_required(name, description) {
                problems.error(&at.join(name), message);
            } else {
                problems.note(&at.join(name), message);
            }
        }
        parsed.insert(name.clone(), is_basic);
    }
    parsed
}

fn is_required(scheme: &str, description: &Value) -> bool {
    let names = |security: Option<&Value>| {
        let alternatives = security.and_then(Value::as_array).into_iter().flatten();
        alternatives.filter_map(Value::as_object).any(|alternative| alternative.contains_key(scheme))
    };
    let paths = description.get("paths").and_then(Value::as_object);
    let operations = paths.into_iter().flat_map(|paths| paths.values()).filter_map(|path| path.get("post"));
    names(description.get("security")) || operations.into_iter().any(|post| names(post.get("security")))
}

fn paths(paths: &Map<String, Value>, at: &Pointer, problems: &mut Diagnostics) -> IndexMap<String, Path> {
    let mut parsed = IndexMap::new();
    for (name, item) in paths.iter().filter(|(name, _)| !name.starts_with("x-")) {
        // Paths of another type were reported by the checks.
        if let Some(item) = item.as_object() {
            parsed.insert(name.clone(), path(item, &at.join(name), problems));
        }
    }
    if paths.keys().all(|name| name.starts_with("x-")) {
        problems.error(at, "has no action: there is nothing to generate");
    }
    parsed
}

fn path(item: &Map<String, Value>, at: &Pointer, problems: &mut Diagnostics) -> Path {
    const METHODS: [&str; 9] =
        ["get", "put", "delete", "options", "head", "patch", "trace", "parameters", "$ref"];
    let unsupported = item.keys().filter(|key| METHODS.contains(&key.as_str()));
    let unsupported: Vec<String> = unsupported.cloned().collect();
    let post = item.get("post");
    if post.is_none() && unsupported.is_empty() {
        problems.error(at, "has no `post` operation: every action is a POST");
    }
    if post.is_some_and(|post| post.get("callbacks").is_some()) {
        let message = "callbacks are not supported: remove them in the overlay";
        problems.error(&at.at(&["post", "callbacks"]), message);
    }
    let post = post.and_then(|post| piece(ObjectKind::Operation, post, &at.join("post"), problems));
    Path {
        description: item.get("description").and_then(Value::as_str).map(str::to_owned),
        post,
        unsupported,
    }
}

fn pieces<T: for<'de> Deserialize<'de>>(
    kind: ObjectKind,
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
    kind: ObjectKind,
    value: &Value,
    at: &Pointer,
    problems: &mut Diagnostics,
) -> Option<T> {
    match T::deserialize(value) {
        Ok(piece) => Some(piece),
        Err(error) => {
            // The checks reported most causes.
            if !problems.mentions(at) && !report_deepest(kind, value, at, problems) {
                problems.error(at, format!("is not valid here: {error}"));
            }
            None
        }
    }
}

/// Reports the deepest objects that do not parse, and returns whether there were any.
fn report_deepest(kind: ObjectKind, value: &Value, at: &Pointer, problems: &mut Diagnostics) -> bool {
    match value {
        Value::Array(items) => {
            let found =
                items.iter().enumerate().map(|(i, item)| report_deepest(kind, item, &at.join(i), problems));
            found.fold(false, |any, one| any | one)
        }
        Value::Object(object) => {
            let children = object.iter();
            let found = children
                .map(|(key, child)| report_deepest(kind.child(key), child, &at.join(key), problems))
                .fold(false, |any, one| any | one);
            match parses(kind, value) {
                Err(error) if !found => {
                    problems.error(at, format!("is not valid here: {error}"));
                    true
                }
                _ => found,
            }
        }
        _ => false,
    }
}

fn parses(kind: ObjectKind, value: &Value) -> Result<(), String> {
    fn check<T: for<'de> Deserialize<'de>>(value: &Value) -> Result<(), String> {
        T::deserialize(value).map(|_| ()).map_err(|error| error.to_string())
    }
    match kind {
        ObjectKind::Schema => check::<ReferenceOr<Schema>>(value),
        ObjectKind::Operation => check::<Operation>(value),
        ObjectKind::PathItem => check::<PathItem>(value),
        ObjectKind::RequestBody => check::<ReferenceOr<RequestBody>>(value),
        ObjectKind::Response => check::<ReferenceOr<Response>>(value),
        ObjectKind::MediaType => check::<openapiv3::MediaType>(value),
        ObjectKind::Parameter => check::<ReferenceOr<openapiv3::Parameter>>(value),
        _ => Ok(()),
    }
}

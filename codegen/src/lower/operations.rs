//! The actions as described: what each sends and receives, before any type has a name.

use indexmap::IndexMap;
use openapiv3::{MediaType, ReferenceOr, RequestBody, Response, StatusCode};
use serde_json::Value;

use super::schemas::{SchemaNode, Shape, shape, target};
use crate::diagnostics::{Diagnostics, Pointer};
use crate::openapi::Document;

/// An action as the description has it.
#[derive(Debug)]
pub(super) struct Operation<'a> {
    /// The action's name: its path without the slash.
    pub(super) wire: &'a str,
    /// The name its marker and method are derived from: the same, unless the overlay sets `x-rust-name`.
    pub(super) name: &'a str,
    pub(super) at: Pointer,
    pub(super) tag: &'a str,
    pub(super) description: Option<&'a str>,
    pub(super) raw: &'a openapiv3::Operation,
    pub(super) request: Body<'a>,
    pub(super) response: Body<'a>,
    /// The bodies of error responses.
    pub(super) failures: Vec<Body<'a>>,
}

/// The body of a request or of a response.
#[derive(Debug)]
pub(super) struct Body<'a> {
    pub(super) at: Pointer,
    /// `None` if the description has no content or no schema for it.
    pub(super) schema: Option<SchemaNode<'a>>,
    pub(super) media: Option<&'a MediaType>,
    /// The conventional name of its type: the action's name and `Request` or `Response`.
    pub(super) default_name: String,
}

impl<'a> Body<'a> {
    /// The named schema of the body: the one it refers to or, without any content, the one with the default name.
    pub(super) fn named(&self, document: &'a Document) -> Option<&'a str> {
        let Some(mut node) = self.schema else {
            return document.schemas.get_key_value(&self.default_name).map(|(name, _)| name.as_str());
        };
        let mut last = None;
        // A chain of references longer than the number of schemas is a cycle.
        for _ in 0..=document.schemas.len() {
            let Ok(Shape::Reference(reference)) = shape(node) else { return last };
            let (name, schema) = document.schemas.get_key_value(&target(reference)?)?;
            (last, node) = (Some(name.as_str()), schema.into());
        }
        None
    }
}

/// Collects all actions. Anything other than `POST /Action` with JSON in and out is reported and skipped.
pub(super) fn collect<'a>(document: &'a Document, problems: &mut Diagnostics) -> Vec<Operation<'a>> {
    let mut operations = Vec::new();
    for (path, item) in &document.paths {
        let at = Pointer::root().at(&["paths", path]);
        let wire = path.strip_prefix('/').unwrap_or_default();
        if wire.is_empty() || !wire.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            problems.error(&at, "must be `/` followed by an action name of letters and digits only");
            continue;
        }
        for key in &item.unsupported {
            let message = match key.as_str() {
                "parameters" => {
                    "parameters are not supported: an action takes all of its input in its JSON body"
                }
                _ => "is not supported: every action is a POST",
            };
            problems.error(&at.join(key), message);
        }
        let Some(operation) = &item.post else { continue };
        let at = at.join("post");
        if !operation.parameters.is_empty() {
            let message = "parameters are not supported: an action takes all of its input in its JSON body";
            problems.error(&at.join("parameters"), message);
        }
        let request = request(document, operation, wire, &at, problems);
        let (response, failures) = responses(document, operation, wire, &at, problems);
        let (Some(request), Some(response)) = (request, response) else { continue };
        let described = [&operation.description, &operation.summary, &item.description];
        operations.push(Operation {
            wire,
            name: operation.extensions.get("x-rust-name").and_then(Value::as_str).unwrap_or(wire),
            tag: operation.tags.first().map_or("untagged", String::as_str),
            description: described.into_iter().find_map(Option::as_deref),
            raw: operation,
            request,
            response,
            failures,
            at,
        });
    }
    operations
}

fn request<'a>(
    document: &'a Document,
    operation: &'a openapiv3::Operation,
    wire: &str,
    at: &Pointer,
    problems: &mut Diagnostics,
) -> Option<Body<'a>> {
    let at = at.join("requestBody");
    let default_name = format!("{wire}Request");
    match &operation.request_body {
        None => Some(Body { at, schema: None, media: None, default_name }),
        Some(body) => {
            let body: &RequestBody =
                component(body, &document.request_bodies, "requestBodies", &at, problems)?;
            json(&body.content, default_name, &at, problems)
        }
    }
}

/// The success response and the error responses. An action without a success response is reported.
fn responses<'a>(
    document: &'a Document,
    operation: &'a openapiv3::Operation,
    wire: &str,
    at: &Pointer,
    problems: &mut Diagnostics,
) -> (Option<Body<'a>>, Vec<Body<'a>>) {
    let at = at.join("responses");
    let mut success = None;
    let mut failures = Vec::new();
    let mut found = false;
    for (status, response) in &operation.responses.responses {
        let at = at.join(status);
        let ok = matches!(status, StatusCode::Code(200..=299) | StatusCode::Range(2));
        let response: Option<&Response> =
            component(response, &document.responses, "responses", &at, problems);
        let body =
            response.and_then(|response| json(&response.content, format!("{wire}Response"), &at, problems));
        match (ok, found) {
            (true, false) => success = body,
            (true, true) => problems.error(
                &at,
                "is a second success response: an action has only one, so remove the others in the overlay",
            ),
            (false, _) => failures.extend(body),
        }
        found |= ok;
    }
    if !found {
        problems.error(&at, "has no 200: an action needs the schema of its response");
    }
    (success, failures)
}

fn component<'a, T>(
    item: &'a ReferenceOr<T>,
    components: &'a IndexMap<String, ReferenceOr<T>>,
    kind: &str,
    at: &Pointer,
    problems: &mut Diagnostics,
) -> Option<&'a T> {
    match item {
        ReferenceOr::Item(item) => Some(item),
        ReferenceOr::Reference { reference } => {
            let name = reference.strip_prefix(&format!("#/components/{kind}/")).unwrap_or_default();
            match components.get(&crate::diagnostics::unescape_key(name)) {
                Some(ReferenceOr::Item(item)) => Some(item),
                _ => {
                    problems.error(
                        &at.join("$ref"),
                        format!("`{reference}` refers to nothing in components/{kind}"),
                    );
                    None
                }
            }
        }
    }
}

/// The JSON content of a body. A body without content has no schema; content that is not JSON is reported.
fn json<'a>(
    content: &'a IndexMap<String, MediaType>,
    default_name: String,
    at: &Pointer,
    problems: &mut Diagnostics,
) -> Option<Body<'a>> {
    let is_json = |name: &str| name.split(';').next().is_some_and(|name| name.trim() == "application/json");
    match content.iter().find(|(name, _)| is_json(name)) {
        Some((name, media)) => {
            let at = at.at(&["content", name, "schema"]);
            Some(Body {
                at,
                schema: media.schema.as_ref().map(SchemaNode::from),
                media: Some(media),
                default_name,
            })
        }
        None if content.is_empty() => Some(Body { at: at.clone(), schema: None, media: None, default_name }),
        None => {
            problems.error(&at.join("content"), "has no `application/json`: other formats are not supported");
            None
        }
    }
}

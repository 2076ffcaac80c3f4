//! What each action sends and receives, before any type has a name.

use indexmap::IndexMap;
use openapiv3::{MediaType, Operation, ReferenceOr, RequestBody, Response, StatusCode};
use serde_json::Value;

use super::reachability::target;
use super::schema::{Node, Shape, shape};
use crate::diagnostics::{Diagnostics, Pointer};
use crate::openapi::Document;

/// An action as described.
#[derive(Debug)]
pub(super) struct Root<'a> {
    /// The action's name: its path without the slash.
    pub(super) wire: &'a str,
    /// What its marker and its method are named after: the same, unless the overlay says otherwise.
    pub(super) name: &'a str,
    pub(super) at: Pointer,
    pub(super) tag: &'a str,
    pub(super) description: Option<&'a str>,
    pub(super) operation: &'a Operation,
    pub(super) request: Body<'a>,
    pub(super) response: Body<'a>,
    /// The bodies of answers that are not a success.
    pub(super) failures: Vec<Body<'a>>,
}

/// The body of a request or of an answer.
#[derive(Debug)]
pub(super) struct Body<'a> {
    pub(super) at: Pointer,
    /// Nothing where the description has no content or no schema for it.
    pub(super) schema: Option<Node<'a>>,
    pub(super) media: Option<&'a MediaType>,
    /// The name that its type has by custom: that of the action and `Request` or `Response`.
    pub(super) usual: String,
}

impl<'a> Body<'a> {
    /// The named schema of the body: the one that it refers to or, without any content, the one of the usual name.
    pub(super) fn named(&self, document: &'a Document) -> Option<&'a str> {
        let Some(mut node) = self.schema else {
            return document.schemas.get_key_value(&self.usual).map(|(name, _)| name.as_str());
        };
        let mut last = None;
        // A chain of references longer than there are schemas is a circle.
        for _ in 0..=document.schemas.len() {
            let Ok(Shape::Reference(reference)) = shape(node) else { return last };
            let (name, schema) = document.schemas.get_key_value(&target(reference)?)?;
            (last, node) = (Some(name.as_str()), schema.into());
        }
        None
    }
}

/// Finds all actions. What is not `POST /Action` with JSON in and out is reported and left out.
pub(super) fn collect<'a>(document: &'a Document, problems: &mut Diagnostics) -> Vec<Root<'a>> {
    let mut roots = Vec::new();
    for (path, item) in &document.paths {
        let at = Pointer::root().at(&["paths", path]);
        let wire = path.strip_prefix('/').unwrap_or_default();
        if wire.is_empty() || !wire.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            problems.error(&at, "must be `/` and the name of an action: letters and digits only");
            continue;
        }
        for key in &item.unsupported {
            let message = match key.as_str() {
                "parameters" => "parameters are not supported: all that an action takes is in its JSON body",
                _ => "is not supported: every action is a POST",
            };
            problems.error(&at.join(key), message);
        }
        let Some(operation) = &item.post else { continue };
        let at = at.join("post");
        if !operation.parameters.is_empty() {
            let message = "parameters are not supported: all that an action takes is in its JSON body";
            problems.error(&at.join("parameters"), message);
        }
        let request = request(document, operation, wire, &at, problems);
        let (response, failures) = responses(document, operation, wire, &at, problems);
        let (Some(request), Some(response)) = (request, response) else { continue };
        let described = [&operation.description, &operation.summary, &item.description];
        roots.push(Root {
            wire,
            name: operation.extensions.get("x-rust-name").and_then(Value::as_str).unwrap_or(wire),
            tag: operation.tags.first().map_or("untagged", String::as_str),
            description: described.into_iter().find_map(Option::as_deref),
            operation,
            request,
            response,
            failures,
            at,
        });
    }
    roots
}

fn request<'a>(
    document: &'a Document,
    operation: &'a Operation,
    wire: &str,
    at: &Pointer,
    problems: &mut Diagnostics,
) -> Option<Body<'a>> {
    let at = at.join("requestBody");
    let usual = format!("{wire}Request");
    match &operation.request_body {
        None => Some(Body { at, schema: None, media: None, usual }),
        Some(body) => {
            let body: &RequestBody =
                component(body, &document.request_bodies, "requestBodies", &at, problems)?;
            json(&body.content, usual, &at, problems)
        }
    }
}

/// The success and the failures. A success is what an action is for: without one it is reported.
fn responses<'a>(
    document: &'a Document,
    operation: &'a Operation,
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
                "is a second success: an action has one answer, so remove the others in the overlay",
            ),
            (false, _) => failures.extend(body),
        }
        found |= ok;
    }
    if !found {
        problems.error(&at, "has no 200: an action needs the schema of its answer");
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
            match components.get(&crate::diagnostics::unescape(name)) {
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

/// The JSON content of a body. No content at all is a body without a schema; content that is not JSON is reported.
fn json<'a>(
    content: &'a IndexMap<String, MediaType>,
    usual: String,
    at: &Pointer,
    problems: &mut Diagnostics,
) -> Option<Body<'a>> {
    let is_json = |name: &str| name.split(';').next().is_some_and(|name| name.trim() == "application/json");
    match content.iter().find(|(name, _)| is_json(name)) {
        Some((name, media)) => {
            let at = at.at(&["content", name, "schema"]);
            Some(Body { at, schema: media.schema.as_ref().map(Node::from), media: Some(media), usual })
        }
        None if content.is_empty() => Some(Body { at: at.clone(), schema: None, media: None, usual }),
        None => {
            problems.error(&at.join("content"), "has no `application/json`: other formats are not supported");
            None
        }
    }
}

//! Actions: names, authentication, retry safety, documentation.

use std::collections::HashMap;

use super::operations::Operation;
use super::types::Types;
use super::{examples, pagination};
use crate::diagnostics::{Diagnostics, Pointer};
use crate::doc_text::{Docs, sentences};
use crate::ir::{Action, Auth, Field, Pagination, Presence, RetrySafety, Type};
use crate::names;
use crate::openapi::{Document, Security};

/// Lowers every action whose bodies have types, each with the tag that decides its file.
pub(super) fn lower(
    document: &Document,
    docs: &Docs,
    operations: &[Operation<'_>],
    types: &Types,
    problems: &mut Diagnostics,
) -> Vec<(String, Action)> {
    let mut actions = Vec::new();
    let mut methods: HashMap<String, &Pointer> = HashMap::new();
    let mut pages = pagination::Pages::default();
    if !operations.is_empty() {
        auth(document, &document.security, &Pointer::root().join("security"), problems);
    }
    for operation in operations {
        let Some(bodies) = types.bodies.get(operation.wire) else { continue };
        let Some((marker, method)) = name(operation, problems) else { continue };
        if let Some(other) = methods.insert(method.clone(), &operation.at) {
            let message =
                format!("would be the method `{method}`, as {other} already is: remove one in the overlay");
            problems.error(&operation.at, message);
            continue;
        }
        let auth = match &operation.raw.security {
            Some(security) => auth(document, security, &operation.at.join("security"), problems),
            None => auth(document, &document.security, &Pointer::root().join("security"), problems),
        };
        let pagination = pages.of(operation, types, bodies, problems);
        let parts = ActionParts { marker, method, bodies, auth, pagination };
        actions.push((operation.tag.to_owned(), action(document, docs, operation, types, parts)));
    }
    actions
}

/// The parts of an action whose lowering reports problems.
struct ActionParts<'t> {
    marker: String,
    method: String,
    bodies: &'t (String, String),
    auth: Auth,
    pagination: Option<Pagination>,
}

fn action(
    document: &Document,
    docs: &Docs,
    operation: &Operation<'_>,
    types: &Types,
    parts: ActionParts<'_>,
) -> Action {
    let ActionParts { marker, method, bodies: (request, response), auth, pagination } = parts;
    let Operation { wire, at, description, raw, .. } = operation;
    let service = &document.service;
    let client_token = types.structure(request).and_then(|request| request.field(&service.client_token));
    let client_token = client_token.filter(can_be_generated);
    let retry = retry_safety(wire, &service.read_verbs, client_token.is_some());
    let summary = docs.action(wire, *description);
    let docs_url = document.docs_url.as_deref();
    Action {
        wire: (*wire).to_owned(),
        at: at.clone(),
        marker,
        method,
        request: request.clone(),
        response: response.clone(),
        auth,
        retry,
        client_token: client_token.map(|field| field.ident.clone()),
        aliases: docs.aliases(wire),
        summary: summary.unwrap_or_else(|| sentences::undocumented_action(wire)),
        facts: sentences::action(wire, auth, retry, pagination.as_ref(), raw.deprecated, docs_url),
        errors: Vec::new(),
        examples: examples::requests(types, docs, operation, request),
        example_response: examples::response(operation.response.media),
        pagination,
        deprecated: raw.deprecated,
    }
}

/// The names of the marker type and of the client's method.
fn name(operation: &Operation<'_>, problems: &mut Diagnostics) -> Option<(String, String)> {
    match (names::type_name(operation.name), names::method(operation.name)) {
        (Ok(marker), Ok(method)) => Some((marker, method)),
        (marker, method) => {
            let messages = marker.err().into_iter().chain(method.err());
            messages.for_each(|message| problems.error(&operation.at, message));
            None
        }
    }
}

/// Without any requirement, no authentication; basic authentication is accepted if an alternative has it.
fn auth(document: &Document, security: &Security, at: &Pointer, problems: &mut Diagnostics) -> Auth {
    let mut basic = false;
    for scheme in security.iter().flat_map(|alternative| alternative.keys()) {
        match document.schemes.get(scheme) {
            Some(is_basic) => basic |= is_basic,
            None => problems.error(at, format!("`{scheme}` is not in components/securitySchemes")),
        }
    }
    match (security.iter().all(|alternative| alternative.is_empty()), basic) {
        (true, _) => Auth::None,
        (false, true) => Auth::AccessKeyOrBasic,
        (false, false) => Auth::AccessKey,
    }
}

/// Whether the runtime can set a client token that the caller omitted: an optional string.
fn can_be_generated(field: &&Field) -> bool {
    field.ty == Type::String && field.presence == Presence::Optional
}

/// The first word of a name says whether the action only reads; a client token makes a create safe to retry.
fn retry_safety(wire: &str, read_verbs: &[String], has_client_token: bool) -> RetrySafety {
    let has_verb = |verb: &String| {
        wire.strip_prefix(verb.as_str())
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase()))
    };
    if read_verbs.iter().any(has_verb) {
        RetrySafety::Idempotent
    } else if has_client_token {
        RetrySafety::ClientToken
    } else {
        RetrySafety::Unsafe
    }
}

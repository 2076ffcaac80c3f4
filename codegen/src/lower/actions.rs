//! Actions: names, authentication, retry safety, documentation.

use std::collections::HashMap;

use super::operations::Root;
use super::types::Types;
use super::{constraints, examples, pagination};
use crate::diagnostics::{Diagnostics, Pointer};
use crate::doc_text::Docs;
use crate::ir::{Action, Auth, RetrySafety, Struct, TypeDef};
use crate::names;
use crate::openapi::{Document, Security};

/// First words of the actions that change nothing, so that sending one twice is no harm.
const READING: &[&str] = &["Read", "Check"];

/// Lowers every action whose bodies have types. With each comes the tag that says which file it goes to.
pub(super) fn lower(
    document: &Document,
    docs: &Docs,
    roots: &[Root<'_>],
    types: &Types,
    problems: &mut Diagnostics,
) -> Vec<(String, Action)> {
    let mut actions = Vec::new();
    let mut methods: HashMap<String, &Pointer> = HashMap::new();
    let mut pages = pagination::Pages::default();
    if !roots.is_empty() {
        auth(document, &document.security, &Pointer::root().join("security"), problems);
    }
    for root in roots {
        let Some(bodies @ (request, response)) = types.bodies.get(root.wire) else { continue };
        let Some((marker, method)) = name(root, problems) else { continue };
        if let Some(other) = methods.insert(method.clone(), &root.at) {
            let message = format!(
                "would be the method `{method}`, which {other} is already: remove one in the overlay"
            );
            problems.error(&root.at, message);
            continue;
        }
        let auth = match &root.operation.security {
            Some(security) => auth(document, security, &root.at.join("security"), problems),
            None => auth(document, &document.security, &Pointer::root().join("security"), problems),
        };
        let retry = retry(root.wire, structure(types, request));
        let pagination = pages.of(root, types, bodies, problems);
        let text = docs.action(root.wire, root.description);
        actions.push((
            root.tag.to_owned(),
            Action {
                wire: root.wire.to_owned(),
                at: root.at.clone(),
                marker,
                method,
                request: request.clone(),
                response: response.clone(),
                auth,
                retry,
                summary: text.unwrap_or_else(|| vec![format!("Calls `{}`.", root.wire)]),
                facts: constraints::action(
                    root.wire,
                    auth,
                    retry,
                    pagination.as_ref(),
                    root.operation.deprecated,
                    document.docs_url.as_deref(),
                ),
                examples: examples::requests(types, docs, root, request),
                answer: examples::answer(root.response.media),
                pagination,
                deprecated: root.operation.deprecated,
            },
        ));
    }
    actions
}

/// The names of the marker type and of the client's method.
fn name(root: &Root<'_>, problems: &mut Diagnostics) -> Option<(String, String)> {
    match (names::type_name(root.name), names::method(root.name)) {
        (Ok(marker), Ok(method)) => Some((marker, method)),
        (marker, method) => {
            let messages = marker.err().into_iter().chain(method.err());
            messages.for_each(|message| problems.error(&root.at, message));
            None
        }
    }
}

/// No requirement at all is no authentication; basic is on offer where one alternative has it.
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

fn structure<'t>(types: &'t Types, name: &str) -> Option<&'t Struct> {
    match &types.definitions.get(name)?.definition {
        TypeDef::Struct(definition) => Some(definition),
        _ => None,
    }
}

fn has(definition: Option<&Struct>, wire: &str) -> bool {
    definition.is_some_and(|definition| definition.fields.iter().any(|field| field.wire == wire))
}

/// The first word of an action says whether it changes anything; a client token makes a create repeatable.
fn retry(wire: &str, request: Option<&Struct>) -> RetrySafety {
    let is = |verb: &str| {
        wire.strip_prefix(verb).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase()))
    };
    if READING.iter().any(|verb| is(verb)) {
        RetrySafety::Idempotent
    } else if has(request, "ClientToken") {
        RetrySafety::ClientToken
    } else {
        RetrySafety::Unsafe
    }
}

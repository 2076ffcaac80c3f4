//! From `openapiv3` to the model. Everything is decided here; what cannot be expressed is reported, and the rest
//! goes on.

mod accessors;
mod actions;
mod constraints;
mod error_codes;
mod examples;
mod identifiers;
mod listings;
mod modules;
mod operations;
mod pagination;
mod reachability;
mod recursion;
mod schemas;
mod types;
mod value_sets;
mod waiters;

use serde_json::{Map, Value};

use crate::diagnostics::{Diagnostic, Diagnostics, Pointer, Severity, Source};
use crate::doc_text::{Docs, sentences};
use crate::ir::{Api, TypeDef};
use crate::names;
use crate::openapi::Document;

pub(crate) use error_codes::{ErrorCodes, read as codes};
pub(crate) use waiters::read as waiters;

/// Lowers a whole description. Returns `None` if there is no action left to generate.
pub(crate) fn lower(
    document: &Document,
    docs: &Docs,
    codes: ErrorCodes,
    waiters: &Map<String, Value>,
    problems: &mut Diagnostics,
) -> Option<Api> {
    let operations = operations::collect(document, problems);
    let reachability = reachability::Reachability::of(document, &operations, problems);
    let mut types = types::lower(document, docs, &operations, &reachability, problems);
    recursion::boxed(&mut types.definitions, problems);
    let mut actions = actions::lower(document, docs, &operations, &types, problems);
    accessors::add(actions.iter().map(|(_, action)| action), &mut types);
    // Where a part of the description could not be read, what seems unused may belong to that part.
    let is_gap =
        |problem: &Diagnostic| problem.source == Source::Description && problem.severity != Severity::Note;
    let is_complete = !problems.list().iter().any(is_gap);
    codes.document(actions.iter_mut().map(|(_, action)| action), |request| types.structure(request));
    if is_complete {
        report_unused(docs, &types, problems);
    }
    let waiters = waiters::lower(waiters, actions.iter().map(|(_, action)| action), &types, problems);
    let tables = listings::lower(actions.iter().map(|(_, action)| action), &waiters, &types);
    for (_, action) in &mut actions {
        let function = waiters::changed_by(action, &waiters, &types);
        action.facts.extend(function.map(sentences::waiter));
    }
    let modules = modules::arrange(types, actions, problems);
    let ErrorCodes { codes, classes: code_classes, .. } = codes;
    (!modules.is_empty()).then(|| Api {
        version: document.version.clone(),
        service: document.service.clone(),
        codes,
        code_classes,
        waiters,
        tables,
        modules,
    })
}

/// Reports texts and table rows that nothing uses.
fn report_unused(docs: &Docs, types: &types::Types, problems: &mut Diagnostics) {
    docs.report_unused(problems);
    let wires = types.definitions.values().filter_map(|placed| match &placed.definition {
        TypeDef::Struct(definition) => Some(definition.fields.iter().map(|field| field.wire.as_str())),
        _ => None,
    });
    for row in names::unused_exceptions(wires.flatten()) {
        let message = format!("no field is called `{row}`: remove the row from the exceptions in names.rs");
        problems.stale(Source::Generator, &Pointer::root(), message);
    }
}

//! Waiters: the rows of `spec/waiters.yaml`, checked against the types.
//!
//! ```yaml
//! ReadVms:                # The action that reads the resources.
//!   filter: VmIds         # The field of its `Filters` that takes the identifiers.
//!   list: Vms             # The list of the response.
//!   id: VmId              # The field of an item with the identifier.
//!   resources:
//!     vm:                 # The function to generate.
//!       noun: VM          # The resource in prose.
//!       part: LinkedVols  # Optional: the part of the resource that has the state.
//!       state: State      # The field with the state; a nested one is `State.Name`.
//!       minutes: 15       # The default timeout; 10 if omitted.
//!       until:
//!         running: {states: [running], failures: [terminated]}  # `states` defaults to the name of the goal.
//!         terminated: {deleted: true}                           # A deleted resource reaches this goal too.
//! ```

mod resources;
mod rows;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use self::resources::lower_resource;
use self::rows::{Lowered, SourceRow, field, malformed, read_row, unknown};
use super::types::Types;
use crate::diagnostics::{Diagnostics, Pointer, Source};
use crate::ir::{Action, Cursor, Pagination, Presence, RetrySafety, Struct, Type, WaiterSource};
use crate::yaml;

/// Reads `spec/waiters.yaml`: the rows by the name of their action, in the order of the file.
pub(crate) fn read(text: &str, problems: &mut Diagnostics) -> Map<String, Value> {
    match yaml::read(text, Source::Waiters, problems) {
        Some(Value::Object(rows)) => rows,
        Some(_) => {
            problems.error_in(Source::Waiters, &Pointer::root(), "must be a mapping of actions");
            Map::new()
        }
        None => Map::new(),
    }
}

/// Lowers every row. A row with a problem is reported and left out.
pub(super) fn lower<'a>(
    rows: &Map<String, Value>,
    actions: impl Iterator<Item = &'a Action> + Clone,
    types: &Types,
    problems: &mut Diagnostics,
) -> Vec<WaiterSource> {
    let (mut sources, mut functions) = (Vec::new(), BTreeSet::new());
    for (name, row) in rows {
        let at = Pointer::root().join(name);
        let action = actions.clone().find(|action| action.wire == *name);
        let action = action.ok_or_else(|| unknown(&at, "is not an action"));
        let read = action.and_then(|action| {
            let row: SourceRow = read_row(row, &at)?;
            Ok((lower_source(action, types, &row, &at)?, row))
        });
        let ((mut source, item), row) = match read {
            Ok(read) => read,
            Err(problem) => {
                problem.report(problems);
                continue;
            }
        };
        for (name, row) in &row.resources {
            let at = at.at(&["resources", name]);
            match lower_resource(name, types, item, row, &at) {
                // Two names may become one type, and then one function too.
                Ok(resource) if functions.insert(resource.type_.clone()) => source.watched.push(resource),
                Ok(_) => {
                    problems.error_in(Source::Waiters, &at, "has the same Rust name as another resource")
                }
                Err(found) => found.into_iter().for_each(|problem| problem.report(problems)),
            }
        }
        sources.push(source);
    }
    sources.retain(|source| !source.watched.is_empty());
    sources
}

/// The waiter for the resource that an action changes: one whose resource it returns, or is named after.
pub(super) fn changed_by<'a>(action: &Action, sources: &'a [WaiterSource], types: &Types) -> Option<&'a str> {
    if action.retry == RetrySafety::Idempotent {
        return None;
    }
    let response = types.structure(&action.response);
    let returns = |item: &str| {
        let mut fields = response.into_iter().flat_map(|response| &response.fields);
        fields.any(|field| names_type(&field.ty, item))
    };
    let is_named_after = |item: &str| action.wire.trim_end_matches('s').ends_with(item);
    let source = sources.iter().find(|source| returns(&source.item) || is_named_after(&source.item))?;
    // The resource itself comes before its parts.
    let resource = source.watched.iter().find(|resource| resource.part.is_none());
    resource.or(source.watched.first()).map(|resource| resource.function.as_str())
}

/// Whether a type is this struct, or a list of it.
fn names_type(ty: &Type, name: &str) -> bool {
    match ty {
        Type::Named(named) => named == name,
        Type::List(element) => names_type(element, name),
        _ => false,
    }
}

/// The row of an action, without its resources, and the type of the items.
fn lower_source<'t>(
    action: &Action,
    types: &'t Types,
    row: &SourceRow,
    at: &Pointer,
) -> Lowered<(WaiterSource, &'t Struct)> {
    if row.resources.is_empty() {
        return Err(malformed(&at.join("resources"), "must not be empty"));
    }
    let body =
        |name: &str| types.structure(name).ok_or_else(|| unknown(at, format!("`{name}` is not a struct")));
    let (request, response) = (body(&action.request)?, body(&action.response)?);
    let filters_field = field(request, "Filters", at)?;
    let Type::Named(filters) = &filters_field.ty else {
        return Err(unknown(at, "`Filters` of its request is not a struct"));
    };
    let filters = body(filters)?;
    let filter = field(filters, &row.filter, &at.join("filter"))?;
    if !matches!(&filter.ty, Type::List(inner) if inner.is_string_or_identifier()) {
        return Err(unknown(&at.join("filter"), "is not a list of strings"));
    }
    let list = field(response, &row.list, &at.join("list"))?;
    let item = match &list.ty {
        Type::List(item) if list.presence == Presence::Empty => types.struct_of(item),
        _ => None,
    };
    let item = item.ok_or_else(|| unknown(&at.join("list"), "is not a list of structs"))?;
    let id = field(item, &row.id, &at.join("id"))?;
    if !id.ty.is_string_or_identifier() || id.presence != Presence::Optional {
        return Err(unknown(&at.join("id"), "is not an optional string"));
    }
    if [request, filters].iter().any(|body| body.fields.iter().any(|field| field.required)) {
        return Err(unknown(at, "its request has required fields other than the identifiers"));
    }
    let source = WaiterSource {
        marker: action.marker.clone(),
        request: request.name.clone(),
        response: response.name.clone(),
        filters: (filters_field.setter.clone(), filters.name.clone()),
        filter: filter.setter.clone(),
        list: list.ident.clone(),
        item: item.name.clone(),
        id_type: id.ty.clone(),
        id: id.ident.clone(),
        page: page_fields(action, at)?,
        watched: Vec::new(),
    };
    Ok((source, item))
}

/// The fields of a page: the request's token, the page size, and the response's token.
fn page_fields(action: &Action, at: &Pointer) -> Lowered<Option<(String, String, String)>> {
    match &action.pagination {
        None => Ok(None),
        Some(Pagination { cursor: Cursor::Token { request, response }, size, .. }) => {
            Ok(Some((request.clone(), size.clone(), response.clone())))
        }
        Some(Pagination { cursor: Cursor::FirstItem { .. }, .. }) => {
            Err(unknown(at, "is paginated by `FirstItem`, but waiters support only page tokens"))
        }
    }
}

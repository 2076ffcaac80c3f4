//! Which actions list items, have a dry run, or read resources by ID, found by the shape of request and response.

use std::collections::BTreeSet;

use super::types::Types;
use crate::ir::{
    Action, ActionTables, ById, Cursor, Field, Listing, PageStyle, Pagination, Presence, RetrySafety,
    SingleListing, Struct, Type, WaiterSource,
};

/// The request field that makes the API check a call without performing it.
const DRY_RUN: &str = "DryRun";

/// Finds the tables' rows.
pub(super) fn lower<'a>(
    actions: impl Iterator<Item = &'a Action>,
    waiters: &[WaiterSource],
    types: &Types,
) -> ActionTables {
    let mut actions: Vec<&Action> = actions.collect();
    actions.sort_by(|a, b| a.wire.cmp(&b.wire));
    let mut tables = ActionTables::default();
    let mut items = BTreeSet::new();
    // Two actions may share a request, which can stand for one of them only: for the paginated one, if any.
    let paginated = actions.iter().filter(|action| action.pagination.is_some());
    let mut requests: BTreeSet<String> = paginated.map(|action| action.request.clone()).collect();
    for action in actions {
        let bodies = types.structure(&action.request).zip(types.structure(&action.response));
        let Some((request, response)) = bodies else { continue };
        if request.field(DRY_RUN).is_some_and(|field| field.ty == Type::Bool) {
            tables.dry_run.push(action.wire.clone());
        }
        if action.retry != RetrySafety::Idempotent {
            continue;
        }
        tables.listings.extend(listing(action, request, response, types));
        let single = single(action, request, response, types);
        tables.single.extend(single.filter(|single| requests.insert(single.request.clone())));
        let known = waiters.iter().find(|source| source.marker == action.marker);
        let has_waiters = known.is_some();
        let source = known.cloned().or_else(|| by_id(action, request, response, types));
        // Only one action can be the one that reads a type.
        let source = source.filter(|source| items.insert(source.item.clone()));
        tables.by_id.extend(source.map(|source| ById { source, has_waiters }));
    }
    tables
}

/// The listing of an action, if its response has one list of items, or the lists of its pages.
fn listing(action: &Action, request: &Struct, response: &Struct, types: &Types) -> Option<Listing> {
    let (inside, lists) = match &action.pagination {
        Some(Pagination { inside, lists, .. }) => {
            let inside = inside.as_ref().and_then(|ident| by_ident(response, ident));
            let holder = inside.map_or(Some(response), |field| types.struct_of(&field.ty))?;
            let lists = lists.iter().filter_map(|ident| by_ident(holder, ident));
            (inside, lists.filter_map(list).collect())
        }
        None => {
            let (inside, list) = only_list(response, types)?;
            (inside, vec![list])
        }
    };
    let (_, item) = lists.first()?;
    Some(Listing {
        action: action.wire.clone(),
        item: match item {
            Type::Named(name) | Type::Boxed(name) | Type::Identifier(name) => name.clone(),
            _ => "String".to_owned(),
        },
        auth: action.auth,
        pages: match &action.pagination {
            None => PageStyle::Single,
            Some(Pagination { cursor: Cursor::Token { .. }, .. }) => PageStyle::Token,
            Some(Pagination { cursor: Cursor::FirstItem { .. }, .. }) => PageStyle::FirstItem,
        },
        inside: inside.map(|field| field.wire.clone()),
        lists: lists.iter().map(|(field, _)| field.wire.clone()).collect(),
        required: request.required().map(|field| field.wire.clone()).collect(),
    })
}

/// How the items of an action that is not paginated are found.
fn single(action: &Action, request: &Struct, response: &Struct, types: &Types) -> Option<SingleListing> {
    if action.pagination.is_some() {
        return None;
    }
    let (inside, (list, item)) = only_list(response, types)?;
    matches!(item, Type::Named(_) | Type::Identifier(_) | Type::String).then(|| SingleListing {
        marker: action.marker.clone(),
        request: request.name.clone(),
        response: response.name.clone(),
        item: item.clone(),
        inside: inside.map(|field| field.ident.clone()),
        list: list.ident.clone(),
    })
}

/// The only list of a response, and the field that holds it, if the response itself does not.
fn only_list<'t>(
    response: &'t Struct,
    types: &'t Types,
) -> Option<(Option<&'t Field>, (&'t Field, &'t Type))> {
    match lists_of(response).as_slice() {
        [only] => Some((None, *only)),
        [] => list_inside(response, types).map(|(field, list)| (Some(field), list)),
        _ => None,
    }
}

/// The only list of structs in the only struct of a response that has one, as in a catalog.
fn list_inside<'t>(response: &'t Struct, types: &'t Types) -> Option<(&'t Field, (&'t Field, &'t Type))> {
    let mut found =
        response.fields.iter().filter_map(|field| match lists_of(types.struct_of(&field.ty)?).as_slice() {
            [only] if types.struct_of(only.1).is_some() => Some((field, *only)),
            _ => None,
        });
    found.next().filter(|_| found.next().is_none())
}

/// How an action reads resources by ID: its filters take IDs that its items have, as `VmIds` and `VmId` of `Vm`.
fn by_id(action: &Action, request: &Struct, response: &Struct, types: &Types) -> Option<WaiterSource> {
    let page = match &action.pagination {
        None => None,
        Some(Pagination {
            cursor: Cursor::Token { request, response }, size, inside: None, lists, ..
        }) if lists.len() == 1 => Some((request.clone(), size.clone(), response.clone())),
        Some(_) => return None,
    };
    let lists = lists_of(response);
    let [(list, item)] = lists.as_slice() else { return None };
    let item = types.struct_of(item)?;
    let filters_field = request.field("Filters")?;
    let filters = types.struct_of(&filters_field.ty)?;
    if [request, filters].iter().any(|body| body.required().next().is_some()) {
        return None;
    }
    let nouns = [item.name.as_str(), item.name.trim_end_matches('s')];
    let names = nouns.iter().flat_map(|noun| [format!("{noun}Id"), format!("{noun}Name")]);
    let (id, filter) = names.into_iter().find_map(|name| {
        let id = item
            .field(&name)
            .filter(|id| id.ty.is_string_or_identifier() && id.presence == Presence::Optional)?;
        let filter = filters.field(&format!("{name}s"));
        let filter = filter.filter(|filter| matches!(&filter.ty, Type::List(of) if **of == id.ty))?;
        Some((id, filter))
    })?;
    Some(WaiterSource {
        marker: action.marker.clone(),
        request: request.name.clone(),
        response: response.name.clone(),
        filters: (filters_field.setter.clone(), filters.name.clone()),
        filter: filter.setter.clone(),
        list: list.ident.clone(),
        item: item.name.clone(),
        id: id.ident.clone(),
        id_type: id.ty.clone(),
        page,
        watched: Vec::new(),
    })
}

fn by_ident<'t>(holder: &'t Struct, ident: &str) -> Option<&'t Field> {
    holder.fields.iter().find(|field| field.ident == ident)
}

fn lists_of(holder: &Struct) -> Vec<(&Field, &Type)> {
    holder.fields.iter().filter_map(list).collect()
}

fn list(field: &Field) -> Option<(&Field, &Type)> {
    match &field.ty {
        Type::List(item) if field.presence == Presence::Empty => Some((field, item)),
        _ => None,
    }
}

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

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::types::Types;
use crate::diagnostics::{Diagnostics, Pointer, Source};
use crate::doc_text::sentences;
use crate::ir::{
    Action, Cursor, Field, Goal, Pagination, Presence, RetrySafety, Struct, Type, TypeDef, Values,
    WaiterResource, WaiterSource,
};
use crate::{names, yaml};

const DEFAULT_MINUTES: u64 = 10;
const MAX_MINUTES: u64 = 24 * 60;

/// The types of the runtime's module that also holds the generated ones.
const RESERVED_TYPES: &[&str] = &["Goal", "Listed", "Progress", "Subject", "Wait", "Waiter"];

/// The row of an action. The rows below it are read one by one, so that each problem has its own location.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping with `filter`, `list`, `id` and `resources`")]
struct SourceRow {
    filter: String,
    list: String,
    id: String,
    resources: Map<String, Value>,
}

/// The row of a resource.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping with `noun`, `state` and `until`")]
struct ResourceRow {
    noun: String,
    part: Option<String>,
    state: String,
    minutes: Option<u64>,
    until: Map<String, Value>,
}

/// The row of a goal.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping with `states`, `failures` and `deleted`, all optional")]
struct GoalRow {
    states: Option<Vec<String>>,
    #[serde(default)]
    failures: Vec<String>,
    #[serde(default)]
    deleted: bool,
}

/// Why a row is not lowered.
enum Problem {
    /// The row itself is invalid.
    Malformed(Pointer, String),
    /// The description does not have what the row names, or not in this version.
    Unknown(Pointer, String),
}

type Lowered<T> = Result<T, Problem>;

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
    if !matches!(&filter.ty, Type::List(inner) if is_text(inner)) {
        return Err(unknown(&at.join("filter"), "is not a list of strings"));
    }
    let list = field(response, &row.list, &at.join("list"))?;
    let item = match &list.ty {
        Type::List(item) if list.presence == Presence::Empty => named(types, item),
        _ => None,
    };
    let item = item.ok_or_else(|| unknown(&at.join("list"), "is not a list of structs"))?;
    let id = field(item, &row.id, &at.join("id"))?;
    if !is_text(&id.ty) || id.presence != Presence::Optional {
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

/// One resource with its goals, or every problem of them.
fn lower_resource(
    name: &str,
    types: &Types,
    item: &Struct,
    row: &Value,
    at: &Pointer,
) -> Result<WaiterResource, Vec<Problem>> {
    let row: ResourceRow = read_row(row, at).map_err(|problem| vec![problem])?;
    let (mut resource, values) =
        lower_subject(name, types, item, &row, at).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    for (name, goal) in &row.until {
        let at = at.at(&["until", name]);
        match lower_goal(name, goal, values, &at) {
            Ok(goal) if resource.goals.iter().any(|other| other.method == goal.method) => {
                problems.push(malformed(&at, "has the same Rust name as another goal"));
            }
            Ok(goal) => resource.goals.push(goal),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(resource) } else { Err(problems) }
}

/// The values of a state that is an enum: variants and strings.
type StateValues<'t> = Option<&'t [(String, String)]>;

/// A resource without its goals, and the known values of its state.
fn lower_subject<'t>(
    name: &str,
    types: &'t Types,
    item: &'t Struct,
    row: &ResourceRow,
    at: &Pointer,
) -> Lowered<(WaiterResource, StateValues<'t>)> {
    let (Some(function), Ok(type_)) = (names::field(name), names::type_name(&names::variant(name))) else {
        return Err(malformed(at, "cannot be turned into the name of a function"));
    };
    if RESERVED_TYPES.contains(&type_.as_str()) {
        return Err(malformed(at, format!("would be the type `{type_}`, which the module `wait` defines")));
    }
    if row.until.is_empty() {
        return Err(malformed(&at.join("until"), "must not be empty"));
    }
    let minutes = row.minutes.unwrap_or(DEFAULT_MINUTES);
    if !(1..=MAX_MINUTES).contains(&minutes) {
        return Err(malformed(&at.join("minutes"), format!("must be from 1 to {MAX_MINUTES}")));
    }
    let (part, holder) = match &row.part {
        None => (None, item),
        Some(part) => {
            let (field, holder) = part_field(types, item, part, &at.join("part"))?;
            (Some(field.ident.clone()), holder)
        }
    };
    let (state, values) = state_path(types, holder, &row.state, &at.join("state"))?;
    let resource = WaiterResource {
        constant: function.to_ascii_uppercase(),
        function,
        type_,
        noun: row.noun.clone(),
        part,
        state,
        is_enum: values.is_some(),
        minutes,
        goals: Vec::new(),
    };
    Ok((resource, values))
}

/// The field with the part or the parts of a resource that have the state, and their type.
fn part_field<'t>(
    types: &'t Types,
    item: &'t Struct,
    part: &str,
    at: &Pointer,
) -> Lowered<(&'t Field, &'t Struct)> {
    let field = field(item, part, at)?;
    let inner = match (&field.ty, field.presence) {
        (Type::List(inner), Presence::Empty) => inner,
        (inner, Presence::Optional) => inner,
        _ => return Err(unknown(at, "is neither a list nor optional")),
    };
    let holder = named(types, inner).ok_or_else(|| unknown(at, "is not a struct"))?;
    Ok((field, holder))
}

/// The fields that lead to the state, and the known values of the state.
fn state_path<'t>(
    types: &'t Types,
    holder: &'t Struct,
    state: &str,
    at: &Pointer,
) -> Lowered<(Vec<String>, StateValues<'t>)> {
    let optional = |holder: &'t Struct, name: &str| match field(holder, name, at)? {
        field if field.presence == Presence::Optional => Ok(field),
        _ => Err(unknown(at, format!("`{name}` is not an optional field of a response"))),
    };
    let mut names = state.split('.');
    let mut last = optional(holder, names.next().unwrap_or_default())?;
    let mut path = vec![last.ident.clone()];
    for name in names {
        let holder = named(types, &last.ty);
        let holder = holder.ok_or_else(|| unknown(at, format!("`{}` is not a struct", last.wire)))?;
        last = optional(holder, name)?;
        path.push(last.ident.clone());
    }
    let values = state_values(types, &last.ty).ok_or_else(|| unknown(at, "is not a string"))?;
    Ok((path, values))
}

/// Whether a type is that of identifiers.
fn is_text(ty: &Type) -> bool {
    matches!(ty, Type::String | Type::Identifier(_))
}

/// The known values of a state: `None` if it is not a string, `Some(None)` if it may be any string.
fn state_values<'t>(types: &'t Types, ty: &Type) -> Option<StateValues<'t>> {
    match ty {
        Type::String => Some(None),
        Type::Named(name) => match &types.definitions.get(name)?.definition {
            TypeDef::Enum(definition) => match &definition.values {
                Values::Text(values) => Some(Some(values)),
                Values::Integer(_) => None,
            },
            _ => None,
        },
        _ => None,
    }
}

fn lower_goal(name: &str, row: &Value, values: StateValues<'_>, at: &Pointer) -> Lowered<Goal> {
    let GoalRow { states, failures, deleted } = read_row(row, at)?;
    let Some(method) = names::field(name) else {
        return Err(malformed(at, "cannot be turned into the name of a method"));
    };
    let states = states.unwrap_or_else(|| vec![name.to_owned()]);
    // A resource that disappears without a final state has none here.
    if states.is_empty() && !deleted {
        return Err(malformed(&at.join("states"), "is empty: the goal could never be reached"));
    }
    if let Some(state) = states.iter().find(|state| failures.contains(state)) {
        return Err(malformed(at, format!("`{state}` is both a goal and a failure")));
    }
    let is_known =
        |state: &&String| values.is_none_or(|values| values.iter().any(|(_, value)| value == *state));
    if let Some(state) = states.iter().chain(&failures).find(|state| !is_known(state)) {
        return Err(unknown(at, format!("`{state}` is not a value of the state")));
    }
    let docs = sentences::goal(&states, &failures, deleted);
    Ok(Goal { method, name: name.to_owned(), states, failures, deleted, docs })
}

fn named<'t>(types: &'t Types, ty: &Type) -> Option<&'t Struct> {
    match ty {
        Type::Named(name) | Type::Boxed(name) => types.structure(name),
        _ => None,
    }
}

/// The field that a row names.
fn field<'t>(holder: &'t Struct, wire: &str, at: &Pointer) -> Lowered<&'t Field> {
    let found = holder.fields.iter().find(|field| field.wire == wire);
    found.ok_or_else(|| unknown(at, format!("`{}` has no field `{wire}`", holder.name)))
}

fn read_row<T: DeserializeOwned>(row: &Value, at: &Pointer) -> Lowered<T> {
    T::deserialize(row).map_err(|error| malformed(at, error.to_string()))
}

fn malformed(at: &Pointer, message: impl Into<String>) -> Problem {
    Problem::Malformed(at.clone(), message.into())
}

fn unknown(at: &Pointer, message: impl Into<String>) -> Problem {
    Problem::Unknown(at.clone(), message.into())
}

impl Problem {
    fn report(self, problems: &mut Diagnostics) {
        match self {
            Self::Malformed(at, message) => problems.error_in(Source::Waiters, &at, message),
            Self::Unknown(at, message) => {
                problems.stale(Source::Waiters, &at, format!("{message}: fix or remove the row"));
            }
        }
    }
}

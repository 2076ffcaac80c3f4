//! What can be waited for: `x-waiters` of the overlay, checked against the types.
//!
//! ```yaml
//! x-waiters:
//!   ReadVms:                # The action that lists the resources.
//!     filter: VmIds         # Its filter for them,
//!     list: Vms             # the list of its answer,
//!     id: VmId              # and what in the list the filter is about.
//!     resources:
//!       vm:                 # The function.
//!         noun: VM          # In words.
//!         part: LinkedVols  # Where it is not the resource itself that has the state, but a part of it.
//!         state: State      # The state, `State.Name` where it lies deeper.
//!         minutes: 15       # The time-out.
//!         until:
//!           running: {states: [running], failures: [terminated]}  # The goal is the state if none are given.
//!           terminated: {gone: true}                              # Absence is the goal too.
//! ```

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::types::Types;
use crate::diagnostics::{Diagnostics, Pointer, Source};
use crate::doc_text::sentences;
use crate::ir::{
    Action, Cursor, Field, Goal, Pagination, Presence, Struct, Type, TypeDef, Values, WaiterResource,
    WaiterSource,
};
use crate::names;
use crate::openapi::Document;

/// The key of the overlay.
const KEY: &str = "x-waiters";

/// The time-out of what says none, in minutes.
const MINUTES: u64 = 10;

/// The types of the runtime's module that the generated ones stand in.
const TAKEN: &[&str] = &["Goal", "Listed", "Progress", "Subject", "Wait", "Waiter"];

/// Why a row makes nothing.
enum Problem {
    /// It is not written as it must be.
    Malformed(Pointer, String),
    /// The description has no such thing: this version, or not any more.
    Unknown(Pointer, String),
}

type Lowered<T> = Result<T, Problem>;

/// Lowers every row. One with a problem is reported and left out.
pub(super) fn lower<'a>(
    document: &Document,
    actions: impl Iterator<Item = &'a Action> + Clone,
    types: &Types,
    problems: &mut Diagnostics,
) -> Vec<WaiterSource> {
    let at = Pointer::root().join(KEY);
    let rows = match &document.waiters {
        None => return Vec::new(),
        Some(Value::Object(rows)) => rows,
        Some(_) => {
            problems.error_in(Source::Overlay, &at, "must be a mapping of actions");
            return Vec::new();
        }
    };
    let (mut listings, mut claimed) = (Vec::new(), BTreeSet::new());
    for (name, row) in rows {
        let at = at.join(name);
        let action = actions.clone().find(|action| action.wire == *name);
        let found = action.ok_or_else(|| unknown(&at, "is no action".to_owned()));
        let listing = found.and_then(|action| {
            let row = Row::read(row, &at, &["filter", "list", "id", "resources"])?;
            listing(action, types, &row).map(|(listing, item)| (listing, item, row))
        });
        let (mut listing, item, row) = match listing {
            Ok(listing) => listing,
            Err(problem) => {
                problem.report(problems);
                continue;
            }
        };
        for (name, resource) in row.mapping("resources").ok().into_iter().flatten() {
            let at = at.at(&["resources", name]);
            let watched = Row::read(resource, &at, &["noun", "part", "state", "minutes", "until"])
                .map_err(|problem| vec![problem])
                .and_then(|row| watched(name, types, item, &row));
            match watched {
                // Two names may make one type, and then one function too.
                Ok(watched) if claimed.insert(watched.type_.clone()) => listing.watched.push(watched),
                Ok(_) => problems.error_in(Source::Overlay, &at, "is a name that another resource has"),
                Err(found) => found.into_iter().for_each(|problem| problem.report(problems)),
            }
        }
        listings.push(listing);
    }
    listings.retain(|listing| !listing.watched.is_empty());
    listings
}

/// The action's part of a row, and the type of the resources.
fn listing<'t>(action: &Action, types: &'t Types, row: &Row<'_>) -> Lowered<(WaiterSource, &'t Struct)> {
    let (filter, list, id) = (row.text("filter")?, row.text("list")?, row.text("id")?);
    row.mapping("resources")?;
    let body =
        |name: &str| types.structure(name).ok_or_else(|| unknown(&row.at, format!("`{name}` is no struct")));
    let (request, response) = (body(&action.request)?, body(&action.response)?);
    let filters_field = row.field(request, "Filters", &row.at)?;
    let Type::Named(filters) = &filters_field.ty else {
        return Err(unknown(&row.at, "its `Filters` is no struct".to_owned()));
    };
    let filter = row.field(body(filters)?, filter, &row.at.join("filter"))?;
    if !matches!(&filter.ty, Type::List(inner) if **inner == Type::String) {
        return Err(unknown(&row.at.join("filter"), "is no list of texts".to_owned()));
    }
    let list = row.field(response, list, &row.at.join("list"))?;
    let item = match &list.ty {
        Type::List(item) if list.presence == Presence::Empty => match &**item {
            Type::Named(item) => body(item)?,
            _ => return Err(unknown(&row.at.join("list"), "is no list of structs".to_owned())),
        },
        _ => return Err(unknown(&row.at.join("list"), "is no list".to_owned())),
    };
    let id = row.field(item, id, &row.at.join("id"))?;
    if (&id.ty, id.presence) != (&Type::String, Presence::Optional) {
        return Err(unknown(&row.at.join("id"), "is no text".to_owned()));
    }
    if [request, body(filters)?].iter().any(|body| body.fields.iter().any(|field| field.required)) {
        return Err(unknown(&row.at, "needs more than the identifiers".to_owned()));
    }
    let page = match &action.pagination {
        None => None,
        Some(Pagination { cursor: Cursor::Token { request, response }, size, .. }) => {
            Some((request.clone(), size.clone(), response.clone()))
        }
        Some(Pagination { cursor: Cursor::FirstItem { .. }, .. }) => {
            return Err(unknown(
                &row.at,
                "has pages that no token leads to, which waits do not read".to_owned(),
            ));
        }
    };
    let listing = WaiterSource {
        marker: action.marker.clone(),
        request: request.name.clone(),
        response: response.name.clone(),
        filters: (filters_field.setter.clone(), filters.clone()),
        filter: filter.setter.clone(),
        list: list.ident.clone(),
        item: item.name.clone(),
        id: id.ident.clone(),
        page,
        watched: Vec::new(),
    };
    Ok((listing, item))
}

/// One resource. All that is wrong with its goals is told at once.
fn watched(name: &str, types: &Types, item: &Struct, row: &Row<'_>) -> Result<WaiterResource, Vec<Problem>> {
    let (mut watched, values) = subject(name, types, item, row).map_err(|problem| vec![problem])?;
    let goals = row.mapping("until").map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    for (name, goal) in goals {
        match self::goal(name, goal, values, row) {
            Ok(goal) if watched.goals.iter().any(|other| other.method == goal.method) => {
                problems.push(malformed(&row.at.at(&["until", name]), "is a name that another goal has"));
            }
            Ok(goal) => watched.goals.push(goal),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(watched) } else { Err(problems) }
}

/// The values of a state that is an enum.
type StateValues<'t> = Option<&'t [(String, String)]>;

/// A resource without its goals, and the values that its state is known to have.
fn subject<'t>(
    name: &str,
    types: &'t Types,
    item: &'t Struct,
    row: &Row<'_>,
) -> Lowered<(WaiterResource, StateValues<'t>)> {
    let (noun, state) = (row.text("noun")?, row.text("state")?);
    let (function, type_) = (names::field(name), names::type_name(&names::variant(name)));
    let (Some(function), Ok(type_)) = (function, type_) else {
        return Err(malformed(&row.at, "cannot be made the name of a function"));
    };
    if TAKEN.contains(&type_.as_str()) {
        return Err(malformed(
            &row.at,
            &format!("would be the type `{type_}`, which waits have of their own"),
        ));
    }
    let mut holder = item;
    let part = match row.value("part") {
        None => None,
        Some(_) => {
            let at = row.at.join("part");
            let field = row.field(holder, row.text("part")?, &at)?;
            let inner = match (&field.ty, field.presence) {
                (Type::List(inner), Presence::Empty) => inner,
                (inner, Presence::Optional) => inner,
                _ => return Err(unknown(&at, "is no part that can be missing".to_owned())),
            };
            holder = named(types, inner).ok_or_else(|| unknown(&at, "is no struct".to_owned()))?;
            Some(field.ident.clone())
        }
    };
    let at = row.at.join("state");
    let (path, last) = path(types, holder, state, row, &at)?;
    let values = match &last.ty {
        Type::String => None,
        Type::Named(name) => match types.definitions.get(name).map(|placed| &placed.definition) {
            Some(TypeDef::Enum(known)) => match &known.values {
                Values::Text(values) => Some(values.as_slice()),
                Values::Integer(_) => return Err(unknown(&at, "is no text".to_owned())),
            },
            _ => return Err(unknown(&at, "is no text".to_owned())),
        },
        _ => return Err(unknown(&at, "is no text".to_owned())),
    };
    let minutes = match row.value("minutes") {
        None => MINUTES,
        Some(value) => value.as_u64().filter(|minutes| (1..=1440).contains(minutes)).ok_or_else(|| {
            malformed(&row.at.join("minutes"), "must be a number of minutes, at most those of a day")
        })?,
    };
    let watched = WaiterResource {
        constant: function.to_ascii_uppercase(),
        function,
        type_,
        noun: noun.to_owned(),
        part,
        state: path,
        is_enum: values.is_some(),
        minutes,
        goals: Vec::new(),
    };
    Ok((watched, values))
}

/// The fields that lead to the state, and the last of them.
fn path<'t>(
    types: &'t Types,
    holder: &'t Struct,
    state: &str,
    row: &Row<'_>,
    at: &Pointer,
) -> Lowered<(Vec<String>, &'t Field)> {
    let mut fields: Vec<&Field> = Vec::new();
    for name in state.split('.') {
        let holder = match fields.last() {
            None => holder,
            Some(field) => named(types, &field.ty)
                .ok_or_else(|| unknown(at, format!("`{}` is no struct", field.wire)))?,
        };
        let field = row.field(holder, name, at)?;
        if field.presence != Presence::Optional {
            return Err(unknown(at, format!("`{name}` is no single value of an answer")));
        }
        fields.push(field);
    }
    match fields.last() {
        Some(last) => Ok((fields.iter().map(|field| field.ident.clone()).collect(), last)),
        None => Err(malformed(at, "must be a field")),
    }
}

fn goal(name: &str, goal: &Value, values: StateValues<'_>, row: &Row<'_>) -> Lowered<Goal> {
    let at = row.at.at(&["until", name]);
    let row = Row::read(goal, &at, &["states", "failures", "gone"])?;
    let Some(method) = names::field(name) else {
        return Err(malformed(&at, "cannot be made the name of a method"));
    };
    let gone = match row.value("gone") {
        None => false,
        Some(Value::Bool(true)) => true,
        Some(_) => return Err(malformed(&at.join("gone"), "is `true` or not there")),
    };
    let failures = row.texts("failures")?.unwrap_or_default();
    // A resource that simply disappears has no state for it.
    let states = match row.texts("states")? {
        None => vec![name.to_owned()],
        Some(states) if states.is_empty() && !gone => {
            return Err(malformed(&at.join("states"), "is empty: then nothing would ever be reached"));
        }
        Some(states) => states,
    };
    if let Some(state) = states.iter().find(|state| failures.contains(state)) {
        return Err(malformed(&at, &format!("`{state}` is both a goal and a failure")));
    }
    let is_known =
        |state: &&String| values.is_none_or(|values| values.iter().any(|(_, value)| value == *state));
    let mut all = states.iter().chain(&failures);
    if let Some(state) = all.find(|state| !is_known(state)) {
        return Err(unknown(&at, format!("`{state}` is no value of the state")));
    }
    let docs = sentences::goal(&states, &failures, gone);
    Ok(Goal { method, name: name.to_owned(), states, failures, gone, docs })
}

fn named<'t>(types: &'t Types, ty: &Type) -> Option<&'t Struct> {
    match ty {
        Type::Named(name) | Type::Boxed(name) => types.structure(name),
        _ => None,
    }
}

/// A mapping of the overlay with its place.
struct Row<'v> {
    at: Pointer,
    entries: &'v Map<String, Value>,
}

impl<'v> Row<'v> {
    fn read(value: &'v Value, at: &Pointer, keys: &[&str]) -> Lowered<Self> {
        let Some(entries) = value.as_object() else {
            return Err(malformed(at, &format!("must be a mapping with {}", keys.join(", "))));
        };
        match entries.keys().find(|key| !keys.contains(&key.as_str())) {
            Some(key) => Err(malformed(&at.join(key), &format!("is none of {}", keys.join(", ")))),
            None => Ok(Self { at: at.clone(), entries }),
        }
    }

    fn value(&self, key: &str) -> Option<&'v Value> {
        self.entries.get(key)
    }

    fn text(&self, key: &str) -> Lowered<&'v str> {
        let text = self.value(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        text.ok_or_else(|| malformed(&self.at.join(key), "must be a text"))
    }

    fn texts(&self, key: &str) -> Lowered<Option<Vec<String>>> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let texts = value.as_array().and_then(|list| {
            list.iter().map(|text| text.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        });
        texts.map(Some).ok_or_else(|| malformed(&self.at.join(key), "must be a list of texts"))
    }

    fn mapping(&self, key: &str) -> Lowered<&'v Map<String, Value>> {
        let mapping = self.value(key).and_then(Value::as_object).filter(|mapping| !mapping.is_empty());
        mapping.ok_or_else(|| malformed(&self.at.join(key), "must be a mapping, and not an empty one"))
    }

    /// The field of a type that this row names.
    fn field<'t>(&self, holder: &'t Struct, wire: &str, at: &Pointer) -> Lowered<&'t Field> {
        let found = holder.fields.iter().find(|field| field.wire == wire);
        found.ok_or_else(|| unknown(at, format!("`{}` has no field `{wire}`", holder.name)))
    }
}

fn malformed(at: &Pointer, message: &str) -> Problem {
    Problem::Malformed(at.clone(), message.to_owned())
}

fn unknown(at: &Pointer, message: String) -> Problem {
    Problem::Unknown(at.clone(), message)
}

impl Problem {
    fn report(self, problems: &mut Diagnostics) {
        match self {
            Self::Malformed(at, message) => problems.error_in(Source::Overlay, &at, message),
            Self::Unknown(at, message) => {
                problems.stale(Source::Overlay, &at, format!("{message}: mend or remove the row"));
            }
        }
    }
}

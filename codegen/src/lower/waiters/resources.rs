//! Resources and parts of them that have a state, with the goals of their waiters.

use serde_json::Value;

use super::rows::{GoalRow, Lowered, Problem, ResourceRow, field, malformed, read_row, unknown};
use crate::diagnostics::Pointer;
use crate::doc_text::sentences;
use crate::ir::{Field, Goal, Presence, Struct, Type, TypeDef, Values, WaiterResource};
use crate::lower::types::Types;
use crate::names;

const DEFAULT_MINUTES: u64 = 10;
const MAX_MINUTES: u64 = 24 * 60;

/// The types of the runtime's module that also holds the generated ones.
const RESERVED_TYPES: &[&str] = &["Goal", "Listed", "Progress", "Subject", "Wait", "Waiter"];

/// One resource with its goals, or every problem of them.
pub(super) fn lower_resource(
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
    let holder = types.struct_of(inner).ok_or_else(|| unknown(at, "is not a struct"))?;
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
        let holder = types.struct_of(&last.ty);
        let holder = holder.ok_or_else(|| unknown(at, format!("`{}` is not a struct", last.wire)))?;
        last = optional(holder, name)?;
        path.push(last.ident.clone());
    }
    let values = state_values(types, &last.ty).ok_or_else(|| unknown(at, "is not a string"))?;
    Ok((path, values))
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

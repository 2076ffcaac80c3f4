//! Compares waiters and their goals.

use std::collections::BTreeMap;

use super::change::{Change, ChangeKind, Impact};
use crate::diagnostics::Pointer;
use crate::ir::{Goal, WaiterResource, WaiterSource};

/// A waiter with the action that it polls.
type Waiter<'a> = (&'a WaiterSource, &'a WaiterResource);

pub(super) fn compare(old: &[WaiterSource], new: &[WaiterSource], changes: &mut Vec<Change>) {
    let (old, new) = (by_function(old), by_function(new));
    for (function, old_waiter) in &old {
        match new.get(function) {
            Some(new_waiter) => compare_waiter(*old_waiter, *new_waiter, changes),
            None => {
                let reason = "the function and its goals were removed";
                let change = waiter_change(ChangeKind::WaiterRemoved, Impact::Breaking, old_waiter.1, reason);
                changes.push(change.with_old(goals(old_waiter.1)));
            }
        }
    }
    for (function, (_, waiter)) in &new {
        if !old.contains_key(function) {
            let change = waiter_change(ChangeKind::WaiterAdded, Impact::Additive, waiter, "a new function");
            changes.push(change.with_new(goals(waiter)));
        }
    }
}

fn by_function(sources: &[WaiterSource]) -> BTreeMap<&str, Waiter<'_>> {
    let waiters = sources.iter().flat_map(|source| {
        source.watched.iter().map(move |waiter| (waiter.function.as_str(), (source, waiter)))
    });
    waiters.collect()
}

fn waiter_change(kind: ChangeKind, impact: Impact, waiter: &WaiterResource, reason: &str) -> Change {
    Change::new(kind, impact, format!("wait::{}", waiter.function), &at(), reason)
}

fn goal_change(
    kind: ChangeKind,
    impact: Impact,
    waiter: &WaiterResource,
    goal: &Goal,
    reason: &str,
) -> Change {
    Change::new(kind, impact, format!("wait::{}::{}", waiter.type_, goal.method), &at(), reason)
}

/// Waiters are not part of the description.
fn at() -> Pointer {
    Pointer::root().join("waiters")
}

fn goals(waiter: &WaiterResource) -> String {
    waiter.goals.iter().map(|goal| goal.method.as_str()).collect::<Vec<_>>().join(", ")
}

fn compare_waiter((old_source, old): Waiter<'_>, (new_source, new): Waiter<'_>, changes: &mut Vec<Change>) {
    let changed = |impact, reason: &str| waiter_change(ChangeKind::WaiterChanged, impact, new, reason);
    let shape = |source: &WaiterSource, waiter: &WaiterResource| {
        format!("{} returns {}, by action::{}", waiter.type_, source.item, source.marker)
    };
    let (old_shape, new_shape) = (shape(old_source, old), shape(new_source, new));
    if old_shape != new_shape {
        let change = changed(Impact::Breaking, "the waiter returns another type");
        changes.push(change.with_old(old_shape).with_new(new_shape));
    }
    if old.minutes != new.minutes {
        let shown = |waiter: &WaiterResource| format!("{} minutes", waiter.minutes);
        let change = changed(Impact::Additive, "the default timeout, which the documentation states");
        changes.push(change.with_old(shown(old)).with_new(shown(new)));
    }
    if (&old.state, &old.part) != (&new.state, &new.part) {
        let shown = |waiter: &WaiterResource| {
            let part = waiter.part.iter().cloned();
            part.chain(waiter.state.iter().cloned()).collect::<Vec<_>>().join(".")
        };
        let change = changed(Impact::Internal, "the waiter reads the state from another field");
        changes.push(change.with_old(shown(old)).with_new(shown(new)));
    }
    compare_goals(old, new, changes);
}

fn compare_goals(old: &WaiterResource, new: &WaiterResource, changes: &mut Vec<Change>) {
    let find = |waiter: &WaiterResource, method: &str| {
        waiter.goals.iter().find(|goal| goal.method == method).cloned()
    };
    for old_goal in &old.goals {
        match find(new, &old_goal.method) {
            Some(new_goal) => compare_goal(new, old_goal, &new_goal, changes),
            None => {
                let reason = "the goal was removed";
                let change = goal_change(ChangeKind::WaiterRemoved, Impact::Breaking, old, old_goal, reason);
                changes.push(change.with_old(old_goal.states.join(", ")));
            }
        }
    }
    for goal in new.goals.iter().filter(|goal| find(old, &goal.method).is_none()) {
        let change = goal_change(ChangeKind::WaiterAdded, Impact::Additive, new, goal, "a new goal");
        changes.push(change.with_new(goal.states.join(", ")));
    }
}

fn compare_goal(waiter: &WaiterResource, old: &Goal, new: &Goal, changes: &mut Vec<Change>) {
    let mut compare = |reason: &str, old_state: String, new_state: String| {
        if old_state != new_state {
            let change = goal_change(ChangeKind::WaiterChanged, Impact::Breaking, waiter, new, reason);
            changes.push(change.with_old(old_state).with_new(new_state));
        }
    };
    let absence =
        |goal: &Goal| if goal.deleted { "absence counts" } else { "absence does not count" }.to_owned();
    compare("the waiter returns another type", absence(old), absence(new));
    compare("the waiter succeeds in other states", old.states.join(", "), new.states.join(", "));
    let reason = "the waiter fails in other states, instead of timing out, or the reverse";
    compare(reason, old.failures.join(", "), new.failures.join(", "));
}

//! What can be waited for.

use std::collections::BTreeMap;

use super::{Change, ChangeKind, Impact};
use crate::diagnostics::Pointer;
use crate::ir::{Goal, WaiterResource, WaiterSource};

pub(super) fn compare(old: &[WaiterSource], new: &[WaiterSource], changes: &mut Vec<Change>) {
    let by_function = |listings: &'_ [WaiterSource]| -> BTreeMap<String, (WaiterSource, WaiterResource)> {
        let all = listings.iter().flat_map(|listing| {
            listing
                .watched
                .iter()
                .map(|watched| (watched.function.clone(), (listing.clone(), watched.clone())))
        });
        all.collect()
    };
    let (old, new) = (by_function(old), by_function(new));
    for (function, (listing, watched)) in &old {
        match new.get(function) {
            Some((new_listing, new_watched)) => both((listing, watched), (new_listing, new_watched), changes),
            None => {
                let reason = "the function and its goals are gone";
                let change = change(ChangeKind::WaiterRemoved, Impact::Breaking, watched, None, reason);
                changes.push(change.was(goals(watched)));
            }
        }
    }
    for (_, watched) in new.iter().filter(|(function, _)| !old.contains_key(*function)).map(|(_, new)| new) {
        let change = change(ChangeKind::WaiterAdded, Impact::Additive, watched, None, "a new function");
        changes.push(change.is(goals(watched)));
    }
}

/// A waiter is described by the overlay alone, under the key `x-waiters`.
fn change(
    kind: ChangeKind,
    class: Impact,
    watched: &WaiterResource,
    goal: Option<&Goal>,
    reason: &str,
) -> Change {
    let goal = goal.map(|goal| format!("::{}", goal.method)).unwrap_or_default();
    let path = match goal.is_empty() {
        true => format!("wait::{}", watched.function),
        false => format!("wait::{}{goal}", watched.type_),
    };
    Change::new(kind, class, path, &Pointer::root().join("x-waiters"), reason)
}

fn goals(watched: &WaiterResource) -> String {
    watched.goals.iter().map(|goal| goal.method.as_str()).collect::<Vec<_>>().join(", ")
}

fn both(
    (old_listing, old): (&WaiterSource, &WaiterResource),
    (new_listing, new): (&WaiterSource, &WaiterResource),
    changes: &mut Vec<Change>,
) {
    let shape = |listing: &WaiterSource, watched: &WaiterResource| {
        format!("{} gives {}, by action::{}", watched.type_, listing.item, listing.marker)
    };
    let (was, is) = (shape(old_listing, old), shape(new_listing, new));
    if was != is {
        let reason = "the wait gives another type";
        changes.push(change(ChangeKind::WaiterChanged, Impact::Breaking, new, None, reason).was(was).is(is));
    }
    if old.minutes != new.minutes {
        let reason = "a wait that is not told how long lasts so long; the documentation says so";
        let change = change(ChangeKind::WaiterChanged, Impact::Additive, new, None, reason);
        changes.push(change.was(format!("{} minutes", old.minutes)).is(format!("{} minutes", new.minutes)));
    }
    if (&old.state, &old.part) != (&new.state, &new.part) {
        let shown = |watched: &WaiterResource| {
            let part = watched.part.iter().cloned();
            part.chain(watched.state.iter().cloned()).collect::<Vec<_>>().join(".")
        };
        let reason = "the wait reads the state in another place";
        let change = change(ChangeKind::WaiterChanged, Impact::Internal, new, None, reason);
        changes.push(change.was(shown(old)).is(shown(new)));
    }
    for goal in &old.goals {
        match new.goals.iter().find(|other| other.method == goal.method) {
            Some(other) => goal_of_both(new, goal, other, changes),
            None => {
                let change =
                    change(ChangeKind::WaiterRemoved, Impact::Breaking, old, Some(goal), "the goal is gone");
                changes.push(change.was(goal.states.join(", ")));
            }
        }
    }
    for goal in &new.goals {
        if !old.goals.iter().any(|other| other.method == goal.method) {
            let change = change(ChangeKind::WaiterAdded, Impact::Additive, new, Some(goal), "a new goal");
            changes.push(change.is(goal.states.join(", ")));
        }
    }
}

fn goal_of_both(watched: &WaiterResource, old: &Goal, new: &Goal, changes: &mut Vec<Change>) {
    let mut tell = |class, reason: &str, was: String, is: String| {
        if was != is {
            let change = change(ChangeKind::WaiterChanged, class, watched, Some(new), reason);
            changes.push(change.was(was).is(is));
        }
    };
    let output = |goal: &Goal| if goal.gone { "absence counts" } else { "absence does not count" }.to_owned();
    tell(Impact::Breaking, "the wait gives another type", output(old), output(new));
    let reason = "the wait ends in other states";
    tell(Impact::Breaking, reason, old.states.join(", "), new.states.join(", "));
    let reason = "the wait gives up in other states, instead of when its time is over or the other way round";
    tell(Impact::Breaking, reason, old.failures.join(", "), new.failures.join(", "));
}

//! Actions: what their methods take and give, and the rules of sending.

use super::index::{Index, only_in};
use super::renames::{self, Pairs};
use super::{Change, ChangeKind, Impact, rust};
use crate::ir::{Action, Auth, Cursor, Pagination, RetrySafety};

/// How alike the names of actions with the same request and answer must be.
const ALIKE: f64 = 0.4;

pub(super) fn compare(old: &Index<'_>, new: &Index<'_>, types: &Pairs, changes: &mut Vec<Change>) {
    let renamed = renamed(old, new, types);
    for (wire, (module, action)) in &old.actions {
        let paired = renamed.iter().find(|(old, _)| old == wire).map(|(_, new)| new);
        match new.actions.get(paired.unwrap_or(wire)) {
            Some((new_module, new)) => {
                if paired.is_some() {
                    let reason = "the old method and marker are gone; the new ones take and give the same";
                    let change =
                        Change::new(ChangeKind::ActionRenamed, Impact::Breaking, path(new), &new.at, reason);
                    changes.push(change.from(&action.at).was(path(action)).is(path(new)));
                }
                both(action, new, paired.is_some(), types, changes);
                if module != new_module {
                    let reason = "every method is one of `Client`, whatever file it is in";
                    let change =
                        Change::new(ChangeKind::ActionMoved, Impact::Internal, path(new), &new.at, reason);
                    changes.push(change.was(*module).is(*new_module));
                }
            }
            None => {
                let reason = "its method and its marker are gone";
                let change = Change::new(
                    ChangeKind::ActionRemoved,
                    Impact::Breaking,
                    path(action),
                    &action.at,
                    reason,
                );
                changes.push(change.was(signature(action)));
            }
        }
    }
    for wire in only_in(&new.actions, &old.actions, |wire| renamed.has_new(wire)) {
        let Some((_, action)) = new.actions.get(wire) else { continue };
        let reason = "a new method";
        let change = Change::new(ChangeKind::ActionAdded, Impact::Additive, path(action), &action.at, reason);
        changes.push(change.is(signature(action)));
    }
}

/// Actions that seem to be renamed: those that take and give the same.
fn renamed(old: &Index<'_>, new: &Index<'_>, types: &Pairs) -> Pairs {
    let removed = only_in(&old.actions, &new.actions, |_| false);
    let added = only_in(&new.actions, &old.actions, |_| false);
    renames::pair(&removed, &added, |one, other| {
        let ((_, one), (_, other)) = (old.actions.get(one)?, new.actions.get(other)?);
        let is_same = types.is(&one.request, &other.request) && types.is(&one.response, &other.response);
        let score = renames::of_items(&one.wire, &other.wire);
        (is_same && score >= ALIKE).then_some(score)
    })
}

fn path(action: &Action) -> String {
    format!("Client::{}", action.method)
}

fn signature(action: &Action) -> String {
    format!("{} -> {}", action.request, action.response)
}

/// An action that both have.
fn both(old: &Action, new: &Action, is_renamed: bool, types: &Pairs, changes: &mut Vec<Change>) {
    let change = |kind, class, reason: &str| Change::new(kind, class, path(new), &new.at, reason);
    if !is_renamed && (&old.method, &old.marker) != (&new.method, &new.marker) {
        let shown = |action: &Action| format!("{} and action::{}", path(action), action.marker);
        let change = change(ChangeKind::ActionName, Impact::Breaking, "the old method or marker is gone");
        changes.push(change.was(shown(old)).is(shown(new)));
    }
    if !types.is(&old.request, &new.request) {
        let change = change(ChangeKind::ActionRequest, Impact::Breaking, "the method takes another type");
        changes.push(change.was(&old.request).is(&new.request));
    }
    if !types.is(&old.response, &new.response) {
        let change = change(ChangeKind::ActionResponse, Impact::Breaking, "the method gives another type");
        changes.push(change.was(&old.response).is(&new.response));
    }
    if old.auth != new.auth {
        let (class, reason) = auth(old.auth, new.auth);
        changes.push(
            change(ChangeKind::ActionAuth, class, reason).was(auth_shown(old.auth)).is(auth_shown(new.auth)),
        );
    }
    if old.retry != new.retry {
        let (class, reason) = retry(old.retry, new.retry);
        let change = change(ChangeKind::ActionRetry, class, reason);
        changes.push(change.was(retry_shown(old.retry)).is(retry_shown(new.retry)));
    }
    pages(old, new, types, changes);
    if old.deprecated != new.deprecated {
        let shown = |action: &Action| if action.deprecated { "deprecated" } else { "not deprecated" };
        let reason = "only its documentation says so";
        let change = change(ChangeKind::ActionDeprecated, Impact::Additive, reason);
        changes.push(change.was(shown(old)).is(shown(new)));
    }
}

fn auth_shown(auth: Auth) -> &'static str {
    match auth {
        Auth::AccessKey => "access key",
        Auth::AccessKeyOrBasic => "access key, or login and password",
        Auth::None => "none",
    }
}

/// The client decides by it what it sends, so that a caller with less than is asked for gets an error.
fn auth(old: Auth, new: Auth) -> (Impact, &'static str) {
    match (old, new) {
        (Auth::None, _) => (Impact::Breaking, "it fails for clients without credentials"),
        (_, Auth::None) => (Impact::Additive, "nobody has to prove anything any more"),
        (Auth::AccessKeyOrBasic, _) => {
            (Impact::Breaking, "it fails for clients with login and password only")
        }
        (_, _) => (Impact::Additive, "login and password are enough now"),
    }
}

fn retry_shown(retry: RetrySafety) -> &'static str {
    match retry {
        RetrySafety::Idempotent => "safe to repeat",
        RetrySafety::ClientToken => "safe to repeat with a client token",
        RetrySafety::Unsafe => "never repeated",
    }
}

fn retry(old: RetrySafety, new: RetrySafety) -> (Impact, &'static str) {
    let rank = |retry| match retry {
        RetrySafety::Idempotent => 2,
        RetrySafety::ClientToken => 1,
        RetrySafety::Unsafe => 0,
    };
    if rank(new) < rank(old) {
        (Impact::Breaking, "the client does not repeat calls any more that got over a lost connection so far")
    } else {
        (Impact::Additive, "the client repeats it after an ambiguous failure")
    }
}

fn pages(old: &Action, new: &Action, types: &Pairs, changes: &mut Vec<Change>) {
    let change =
        |class, reason: &str| Change::new(ChangeKind::ActionPages, class, path(new), &new.at, reason);
    match (&old.pagination, &new.pagination) {
        (None, None) => {}
        (Some(old), None) => changes
            .push(change(Impact::Breaking, "`paginate` does not take the request any more").was(items(old))),
        (None, Some(new)) => {
            changes.push(change(Impact::Additive, "`paginate` takes the request").is(items(new)));
        }
        (Some(old), Some(new)) if !rust::same(&old.item, &new.item, types) => changes.push(
            change(Impact::Breaking, "`paginate` gives items of another type").was(items(old)).is(items(new)),
        ),
        (Some(old), Some(new)) if old.lists != new.lists || old.inside != new.inside => {
            let reason = "`paginate` gives the items of other lists";
            changes.push(change(Impact::Breaking, reason).was(lists(old)).is(lists(new)));
        }
        (Some(old), Some(new)) if old != new => {
            let reason = "`paginate` goes from page to page in another way and gives the same items";
            changes.push(change(Impact::Internal, reason).was(way(old)).is(way(new)));
        }
        (Some(_), Some(_)) => {}
    }
}

/// How one goes from page to page: what the request takes, by what the response says.
fn way(pagination: &Pagination) -> String {
    let (request, response) = match &pagination.cursor {
        Cursor::Token { request, response } | Cursor::FirstItem { request, response } => (request, response),
    };
    format!("{request} by {response}, {} at a time", pagination.size)
}

fn items(pagination: &Pagination) -> String {
    format!("pages of {}", pagination.item)
}

fn lists(pagination: &Pagination) -> String {
    let lists = pagination.lists.join(", ");
    pagination.inside.as_ref().map_or(lists.clone(), |inside| format!("{inside}: {lists}"))
}

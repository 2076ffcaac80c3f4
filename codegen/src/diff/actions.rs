//! Compares actions: their methods, authentication, retry safety and pagination.

use super::change::{Change, ChangeKind, Impact};
use super::index::{Index, missing_from};
use super::renames::{self, Renames};
use crate::ir::{Action, Auth, Cursor, Pagination, RetrySafety};

/// The minimum similarity of the names of actions with the same request and response.
const MIN_SIMILARITY: f64 = 0.4;

pub(super) fn compare(old: &Index<'_>, new: &Index<'_>, types: &Renames, changes: &mut Vec<Change>) {
    let renamed = renamed(old, new, types);
    for (wire, (old_module, old_action)) in &old.actions {
        let Some((new_module, new_action)) = new.actions.get(renamed.new_name(wire)) else {
            changes.push(removed(old_action));
            continue;
        };
        let is_renamed = renamed.has_old(wire);
        if is_renamed {
            let reason =
                "the old method and marker were removed; the new ones have the same request and response";
            let change = change(new_action, ChangeKind::ActionRenamed, Impact::Breaking, reason);
            let change = change.with_old_at(&old_action.at);
            changes.push(change.with_old(path(old_action)).with_new(path(new_action)));
        }
        compare_action(old_action, new_action, is_renamed, types, changes);
        if old_module != new_module {
            let reason = "every method belongs to `Client`, whichever file it is in";
            let change = change(new_action, ChangeKind::ActionMoved, Impact::Internal, reason);
            changes.push(change.with_old(*old_module).with_new(*new_module));
        }
    }
    for wire in missing_from(&old.actions, &new.actions, |wire| renamed.has_new(wire)) {
        let Some((_, action)) = new.actions.get(wire) else { continue };
        let change = change(action, ChangeKind::ActionAdded, Impact::Additive, "a new method");
        changes.push(change.with_new(signature(action)));
    }
}

/// Actions that appear to be renamed: same request, same response, similar name.
fn renamed(old: &Index<'_>, new: &Index<'_>, types: &Renames) -> Renames {
    let removed = missing_from(&new.actions, &old.actions, |_| false);
    let added = missing_from(&old.actions, &new.actions, |_| false);
    renames::pair(&removed, &added, |old_name, new_name| {
        let ((_, old), (_, new)) = (old.actions.get(old_name)?, new.actions.get(new_name)?);
        let has_same_bodies =
            types.is_same(&old.request, &new.request) && types.is_same(&old.response, &new.response);
        let score = renames::item_similarity(&old.wire, &new.wire);
        (has_same_bodies && score >= MIN_SIMILARITY).then_some(score)
    })
}

fn change(action: &Action, kind: ChangeKind, impact: Impact, reason: &str) -> Change {
    Change::new(kind, impact, path(action), &action.at, reason)
}

fn removed(action: &Action) -> Change {
    let reason = "the method and its marker were removed";
    change(action, ChangeKind::ActionRemoved, Impact::Breaking, reason).with_old(signature(action))
}

fn path(action: &Action) -> String {
    format!("Client::{}", action.method)
}

fn signature(action: &Action) -> String {
    format!("{} -> {}", action.request, action.response)
}

fn compare_action(old: &Action, new: &Action, is_renamed: bool, types: &Renames, changes: &mut Vec<Change>) {
    if !is_renamed && (&old.method, &old.marker) != (&new.method, &new.marker) {
        let shown = |action: &Action| format!("{} and action::{}", path(action), action.marker);
        let change =
            change(new, ChangeKind::ActionName, Impact::Breaking, "the old method or marker was removed");
        changes.push(change.with_old(shown(old)).with_new(shown(new)));
    }
    if !types.is_same(&old.request, &new.request) {
        let change =
            change(new, ChangeKind::ActionRequest, Impact::Breaking, "the method takes another type");
        changes.push(change.with_old(&old.request).with_new(&new.request));
    }
    if !types.is_same(&old.response, &new.response) {
        let change =
            change(new, ChangeKind::ActionResponse, Impact::Breaking, "the method returns another type");
        changes.push(change.with_old(&old.response).with_new(&new.response));
    }
    if old.auth != new.auth {
        let (impact, reason) = auth_impact(old.auth, new.auth);
        let change = change(new, ChangeKind::ActionAuth, impact, reason);
        changes.push(change.with_old(auth_name(old.auth)).with_new(auth_name(new.auth)));
    }
    if old.retry != new.retry {
        let (impact, reason) = retry_impact(old.retry, new.retry);
        let change = change(new, ChangeKind::ActionRetry, impact, reason);
        changes.push(change.with_old(retry_name(old.retry)).with_new(retry_name(new.retry)));
    }
    changes.extend(pagination(old, new, types));
    if old.deprecated != new.deprecated {
        let shown = |action: &Action| if action.deprecated { "deprecated" } else { "not deprecated" };
        let reason = "only the documentation changes";
        let change = change(new, ChangeKind::ActionDeprecated, Impact::Additive, reason);
        changes.push(change.with_old(shown(old)).with_new(shown(new)));
    }
}

fn auth_name(auth: Auth) -> &'static str {
    match auth {
        Auth::AccessKey => "access key",
        Auth::AccessKeyOrBasic => "access key, or login and password",
        Auth::None => "none",
    }
}

/// The client chooses the credentials to send by it: a caller whose credentials no longer suffice gets an error.
fn auth_impact(old: Auth, new: Auth) -> (Impact, &'static str) {
    match (old, new) {
        (Auth::None, _) => (Impact::Breaking, "it fails for clients without credentials"),
        (_, Auth::None) => (Impact::Additive, "credentials are no longer needed"),
        (Auth::AccessKeyOrBasic, _) => {
            (Impact::Breaking, "it fails for clients with login and password only")
        }
        (_, _) => (Impact::Additive, "login and password are accepted too"),
    }
}

fn retry_name(retry: RetrySafety) -> &'static str {
    match retry {
        RetrySafety::Idempotent => "safe to repeat",
        RetrySafety::ClientToken => "safe to repeat with a client token",
        RetrySafety::Unsafe => "never repeated",
    }
}

fn retry_impact(old: RetrySafety, new: RetrySafety) -> (Impact, &'static str) {
    let rank = |retry| match retry {
        RetrySafety::Idempotent => 2,
        RetrySafety::ClientToken => 1,
        RetrySafety::Unsafe => 0,
    };
    if rank(new) < rank(old) {
        (Impact::Breaking, "the client no longer retries the call after a lost connection")
    } else {
        (Impact::Additive, "the client retries the call after an ambiguous failure")
    }
}

fn pagination(old: &Action, new: &Action, types: &Renames) -> Option<Change> {
    let change = |impact, reason: &str| change(new, ChangeKind::ActionPages, impact, reason);
    match (&old.pagination, &new.pagination) {
        (None, None) => None,
        (Some(old), None) => {
            let change = change(Impact::Breaking, "`paginate` no longer takes the request");
            Some(change.with_old(items(old)))
        }
        (None, Some(new)) => {
            Some(change(Impact::Additive, "`paginate` takes the request").with_new(items(new)))
        }
        (Some(old), Some(new)) if !types.is_same_type(&old.item, &new.item) => {
            let change = change(Impact::Breaking, "`paginate` returns items of another type");
            Some(change.with_old(items(old)).with_new(items(new)))
        }
        (Some(old), Some(new)) if old.lists != new.lists || old.inside != new.inside => {
            let change = change(Impact::Breaking, "`paginate` returns the items of other lists");
            Some(change.with_old(lists(old)).with_new(lists(new)))
        }
        (Some(old), Some(new)) if old != new => {
            let reason = "`paginate` requests pages differently and returns the same items";
            Some(change(Impact::Internal, reason).with_old(cursor(old)).with_new(cursor(new)))
        }
        (Some(_), Some(_)) => None,
    }
}

/// How the next page is requested: the field of the request, the field of the response, the page size.
fn cursor(pagination: &Pagination) -> String {
    let (request, response) = match &pagination.cursor {
        Cursor::Token { request, response } | Cursor::FirstItem { request, response } => (request, response),
    };
    format!("{request} from {response}, page size in {}", pagination.size)
}

fn items(pagination: &Pagination) -> String {
    format!("pages of {}", pagination.item)
}

fn lists(pagination: &Pagination) -> String {
    let lists = pagination.lists.join(", ");
    pagination.inside.as_ref().map_or(lists.clone(), |inside| format!("{inside}: {lists}"))
}

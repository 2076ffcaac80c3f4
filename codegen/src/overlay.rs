//! OpenAPI Overlay 1.0: our corrections of the description, each with its reason.
//!
//! An action that matches nothing or changes nothing is reported: upstream has mended what it was for.

use serde_json::{Map, Value};
use serde_json_path::JsonPath;

use crate::diagnostics::{Diagnostics, Pointer, Source};
use crate::yaml;

/// Applies the actions of an overlay in their order.
pub(super) fn apply(overlay: &str, description: &mut Value, problems: &mut Diagnostics) {
    let Some(overlay) = yaml::read(overlay, Source::Overlay, problems) else { return };
    let root = Pointer::root();
    let Value::Object(overlay) = overlay else {
        problems.error_in(
            Source::Overlay,
            &root,
            "an overlay is a mapping with `overlay`, `info` and `actions`",
        );
        return;
    };
    if !matches!(overlay.get("overlay"), Some(Value::String(version)) if version.starts_with("1.")) {
        problems.error_in(
            Source::Overlay,
            &root.join("overlay"),
            "must be the version of the format: `1.0.0`",
        );
    }
    for key in overlay.keys() {
        if !matches!(key.as_str(), "overlay" | "info" | "extends" | "actions") && !key.starts_with("x-") {
            problems.error_in(Source::Overlay, &root.join(key), "is not a key of an overlay");
        }
    }
    let at = root.join("actions");
    let Some(Value::Array(actions)) = overlay.get("actions") else {
        problems.error_in(Source::Overlay, &at, "must be a list of actions; write `actions: []` for none");
        return;
    };
    for (index, action) in actions.iter().enumerate() {
        let at = at.join(index);
        match Action::read(action, &at, problems) {
            Some(action) => action.apply(description, &at, problems),
            None => continue,
        }
    }
}

struct Action {
    target: JsonPath,
    change: Change,
}

enum Change {
    Update(Value),
    Remove,
}

impl Action {
    fn read(action: &Value, at: &Pointer, problems: &mut Diagnostics) -> Option<Self> {
        let before = problems.list().len();
        let empty = Map::new();
        let object = action.as_object().unwrap_or(&empty);
        for key in object.keys() {
            if !matches!(key.as_str(), "target" | "description" | "update" | "remove")
                && !key.starts_with("x-")
            {
                problems.error_in(Source::Overlay, &at.join(key), "is not a key of an action");
            }
        }
        if !matches!(object.get("description"), Some(Value::String(reason)) if !reason.trim().is_empty()) {
            problems.error_in(Source::Overlay, at, "has no reason: say why in `description`");
        }
        let target = match object.get("target").and_then(Value::as_str).map(JsonPath::parse) {
            Some(Ok(target)) => Some(target),
            Some(Err(error)) => {
                let message = format!("is not a JSONPath (RFC 9535): {error}");
                problems.error_in(Source::Overlay, &at.join("target"), message);
                None
            }
            None => {
                problems.error_in(Source::Overlay, &at.join("target"), "must be a JSONPath (RFC 9535)");
                None
            }
        };
        let change = match (object.get("update"), object.get("remove")) {
            (Some(update), None | Some(Value::Bool(false))) => Some(Change::Update(update.clone())),
            (None, Some(Value::Bool(true))) => Some(Change::Remove),
            _ => {
                problems.error_in(Source::Overlay, at, "must have either `update` or `remove: true`");
                None
            }
        };
        if problems.list().len() > before {
            return None;
        }
        Some(Self { target: target?, change: change? })
    }

    fn apply(&self, description: &mut Value, at: &Pointer, problems: &mut Diagnostics) {
        let Self { target, change } = self;
        let mut places: Vec<String> =
            target.query_located(description).locations().map(|path| path.to_json_pointer()).collect();
        if places.is_empty() {
            problems.stale(
                Source::Overlay,
                &at.join("target"),
                format!("`{target}` matches nothing: remove it"),
            );
            return;
        }
        let mut changed = false;
        match change {
            Change::Update(update) => {
                for place in &places {
                    let Some(node) = description.pointer_mut(place) else { continue };
                    match merge(node, update) {
                        Some(new) => {
                            changed |= new;
                            problems.added(Pointer::of_path(place), at.join("update"));
                        }
                        None => problems.error_in(
                            Source::Overlay,
                            &at.join("update"),
                            format!("cannot be merged into `#{place}`: mappings take mappings and lists take elements"),
                        ),
                    }
                }
            }
            Change::Remove => {
                // Later elements of a list first, so that the places of the earlier ones stay true.
                places.reverse();
                for place in &places {
                    changed |= remove(description, place);
                }
            }
        }
        if !changed && problems.list().iter().all(|d| d.pointer != at.join("update")) {
            problems.stale(Source::Overlay, at, format!("changes nothing at `{target}`: remove it"));
        }
    }
}

/// Merges as Overlay 1.0 says: objects key by key, lists by appending. `None` when the two do not fit together.
fn merge(node: &mut Value, update: &Value) -> Option<bool> {
    match (node, update) {
        (Value::Object(node), Value::Object(update)) => {
            let mut changed = false;
            for (key, new) in update {
                match node.get_mut(key) {
                    Some(old @ Value::Object(_)) if new.is_object() => changed |= merge(old, new)?,
                    Some(Value::Array(old)) if new.is_array() => changed |= append(old, new),
                    Some(old) if old == new => {}
                    _ => {
                        node.insert(key.clone(), new.clone());
                        changed = true;
                    }
                }
            }
            Some(changed)
        }
        (Value::Array(node), update) => Some(append(node, update)),
        _ => None,
    }
}

fn append(list: &mut Vec<Value>, update: &Value) -> bool {
    match update {
        Value::Array(items) => list.extend(items.iter().cloned()),
        item => list.push(item.clone()),
    }
    !update.as_array().is_some_and(Vec::is_empty)
}

fn remove(description: &mut Value, place: &str) -> bool {
    let Some((parent, key)) = place.rsplit_once('/') else { return false };
    let key = crate::diagnostics::unescape(key);
    match description.pointer_mut(parent) {
        // Not `swap_remove`, which would reorder what is left.
        Some(Value::Object(object)) => object.shift_remove(&key).is_some(),
        Some(Value::Array(items)) => match key.parse::<usize>() {
            Ok(index) if index < items.len() => {
                items.remove(index);
                true
            }
            _ => false,
        },
        _ => false,
    }
}

//! OpenAPI Overlay 1.0: our corrections of the description, each with its reason.
//!
//! An overlay action that matches nothing or changes nothing is reported: upstream has fixed what it corrected.

use serde_json::{Map, Value};
use serde_json_path::JsonPath;

use crate::diagnostics::{Diagnostics, Pointer, Source, unescape_key};
use crate::yaml;

/// Maximum number of brackets and parentheses that a target opens.
const MAX_BRACKETS: usize = 64;

/// An overlay's valid actions, each with the pointer to it.
#[derive(Default)]
pub(crate) struct Overlay(Vec<(Pointer, TargetedChange)>);

impl Overlay {
    /// Reads an overlay and reports everything that is wrong with it.
    pub(crate) fn read(overlay: &str, problems: &mut Diagnostics) -> Self {
        let Some(overlay) = yaml::read(overlay, Source::Overlay, problems) else { return Self::default() };
        let root = Pointer::root();
        let Value::Object(overlay) = overlay else {
            let message = "an overlay is a mapping with `overlay`, `info` and `actions`";
            problems.error_in(Source::Overlay, &root, message);
            return Self::default();
        };
        if !matches!(overlay.get("overlay"), Some(Value::String(version)) if version.starts_with("1.")) {
            let message = "must be the version of the overlay format: `1.0.0`";
            problems.error_in(Source::Overlay, &root.join("overlay"), message);
        }
        for key in overlay.keys() {
            if !matches!(key.as_str(), "overlay" | "info" | "extends" | "actions") && !key.starts_with("x-") {
                problems.error_in(Source::Overlay, &root.join(key), "is not a key of an overlay");
            }
        }
        let at = root.join("actions");
        let Some(Value::Array(actions)) = overlay.get("actions") else {
            problems.error_in(
                Source::Overlay,
                &at,
                "must be a list of actions; write `actions: []` for none",
            );
            return Self::default();
        };
        let read = |(index, action)| {
            let at = at.join(index);
            TargetedChange::read(action, &at, problems).map(|change| (at, change))
        };
        Self(actions.iter().enumerate().filter_map(read).collect())
    }

    /// Applies the actions in order.
    pub(crate) fn apply(&self, description: &mut Value, problems: &mut Diagnostics) {
        self.0.iter().for_each(|(at, change)| change.apply(description, at, problems));
    }
}

struct TargetedChange {
    target: JsonPath,
    change: OverlayChange,
}

enum OverlayChange {
    Update(Value),
    Remove,
}

impl TargetedChange {
    /// Reads an action and reports everything that is wrong with it.
    fn read(action: &Value, at: &Pointer, problems: &mut Diagnostics) -> Option<Self> {
        let before = problems.list().len();
        let empty = Map::new();
        let object = action.as_object().unwrap_or(&empty);
        for key in object.keys() {
            if !matches!(key.as_str(), "target" | "description" | "update" | "remove")
                && !key.starts_with("x-")
            {
                problems.error_in(Source::Overlay, &at.join(key), "is not a key of an overlay action");
            }
        }
        if !matches!(object.get("description"), Some(Value::String(reason)) if !reason.trim().is_empty()) {
            problems.error_in(Source::Overlay, at, "has no reason: give it in `description`");
        }
        let target = match object.get("target").and_then(Value::as_str).map(parse_path) {
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
            (Some(update), None | Some(Value::Bool(false))) => Some(OverlayChange::Update(update.clone())),
            (None, Some(Value::Bool(true))) => Some(OverlayChange::Remove),
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
        let paths: Vec<String> =
            target.query_located(description).locations().map(|path| path.to_json_pointer()).collect();
        if paths.is_empty() {
            let message = format!("`{target}` matches nothing: remove this action");
            problems.stale(Source::Overlay, &at.join("target"), message);
            return;
        }
        let has_changed = match change {
            OverlayChange::Update(update) => {
                match update_all(description, &paths, update, &at.join("update"), problems) {
                    Some(has_changed) => has_changed,
                    None => return,
                }
            }
            // Later items of a list first, so that the paths of the earlier ones stay valid.
            OverlayChange::Remove => {
                paths.iter().rev().fold(false, |any, path| any | remove(description, path))
            }
        };
        if !has_changed {
            let message = format!("changes nothing at `{target}`: remove this action");
            problems.stale(Source::Overlay, at, message);
        }
    }
}

/// Parses a JSONPath. The parser calls itself for each bracket, so that a long row of them would exhaust the stack.
fn parse_path(text: &str) -> Result<JsonPath, String> {
    let brackets = text.bytes().filter(|byte| matches!(byte, b'(' | b'[')).count();
    if brackets > MAX_BRACKETS {
        return Err(format!("{brackets} opening brackets, of which {MAX_BRACKETS} are allowed"));
    }
    JsonPath::parse(text).map_err(|error| error.to_string())
}

/// Updates every match and returns whether one of them changed. `None` after an error.
fn update_all(
    description: &mut Value,
    paths: &[String],
    update: &Value,
    at: &Pointer,
    problems: &mut Diagnostics,
) -> Option<bool> {
    let mut has_changed = Some(false);
    for path in paths {
        let Some(node) = description.pointer_mut(path) else { continue };
        match merge(node, update) {
            Some(is_new) => {
                has_changed = has_changed.map(|any| any | is_new);
                problems.added(Pointer::from_json_pointer(path), at.clone());
            }
            None => {
                has_changed = None;
                let message = format!(
                    "cannot be merged into `#{path}`: update a mapping with a mapping, or append items to a list"
                );
                problems.error_in(Source::Overlay, at, message);
            }
        }
    }
    has_changed
}

/// Merges an update as Overlay 1.0 defines it: objects key by key, lists by appending. Returns whether the node changed,
/// or `None` if the two cannot be merged.
fn merge(node: &mut Value, update: &Value) -> Option<bool> {
    match (node, update) {
        (Value::Object(node), Value::Object(update)) => {
            let mut has_changed = false;
            for (key, new) in update {
                match node.get_mut(key) {
                    Some(old @ Value::Object(_)) if new.is_object() => has_changed |= merge(old, new)?,
                    Some(Value::Array(old)) if new.is_array() => has_changed |= append(old, new),
                    Some(old) if old == new => {}
                    _ => {
                        node.insert(key.clone(), new.clone());
                        has_changed = true;
                    }
                }
            }
            Some(has_changed)
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

fn remove(description: &mut Value, path: &str) -> bool {
    let Some((parent, key)) = path.rsplit_once('/') else { return false };
    let key = unescape_key(key);
    match description.pointer_mut(parent) {
        // Not `swap_remove`, which would reorder the other keys.
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

//! Finds the overlay actions that a new version makes unnecessary, or whose target has changed.
//!
//! An action without any effect is reported when the overlay is applied. An import knows both versions and reports
//! more: an action that some of its matches or the generated code no longer need, and one that corrects a value that
//! upstream has changed.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use serde_json_path::JsonPath;

use crate::diagnostics::{Diagnostics, Pointer, Source};
use crate::ir::Api;
use crate::overlay::Overlay;
use crate::{openapi, yaml};

/// Minimum number of keys in the pointer of a match. A match above is a container, such as all schemas or a path, and
/// changes with every version.
const MIN_KEYS: usize = 4;

/// Compares the effects of an overlay's actions on an old contract and on a new one. Returns each action to review with
/// the reason. `interface` builds the interface of the new contract with another overlay.
pub(crate) fn review_overlay(
    overlay: &str,
    old: &str,
    new: &str,
    interface: &dyn Fn(&str) -> Option<Api>,
) -> Vec<(Pointer, String)> {
    // Lowering has reported unreadable inputs.
    let ignored = &mut Diagnostics::default();
    let (Some(mut old), Some(mut new)) = (openapi::read(old, ignored), openapi::read(new, ignored)) else {
        return Vec::new();
    };
    let Some(Value::Object(overlay)) = yaml::read(overlay, Source::Overlay, ignored) else {
        return Vec::new();
    };
    let actions = overlay.get("actions").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut found = Vec::new();
    for (index, action) in actions.iter().enumerate() {
        let Some(effect) = Effect::of(action, &mut old, &mut new) else { continue };
        let is_needed = || !is_same_without(&overlay, index, interface);
        let at = Pointer::root().join("actions").join(index);
        found.extend(effect.findings(is_needed).into_iter().map(|finding| (at.clone(), finding)));
    }
    found
}

/// The effect of one action on the new version. Matches that are the same in the old version are left out.
struct Effect {
    target: String,
    /// New or changed matches to which the action changes nothing.
    unneeded: Vec<String>,
    /// Changed matches that the action corrects.
    corrected: Vec<String>,
}

impl Effect {
    /// Applies an action to both versions. `None` for one that removes, is invalid, or has no effect anywhere.
    fn of(action: &Value, old: &mut Value, new: &mut Value) -> Option<Self> {
        let (old_matches, new_matches) = (matches(action, old)?, matches(action, new)?);
        apply(action, old);
        apply(action, new);
        let (unneeded, corrected): (Vec<_>, Vec<_>) =
            new_matches.iter().partition(|(path, node)| new.pointer(path) == Some(node));
        if corrected.is_empty() {
            return None;
        }
        let changed = |matches: Vec<(&String, &Value)>| -> Vec<String> {
            let changed = matches.into_iter().filter(|(path, node)| old_matches.get(*path) != Some(*node));
            changed.map(|(path, _)| path.clone()).collect()
        };
        let mut corrected = changed(corrected);
        corrected.retain(|path| path.split('/').count() > MIN_KEYS && old_matches.contains_key(path));
        let target = action.get("target").and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Self { target, unneeded: changed(unneeded), corrected })
    }

    fn findings(&self, is_needed: impl Fn() -> bool) -> Vec<String> {
        let Self { target, unneeded, corrected } = self;
        if !corrected.is_empty() && !is_needed() {
            return vec![format!("`{target}`: the generated code is the same without it: remove it")];
        }
        let mut findings = Vec::new();
        if !unneeded.is_empty() {
            findings
                .push(format!("`{target}` is no longer needed for {}: narrow its target", listed(unneeded)));
        }
        if !corrected.is_empty() {
            let corrected = listed(corrected);
            findings
                .push(format!("`{target}` corrects {corrected}, which has changed: check the correction"));
        }
        findings
    }
}

/// The values that an update matches, by JSON pointer. `None` for an action that removes or is invalid.
fn matches(action: &Value, description: &Value) -> Option<BTreeMap<String, Value>> {
    action.get("update")?;
    let target = JsonPath::parse(action.get("target")?.as_str()?).ok()?;
    let located = target.query_located(description);
    let paths = located.locations().map(|path| path.to_json_pointer());
    Some(paths.filter_map(|path| Some((path.clone(), description.pointer(&path)?.clone()))).collect())
}

/// Applies one action.
fn apply(action: &Value, description: &mut Value) {
    let overlay = json!({ "overlay": "1.0.0", "actions": [action] });
    let ignored = &mut Diagnostics::default();
    Overlay::read(&yaml::write(&overlay), ignored).apply(description, ignored);
}

fn is_same_without(
    overlay: &Map<String, Value>,
    index: usize,
    interface: &dyn Fn(&str) -> Option<Api>,
) -> bool {
    let mut without = overlay.clone();
    if let Some(Value::Array(actions)) = without.get_mut("actions") {
        actions.remove(index);
    }
    let [with, without] =
        [overlay.clone(), without].map(|overlay| interface(&yaml::write(&Value::Object(overlay))));
    with.is_some() && with == without
}

fn listed(paths: &[String]) -> String {
    paths.iter().map(|path| format!("`#{path}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use crate::review_overlay;

    /// A description whose only property is as given.
    fn description(property: &str, other: &str) -> String {
        format!(
            "openapi: 3.0.0\ninfo: {{title: T, version: '1'}}\npaths:\n  /ReadCages: {{post: {{tags: [Cage], \
             requestBody: {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Cage'}}}}}}}}, \
             responses: {{'200': {{description: ''}}}}}}}}\ncomponents: {{schemas: {{Cage: {{type: object, properties: \
             {{Key: {property}, Other: {other}}}}}}}}}\n"
        )
    }

    fn reviewed(row: &str, old: (&str, &str), new: (&str, &str)) -> Vec<String> {
        let overlay = format!("overlay: 1.0.0\ninfo: {{title: T, version: '1'}}\nactions:\n- {row}\n");
        let (old, new) = (description(old.0, old.1), description(new.0, new.1));
        review_overlay(&overlay, &old, &new)
            .into_iter()
            .map(|(at, message)| format!("{at}: {message}"))
            .collect()
    }

    const SECRET: &str = "{target: \"$.components.schemas.Cage.properties['Key', 'Other']\", description: A secret., \
                          update: {format: password}}";
    const TARGET: &str = "`$.components.schemas.Cage.properties['Key', 'Other']`";
    const TEXT: &str = "{type: string}";
    const FIXED: &str = "{type: string, format: password}";

    #[test]
    fn an_action_is_reported_where_its_target_has_changed() {
        assert_eq!(reviewed(SECRET, (TEXT, TEXT), (TEXT, TEXT)), [""; 0]);
        let key = "`#/components/schemas/Cage/properties/Key`";
        assert_eq!(
            reviewed(SECRET, (TEXT, TEXT), (FIXED, TEXT)),
            [format!("#/actions/0: {TARGET} is no longer needed for {key}: narrow its target")]
        );
        // Unchanged since the old version.
        assert_eq!(reviewed(SECRET, (FIXED, TEXT), (FIXED, TEXT)), [""; 0]);
        assert_eq!(
            reviewed(SECRET, (TEXT, TEXT), ("{type: string, format: byte}", TEXT)),
            [format!("#/actions/0: {TARGET} corrects {key}, which has changed: check the correction")]
        );
        // An action without any effect is reported when the overlay is applied.
        assert_eq!(reviewed(SECRET, (TEXT, TEXT), (FIXED, FIXED)), [""; 0]);
    }

    #[test]
    fn an_action_without_effect_on_the_generated_code_is_reported() {
        // A field is not deprecated unless the description says so.
        let row = "{target: $.components.schemas.Cage.properties.Key, description: Used., update: {deprecated: false}}";
        assert_eq!(
            reviewed(row, ("{type: integer}", TEXT), (TEXT, TEXT)),
            [
                "#/actions/0: `$.components.schemas.Cage.properties.Key`: the generated code is the same without it: \
                 remove it"
            ]
        );
    }

    #[test]
    fn unreadable_inputs_are_not_reviewed() {
        assert_eq!(review_overlay("[", "{}", "{}"), []);
        assert_eq!(review_overlay("actions: [3, {target: $, update: {}}, {target: '['}]", "{}", "["), []);
    }
}

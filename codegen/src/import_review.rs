//! What a report of an import quotes from the inputs: overlay actions with reason and line, and values by pointer.

use serde_json::Value;

use crate::diagnostics::{Diagnostics, Pointer, Source};
use crate::{Input, relocate, yaml};

/// An action of the overlay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverlayAction {
    /// The pointer into the overlay.
    pub at: Pointer,
    /// Its `description`.
    pub reason: String,
    /// The line in the overlay, from 1.
    pub line: Option<usize>,
}

/// The actions of an overlay, in their order. Empty if the overlay is not valid.
pub fn overlay_actions(overlay: &str) -> Vec<OverlayAction> {
    let Some(value) = yaml::read(overlay, Source::Overlay, &mut Diagnostics::default()) else {
        return Vec::new();
    };
    let actions = value.get("actions").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let pointers: Vec<Pointer> =
        (0..actions.len()).map(|index| Pointer::root().join("actions").join(index)).collect();
    let mut probes = Diagnostics::default();
    pointers.iter().for_each(|at| probes.error_in(Source::Overlay, at, ""));
    let input = Input {
        description: "",
        overlay: Some(overlay),
        docs: None,
        errors: None,
        waiters: None,
        strict: false,
    };
    let located = relocate(&input, probes.list().to_vec());
    let line = |at: &Pointer| {
        let probe = located.iter().find(|probe| probe.source == Source::Overlay && probe.pointer == *at)?;
        probe.place.as_ref().map(|place| place.line)
    };
    let reason = |action: &Value| {
        let reason = action.get("description").and_then(Value::as_str).unwrap_or_default();
        reason.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let actions = actions.iter().zip(&pointers);
    actions
        .map(|(action, at)| OverlayAction { at: at.clone(), reason: reason(action), line: line(at) })
        .collect()
}

/// The values at pointers such as `#/components/schemas/Vm`, as JSON on one line. `None` where there is none.
pub fn values_at(description: &str, pointers: &[&str]) -> Vec<Option<String>> {
    let value = yaml::read(description, Source::Description, &mut Diagnostics::default());
    let find = |pointer: &&str| Some(value.as_ref()?.pointer(pointer.trim_start_matches('#'))?.to_string());
    pointers.iter().map(find).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

    use super::{overlay_actions, values_at};

    #[test]
    fn actions_have_their_reason_and_line() {
        let overlay = "overlay: 1.0.0\nactions:\n- target: $.info\n  description: A\n    reason.\n  update: {}\n\
                       - {target: $, description: Other., remove: true}\n";
        let found = overlay_actions(overlay);
        let found: Vec<(&str, &str, Option<usize>)> =
            found.iter().map(|action| (action.at.as_str(), action.reason.as_str(), action.line)).collect();
        assert_eq!(found, [("#/actions/0", "A reason.", Some(3)), ("#/actions/1", "Other.", Some(7))]);
        assert_eq!(overlay_actions("["), []);
    }

    #[test]
    fn values_are_found_by_pointer() {
        let found = values_at("a: {b/c: [1, x]}", &["#/a/b~1c", "#/a/none"]);
        assert_eq!(found, [Some("[1,\"x\"]".to_owned()), None]);
        assert_eq!(values_at("[", &["#/a"]), [None]);
    }
}

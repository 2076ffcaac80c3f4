//! Parts of the inputs that the report of an import quotes: overlay actions with reason and line, our texts, and values
//! by pointer.

use serde_json::Value;

use crate::diagnostics::{Diagnostics, Pointer, Source};
use crate::{Input, relocate, yaml};

/// No input.
const EMPTY: Input<'static> =
    Input { description: "", overlay: None, docs: None, errors: None, waiters: None, strict: false };

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
    let input = Input { overlay: Some(overlay), ..EMPTY };
    let lines = lines(&input, Source::Overlay, &pointers);
    let reason = |action: &Value| {
        let reason = action.get("description").and_then(Value::as_str).unwrap_or_default();
        reason.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let actions = actions.iter().zip(pointers).zip(lines);
    actions.map(|((action, at), line)| OverlayAction { at, reason: reason(action), line }).collect()
}

/// One of our texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocsText {
    /// The text.
    pub text: String,
    /// The line in `docs.yaml`, from 1.
    pub line: Option<usize>,
}

/// The text for a field such as `Vm.State`: its own, otherwise that of all fields of its name. `None` if there is none.
pub fn field_text(docs: &str, schema: &str, property: &str) -> Option<DocsText> {
    let value = yaml::read(docs, Source::Docs, &mut Diagnostics::default())?;
    let fields = value.get("fields")?;
    let names = [format!("{schema}.{property}"), property.to_owned()];
    let (name, text) = names.into_iter().find_map(|name| {
        let text = fields.get(&name)?.as_str()?.to_owned();
        Some((name, text))
    })?;
    let at = Pointer::root().at(&["fields", &name]);
    let line = lines(&Input { docs: Some(docs), ..EMPTY }, Source::Docs, &[at]).pop().flatten();
    Some(DocsText { text, line })
}

/// The lines of pointers into an input. `None` where there is nothing.
pub fn lines(input: &Input<'_>, source: Source, pointers: &[Pointer]) -> Vec<Option<usize>> {
    let mut probes = Diagnostics::default();
    pointers.iter().for_each(|at| probes.error_in(source, at, ""));
    let located = relocate(input, probes.list().to_vec());
    let line = |at: &Pointer| {
        let probe = located.iter().find(|probe| probe.source == source && probe.pointer == *at)?;
        probe.place.as_ref().map(|place| place.line)
    };
    pointers.iter().map(line).collect()
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

    use super::{field_text, overlay_actions, values_at};

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
    fn texts_of_a_field_come_before_those_of_its_name() {
        let docs = "fields:\n  State: Of all.\n  Vm.State: Of a VM.\n";
        let found = |schema: &str| field_text(docs, schema, "State").map(|found| (found.text, found.line));
        assert_eq!(found("Vm"), Some(("Of a VM.".to_owned(), Some(3))));
        assert_eq!(found("Volume"), Some(("Of all.".to_owned(), Some(2))));
        assert_eq!(field_text(docs, "Vm", "Size"), None);
    }

    #[test]
    fn values_are_found_by_pointer() {
        let found = values_at("a: {b/c: [1, x]}", &["#/a/b~1c", "#/a/none"]);
        assert_eq!(found, [Some("[1,\"x\"]".to_owned()), None]);
        assert_eq!(values_at("[", &["#/a"]), [None]);
    }
}

//! Checks the links in `spec/docs.yaml` to generated items, with file and line.

use std::collections::HashSet;

use osc_codegen::ir::{Api, TypeDef, Values};

use crate::inputs::Inputs;
use crate::{terminal, workspace};

/// Prints the links of the texts that lead to no generated item. Returns whether there are any.
pub(crate) fn report_broken(api: &Api, inputs: &Inputs) -> bool {
    let Some(docs) = &inputs.docs else { return false };
    let file = workspace::relative(&docs.path);
    let broken = broken(api, &docs.text);
    for (line, target) in &broken {
        terminal::warn(&format!("error: {file}:{line} the link to `{target}` leads to no generated item\n"));
    }
    !broken.is_empty()
}

fn broken(api: &Api, docs: &str) -> Vec<(usize, String)> {
    let known = paths(api);
    let mut found = Vec::new();
    for (index, line) in docs.lines().enumerate() {
        for target in targets(line) {
            let path = target.split(['(', '#']).next().unwrap_or_default();
            let is_generated = ["crate::Client::", "crate::types::", "crate::action::"]
                .iter()
                .any(|prefix| path.starts_with(prefix));
            if is_generated && !known.contains(path) && !RUNTIME.contains(&path) {
                found.push((index + 1, target.to_owned()));
            }
        }
    }
    found
}

/// Items of the runtime in modules that otherwise have generated items.
const RUNTIME: &[&str] = &[
    "crate::Client::builder",
    "crate::Client::from_env",
    "crate::Client::new",
    "crate::Client::paginate",
    "crate::Client::send",
    "crate::Client::send_raw",
    "crate::Client::wait_for",
    "crate::Client::wait_until",
    "crate::action::Action",
];

/// The targets of the links on a line: `](target)` and `[label]: target`.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    let inline = line.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(target, _)| target));
    let definition = line.split_once("]: ").map(|(_, target)| target.trim());
    inline.chain(definition).filter(|target| target.starts_with("crate::"))
}

/// The paths of all generated methods, markers, types, fields and variants.
fn paths(api: &Api) -> HashSet<String> {
    let mut paths = HashSet::new();
    for module in &api.modules {
        for action in &module.actions {
            paths.insert(format!("crate::Client::{}", action.method));
            paths.insert(format!("crate::action::{}", action.marker));
        }
        for definition in &module.types {
            let path = format!("crate::types::{}", definition.name());
            match definition {
                TypeDef::Struct(definition) => {
                    paths.extend(definition.fields.iter().flat_map(|field| {
                        [format!("{path}::{}", field.ident), format!("{path}::{}", field.setter)]
                    }));
                }
                TypeDef::Enum(definition) => match &definition.values {
                    Values::Text(values) => {
                        paths.extend(values.iter().map(|(variant, _)| format!("{path}::{variant}")));
                    }
                    Values::Integer(values) => {
                        paths.extend(values.iter().map(|(variant, _)| format!("{path}::{variant}")));
                    }
                },
                TypeDef::Alias(_) | TypeDef::Identifier(_) => {}
            }
            paths.insert(path);
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::targets;

    #[test]
    fn links_of_both_forms_are_found() {
        let line = "See [`a`](crate::types::A), [b](https://example.com) and [c](crate::Client::c()).";
        assert_eq!(targets(line).collect::<Vec<_>>(), ["crate::types::A", "crate::Client::c("]);
        assert_eq!(targets("    [`d`]: crate::types::D").collect::<Vec<_>>(), ["crate::types::D"]);
    }
}

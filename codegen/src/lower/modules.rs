//! The module of each type and action, and the types each module imports from others.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::types::Types;
use crate::diagnostics::Diagnostics;
use crate::doc_text::{code, sentences};
use crate::ir::{Action, Direction, Field, Module, Type, TypeDef};
use crate::names;

/// The module of types that no single tag owns.
const COMMON: &str = "common";

/// Maximum lines of a file, estimated: a longer one is hard to review.
const MAX_LINES: usize = 3000;

/// Sorts types and actions into modules, by tag.
pub(super) fn arrange(
    types: Types,
    actions: Vec<(String, Action)>,
    problems: &mut Diagnostics,
) -> Vec<Module> {
    let mut modules: BTreeMap<String, Module> = BTreeMap::new();
    let mut tags: BTreeMap<String, String> = BTreeMap::new();
    for (tag, action) in &actions {
        let at = action.at.join("tags");
        let Some(name) = names::module(tag) else {
            let message = format!(
                "the tag {} cannot be turned into a file name: set another tag in the overlay",
                code(tag)
            );
            problems.error(&at, message);
            continue;
        };
        if modules.get(&name).is_some_and(|_| tags.get(tag) != Some(&name)) {
            let message = format!(
                "the tag {} would be the file `{name}`, as another tag already is: rename one of them in the overlay",
                code(tag)
            );
            problems.error(&at, message);
        }
        tags.insert(tag.clone(), name.clone());
        modules.entry(name.clone()).or_insert_with(|| module(name, sentences::tag_module(tag)));
    }
    let mut homes: HashMap<String, String> = HashMap::new();
    for (name, placed) in types.definitions {
        let mut used_by = placed.tags.iter().filter_map(|tag| tags.get(tag));
        let home = match (used_by.next(), used_by.next()) {
            (Some(tag), None) => tag.clone(),
            _ => COMMON.to_owned(),
        };
        let module = modules
            .entry(home.clone())
            .or_insert_with(|| module(COMMON.to_owned(), sentences::common_module()));
        module.types.push(placed.definition);
        homes.insert(name, home);
    }
    for (tag, action) in actions {
        if let Some(module) = tags.get(&tag).and_then(|name| modules.get_mut(name)) {
            module.actions.push(action);
        }
    }
    split(&mut modules, &mut homes);
    let mut modules: Vec<Module> = modules.into_values().collect();
    for module in &mut modules {
        module.types.sort_by(|a, b| a.name().cmp(b.name()));
        module.actions.sort_by(|a, b| a.marker.cmp(&b.marker));
        module.imports = imports(module, &homes);
    }
    modules
}

fn module(name: String, docs: Vec<String>) -> Module {
    Module { name, docs, imports: Vec::new(), types: Vec::new(), actions: Vec::new() }
}

/// Moves the types inside requests and responses to a separate file if a tag is too large for one.
fn split(modules: &mut BTreeMap<String, Module>, homes: &mut HashMap<String, String>) {
    let large = modules.values().filter(|module| module.name != COMMON && lines(module) > MAX_LINES);
    let large: Vec<String> = large.map(|module| module.name.clone()).collect();
    for name in large {
        let inner_name = format!("{name}_types");
        if modules.contains_key(&inner_name) {
            continue;
        }
        let Some(whole) = modules.get_mut(&name) else { continue };
        let bodies: BTreeSet<&str> = whole
            .actions
            .iter()
            .flat_map(|action| [action.request.as_str(), action.response.as_str()])
            .collect();
        let (bodies, inner): (Vec<TypeDef>, Vec<TypeDef>) = std::mem::take(&mut whole.types)
            .into_iter()
            .partition(|definition| bodies.contains(definition.name()));
        whole.types = bodies;
        let mut file = module(inner_name.clone(), sentences::inner_module(&name));
        homes.extend(inner.iter().map(|definition| (definition.name().to_owned(), inner_name.clone())));
        file.types = inner;
        modules.insert(inner_name, file);
    }
}

/// Estimated lines of a file. From the model alone: a new sentence must not move a type.
fn lines(module: &Module) -> usize {
    let types = module.types.iter().map(|definition| match definition {
        TypeDef::Struct(definition) => {
            let field = |field: &Field| match (definition.direction, &field.ty) {
                (Direction::Response, _) => 3,
                (_, Type::List(_) | Type::Map(_)) => 13,
                _ => 9,
            };
            15 + definition.fields.iter().map(field).sum::<usize>()
        }
        TypeDef::Enum(_) => 45,
        TypeDef::Alias(_) => 3,
    });
    types.sum::<usize>() + 48 * module.actions.len()
}

/// The types of other modules that a module names, by module.
fn imports(module: &Module, homes: &HashMap<String, String>) -> Vec<(String, Vec<String>)> {
    let types = module.types.iter().flat_map(|definition| match definition {
        TypeDef::Struct(definition) => {
            definition.fields.iter().filter_map(|field| field.ty.named()).collect()
        }
        TypeDef::Alias(alias) => alias.ty.named().into_iter().collect(),
        TypeDef::Enum(_) => Vec::new(),
    });
    let actions = module.actions.iter().flat_map(|action| {
        let item = action.pagination.as_ref().and_then(|pagination| pagination.item.named());
        [action.request.as_str(), action.response.as_str()].into_iter().chain(item)
    });
    let named: BTreeSet<&str> = types.chain(actions).collect();
    let mut imports: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for name in named {
        if let Some(home) = homes.get(name).filter(|home| **home != module.name) {
            imports.entry(home).or_default().push(name.to_owned());
        }
    }
    imports.into_iter().map(|(home, names)| (home.to_owned(), names)).collect()
}

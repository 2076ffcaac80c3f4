//! Which file each type and action goes to, and what each file needs from elsewhere.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::types::Types;
use crate::diagnostics::Diagnostics;
use crate::doc_text::code;
use crate::ir::{Action, Direction, Field, Module, Presence, Type, TypeDef, Values};
use crate::names;

/// The module of types that two tags use, or none.
const COMMON: &str = "common";

/// A file of more lines is hard to review.
const MOST_LINES: usize = 3000;

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
                "the tag {} cannot be made a file's name: give its actions another in the overlay",
                code(tag)
            );
            problems.error(&at, message);
            continue;
        };
        if modules.get(&name).is_some_and(|_| tags.get(tag) != Some(&name)) {
            let message = format!(
                "the tag {} would be the file `{name}`, which another tag is already: give one another in the overlay",
                code(tag)
            );
            problems.error(&at, message);
        }
        tags.insert(tag.clone(), name.clone());
        modules.entry(name.clone()).or_insert_with(|| {
            module(name, format!("Actions of the tag {}, and the types that only they use.", code(tag)))
        });
    }
    let mut homes: HashMap<String, String> = HashMap::new();
    for (name, placed) in types.definitions {
        let mut used_by = placed.tags.iter().filter_map(|tag| tags.get(tag));
        let home = match (used_by.next(), used_by.next()) {
            (Some(tag), None) => tag.clone(),
            _ => COMMON.to_owned(),
        };
        let module = modules.entry(home.clone()).or_insert_with(|| {
            module(COMMON.to_owned(), "Types that the actions of several tags use, or of none.".to_owned())
        });
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
        needs(module, &homes);
    }
    modules
}

fn module(name: String, docs: String) -> Module {
    Module {
        name,
        docs: vec![docs],
        runtime: Vec::new(),
        imports: Vec::new(),
        types: Vec::new(),
        actions: Vec::new(),
    }
}

/// Moves what stands inside requests and answers to a file of its own, where a tag has too much for one file.
fn split(modules: &mut BTreeMap<String, Module>, homes: &mut HashMap<String, String>) {
    let large = modules.values().filter(|module| module.name != COMMON && lines(module) > MOST_LINES);
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
        let docs = format!("Types that stand inside the requests and answers of `{name}`.");
        let mut file = module(inner_name.clone(), docs);
        homes.extend(inner.iter().map(|definition| (definition.name().to_owned(), inner_name.clone())));
        file.types = inner;
        modules.insert(inner_name, file);
    }
}

/// About how many lines a file will have. An estimate from the model alone: a new sentence must not move a type.
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

/// Fills in what a file imports.
fn needs(module: &mut Module, homes: &HashMap<String, String>) {
    let mut runtime = BTreeSet::new();
    let mut named = BTreeSet::new();
    for definition in &module.types {
        match definition {
            TypeDef::Struct(definition) => {
                runtime.insert("__private");
                for field in &definition.fields {
                    if field.presence == Presence::Nullable {
                        runtime.insert("Nullable");
                    }
                    type_needs(&field.ty, &mut runtime, &mut named);
                }
            }
            TypeDef::Enum(definition) => {
                runtime.insert("__private");
                runtime.insert(match definition.values {
                    Values::Text(_) => "UnknownValue",
                    Values::Integer(_) => "UnknownInteger",
                });
            }
            TypeDef::Alias(alias) => type_needs(&alias.ty, &mut runtime, &mut named),
        }
    }
    for action in &module.actions {
        runtime.extend(["Client", "Result"]);
        named.extend([action.request.as_str(), action.response.as_str()]);
        if let Some(pagination) = &action.pagination {
            runtime.extend(["Paginated", "__private"]);
            type_needs(&pagination.item, &mut runtime, &mut named);
        }
    }
    let mut imports: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for name in named {
        if let Some(home) = homes.get(name).filter(|home| **home != module.name) {
            imports.entry(home).or_default().push(name.to_owned());
        }
    }
    let imports = imports.into_iter().map(|(home, names)| (home.to_owned(), names)).collect();
    module.runtime = runtime.into_iter().collect();
    module.imports = imports;
}

fn type_needs<'t>(ty: &'t Type, runtime: &mut BTreeSet<&'static str>, named: &mut BTreeSet<&'t str>) {
    match ty {
        Type::Secret => _ = runtime.insert("Secret"),
        Type::Date => _ = runtime.insert("Date"),
        Type::DateTime => _ = runtime.insert("DateTime"),
        Type::DateOrDateTime => _ = runtime.insert("DateOrDateTime"),
        Type::Named(name) | Type::Boxed(name) => _ = named.insert(name),
        Type::List(inner) => type_needs(inner, runtime, named),
        Type::Map(inner) => {
            runtime.insert("BTreeMap");
            type_needs(inner, runtime, named);
        }
        Type::Bool | Type::I32 | Type::I64 | Type::F64 | Type::String | Type::Json => {}
    }
}

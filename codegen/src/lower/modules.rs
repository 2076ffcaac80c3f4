//! The module of each type and action, and the types each module imports from others.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::types::{PlacedType, Types};
use crate::diagnostics::Diagnostics;
use crate::doc_text::{code, sentences};
use crate::ir::{Action, Module, TypeDef};
use crate::names;

/// The module of types that no single tag owns.
const COMMON: &str = "common";

/// The module of the identifier types.
const IDS: &str = "ids";

/// Maximum number of declarations in a file: a longer one is hard to review.
const MAX_DECLARATIONS: usize = 200;

/// Sorts types and actions into modules, by tag.
pub(super) fn arrange(
    types: Types,
    actions: Vec<(String, Action)>,
    problems: &mut Diagnostics,
) -> Vec<Module> {
    let names = module_names(&actions, problems);
    let mut modules = Modules::default();
    for placed in types.definitions.into_values() {
        modules.add_type(placed, &names);
    }
    for (tag, action) in actions {
        if let Some(name) = names.get(&tag) {
            modules.tag(name, &tag).actions.push(action);
        }
    }
    modules.split();
    modules.finish()
}

/// The module name of each tag. A tag without one, or with another tag's, is reported.
fn module_names(actions: &[(String, Action)], problems: &mut Diagnostics) -> BTreeMap<String, String> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for (tag, action) in actions {
        let at = action.at.join("tags");
        let Some(name) = names::module(tag) else {
            let message = format!(
                "the tag {} cannot be turned into a file name: set another tag in the overlay",
                code(tag)
            );
            problems.error(&at, message);
            continue;
        };
        if names.iter().any(|(other, taken)| *taken == name && other != tag) {
            let message = format!(
                "the tag {} would be the file `{name}`, as another tag already is: rename one of them in the overlay",
                code(tag)
            );
            problems.error(&at, message);
        }
        names.insert(tag.clone(), name);
    }
    names
}

/// The modules while they are filled.
#[derive(Default)]
struct Modules {
    modules: BTreeMap<String, Module>,
    /// The module of each type.
    homes: HashMap<String, String>,
}

impl Modules {
    /// The module of a tag.
    fn tag(&mut self, name: &str, tag: &str) -> &mut Module {
        self.module(name, tag, || sentences::tag_module(tag))
    }

    fn module(&mut self, name: &str, title: &str, docs: impl FnOnce() -> Vec<String>) -> &mut Module {
        self.modules
            .entry(name.to_owned())
            .or_insert_with(|| module(name.to_owned(), title.to_owned(), docs()))
    }

    /// Adds a type to the module of the only tag that uses it, else to the common one.
    fn add_type(&mut self, placed: PlacedType, names: &BTreeMap<String, String>) {
        let PlacedType { definition, tags, .. } = placed;
        if let TypeDef::Identifier(identifier) = &definition {
            self.homes.insert(identifier.name.clone(), IDS.to_owned());
            self.module(IDS, "Identifiers", sentences::ids_module).types.push(definition);
            return;
        }
        let mut users = tags.iter().filter_map(|tag| Some((tag, names.get(tag)?)));
        let module = match (users.next(), users.next()) {
            (Some((tag, name)), None) => self.tag(name, tag),
            _ => self.module(COMMON, "Types of several tags", sentences::common_module),
        };
        let home = module.name.clone();
        let type_name = definition.name().to_owned();
        module.types.push(definition);
        self.homes.insert(type_name, home);
    }

    /// Moves the types inside requests and responses to a separate file if a tag has too many for one.
    fn split(&mut self) {
        let is_large = |module: &&Module| {
            ![COMMON, IDS].contains(&module.name.as_str()) && declarations(module) > MAX_DECLARATIONS
        };
        let large: Vec<String> =
            self.modules.values().filter(is_large).map(|module| module.name.clone()).collect();
        for name in large {
            let inner_name = format!("{name}_types");
            if self.modules.contains_key(&inner_name) {
                continue;
            }
            let Some(whole) = self.modules.get_mut(&name) else { continue };
            let (inner, title) = (take_inner(whole), whole.title.clone());
            let moved = inner.iter().map(|definition| (definition.name().to_owned(), inner_name.clone()));
            self.homes.extend(moved);
            self.module(&inner_name, &title, || sentences::inner_module(&name)).types = inner;
        }
    }

    /// The modules, with everything in order.
    fn finish(self) -> Vec<Module> {
        let Self { modules, homes } = self;
        let mut modules: Vec<Module> = modules.into_values().collect();
        for module in &mut modules {
            module.types.sort_by(|a, b| a.name().cmp(b.name()));
            module.actions.sort_by(|a, b| a.marker.cmp(&b.marker));
            module.imports = imports(module, &homes);
        }
        modules
    }
}

fn module(name: String, title: String, docs: Vec<String>) -> Module {
    Module { name, title, docs, imports: Vec::new(), types: Vec::new(), actions: Vec::new() }
}

/// Takes the types of a module that are neither requests nor responses.
fn take_inner(module: &mut Module) -> Vec<TypeDef> {
    let bodies = module.actions.iter().flat_map(|action| [action.request.as_str(), action.response.as_str()]);
    let bodies: BTreeSet<&str> = bodies.collect();
    let (bodies, inner) = std::mem::take(&mut module.types)
        .into_iter()
        .partition(|definition| bodies.contains(definition.name()));
    module.types = bodies;
    inner
}

/// The number of types, fields, methods and markers of a file. None depends on documentation: a new sentence must not
/// move a type.
fn declarations(module: &Module) -> usize {
    let types = module.types.iter().map(|definition| match definition {
        TypeDef::Struct(definition) => 1 + definition.fields.len(),
        TypeDef::Enum(_) | TypeDef::Alias(_) | TypeDef::Identifier(_) => 1,
    });
    types.sum::<usize>() + 2 * module.actions.len()
}

/// The types of other modules that a module names, by module.
fn imports(module: &Module, homes: &HashMap<String, String>) -> Vec<(String, Vec<String>)> {
    let types = module.types.iter().flat_map(|definition| match definition {
        TypeDef::Struct(definition) => {
            definition.fields.iter().filter_map(|field| field.ty.named()).collect()
        }
        TypeDef::Alias(alias) => alias.ty.named().into_iter().collect(),
        TypeDef::Enum(_) | TypeDef::Identifier(_) => Vec::new(),
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

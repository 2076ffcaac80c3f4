//! The items of a model by name.

use std::collections::BTreeMap;

use crate::ir::{Action, Api, TypeDef};

/// The actions and types of a model by name, each with its module.
pub(super) struct Index<'a> {
    /// By wire name.
    pub(super) actions: BTreeMap<&'a str, (&'a str, &'a Action)>,
    /// By Rust name.
    pub(super) types: BTreeMap<&'a str, (&'a str, &'a TypeDef)>,
}

impl<'a> Index<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        let mut index = Self { actions: BTreeMap::new(), types: BTreeMap::new() };
        for module in &api.modules {
            let name = module.name.as_str();
            let actions = module.actions.iter().map(|action| (action.wire.as_str(), (name, action)));
            index.actions.extend(actions);
            index.types.extend(module.types.iter().map(|definition| (definition.name(), (name, definition))));
        }
        index
    }
}

/// The names in `names` that `others` lacks, except those that `is_excluded`.
pub(super) fn missing_from<'a, T, U>(
    others: &BTreeMap<&str, U>,
    names: &BTreeMap<&'a str, T>,
    is_excluded: impl Fn(&str) -> bool,
) -> Vec<&'a str> {
    let names = names.keys().copied();
    names.filter(|name| !others.contains_key(name) && !is_excluded(name)).collect()
}

//! A model by names.

use std::collections::BTreeMap;

use crate::ir::{Action, Api, TypeDef};

/// The items of a model by name, each with the file that it is in.
pub(super) struct Index<'a> {
    /// By the name on the wire.
    pub(super) actions: BTreeMap<&'a str, (&'a str, &'a Action)>,
    /// By the Rust name.
    pub(super) types: BTreeMap<&'a str, (&'a str, &'a TypeDef)>,
}

impl<'a> Index<'a> {
    pub(super) fn of(api: &'a Api) -> Self {
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

/// The names that only one of two mappings has.
pub(super) fn only_in<'a, T, U>(
    one: &BTreeMap<&'a str, T>,
    other: &BTreeMap<&str, U>,
    is_paired: impl Fn(&str) -> bool,
) -> Vec<&'a str> {
    let names = one.keys().copied();
    names.filter(|name| !other.contains_key(name) && !is_paired(name)).collect()
}

//! Puts a `Box` where a struct would contain itself.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::types::Placed;
use crate::ir::{Type, TypeDef};

/// Boxes every field that lies on a cycle of structs. Lists and maps are on the heap already and break a cycle.
pub(super) fn boxed(definitions: &mut IndexMap<String, Placed>) {
    let mut edges: HashMap<String, Vec<String>> = HashMap::new();
    for (name, placed) in definitions.iter() {
        if let TypeDef::Struct(definition) = &placed.definition {
            let inside = definition.fields.iter().filter_map(|field| match &field.ty {
                Type::Named(inner) => Some(inner.clone()),
                _ => None,
            });
            edges.insert(name.clone(), inside.collect());
        }
    }
    for (name, placed) in definitions.iter_mut() {
        let TypeDef::Struct(definition) = &mut placed.definition else { continue };
        for field in &mut definition.fields {
            if let Type::Named(inner) = &field.ty
                && reaches(&edges, inner, name)
            {
                field.ty = Type::Boxed(inner.clone());
            }
        }
    }
}

fn reaches(edges: &HashMap<String, Vec<String>>, from: &str, to: &str) -> bool {
    let mut seen = HashSet::new();
    let mut todo = vec![from];
    while let Some(name) = todo.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name) {
            todo.extend(edges.get(name).into_iter().flatten().map(String::as_str));
        }
    }
    false
}

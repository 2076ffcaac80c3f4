//! Boxes the fields through which a struct contains itself.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::types::PlacedType;
use crate::diagnostics::Diagnostics;
use crate::ir::{Field, Type, TypeDef};

/// Boxes every field on a cycle of structs, and reports cycles of required fields: no value could be built.
///
/// Lists and maps are on the heap already and break a cycle.
pub(super) fn boxed(definitions: &mut IndexMap<String, PlacedType>, problems: &mut Diagnostics) {
    let all = edges(definitions, |_| true);
    let required = edges(definitions, |field| field.required);
    for (name, placed) in definitions.iter_mut() {
        let TypeDef::Struct(definition) = &mut placed.definition else { continue };
        for field in &mut definition.fields {
            let Type::Named(inner) = &field.ty else { continue };
            if field.required && reaches(&required, inner, name) {
                let message = format!(
                    "`{}` requires another `{name}`, endlessly: make it optional in the overlay",
                    field.wire
                );
                problems.error(&placed.at, message);
            }
            if reaches(&all, inner, name) {
                field.ty = Type::Boxed(inner.clone());
            }
        }
    }
}

/// The structs directly inside each struct, in the fields that `pick` selects.
fn edges(
    definitions: &IndexMap<String, PlacedType>,
    pick: fn(&Field) -> bool,
) -> HashMap<String, Vec<String>> {
    let structs = definitions.iter().filter_map(|(name, placed)| match &placed.definition {
        TypeDef::Struct(definition) => Some((name, &definition.fields)),
        _ => None,
    });
    let inside = |fields: &[Field]| {
        let named = fields.iter().filter(|field| pick(field)).filter_map(|field| match &field.ty {
            Type::Named(inner) => Some(inner.clone()),
            _ => None,
        });
        named.collect()
    };
    structs.map(|(name, fields)| (name.clone(), inside(fields))).collect()
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

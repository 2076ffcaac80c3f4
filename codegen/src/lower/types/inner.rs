//! Enums, and types that stand inside others without a name of their own.

use std::collections::{BTreeSet, HashMap};

use super::super::facts;
use super::super::schema::{Node, Shape};
use super::{Lowering, Owner, Placed};
use crate::diagnostics::Pointer;
use crate::ir::{Enum, Type, TypeDef, Values};
use crate::names;

impl<'a> Lowering<'a, '_> {
    /// An enum or a struct that stands inside another type.
    pub(super) fn inner(
        &mut self,
        shape: Shape<'a>,
        node: Node<'a>,
        at: &Pointer,
        owner: &Owner,
        inner: &str,
    ) -> Option<Type> {
        let name = match names::type_name(node.rust_name().unwrap_or(inner)) {
            Ok(name) => name,
            Err(message) => {
                self.problems.error(at, message);
                return None;
            }
        };
        let docs = self.docs.type_(&name, None).unwrap_or_else(|| facts::inner(&owner.name, at));
        let definition = match shape {
            Shape::Text { values, .. } => self.text_enum(name.clone(), docs, &values, at)?,
            Shape::Integer { values, .. } => self.integer_enum(name.clone(), docs, &values, at)?,
            Shape::Struct { properties, required } => {
                let owner = Owner {
                    name: name.clone(),
                    wire: name.clone(),
                    direction: owner.direction,
                    tags: owner.tags.clone(),
                };
                self.structure(&owner, docs, properties, required, at)
            }
            _ => return None,
        };
        // The overlay may give several value sets one name, when they are one.
        if let (Some(placed), TypeDef::Enum(new)) = (self.definitions.get_mut(&name), &definition)
            && matches!(&placed.definition, TypeDef::Enum(old) if old.values == new.values)
        {
            placed.tags.extend(owner.tags.iter().cloned());
            return Some(Type::Named(name));
        }
        self.define(name, definition, &owner.tags, at).map(Type::Named)
    }

    pub(super) fn define(
        &mut self,
        name: String,
        definition: TypeDef,
        tags: &BTreeSet<String>,
        at: &Pointer,
    ) -> Option<String> {
        if !self.claim(&name, at) {
            return None;
        }
        self.definitions.insert(name.clone(), Placed { at: at.clone(), definition, tags: tags.clone() });
        Some(name)
    }

    pub(super) fn text_enum(
        &mut self,
        name: String,
        docs: Vec<String>,
        values: &[&str],
        at: &Pointer,
    ) -> Option<TypeDef> {
        let variants =
            values.iter().map(|value| (names::variant(value), (*value).to_owned())).collect::<Vec<_>>();
        self.variants_are_distinct(variants.iter().map(|(variant, value)| (variant, value.clone())), at)?;
        Some(TypeDef::Enum(Enum { name, docs, values: Values::Text(variants) }))
    }

    pub(super) fn integer_enum(
        &mut self,
        name: String,
        docs: Vec<String>,
        values: &[i64],
        at: &Pointer,
    ) -> Option<TypeDef> {
        let variants =
            values.iter().map(|value| (names::variant(&value.to_string()), *value)).collect::<Vec<_>>();
        self.variants_are_distinct(variants.iter().map(|(variant, value)| (variant, value.to_string())), at)?;
        Some(TypeDef::Enum(Enum { name, docs, values: Values::Integer(variants) }))
    }

    fn variants_are_distinct<'v>(
        &mut self,
        variants: impl Iterator<Item = (&'v String, String)>,
        at: &Pointer,
    ) -> Option<()> {
        let mut seen: HashMap<&str, String> = HashMap::new();
        let mut distinct = Some(());
        for (variant, value) in variants {
            if let Some(other) = seen.insert(variant, value.clone()) {
                let message = format!(
                    "the values `{other}` and `{value}` would both be the variant `{variant}`: remove one in the overlay"
                );
                self.problems.error(&at.join("enum"), message);
                distinct = None;
            }
        }
        distinct
    }
}

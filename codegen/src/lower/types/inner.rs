//! Enums, and types that stand inside others without a name of their own.

use std::collections::{BTreeSet, HashMap};

use super::super::constraints;
use super::super::schema::{Node, Shape};
use super::{Lowering, Owner, Placed};
use crate::diagnostics::{Pointer, Source};
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
        let docs = self.docs.type_(&name, None).unwrap_or_else(|| constraints::inner(&owner.name, at));
        let definition = match shape {
            Shape::Text { values, .. } => self.text_enum(name.clone(), docs, &values, node, at)?,
            Shape::Integer { values, .. } => self.integer_enum(name.clone(), docs, &values, node, at)?,
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
        node: Node<'_>,
        at: &Pointer,
    ) -> Option<TypeDef> {
        let texts: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        let variants = self.variants(&texts, node, at)?;
        let values = variants.into_iter().zip(texts).collect();
        Some(TypeDef::Enum(Enum { name, at: at.clone(), docs, values: Values::Text(values) }))
    }

    pub(super) fn integer_enum(
        &mut self,
        name: String,
        docs: Vec<String>,
        values: &[i64],
        node: Node<'_>,
        at: &Pointer,
    ) -> Option<TypeDef> {
        let texts: Vec<String> = values.iter().map(ToString::to_string).collect();
        let variants = self.variants(&texts, node, at)?;
        let values = variants.into_iter().zip(values.iter().copied()).collect();
        Some(TypeDef::Enum(Enum { name, at: at.clone(), docs, values: Values::Integer(values) }))
    }

    /// The names of the variants: those that the overlay gives, else made from the values.
    fn variants(&mut self, values: &[String], node: Node<'_>, at: &Pointer) -> Option<Vec<String>> {
        let given = self.given_variants(values, node, &at.join("x-rust-variants"))?;
        let name = |value: &String| given.get(value).cloned().unwrap_or_else(|| names::variant(value));
        let variants: Vec<String> = values.iter().map(name).collect();
        self.variants_are_distinct(variants.iter().zip(values.iter().cloned()), at)?;
        Some(variants)
    }

    fn given_variants(
        &mut self,
        values: &[String],
        node: Node<'_>,
        at: &Pointer,
    ) -> Option<HashMap<String, String>> {
        let Some(table) = node.rust_variants() else { return Some(HashMap::new()) };
        let Some(table) = table.as_object() else {
            self.problems.error(at, "must be a mapping of values to the names of their variants");
            return None;
        };
        let mut given = HashMap::new();
        for (value, name) in table {
            match name.as_str().filter(|name| names::is_variant(name)) {
                Some(_) if !values.contains(value) => {
                    let message = "is no value of this enum: remove it in the overlay";
                    self.problems.stale(Source::Description, &at.join(value), message);
                }
                Some(name) => _ = given.insert(value.clone(), name.to_owned()),
                None => {
                    let message = "must be a Rust name for a variant, such as `InUse`";
                    self.problems.error(&at.join(value), message);
                    return None;
                }
            }
        }
        Some(given)
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
                    "the values `{other}` and `{value}` would both be the variant `{variant}`: remove one in the overlay, or name it with `x-rust-variants`"
                );
                self.problems.error(&at.join("enum"), message);
                distinct = None;
            }
        }
        distinct
    }
}

//! The types of values: scalars, lists, maps, references, and unnamed enums and structs.

use std::collections::HashSet;

use super::{Lowering, Owner};
use crate::diagnostics::Pointer;
use crate::doc_text::sentences;
use crate::ir::{Type, TypeDef};
use crate::lower::schemas::{SchemaNode, Shape, TextFormat, shape, target};
use crate::lower::value_sets;
use crate::names;

/// Maximum length of a chain of schemas that only name another: following them is recursive.
const MAX_ALIASES: usize = 64;

impl<'a> Lowering<'a, '_> {
    /// The type of a value. An unnamed enum or struct in it is named `inner`.
    pub(super) fn ty(
        &mut self,
        node: SchemaNode<'a>,
        at: &Pointer,
        owner: &Owner,
        inner: &str,
    ) -> Option<Type> {
        let shape = match shape(node) {
            Ok(shape) => shape,
            Err(message) => {
                self.problems.error(at, message);
                return None;
            }
        };
        Some(match shape {
            Shape::Bool => Type::Bool,
            Shape::Number => Type::F64,
            Shape::Any => Type::Json,
            Shape::Integer { small, values } if values.is_empty() => {
                if small {
                    Type::I32
                } else {
                    Type::I64
                }
            }
            Shape::Text { format, values } if values.is_empty() => match format {
                TextFormat::Plain => Type::String,
                TextFormat::Date => Type::Date,
                TextFormat::DateTime => Type::DateTime,
                TextFormat::DateOrDateTime => Type::DateOrDateTime,
                TextFormat::Secret => Type::Secret,
            },
            Shape::List(None) => Type::List(Box::new(Type::Json)),
            Shape::List(Some(items)) => {
                Type::List(Box::new(self.ty(items, &at.join("items"), owner, inner)?))
            }
            Shape::Map(None) => Type::Map(Box::new(Type::Json)),
            Shape::Map(Some(values)) => {
                Type::Map(Box::new(self.ty(values, &at.join("additionalProperties"), owner, inner)?))
            }
            Shape::Reference(reference) => return self.reference(reference, at, owner, inner),
            Shape::Text { .. } | Shape::Integer { .. } | Shape::Struct { .. } => {
                return self.inner(shape, node, at, owner, inner);
            }
        })
    }

    /// An unnamed enum or struct inside another type.
    fn inner(
        &mut self,
        shape: Shape<'a>,
        node: SchemaNode<'a>,
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
        let docs = self.docs.type_(&name, None).unwrap_or_else(|| sentences::inner(&owner.name, at));
        let definition = match shape {
            Shape::Text { values, .. } => {
                value_sets::text(name.clone(), docs, &values, node, at, self.problems)?
            }
            Shape::Integer { values, .. } => {
                value_sets::integer(name.clone(), docs, &values, node, at, self.problems)?
            }
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
        // The overlay may give equal value sets the same name.
        if let (Some(placed), TypeDef::Enum(new)) = (self.definitions.get_mut(&name), &definition)
            && matches!(&placed.definition, TypeDef::Enum(old) if old.values == new.values)
        {
            placed.tags.extend(owner.tags.iter().cloned());
            return Some(Type::Named(name));
        }
        self.define(name, definition, &owner.tags, at).map(Type::Named)
    }

    /// A reference: to a generated type, or to a schema that only names another type.
    fn reference(&mut self, reference: &str, at: &Pointer, owner: &Owner, inner: &str) -> Option<Type> {
        let (wire, node) = self.document.schemas.get_key_value(&target(reference)?)?;
        let node = SchemaNode::from(node);
        let own = match shape(node).ok()? {
            Shape::Struct { .. } => true,
            Shape::Text { values, .. } => !values.is_empty(),
            Shape::Integer { values, .. } => !values.is_empty(),
            Shape::Map(None) => self.users.contains_key(wire.as_str()),
            _ => false,
        };
        if own {
            return self.names.get(wire.as_str()).cloned().map(Type::Named);
        }
        if let Some(problem) = self.dead_end(wire, node) {
            self.problems.error(at, format!("`{wire}` {problem}"));
            return None;
        }
        self.ty(node, &Pointer::root().at(&["components", "schemas", wire]), owner, inner)
    }

    /// The reason why a schema that only names another cannot be followed: it refers to itself through others of its
    /// kind, or contains an unnamed struct, which would become a different type at each use of the schema.
    fn dead_end(&self, start: &'a str, node: SchemaNode<'a>) -> Option<&'static str> {
        let mut seen = HashSet::new();
        let mut todo = vec![node];
        let mut is_collection = false;
        while let Some(node) = todo.pop() {
            let next = match shape(node) {
                Ok(Shape::Reference(reference)) => {
                    let found = target(reference).and_then(|name| self.document.schemas.get_key_value(&name));
                    let Some((name, schema)) = found else { continue };
                    if name == start {
                        return Some(if is_collection {
                            "is a list or map of itself, which is not supported: make it an object with a property in the overlay"
                        } else {
                            "refers only to itself: give it a type"
                        });
                    }
                    if seen.len() == MAX_ALIASES {
                        return Some("passes through too many schemas that only name another");
                    }
                    let schema = SchemaNode::from(schema);
                    if !seen.insert(name) || matches!(shape(schema), Ok(Shape::Struct { .. })) {
                        continue;
                    }
                    Some(schema)
                }
                Ok(Shape::List(inner) | Shape::Map(inner)) => {
                    is_collection = true;
                    inner
                }
                Ok(Shape::Struct { .. }) => {
                    return Some("contains an unnamed object: make it a named schema in the overlay");
                }
                _ => None,
            };
            todo.extend(next);
        }
        None
    }
}

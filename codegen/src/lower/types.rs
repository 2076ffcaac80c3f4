//! Schemas to types: every named schema, and the enums and structs that stand inside one without a name.

mod bodies;
mod inner;

use std::collections::{BTreeSet, HashMap, HashSet};

use indexmap::IndexMap;
use openapiv3::{ReferenceOr, Schema};

use super::constraints;
use super::operations::Root;
use super::reachability::{Usage, target};
use super::schema::{Node, Shape, Text, shape};
use crate::diagnostics::{Diagnostics, Pointer, Source};
use crate::doc_text::Docs;
use crate::ir::{Alias, Direction, Field, Presence, Struct, Type, TypeDef};
use crate::names;
use crate::openapi::Document;

/// The types of a description, and which type each action's bodies are.
#[derive(Debug)]
pub(super) struct Types {
    /// By Rust name.
    pub(super) definitions: IndexMap<String, Placed>,
    /// The Rust name of the request's and the answer's type, by action.
    pub(super) bodies: HashMap<String, (String, String)>,
}

/// A type with the tags whose actions need it.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) at: Pointer,
    pub(super) definition: TypeDef,
    pub(super) tags: BTreeSet<String>,
}

/// As many names of names as are followed: each takes a bit of the stack.
const MOST_ALIASES: usize = 64;

/// Lowers every schema and every body.
pub(super) fn lower<'a>(
    document: &'a Document,
    docs: &'a Docs,
    roots: &[Root<'a>],
    usage: &'a Usage<'a>,
    problems: &mut Diagnostics,
) -> Types {
    let mut users: HashMap<&str, constraints::Users<'_>> = HashMap::new();
    for root in roots {
        for (body, is_request) in [(&root.request, true), (&root.response, false)] {
            let Some(name) = body.named(document) else { continue };
            let users = users.entry(name).or_default();
            if is_request { &mut users.requests } else { &mut users.responses }.push(root.name);
        }
    }
    let mut lowering = Lowering {
        document,
        docs,
        usage,
        problems,
        users,
        names: HashMap::new(),
        claimed: HashMap::new(),
        definitions: IndexMap::new(),
    };
    lowering.claim_names();
    for (name, schema) in &document.schemas {
        lowering.named(name, schema.into());
    }
    let bodies = roots.iter().filter_map(|root| lowering.bodies(root)).collect();
    Types { definitions: lowering.definitions, bodies }
}

struct Lowering<'a, 'p> {
    document: &'a Document,
    docs: &'a Docs,
    usage: &'a Usage<'a>,
    problems: &'p mut Diagnostics,
    /// Schemas that are the body of an action: structs even when they have no property.
    users: HashMap<&'a str, constraints::Users<'a>>,
    /// The Rust names of the schemas.
    names: HashMap<&'a str, String>,
    /// Who has each Rust name.
    claimed: HashMap<String, Pointer>,
    definitions: IndexMap<String, Placed>,
}

/// The type that is being lowered: what stands inside it is named and placed after it.
struct Owner {
    name: String,
    wire: String,
    direction: Direction,
    tags: BTreeSet<String>,
}

impl<'a> Lowering<'a, '_> {
    /// Gives every schema its Rust name first, so that inner types cannot take one from them.
    fn claim_names(&mut self) {
        for (wire, schema) in &self.document.schemas {
            let at = Pointer::root().at(&["components", "schemas", wire]);
            let wanted = Node::from(schema).rust_name().unwrap_or(wire);
            match names::type_name(wanted) {
                Ok(name) => {
                    self.claim(&name, &at);
                    self.names.insert(wire, name);
                }
                Err(message) => self.problems.error(&at, message),
            }
        }
    }

    fn claim(&mut self, name: &str, at: &Pointer) -> bool {
        if let Some(other) = self.claimed.get(name) {
            let message = format!(
                "would be the type `{name}`, which {other} is already: give one of them another name with `x-rust-name` in the overlay"
            );
            self.problems.error(at, message);
            return false;
        }
        self.claimed.insert(name.to_owned(), at.clone());
        true
    }

    fn named(&mut self, wire: &'a str, node: Node<'a>) {
        let Some(name) = self.names.get(wire).cloned() else { return };
        let at = Pointer::root().at(&["components", "schemas", wire]);
        let owner = Owner {
            name: name.clone(),
            wire: wire.to_owned(),
            direction: self.usage.direction(wire),
            tags: self.usage.tags(wire),
        };
        let users = self.users.get(wire);
        let text = match users {
            Some(_) => self.docs.body(wire, node.description()),
            None => self.docs.type_(wire, node.description()),
        };
        let docs = text.unwrap_or_else(|| constraints::schema(wire, users, self.docs));
        let definition = match shape(node) {
            Err(message) => return self.problems.error(&at, message),
            Ok(Shape::Map(None)) if self.users.contains_key(wire) => {
                let at = at.clone();
                Some(TypeDef::Struct(Struct {
                    name,
                    at,
                    docs,
                    direction: owner.direction,
                    fields: Vec::new(),
                }))
            }
            Ok(Shape::Struct { properties, required }) => {
                Some(self.structure(&owner, docs, properties, required, &at))
            }
            Ok(Shape::Text { values, .. }) if !values.is_empty() => {
                self.text_enum(name, docs, &values, node, &at)
            }
            Ok(Shape::Integer { values, .. }) if !values.is_empty() => {
                self.integer_enum(name, docs, &values, node, &at)
            }
            Ok(_) => self
                .ty(node, &at, &owner, &name)
                .map(|ty| TypeDef::Alias(Alias { name, at: at.clone(), docs, ty })),
        };
        if let Some(definition) = definition {
            self.definitions.insert(owner.name, Placed { at, definition, tags: owner.tags });
        }
    }

    fn structure(
        &mut self,
        owner: &Owner,
        docs: Vec<String>,
        properties: &'a IndexMap<String, ReferenceOr<Box<Schema>>>,
        required: &[String],
        at: &Pointer,
    ) -> TypeDef {
        for name in required.iter().filter(|name| !properties.contains_key(*name)) {
            let message = format!("`{name}` is required but is no property: remove it in the overlay");
            self.problems.stale(Source::Description, &at.join("required"), message);
        }
        let mut fields: Vec<Field> = Vec::new();
        for (wire, node) in properties {
            let at = at.at(&["properties", wire]);
            let Some(field) = self.field(owner, wire, node.into(), required.contains(wire), &at) else {
                continue;
            };
            let is_same = |other: &&Field| other.ident == field.ident || other.setter == field.setter;
            match fields.iter().find(is_same) {
                Some(other) => {
                    let message = format!(
                        "would be the field `{}`, which `{}` is already: add a row to the exceptions in names.rs",
                        other.ident, other.wire
                    );
                    self.problems.error(&at, message);
                }
                None => fields.push(field),
            }
        }
        let at = at.clone();
        TypeDef::Struct(Struct { name: owner.name.clone(), at, docs, direction: owner.direction, fields })
    }

    fn field(
        &mut self,
        owner: &Owner,
        wire: &str,
        node: Node<'a>,
        required: bool,
        at: &Pointer,
    ) -> Option<Field> {
        let Some(ident) = names::field(wire) else {
            self.problems.error(at, "cannot be made a field's name: add a row to the exceptions in names.rs");
            return None;
        };
        let ty = self.ty(node, at, owner, &names::inner_type(&owner.name, wire))?;
        let nullable = node.data().is_some_and(|data| data.nullable);
        let presence = match (owner.direction, &ty) {
            (Direction::Response, Type::List(_) | Type::Map(_)) => Presence::Empty,
            (Direction::Response, _) => Presence::Optional,
            (_, _) if nullable => Presence::Nullable,
            (Direction::Request, _) if required => Presence::Always,
            _ => Presence::Optional,
        };
        let facts = constraints::of(node, required);
        // An answer may leave out anything, so only what is sent can insist.
        let required = required && !nullable && owner.direction != Direction::Response;
        let text = self.docs.field(&owner.wire, wire, node.description());
        Some(Field {
            setter: names::setter(&ident),
            docs: constraints::field(wire, &facts, text, required),
            wire: wire.to_owned(),
            ident,
            ty,
            presence,
            required,
            facts,
        })
    }

    /// The type of a value. What stands inside without a name of its own gets `inner`.
    fn ty(&mut self, node: Node<'a>, at: &Pointer, owner: &Owner, inner: &str) -> Option<Type> {
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
                Text::Plain => Type::String,
                Text::Date => Type::Date,
                Text::DateTime => Type::DateTime,
                Text::DateOrDateTime => Type::DateOrDateTime,
                Text::Secret => Type::Secret,
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

    /// A reference: to a type of its own, or to a schema that is only another name for one.
    fn reference(&mut self, reference: &str, at: &Pointer, owner: &Owner, inner: &str) -> Option<Type> {
        let (wire, node) = self.document.schemas.get_key_value(&target(reference)?)?;
        let node = Node::from(node);
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

    /// Why a schema that is only another name cannot be followed: it leads back to itself through others of that kind,
    /// or to a struct without a name, which would be another type wherever the schema is used.
    fn dead_end(&self, start: &'a str, node: Node<'a>) -> Option<&'static str> {
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
                    if seen.len() == MOST_ALIASES {
                        return Some("leads through too many schemas that are only names of others");
                    }
                    let schema = Node::from(schema);
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
                    return Some(
                        "holds an object without a name: make that a schema of its own in the overlay",
                    );
                }
                _ => None,
            };
            todo.extend(next);
        }
        None
    }
}

//! Types from schemas: every named schema, and the unnamed enums and structs inside one.

mod bodies;
mod values;

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;
use openapiv3::{ReferenceOr, Schema};

use super::constraints;
use super::identifiers::Identifiers;
use super::operations::Operation;
use super::reachability::Reachability;
use super::schemas::{SchemaNode, Shape, shape};
use super::value_sets;
use crate::diagnostics::{Diagnostics, Pointer, Source};
use crate::doc_text::{Docs, sentences};
use crate::ir::{Alias, Constructor, Direction, Field, Presence, Struct, Type, TypeDef};
use crate::names;
use crate::openapi::Document;

/// The types of a description, and the types of each action's bodies.
#[derive(Debug)]
pub(super) struct Types {
    /// By Rust name.
    pub(super) definitions: IndexMap<String, PlacedType>,
    /// The Rust names of the request's and the response's type, by action.
    pub(super) bodies: HashMap<String, (String, String)>,
}

impl Types {
    /// The struct of this Rust name.
    pub(super) fn structure(&self, name: &str) -> Option<&Struct> {
        match &self.definitions.get(name)?.definition {
            TypeDef::Struct(definition) => Some(definition),
            TypeDef::Enum(_) | TypeDef::Alias(_) | TypeDef::Identifier(_) => None,
        }
    }

    /// The struct that a type is, in a box or not.
    pub(super) fn struct_of(&self, ty: &Type) -> Option<&Struct> {
        match ty {
            Type::Named(name) | Type::Boxed(name) => self.structure(name),
            _ => None,
        }
    }
}

/// A type with the tags whose actions need it.
#[derive(Debug)]
pub(super) struct PlacedType {
    pub(super) at: Pointer,
    pub(super) definition: TypeDef,
    pub(super) tags: BTreeSet<String>,
}

/// Lowers every schema and every body.
pub(super) fn lower<'a>(
    document: &'a Document,
    docs: &'a Docs,
    operations: &[Operation<'a>],
    reachability: &'a Reachability<'a>,
    problems: &mut Diagnostics,
) -> Types {
    let mut users: HashMap<&str, sentences::BodyUsers<'_>> = HashMap::new();
    for operation in operations {
        for (body, is_request) in [(&operation.request, true), (&operation.response, false)] {
            let Some(name) = body.named(document) else { continue };
            let users = users.entry(name).or_default();
            if is_request { &mut users.requests } else { &mut users.responses }.push(operation.name);
        }
    }
    let mut lowering = Lowering {
        document,
        docs,
        reachability,
        users,
        names: HashMap::new(),
        claimed: HashMap::new(),
        identifiers: Identifiers::find(document, problems),
        problems,
        definitions: IndexMap::new(),
    };
    lowering.claim_names();
    for (name, schema) in &document.schemas {
        lowering.named(name, schema.into());
    }
    let bodies = operations.iter().filter_map(|operation| lowering.bodies(operation)).collect();
    lowering.define_identifiers();
    lowering.claim_required();
    Types { definitions: lowering.definitions, bodies }
}

struct Lowering<'a, 'p> {
    document: &'a Document,
    docs: &'a Docs,
    reachability: &'a Reachability<'a>,
    problems: &'p mut Diagnostics,
    /// Schemas that are the body of an action: structs even without properties.
    users: HashMap<&'a str, sentences::BodyUsers<'a>>,
    /// The Rust names of the schemas.
    names: HashMap<&'a str, String>,
    /// The schema that claimed each Rust name.
    claimed: HashMap<String, Pointer>,
    identifiers: Identifiers,
    definitions: IndexMap<String, PlacedType>,
}

/// The type being lowered: unnamed types inside it take its name, direction and tags.
struct Owner {
    name: String,
    wire: String,
    direction: Direction,
    tags: BTreeSet<String>,
}

impl<'a> Lowering<'a, '_> {
    /// Names every schema first, so that unnamed types inside one cannot take its name.
    fn claim_names(&mut self) {
        for (wire, schema) in &self.document.schemas {
            let at = Pointer::root().at(&["components", "schemas", wire]);
            let wanted = SchemaNode::from(schema).rust_name().unwrap_or(wire);
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
                "would be the type `{name}`, as {other} already is: rename one of them with `x-rust-name` in the overlay"
            );
            self.problems.error(at, message);
            return false;
        }
        self.claimed.insert(name.to_owned(), at.clone());
        true
    }

    fn define(
        &mut self,
        name: String,
        definition: TypeDef,
        tags: &BTreeSet<String>,
        at: &Pointer,
    ) -> Option<String> {
        if !self.claim(&name, at) {
            return None;
        }
        self.definitions.insert(name.clone(), PlacedType { at: at.clone(), definition, tags: tags.clone() });
        Some(name)
    }

    fn named(&mut self, wire: &'a str, node: SchemaNode<'a>) {
        let Some(name) = self.names.get(wire).cloned() else { return };
        let at = Pointer::root().at(&["components", "schemas", wire]);
        let owner = Owner {
            name: name.clone(),
            wire: wire.to_owned(),
            direction: self.reachability.direction(wire),
            tags: self.reachability.tags(wire),
        };
        let users = self.users.get(wire);
        let text = match users {
            Some(_) => self.docs.body(wire, node.description()),
            None => self.docs.type_(wire, node.description()),
        };
        let docs = text.unwrap_or_else(|| sentences::schema(wire, users, self.docs));
        let definition = match shape(node) {
            Err(message) => return self.problems.error(&at, message),
            Ok(Shape::Map(None)) if self.users.contains_key(wire) => {
                let at = at.clone();
                Some(TypeDef::Struct(Struct::new(name, at, docs, owner.direction, Vec::new())))
            }
            Ok(Shape::Struct { properties, required }) => {
                Some(self.structure(&owner, docs, properties, required, &at))
            }
            Ok(Shape::Text { values, .. }) if !values.is_empty() => {
                value_sets::text(name, docs, &values, node, &at, self.problems)
            }
            Ok(Shape::Integer { values, .. }) if !values.is_empty() => {
                value_sets::integer(name, docs, &values, node, &at, self.problems)
            }
            Ok(_) => self
                .ty(node, &at, &owner, &name)
                .map(|ty| TypeDef::Alias(Alias { name, at: at.clone(), docs, ty })),
        };
        if let Some(definition) = definition {
            self.definitions.insert(owner.name, PlacedType { at, definition, tags: owner.tags });
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
            let message = format!("`{name}` is required but is not a property: remove it in the overlay");
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
                        "would be the field `{}`, as `{}` already is: add a row to the exceptions in names.rs",
                        other.ident, other.wire
                    );
                    self.problems.error(&at, message);
                }
                None => fields.push(field),
            }
        }
        let at = at.clone();
        TypeDef::Struct(Struct::new(owner.name.clone(), at, docs, owner.direction, fields))
    }

    fn field(
        &mut self,
        owner: &Owner,
        wire: &str,
        node: SchemaNode<'a>,
        required: bool,
        at: &Pointer,
    ) -> Option<Field> {
        let Some(ident) = names::field(wire) else {
            self.problems
                .error(at, "cannot be turned into a field name: add a row to the exceptions in names.rs");
            return None;
        };
        let ty = self.ty(node, at, owner, &names::inner_type(&owner.name, wire))?;
        let ty = self.identifiers.apply(wire, node, ty);
        let nullable = node.data().is_some_and(|data| data.nullable);
        let presence = match (owner.direction, &ty) {
            (Direction::Response, Type::List(_) | Type::Map(_)) => Presence::Empty,
            (Direction::Response, _) => Presence::Optional,
            (_, _) if nullable => Presence::Nullable,
            (Direction::Request, _) if required => Presence::Always,
            _ => Presence::Optional,
        };
        let facts = constraints::of(node, required);
        // A response may omit any field, so only a request can require one.
        let required = required && !nullable && owner.direction != Direction::Response;
        let text = self.docs.field(&owner.wire, wire, node.description());
        Some(Field {
            setter: names::setter(&ident),
            docs: sentences::field(wire, &facts, text, required),
            wire: wire.to_owned(),
            ident,
            ty,
            presence,
            required,
            facts,
        })
    }

    /// Claims the names of the structs that constructors take.
    fn claim_required(&mut self) {
        let structs = self.definitions.values().filter_map(|placed| match &placed.definition {
            TypeDef::Struct(definition) if definition.direction != Direction::Response => Some(definition),
            _ => None,
        });
        let claims = structs.filter_map(|definition| match definition.constructor() {
            Constructor::Named(name) => Some((name, definition.at.clone())),
            _ => None,
        });
        for (name, at) in claims.collect::<Vec<_>>() {
            self.claim(&name, &at);
        }
    }

    /// Defines the identifiers that fields have.
    fn define_identifiers(&mut self) {
        let docs = |name: &str| self.docs.type_(name, None).unwrap_or_else(|| sentences::identifier(name));
        for (at, definition) in std::mem::take(&mut self.identifiers).definitions(docs) {
            let name = definition.name().to_owned();
            if self.claim(&name, &at) {
                self.definitions.insert(name, PlacedType { at, definition, tags: BTreeSet::new() });
            }
        }
    }
}

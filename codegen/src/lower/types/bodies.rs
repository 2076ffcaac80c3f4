//! The types of requests and responses.

use std::collections::BTreeSet;

use super::super::operations::{Body, Operation};
use super::super::schemas::{Shape, shape};
use super::{Lowering, Owner};
use crate::doc_text::sentences;
use crate::ir::{Direction, Struct, TypeDef};
use crate::names;

impl<'a> Lowering<'a, '_> {
    /// The types of an action's bodies.
    pub(super) fn bodies(&mut self, operation: &Operation<'a>) -> Option<(String, (String, String))> {
        let request = self.body(operation, &operation.request, Direction::Request);
        let response = self.body(operation, &operation.response, Direction::Response);
        Some((operation.wire.to_owned(), (request?, response?)))
    }

    fn body(&mut self, operation: &Operation<'a>, body: &Body<'a>, direction: Direction) -> Option<String> {
        let tags = BTreeSet::from([operation.tag.to_owned()]);
        let docs = sentences::body(operation.name, direction);
        if let Some(wire) = body.named(self.document) {
            let name = self.names.get(wire)?;
            return match &self.definitions.get(name)?.definition {
                TypeDef::Struct(_) => Some(name.clone()),
                _ => {
                    self.problems.error(&body.at, format!("`{wire}` must be an object: a body is one"));
                    None
                }
            };
        }
        let name = match names::type_name(&body.default_name) {
            Ok(name) => name,
            Err(message) => {
                self.problems.error(&body.at, message);
                return None;
            }
        };
        let Some(node) = body.schema else {
            let definition = Struct::new(name.clone(), body.at.clone(), docs, direction, Vec::new());
            let definition = TypeDef::Struct(definition);
            return self.define(name, definition, &tags, &body.at);
        };
        match shape(node) {
            Ok(Shape::Struct { properties, required }) => {
                let owner = Owner { name: name.clone(), wire: name.clone(), direction, tags };
                let definition = self.structure(&owner, docs, properties, required, &body.at);
                self.define(name, definition, &owner.tags, &body.at)
            }
            // A reference to nothing was reported when the references were followed.
            Ok(Shape::Reference(_)) => None,
            Ok(_) => {
                self.problems.error(&body.at, "must be an object with properties: a body is one");
                None
            }
            Err(message) => {
                self.problems.error(&body.at, message);
                None
            }
        }
    }
}

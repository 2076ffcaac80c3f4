//! Identifiers of resources: which fields hold one, and its type.
//!
//! A schema with a string property of its own name and `Id` (`Vm` and `VmId`) defines an identifier. The overlay adds
//! others and exceptions, with `x-identifier` on a property: the name of a type, `{type, from}` for one that other
//! identifiers convert into, or `false` for a string.
//!
//! The type of any other field is the longest identifier that its name ends with: `SourceNetId` and `LinkNetIds` hold
//! a `NetId`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::schemas::{SchemaNode, Shape, TextFormat, shape};
use crate::diagnostics::{Diagnostics, Pointer};
use crate::ir::{Conversions, Identifier, Type, TypeDef};
use crate::names;
use crate::openapi::Document;

/// The extension of the overlay.
const EXTENSION: &str = "x-identifier";

/// The identifier types of a description.
#[derive(Debug, Default)]
pub(super) struct Identifiers {
    known: BTreeMap<String, Known>,
    used: BTreeSet<String>,
}

#[derive(Debug)]
struct Known {
    at: Pointer,
    from: Conversions,
}

/// What `x-identifier` says about a property.
enum Declared {
    /// The type, and what converts into it.
    Type(String, Conversions),
    /// It is a string.
    No,
}

impl Identifiers {
    /// Finds the identifiers that the schemas define and the overlay declares.
    pub(super) fn find(document: &Document, problems: &mut Diagnostics) -> Self {
        let mut known: BTreeMap<String, Known> = BTreeMap::new();
        for (schema, node) in &document.schemas {
            let Ok(Shape::Struct { properties, .. }) = shape(node.into()) else { continue };
            let own = format!("{schema}Id");
            for (name, node) in properties {
                let at = Pointer::root().at(&["components", "schemas", schema, "properties", name]);
                let (type_name, from) = match declared(node.into(), &at, problems) {
                    Some(Declared::Type(type_name, from)) => (type_name, from),
                    None if *name == own && is_text(node.into()) => (own.clone(), Conversions::None),
                    Some(Declared::No) | None => continue,
                };
                // A schema of this name is a type already.
                if !document.schemas.contains_key(&type_name) && names::type_name(&type_name).is_ok() {
                    let entry = known.entry(type_name).or_insert(Known { at, from: Conversions::None });
                    if from != Conversions::None {
                        entry.from = from;
                    }
                }
            }
        }
        Self { known, used: BTreeSet::new() }
    }

    /// The type of a field, with an identifier in place of a string.
    pub(super) fn apply(&mut self, wire: &str, node: SchemaNode<'_>, ty: Type) -> Type {
        let singular = match &ty {
            Type::String => wire,
            Type::List(element) if **element == Type::String => wire.strip_suffix('s').unwrap_or(wire),
            _ => return ty,
        };
        // Problems were reported when the identifiers were found.
        let name = match declared(node, &Pointer::root(), &mut Diagnostics::default()) {
            Some(Declared::No) => None,
            Some(Declared::Type(name, _)) => self.known.contains_key(&name).then_some(name),
            None => self.longest_suffix(singular),
        };
        let Some(name) = name else { return ty };
        self.used.insert(name.clone());
        let identifier = Type::Identifier(name);
        if ty == Type::String { identifier } else { Type::List(Box::new(identifier)) }
    }

    fn longest_suffix(&self, wire: &str) -> Option<String> {
        self.known.keys().filter(|name| wire.ends_with(*name)).max_by_key(|name| name.len()).cloned()
    }

    /// The definitions of the types that fields have.
    pub(super) fn definitions(
        self,
        docs: impl Fn(&str) -> Vec<String>,
    ) -> impl Iterator<Item = (Pointer, TypeDef)> {
        let Self { known, used } = self;
        let all = used.clone();
        known.into_iter().filter(move |(name, _)| used.contains(name)).map(
            move |(name, Known { at, from })| {
                let from = match from {
                    Conversions::From(names) => {
                        Conversions::From(names.into_iter().filter(|other| all.contains(other)).collect())
                    }
                    Conversions::All(_) => {
                        Conversions::All(all.iter().filter(|other| **other != name).cloned().collect())
                    }
                    Conversions::None => Conversions::None,
                };
                let docs = docs(&name);
                (at.clone(), TypeDef::Identifier(Identifier { name, at, docs, from }))
            },
        )
    }
}

/// Whether a value is a string without a format or value set.
fn is_text(node: SchemaNode<'_>) -> bool {
    matches!(shape(node), Ok(Shape::Text { format: TextFormat::Plain, values }) if values.is_empty())
}

fn declared(node: SchemaNode<'_>, at: &Pointer, problems: &mut Diagnostics) -> Option<Declared> {
    let value = node.data()?.extensions.get(EXTENSION)?;
    let found = read(value);
    if found.is_none() {
        let message = "must be the name of a type, `{type: GatewayId, from: [InternetServiceId]}`, `{type: ResourceId, from: all}` or `false`";
        problems.error(&at.join(EXTENSION), message);
    }
    found
}

fn read(value: &Value) -> Option<Declared> {
    let name = |value: &Value| {
        value.as_str().filter(|name| names::type_name(name).as_deref() == Ok(name)).map(str::to_owned)
    };
    match value {
        Value::Bool(false) => Some(Declared::No),
        Value::String(_) => Some(Declared::Type(name(value)?, Conversions::None)),
        Value::Object(members) if members.len() == 2 => {
            let from = match members.get("from")? {
                Value::String(all) if all == "all" => Conversions::All(Vec::new()),
                Value::Array(names) => Conversions::From(names.iter().map(name).collect::<Option<_>>()?),
                _ => return None,
            };
            Some(Declared::Type(name(members.get("type")?)?, from))
        }
        _ => None,
    }
}

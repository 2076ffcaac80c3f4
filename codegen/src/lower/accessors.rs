//! Which response types get accessors.
//!
//! A caller that creates a resource needs its identifier, which is two optional fields away: `response.vm()?.vm_id()?`.

use std::collections::{BTreeMap, BTreeSet};

use super::types::Types;
use crate::ir::{
    Accessor, Action, Direction, Field, Presence, RetrySafety, Struct, TagAccessor, Type, TypeDef,
};
use crate::names;

/// The field with the ID of the request, which every response has.
const RESPONSE_CONTEXT: &str = "ResponseContext";

/// The ends of an identifier's name, after the name of its resource.
const IDENTIFIER_SUFFIXES: &[&str] = &["Id", "Name", "Orn"];

/// The list of a resource's tags, and the fields of a tag.
const TAGS: &str = "Tags";
const TAG_FIELDS: [&str; 2] = ["Key", "Value"];

/// Adds the accessors of all response types. A type that is sent, too, has setters of the same names instead.
pub(super) fn add<'a>(actions: impl Iterator<Item = &'a Action>, types: &mut Types) {
    let (changing, reading): (Vec<_>, Vec<_>) =
        actions.partition(|action| action.retry != RetrySafety::Idempotent);
    let bodies = |actions: Vec<&'a Action>| -> BTreeSet<&str> {
        actions.into_iter().map(|action| action.response.as_str()).collect()
    };
    let (responses, reading) = (bodies(changing), bodies(reading));
    let tags = tag_types(types);
    for placed in types.definitions.values_mut() {
        let TypeDef::Struct(definition) = &mut placed.definition else { continue };
        if definition.direction != Direction::Response {
            continue;
        }
        let is_response = responses.contains(definition.name.as_str());
        // A response may have the tags of many resources.
        if !is_response && !reading.contains(definition.name.as_str()) {
            definition.tag_accessor = tag_accessor(definition, &tags);
        }
        let accessor = if is_response { resource } else { identifier };
        let mut methods = BTreeSet::new();
        let accessors = definition.fields.iter().filter_map(|field| accessor(definition, field));
        definition.accessors = accessors.filter(|accessor| methods.insert(accessor.method.clone())).collect();
    }
}

/// The types that are tags, with the Rust names of their keys and values.
fn tag_types(types: &Types) -> BTreeMap<String, [String; 2]> {
    let structs = types.definitions.values().filter_map(|placed| match &placed.definition {
        TypeDef::Struct(definition) => Some(definition),
        _ => None,
    });
    let fields = |definition: &Struct| {
        let [key, value] = TAG_FIELDS.map(|wire| {
            let field = definition.field(wire)?;
            let is_text = field.ty == Type::String && field.presence == Presence::Optional;
            is_text.then(|| field.ident.clone())
        });
        Some((definition.name.clone(), [key?, value?]))
    };
    structs.filter_map(fields).collect()
}

/// The accessor of the value of a tag, for a resource with a list of tags.
fn tag_accessor(definition: &Struct, tags: &BTreeMap<String, [String; 2]>) -> Option<TagAccessor> {
    let field = definition.field(TAGS)?;
    let (Type::List(element), Presence::Empty) = (&field.ty, field.presence) else { return None };
    let Type::Named(ty) = &**element else { return None };
    let [key, value] = tags.get(ty)?.clone();
    Some(TagAccessor { method: "tag".to_owned(), field: field.ident.clone(), key, value })
}

/// The accessor of a resource in the response of an action that changes it.
fn resource(response: &Struct, field: &Field) -> Option<Accessor> {
    match (&field.ty, field.presence) {
        _ if field.wire == RESPONSE_CONTEXT => None,
        (Type::Named(ty), Presence::Optional) => {
            Some(accessor(response, field, field.ident.clone(), ty, false))
        }
        (Type::List(element), Presence::Empty) => match &**element {
            Type::Named(ty) => Some(accessor(response, field, names::field(ty)?, ty, true)),
            _ => None,
        },
        _ => None,
    }
}

/// The accessor of a resource's own identifier: `VmId` of `Vm`.
fn identifier(definition: &Struct, field: &Field) -> Option<Accessor> {
    let (Type::Identifier(ty), Presence::Optional) = (&field.ty, field.presence) else { return None };
    let suffix = ty.strip_prefix(&definition.name)?;
    let is_own = IDENTIFIER_SUFFIXES.contains(&suffix);
    is_own.then(|| accessor(definition, field, field.ident.clone(), ty, false))
}

fn accessor(definition: &Struct, field: &Field, method: String, ty: &str, is_list: bool) -> Accessor {
    let path = format!("{}.{}", definition.name, field.wire);
    Accessor { method, field: field.ident.clone(), ty: ty.to_owned(), is_list, path }
}

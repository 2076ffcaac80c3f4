//! Which response types get accessors.
//!
//! A caller that creates a resource needs its identifier, which is two optional fields away: `response.vm()?.vm_id()?`.

use std::collections::BTreeSet;

use super::types::Types;
use crate::ir::{Accessor, Action, Direction, Field, Presence, RetrySafety, Struct, Type, TypeDef};
use crate::names;

/// The field with the ID of the request, which every response has.
const RESPONSE_CONTEXT: &str = "ResponseContext";

/// The ends of an identifier's name, after the name of its resource.
const IDENTIFIER_SUFFIXES: &[&str] = &["Id", "Name", "Orn"];

/// Adds the accessors of all response types. A type that is sent, too, has setters of the same names instead.
pub(super) fn add<'a>(actions: impl Iterator<Item = &'a Action>, types: &mut Types) {
    let changing = actions.filter(|action| action.retry != RetrySafety::Idempotent);
    let responses: Vec<&str> = changing.map(|action| action.response.as_str()).collect();
    for placed in types.definitions.values_mut() {
        let TypeDef::Struct(definition) = &mut placed.definition else { continue };
        if definition.direction != Direction::Response {
            continue;
        }
        let is_response = responses.contains(&definition.name.as_str());
        let accessor = if is_response { resource } else { identifier };
        let mut methods = BTreeSet::new();
        let accessors = definition.fields.iter().filter_map(|field| accessor(definition, field));
        definition.accessors = accessors.filter(|accessor| methods.insert(accessor.method.clone())).collect();
    }
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

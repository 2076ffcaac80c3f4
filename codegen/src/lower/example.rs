//! The first published examples: of a request as the expression that the documentation shows, of an answer as text.

use openapiv3::{MediaType, ReferenceOr};
use serde_json::{Map, Value};

use super::types::Types;
use crate::ir::{Example, Presence, Type, TypeDef, Values};

/// How deep an example may nest: a recursive type with required fields has no end.
const DEPTH: usize = 16;

/// The example of a request. Where the description has none, the required fields get placeholders.
pub(super) fn request(types: &Types, name: &str, media: Option<&MediaType>) -> Example {
    let empty = Map::new();
    let published = published(media).and_then(Value::as_object).unwrap_or(&empty);
    structure(types, name, published, DEPTH).unwrap_or_else(|| Example::Struct {
        name: name.to_owned(),
        arguments: Vec::new(),
        setters: Vec::new(),
    })
}

/// The answer of an action as text, for the fake endpoint. Where the description has none, it is an empty object.
/// Members are sorted: their order is no part of the contract.
pub(super) fn answer(media: Option<&MediaType>) -> String {
    let published = published(media).filter(|value| value.is_object());
    let Some(mut answer) = published.cloned() else { return "{}".to_owned() };
    answer.sort_all_objects();
    answer.to_string()
}

/// The first example of a body.
fn published(media: Option<&MediaType>) -> Option<&Value> {
    let media = media?;
    let named = media.examples.values().find_map(|example| match example {
        ReferenceOr::Item(example) => example.value.as_ref(),
        ReferenceOr::Reference { .. } => None,
    });
    named.or(media.example.as_ref())
}

/// Members that do not fit their type are left out, so that the example compiles.
fn structure(types: &Types, name: &str, value: &Map<String, Value>, depth: usize) -> Option<Example> {
    let depth = depth.checked_sub(1)?;
    let TypeDef::Struct(definition) = &types.definitions.get(name)?.definition else { return None };
    let mut arguments = Vec::new();
    for field in definition.fields.iter().filter(|field| field.required) {
        let given = value.get(&field.wire).and_then(|value| expression(types, &field.ty, value, depth));
        arguments.push(given.or_else(|| placeholder(types, &field.ty, depth))?);
    }
    let mut setters = Vec::new();
    for (wire, value) in value {
        let Some(field) = definition.fields.iter().find(|field| field.wire == *wire && !field.required)
        else {
            continue;
        };
        let given = match (value, field.presence) {
            (Value::Null, Presence::Nullable) => Some(Example::Null),
            _ => expression(types, &field.ty, value, depth),
        };
        setters.extend(given.map(|given| (field.setter.clone(), given)));
    }
    Some(Example::Struct { name: name.to_owned(), arguments, setters })
}

fn expression(types: &Types, ty: &Type, value: &Value, depth: usize) -> Option<Example> {
    match (ty, value) {
        (Type::Bool, Value::Bool(value)) => Some(Example::Bool(*value)),
        (Type::I32, Value::Number(number)) => {
            Some(Example::Integer(i32::try_from(number.as_i64()?).ok()?.into()))
        }
        (Type::I64, Value::Number(number)) => number.as_i64().map(Example::Integer),
        (Type::F64, Value::Number(number)) => number.as_f64().map(Example::Float),
        (
            Type::String | Type::Secret | Type::Date | Type::DateTime | Type::DateOrDateTime,
            Value::String(text),
        ) => Some(Example::Text(text.clone())),
        (Type::Json, value) => Some(Example::Json(value.clone())),
        (Type::List(element), Value::Array(values)) => {
            // An array's elements are converted one by one; a list in a list would need its own conversion.
            if matches!(**element, Type::List(_) | Type::Map(_)) {
                return None;
            }
            let elements = values.iter().map(|value| expression(types, element, value, depth));
            elements.collect::<Option<Vec<_>>>().filter(|elements| !elements.is_empty()).map(Example::List)
        }
        (Type::Map(element), Value::Object(members)) => {
            let members = members
                .iter()
                .map(|(key, value)| Some((key.clone(), expression(types, element, value, depth)?)));
            members.collect::<Option<Vec<_>>>().filter(|members| !members.is_empty()).map(Example::Map)
        }
        (Type::Named(name) | Type::Boxed(name), value) => {
            match (&types.definitions.get(name)?.definition, value) {
                (TypeDef::Struct(_), Value::Object(members)) => structure(types, name, members, depth),
                (TypeDef::Enum(definition), value) => {
                    let variant = match &definition.values {
                        Values::Text(values) => {
                            values.iter().find(|(_, text)| value.as_str() == Some(text))?.0.clone()
                        }
                        Values::Integer(values) => {
                            values.iter().find(|(_, n)| value.as_i64() == Some(*n))?.0.clone()
                        }
                    };
                    Some(Example::Variant(name.clone(), variant))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn placeholder(types: &Types, ty: &Type, depth: usize) -> Option<Example> {
    Some(match ty {
        Type::Bool => Example::Bool(true),
        Type::I32 | Type::I64 => Example::Integer(1),
        Type::F64 => Example::Float(1.0),
        Type::String | Type::Secret => Example::Text("…".to_owned()),
        Type::Date => Example::Text("2030-01-31".to_owned()),
        Type::DateTime | Type::DateOrDateTime => Example::Text("2030-01-31T00:00:00.000Z".to_owned()),
        Type::Json => Example::Json(Value::Null),
        Type::List(element) if matches!(**element, Type::List(_) | Type::Map(_)) => return None,
        Type::List(element) => Example::List(vec![placeholder(types, element, depth)?]),
        Type::Map(element) => Example::Map(vec![("…".to_owned(), placeholder(types, element, depth)?)]),
        Type::Named(name) | Type::Boxed(name) => match &types.definitions.get(name)?.definition {
            TypeDef::Struct(_) => structure(types, name, &Map::new(), depth)?,
            TypeDef::Enum(definition) => {
                let first = match &definition.values {
                    Values::Text(values) => values.first()?.0.clone(),
                    Values::Integer(values) => values.first()?.0.clone(),
                };
                Example::Variant(name.clone(), first)
            }
            TypeDef::Alias(_) => return None,
        },
    })
}

//! The published examples: requests as the expressions in the documentation, and the first response as JSON.

use openapiv3::{MediaType, ReferenceOr};
use serde_json::{Map, Value};

use super::operations::Operation;
use super::types::Types;
use crate::doc_text::{Docs, code};
use crate::ir::{Constructor, Enum, Example, NamedExample, Presence, Type, TypeDef, Values};

/// Maximum nesting of an example: a recursive type with required fields never ends.
const MAX_DEPTH: usize = 16;

/// The distinct examples of an action's request. Without any, the required fields get placeholders.
pub(super) fn requests(
    types: &Types,
    docs: &Docs,
    operation: &Operation<'_>,
    name: &str,
) -> Vec<NamedExample> {
    let empty = Map::new();
    let mut found: Vec<(&str, Example)> = Vec::new();
    for (key, value) in published(operation.request.media) {
        let request = value.as_object().and_then(|value| struct_example(types, name, value, MAX_DEPTH));
        let Some(request) = request else { continue };
        if found.iter().all(|(_, other)| *other != request) {
            found.push((key, request));
        }
    }
    if found.is_empty() {
        let nothing = || Example::Struct {
            name: name.to_owned(),
            arguments: Vec::new(),
            required: None,
            setters: Vec::new(),
        };
        found.push(("", struct_example(types, name, &empty, MAX_DEPTH).unwrap_or_else(nothing)));
    }
    let is_one = found.len() == 1;
    let named = found.into_iter().map(|(key, request)| {
        let title = if is_one { None } else { docs.example(operation.wire, key).or_else(|| Some(code(key))) };
        NamedExample { title: title.unwrap_or_default(), request }
    });
    named.collect()
}

/// The example response of an action, for the fake API. Without one, it is an empty object. Members are sorted: the
/// contract does not keep their order.
pub(super) fn response(media: Option<&MediaType>) -> Value {
    let first = published(media).first().map(|(_, value)| *value);
    let first = first.filter(|value| value.is_object()).cloned();
    let mut response = first.unwrap_or_else(|| Value::Object(Map::new()));
    response.sort_all_objects();
    response
}

/// The examples of a body, by name.
fn published(media: Option<&MediaType>) -> Vec<(&str, &Value)> {
    let Some(media) = media else { return Vec::new() };
    let named = media.examples.iter().filter_map(|(name, example)| match example {
        ReferenceOr::Item(example) => Some((name.as_str(), example.value.as_ref()?)),
        ReferenceOr::Reference { .. } => None,
    });
    let named: Vec<_> = named.collect();
    if named.is_empty() { media.example.iter().map(|value| ("example", value)).collect() } else { named }
}

/// The expression of a struct. Members that do not fit their type are omitted, so that the example compiles.
fn struct_example(types: &Types, name: &str, value: &Map<String, Value>, depth: usize) -> Option<Example> {
    let depth = depth.checked_sub(1)?;
    let definition = types.structure(name)?;
    let constructor = definition.constructor();
    let mut arguments = Vec::new();
    for field in definition.fields.iter().filter(|field| field.required) {
        let given = value.get(&field.wire).and_then(|value| expression(types, &field.ty, value, depth));
        let value = given.or_else(|| placeholder(types, &field.ty, depth))?;
        arguments.push((field.ident.clone(), for_constructor(value, &field.ty, &constructor)));
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
    let required = match constructor {
        Constructor::Named(required) => Some(required),
        _ => None,
    };
    Some(Example::Struct { name: name.to_owned(), arguments, required, setters })
}

/// The value of a required field as the constructor accepts it.
fn for_constructor(value: Example, ty: &Type, constructor: &Constructor) -> Example {
    match (constructor, value, ty) {
        (Constructor::Named(_), value, ty) => exact(value, ty),
        (Constructor::Positional { takes_string: false }, Example::Text(text), Type::Identifier(name)) => {
            Example::Identifier(name.clone(), text)
        }
        (Constructor::Positional { takes_string: false }, Example::Text(text), ty) if *ty != Type::String => {
            Example::Into(text)
        }
        (_, value, _) => value,
    }
}

/// A value of exactly its type.
fn exact(value: Example, ty: &Type) -> Example {
    match (value, ty) {
        (Example::Text(text), _) => Example::Into(text),
        (Example::List(elements), Type::List(element)) => {
            Example::Vec(elements.into_iter().map(|value| exact(value, element)).collect())
        }
        (Example::Map(_), _) => Example::Default,
        (value, _) => value,
    }
}

/// The expression of a value. `None` if it does not fit the type.
fn expression(types: &Types, ty: &Type, value: &Value, depth: usize) -> Option<Example> {
    match (ty, value) {
        (Type::Bool, Value::Bool(value)) => Some(Example::Bool(*value)),
        (Type::I32, Value::Number(number)) => {
            Some(Example::Integer(i32::try_from(number.as_i64()?).ok()?.into()))
        }
        (Type::I64, Value::Number(number)) => number.as_i64().map(Example::Integer),
        (Type::F64, Value::Number(number)) => number.as_f64().map(Example::Float),
        (
            Type::String
            | Type::Secret
            | Type::Date
            | Type::DateTime
            | Type::DateOrDateTime
            | Type::Identifier(_),
            Value::String(text),
        ) => Some(Example::Text(text.clone())),
        (Type::Json, value) => Some(Example::Json(value.clone())),
        (Type::List(element), Value::Array(values)) => {
            // Setters convert the elements of an array, but not those of a nested one.
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
                (TypeDef::Struct(_), Value::Object(members)) => struct_example(types, name, members, depth),
                (TypeDef::Enum(definition), value) => {
                    Some(Example::Variant(name.clone(), variant(definition, value)?.to_owned()))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The variant of a value.
fn variant<'t>(definition: &'t Enum, value: &Value) -> Option<&'t str> {
    let variant = match &definition.values {
        Values::Text(values) => &values.iter().find(|(_, text)| value.as_str() == Some(text))?.0,
        Values::Integer(values) => &values.iter().find(|(_, number)| value.as_i64() == Some(*number))?.0,
    };
    Some(variant)
}

/// A value for a required field without an example.
fn placeholder(types: &Types, ty: &Type, depth: usize) -> Option<Example> {
    Some(match ty {
        Type::Bool => Example::Bool(true),
        Type::I32 | Type::I64 => Example::Integer(1),
        Type::F64 => Example::Float(1.0),
        Type::String | Type::Secret | Type::Identifier(_) => Example::Text("…".to_owned()),
        Type::Date => Example::Text("2030-01-31".to_owned()),
        Type::DateTime | Type::DateOrDateTime => Example::Text("2030-01-31T00:00:00.000Z".to_owned()),
        Type::Json => Example::Json(Value::Null),
        Type::List(element) if matches!(**element, Type::List(_) | Type::Map(_)) => return None,
        Type::List(element) => Example::List(vec![placeholder(types, element, depth)?]),
        Type::Map(element) => Example::Map(vec![("…".to_owned(), placeholder(types, element, depth)?)]),
        Type::Named(name) | Type::Boxed(name) => match &types.definitions.get(name)?.definition {
            TypeDef::Struct(_) => struct_example(types, name, &Map::new(), depth)?,
            TypeDef::Enum(definition) => {
                let first = match &definition.values {
                    Values::Text(values) => values.first()?.0.clone(),
                    Values::Integer(values) => values.first()?.0.clone(),
                };
                Example::Variant(name.clone(), first)
            }
            TypeDef::Alias(_) | TypeDef::Identifier(_) => return None,
        },
    })
}

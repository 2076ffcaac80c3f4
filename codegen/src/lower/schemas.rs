//! The shape of a schema, however it is written.

use indexmap::IndexMap;
use openapiv3::{
    AdditionalProperties, AnySchema, IntegerFormat, ReferenceOr, Schema, SchemaData, SchemaKind,
    StringFormat, Type, VariantOrUnknownOrEmpty as Format,
};
use serde_json::Value;

use crate::diagnostics::unescape_key;

/// Prefix of a reference to a named schema.
pub(super) const SCHEMAS: &str = "#/components/schemas/";

/// A schema or a reference to one, boxed or not.
#[derive(Clone, Copy, Debug)]
pub(super) enum SchemaNode<'a> {
    Reference(&'a str),
    Schema(&'a Schema),
}

impl<'a> From<&'a ReferenceOr<Schema>> for SchemaNode<'a> {
    fn from(node: &'a ReferenceOr<Schema>) -> Self {
        match node {
            ReferenceOr::Reference { reference } => Self::Reference(reference),
            ReferenceOr::Item(schema) => Self::Schema(schema),
        }
    }
}

impl<'a> From<&'a ReferenceOr<Box<Schema>>> for SchemaNode<'a> {
    fn from(node: &'a ReferenceOr<Box<Schema>>) -> Self {
        match node {
            ReferenceOr::Reference { reference } => Self::Reference(reference),
            ReferenceOr::Item(schema) => Self::Schema(schema),
        }
    }
}

impl<'a> SchemaNode<'a> {
    /// The schema's annotations: description, default, nullable, extensions.
    pub(super) fn data(self) -> Option<&'a SchemaData> {
        match self {
            Self::Reference(_) => None,
            Self::Schema(schema) => Some(&schema.schema_data),
        }
    }

    pub(super) fn description(self) -> Option<&'a str> {
        self.data()?.description.as_deref()
    }

    /// The Rust name set by the overlay, for a schema without a usable name.
    pub(super) fn rust_name(self) -> Option<&'a str> {
        self.data()?.extensions.get("x-rust-name")?.as_str()
    }

    /// The variant names set by the overlay, by value.
    pub(super) fn rust_variants(self) -> Option<&'a Value> {
        self.data()?.extensions.get("x-rust-variants")
    }

    /// The schemas directly inside this one, each with the keys that lead to it.
    pub(super) fn children(self) -> Vec<(Vec<String>, SchemaNode<'a>)> {
        let Self::Schema(schema) = self else { return Vec::new() };
        let mut found = Vec::new();
        let list =
            |key: &str, nodes: &'a [ReferenceOr<Schema>], found: &mut Vec<(Vec<String>, SchemaNode<'a>)>| {
                let nodes = nodes.iter().enumerate();
                found.extend(nodes.map(|(i, node)| (vec![key.to_owned(), i.to_string()], node.into())));
            };
        match &schema.schema_kind {
            SchemaKind::Type(Type::Object(members)) => {
                properties(&members.properties, members.additional_properties.as_ref(), &mut found);
            }
            SchemaKind::Type(Type::Array(array)) => {
                found.extend(array.items.as_ref().map(|items| (vec!["items".to_owned()], items.into())));
            }
            SchemaKind::OneOf { one_of } => list("oneOf", one_of, &mut found),
            SchemaKind::AllOf { all_of } => list("allOf", all_of, &mut found),
            SchemaKind::AnyOf { any_of } => list("anyOf", any_of, &mut found),
            SchemaKind::Any(any) => {
                properties(&any.properties, any.additional_properties.as_ref(), &mut found);
                found.extend(any.items.as_ref().map(|items| (vec!["items".to_owned()], items.into())));
            }
            SchemaKind::Type(_) | SchemaKind::Not { .. } => {}
        }
        found
    }
}

fn properties<'a>(
    properties: &'a IndexMap<String, ReferenceOr<Box<Schema>>>,
    additional: Option<&'a AdditionalProperties>,
    found: &mut Vec<(Vec<String>, SchemaNode<'a>)>,
) {
    found.extend(
        properties.iter().map(|(name, node)| (vec!["properties".to_owned(), name.clone()], node.into())),
    );
    if let Some(AdditionalProperties::Schema(node)) = additional {
        found.push((vec!["additionalProperties".to_owned()], node.as_ref().into()));
    }
}

/// The shape of a value.
#[derive(Clone, Debug)]
pub(super) enum Shape<'a> {
    Reference(&'a str),
    Bool,
    Integer {
        small: bool,
        values: Vec<i64>,
    },
    Number,
    Text {
        format: TextFormat,
        values: Vec<&'a str>,
    },
    List(Option<SchemaNode<'a>>),
    Struct {
        properties: &'a IndexMap<String, ReferenceOr<Box<Schema>>>,
        required: &'a [String],
    },
    /// An object with any member, all of one schema if there is one.
    Map(Option<SchemaNode<'a>>),
    Any,
}

/// The format of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextFormat {
    Plain,
    Date,
    DateTime,
    DateOrDateTime,
    Secret,
}

/// The name of the schema a reference points to.
pub(super) fn target(reference: &str) -> Option<String> {
    let name = reference.strip_prefix(SCHEMAS)?;
    (!name.contains('/')).then(|| unescape_key(name))
}

/// The shape of a schema.
///
/// # Errors
/// The unsupported part of it, as a sentence without a location.
pub(super) fn shape(node: SchemaNode<'_>) -> Result<Shape<'_>, String> {
    let schema = match node {
        SchemaNode::Reference(reference) => return Ok(Shape::Reference(reference)),
        SchemaNode::Schema(schema) => schema,
    };
    match &schema.schema_kind {
        SchemaKind::Type(Type::Boolean(_)) => Ok(Shape::Bool),
        SchemaKind::Type(Type::Number(_)) => Ok(Shape::Number),
        SchemaKind::Type(Type::Integer(integer)) => Ok(Shape::Integer {
            small: integer.format == Format::Item(IntegerFormat::Int32),
            values: integer.enumeration.iter().flatten().copied().collect(),
        }),
        SchemaKind::Type(Type::String(string)) => Ok(Shape::Text {
            format: match &string.format {
                Format::Item(StringFormat::Date) => TextFormat::Date,
                Format::Item(StringFormat::DateTime) => TextFormat::DateTime,
                Format::Item(StringFormat::Password) => TextFormat::Secret,
                // Versions before 1.25 use this spelling.
                Format::Unknown(format) if format == "datetime" => TextFormat::DateTime,
                // `byte` stays a string: the API's page tokens are opaque, although described as `byte`.
                _ => TextFormat::Plain,
            },
            values: string.enumeration.iter().flatten().map(String::as_str).collect(),
        }),
        SchemaKind::Type(Type::Array(array)) => Ok(Shape::List(array.items.as_ref().map(SchemaNode::from))),
        SchemaKind::Type(Type::Object(members)) => {
            object(&members.properties, &members.required, members.additional_properties.as_ref())
        }
        SchemaKind::OneOf { one_of } => choice("oneOf", one_of),
        SchemaKind::AnyOf { any_of } => choice("anyOf", any_of),
        SchemaKind::AllOf { all_of } => match all_of.as_slice() {
            [one] => shape(one.into()),
            [] => Err("`allOf` has no schema: it needs one".to_owned()),
            _ => Err("`allOf` of several schemas is not supported: write the merged schema in the overlay"
                .to_owned()),
        },
        SchemaKind::Not { .. } => Err("`not` is not supported: remove it in the overlay".to_owned()),
        SchemaKind::Any(any) => untyped(any),
    }
}

fn object<'a>(
    properties: &'a IndexMap<String, ReferenceOr<Box<Schema>>>,
    required: &'a [String],
    additional: Option<&'a AdditionalProperties>,
) -> Result<Shape<'a>, String> {
    match (properties.is_empty(), additional) {
        (false, Some(AdditionalProperties::Schema(_))) => Err(
            "`properties` together with an `additionalProperties` schema is not supported: keep one of the two"
                .to_owned(),
        ),
        (false, _) | (true, Some(AdditionalProperties::Any(false))) => {
            Ok(Shape::Struct { properties, required })
        }
        (true, Some(AdditionalProperties::Schema(node))) => Ok(Shape::Map(Some(node.as_ref().into()))),
        (true, _) => Ok(Shape::Map(None)),
    }
}

/// `oneOf` and `anyOf`: supported only if all alternatives are strings, such as a date or a date-time.
fn choice<'a>(keyword: &str, alternatives: &'a [ReferenceOr<Schema>]) -> Result<Shape<'a>, String> {
    let mut formats = Vec::new();
    for alternative in alternatives {
        match shape(alternative.into())? {
            Shape::Text { format, values } if values.is_empty() => formats.push(format),
            other if alternatives.len() == 1 => return Ok(other),
            _ => {
                return Err(format!(
                    "`{keyword}` is supported for strings only, such as a date or a date-time: choose one alternative in the overlay"
                ));
            }
        }
    }
    let format = match formats.as_slice() {
        [] => return Err(format!("`{keyword}` has no alternative")),
        [first, rest @ ..] if rest.iter().all(|format| format == first) => *first,
        all if all.iter().all(|format| matches!(format, TextFormat::Date | TextFormat::DateTime)) => {
            TextFormat::DateOrDateTime
        }
        all if all.contains(&TextFormat::Secret) => TextFormat::Secret,
        _ => TextFormat::Plain,
    };
    Ok(Shape::Text { format, values: Vec::new() })
}

/// Schemas without `type`, and those whose `type` is combined with keywords of other types.
fn untyped(any: &AnySchema) -> Result<Shape<'_>, String> {
    let combined = [("allOf", &any.all_of), ("oneOf", &any.one_of), ("anyOf", &any.any_of)];
    if let Some((keyword, _)) = combined.iter().find(|(_, list)| !list.is_empty()) {
        return Err(format!(
            "`{keyword}` together with other keywords is not supported: keep one of the two"
        ));
    }
    if any.not.is_some() {
        return Err("`not` is not supported: remove it in the overlay".to_owned());
    }
    let as_object = || object(&any.properties, &any.required, any.additional_properties.as_ref());
    match any.typ.as_deref() {
        Some("object") => as_object(),
        Some("array") => Ok(Shape::List(any.items.as_ref().map(SchemaNode::from))),
        Some("boolean") => Ok(Shape::Bool),
        Some("number") => Ok(Shape::Number),
        Some("integer") => Ok(Shape::Integer {
            small: any.format.as_deref() == Some("int32"),
            values: values(&any.enumeration, Value::as_i64, "integers")?,
        }),
        Some("string") => text(any),
        Some("null") => Err(
            "`null` is a type of OpenAPI 3.1: write `nullable: true` next to the type of the other values"
                .to_owned(),
        ),
        Some(other) => Err(format!(
            "`{other}` is not a type of OpenAPI 3.0: use string, integer, number, boolean, array or object"
        )),
        None if !any.properties.is_empty() || any.additional_properties.is_some() => as_object(),
        None if any.items.is_some() => Ok(Shape::List(any.items.as_ref().map(SchemaNode::from))),
        None if any.enumeration.iter().any(Value::is_string)
            || any.format.is_some()
            || any.pattern.is_some() =>
        {
            text(any)
        }
        None => Ok(Shape::Any),
    }
}

fn text(any: &AnySchema) -> Result<Shape<'_>, String> {
    let format = match any.format.as_deref() {
        Some("date") => TextFormat::Date,
        Some("date-time" | "datetime") => TextFormat::DateTime,
        Some("password") => TextFormat::Secret,
        _ => TextFormat::Plain,
    };
    Ok(Shape::Text { format, values: values(&any.enumeration, Value::as_str, "strings")? })
}

fn values<'a, T>(
    values: &'a [Value],
    read: impl Fn(&'a Value) -> Option<T>,
    expected: &str,
) -> Result<Vec<T>, String> {
    let wrong = || format!("the values of `enum` must be {expected}, as `type` says");
    values.iter().filter(|value| !value.is_null()).map(|value| read(value).ok_or_else(wrong)).collect()
}

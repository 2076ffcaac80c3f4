//! The forms that a schema can have, whatever way it is written down.

use indexmap::IndexMap;
use openapiv3::{
    AdditionalProperties, AnySchema, IntegerFormat, ReferenceOr, Schema, SchemaData, SchemaKind,
    StringFormat, Type, VariantOrUnknownOrEmpty as Format,
};
use serde_json::Value;

/// A schema or a reference to one, boxed or not.
#[derive(Clone, Copy, Debug)]
pub(super) enum Node<'a> {
    Reference(&'a str),
    Schema(&'a Schema),
}

impl<'a> From<&'a ReferenceOr<Schema>> for Node<'a> {
    fn from(node: &'a ReferenceOr<Schema>) -> Self {
        match node {
            ReferenceOr::Reference { reference } => Self::Reference(reference),
            ReferenceOr::Item(schema) => Self::Schema(schema),
        }
    }
}

impl<'a> From<&'a ReferenceOr<Box<Schema>>> for Node<'a> {
    fn from(node: &'a ReferenceOr<Box<Schema>>) -> Self {
        match node {
            ReferenceOr::Reference { reference } => Self::Reference(reference),
            ReferenceOr::Item(schema) => Self::Schema(schema),
        }
    }
}

impl<'a> Node<'a> {
    /// What annotates the schema: description, default, nullable, extensions.
    pub(super) fn data(self) -> Option<&'a SchemaData> {
        match self {
            Self::Reference(_) => None,
            Self::Schema(schema) => Some(&schema.schema_data),
        }
    }

    pub(super) fn description(self) -> Option<&'a str> {
        self.data()?.description.as_deref()
    }

    /// The name that the overlay gives, for a schema whose own cannot be used or that has none.
    pub(super) fn rust_name(self) -> Option<&'a str> {
        self.data()?.extensions.get("x-rust-name")?.as_str()
    }

    /// The names that the overlay gives to single values of an enum, by value.
    pub(super) fn rust_variants(self) -> Option<&'a Value> {
        self.data()?.extensions.get("x-rust-variants")
    }

    /// The schemas directly inside this one, each with the keys that lead to it.
    pub(super) fn children(self) -> Vec<(Vec<String>, Node<'a>)> {
        let Self::Schema(schema) = self else { return Vec::new() };
        let mut found = Vec::new();
        let list = |key: &str, nodes: &'a [ReferenceOr<Schema>], found: &mut Vec<(Vec<String>, Node<'a>)>| {
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
    found: &mut Vec<(Vec<String>, Node<'a>)>,
) {
    found.extend(
        properties.iter().map(|(name, node)| (vec!["properties".to_owned(), name.clone()], node.into())),
    );
    if let Some(AdditionalProperties::Schema(node)) = additional {
        found.push((vec!["additionalProperties".to_owned()], node.as_ref().into()));
    }
}

/// What a schema says about the form of a value.
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
        format: Text,
        values: Vec<&'a str>,
    },
    List(Option<Node<'a>>),
    Struct {
        properties: &'a IndexMap<String, ReferenceOr<Box<Schema>>>,
        required: &'a [String],
    },
    /// An object with any member, all of one schema if there is one.
    Map(Option<Node<'a>>),
    Any,
}

/// What a text holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Text {
    Plain,
    Date,
    DateTime,
    DateOrDateTime,
    Secret,
}

/// Tells the form of a schema.
///
/// # Errors
/// What is not supported in it, as a sentence without its place.
pub(super) fn shape(node: Node<'_>) -> Result<Shape<'_>, String> {
    let schema = match node {
        Node::Reference(reference) => return Ok(Shape::Reference(reference)),
        Node::Schema(schema) => schema,
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
                Format::Item(StringFormat::Date) => Text::Date,
                Format::Item(StringFormat::DateTime) => Text::DateTime,
                Format::Item(StringFormat::Password) => Text::Secret,
                // Versions before 1.25 spell it so.
                Format::Unknown(format) if format == "datetime" => Text::DateTime,
                // `byte` stays text: the API's page tokens are opaque, whatever the description says.
                _ => Text::Plain,
            },
            values: string.enumeration.iter().flatten().map(String::as_str).collect(),
        }),
        SchemaKind::Type(Type::Array(array)) => Ok(Shape::List(array.items.as_ref().map(Node::from))),
        SchemaKind::Type(Type::Object(members)) => {
            object(&members.properties, &members.required, members.additional_properties.as_ref())
        }
        SchemaKind::OneOf { one_of } => choice("oneOf", one_of),
        SchemaKind::AnyOf { any_of } => choice("anyOf", any_of),
        SchemaKind::AllOf { all_of } => match all_of.as_slice() {
            [one] => shape(one.into()),
            [] => Err("`allOf` has no schema: name the one that is meant".to_owned()),
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
            "`properties` beside `additionalProperties` with a schema is not supported: keep one of the two"
                .to_owned(),
        ),
        (false, _) | (true, Some(AdditionalProperties::Any(false))) => {
            Ok(Shape::Struct { properties, required })
        }
        (true, Some(AdditionalProperties::Schema(node))) => Ok(Shape::Map(Some(node.as_ref().into()))),
        (true, _) => Ok(Shape::Map(None)),
    }
}

/// `oneOf` and `anyOf`: only alternatives that are all texts, such as a date or a date-time.
fn choice<'a>(keyword: &str, alternatives: &'a [ReferenceOr<Schema>]) -> Result<Shape<'a>, String> {
    let mut formats = Vec::new();
    for alternative in alternatives {
        match shape(alternative.into())? {
            Shape::Text { format, values } if values.is_empty() => formats.push(format),
            other if alternatives.len() == 1 => return Ok(other),
            _ => {
                return Err(format!(
                    "`{keyword}` is supported for texts only, such as a date or a date-time: choose one alternative in the overlay"
                ));
            }
        }
    }
    let format = match formats.as_slice() {
        [] => return Err(format!("`{keyword}` has no alternative")),
        [first, rest @ ..] if rest.iter().all(|format| format == first) => *first,
        all if all.iter().all(|format| matches!(format, Text::Date | Text::DateTime)) => Text::DateOrDateTime,
        all if all.contains(&Text::Secret) => Text::Secret,
        _ => Text::Plain,
    };
    Ok(Shape::Text { format, values: Vec::new() })
}

/// Schemas without `type`, and those whose `type` stands beside keywords of other types.
fn untyped(any: &AnySchema) -> Result<Shape<'_>, String> {
    let combined = [("allOf", &any.all_of), ("oneOf", &any.one_of), ("anyOf", &any.any_of)];
    if let Some((keyword, _)) = combined.iter().find(|(_, list)| !list.is_empty()) {
        return Err(format!("`{keyword}` beside other keywords is not supported: keep one of the two"));
    }
    if any.not.is_some() {
        return Err("`not` is not supported: remove it in the overlay".to_owned());
    }
    let as_object = || object(&any.properties, &any.required, any.additional_properties.as_ref());
    match any.typ.as_deref() {
        Some("object") => as_object(),
        Some("array") => Ok(Shape::List(any.items.as_ref().map(Node::from))),
        Some("boolean") => Ok(Shape::Bool),
        Some("number") => Ok(Shape::Number),
        Some("integer") => Ok(Shape::Integer {
            small: any.format.as_deref() == Some("int32"),
            values: values(&any.enumeration, Value::as_i64, "integers")?,
        }),
        Some("string") => text(any),
        Some(other) => Err(format!(
            "`{other}` is not a type of OpenAPI 3.0: there are string, integer, number, boolean, array and object"
        )),
        None if !any.properties.is_empty() || any.additional_properties.is_some() => as_object(),
        None if any.items.is_some() => Ok(Shape::List(any.items.as_ref().map(Node::from))),
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
        Some("date") => Text::Date,
        Some("date-time" | "datetime") => Text::DateTime,
        Some("password") => Text::Secret,
        _ => Text::Plain,
    };
    Ok(Shape::Text { format, values: values(&any.enumeration, Value::as_str, "texts")? })
}

fn values<'a, T>(
    values: &'a [Value],
    read: impl Fn(&'a Value) -> Option<T>,
    expected: &str,
) -> Result<Vec<T>, String> {
    let wrong = || format!("the values of `enum` must be {expected}, as `type` says");
    values.iter().filter(|value| !value.is_null()).map(|value| read(value).ok_or_else(wrong)).collect()
}

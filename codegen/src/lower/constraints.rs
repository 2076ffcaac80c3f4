//! The constraints that a description puts on a field's values.

use openapiv3::{ArrayType, ReferenceOr, SchemaKind, Type};

use super::schemas::SchemaNode;
use crate::ir::{Constraints, Limit, LimitKind};

/// The constraints of a field.
pub(super) fn of(node: SchemaNode<'_>, required: bool) -> Constraints {
    let SchemaNode::Schema(schema) = node else { return Constraints { required, ..Constraints::default() } };
    let data = &schema.schema_data;
    let elements = match &schema.schema_kind {
        SchemaKind::Type(Type::Array(ArrayType { items: Some(ReferenceOr::Item(items)), .. })) => {
            (format(&items.schema_kind), limits(&items.schema_kind))
        }
        _ => (None, Vec::new()),
    };
    Constraints {
        required,
        nullable: data.nullable,
        deprecated: data.deprecated,
        default: data.default.clone(),
        format: format(&schema.schema_kind),
        limits: limits(&schema.schema_kind),
        elements,
    }
}

fn limits(kind: &SchemaKind) -> Vec<Limit> {
    let limit = |kind: LimitKind, value: Option<String>| value.map(|value| Limit { kind, value });
    let found = match kind {
        SchemaKind::Type(Type::String(text)) => vec![
            limit(LimitKind::MinLength, text.min_length.map(|n| n.to_string())),
            limit(LimitKind::MaxLength, text.max_length.map(|n| n.to_string())),
            limit(LimitKind::Pattern, text.pattern.clone()),
        ],
        SchemaKind::Type(Type::Integer(integer)) => vec![
            limit(LimitKind::Minimum, integer.minimum.map(|n| n.to_string())),
            limit(LimitKind::Maximum, integer.maximum.map(|n| n.to_string())),
        ],
        SchemaKind::Type(Type::Number(number)) => vec![
            limit(LimitKind::Minimum, number.minimum.map(|n| n.to_string())),
            limit(LimitKind::Maximum, number.maximum.map(|n| n.to_string())),
        ],
        SchemaKind::Type(Type::Array(list)) => vec![
            limit(LimitKind::MinItems, list.min_items.map(|n| n.to_string())),
            limit(LimitKind::MaxItems, list.max_items.map(|n| n.to_string())),
        ],
        _ => Vec::new(),
    };
    found.into_iter().flatten().collect()
}

/// The format as a description spells it.
fn format(kind: &SchemaKind) -> Option<String> {
    let format = match kind {
        SchemaKind::Type(Type::String(text)) => serde_json::to_value(&text.format),
        SchemaKind::Type(Type::Integer(integer)) => serde_json::to_value(&integer.format),
        SchemaKind::Type(Type::Number(number)) => serde_json::to_value(&number.format),
        _ => return None,
    };
    format.ok()?.as_str().filter(|format| !format.is_empty()).map(str::to_owned)
}

//! Value sets: enums, and the names of their variants.

use std::collections::HashMap;

use super::schemas::SchemaNode;
use crate::diagnostics::{Diagnostics, Pointer, Source};
use crate::ir::{Enum, TypeDef, Values};
use crate::names;

/// The enum of a set of strings.
pub(super) fn text(
    name: String,
    docs: Vec<String>,
    values: &[&str],
    node: SchemaNode<'_>,
    at: &Pointer,
    problems: &mut Diagnostics,
) -> Option<TypeDef> {
    let texts: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
    let variants = variants(&texts, node, at, problems)?;
    let values = variants.into_iter().zip(texts).collect();
    Some(TypeDef::Enum(Enum { name, at: at.clone(), docs, values: Values::Text(values) }))
}

/// The enum of a set of integers.
pub(super) fn integer(
    name: String,
    docs: Vec<String>,
    values: &[i64],
    node: SchemaNode<'_>,
    at: &Pointer,
    problems: &mut Diagnostics,
) -> Option<TypeDef> {
    let texts: Vec<String> = values.iter().map(ToString::to_string).collect();
    let variants = variants(&texts, node, at, problems)?;
    let values = variants.into_iter().zip(values.iter().copied()).collect();
    Some(TypeDef::Enum(Enum { name, at: at.clone(), docs, values: Values::Integer(values) }))
}

/// The names of the variants: those set by the overlay, otherwise derived from the values.
fn variants(
    values: &[String],
    node: SchemaNode<'_>,
    at: &Pointer,
    problems: &mut Diagnostics,
) -> Option<Vec<String>> {
    let given = named_variants(values, node, &at.join("x-rust-variants"), problems)?;
    let name = |value: &String| given.get(value).cloned().unwrap_or_else(|| names::variant(value));
    let variants: Vec<String> = values.iter().map(name).collect();
    require_distinct(variants.iter().zip(values.iter().cloned()), at, problems)?;
    Some(variants)
}

fn named_variants(
    values: &[String],
    node: SchemaNode<'_>,
    at: &Pointer,
    problems: &mut Diagnostics,
) -> Option<HashMap<String, String>> {
    let Some(table) = node.rust_variants() else { return Some(HashMap::new()) };
    let Some(table) = table.as_object() else {
        problems.error(at, "must be a mapping of values to the names of their variants");
        return None;
    };
    let mut given = HashMap::new();
    for (value, name) in table {
        match name.as_str().filter(|name| names::is_variant(name)) {
            Some(_) if !values.contains(value) => {
                let message = "is no value of this enum: remove it in the overlay";
                problems.stale(Source::Description, &at.join(value), message);
            }
            Some(name) => _ = given.insert(value.clone(), name.to_owned()),
            None => {
                let message = "must be a Rust name for a variant, such as `InUse`";
                problems.error(&at.join(value), message);
                return None;
            }
        }
    }
    Some(given)
}

fn require_distinct<'v>(
    variants: impl Iterator<Item = (&'v String, String)>,
    at: &Pointer,
    problems: &mut Diagnostics,
) -> Option<()> {
    let mut seen: HashMap<&str, String> = HashMap::new();
    let mut distinct = Some(());
    for (variant, value) in variants {
        if let Some(other) = seen.insert(variant, value.clone()) {
            let message = format!(
                "the values `{other}` and `{value}` would both be the variant `{variant}`: remove one in the overlay, or name it with `x-rust-variants`"
            );
            problems.error(&at.join("enum"), message);
            distinct = None;
        }
    }
    distinct
}

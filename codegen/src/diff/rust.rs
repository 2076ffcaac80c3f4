//! What the generated code is to its callers, and when two types are the same.

use super::renames::Pairs;
use crate::ir::{Field, Type};

/// Whether two types are the same, taking types that seem to be renamed for one.
pub(super) fn same(old: &Type, new: &Type, renamed: &Pairs) -> bool {
    match (old, new) {
        (Type::List(old), Type::List(new)) | (Type::Map(old), Type::Map(new)) => same(old, new, renamed),
        (Type::Named(old), Type::Named(new)) | (Type::Boxed(old), Type::Boxed(new)) => renamed.is(old, new),
        _ => old == new,
    }
}

/// The constructor, as its callers think of it.
pub(super) fn new<'a>(arguments: impl Iterator<Item = &'a Field>) -> String {
    let arguments: Vec<&str> = arguments.map(|field| field.ident.as_str()).collect();
    format!("new({})", arguments.join(", "))
}

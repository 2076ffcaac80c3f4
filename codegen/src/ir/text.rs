//! Types as text, for reports and exported pages. `emit` prints the code.

use std::fmt;

use super::{Field, Presence, Type};

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::I32 => f.write_str("i32"),
            Self::I64 => f.write_str("i64"),
            Self::F64 => f.write_str("f64"),
            Self::String => f.write_str("String"),
            Self::Secret => f.write_str("Secret"),
            Self::Date => f.write_str("Date"),
            Self::DateTime => f.write_str("DateTime"),
            Self::DateOrDateTime => f.write_str("DateOrDateTime"),
            Self::Json => f.write_str("Value"),
            Self::List(element) => write!(f, "Vec<{element}>"),
            Self::Map(element) => write!(f, "BTreeMap<String, {element}>"),
            Self::Named(name) | Self::Identifier(name) => f.write_str(name),
            Self::Boxed(name) => write!(f, "Box<{name}>"),
        }
    }
}

impl Type {
    /// The generated type that it contains, if any.
    pub fn named(&self) -> Option<&str> {
        match self {
            Self::List(inner) | Self::Map(inner) => inner.named(),
            Self::Named(name) | Self::Boxed(name) | Self::Identifier(name) => Some(name),
            _ => None,
        }
    }
}

impl Field {
    /// The type of the struct's field, including the effect of `presence`.
    pub fn type_text(&self) -> String {
        let ty = &self.ty;
        match self.presence {
            Presence::Always | Presence::Empty => ty.to_string(),
            Presence::Optional => format!("Option<{ty}>"),
            Presence::Nullable => format!("Nullable<{ty}>"),
        }
    }
}

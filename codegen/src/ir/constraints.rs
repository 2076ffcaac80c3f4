//! Constraints on the values of fields.

use serde_json::Value;

/// The constraints on a field's values beyond their type. The crate does not enforce them; they are documented and
/// compared by `diff`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Constraints {
    /// Whether it is described as required, in requests or responses.
    pub required: bool,
    /// Whether it is described as nullable, in requests or responses.
    pub nullable: bool,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// The value that the server uses if the field is absent.
    pub default: Option<Value>,
    /// `format`. It may determine the type.
    pub format: Option<String>,
    /// The limits of accepted values.
    pub limits: Vec<Limit>,
    /// `format` and limits of the elements of a list. Not documented.
    pub elements: (Option<String>, Vec<Limit>),
}

/// One limit of a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// The kind of the limit.
    pub kind: LimitKind,
    /// The limit in JSON, or the pattern itself.
    pub value: String,
}

/// The kind of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LimitKind {
    /// Minimum number of characters of a string.
    MinLength,
    /// Maximum number of characters of a string.
    MaxLength,
    /// Regular expression that a string must match.
    Pattern,
    /// Minimum number.
    Minimum,
    /// Maximum number.
    Maximum,
    /// Minimum number of elements of a list.
    MinItems,
    /// Maximum number of elements of a list.
    MaxItems,
}

impl LimitKind {
    /// The OpenAPI keyword.
    pub fn name(self) -> &'static str {
        match self {
            Self::MinLength => "minLength",
            Self::MaxLength => "maxLength",
            Self::Pattern => "pattern",
            Self::Minimum => "minimum",
            Self::Maximum => "maximum",
            Self::MinItems => "minItems",
            Self::MaxItems => "maxItems",
        }
    }
}

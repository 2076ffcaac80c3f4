//! What the description says of values beyond their types.

use serde_json::Value;

/// What the description says of a field's values beyond their type. The crate enforces none of it: it is
/// documentation, and what `diff` compares.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Constraints {
    /// Whether it is described as required, whichever way it travels.
    pub required: bool,
    /// Whether it is described as nullable, whichever way it travels.
    pub nullable: bool,
    /// Whether callers are asked not to use it any more.
    pub deprecated: bool,
    /// What the server takes where the field is absent.
    pub default: Option<Value>,
    /// `format`, which decides the type or else says nothing to a compiler.
    pub format: Option<String>,
    /// What values are accepted.
    pub limits: Vec<Limit>,
    /// `format` and limits of the elements, of a list. The documentation leaves them out.
    pub elements: (Option<String>, Vec<Limit>),
}

/// One limit of a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// What is limited.
    pub kind: LimitKind,
    /// The limit as JSON has it; the pattern itself.
    pub value: String,
}

/// What a limit is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LimitKind {
    /// The fewest characters of a text.
    MinLength,
    /// The most characters of a text.
    MaxLength,
    /// The regular expression that a text matches.
    Pattern,
    /// The smallest number.
    Minimum,
    /// The largest number.
    Maximum,
    /// The fewest elements of a list.
    MinItems,
    /// The most elements of a list.
    MaxItems,
}

impl LimitKind {
    /// The keyword of a description.
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

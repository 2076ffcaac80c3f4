//! Types to generate, and the fields of structs.

use super::{Accessor, Constraints, TagAccessor};
use crate::diagnostics::Pointer;

/// A type to generate.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeDef {
    /// A struct with named fields.
    Struct(Struct),
    /// An open enum.
    Enum(Enum),
    /// Another name for a type.
    Alias(Alias),
    /// An identifier of resources.
    Identifier(Identifier),
}

impl TypeDef {
    /// The Rust name.
    pub fn name(&self) -> &str {
        match self {
            Self::Struct(Struct { name, .. })
            | Self::Enum(Enum { name, .. })
            | Self::Alias(Alias { name, .. })
            | Self::Identifier(Identifier { name, .. }) => name,
        }
    }

    /// Where it is described.
    pub fn at(&self) -> &Pointer {
        match self {
            Self::Struct(Struct { at, .. })
            | Self::Enum(Enum { at, .. })
            | Self::Alias(Alias { at, .. })
            | Self::Identifier(Identifier { at, .. }) => at,
        }
    }
}

/// Whether values of a type are sent, received, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Sent only.
    Request,
    /// Received only.
    Response,
    /// Sent and received, or used by no action.
    Both,
}

/// A struct.
#[derive(Clone, Debug, PartialEq)]
pub struct Struct {
    /// The Rust name.
    pub name: String,
    /// Where it is described.
    pub at: Pointer,
    /// Rustdoc lines.
    pub docs: Vec<String>,
    /// Whether it is sent, received, or both.
    pub direction: Direction,
    /// Whether it derives `Default`: no field needs a value.
    pub has_default: bool,
    /// The fields, in declared order.
    pub fields: Vec<Field>,
    /// The methods that return one of them or an error.
    pub accessors: Vec<Accessor>,
    /// The method that returns the value of a tag.
    pub tag_accessor: Option<TagAccessor>,
}

impl Struct {
    /// A struct. Whether it has a default value follows from its fields.
    pub(crate) fn new(
        name: String,
        at: Pointer,
        docs: Vec<String>,
        direction: Direction,
        fields: Vec<Field>,
    ) -> Self {
        let has_default = fields.iter().all(|field| field.presence != Presence::Always);
        Self { name, at, docs, direction, has_default, fields, accessors: Vec::new(), tag_accessor: None }
    }

    /// The field with this name on the wire.
    pub(crate) fn field(&self, wire: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.wire == wire)
    }

    /// The fields that `new` takes.
    pub(crate) fn required(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.required)
    }
}

/// A field of a struct.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The name on the wire.
    pub wire: String,
    /// The Rust name.
    pub ident: String,
    /// The name of the chained setter.
    pub setter: String,
    /// The type of the value, without what `presence` adds.
    pub ty: Type,
    /// How an absent value is represented.
    pub presence: Presence,
    /// Whether `new` takes it.
    pub required: bool,
    /// The constraints that the description puts on its values.
    pub facts: Constraints,
    /// Rustdoc lines.
    pub docs: Vec<String>,
}

/// How a field represents an absent value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Never absent: `T`.
    Always,
    /// `Option<T>`.
    Optional,
    /// A list or map in a response, empty if absent: `Vec<T>`.
    Empty,
    /// Absent, null and a value are distinct: `Nullable<T>`.
    Nullable,
}

/// The type of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `bool`
    Bool,
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `f64`
    F64,
    /// `String`
    String,
    /// `Secret`
    Secret,
    /// `Date`
    Date,
    /// `DateTime`
    DateTime,
    /// `DateOrDateTime`
    DateOrDateTime,
    /// `serde_json::Value`
    Json,
    /// `Vec<T>`
    List(Box<Type>),
    /// `BTreeMap<String, T>`
    Map(Box<Type>),
    /// A generated type.
    Named(String),
    /// A generated type in a `Box`, because the type contains itself.
    Boxed(String),
    /// A generated identifier.
    Identifier(String),
}

impl Type {
    /// Whether values are strings that can identify something.
    pub(crate) fn is_string_or_identifier(&self) -> bool {
        matches!(self, Self::String | Self::Identifier(_))
    }
}

/// An open enum: it accepts values newer than the crate.
#[derive(Clone, Debug, PartialEq)]
pub struct Enum {
    /// The Rust name.
    pub name: String,
    /// Where it is described: the first location, if several share the name.
    pub at: Pointer,
    /// Rustdoc lines.
    pub docs: Vec<String>,
    /// The known values.
    pub values: Values,
}

/// The known values of an enum, with the names of their variants.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Strings.
    Text(Vec<(String, String)>),
    /// Integers.
    Integer(Vec<(String, i64)>),
}

/// An identifier of resources: a string with a type of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Identifier {
    /// The Rust name.
    pub name: String,
    /// Where it is described first.
    pub at: Pointer,
    /// Rustdoc lines.
    pub docs: Vec<String>,
    /// The other identifiers that convert into it.
    pub from: Conversions,
}

/// The identifiers that convert into another one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Conversions {
    /// No other.
    #[default]
    None,
    /// These.
    From(Vec<String>),
    /// Every other: these.
    All(Vec<String>),
}

/// A schema that only names another type.
#[derive(Clone, Debug, PartialEq)]
pub struct Alias {
    /// The Rust name.
    pub name: String,
    /// Where it is described.
    pub at: Pointer,
    /// Rustdoc lines.
    pub docs: Vec<String>,
    /// What it stands for.
    pub ty: Type,
}

//! The public interface of the generated crate: plain data, with every decision made.
//!
//! Nothing here knows OpenAPI or tokens. Names are final, directions and presences are decided, documentation is
//! ready to print.

mod constraints;
mod example;
mod text;
mod waiters;

pub use constraints::{Constraints, Limit, LimitKind};
pub use example::{Example, NamedExample};
pub use waiters::{Goal, WaiterResource, WaiterSource};

use crate::diagnostics::Pointer;

/// All generated code.
#[derive(Clone, Debug, PartialEq)]
pub struct Api {
    /// `info.version` of the description.
    pub version: String,
    /// The known error codes, by number. Without any, no file of codes is generated.
    pub codes: Vec<ErrorCode>,
    /// The actions that read the resources waiters poll.
    pub waiters: Vec<WaiterSource>,
    /// The files to write, in the order of their names.
    pub modules: Vec<Module>,
}

impl Api {
    /// The number of actions.
    pub fn action_count(&self) -> usize {
        self.modules.iter().map(|module| module.actions.len()).sum()
    }
}

/// An error code that the server may return.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorCode {
    /// `5063`.
    pub number: u32,
    /// `no-such-vm`: its usual name.
    pub name: String,
    /// `NO_SUCH_VM`.
    pub constant: String,
    /// Rustdoc lines, without slashes.
    pub docs: Vec<String>,
    /// Whether the condition is temporary, so that a later retry can succeed.
    pub transient: bool,
}

/// One generated file: a tag's actions and the types that only it uses, or `common`.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    /// The module's name, which is also the file's.
    pub name: String,
    /// Rustdoc lines of the file, without slashes.
    pub docs: Vec<String>,
    /// Types of other generated files that the file uses, by module.
    pub imports: Vec<(String, Vec<String>)>,
    /// The types, by name.
    pub types: Vec<TypeDef>,
    /// The actions, by name.
    pub actions: Vec<Action>,
}

/// The first words of the names of actions that only read. Retrying one is always safe.
pub const READ_VERBS: &[&str] = &["Read", "Check"];

/// A type to generate.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeDef {
    /// A struct with named fields.
    Struct(Struct),
    /// An open enum.
    Enum(Enum),
    /// Another name for a type.
    Alias(Alias),
}

impl TypeDef {
    /// The Rust name.
    pub fn name(&self) -> &str {
        match self {
            Self::Struct(Struct { name, .. })
            | Self::Enum(Enum { name, .. })
            | Self::Alias(Alias { name, .. }) => name,
        }
    }

    /// Where it is described.
    pub fn at(&self) -> &Pointer {
        match self {
            Self::Struct(Struct { at, .. }) | Self::Enum(Enum { at, .. }) | Self::Alias(Alias { at, .. }) => {
                at
            }
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
        Self { name, at, docs, direction, has_default, fields }
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

/// An action: `POST /Name`.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// The name on the wire.
    pub wire: String,
    /// Where it is described.
    pub at: Pointer,
    /// The name of the marker type.
    pub marker: String,
    /// The name of the client's method.
    pub method: String,
    /// The request's type.
    pub request: String,
    /// The response's type.
    pub response: String,
    /// The authentication it accepts.
    pub auth: Auth,
    /// Whether it may be retried after an ambiguous failure.
    pub retry: RetrySafety,
    /// The request field, by its name on the wire, that makes a retry safe: `ClientToken`.
    pub client_token: Option<String>,
    /// How its responses are paginated, if they are.
    pub pagination: Option<Pagination>,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// The summary of the method's documentation.
    pub summary: Vec<String>,
    /// The list of facts in the method's documentation, after the summary.
    pub facts: Vec<String>,
    /// The example requests in the documentation: at least one.
    pub examples: Vec<NamedExample>,
    /// The first published example response, as JSON. `{}` if there is none.
    pub example_response: String,
}

/// Authentication that an action accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// A signature with an access key.
    AccessKey,
    /// A signature, or login and password.
    AccessKeyOrBasic,
    /// None.
    None,
}

/// Whether a request may be retried when its outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetrySafety {
    /// Always.
    Idempotent,
    /// If it carries a client token, which `client_token` of the action names.
    ClientToken,
    /// Never.
    Unsafe,
}

/// How a paginated action works: the fields of its request and response, by their Rust names.
#[derive(Clone, Debug, PartialEq)]
pub struct Pagination {
    /// How the next page is requested.
    pub cursor: Cursor,
    /// The request field for the page size.
    pub size: String,
    /// The response field that holds the lists and the cursor, if they are not in the response itself.
    pub inside: Option<String>,
    /// The lists that hold the items.
    pub lists: Vec<String>,
    /// The item type.
    pub item: Type,
}

/// The two kinds of cursor in this API.
#[derive(Clone, Debug, PartialEq)]
pub enum Cursor {
    /// The request takes the token from the previous response.
    Token {
        /// `next_page_token` of the request.
        request: String,
        /// `next_page_token` of the response.
        response: String,
    },
    /// The request takes the number of items already read; the response says whether there are more.
    FirstItem {
        /// `first_item`.
        request: String,
        /// `has_more_items`.
        response: String,
    },
}

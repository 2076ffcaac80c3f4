//! The model between reading and printing: plain data, every decision already made.
//!
//! Nothing here knows OpenAPI and nothing here knows tokens. Names are final, directions and presences are
//! decided, documentation is ready to print.

mod constraints;
mod example;
mod text;
mod waiters;

pub use constraints::{Constraints, Limit, LimitKind};
pub use example::{Example, NamedExample};
pub use waiters::{Goal, WaiterResource, WaiterSource};

use crate::diagnostics::Pointer;

/// A whole crate's worth of generated code.
#[derive(Clone, Debug, PartialEq)]
pub struct Api {
    /// `info.version` of the description.
    pub version: String,
    /// The known error codes, by number. Where there are none, there is no file of them.
    pub codes: Vec<ErrorCode>,
    /// The actions that list resources which can be waited for.
    pub listings: Vec<WaiterSource>,
    /// The files to write, in the order of their names.
    pub modules: Vec<Module>,
}

impl Api {
    /// How many actions there are.
    pub fn action_count(&self) -> usize {
        self.modules.iter().map(|module| module.actions.len()).sum()
    }
}

/// An error code that the server may answer with.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorCode {
    /// `5063`.
    pub number: u32,
    /// `no-such-vm`: what people call it.
    pub name: String,
    /// `NO_SUCH_VM`.
    pub constant: String,
    /// Rustdoc lines, without slashes.
    pub docs: Vec<String>,
    /// Whether it passes by waiting.
    pub transient: bool,
}

/// One generated file: a tag's actions and the types that only it uses, or `common`.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    /// The module's name, which is also the file's.
    pub name: String,
    /// Rustdoc lines of the file, without slashes.
    pub docs: Vec<String>,
    /// Names of the crate root that the file uses.
    pub runtime: Vec<&'static str>,
    /// Types of other generated files that the file uses, by module.
    pub imports: Vec<(String, Vec<String>)>,
    /// The types, by name.
    pub types: Vec<TypeDef>,
    /// The actions, by name.
    pub actions: Vec<Action>,
}

/// A type that is written out.
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

/// Which way values of a type travel.
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
    /// Which way it travels.
    pub direction: Direction,
    /// The fields, in declared order.
    pub fields: Vec<Field>,
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
    /// How absence is told.
    pub presence: Presence,
    /// Whether `new` takes it.
    pub required: bool,
    /// What the description says of its values.
    pub facts: Constraints,
    /// Rustdoc lines.
    pub docs: Vec<String>,
}

/// How a field tells that there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It cannot be absent: `T`.
    Always,
    /// `Option<T>`.
    Optional,
    /// A list or map of an answer, empty when absent: `Vec<T>`.
    Empty,
    /// Absent, null and a value are three things: `Nullable<T>`.
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
    /// A generated type behind a `Box`, where the type would contain itself otherwise.
    Boxed(String),
}

/// An enum that values newer than the crate do not break.
#[derive(Clone, Debug, PartialEq)]
pub struct Enum {
    /// The Rust name.
    pub name: String,
    /// Where it is described: the first place, where several have one name.
    pub at: Pointer,
    /// Rustdoc lines.
    pub docs: Vec<String>,
    /// The known values.
    pub values: Values,
}

/// The known values of an enum, with the names of their variants.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Texts.
    Text(Vec<(String, String)>),
    /// Integers.
    Integer(Vec<(String, i64)>),
}

/// A schema that is only another name for a type.
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
    /// The answer's type.
    pub response: String,
    /// What proves who calls.
    pub auth: Auth,
    /// Whether it may be sent again after an ambiguous failure.
    pub retry: RetrySafety,
    /// How its answers are cut into pages, where they are.
    pub pagination: Option<Pagination>,
    /// Whether callers are asked not to use it any more.
    pub deprecated: bool,
    /// The first line of the method's documentation.
    pub summary: Vec<String>,
    /// The facts of the method's documentation, after the summary.
    pub facts: Vec<String>,
    /// The requests that the documentation shows. There is always one.
    pub examples: Vec<NamedExample>,
    /// The first published answer, as JSON. `{}` where there is none.
    pub answer: String,
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

/// Whether a request may be repeated when nobody knows if the first was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetrySafety {
    /// Always.
    Idempotent,
    /// When it carries a client token.
    ClientToken,
    /// Never.
    Unsafe,
}

/// How a listing is cut into pages: the fields of its request and of its answer, by their Rust names.
#[derive(Clone, Debug, PartialEq)]
pub struct Pagination {
    /// What leads from a page to the next.
    pub cursor: Cursor,
    /// The field of the request for the number of items on a page.
    pub size: String,
    /// The field of the answer that has the lists and says whether there is more, where the answer itself does not.
    pub inside: Option<String>,
    /// The lists that hold the items.
    pub lists: Vec<String>,
    /// What they are lists of.
    pub item: Type,
}

/// The two ways in which this API leads from page to page.
#[derive(Clone, Debug, PartialEq)]
pub enum Cursor {
    /// The request takes the token that the answer before gave.
    Token {
        /// `next_page_token` of the request.
        request: String,
        /// `next_page_token` of the answer.
        answer: String,
    },
    /// The request takes the number of items already read, the answer says if there are more.
    FirstItem {
        /// `first_item`.
        request: String,
        /// `has_more_items`.
        answer: String,
    },
}

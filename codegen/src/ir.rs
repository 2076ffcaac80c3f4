//! The model between reading and printing: plain data, every decision already made.
//!
//! Nothing here knows OpenAPI and nothing here knows tokens. Names are final, directions and presences are
//! decided, documentation is ready to print.

/// A whole crate's worth of generated code.
#[derive(Clone, Debug, PartialEq)]
pub struct Api {
    /// `info.version` of the description.
    pub version: String,
    /// The known error codes, by number. Where there are none, there is no file of them.
    pub codes: Vec<Code>,
    /// The actions that list resources which can be waited for.
    pub listings: Vec<Listing>,
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
pub struct Code {
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
    /// The first line of the method's documentation.
    pub summary: Vec<String>,
    /// The facts of the method's documentation, after the summary.
    pub facts: Vec<String>,
    /// The request that the documentation shows.
    pub example: Example,
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

/// An action that lists resources by their identifiers, and what of these can be waited for. All names are Rust's.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// The action's marker type.
    pub marker: String,
    /// The request's type.
    pub request: String,
    /// The answer's type.
    pub response: String,
    /// The setter of the request's filters, and their type.
    pub filters: (String, String),
    /// The setter of the filter for identifiers.
    pub filter: String,
    /// The list of the answer.
    pub list: String,
    /// The resource's type.
    pub item: String,
    /// The field of the resource that identifies it.
    pub id: String,
    /// The fields of the request for token and size of a page, and that of the answer for the next token.
    pub page: Option<(String, String, String)>,
    /// What can be waited for.
    pub watched: Vec<Watched>,
}

/// A resource, or a part of one, with a state that can be waited for.
#[derive(Clone, Debug, PartialEq)]
pub struct Watched {
    /// `vm`: the function that callers begin with.
    pub function: String,
    /// `VM`: the constant with what the goals have in common.
    pub constant: String,
    /// `Vm`: what it returns.
    pub type_: String,
    /// `VM`: in words.
    pub noun: String,
    /// The field of the part or the parts that have the state, where it is not the resource itself.
    pub part: Option<String>,
    /// The fields that lead to the state, all of them optional.
    pub state: Vec<String>,
    /// Whether the state is an enum, and not a text.
    pub is_enum: bool,
    /// The time-out.
    pub minutes: u64,
    /// The states.
    pub goals: Vec<Goal>,
}

/// A state that can be waited for.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// `in_use`
    pub method: String,
    /// `in-use`
    pub name: String,
    /// Any of them is the goal.
    pub states: Vec<String>,
    /// None of them leads to it.
    pub failures: Vec<String>,
    /// Whether absence is the goal too.
    pub gone: bool,
    /// Rustdoc lines.
    pub docs: Vec<String>,
}

/// An expression of the documentation's example.
#[derive(Clone, Debug, PartialEq)]
pub enum Example {
    /// `true`
    Bool(bool),
    /// `1`
    Integer(i64),
    /// `1.5`
    Float(f64),
    /// `"text"`
    Text(String),
    /// `["a", "b"]`
    List(Vec<Example>),
    /// `[("key", "value")]`
    Map(Vec<(String, Example)>),
    /// `serde_json::json!(…)`
    Json(serde_json::Value),
    /// `Nullable::Null`
    Null,
    /// `BootMode::Uefi`
    Variant(String, String),
    /// `Type::new(…).setter(…)`
    Struct {
        /// The type.
        name: String,
        /// What `new` takes.
        arguments: Vec<Example>,
        /// The chained setters.
        setters: Vec<(String, Example)>,
    },
}

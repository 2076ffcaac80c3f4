//! The public interface of the generated crate: plain data, with every decision made.
//!
//! Nothing here knows OpenAPI or tokens. Names are final, directions and presences are decided, documentation is
//! ready to print.

mod accessor;
mod constraints;
mod constructor;
mod example;
mod listings;
mod text;
mod waiters;

pub use accessor::Accessor;
pub use constraints::{Constraints, Limit, LimitKind};
pub use constructor::Constructor;
pub use example::{Example, NamedExample};
pub use listings::{ActionTables, ById, Listing, PageStyle};
pub use waiters::{Goal, WaiterResource, WaiterSource};

use crate::diagnostics::Pointer;

/// All generated code.
#[derive(Clone, Debug, PartialEq)]
pub struct Api {
    /// `info.version` of the description.
    pub version: String,
    /// Its signature and its endpoints.
    pub service: Service,
    /// The known error codes, by number. Without any, no file of codes is generated.
    pub codes: Vec<ErrorCode>,
    /// The classes of error codes, by constant.
    pub code_classes: Vec<ErrorClass>,
    /// The actions that read the resources waiters poll.
    pub waiters: Vec<WaiterSource>,
    /// Tables of actions.
    pub tables: ActionTables,
    /// The files to write, in the order of their names.
    pub modules: Vec<Module>,
}

impl Api {
    /// The number of actions.
    pub fn action_count(&self) -> usize {
        self.modules.iter().map(|module| module.actions.len()).sum()
    }
}

/// The name of an API, the signature of its requests and its endpoints, `https://HOST_PREFIX REGION . DOMAIN PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// `OUTSCALE`: the name in messages.
    pub name: String,
    /// `OSC4-HMAC-SHA256`
    pub algorithm: String,
    /// `api`: the service in the credential scope.
    pub credential_service: String,
    /// `x-osc-date`
    pub date_header: String,
    /// `ClientToken`: the request field that makes repeating a create safe.
    pub client_token: String,
    /// `Read`, `Check`: the first words of the names of actions that only read.
    pub read_verbs: Vec<String>,
    /// `api.`
    pub host_prefix: String,
    /// `outscale.com`
    pub default_domain: String,
    /// `eu-west-2`
    pub default_region: String,
    /// `/api/v1`
    pub path: String,
}

impl Service {
    /// `OSC4`: the prefix of the secret key in the derivation of the signing key.
    pub(crate) fn key_prefix(&self) -> &str {
        self.algorithm.split('-').next().unwrap_or_default()
    }

    /// `https://api.{region}.outscale.com/api/v1`
    pub(crate) fn endpoint(&self) -> String {
        let Self { host_prefix, default_domain, path, .. } = self;
        format!("https://{host_prefix}{{region}}.{default_domain}{path}")
    }
}

/// A class of error codes, as the ranges in which the server assigns them.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorClass {
    /// `THROTTLED`.
    pub constant: String,
    /// First and last code of each range, ascending.
    pub ranges: Vec<(u32, u32)>,
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
    /// The heading of its actions and types in the documentation: the tag, for most.
    pub title: String,
    /// Rustdoc lines of the file, without slashes.
    pub docs: Vec<String>,
    /// Types of other generated files that the file uses, by module.
    pub imports: Vec<(String, Vec<String>)>,
    /// The types, by name.
    pub types: Vec<TypeDef>,
    /// The actions, by name.
    pub actions: Vec<Action>,
}

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
        Self { name, at, docs, direction, has_default, fields, accessors: Vec::new() }
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
    /// The request field, by its Rust name, that makes a retry safe: `client_token`.
    pub client_token: Option<String>,
    /// How its responses are paginated, if they are.
    pub pagination: Option<Pagination>,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// Other names under which the documentation's search finds it: those of other clouds.
    pub aliases: Vec<String>,
    /// The summary of the method's documentation.
    pub summary: Vec<String>,
    /// The list of facts in the method's documentation, after the summary.
    pub facts: Vec<String>,
    /// The documentation of the method's errors.
    pub errors: Vec<String>,
    /// The example requests in the documentation: at least one.
    pub examples: Vec<NamedExample>,
    /// The first published example response. An empty object if there is none.
    pub example_response: serde_json::Value,
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

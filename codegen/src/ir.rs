//! The public interface of the generated crate: plain data, with every decision made.
//!
//! Nothing here knows OpenAPI or tokens. Names are final, directions and presences are decided, documentation is
//! ready to print.

mod accessor;
mod action;
mod constraints;
mod constructor;
mod example;
mod listings;
mod text;
mod types;
mod waiters;

pub use accessor::{Accessor, TagAccessor};
pub use action::{Action, Auth, Cursor, Pagination, RetrySafety};
pub use constraints::{Constraints, Limit, LimitKind};
pub use constructor::Constructor;
pub use example::{Example, NamedExample};
pub use listings::{ActionTables, ById, Listing, PageStyle, SingleListing};
pub use types::{
    Alias, Conversions, Direction, Enum, Field, Identifier, Presence, Struct, Type, TypeDef, Values,
};
pub use waiters::{Goal, WaiterResource, WaiterSource};

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

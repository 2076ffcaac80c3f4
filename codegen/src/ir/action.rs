//! Actions: their names, bodies, authentication, retry safety and pagination.

use super::{NamedExample, Type};
use crate::diagnostics::Pointer;

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

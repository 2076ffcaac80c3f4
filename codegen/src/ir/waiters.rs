//! What can be waited for.

use super::Type;

/// An action that lists resources by their identifiers, and what of these can be waited for. All names are Rust's.
#[derive(Clone, Debug, PartialEq)]
pub struct WaiterSource {
    /// The action's marker type.
    pub marker: String,
    /// The request's type.
    pub request: String,
    /// The response's type.
    pub response: String,
    /// The setter of the request's filters, and their type.
    pub filters: (String, String),
    /// The setter of the filter for identifiers.
    pub filter: String,
    /// The list of the response.
    pub list: String,
    /// The resource's type.
    pub item: String,
    /// The field of the resource that identifies it.
    pub id: String,
    /// The type of the identifier: a string or an identifier type.
    pub id_type: Type,
    /// The fields of the request for token and size of a page, and that of the response for the next token.
    pub page: Option<(String, String, String)>,
    /// What can be waited for.
    pub watched: Vec<WaiterResource>,
}

/// A resource, or a part of one, with a state that can be waited for.
#[derive(Clone, Debug, PartialEq)]
pub struct WaiterResource {
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
    /// The timeout.
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
    /// Whether a deleted resource reaches the goal too.
    pub deleted: bool,
    /// Rustdoc lines.
    pub docs: Vec<String>,
}

//! Waiters.

use super::Type;

/// An action that lists resources by their IDs, and the waiters for these resources. All names are Rust names.
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
    /// The setter of the filter for IDs.
    pub filter: String,
    /// The list of the response.
    pub list: String,
    /// The resource's type.
    pub item: String,
    /// The field with the ID of the resource.
    pub id: String,
    /// The type of the identifier: a string or an identifier type.
    pub id_type: Type,
    /// The request's fields for page token and page size, and the response's field for the next token.
    pub page: Option<(String, String, String)>,
    /// The resources and parts with a state.
    pub watched: Vec<WaiterResource>,
}

/// A resource, or a part of one, with a state that can be waited for.
#[derive(Clone, Debug, PartialEq)]
pub struct WaiterResource {
    /// The function that returns the goals: `vm`.
    pub function: String,
    /// The constant with the common data of the goals: `VM`.
    pub constant: String,
    /// The type that the function returns: `Vm`.
    pub type_: String,
    /// The resource in prose: `VM`.
    pub noun: String,
    /// The field of the part or parts that have the state, if the resource itself does not.
    pub part: Option<String>,
    /// The path of fields to the state. All are optional.
    pub state: Vec<String>,
    /// Whether the state is an enum instead of a string.
    pub is_enum: bool,
    /// The default timeout in minutes.
    pub minutes: u64,
    /// The states to wait for.
    pub goals: Vec<Goal>,
}

/// A state that can be waited for.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// The method: `in_use`.
    pub method: String,
    /// The name of the state: `in-use`.
    pub name: String,
    /// The states that reach the goal.
    pub states: Vec<String>,
    /// The states from which the goal can no longer be reached.
    pub failures: Vec<String>,
    /// Whether a deleted resource reaches the goal too.
    pub deleted: bool,
    /// Rustdoc lines.
    pub docs: Vec<String>,
}

//! Tables of actions by what they have in common.

use super::{Auth, Type, WaiterSource};

/// The actions that list items, that have a dry run, and that read resources by ID.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActionTables {
    /// The actions that list items, by name.
    pub listings: Vec<Listing>,
    /// How the items of the listings that are not paginated are found in a response.
    pub single: Vec<SingleListing>,
    /// The names on the wire of the actions whose requests have `DryRun`, sorted.
    pub dry_run: Vec<String>,
    /// The actions that read resources by ID, by name.
    pub by_id: Vec<ById>,
}

/// An action that lists items. All names are those on the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// The action.
    pub action: String,
    /// The type of the items: `Vm`.
    pub item: String,
    /// The authentication that it accepts.
    pub auth: Auth,
    /// How its responses are paginated.
    pub pages: PageStyle,
    /// The field of the response that holds the lists, if the response itself does not.
    pub inside: Option<String>,
    /// The lists that hold the items.
    pub lists: Vec<String>,
    /// The required fields of its request.
    pub required: Vec<String>,
}

/// How the items of an action that is not paginated are found in its response.
#[derive(Clone, Debug, PartialEq)]
pub struct SingleListing {
    /// The type that stands for the action.
    pub marker: String,
    /// The type of its request, which no other action has.
    pub request: String,
    /// The type of its response.
    pub response: String,
    /// The type of the items: a struct, an enum, an identifier or a string.
    pub item: Type,
    /// The field of the response that holds the list, if the response itself does not.
    pub inside: Option<String>,
    /// The field with the items.
    pub list: String,
}

/// How responses are paginated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageStyle {
    /// They are not.
    Single,
    /// By `NextPageToken`.
    Token,
    /// By `FirstItem`.
    FirstItem,
}

/// An action that reads resources by ID.
#[derive(Clone, Debug, PartialEq)]
pub struct ById {
    /// Its names. It may have waiters or not.
    pub source: WaiterSource,
    /// Whether the file of the waiters describes how it reads.
    pub has_waiters: bool,
}

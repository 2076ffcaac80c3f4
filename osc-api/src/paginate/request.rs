//! The requests of actions that list items, and what they and their responses say about pages.

use crate::action::Action;

/// The request of a paginated action, for [`Client::paginate`](crate::Client::paginate).
///
/// Implemented for these requests only; it cannot be implemented outside of this crate. Most actions return everything at
/// once: call their method of [`Client`](crate::Client).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the request of a paginated action",
    label = "its action returns everything at once",
    note = "call the action's method of `Client` instead: one response holds everything",
    note = "pass the request by value: `client.paginate(request)`, not `client.paginate(&request)`"
)]
pub trait Paginated: sealed::SealedPaginated + Clone + Send + Sync + Sized + 'static {
    /// The action.
    type Action: Action<Request = Self, Response: Send + 'static>;
    /// The items of its pages.
    type Item: Send + 'static;

    /// The fields that select the page.
    #[doc(hidden)]
    fn cursor(&mut self) -> Cursor<'_>;

    /// What a response says about the next page.
    #[doc(hidden)]
    fn next(response: &<Self::Action as Action>::Response) -> Next<'_>;

    /// The items of a response.
    #[doc(hidden)]
    fn items(response: <Self::Action as Action>::Response) -> Vec<Self::Item>;
}

/// The request of an action that lists items, for [`Client::list`](crate::Client::list): paginated or not.
///
/// Implemented for the requests of all actions that [`Listing`](crate::listing::Listing) describes; it cannot be
/// implemented outside of this crate.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the request of an action that lists items",
    note = "call the action's method of `Client` instead",
    note = "pass the request by value: `client.list(request)`, not `client.list(&request)`"
)]
pub trait ListRequest: sealed::SealedListRequest + Clone + Send + Sync + Sized + 'static {
    /// The action.
    type Action: Action<Request = Self, Response: Send + 'static>;
    /// The items that it lists.
    type Item: Send + 'static;

    /// The fields that select the page, if there are pages.
    #[doc(hidden)]
    fn cursor(&mut self) -> Option<Cursor<'_>> {
        None
    }

    /// What a response says about the next page.
    #[doc(hidden)]
    fn next(_: &<Self::Action as Action>::Response) -> Next<'_> {
        Next::End
    }

    /// The items of a response.
    #[doc(hidden)]
    fn items(response: <Self::Action as Action>::Response) -> Vec<Self::Item>;
}

impl<R: Paginated> sealed::SealedListRequest for R {}

impl<R: Paginated> ListRequest for R {
    type Action = <R as Paginated>::Action;
    type Item = <R as Paginated>::Item;

    fn cursor(&mut self) -> Option<Cursor<'_>> {
        Some(Paginated::cursor(self))
    }

    fn next(response: &ResponseOf<R>) -> Next<'_> {
        <R as Paginated>::next(response)
    }

    fn items(response: ResponseOf<R>) -> Vec<Self::Item> {
        <R as Paginated>::items(response)
    }
}

pub(crate) mod sealed {
    /// Implemented for generated requests only.
    pub trait SealedPaginated {}

    /// Implemented for generated requests only.
    pub trait SealedListRequest {}
}

/// The response of an action that lists items.
pub type ResponseOf<R> = <<R as ListRequest>::Action as Action>::Response;

/// The fields of a request that select the page.
#[derive(Debug)]
pub enum Cursor<'a> {
    /// The page token of the previous response.
    Token {
        /// `NextPageToken`.
        token: &'a mut Option<String>,
        /// `ResultsPerPage`.
        size: &'a mut Option<i64>,
    },
    /// The number of items to skip.
    FirstItem {
        /// `FirstItem`.
        first: &'a mut Option<i64>,
        /// `ResultsPerPage`.
        size: &'a mut Option<i64>,
    },
}

/// What a response says about the next page.
#[derive(Clone, Copy, Debug)]
pub enum Next<'a> {
    /// There is a next page if there is a token.
    Token {
        /// Number of items in this response.
        count: usize,
        /// `NextPageToken`.
        token: Option<&'a str>,
    },
    /// There is a next page if the response says so.
    FirstItem {
        /// Number of items in this response.
        count: usize,
        /// `HasMoreItems`.
        more: Option<bool>,
    },
    /// There is no next page.
    End,
}

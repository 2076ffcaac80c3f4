//! Every action that lists something, as data: for inventories, exports and other programs that read everything.
//!
//! [`Listing::all`] returns one [`Listing`] per action: its name, the type of its items, and the fields that its request
//! requires. [`Client::list_raw`] reads the items of any of them, page by page if there are pages.
//!
//! ```no_run
//! use osc_api::listing::Listing;
//! use osc_api::serde_json::json;
//!
//! # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
//! for listing in Listing::all().filter(|listing| listing.required_fields().is_empty()) {
//!     let items = client.list_raw(listing, json!({})).try_collect().await?;
//!     println!("{}: {} of type {}", listing.action(), items.len(), listing.item_type());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! To list one type of resources, use its own method of [`Client`], or [`Client::paginate`].

use std::collections::HashSet;
use std::vec;

use serde::de::Error as _;
use serde_json::{Map, Value};

use crate::action::{ActionMeta, Auth, RetrySafety};
use crate::client::Client;
use crate::codes;
use crate::error::{Error, Result};
use crate::generated::LISTINGS;

/// Page size if the request has none: the maximum of the API.
const DEFAULT_PAGE_SIZE: u32 = 1000;

/// An action that lists items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing(&'static ListingRow);

/// The name of the action, the type of its items, the authentication it accepts, how it is paginated, the field of the
/// response that holds the lists (empty: the response itself), the lists, and the required fields of the request.
#[doc(hidden)]
pub type ListingRow = (
    &'static str,
    &'static str,
    Auth,
    PageStyle,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

/// How a listing is paginated.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageStyle {
    /// One response has everything.
    Single,
    /// By `NextPageToken`.
    Token,
    /// By `FirstItem`.
    FirstItem,
}

impl Listing {
    /// Returns all listings, by the name of their action.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
        LISTINGS.iter().map(Self)
    }

    /// Returns the listing of an action, such as `ReadVms`, or `None` if it lists nothing or is unknown.
    pub fn of(action: &str) -> Option<Self> {
        Self::all().find(|listing| listing.action() == action)
    }

    /// Returns the name of the action, such as `ReadVms`.
    pub fn action(self) -> &'static str {
        self.0.0
    }

    /// Returns the name of the type of the items in [`types`](crate::types), such as `Vm`; `String` for strings.
    ///
    /// Several actions may list items of one type.
    pub fn item_type(self) -> &'static str {
        self.0.1
    }

    /// Returns the fields that a request must have, such as `UserName`. Most listings require none.
    pub fn required_fields(self) -> &'static [&'static str] {
        self.0.6
    }

    /// Returns `true` if the action returns its items in pages.
    pub fn is_paginated(self) -> bool {
        self.0.3 != PageStyle::Single
    }

    fn meta(self) -> ActionMeta<'static> {
        ActionMeta { name: self.0.0, auth: self.0.2, retry: RetrySafety::Idempotent }
    }

    /// The object of a response that has the lists and the position of the next page.
    fn holder(self, response: &mut Value) -> Option<&mut Map<String, Value>> {
        match self.0.4 {
            "" => response.as_object_mut(),
            inside => response.get_mut(inside)?.as_object_mut(),
        }
    }
}

impl Client {
    /// Reads the items of any listing, as JSON. The request is a JSON object, such as
    /// `{"Filters": {"VmStateNames": ["running"]}}`, or `{}`.
    ///
    /// Nothing is sent before the first item is requested. The items are as the server sends them; some contain secrets,
    /// such as the user data of VMs. See [`listing`](self).
    pub fn list_raw(&self, listing: Listing, request: Value) -> RawItems {
        RawItems {
            client: self.clone(),
            listing,
            request: Some(request),
            failure: None,
            tokens: HashSet::new(),
            items: Vec::new().into_iter(),
        }
    }
}

/// The items of a listing, returned by [`Client::list_raw`].
#[derive(Debug)]
#[must_use = "nothing is read until an item is requested"]
pub struct RawItems {
    client: Client,
    listing: Listing,
    /// The request of the next page, if there is one.
    request: Option<Value>,
    /// Why pagination cannot continue, until it is reported: after the items before it.
    failure: Option<&'static str>,
    /// The page tokens so far.
    tokens: HashSet<String>,
    items: vec::IntoIter<Value>,
}

impl RawItems {
    /// Returns the next item, or `None` after the last one. Cancel-safe.
    ///
    /// # Errors
    /// Returns an error if the page cannot be read; the next call reads that page again, unless the error is
    /// [`Error::is_pagination`].
    pub async fn try_next(&mut self) -> Result<Option<Value>> {
        loop {
            if let Some(item) = self.items.next() {
                return Ok(Some(item));
            }
            if !self.read_page().await? {
                return Ok(None);
            }
        }
    }

    /// Collects all remaining items.
    ///
    /// # Errors
    /// Returns the first error of any page; the collected items are dropped. Use [`try_next`](Self::try_next) to keep
    /// them.
    pub async fn try_collect(mut self) -> Result<Vec<Value>> {
        let mut all: Vec<Value> = self.items.by_ref().collect();
        while self.read_page().await? {
            all.extend(self.items.by_ref());
        }
        Ok(all)
    }

    /// Reads the next page, if there is one.
    async fn read_page(&mut self) -> Result<bool> {
        if let Some(reason) = self.failure.take() {
            return Err(Error::pagination(self.listing.action(), reason));
        }
        let Some(request) = &mut self.request else { return Ok(false) };
        if self.listing.0.3 == PageStyle::Token
            && let Some(members) = request.as_object_mut()
        {
            members.entry("ResultsPerPage").or_insert_with(|| DEFAULT_PAGE_SIZE.into());
        }
        let response = self.client.send_value(self.listing.meta(), request).await;
        let response = response.map_err(|error| self.failed(error))?;
        let (items, next) = self.page(response)?;
        self.items = items.into_iter();
        self.request = self.request.take().and_then(|request| self.next_request(request, next?));
        Ok(true)
    }

    /// The items of a response, and the position of the next page.
    fn page(&self, mut response: Value) -> Result<(Vec<Value>, Option<Value>)> {
        let Listing((_, _, _, pages, _, lists, _)) = self.listing;
        let Some(holder) = self.listing.holder(&mut response) else { return Ok((Vec::new(), None)) };
        let mut items = Vec::new();
        for list in *lists {
            match holder.remove(*list) {
                Some(Value::Array(more)) if items.is_empty() => items = more,
                Some(Value::Array(more)) => items.extend(more),
                Some(Value::Null) | None => {}
                // To ignore it would end the listing early.
                Some(_) => return Err(self.invalid(list)),
            }
        }
        let next = match pages {
            PageStyle::Single => None,
            PageStyle::Token => match holder.remove("NextPageToken") {
                Some(Value::String(token)) => (!token.is_empty()).then_some(Value::String(token)),
                Some(Value::Null) | None => None,
                Some(_) => return Err(self.invalid("NextPageToken")),
            },
            PageStyle::FirstItem if holder.get("HasMoreItems") == Some(&Value::Bool(true)) => {
                let first = self.request.as_ref().and_then(|request| request.get("FirstItem"));
                let first = first.and_then(Value::as_u64).unwrap_or_default();
                let count = u64::try_from(items.len()).unwrap_or(u64::MAX);
                Some(first.saturating_add(count).into())
            }
            PageStyle::FirstItem => None,
        };
        Ok((items, next))
    }

    /// The request of the page at this position, unless the listing would never end.
    fn next_request(&mut self, mut request: Value, position: Value) -> Option<Value> {
        let members = request.as_object_mut()?;
        let (field, is_repeated) = match &position {
            Value::String(token) => ("NextPageToken", !self.tokens.insert(token.clone())),
            _ => ("FirstItem", members.get("FirstItem").unwrap_or(&Value::from(0)) == &position),
        };
        if is_repeated {
            self.failure = Some("the server repeated the position of a page, so the pages would never end");
            return None;
        }
        members.insert(field.to_owned(), position);
        Some(request)
    }

    fn failed(&mut self, error: Error) -> Error {
        if error.has_code(codes::PAGE_TOKEN_EXPIRED) || error.has_code(codes::INVALID_PAGE_TOKEN) {
            self.request = None;
            let reason =
                "the server refused the page token, which may have expired: list again from the beginning";
            return error.into_pagination(reason);
        }
        error
    }

    fn invalid(&self, field: &str) -> Error {
        let error = serde_json::Error::custom("unexpected type");
        Error::decode(self.listing.action(), "", &error, Some(field.to_owned()), b"")
    }
}

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
//! To list one type of resources, use its own method of [`Client`], or [`Client::list`], which yields typed items.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::{fmt, mem, vec};

use futures_core::Stream;
use serde::de::Error as _;
use serde_json::{Map, Value};

use crate::action::{ActionMeta, Auth, RetrySafety};
use crate::client::Client;
use crate::codes;
use crate::error::{Error, Result};
use crate::generated::LISTINGS;
use crate::paginate::{CycleDetector, ENDLESS, MAX_EMPTY_PAGES, SingleFetch, TOKEN_REFUSED};

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

    /// Reads the page that a request selects.
    fn read_page(self, client: Client, mut request: Value) -> SingleFetch<Value> {
        if self.0.3 == PageStyle::Token
            && let Some(members) = request.as_object_mut()
        {
            members.entry("ResultsPerPage").or_insert_with(|| DEFAULT_PAGE_SIZE.into());
        }
        SingleFetch::new(async move { client.send_value(self.meta(), &request).await })
    }
}

impl Client {
    /// Reads the items of any listing, as a stream of JSON values. The request is a JSON object, such as
    /// `{"Filters": {"VmStateNames": ["running"]}}`, or `{}`.
    ///
    /// Nothing is sent before the first item is requested, and one page is in memory at a time. The items are as the server
    /// sends them; some contain secrets, such as the user data of VMs. See [`listing`](self).
    pub fn list_raw(&self, listing: Listing, request: Value) -> RawItems {
        RawItems {
            client: self.persistent(),
            listing,
            request: Some(request),
            fetch: None,
            items: Vec::new().into_iter(),
            tokens: CycleDetector::default(),
            empty_pages: 0,
            failure: None,
            has_failed: false,
        }
    }
}

/// A stream of the items of a listing, returned by [`Client::list_raw`].
///
/// It implements [`Stream`]; [`try_next`](Self::try_next) needs no other crate.
///
/// # Errors
/// As those of [`Items`](crate::Items): an error takes the place of an item, and the next poll reads the page again. The
/// stream ends if the pages would never end ([`Error::is_pagination`]), and if a page fails twice in a row with an error
/// that is not temporary.
#[must_use = "nothing is read until an item is requested"]
pub struct RawItems {
    client: Client,
    listing: Listing,
    /// The request of the next page, if there is one.
    request: Option<Value>,
    /// The read of the next page.
    fetch: Option<SingleFetch<Value>>,
    items: vec::IntoIter<Value>,
    tokens: CycleDetector,
    /// Number of consecutive empty pages.
    empty_pages: u32,
    /// Why pagination cannot continue, until it is reported: after the items before it.
    failure: Option<&'static str>,
    /// Whether the last read failed permanently.
    has_failed: bool,
}

/// The items of a page, and the position of the next one.
type Page = (Vec<Value>, Option<Value>);

impl RawItems {
    /// Returns the next item, or `None` after the last one. Cancel-safe.
    ///
    /// # Errors
    /// Returns an error if the page cannot be read.
    pub async fn try_next(&mut self) -> Result<Option<Value>> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// Collects all remaining items.
    ///
    /// # Errors
    /// Returns the first error of any page; the collected items are dropped. Use [`try_next`](Self::try_next) to keep
    /// them.
    pub async fn try_collect(mut self) -> Result<Vec<Value>> {
        let mut all = Vec::new();
        while let Some(item) = self.try_next().await? {
            all.push(item);
            // The rest of the page is already here.
            all.extend(self.items.by_ref());
        }
        Ok(all)
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Value>>> {
        loop {
            if let Some(item) = self.items.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            if let Some(reason) = self.failure.take() {
                return Poll::Ready(Some(Err(Error::pagination(self.listing.action(), reason))));
            }
            let Some(request) = &self.request else { return Poll::Ready(None) };
            let (client, listing) = (&self.client, self.listing);
            let fetch = self.fetch.get_or_insert_with(|| listing.read_page(client.clone(), request.clone()));
            let result = ready!(fetch.poll(context));
            self.fetch = None;
            // `None`: its runtime ended, so that this page is read in the current one.
            let Some(result) = result else { continue };
            match result.and_then(|response| self.page(response)) {
                Ok(page) => self.advance(page),
                Err(error) => return Poll::Ready(Some(Err(self.failed(error)))),
            }
        }
    }

    /// The items of a response, and the position of the next page.
    fn page(&self, mut response: Value) -> Result<Page> {
        let Listing((_, _, _, pages, _, lists, _)) = self.listing;
        let Some(holder) = self.holder(&mut response)? else { return Ok((Vec::new(), None)) };
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
            PageStyle::FirstItem => match holder.get("HasMoreItems") {
                Some(Value::Bool(true)) => Some(self.item_after(items.len())),
                Some(Value::Bool(false) | Value::Null) | None => None,
                Some(_) => return Err(self.invalid("HasMoreItems")),
            },
        };
        Ok((items, next))
    }

    /// The object of a response that has the lists and the position of the next page, if any.
    fn holder<'a>(&self, response: &'a mut Value) -> Result<Option<&'a mut Map<String, Value>>> {
        let Value::Object(members) = response else { return Err(self.invalid("")) };
        match self.listing.0.4 {
            "" => Ok(Some(members)),
            inside => match members.get_mut(inside) {
                Some(Value::Object(members)) => Ok(Some(members)),
                Some(Value::Null) | None => Ok(None),
                Some(_) => Err(self.invalid(inside)),
            },
        }
    }

    /// The position of the page after this number of items.
    fn item_after(&self, count: usize) -> Value {
        let first = self.request.as_ref().and_then(|request| request.get("FirstItem"));
        let first = first.and_then(Value::as_u64).unwrap_or_default();
        first.saturating_add(u64::try_from(count).unwrap_or(u64::MAX)).into()
    }

    /// Goes on to the page at the next position, unless the listing would never end.
    fn advance(&mut self, (items, next): Page) {
        self.has_failed = false;
        self.empty_pages = if items.is_empty() { self.empty_pages.saturating_add(1) } else { 0 };
        self.items = items.into_iter();
        let (Some(mut request), Some(position)) = (self.request.take(), next) else { return };
        let Some(members) = request.as_object_mut() else { return };
        let (field, is_repeated) = match &position {
            Value::String(token) => {
                let is_current = members.get("NextPageToken") == Some(&position);
                ("NextPageToken", is_current || self.tokens.repeats(token))
            }
            _ => ("FirstItem", members.get("FirstItem").unwrap_or(&Value::from(0)) == &position),
        };
        if is_repeated {
            self.failure = Some("the server repeated the position of a page, so the pages would never end");
        } else if self.empty_pages >= MAX_EMPTY_PAGES {
            self.failure = Some(ENDLESS);
        } else {
            members.insert(field.to_owned(), position);
            self.request = Some(request);
        }
    }

    /// Stays at the page that could not be read, unless it never can be. Returns the error to report.
    fn failed(&mut self, error: Error) -> Error {
        if error.has_code(codes::PAGE_TOKEN_EXPIRED) || error.has_code(codes::INVALID_PAGE_TOKEN) {
            self.request = None;
            return error.into_pagination(TOKEN_REFUSED);
        }
        let is_permanent = !error.is_retryable();
        if mem::replace(&mut self.has_failed, is_permanent) && is_permanent {
            self.request = None;
        }
        error
    }

    fn invalid(&self, field: &str) -> Error {
        let error = serde_json::Error::custom("unexpected type");
        let path = Some(field.to_owned()).filter(|path| !path.is_empty());
        Error::decode(self.listing.action(), "", &error, path, b"")
    }
}

impl Stream for RawItems {
    type Item = Result<Value>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(context)
    }
}

/// Omits items and request, which may contain secrets.
impl fmt::Debug for RawItems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawItems")
            .field("action", &self.listing.action())
            .field("remaining_of_page", &self.items.len())
            .finish_non_exhaustive()
    }
}

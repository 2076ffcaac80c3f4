//! The position in a paginated listing: pure, without a client.

use std::mem;
use std::sync::Arc;

use super::{Cursor, ListRequest, Next, ResponseOf};
use crate::codes;
use crate::error::Error;

/// Page size if neither the request nor the caller sets one: the maximum of the API. The API refuses a token without a
/// page size.
const DEFAULT_PAGE_SIZE: i64 = 1000;

/// Maximum number of consecutive empty pages: more are considered endless.
pub(crate) const MAX_EMPTY_PAGES: u32 = 1000;

const REPEATED: &str = "the server repeated a page token, so the pages would never end";
const EMPTY: &str = "the server claims that there are more items, but returned an empty page";
pub(crate) const ENDLESS: &str = "the server returned 1000 empty pages in a row";
pub(crate) const TOKEN_REFUSED: &str =
    "the server refused the page token, which may have expired: list again from the beginning";

/// The position in a paginated listing.
#[derive(Clone)]
pub(super) struct PageCursor<R> {
    /// The request of the next page, if there may be one.
    request: Option<Arc<R>>,
    /// Why pagination cannot continue, until it is reported.
    failure: Option<&'static str>,
    tokens: CycleDetector,
    /// Number of consecutive empty pages.
    empty_pages: u32,
    /// Whether the last read failed permanently.
    has_failed: bool,
    /// Whether two reads in a row did: nothing more is sent.
    has_given_up: bool,
}

impl<R: ListRequest> PageCursor<R> {
    /// Starts at the page that the request selects.
    pub(super) fn new(mut request: R) -> Self {
        if let Some(Cursor::Token { size, .. }) = request.cursor() {
            size.get_or_insert(DEFAULT_PAGE_SIZE);
        }
        Self {
            request: Some(Arc::new(request)),
            failure: None,
            tokens: CycleDetector::default(),
            empty_pages: 0,
            has_failed: false,
            has_given_up: false,
        }
    }

    /// Sets the page size.
    pub(super) fn set_size(&mut self, items: u32) {
        let request = self.request.as_mut().map(Arc::make_mut);
        if let Some(Cursor::Token { size, .. } | Cursor::FirstItem { size, .. }) = request.and_then(R::cursor)
        {
            *size = Some(items.into());
        }
    }

    /// The request of the next page, if it should be read.
    pub(super) fn request(&self) -> Option<&Arc<R>> {
        self.request.as_ref().filter(|_| !self.has_given_up)
    }

    /// The request of the next page, also if reading it was given up.
    pub(super) fn position(&self) -> Option<&Arc<R>> {
        self.request.as_ref()
    }

    /// Whether nothing follows, not even an error.
    pub(super) fn is_finished(&self) -> bool {
        self.request().is_none() && self.failure.is_none()
    }

    /// Takes the reason why pagination cannot continue.
    pub(super) fn take_failure(&mut self) -> Option<&'static str> {
        self.failure.take()
    }

    /// Advances to the page after this response.
    pub(super) fn advance(&mut self, response: &ResponseOf<R>) {
        self.has_failed = false;
        let Some(request) = &mut self.request else { return };
        let next = match (Arc::make_mut(request).cursor(), R::next(response)) {
            (Some(Cursor::Token { token: current, .. }), Next::Token { count, token: Some(token) })
                if !token.is_empty() =>
            {
                self.empty_pages = if count == 0 { self.empty_pages.saturating_add(1) } else { 0 };
                if current.as_deref() == Some(token) || self.tokens.repeats(token) {
                    Err(Some(REPEATED))
                } else if self.empty_pages >= MAX_EMPTY_PAGES {
                    Err(Some(ENDLESS))
                } else {
                    *current = Some(token.to_owned());
                    Ok(())
                }
            }
            (Some(Cursor::FirstItem { .. }), Next::FirstItem { count: 0, more: Some(true) }) => {
                Err(Some(EMPTY))
            }
            (Some(Cursor::FirstItem { first, .. }), Next::FirstItem { count, more: Some(true) }) => {
                let next = first.unwrap_or_default().checked_add(i64::try_from(count).unwrap_or(i64::MAX));
                *first = next.or(*first);
                next.map(|_| ()).ok_or(Some(REPEATED))
            }
            _ => Err(None),
        };
        if let Err(failure) = next {
            self.request = None;
            self.failure = failure;
        }
    }

    /// Stays at the page that could not be read, unless it never can be. Returns the error to report.
    pub(super) fn failed(&mut self, error: Error) -> Error {
        if error.has_code(codes::PAGE_TOKEN_EXPIRED) || error.has_code(codes::INVALID_PAGE_TOKEN) {
            self.request = None;
            return error.into_pagination(TOKEN_REFUSED);
        }
        let is_permanent = !error.is_retryable();
        self.has_given_up = mem::replace(&mut self.has_failed, is_permanent) && is_permanent;
        error
    }
}

/// Detects a cycle of tokens by keeping one token (R. P. Brent, "An improved Monte Carlo factorization algorithm",
/// 1980): it is compared with all that follow, and replaced after 1, 2, 4, 8… of them.
#[derive(Clone, Default)]
pub(crate) struct CycleDetector {
    kept: Option<Box<str>>,
    since: u64,
    until: u64,
}

impl CycleDetector {
    pub(crate) fn repeats(&mut self, token: &str) -> bool {
        if self.kept.as_deref() == Some(token) {
            return true;
        }
        self.since += 1;
        if self.since > self.until {
            self.kept = Some(token.into());
            self.until = self.since.saturating_mul(2);
            self.since = 0;
        }
        false
    }
}

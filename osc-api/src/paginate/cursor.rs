//! The way through a listing: pure, without a client.

use std::mem;
use std::sync::Arc;

use super::{Answer, Cursor, Next, Paginated};
use crate::codes;
use crate::error::Error;

/// Items on a page, where neither the request nor the caller says how many: the most that the API allows. A token
/// is refused without a number, so that there must be one.
const PAGE_SIZE: i64 = 1000;

/// So many empty pages in a row, each with a token to another, are taken for a listing without an end.
const EMPTY_PAGES: u32 = 1000;

const REPEATED: &str =
    "the server gave a page token again that it had given before, so that the pages would never end";
const EMPTY: &str = "the server claims that there are more items, but gave a page without any";
const EMPTY_FOR_EVER: &str =
    "the server gave nothing but empty pages for a long time, each with a token to the next";
const TOKEN_REFUSED: &str = "the server does not take the token of this page, which may be too old: begin again with \
                             the first page";

/// How far a listing was read, and what comes next.
#[derive(Clone)]
pub(super) struct Walk<R> {
    /// The request of the next page, while there may be one.
    request: Option<Arc<R>>,
    /// Why the listing cannot go on, until somebody was told.
    dead_end: Option<&'static str>,
    tokens: Tokens,
    /// How many pages in a row were empty.
    empty: u32,
    /// Whether the last fetch failed for a reason that does not pass by waiting.
    stuck: bool,
    /// Whether so many did that nothing more is sent.
    given_up: bool,
}

impl<R: Paginated> Walk<R> {
    /// Begins where the request says.
    pub(super) fn new(mut request: R) -> Self {
        if let Cursor::Token { size, .. } = request.cursor() {
            size.get_or_insert(PAGE_SIZE);
        }
        Self {
            request: Some(Arc::new(request)),
            dead_end: None,
            tokens: Tokens::default(),
            empty: 0,
            stuck: false,
            given_up: false,
        }
    }

    /// Asks for so many items on each page to come.
    pub(super) fn set_size(&mut self, items: u32) {
        if let Some(request) = &mut self.request {
            let (Cursor::Token { size, .. } | Cursor::FirstItem { size, .. }) =
                Arc::make_mut(request).cursor();
            *size = Some(items.into());
        }
    }

    /// The request of the next page, if it is to be fetched.
    pub(super) fn wanted(&self) -> Option<&Arc<R>> {
        self.request.as_ref().filter(|_| !self.given_up)
    }

    /// The request of the next page, be it given up or not.
    pub(super) fn place(&self) -> Option<&Arc<R>> {
        self.request.as_ref()
    }

    /// Whether nothing will come any more, not even an error.
    pub(super) fn is_over(&self) -> bool {
        self.wanted().is_none() && self.dead_end.is_none()
    }

    /// Why the listing cannot go on, once.
    pub(super) fn take_dead_end(&mut self) -> Option<&'static str> {
        self.dead_end.take()
    }

    /// Goes on to the page after this one.
    pub(super) fn advance(&mut self, answer: &Answer<R>) {
        self.stuck = false;
        let Some(request) = &mut self.request else { return };
        let next = match (Arc::make_mut(request).cursor(), R::next(answer)) {
            (Cursor::Token { token: place, .. }, Next::Token { count, token: Some(token) })
                if !token.is_empty() =>
            {
                self.empty = if count == 0 { self.empty.saturating_add(1) } else { 0 };
                if place.as_deref() == Some(token) || self.tokens.repeats(token) {
                    Err(Some(REPEATED))
                } else if self.empty >= EMPTY_PAGES {
                    Err(Some(EMPTY_FOR_EVER))
                } else {
                    *place = Some(token.to_owned());
                    Ok(())
                }
            }
            (Cursor::FirstItem { .. }, Next::FirstItem { count: 0, more: Some(true) }) => Err(Some(EMPTY)),
            (Cursor::FirstItem { first, .. }, Next::FirstItem { count, more: Some(true) }) => {
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                *first = Some(first.unwrap_or_default().saturating_add(count));
                Ok(())
            }
            _ => Err(None),
        };
        if let Err(dead_end) = next {
            self.request = None;
            self.dead_end = dead_end;
        }
    }

    /// Stays at the page that could not be fetched, unless there is no hope for it. Gives the error to show.
    pub(super) fn failed(&mut self, error: Error) -> Error {
        if error.has_code(codes::PAGE_TOKEN_EXPIRED) || error.has_code(codes::INVALID_PAGE_TOKEN) {
            self.request = None;
            return error.into_pagination(TOKEN_REFUSED);
        }
        let stays = !error.is_retryable();
        self.given_up = mem::replace(&mut self.stuck, stays) && stays;
        error
    }
}

/// Notices a circle of tokens with the memory of one (R. P. Brent, "An improved Monte Carlo factorization
/// algorithm", 1980): it is compared with all that follow, and replaced after 1, 2, 4, 8… of them.
#[derive(Clone, Default)]
struct Tokens {
    kept: Option<Box<str>>,
    since: u64,
    until: u64,
}

impl Tokens {
    fn repeats(&mut self, token: &str) -> bool {
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

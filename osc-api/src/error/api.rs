//! Error responses of the server, in all formats that it has been seen to use.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::parse::{self, ParsedError};
use super::text::{bounded, one_line};
use crate::codes::{self, classes};

/// The most that is kept of a response, in bytes.
const RAW_LIMIT: usize = 4096;

/// As many errors of a response are shown in its line.
const MAX_DISPLAYED_ERRORS: usize = 5;

/// A response with an error: its status, its errors and the request's identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    status: u16,
    retry_after: Option<Duration>,
    request_id: Option<String>,
    errors: Vec<ErrorItem>,
    /// Whether the errors came in the API's own form, not in that of a gateway.
    is_own_form: bool,
    /// Where the response is compressed, although the client did not ask for it: in which way.
    compression: Option<&'static str>,
    raw: String,
}

/// One of the errors that a response lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorItem {
    pub(super) code: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) details: Option<String>,
}

impl ErrorItem {
    /// The code, where there is one and it is a number, as all of the API's own are.
    /// [`codes`](crate::codes) names those that are known.
    pub fn code(&self) -> Option<u32> {
        self.code.as_deref()?.trim().parse().ok()
    }

    /// The code as it came.
    pub fn code_text(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The kind of error in a word, such as `InvalidParameterValue`.
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// What the server says about it. Often empty.
    pub fn details(&self) -> Option<&str> {
        self.details.as_deref()
    }
}

impl ApiError {
    /// Reads a response, whatever its form.
    pub(crate) fn new(status: u16, body: &[u8], retry_after: Option<Duration>) -> Self {
        let ParsedError { errors, request_id, is_own_form } = parse::read(body);
        let compression = parse::compression(body);
        let raw = bounded(body, RAW_LIMIT);
        Self { status, retry_after, request_id, errors, is_own_form, compression, raw }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// How long the server asks to wait before the call is sent again, from the moment of the response. `None`
    /// where it does not say, which is the rule.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The identifier of the request, which the provider's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The errors in the order of the response. Empty where the response has none that can be read, as those of
    /// gateways.
    pub fn errors(&self) -> &[ErrorItem] {
        &self.errors
    }

    /// The first code, where there is one and it is a number.
    pub fn code(&self) -> Option<u32> {
        self.numbers().next()
    }

    /// The response's text as it came, cut to 4096 bytes.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    fn numbers(&self) -> impl Iterator<Item = u32> {
        self.errors.iter().filter_map(ErrorItem::code)
    }

    /// Whether the API itself wrote the response, not a gateway on the way.
    pub(super) fn is_own_form(&self) -> bool {
        self.is_own_form
    }

    pub(super) fn has(&self, class: &[RangeInclusive<u32>]) -> bool {
        self.numbers().any(|code| class.iter().any(|range| range.contains(&code)))
    }

    /// An unknown access key is a 400 with a code of its own. Other codes of a 401 concern permissions.
    pub(super) fn is_authentication(&self) -> bool {
        self.has(classes::AUTHENTICATION) || (self.status == 401 && !self.is_access_denied())
    }

    pub(super) fn is_access_denied(&self) -> bool {
        self.has(classes::ACCESS_DENIED) || (self.status == 403 && !self.has(classes::AUTHENTICATION_METHOD))
    }

    /// A 503 is throttling only with its code; without it, the platform failed.
    pub(super) fn is_throttled(&self) -> bool {
        self.status == 429 || self.has(classes::THROTTLED)
    }

    /// A code of the range of validation, or a status of validation without a code of any other known range: the cloud
    /// sends codes of ranges that are not documented, such as 7006 (`MissingParameter`).
    pub(super) fn is_validation(&self) -> bool {
        self.has(classes::VALIDATION)
            || (matches!(self.status, 400 | 413 | 422) && !self.has(classes::OTHER_THAN_VALIDATION))
    }

    /// A missing resource is a 400 with a code. A bare 404 comes from a wrong address and does not prove that a resource is
    /// missing, but an error in the API's format without a code may.
    pub(super) fn is_not_found(&self) -> bool {
        let uncoded = || self.is_own_form && self.errors.iter().all(|error| error.code.is_none());
        self.has(classes::NOT_FOUND) || (self.status == 404 && uncoded())
    }

    pub(super) fn is_conflict(&self) -> bool {
        self.has(classes::STATE)
            || self.has(classes::CONFLICT)
            || (self.status == 409 && !self.has(classes::QUOTA_OR_CAPACITY))
    }

    pub(super) fn is_dependency(&self) -> bool {
        self.status == 424 || self.has(classes::DEPENDENCY)
    }

    pub(super) fn is_quota(&self) -> bool {
        self.has(classes::QUOTA)
    }

    pub(super) fn is_capacity(&self) -> bool {
        self.has(classes::CAPACITY)
    }

    pub(super) fn is_server_error(&self) -> bool {
        self.status >= 500 && !self.is_throttled()
    }

    /// One error that stays makes waiting for the others useless.
    pub(super) fn is_transient(&self) -> bool {
        let transient = |item: &ErrorItem| item.code().is_some_and(|code| codes::TRANSIENT.contains(&code));
        !self.errors.is_empty() && self.errors.iter().all(transient)
    }
}

/// One line: the status, each error, and the request's identifier.
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}", self.status)?;
        for (index, error) in self.errors.iter().take(MAX_DISPLAYED_ERRORS).enumerate() {
            f.write_str(if index == 0 { ": " } else { "; " })?;
            error.fmt(f)?;
        }
        if let Some(more @ 1..) = self.errors.len().checked_sub(MAX_DISPLAYED_ERRORS) {
            write!(f, "; and {more} more")?;
        }
        match (self.compression, one_line(&self.raw)) {
            _ if !self.errors.is_empty() => {}
            _ if (300..400).contains(&self.status) => {
                f.write_str(": a redirect, which is not followed; the endpoint must be the final address")?;
            }
            (Some(name), _) => write!(f, ": {}", super::display::Compressed(name))?,
            (None, text) if text.is_empty() => f.write_str(" and no further word")?,
            (None, text) => write!(f, ": {text}")?,
        }
        match &self.request_id {
            Some(id) => write!(f, " [request {}]", one_line(id)),
            None => Ok(()),
        }
    }
}

/// Kind, code with its name, and details, as far as they are known.
impl fmt::Display for ErrorItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(self.kind().unwrap_or("error")))?;
        if let Some(code) = self.code_text() {
            write!(f, " (code {}", one_line(code))?;
            if let Some(name) = self.code().and_then(codes::name) {
                write!(f, ", {name}")?;
            }
            f.write_str(")")?;
        }
        match self.details().map(one_line) {
            Some(details) if !details.is_empty() => write!(f, ": {details}"),
            _ => Ok(()),
        }
    }
}

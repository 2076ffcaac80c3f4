//! Error responses of the server, in all formats that were observed.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::item::ErrorItem;
use super::parse::{self, ParsedError};
use super::text::{bounded, one_line};
use crate::codes::{self, classes};

/// Maximum length of the body that an error keeps, in bytes.
const MAX_RAW_LENGTH: usize = 4096;

/// Maximum number of errors that the line of a response shows.
const MAX_DISPLAYED_ERRORS: usize = 5;

/// An error response: its status, errors and request ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    status: u16,
    retry_after: Option<Duration>,
    request_id: Option<String>,
    errors: Vec<ErrorItem>,
    /// Whether the errors are in the API's own format, not in that of a gateway.
    is_api_format: bool,
    /// The compression of the response, which the client did not request.
    compression: Option<&'static str>,
    raw: String,
}

impl ApiError {
    /// Parses a response in any format.
    pub(crate) fn new(status: u16, body: &[u8], retry_after: Option<Duration>) -> Self {
        let ParsedError { errors, request_id, is_api_format } = parse::read(body);
        let compression = parse::compression(body);
        let raw = bounded(body, MAX_RAW_LENGTH);
        Self { status, retry_after, request_id, errors, is_api_format, compression, raw }
    }

    /// Returns the HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns the delay before a retry that the server requested with `Retry-After`, from the arrival of the response.
    /// Usually `None`.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Returns the request ID, which OUTSCALE support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Returns the errors in the order of the response. Empty if none can be parsed, as in the HTML page of a gateway or
    /// in a body of more than 1 MiB.
    pub fn errors(&self) -> &[ErrorItem] {
        &self.errors
    }

    /// Returns the first numeric code.
    pub fn code(&self) -> Option<u32> {
        self.numbers().next()
    }

    /// Returns the body of the response, truncated to 4096 bytes, with secrets redacted.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    fn numbers(&self) -> impl Iterator<Item = u32> {
        self.errors.iter().filter_map(ErrorItem::code)
    }

    /// Whether the response is from the API itself, not from a gateway.
    pub(super) fn is_api_format(&self) -> bool {
        self.is_api_format
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

    /// A missing resource is a 400 with a code. A bare 404 may come from a wrong address, so it counts only with an
    /// error in the API's own format that has no code.
    pub(super) fn is_not_found(&self) -> bool {
        let uncoded = || self.is_api_format && self.errors.iter().all(|error| error.code.is_none());
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

    /// One permanent error makes a retry useless.
    pub(super) fn is_transient(&self) -> bool {
        let transient = |item: &ErrorItem| item.code().is_some_and(|code| codes::TRANSIENT.contains(&code));
        !self.errors.is_empty() && self.errors.iter().all(transient)
    }
}

/// One line: the status, each error, and the request ID.
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
                f.write_str(": a redirect, which is not followed: set the endpoint to the final address")?;
            }
            (Some(name), _) => write!(f, ": {}", super::display::Compressed(name))?,
            (None, text) if text.is_empty() => f.write_str(" without a message")?,
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

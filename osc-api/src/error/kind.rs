//! The kind of an error, for programs that distinguish many of them.

use std::fmt;

use super::{Error, ErrorRepr, NotSentCause, WaitEnd};

/// The kind of an [`Error`].
///
/// Each error has one kind: the first of this list whose predicate of [`Error`] is true. The predicates are more
/// precise, since several can be true for one error.
///
/// ```
/// use osc_api::{Client, ErrorKind};
///
/// let error = Client::builder().region("eu west").build().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Configuration);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client could not be built: [`Error::is_configuration`].
    Configuration,
    /// The lockout guard prevented the call: [`Error::is_locked_out`].
    LockedOut,
    /// Pagination cannot continue: [`Error::is_pagination`].
    Pagination,
    /// A wait can no longer succeed: [`Error::is_wait_failed`].
    WaitFailed,
    /// The call, or a wait, timed out: [`Error::is_timeout`].
    Timeout,
    /// No connection could be made: [`Error::is_connect`].
    Connect,
    /// No complete response arrived: [`Error::is_transport`].
    Transport,
    /// The response cannot be decoded: [`Error::is_decode`].
    Decode,
    /// The response is larger than the limit.
    TooLarge,
    /// The credentials are missing or refused: [`Error::is_authentication`].
    Authentication,
    /// The caller is not allowed to do this: [`Error::is_access_denied`].
    AccessDenied,
    /// The request was throttled: [`Error::is_throttled`].
    Throttled,
    /// A quota is exhausted: [`Error::is_quota`].
    Quota,
    /// The cloud has no capacity at the moment: [`Error::is_capacity`].
    Capacity,
    /// A resource does not exist: [`Error::is_not_found`].
    NotFound,
    /// The request does not fit the state of a resource: [`Error::is_conflict`].
    Conflict,
    /// A dependency of a resource: [`Error::is_dependency`].
    Dependency,
    /// The platform or a gateway failed: [`Error::is_server_error`].
    Server,
    /// The request is invalid: [`Error::is_validation`], or it could not be encoded or sent.
    Validation,
    /// Any other error response.
    Other,
}

impl ErrorKind {
    /// Returns the kind in lower case, such as `access_denied`: as a label of metrics, and `error.type` in traces.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::LockedOut => "locked_out",
            Self::Pagination => "pagination",
            Self::WaitFailed => "wait_failed",
            Self::Timeout => "timeout",
            Self::Connect => "connect",
            Self::Transport => "transport",
            Self::Decode => "decode",
            Self::TooLarge => "too_large",
            Self::Authentication => "authentication",
            Self::AccessDenied => "access_denied",
            Self::Throttled => "throttled",
            Self::Quota => "quota",
            Self::Capacity => "capacity",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Dependency => "dependency",
            Self::Server => "server",
            Self::Validation => "validation",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Error {
    /// The kind of the error.
    pub fn kind(&self) -> ErrorKind {
        match &self.0.kind {
            ErrorRepr::Configuration { .. } => ErrorKind::Configuration,
            ErrorRepr::LockedOut { .. } => ErrorKind::LockedOut,
            ErrorRepr::Pagination { .. } => ErrorKind::Pagination,
            ErrorRepr::Wait { end: WaitEnd::Failed | WaitEnd::Missing, .. } => ErrorKind::WaitFailed,
            ErrorRepr::Wait { end: WaitEnd::TimedOut { .. }, .. } => ErrorKind::Timeout,
            ErrorRepr::NotSent { cause: NotSentCause::TimedOut, .. } => ErrorKind::Timeout,
            ErrorRepr::NotSent { cause: NotSentCause::Credentials, .. } => ErrorKind::Authentication,
            ErrorRepr::NotSent { cause: NotSentCause::Invalid, .. } | ErrorRepr::Encode(_) => {
                ErrorKind::Validation
            }
            ErrorRepr::Transport { timeout: true, .. } => ErrorKind::Timeout,
            ErrorRepr::Transport { .. } if self.is_connect() => ErrorKind::Connect,
            ErrorRepr::Transport { .. } => ErrorKind::Transport,
            ErrorRepr::TooLarge { .. } => ErrorKind::TooLarge,
            ErrorRepr::UnexpectedEncoding(_) | ErrorRepr::Decode { .. } | ErrorRepr::MissingValue(_) => {
                ErrorKind::Decode
            }
            ErrorRepr::Api(_) => self.response_kind(),
        }
    }

    fn response_kind(&self) -> ErrorKind {
        match self {
            error if error.is_authentication() => ErrorKind::Authentication,
            error if error.is_access_denied() => ErrorKind::AccessDenied,
            error if error.is_throttled() => ErrorKind::Throttled,
            error if error.is_quota() => ErrorKind::Quota,
            error if error.is_capacity() => ErrorKind::Capacity,
            error if error.is_not_found() => ErrorKind::NotFound,
            error if error.is_conflict() => ErrorKind::Conflict,
            error if error.is_dependency() => ErrorKind::Dependency,
            error if error.is_server_error() => ErrorKind::Server,
            error if error.is_validation() => ErrorKind::Validation,
            _ => ErrorKind::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ApiError;

    fn response(status: u16, code: &str) -> ErrorKind {
        let body = format!(r#"{{"Errors":[{{"Type":"T","Code":"{code}"}}]}}"#);
        let response = ApiError::new(status, body.as_bytes(), None);
        Error::new("ReadVms", ErrorRepr::Api(response)).kind()
    }

    #[test]
    fn responses_have_the_kind_of_their_code() {
        for (status, code, kind) in [
            (401, "1", ErrorKind::Authentication),
            (400, "4120", ErrorKind::Authentication),
            (401, "4", ErrorKind::AccessDenied),
            (503, "6", ErrorKind::Throttled),
            (429, "25", ErrorKind::Throttled),
            (400, "4047", ErrorKind::Validation),
            (400, "7006", ErrorKind::Validation),
            (400, "5063", ErrorKind::NotFound),
            (409, "6031", ErrorKind::Conflict),
            (409, "9085", ErrorKind::Conflict),
            (424, "1004", ErrorKind::Dependency),
            (409, "10001", ErrorKind::Capacity),
            (400, "10022", ErrorKind::Quota),
            (500, "2000", ErrorKind::Server),
            (418, "2000", ErrorKind::Other),
        ] {
            assert_eq!(response(status, code), kind, "{status} {code}");
        }
    }
}

//! Errors of calls and of the construction of clients, as one opaque type.

mod api;
mod copy;
mod display;
mod item;
mod kind;
mod parse;
mod predicates;
mod text;

use std::error::Error as StdError;
use std::mem;
use std::time::Duration;

pub use api::ApiError;
pub use item::ErrorItem;
pub use kind::ErrorKind;
pub(crate) use parse::{MAX_ERROR_BODY_SIZE, request_id};
pub(crate) use predicates::AttemptOutcome;

/// The result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The reason why a client could not be built or a call failed.
///
/// `Display` is one line: the action, what failed, the server's code and message, the request ID and the number of
/// attempts. The cause, such as "connection refused", is in [`source`](StdError::source); `{:#}` and `Debug` append it. The
/// predicates cover the cases that programs distinguish, and [`codes`](crate::codes) names the server's codes. The type is as
/// large as a pointer.
///
/// An error never holds the request. It keeps up to 4096 bytes of an error response, in which the credentials and the
/// secrets of the request are redacted: whole, or parts of at least 8 bytes, also percent-encoded, escaped or in base64.
/// Of a successful response it keeps nothing but the request ID.
///
/// ```no_run
/// use osc_api::codes;
/// use osc_api::types::DeleteSubnetRequest;
///
/// # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
/// match client.delete_subnet(&DeleteSubnetRequest::new("subnet-12345678")).await {
///     Ok(_) => println!("deleted"),
///     Err(error) if error.is_not_found() => println!("already deleted"),
///     Err(error) if error.has_code(codes::SUBNET_IN_USE) => println!("still in use: {error}"),
///     Err(error) => match error.api() {
///         Some(response) => println!("status {}: {error}", response.status()),
///         None => return Err(error),
///     },
/// }
/// # Ok(())
/// # }
/// ```
pub struct Error(Box<Inner>);

// A `Result` is no larger than needed, and an error can cross threads and be boxed.
const _: () = assert!(size_of::<Error>() == size_of::<usize>());
const _: () = {
    const fn is_send_sync_static<T: Send + Sync + 'static>() {}
    is_send_sync_static::<Error>();
};

struct Inner {
    action: Option<Box<str>>,
    /// Number of attempts.
    attempts: u32,
    /// Whether the caller can safely repeat the call.
    is_repeatable: bool,
    /// Whether an earlier attempt of the call may have been carried out, although it is not idempotent.
    is_outcome_unknown: bool,
    kind: ErrorRepr,
}

type Source = Box<dyn StdError + Send + Sync>;

#[derive(Debug)]
pub(crate) enum ErrorRepr {
    /// The client could not be built.
    Configuration { problems: Vec<String>, source: Option<Source> },
    /// Nothing was sent.
    NotSent { reason: String, cause: NotSentCause },
    /// Nothing was sent: one more failed authentication would lock the credentials.
    LockedOut { failures: u32, possible_failures: u32, last_refusal: String },
    /// The request cannot be serialized as JSON.
    Encode(Source),
    /// No complete response arrived.
    Transport {
        host: String,
        timeout: bool,
        /// No connection could be established: nothing was sent.
        connect: bool,
        /// Every attempt fails in the same way until the configuration changes, as with an untrusted certificate.
        permanent: bool,
        advice: Option<&'static str>,
        source: Source,
    },
    /// The response is larger than allowed.
    TooLarge { limit: usize },
    /// The response is compressed with this encoding, which the client did not request.
    UnexpectedEncoding(String),
    /// The response cannot be decoded, at this path.
    Decode {
        path: Option<String>,
        request_id: Option<String>,
        /// The host that sent HTML instead.
        html_from: Option<String>,
        source: Source,
    },
    /// A decoded response lacks this value, which the caller requires: `Volume.VolumeId`.
    MissingValue(&'static str),
    /// The server responded with an error.
    Api(ApiError),
    /// Pagination cannot continue, for this reason; with the error response, if there is one.
    Pagination { reason: &'static str, response: Option<ApiError> },
    /// A wait ended without reaching its goal. `resource` is `None` if it waited for a condition of a response.
    Wait { resource: Option<String>, goal: &'static str, state: Option<String>, end: WaitEnd },
}

/// Why nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotSentCause {
    /// The request or the way it is sent is invalid.
    Invalid,
    /// The client lacks usable credentials.
    Credentials,
    /// The call timed out in a queue of the client.
    TimedOut,
}

/// Why a wait failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitEnd {
    /// The resource is in a state from which the goal cannot be reached.
    Failed,
    /// The resource does not exist, or no longer exists.
    Missing,
    /// The timeout was reached.
    TimedOut {
        after: Duration,
        /// Whether the last read listed the resource.
        is_listed: bool,
    },
}

impl Error {
    pub(crate) fn new(action: &str, kind: ErrorRepr) -> Self {
        Self(Box::new(Inner {
            action: Some(action.into()),
            attempts: 0,
            is_repeatable: false,
            is_outcome_unknown: false,
            kind,
        }))
    }

    pub(crate) fn configuration(problems: Vec<String>) -> Self {
        Self::of_client(ErrorRepr::Configuration { problems, source: None })
    }

    pub(crate) fn setup(problem: &str, source: impl Into<Source>) -> Self {
        let problems = vec![problem.to_owned()];
        Self::of_client(ErrorRepr::Configuration { problems, source: Some(source.into()) })
    }

    /// An error without an action.
    fn of_client(kind: ErrorRepr) -> Self {
        Self(Box::new(Inner {
            action: None,
            attempts: 0,
            is_repeatable: false,
            is_outcome_unknown: false,
            kind,
        }))
    }

    pub(crate) fn encode(action: &str, error: &serde_json::Error) -> Self {
        Self::new(action, ErrorRepr::Encode(text::without_values(error).into()))
    }

    /// The error of a response that cannot be decoded, at `path` if that is known. Of the body only the request ID is
    /// kept, and whether it is HTML: a successful response may contain secrets.
    pub(crate) fn decode(
        action: &str,
        host: &str,
        error: &serde_json::Error,
        path: Option<String>,
        body: &[u8],
    ) -> Self {
        if let Some(encoding) = parse::compression(body) {
            return Self::new(action, ErrorRepr::UnexpectedEncoding(encoding.to_owned()));
        }
        let kind = ErrorRepr::Decode {
            path: path.map(|path| text::one_line(&path)).filter(|path| !path.is_empty()),
            request_id: request_id(body),
            html_from: parse::is_html(body).then(|| host.to_owned()),
            source: text::without_values(error).into(),
        };
        Self::new(action, kind)
    }

    /// The error of a response that would take too much memory when decoded.
    pub(crate) fn decoded_too_large(action: &str, limit: usize) -> Self {
        Self::new(action, ErrorRepr::TooLarge { limit })
    }

    pub(crate) fn missing(path: &'static str) -> Self {
        Self::of_client(ErrorRepr::MissingValue(path))
    }

    pub(crate) fn pagination(action: &str, reason: &'static str) -> Self {
        Self::new(action, ErrorRepr::Pagination { reason, response: None })
    }

    /// Converts an error response into the error that ends a pagination.
    pub(crate) fn into_pagination(mut self, reason: &'static str) -> Self {
        let ended = ErrorRepr::Pagination { reason, response: None };
        let kind = mem::replace(&mut self.0.kind, ended);
        if let (ErrorRepr::Api(error), ErrorRepr::Pagination { response, .. }) = (kind, &mut self.0.kind) {
            *response = Some(error);
        }
        self
    }

    /// Sets the number of attempts, and whether the caller can safely repeat the call.
    pub(crate) fn after(mut self, attempts: u32, is_repeatable: bool) -> Self {
        self.0.attempts = attempts;
        self.0.is_repeatable = is_repeatable;
        self
    }

    /// Notes that an earlier attempt of the call may have been carried out.
    pub(crate) fn with_unknown_outcome(mut self) -> Self {
        self.0.is_outcome_unknown = true;
        self
    }

    /// Returns the action that failed, or `None` if the client could not be built or a response lacks a required value.
    pub fn action(&self) -> Option<&str> {
        self.0.action.as_deref()
    }

    /// Returns the number of attempts: 1 if the call was not retried, 0 if nothing was sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns the error response of the server, if there is one.
    pub fn api(&self) -> Option<&ApiError> {
        match &self.0.kind {
            ErrorRepr::Api(error) => Some(error),
            ErrorRepr::Pagination { response, .. } => response.as_ref(),
            _ => None,
        }
    }

    /// Returns the last state that a failed [wait](crate::wait) observed, as the API spells it.
    pub fn last_state(&self) -> Option<&str> {
        match &self.0.kind {
            ErrorRepr::Wait { state, .. } => state.as_deref(),
            _ => None,
        }
    }

    /// Returns the request ID, which OUTSCALE support asks for: that of an error response, or of a response that cannot be
    /// decoded.
    pub fn request_id(&self) -> Option<&str> {
        match &self.0.kind {
            ErrorRepr::Decode { request_id, .. } => request_id.as_deref(),
            _ => self.api().and_then(ApiError::request_id),
        }
    }
}

#[cfg(test)]
mod tests;

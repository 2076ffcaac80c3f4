//! Observers: what a program can count and measure about the calls of a client.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::ErrorKind;
use crate::error::request_id;

/// Receives an event for each attempt and for the end of each call of a client: for metrics and audits.
///
/// Set one with [`ClientBuilder::observer`](crate::ClientBuilder::observer). Both methods do nothing by default. They run
/// on the task or thread of the call, so they must be quick and must not block. A panic in one is caught and logged.
///
/// Every call ends exactly once, also if it was never sent or its future was dropped. Its attempts come before its end,
/// in order. Events contain no credentials, and nothing of requests and responses except the request ID.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use osc_api::{CallEvent, CallOutcome, Client, Observer};
///
/// #[derive(Default)]
/// struct Failures(AtomicU64);
///
/// impl Observer for Failures {
///     fn on_call(&self, call: &CallEvent<'_>) {
///         if call.outcome() != CallOutcome::Succeeded {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
///
/// # fn example() -> osc_api::Result<()> {
/// let failures = Arc::new(Failures::default());
/// let client = Client::builder().observer(Arc::clone(&failures)).build()?;
/// # Ok(())
/// # }
/// ```
pub trait Observer: Send + Sync {
    /// An attempt ended: a response arrived, the attempt failed, or its call was cancelled.
    fn on_attempt(&self, attempt: &AttemptEvent<'_>) {
        let _ = attempt;
    }

    /// A call ended.
    fn on_call(&self, call: &CallEvent<'_>) {
        let _ = call;
    }
}

impl<T: Observer + ?Sized> Observer for Arc<T> {
    fn on_attempt(&self, attempt: &AttemptEvent<'_>) {
        (**self).on_attempt(attempt);
    }

    fn on_call(&self, call: &CallEvent<'_>) {
        (**self).on_call(call);
    }
}

/// One attempt of a call: see [`Observer::on_attempt`].
#[derive(Clone, Debug)]
pub struct AttemptEvent<'a> {
    pub(crate) action: &'a str,
    pub(crate) number: u32,
    pub(crate) duration: Duration,
    pub(crate) status: Option<u16>,
    pub(crate) error: Option<EventError>,
    pub(crate) is_cancelled: bool,
    pub(crate) retry_delay: Option<Duration>,
}

impl AttemptEvent<'_> {
    /// Returns the action, such as `ReadVms`.
    pub fn action(&self) -> &str {
        self.action
    }

    /// Returns the number of the attempt within its call, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Returns the time from sending the request to the last byte of the response, or to the failure.
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// Returns the HTTP status, or `None` if no complete response arrived.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// Returns the kind of the failure, or `None` if the attempt succeeded or was cancelled.
    pub fn error_kind(&self) -> Option<ErrorKind> {
        self.error.map(|error| error.kind)
    }

    /// Returns the first error code of the response, such as 9029.
    pub fn error_code(&self) -> Option<u32> {
        self.error?.code
    }

    /// Returns `true` if the server throttled the request.
    pub fn is_throttled(&self) -> bool {
        self.error_kind() == Some(ErrorKind::Throttled)
    }

    /// Returns `true` if the future of the call was dropped before the attempt ended.
    pub fn is_cancelled(&self) -> bool {
        self.is_cancelled
    }

    /// Returns the delay after which the request is retried, or `None` if this was the last attempt.
    pub fn retry_delay(&self) -> Option<Duration> {
        self.retry_delay
    }
}

/// The end of a call: see [`Observer::on_call`].
#[derive(Clone)]
pub struct CallEvent<'a> {
    pub(crate) action: &'a str,
    pub(crate) outcome: CallOutcome,
    pub(crate) attempts: u32,
    pub(crate) throttled: u32,
    pub(crate) duration: Duration,
    pub(crate) status: Option<u16>,
    pub(crate) error: Option<EventError>,
    pub(crate) request_id: EventRequestId<'a>,
}

/// Where the request ID of a call is.
#[derive(Clone, Copy)]
pub(crate) enum EventRequestId<'a> {
    Known(Option<&'a str>),
    /// In the body of a successful response, which is searched only on request.
    Within(&'a [u8]),
}

/// What an event keeps of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EventError {
    pub(crate) kind: ErrorKind,
    pub(crate) code: Option<u32>,
}

impl CallEvent<'_> {
    /// Returns the action, such as `ReadVms`.
    pub fn action(&self) -> &str {
        self.action
    }

    /// Returns how the call ended.
    pub fn outcome(&self) -> CallOutcome {
        self.outcome
    }

    /// Returns the number of attempts: 1 if the call was not retried, 0 if nothing was sent.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns the number of attempts that the server throttled.
    pub fn throttled_attempts(&self) -> u32 {
        self.throttled
    }

    /// Returns the duration of the call, including waiting for the rate limit, all attempts and the delays between them.
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// Returns the HTTP status of the last response, or `None` if the last attempt got none.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// Returns the kind of the error, or `None` if the call succeeded or was cancelled.
    pub fn error_kind(&self) -> Option<ErrorKind> {
        self.error.map(|error| error.kind)
    }

    /// Returns the first error code of the response, such as 9029.
    pub fn error_code(&self) -> Option<u32> {
        self.error?.code
    }

    /// Returns the request ID, which OUTSCALE support asks for. That of a success is searched in the response by this
    /// method.
    pub fn request_id(&self) -> Option<Cow<'_, str>> {
        match self.request_id {
            EventRequestId::Known(id) => id.map(Cow::Borrowed),
            EventRequestId::Within(body) => request_id(body).map(Cow::Owned),
        }
    }
}

/// Omits the response.
impl fmt::Debug for CallEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, outcome, attempts, throttled, duration, status, error, request_id: _ } = self;
        f.debug_struct("CallEvent")
            .field("action", action)
            .field("outcome", outcome)
            .field("attempts", attempts)
            .field("throttled", throttled)
            .field("duration", duration)
            .field("status", status)
            .field("error", error)
            .field("request_id", &self.request_id())
            .finish()
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallOutcome {
    /// The action succeeded, and its response was decoded.
    Succeeded,
    /// The call returned an error.
    Failed,
    /// The lockout guard refused to send the request: [`Error::is_locked_out`](crate::Error::is_locked_out).
    LockedOut,
    /// The future of the call was dropped. The action may have been carried out.
    Cancelled,
}

impl CallOutcome {
    /// Returns the outcome in lower case, as a label of metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::LockedOut => "locked_out",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for CallOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

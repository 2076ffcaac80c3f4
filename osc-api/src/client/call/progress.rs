//! The progress of a call, as its caller sees it: also after the call was cancelled or its task was lost. Reports its
//! attempts and its end to the observer and to the log.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tracing::field::{Empty, Value};
use tracing::{Level, Span, debug, enabled, info_span, warn};

use super::{millis, reason};
use crate::client::metadata::CallMetadata;
use crate::client::options::Settings;
use crate::config::Config;
use crate::error::{ApiError, AttemptOutcome, Error, request_id};
use crate::generated::service::CREDENTIAL_SERVICE;
use crate::observer::{AttemptEvent, CallEvent, CallOutcome, EventError, EventRequestId, Observer};

/// The attempts of a call so far.
pub(crate) struct CallProgress {
    action: Box<str>,
    settings: Arc<Settings>,
    span: Span,
    began: Instant,
    state: Mutex<ProgressState>,
}

#[derive(Default)]
struct ProgressState {
    /// Number of requests sent.
    attempts: u32,
    /// Number of requests that were throttled.
    throttled: u32,
    /// Whether the last request has no result yet, or succeeded.
    is_in_flight: bool,
    /// When the last attempt began, until its end was reported.
    attempt_began: Option<Instant>,
    /// Whether an earlier attempt may have been carried out without a response that says so.
    is_outcome_unknown: bool,
    /// Whether the end of the call was reported.
    has_ended: bool,
}

/// How a call ended.
pub(crate) enum CallEnd<'a> {
    /// With this status and body.
    Succeeded(u16, &'a [u8]),
    Failed(&'a Error),
    Cancelled,
}

impl CallProgress {
    pub(super) fn new(action: &str, settings: Arc<Settings>, config: &Config) -> Self {
        let endpoint = &config.endpoint;
        let span = info_span!(
            "osc_api",
            otel.kind = "client",
            otel.name = action,
            rpc.system = "outscale",
            rpc.service = CREDENTIAL_SERVICE,
            rpc.method = action,
            server.address = endpoint.host_name(),
            server.port = endpoint.port(),
            attempts = Empty,
            http.response.status_code = Empty,
            error.type = Empty,
            request_id = Empty,
            duration_ms = Empty,
        );
        Self { action: action.into(), settings, span, began: Instant::now(), state: Mutex::default() }
    }

    pub(crate) fn action(&self) -> &str {
        &self.action
    }

    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    pub(super) fn began(&self) -> Instant {
        self.began
    }

    /// Counts a request as sent.
    pub(super) fn start_attempt(&self) {
        let now = self.settings.observer.is_some().then(Instant::now);
        let mut state = self.state();
        state.attempts = state.attempts.saturating_add(1);
        state.is_in_flight = true;
        state.attempt_began = now;
    }

    /// Records how the last attempt failed.
    pub(super) fn end_attempt(&self, outcome: AttemptOutcome) {
        let mut state = self.state();
        state.is_in_flight = false;
        match outcome {
            AttemptOutcome::Unknown => state.is_outcome_unknown = true,
            AttemptOutcome::Throttled => state.throttled = state.throttled.saturating_add(1),
            AttemptOutcome::NotSent | AttemptOutcome::Final => {}
        }
    }

    /// Number of requests sent.
    pub(crate) fn attempts(&self) -> u32 {
        self.state().attempts
    }

    /// Number of requests that were throttled.
    pub(super) fn throttled(&self) -> u32 {
        self.state().throttled
    }

    /// Whether an attempt may have been carried out.
    pub(super) fn may_have_been_carried_out(&self) -> bool {
        let state = self.state();
        state.is_outcome_unknown || state.is_in_flight
    }

    /// The metadata of a successful call.
    pub(crate) fn metadata(&self, status: u16, body: &[u8]) -> CallMetadata {
        let (attempts, elapsed) = (self.attempts(), self.began.elapsed());
        CallMetadata { request_id: request_id(body), status, attempts, elapsed }
    }

    /// Reports the end of the last attempt to the observer, unless no request was sent or it was reported already.
    pub(super) fn report_attempt(&self, result: Result<u16, &Error>, retry_delay: Option<Duration>) {
        self.report_attempt_end(result.map(Some), retry_delay, false);
    }

    fn report_attempt_end(
        &self,
        result: Result<Option<u16>, &Error>,
        retry_delay: Option<Duration>,
        is_cancelled: bool,
    ) {
        let Some(observer) = &self.settings.observer else { return };
        let (number, began) = {
            let mut state = self.state();
            let Some(began) = state.attempt_began.take() else { return };
            (state.attempts, began)
        };
        let event = AttemptEvent {
            action: &self.action,
            number,
            duration: began.elapsed(),
            status: result.unwrap_or_else(status_of),
            error: result.err().map(EventError::of),
            is_cancelled,
            retry_delay,
        };
        notify(observer, |observer| observer.on_attempt(&event));
    }

    /// Reports the end of the call to the span, the log and the observer, unless it was reported already.
    pub(crate) fn report_end(&self, end: &CallEnd<'_>) {
        let observer = self.settings.observer.as_ref();
        {
            let mut state = self.state();
            if state.has_ended {
                return;
            }
            state.has_ended = true;
        }
        if observer.is_none() && self.span.is_disabled() && !enabled!(Level::DEBUG) {
            return;
        }
        if let CallEnd::Cancelled = end {
            self.report_attempt_end(Ok(None), None, true);
        }
        let event = self.event(end);
        self.log(&event, end);
        if let Some(observer) = observer {
            notify(observer, |observer| observer.on_call(&event));
        }
    }

    fn event<'a>(&'a self, end: &CallEnd<'a>) -> CallEvent<'a> {
        let (outcome, status, error, request_id) = match *end {
            CallEnd::Succeeded(status, body) => {
                (CallOutcome::Succeeded, Some(status), None, EventRequestId::Within(body))
            }
            CallEnd::Failed(error) => {
                let outcome =
                    if error.is_locked_out() { CallOutcome::LockedOut } else { CallOutcome::Failed };
                let id = EventRequestId::Known(error.request_id());
                (outcome, status_of(error), Some(EventError::of(error)), id)
            }
            CallEnd::Cancelled => (CallOutcome::Cancelled, None, None, EventRequestId::Known(None)),
        };
        let (attempts, throttled) = {
            let state = self.state();
            (state.attempts, state.throttled)
        };
        let duration = self.began.elapsed();
        CallEvent { action: &self.action, outcome, attempts, throttled, duration, status, error, request_id }
    }

    fn log(&self, event: &CallEvent<'_>, end: &CallEnd<'_>) {
        let Self { action, span, .. } = self;
        let CallEvent { attempts, status, duration, .. } = *event;
        if !span.is_disabled() {
            let error_type = event.error_kind().map(|kind| kind.as_str());
            span.record("attempts", attempts);
            record(span, "http.response.status_code", status);
            record(span, "error.type", error_type.or_else(|| cancellation(event.outcome)));
            record(span, "request_id", event.request_id().as_deref());
            span.record("duration_ms", millis(duration));
        }
        let _entered = span.enter();
        debug!("{}", EndMessage { action, event, end });
    }

    fn state(&self) -> MutexGuard<'_, ProgressState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The log message of the end of a call.
struct EndMessage<'a> {
    action: &'a str,
    event: &'a CallEvent<'a>,
    end: &'a CallEnd<'a>,
}

impl fmt::Display for EndMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, event: CallEvent { attempts, duration, .. }, end } = self;
        match end {
            CallEnd::Succeeded(status, _) => write!(f, "{action} succeeded: status {status}")?,
            CallEnd::Failed(error) => write!(f, "{action} failed: {}", reason(error))?,
            CallEnd::Cancelled => write!(f, "{action} was cancelled")?,
        }
        let before = if matches!(end, CallEnd::Cancelled) { ":" } else { "," };
        let s = if *attempts == 1 { "" } else { "s" };
        write!(f, "{before} {attempts} attempt{s}, {} ms", millis(*duration))
    }
}

impl EventError {
    fn of(error: &Error) -> Self {
        Self { kind: error.kind(), code: error.api().and_then(ApiError::code) }
    }
}

/// Sets a field of the span if it has a value. The default format prints an unset field as a space.
fn record<V: Value>(span: &Span, name: &'static str, value: Option<V>) {
    if let Some(value) = value {
        span.record(name, value);
    }
}

fn status_of(error: &Error) -> Option<u16> {
    error.api().map(ApiError::status)
}

/// `error.type` of a call without an error.
fn cancellation(outcome: CallOutcome) -> Option<&'static str> {
    (outcome == CallOutcome::Cancelled).then_some(CallOutcome::Cancelled.as_str())
}

/// Calls an observer. A panic in it must not fail the call, nor abort the process while a call is being dropped.
fn notify(observer: &Arc<dyn Observer>, call: impl FnOnce(&dyn Observer)) {
    if catch_unwind(AssertUnwindSafe(|| call(&**observer))).is_err() {
        warn!("the observer panicked");
    }
}

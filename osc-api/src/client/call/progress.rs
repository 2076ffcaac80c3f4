//! The progress of a call, as its caller sees it: also after the call was cancelled or its task was lost.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use tokio::task::{JoinError, JoinHandle};
use tokio::time::Instant;
use tracing::Span;

use super::{invalid, millis};
use crate::action::{ActionMeta, RetrySafety};
use crate::error::{AttemptOutcome, Error, ErrorRepr, Result};

/// The attempts of a call so far.
#[derive(Debug)]
pub(super) struct Progress {
    began: Instant,
    /// Number of requests sent.
    attempts: AtomicU32,
    /// Whether the last request has no result yet, or succeeded.
    is_in_flight: AtomicBool,
    /// Whether an earlier attempt may have been carried out without a response that says so.
    is_outcome_unknown: AtomicBool,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            attempts: AtomicU32::new(0),
            is_in_flight: AtomicBool::new(false),
            is_outcome_unknown: AtomicBool::new(false),
        }
    }

    /// Counts a request as sent.
    pub(super) fn start_attempt(&self) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
        self.is_in_flight.store(true, Ordering::Relaxed);
    }

    /// Records how the last attempt failed.
    pub(super) fn end_attempt(&self, outcome: AttemptOutcome) {
        if outcome == AttemptOutcome::Unknown {
            self.is_outcome_unknown.store(true, Ordering::Relaxed);
        }
        self.is_in_flight.store(false, Ordering::Relaxed);
    }

    /// Number of requests sent.
    pub(super) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    /// Whether an attempt may have been carried out.
    pub(super) fn may_have_been_carried_out(&self) -> bool {
        self.is_outcome_unknown.load(Ordering::Relaxed) || self.is_in_flight.load(Ordering::Relaxed)
    }

    /// Records the attempts and the duration in the span of the call.
    pub(super) fn record(&self, span: &Span) {
        span.record("attempts", self.attempts());
        span.record("duration_ms", millis(self.began.elapsed()));
    }
}

/// The task of a call, which is cancelled when the caller drops its future.
pub(super) struct CallTask<T> {
    pub(super) task: JoinHandle<T>,
    pub(super) span: Span,
    pub(super) progress: Arc<Progress>,
    /// Whether the caller can safely repeat the call.
    pub(super) is_repeatable: bool,
    /// Whether the task ended, and recorded the call in its span.
    pub(super) is_finished: bool,
}

impl<T> CallTask<Result<T>> {
    /// Returns the result of the call.
    pub(super) async fn join(mut self, action: ActionMeta<'_>, host: &str) -> Result<T> {
        match (&mut self.task).await {
            Ok(result) => {
                self.is_finished = true;
                result
            }
            Err(error) => Err(self.lost(action, host, error)),
        }
    }

    /// The error of a call whose task ended without a result.
    fn lost(&self, action: ActionMeta<'_>, host: &str, error: JoinError) -> Error {
        let panic = error.try_into_panic().ok();
        let message = panic.as_deref().and_then(panic_message).unwrap_or_default();
        // Tokio panics where a runtime lacks a driver; it has no other way to ask.
        if message.contains("timers are disabled") || message.contains("IO is disabled") {
            let reason = "the Tokio runtime has no time or I/O driver: build it with `enable_all`";
            return invalid(action.name, reason);
        }
        let cause = match panic {
            Some(_) => "the task of the call panicked",
            None => "the Tokio runtime was shut down",
        };
        let attempts = self.progress.attempts();
        if attempts == 0 {
            return invalid(action.name, cause);
        }
        let kind = ErrorRepr::Transport {
            host: host.to_owned(),
            timeout: false,
            connect: false,
            permanent: false,
            advice: Some(cause),
            source: "the task ended without a result".into(),
        };
        let error = Error::new(action.name, kind).after(attempts, self.is_repeatable);
        match self.progress.may_have_been_carried_out() && action.retry != RetrySafety::Idempotent {
            true => error.with_unknown_outcome(),
            false => error,
        }
    }
}

impl<T> Drop for CallTask<T> {
    fn drop(&mut self) {
        if !self.is_finished {
            self.task.abort();
            self.progress.record(&self.span);
        }
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> Option<&str> {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str))
}

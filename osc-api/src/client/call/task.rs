//! The task of a call, and what becomes of the call if its caller drops it or its runtime ends.

use std::any::Any;
use std::sync::Arc;

use tokio::task::{JoinError, JoinHandle};

use super::invalid;
use super::progress::{CallEnd, CallProgress};
use crate::action::RetrySafety;
use crate::error::{Error, ErrorRepr, Result};

/// The task of a call, which is cancelled when the caller drops its future.
pub(super) struct CallTask<T> {
    pub(super) task: JoinHandle<Result<T>>,
    pub(super) progress: Arc<CallProgress>,
    /// Whether the caller can safely repeat the call.
    pub(super) is_repeatable: bool,
    pub(super) retry: RetrySafety,
    /// Whether the task ended.
    pub(super) is_finished: bool,
}

impl<T> CallTask<T> {
    /// Returns the result of the call.
    pub(super) async fn join(mut self, host: &str) -> Result<T> {
        match (&mut self.task).await {
            Ok(result) => {
                self.is_finished = true;
                result
            }
            Err(error) => {
                self.is_finished = true;
                Err(self.lost(host, error))
            }
        }
    }

    /// The error of a call whose task ended without a result.
    fn lost(&self, host: &str, error: JoinError) -> Error {
        let Self { progress, is_repeatable, retry, .. } = self;
        let action = progress.action();
        let panic = error.try_into_panic().ok();
        let message = panic.as_deref().and_then(panic_message).unwrap_or_default();
        // Tokio panics where a runtime lacks a driver; it has no other way to ask.
        if message.contains("timers are disabled") || message.contains("IO is disabled") {
            let reason = "the Tokio runtime has no time or I/O driver: build it with `enable_all`";
            return invalid(action, reason);
        }
        let cause = match panic {
            Some(_) => "the task of the call panicked",
            None => "the Tokio runtime was shut down",
        };
        let attempts = progress.attempts();
        if attempts == 0 {
            return invalid(action, cause);
        }
        let kind = ErrorRepr::Transport {
            host: host.to_owned(),
            timeout: false,
            connect: false,
            permanent: false,
            advice: Some(cause),
            source: "the task ended without a result".into(),
        };
        let error = Error::new(action, kind).after(attempts, *is_repeatable);
        match progress.may_have_been_carried_out() && *retry != RetrySafety::Idempotent {
            true => error.with_unknown_outcome(),
            false => error,
        }
    }
}

impl<T> Drop for CallTask<T> {
    fn drop(&mut self) {
        if !self.is_finished {
            self.task.abort();
            self.progress.report_end(&CallEnd::Cancelled);
        }
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> Option<&str> {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str))
}

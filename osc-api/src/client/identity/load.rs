//! One load of a provider, on a task of its own.

use std::error::Error as StdError;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime::{Handle, Id};
use tokio::time::{Instant, timeout};
use tracing::warn;

use super::Provided;
use crate::config::checked_credentials;
use crate::credentials::Credentials;

/// Maximum duration of a load.
const LOAD_TIMEOUT: Duration = Duration::from_secs(60);

/// A load whose task has not ended.
pub(super) struct RunningLoad {
    pub(super) number: u64,
    pub(super) runtime: Id,
}

/// The last load that finished.
pub(super) struct LastLoad {
    pub(super) number: u64,
    pub(super) began: Instant,
    /// How long its result may be used.
    pub(super) interval: Duration,
    pub(super) result: Result<(), Arc<str>>,
}

/// Records the end of a load, however its task ends.
struct LoadGuard {
    provided: Arc<Provided>,
    number: u64,
    began: Instant,
    interval: Duration,
    result: Result<Credentials, String>,
}

impl Provided {
    /// Starts a load, unless this runtime runs one that may be used.
    pub(super) fn ensure_load(self: &Arc<Self>) {
        let Ok(runtime) = Handle::try_current() else { return };
        let mut state = self.state();
        if state.usable_load(runtime.id()).is_some() {
            return;
        }
        state.started = state.started.saturating_add(1);
        let number = state.started;
        state.running.push(RunningLoad { number, runtime: runtime.id() });
        // A runtime that is shutting down drops the task at once, and dropping the task takes the lock.
        drop(state);
        let guard = LoadGuard {
            provided: Arc::clone(self),
            number,
            began: Instant::now(),
            interval: Duration::ZERO,
            result: Err("the runtime of the credentials provider is shutting down".to_owned()),
        };
        runtime.spawn(guard.run());
    }
}

impl LoadGuard {
    async fn run(mut self) {
        let provider = Arc::clone(&self.provided.provider);
        self.interval = provider.refresh_interval();
        self.result = match timeout(LOAD_TIMEOUT, provider.credentials()).await {
            Ok(Ok(credentials)) => checked_credentials(&credentials).map_err(|problems| problems.join("; ")),
            Ok(Err(error)) => Err(describe(&*error)),
            Err(_) => Err(format!("it did not finish within {LOAD_TIMEOUT:?}")),
        };
    }
}

impl Drop for LoadGuard {
    fn drop(&mut self) {
        let Self { provided, number, began, interval, result } = self;
        let result = match result {
            _ if thread::panicking() => Err("it panicked".to_owned()),
            result => std::mem::replace(result, Err(String::new())),
        };
        let mut state = provided.state();
        state.running.retain(|running| running.number != *number);
        // A load that began earlier must not replace newer credentials.
        if state.last.as_ref().is_none_or(|last| last.number < *number) {
            let result = match result {
                Ok(credentials) => {
                    provided.accept(&mut state, credentials);
                    Ok(())
                }
                Err(reason) => {
                    if state.current.is_some() {
                        warn!(reason, "the credentials provider failed: using the last credentials");
                    }
                    Err(reason.into())
                }
            };
            state.last = Some(LastLoad { number: *number, began: *began, interval: *interval, result });
        }
        drop(state);
        provided.finished.notify_waiters();
    }
}

/// The message of an error and those of its causes.
fn describe(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

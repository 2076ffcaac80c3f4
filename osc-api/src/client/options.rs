//! What can be set for a client as a whole, and for single calls.

use std::time::Duration;

use crate::RetryPolicy;

/// Settings for some of the calls of a client: see [`Client::with`](crate::Client::with).
///
/// What is not set stays as it is for the client.
///
/// ```
/// use std::time::Duration;
///
/// use osc_api::{CallOptions, RetryPolicy};
///
/// let impatient = CallOptions::new().timeout(Duration::from_secs(5)).retry(RetryPolicy::none());
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "options do nothing until they are given to `Client::with`"]
pub struct CallOptions {
    timeout: Option<Duration>,
    attempt_timeout: Option<Duration>,
    max_response_size: Option<usize>,
    retry: Option<RetryPolicy>,
}

impl CallOptions {
    /// No settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long a call may take with all its attempts and the waits between them. Default: 5 minutes.
    ///
    /// It counts from the moment at which the call is first allowed to go out: the wait in the queue of a
    /// [rate limit](crate::RateLimit), which is as long as the program makes it, comes before.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How long one attempt may take, from connecting to the last byte of the answer. Default: 60 seconds.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// The largest answer that is read, in bytes. Default: 64 MiB.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = Some(bytes);
        self
    }

    /// When a failed request is sent again. Default: [`RetryPolicy::new`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }
}

/// All of the options, set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) timeout: Duration,
    pub(super) attempt_timeout: Duration,
    pub(super) max_response_size: usize,
    pub(super) retry: RetryPolicy,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(300),
            attempt_timeout: Duration::from_secs(60),
            max_response_size: 64 << 20,
            retry: RetryPolicy::new(),
        }
    }
}

impl Settings {
    /// The same, with what the options say.
    pub(super) fn with(self, options: &CallOptions) -> Self {
        let CallOptions { timeout, attempt_timeout, max_response_size, retry } = options;
        Self {
            timeout: timeout.unwrap_or(self.timeout),
            attempt_timeout: attempt_timeout.unwrap_or(self.attempt_timeout),
            max_response_size: max_response_size.unwrap_or(self.max_response_size),
            retry: retry.unwrap_or(self.retry),
        }
    }
}

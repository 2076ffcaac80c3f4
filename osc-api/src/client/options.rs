//! Options of a client and of single calls.

use std::time::Duration;

use crate::RetryPolicy;

/// Options for some of the calls of a client: see [`Client::with`](crate::Client::with).
///
/// Options that are not set keep the client's value.
///
/// ```
/// use std::time::Duration;
///
/// use osc_api::{CallOptions, RetryPolicy};
///
/// let options = CallOptions::new().timeout(Duration::from_secs(5)).retry(RetryPolicy::none());
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "options do nothing until they are passed to `Client::with`"]
pub struct CallOptions {
    timeout: Option<Duration>,
    attempt_timeout: Option<Duration>,
    max_response_size: Option<usize>,
    retry: Option<RetryPolicy>,
    dry_run: Option<bool>,
}

impl CallOptions {
    /// Options with nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the timeout of a call, including waiting for the [rate limit](crate::RateLimit), all attempts and the delays
    /// between them. Defaults to 5 minutes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the timeout of one attempt, from connecting to the last byte of the response. Defaults to 60 s.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// Sets the maximum size of a response, in bytes. Defaults to 64 MiB. When decoded, a response may take twice as much
    /// memory, and 16 times as much with [`send_raw`](crate::Client::send_raw). That of your own types is not limited.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = Some(bytes);
        self
    }

    /// Sets when a failed request is retried. Defaults to [`RetryPolicy::new`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Sets whether each call is a dry run: the server checks the request and the caller's permissions, and does not perform
    /// the action. Defaults to `false`.
    ///
    /// The response of a successful dry run has no resources, so waiters and listings make no sense with it. An action
    /// without a dry run ([`has_dry_run`](crate::has_dry_run)) fails before anything is sent.
    /// [`Client::dry_run`](crate::Client::dry_run) returns the outcome as a value.
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = Some(dry_run);
        self
    }
}

/// All options, with their values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) timeout: Duration,
    pub(super) attempt_timeout: Duration,
    pub(super) max_response_size: usize,
    pub(super) retry: RetryPolicy,
    pub(super) is_dry_run: bool,
    /// Whether a response value of an unexpected type fails the call.
    pub(super) is_decoding_strict: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(300),
            attempt_timeout: Duration::from_secs(60),
            max_response_size: 64 << 20,
            retry: RetryPolicy::new(),
            is_dry_run: false,
            is_decoding_strict: false,
        }
    }
}

impl Settings {
    /// These settings, overridden by the options.
    pub(super) fn with(self, options: &CallOptions) -> Self {
        let CallOptions { timeout, attempt_timeout, max_response_size, retry, dry_run } = options;
        Self {
            timeout: timeout.unwrap_or(self.timeout),
            attempt_timeout: attempt_timeout.unwrap_or(self.attempt_timeout),
            max_response_size: max_response_size.unwrap_or(self.max_response_size),
            retry: retry.unwrap_or(self.retry),
            is_dry_run: dry_run.unwrap_or(self.is_dry_run),
            is_decoding_strict: self.is_decoding_strict,
        }
    }
}

//! Options of a client and of single calls.

use std::sync::Arc;
use std::time::Duration;

use crate::generated::service::DATE_HEADER;
use crate::http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE,
    EXPECT, HOST, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING,
    UPGRADE, USER_AGENT,
};
use crate::{Observer, RetryPolicy};

/// Headers that only the client sets: they authenticate the request, describe its body, or control the connection and
/// the form of the response.
const OWN_HEADERS: [HeaderName; 16] = [
    ACCEPT,
    ACCEPT_ENCODING,
    AUTHORIZATION,
    CONNECTION,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    EXPECT,
    HOST,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    USER_AGENT,
    HeaderName::from_static(DATE_HEADER),
];

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
    headers: Headers,
    dry_run: Option<bool>,
}

/// Headers of the caller, and why the last invalid one was refused.
#[derive(Clone, Debug, Default)]
struct Headers {
    valid: HeaderMap,
    problem: Option<String>,
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

    /// Adds a header to each request, such as `traceparent`. Setting the same header again replaces its value.
    ///
    /// Headers that the client sets itself are refused: `Authorization`, `Host`, `X-Osc-Date`, `User-Agent`, and those
    /// that describe the body, the connection or the form of the response. A call with a refused or invalid header
    /// fails without being sent. The value is not logged, and is redacted in errors.
    ///
    /// ```
    /// use osc_api::CallOptions;
    ///
    /// let options = CallOptions::new().header("X-Request-Origin", "nightly-inventory");
    /// ```
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        match check_header(name.as_ref(), value.as_ref()) {
            Ok((name, value)) => _ = self.headers.valid.insert(name, value),
            Err(problem) => self.headers.problem = Some(problem),
        }
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

/// Checks a header of the caller.
///
/// # Errors
/// Returns the problem, without the value: it may be secret.
fn check_header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let Ok(checked) = HeaderName::try_from(name) else {
        return Err("invalid header name: a name consists of letters, digits and hyphens".to_owned());
    };
    if OWN_HEADERS.contains(&checked) {
        return Err(format!("the header `{checked}` cannot be set for a call: the client sets it itself"));
    }
    let Ok(mut value) = HeaderValue::from_str(value) else {
        return Err(format!("invalid value of the header `{checked}`: use visible ASCII characters"));
    };
    value.set_sensitive(true);
    Ok((checked, value))
}

/// All options, with their values.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) timeout: Duration,
    pub(super) attempt_timeout: Duration,
    pub(super) max_response_size: usize,
    pub(super) retry: RetryPolicy,
    pub(super) is_dry_run: bool,
    /// Whether the number of attempts is not limited, so that the call outlasts an outage shorter than its timeout.
    pub(super) is_persistent: bool,
    /// Whether a response value of an unexpected type fails the call.
    pub(super) is_decoding_strict: bool,
    /// Headers of the caller, marked as sensitive.
    pub(super) headers: HeaderMap,
    /// Why a header of the caller is refused.
    pub(super) header_problem: Option<String>,
    pub(super) observer: Option<Arc<dyn Observer>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(300),
            attempt_timeout: Duration::from_secs(60),
            max_response_size: 64 << 20,
            retry: RetryPolicy::new(),
            is_dry_run: false,
            is_persistent: false,
            is_decoding_strict: false,
            headers: HeaderMap::new(),
            header_problem: None,
            observer: None,
        }
    }
}

impl Settings {
    /// These settings, overridden by the options.
    pub(super) fn with(&self, options: &CallOptions) -> Self {
        let CallOptions { timeout, attempt_timeout, max_response_size, retry, headers, dry_run } = options;
        let mut all_headers = self.headers.clone();
        for (name, value) in &headers.valid {
            all_headers.insert(name, value.clone());
        }
        Self {
            timeout: timeout.unwrap_or(self.timeout),
            attempt_timeout: attempt_timeout.unwrap_or(self.attempt_timeout),
            max_response_size: max_response_size.unwrap_or(self.max_response_size),
            retry: retry.unwrap_or(self.retry),
            is_dry_run: dry_run.unwrap_or(self.is_dry_run),
            is_persistent: self.is_persistent,
            is_decoding_strict: self.is_decoding_strict,
            headers: all_headers,
            header_problem: headers.problem.clone().or_else(|| self.header_problem.clone()),
            observer: self.observer.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_the_client_sets_itself_are_refused_in_any_spelling() {
        for name in ["Authorization", "HOST", "x-osc-date", "X-Osc-Date", "Content-Length", "content-type"] {
            let problem = CallOptions::new().header(name, "marker").headers.problem.unwrap();
            assert!(problem.contains(&name.to_lowercase()) && !problem.contains("marker"), "{problem}");
        }
        for (name, value) in
            [("a b", "marker"), ("", "marker"), ("x-a", "marker\r\nHost: b"), ("x-a", "marker\u{0}")]
        {
            let options = CallOptions::new().header(name, value);
            assert!(options.headers.valid.is_empty(), "{name:?}");
            assert!(!options.headers.problem.unwrap().contains("marker"), "{name:?}");
        }
    }

    #[test]
    fn a_header_replaces_one_of_the_same_name_and_keeps_the_others() {
        let parent = Settings::default().with(&CallOptions::new().header("x-a", "1").header("x-b", "2"));
        let derived = parent.with(&CallOptions::new().header("X-A", "3"));
        assert_eq!(
            (&derived.headers["x-a"], &derived.headers["x-b"]),
            (&"3".parse().unwrap(), &"2".parse().unwrap())
        );
        assert_eq!(parent.headers["x-a"], "1");
    }

    #[test]
    fn debug_output_has_no_header_values() {
        let shown = format!("{:?}", CallOptions::new().header("x-token", "marker"));
        assert!(shown.contains("x-token") && !shown.contains("marker"), "{shown}");
    }
}

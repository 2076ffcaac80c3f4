//! What a successful call knows besides its response.

use std::time::Duration;

/// The metadata of a successful call: see [`Client::send_with_metadata`](crate::Client::send_with_metadata).
///
/// An [`Error`](crate::Error) has the same of a failed one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallMetadata {
    pub(crate) request_id: Option<String>,
    pub(crate) status: u16,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
}

impl CallMetadata {
    /// Returns the request ID, which OUTSCALE support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Returns the HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns the number of attempts: 1 if the call was not retried.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns the duration of the call, including waiting for the rate limit, all attempts and the delays between them.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

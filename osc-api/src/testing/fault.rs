//! Faults: what a call receives instead of its response.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::{Value, json};

use crate::codes::{self, classes};

/// A fault that a call receives instead of its response: an error, a broken connection, or a delay.
///
/// Inject it with [`FakeApi::next`](super::FakeApi::next), or return it from a handler; in a handler,
/// [`delay`](Self::delay) and [`cut_response`](Self::cut_response) apply to the published example.
///
/// ```
/// use std::time::Duration;
///
/// use osc_api::codes;
/// use osc_api::testing::Fault;
///
/// let missing = Fault::code(codes::NO_SUCH_VM);
/// let busy = Fault::throttled().retry_after(Duration::from_secs(2));
/// let slow = Fault::cut_response().after(Duration::from_millis(5));
/// # let _ = (missing, busy, slow);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a fault does nothing until it is passed to a fake"]
pub struct Fault {
    pub(super) fault: FaultKind,
    /// Delay before the response.
    pub(super) delay: Duration,
    pub(super) retry_after: Option<Duration>,
}

/// What the call receives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// An error in the API's format.
    Error { status: u16, code: Option<u32>, kind: String, details: String },
    /// A response that is not from the API.
    Text { status: u16, text: String },
    /// The connection is closed before the action is carried out.
    Cut,
    /// The action is carried out, and the connection is closed in the middle of the response.
    CutResponse,
    /// The regular response.
    None,
}

impl Fault {
    /// An error of the API by its code, such as those in [`codes`], with the status and type that the cloud uses for
    /// the code.
    pub fn code(code: u32) -> Self {
        let (status, kind) = status_and_type(code);
        Self::error(status, code, kind, "")
    }

    /// An error of the API: HTTP status, code, type and details. An invalid status is sent as 500.
    pub fn error(status: u16, code: u32, kind: impl Into<String>, details: impl Into<String>) -> Self {
        Self::new(FaultKind::Error { status, code: Some(code), kind: kind.into(), details: details.into() })
    }

    /// Throttling of the account: status 429, code 24. The action is not carried out.
    pub fn throttled() -> Self {
        Self::code(codes::THROTTLED_BY_ACCOUNT)
    }

    /// A response of an intermediary such as a gateway: HTTP status and any body.
    pub fn status(status: u16, text: impl Into<String>) -> Self {
        Self::new(FaultKind::Text { status, text: text.into() })
    }

    /// The connection is closed after the request was read. The action is not carried out, but the caller cannot know.
    pub fn cut() -> Self {
        Self::new(FaultKind::Cut)
    }

    /// The action is carried out, but the connection is closed in the middle of the response.
    pub fn cut_response() -> Self {
        Self::new(FaultKind::CutResponse)
    }

    /// Delays the regular response.
    pub fn delay(delay: Duration) -> Self {
        Self::new(FaultKind::None).after(delay)
    }

    /// Adds a delay, in real time. The action is carried out before it.
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Adds the header `Retry-After`, rounded down to whole seconds.
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Sets the details. Has an effect on errors of the API only.
    pub fn details(mut self, text: impl Into<String>) -> Self {
        if let FaultKind::Error { details, .. } = &mut self.fault {
            *details = text.into();
        }
        self
    }

    /// An error in the API's format without a code.
    pub(super) fn uncoded(status: u16, kind: &str, details: impl Into<String>) -> Self {
        Self::new(FaultKind::Error { status, code: None, kind: kind.to_owned(), details: details.into() })
    }

    /// Whether the credentials were wrong, which counts towards a lockout.
    pub(super) fn is_failed_authentication(&self) -> bool {
        matches!(self.fault, FaultKind::Error { code: Some(codes::AUTHENTICATION_FAILED), .. })
    }

    fn new(fault: FaultKind) -> Self {
        Self { fault, delay: Duration::ZERO, retry_after: None }
    }
}

/// The body of an error in the API's format.
pub(super) fn error_body(code: Option<u32>, kind: &str, details: &str) -> Value {
    let mut error = json!({ "Type": kind, "Details": details });
    if let (Some(code), Value::Object(error)) = (code, &mut error) {
        error.insert("Code".to_owned(), code.to_string().into());
    }
    json!({ "Errors": [error] })
}

/// Status and type of a code, by its class.
fn status_and_type(code: u32) -> (u16, &'static str) {
    let is = |class: &[RangeInclusive<u32>]| class.iter().any(|range| range.contains(&code));
    match code {
        codes::METHOD_NOT_ALLOWED => (405, "AccessDenied"),
        codes::THROTTLED_BY_PLATFORM => (503, "ServiceUnavailable"),
        codes::WRONG_AUTHENTICATION_METHOD | codes::MISSING_LOGIN_OR_PASSWORD => (403, "AccessDenied"),
        _ if is(classes::THROTTLED) => (429, "TooManyRequests"),
        _ if is(classes::PLATFORM) => (401, "AccessDenied"),
        _ if is(classes::DEPENDENCY) => (424, "DependencyProblem"),
        codes::UNKNOWN_ACCESS_KEY => (400, "InvalidParameterValue"),
        _ if is(classes::VALIDATION) => (400, "InvalidParameterValue"),
        _ if is(classes::NOT_FOUND) => (400, "InvalidResource"),
        _ if is(classes::STATE) => (409, "InvalidState"),
        _ if is(classes::CONFLICT) => (409, "ResourceConflict"),
        _ if is(classes::CAPACITY) => (409, "InsufficientCapacity"),
        _ if is(classes::QUOTA_OR_CAPACITY) => (400, "TooManyResources (QuotaExceded)"),
        _ => (400, "Unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_the_status_and_type_of_the_cloud() {
        for (code, status, kind) in [
            (codes::NO_SUCH_VM, 400, "InvalidResource"),
            (4120, 400, "InvalidParameterValue"),
            (1, 401, "AccessDenied"),
            (2, 405, "AccessDenied"),
            (6, 503, "ServiceUnavailable"),
            (25, 429, "TooManyRequests"),
            (6031, 409, "InvalidState"),
        ] {
            let FaultKind::Error { status: found, code: found_code, kind: found_kind, .. } =
                Fault::code(code).fault
            else {
                panic!("{code} is an error");
            };
            assert_eq!((found, found_code, found_kind.as_str()), (status, Some(code), kind));
        }
    }

    #[test]
    fn builder_methods_keep_other_settings() {
        let fault = Fault::throttled().retry_after(Duration::from_secs(3)).after(Duration::from_millis(1));
        assert_eq!(
            (fault.retry_after, fault.delay),
            (Some(Duration::from_secs(3)), Duration::from_millis(1))
        );
        let detailed = Fault::code(codes::NO_SUCH_VM).details("unknown ID");
        assert!(matches!(detailed.fault, FaultKind::Error { details, .. } if details == "unknown ID"));
        assert_eq!(Fault::cut().details("none"), Fault::cut());
    }
}

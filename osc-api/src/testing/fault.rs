//! What a call gets in place of its answer.

use std::time::Duration;

use serde_json::{Value, json};

use crate::codes;

/// What a call gets in place of its answer: an error, a connection that breaks, or nothing for a while.
///
/// [`FakeApi::next`](super::FakeApi::next) plans it; a handler can also return it, and then the answer that
/// [`delay`](Self::delay) and [`cut_answer`](Self::cut_answer) speak of is the published one.
///
/// ```
/// use std::time::Duration;
///
/// use osc_api::codes;
/// use osc_api::testing::Fault;
///
/// let gone = Fault::code(codes::NO_SUCH_VM);
/// let busy = Fault::throttled().retry_after(Duration::from_secs(2));
/// let slow = Fault::cut_answer().after(Duration::from_millis(5));
/// # let _ = (gone, busy, slow);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a fault does nothing until a fake is told of it"]
pub struct Fault {
    pub(super) outcome: Outcome,
    /// Before anything else happens.
    pub(super) delay: Duration,
    pub(super) retry_after: Option<Duration>,
}

/// What becomes of the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// An error in the API's own form.
    Error { status: u16, code: Option<u32>, kind: String, details: String },
    /// Something that the API did not write.
    Text { status: u16, text: String },
    /// The connection ends before the action is carried out.
    Cut,
    /// The action is carried out, and the connection ends in the middle of the answer.
    CutAnswer,
    /// What would have come anyway.
    Answer,
}

impl Fault {
    /// An error of the API by its code, such as those in [`codes`]. Status and type are those that the code
    /// comes with in the cloud.
    pub fn code(code: u32) -> Self {
        let (status, kind) = usual(code);
        Self::error(status, code, kind, "")
    }

    /// An error of the API: HTTP status, code, type and details. A status that HTTP has no answer for is sent as 500.
    pub fn error(status: u16, code: u32, kind: impl Into<String>, details: impl Into<String>) -> Self {
        Self::new(Outcome::Error { status, code: Some(code), kind: kind.into(), details: details.into() })
    }

    /// Too many requests of the account: status 429, code 24. The action is not carried out.
    pub fn throttled() -> Self {
        Self::code(codes::THROTTLED_BY_ACCOUNT)
    }

    /// An answer of something on the way, such as a gateway: HTTP status and any text.
    pub fn status(status: u16, text: impl Into<String>) -> Self {
        Self::new(Outcome::Text { status, text: text.into() })
    }

    /// The connection breaks once the request was read. The action is not carried out; its caller cannot know.
    pub fn cut() -> Self {
        Self::new(Outcome::Cut)
    }

    /// The action is carried out, but the connection breaks in the middle of the answer.
    pub fn cut_answer() -> Self {
        Self::new(Outcome::CutAnswer)
    }

    /// The answer is the one that would have come anyway, so much later.
    pub fn delay(delay: Duration) -> Self {
        Self::new(Outcome::Answer).after(delay)
    }

    /// The same, so much later, in real time. The action is carried out before, not after.
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The same with the header `Retry-After`, which has whole seconds: what is more is left out.
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The same with other details. Only errors of the API have any.
    pub fn details(mut self, text: impl Into<String>) -> Self {
        if let Outcome::Error { details, .. } = &mut self.outcome {
            *details = text.into();
        }
        self
    }

    /// An error in the API's form for which no code is known.
    pub(super) fn uncoded(status: u16, kind: &str, details: impl Into<String>) -> Self {
        Self::new(Outcome::Error { status, code: None, kind: kind.to_owned(), details: details.into() })
    }

    fn new(outcome: Outcome) -> Self {
        Self { outcome, delay: Duration::ZERO, retry_after: None }
    }
}

/// The body of an error in the API's form.
pub(super) fn error_body(code: Option<u32>, kind: &str, details: &str) -> Value {
    let mut error = json!({ "Type": kind, "Details": details });
    if let (Some(code), Value::Object(error)) = (code, &mut error) {
        error.insert("Code".to_owned(), code.to_string().into());
    }
    json!({ "Errors": [error] })
}

/// Status and type of a code, by the ranges that codes come in.
fn usual(code: u32) -> (u16, &'static str) {
    match code {
        codes::METHOD_NOT_ALLOWED => (405, "AccessDenied"),
        codes::THROTTLED_BY_PLATFORM => (503, "ServiceUnavailable"),
        8 | 10 => (403, "AccessDenied"),
        codes::THROTTLED_BY_ACCOUNT | codes::THROTTLED_BY_ACTION => (429, "TooManyRequests"),
        0..1000 => (401, "AccessDenied"),
        1000..2000 => (424, "DependencyProblem"),
        4000..5000 => (400, "InvalidParameterValue"),
        5000..6000 => (400, "InvalidResource"),
        6000..7000 => (409, "InvalidState"),
        9000..10_000 => (409, "ResourceConflict"),
        10_001 => (409, "InsufficientCapacity"),
        10_000..11_000 => (400, "TooManyResources (QuotaExceded)"),
        _ => (400, "Unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_as_the_cloud_sends_them() {
        for (code, status, kind) in [
            (codes::NO_SUCH_VM, 400, "InvalidResource"),
            (4120, 400, "InvalidParameterValue"),
            (1, 401, "AccessDenied"),
            (2, 405, "AccessDenied"),
            (6, 503, "ServiceUnavailable"),
            (25, 429, "TooManyRequests"),
            (6031, 409, "InvalidState"),
        ] {
            let Outcome::Error { status: found, code: told, kind: found_kind, .. } =
                Fault::code(code).outcome
            else {
                panic!("{code} is an error");
            };
            assert_eq!((found, told, found_kind.as_str()), (status, Some(code), kind));
        }
    }

    #[test]
    fn what_is_set_is_kept() {
        let fault = Fault::throttled().retry_after(Duration::from_secs(3)).after(Duration::from_millis(1));
        assert_eq!(
            (fault.retry_after, fault.delay),
            (Some(Duration::from_secs(3)), Duration::from_millis(1))
        );
        let detailed = Fault::code(codes::NO_SUCH_VM).details("which one?");
        assert!(matches!(detailed.outcome, Outcome::Error { details, .. } if details == "which one?"));
        assert_eq!(Fault::cut().details("none"), Fault::cut());
    }
}

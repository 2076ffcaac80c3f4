//! Recorded calls.

use std::fmt;

use serde_json::Value;

/// A call that a fake received.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct RecordedCall {
    /// The name of the action, or the path of a request that is not an action.
    pub action: String,
    /// The body, or null if it was not JSON.
    pub body: Value,
    /// The status of the response, or `None` if the connection was closed before.
    pub status: Option<u16>,
    /// The request ID of the response.
    pub request_id: String,
}

/// Shows only the names of the body's members: their values may be secret.
impl fmt::Debug for RecordedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, body, status, request_id } = self;
        let members: Vec<&String> = body.as_object().into_iter().flat_map(|body| body.keys()).collect();
        f.debug_struct("RecordedCall")
            .field("action", action)
            .field("body", &members)
            .field("status", status)
            .field("request_id", request_id)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn debug_shows_no_values() {
        let body = json!({ "Login": "marker-1", "Password": { "x": "marker-2" } });
        let call =
            RecordedCall { action: "CheckAuthentication".into(), body, status: None, request_id: "1".into() };
        let debug = format!("{call:?} {call:#?}");
        assert!(debug.contains("Password") && !debug.contains("marker"), "{debug}");
    }
}

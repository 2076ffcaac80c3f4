//! What a fake remembers.

use std::fmt;

use serde_json::Value;

/// A call that a fake got.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Call {
    /// The name of the action; for a request that is none, its path.
    pub action: String,
    /// The body, or null where it was no JSON.
    pub body: Value,
    /// The status of the answer, or `None` where the connection was cut before.
    pub status: Option<u16>,
    /// The request identifier of the answer.
    pub request_id: String,
}

/// Shows the names of the body's members only: their values may be secret.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, body, status, request_id } = self;
        let members: Vec<&String> = body.as_object().into_iter().flat_map(|body| body.keys()).collect();
        f.debug_struct("Call")
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
        let call = Call { action: "CheckAuthentication".into(), body, status: None, request_id: "1".into() };
        let shown = format!("{call:?} {call:#?}");
        assert!(shown.contains("Password") && !shown.contains("marker"), "{shown}");
    }
}

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
    /// The headers of the request, in order, with names in lower case.
    pub headers: Vec<(String, String)>,
}

impl RecordedCall {
    /// The value of a header, whose name may be in upper or lower case. The first one, if there are several.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use osc_api::testing::FakeApi;
    /// # use osc_api::types::ReadVmsRequest;
    /// let fake = FakeApi::start()?;
    /// fake.client()?.read_vms(&ReadVmsRequest::new()).await?;
    /// assert_eq!(fake.calls()[0].header("Content-Type"), Some("application/json"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Shows only the names of the headers and of the body's members: their values may be secret.
impl fmt::Debug for RecordedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, body, status, request_id, headers } = self;
        let members: Vec<&String> = body.as_object().into_iter().flat_map(|body| body.keys()).collect();
        f.debug_struct("RecordedCall")
            .field("action", action)
            .field("body", &members)
            .field("status", status)
            .field("request_id", request_id)
            .field("headers", &headers.iter().map(|(name, _)| name).collect::<Vec<_>>())
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
        let headers = vec![("authorization".to_owned(), "marker-3".to_owned())];
        let call = RecordedCall {
            action: "CheckAuthentication".into(),
            body,
            status: None,
            request_id: "1".into(),
            headers,
        };
        let debug = format!("{call:?} {call:#?}");
        assert!(
            debug.contains("Password") && debug.contains("authorization") && !debug.contains("marker"),
            "{debug}"
        );
    }
}

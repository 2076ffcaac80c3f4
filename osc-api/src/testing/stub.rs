//! Responses of a fake.

use std::io;
use std::time::Duration;

use hyper::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use serde_json::Value;

use super::body::Body;

/// The header with the request ID of responses without a JSON body.
const REQUEST_ID: &str = "x-request-id";

/// A response, and its delay.
pub(super) struct StubResponse {
    pub(super) status: u16,
    pub(super) content: Content,
    pub(super) delay: Duration,
    pub(super) retry_after: Option<Duration>,
    pub(super) request_id: String,
}

/// The body.
pub(super) enum Content {
    Json(Value),
    /// The first half of it.
    Half(Value),
    Text(String),
    /// No response: the connection is closed.
    Nothing,
}

impl StubResponse {
    /// The status, if there is a response.
    pub(super) fn status(&self) -> Option<u16> {
        (!matches!(self.content, Content::Nothing)).then(|| self.code().as_u16())
    }

    /// The status code. An invalid one becomes 500.
    fn code(&self) -> StatusCode {
        let code = StatusCode::from_u16(self.status).ok().filter(|code| !code.is_informational());
        code.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The HTTP response.
    ///
    /// # Errors
    /// Returns an error if the connection is to be closed instead.
    pub(super) fn into_http(self) -> io::Result<Response<Body>> {
        let code = self.code();
        let Self { content, retry_after, request_id, .. } = self;
        let (media_type, body) = match content {
            Content::Json(value) => ("application/json", Body::whole(value.to_string())),
            Content::Half(value) => ("application/json", Body::half(value.to_string())),
            Content::Text(text) => ("text/plain; charset=utf-8", Body::whole(text)),
            Content::Nothing => return Err(io::ErrorKind::ConnectionAborted.into()),
        };
        let mut response = Response::new(body);
        *response.status_mut() = code;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        if let Ok(id) = HeaderValue::try_from(request_id) {
            headers.insert(REQUEST_ID, id);
        }
        if let Some(delay) = retry_after {
            headers.insert(RETRY_AFTER, delay.as_secs().into());
        }
        Ok(response)
    }
}

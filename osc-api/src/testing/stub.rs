//! An answer on its way out.

use std::io;
use std::time::Duration;

use hyper::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use serde_json::Value;

use super::body::Body;

/// The header that has the request identifier of answers without a body in JSON.
const REQUEST_ID: &str = "x-request-id";

/// What goes out, and when.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) content: Content,
    pub(super) delay: Duration,
    pub(super) retry_after: Option<Duration>,
    pub(super) request_id: String,
}

/// What follows the headers.
pub(super) enum Content {
    Json(Value),
    /// As much of it as shows that there was more.
    Half(Value),
    Text(String),
    /// Not even headers.
    Nothing,
}

impl Reply {
    /// The status, if one goes out.
    pub(super) fn status(&self) -> Option<u16> {
        (!matches!(self.content, Content::Nothing)).then(|| self.code().as_u16())
    }

    /// The status in the terms of HTTP. What cannot be the status of an answer is a failure of the server.
    fn code(&self) -> StatusCode {
        let code = StatusCode::from_u16(self.status).ok().filter(|code| !code.is_informational());
        code.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The answer in the terms of HTTP.
    ///
    /// # Errors
    /// Where the connection is to break instead.
    pub(super) fn into_response(self) -> io::Result<Response<Body>> {
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
        if let Some(wait) = retry_after {
            headers.insert(RETRY_AFTER, wait.as_secs().into());
        }
        Ok(response)
    }
}

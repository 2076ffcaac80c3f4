//! One attempt over HTTP: connections, timeouts and limits.

mod date;
mod roots;
mod setup;
mod tls;

use std::error::Error as StdError;
use std::mem;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{
    AGE, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, DATE, HOST, HeaderMap, HeaderName, HeaderValue,
    RETRY_AFTER,
};
use reqwest::{Method, Request};
use tokio::runtime::{self, Handle};
use url::Url;

use crate::config::endpoint::Endpoint;
use crate::error::{Error, ErrorRepr, Result};
use crate::generated::service::DATE_HEADER;
use crate::sign;

use setup::{HttpClient, HttpClientBuilder};
use tls::Diagnosis;

pub(crate) use date::parse as parse_date;
pub(crate) use reqwest::header;
pub(crate) use setup::{Checked, Options};

/// The date of a request, required by the server.
const REQUEST_DATE: HeaderName = HeaderName::from_static(DATE_HEADER);

/// Maximum number of bytes allocated for the announced length of a response, before it arrives.
const MAX_INITIAL_ALLOCATION: usize = 1 << 20;

/// Number of headers that a request has without those of the caller: two of this module, two of the authentication,
/// `User-Agent` and `Accept`.
const MAX_FIXED_HEADERS: usize = 6;

/// The authentication headers of a request.
#[derive(Default)]
pub(crate) struct AuthHeaders {
    pub(crate) date: Option<HeaderValue>,
    /// Marked as sensitive.
    pub(crate) authorization: Option<HeaderValue>,
}

/// One attempt.
pub(crate) struct Attempt<'a> {
    pub(crate) action: &'a str,
    /// The path of the action: see [`Endpoint::path_of`].
    pub(crate) path: String,
    pub(crate) auth: AuthHeaders,
    /// Headers of the caller.
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: Bytes,
    /// Whether the request may be sent over a connection that was used before, and that the server may close at any
    /// moment: then it is unknown whether the request was carried out.
    pub(crate) reuses_connection: bool,
    /// From connecting to the last byte of the response.
    pub(crate) timeout: Duration,
    /// Maximum size of the response, in bytes.
    pub(crate) max_response_size: usize,
}

/// A complete response.
pub(crate) struct HttpResponse {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    headers: HeaderMap,
}

impl HttpResponse {
    /// The server's date, if the response was not cached on its way.
    pub(crate) fn date(&self) -> Option<&str> {
        self.header(DATE).filter(|_| !self.headers.contains_key(AGE))
    }

    /// The delay that the server requests, given in seconds or as a date.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let text = self.header(RETRY_AFTER)?.trim();
        match text.parse() {
            Ok(seconds) => Some(Duration::from_secs(seconds)),
            Err(_) => {
                let until = parse_date(text)?;
                // Both dates are of the server's clock, so this machine's clock does not matter.
                let now = parse_date(self.header(DATE)?)?;
                Some(Duration::try_from(until.duration_since(now)).unwrap_or_default())
            }
        }
    }

    /// The compression of the response, although the client did not accept any.
    pub(crate) fn encoding(&self) -> Option<&str> {
        self.header(CONTENT_ENCODING).filter(|name| !name.eq_ignore_ascii_case("identity"))
    }

    fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Hint for a server that does not speak HTTP: a TLS port responds to plain HTTP with an alert.
const HTTP_TO_TLS: &str = "if the port expects TLS, use https in the endpoint";

/// Maximum number of runtimes whose connections are kept.
const MAX_POOLS: usize = 8;

/// The connections to one endpoint.
pub(crate) struct Transport {
    /// Reuse connections, each within one runtime: a connection makes no progress while its runtime is idle. The runtime
    /// that was used last comes last.
    pools: Mutex<Vec<(runtime::Id, HttpClient)>>,
    /// Opens a connection for each request.
    unpooled: HttpClient,
    builder: HttpClientBuilder,
    is_plain_http: bool,
    /// The address without an action.
    url: Url,
    host: String,
    /// The headers of every request.
    headers: HeaderMap,
}

impl Transport {
    /// Prepares the connections to an endpoint; opens none yet.
    ///
    /// # Errors
    /// Returns an error if the platform has no usable trust roots.
    pub(crate) fn new(options: &Options, checked: Checked, endpoint: &Endpoint) -> Result<Self> {
        let builder = HttpClientBuilder::new(options, checked, endpoint)?;
        let host = HeaderValue::from_str(endpoint.host())
            .map_err(|error| Error::setup("the host of the endpoint cannot be sent in a header", error))?;
        let content_type = HeaderValue::from_static(sign::CONTENT_TYPE);
        Ok(Self {
            pools: Mutex::default(),
            unpooled: builder.build(0)?,
            builder,
            is_plain_http: !endpoint.is_https(),
            url: endpoint.url().clone(),
            host: endpoint.host().to_owned(),
            headers: HeaderMap::from_iter([(HOST, host), (CONTENT_TYPE, content_type)]),
        })
    }

    /// A transport to the same endpoint with its own connections.
    #[cfg(feature = "blocking")]
    pub(crate) fn separate(&self) -> Self {
        Self {
            pools: Mutex::default(),
            unpooled: self.unpooled.clone(),
            builder: self.builder.clone(),
            is_plain_http: self.is_plain_http,
            url: self.url.clone(),
            host: self.host.clone(),
            headers: self.headers.clone(),
        }
    }

    /// The connections of the current runtime.
    fn pooled(&self) -> Result<HttpClient> {
        let Ok(runtime) = Handle::try_current() else { return Ok(self.unpooled.clone()) };
        let id = runtime.id();
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((last, client)) = pools.last()
            && *last == id
        {
            return Ok(client.clone());
        }
        let client = match pools.iter().position(|(other, _)| *other == id) {
            Some(index) => pools.remove(index).1,
            None => self.builder.build(usize::MAX)?,
        };
        if pools.len() >= MAX_POOLS {
            pools.remove(0);
        }
        pools.push((id, client.clone()));
        Ok(client)
    }

    /// Sends one request once, and reads the whole response.
    ///
    /// # Errors
    /// Returns an error if no complete response arrives, or if it is too large.
    pub(crate) async fn send(&self, attempt: Attempt<'_>) -> Result<HttpResponse> {
        let Attempt { action, path, auth, headers, body, reuses_connection, timeout, max_response_size } =
            attempt;
        let http = if reuses_connection { self.pooled()? } else { self.unpooled.clone() };
        let mut url = self.url.clone();
        url.set_path(&path);
        let mut request = Request::new(Method::POST, url);
        *request.timeout_mut() = Some(timeout);
        *request.body_mut() = Some(body.into());
        let all = request.headers_mut();
        // A clone of the fixed ones would have no room for the others.
        all.reserve(MAX_FIXED_HEADERS + headers.len());
        for (name, value) in self.headers.iter().chain(headers) {
            all.append(name, value.clone());
        }
        if let Some(date) = auth.date {
            all.insert(REQUEST_DATE, date);
        }
        if let Some(authorization) = auth.authorization {
            all.insert(AUTHORIZATION, authorization);
        }
        let response = http.execute(request).await.map_err(|error| self.failure(action, error))?;
        self.read(action, response, max_response_size).await
    }

    /// Reads the response. The body of a refusal that is too large is left out: the status says enough, for example that the
    /// authentication failed.
    async fn read(
        &self,
        action: &str,
        mut response: reqwest::Response,
        limit: usize,
    ) -> Result<HttpResponse> {
        let (status, headers) = (response.status(), mem::take(response.headers_mut()));
        let too_large = |headers| match status.is_client_error() {
            true => Ok(HttpResponse { status: status.as_u16(), body: Vec::new(), headers }),
            false => Err(Error::new(action, ErrorRepr::TooLarge { limit })),
        };
        let announced = usize::try_from(response.content_length().unwrap_or_default()).unwrap_or(usize::MAX);
        if announced > limit {
            return too_large(headers);
        }
        let mut body = Vec::with_capacity(announced.min(MAX_INITIAL_ALLOCATION));
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failure(action, error))? {
            if chunk.len() > limit - body.len() {
                return too_large(headers);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpResponse { status: status.as_u16(), body, headers })
    }

    fn failure(&self, action: &str, error: reqwest::Error) -> Error {
        let Diagnosis { advice, permanent } = tls::diagnose(&error);
        let advice = advice.or_else(|| (self.is_plain_http && is_not_http(&error)).then_some(HTTP_TO_TLS));
        let kind = ErrorRepr::Transport {
            host: self.host.clone(),
            timeout: error.is_timeout(),
            connect: error.is_connect(),
            permanent,
            advice,
            // The host and the action are in the message already.
            source: Box::new(error.without_url()) as Box<dyn StdError + Send + Sync>,
        };
        Error::new(action, kind)
    }
}

/// Whether the server's first bytes are not HTTP. The library says so only in its message.
fn is_not_http(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.to_string().starts_with("invalid HTTP version") {
            return true;
        }
        next = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retry_after(text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(DATE, HeaderValue::from_static("Mon, 01 Jan 2024 00:00:00 GMT"));
        headers.insert(RETRY_AFTER, HeaderValue::from_str(text).unwrap());
        HttpResponse { status: 429, body: Vec::new(), headers }.retry_after()
    }

    #[test]
    fn retry_after_is_read_in_seconds_or_as_a_date() {
        for (text, seconds) in [
            ("0", 0),
            (" 7 ", 7),
            ("Mon, 01 Jan 2024 00:01:30 GMT", 90),
            ("Monday, 01-Jan-24 00:01:30 GMT", 90),
            ("Mon Jan  1 00:01:30 2024", 90),
            ("Sun, 31 Dec 2023 00:00:00 GMT", 0),
        ] {
            assert_eq!(retry_after(text), Some(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn an_invalid_retry_after_is_ignored() {
        for text in ["", "soon", "-1", "1.5", "99999999999999999999999", "Mon, 99 Jan 2024 00:00:00 GMT"] {
            assert_eq!(retry_after(text), None, "{text}");
        }
        assert_eq!(
            HttpResponse { status: 429, body: Vec::new(), headers: HeaderMap::new() }.retry_after(),
            None
        );
    }
}

//! Requests over HTTP: connections, time-outs and bounds.

mod roots;
mod setup;
mod tls;

use std::error::Error as StdError;
use std::mem;
use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, DATE, HOST, HeaderMap, HeaderName, HeaderValue,
    RETRY_AFTER,
};
use url::Url;
use zeroize::Zeroizing;

use crate::config::endpoint::Endpoint;
use crate::error::{Error, ErrorRepr, Result};
use crate::sign;

use tls::Diagnosis;

pub(crate) use setup::{Checked, Options};

/// The date of a request, which is signed or at least wanted by the server.
const X_OSC_DATE: HeaderName = HeaderName::from_static("x-osc-date");

/// As much is set aside for an answer that says how long it is; a longer one has to come before it takes
/// more.
const FIRST_ALLOCATION: usize = 1 << 20;

/// What a request says about who sends it.
#[derive(Default)]
pub(crate) struct Identity {
    pub(crate) date: Option<String>,
    pub(crate) authorization: Option<Zeroizing<String>>,
}

/// One attempt to get an answer.
pub(crate) struct Attempt<'a> {
    pub(crate) action: &'a str,
    pub(crate) url: Url,
    pub(crate) identity: Identity,
    pub(crate) body: Vec<u8>,
    /// From the first byte of the connection to the last one of the answer.
    pub(crate) timeout: Duration,
    /// The largest answer that is read, in bytes.
    pub(crate) max_response_size: usize,
}

/// A complete answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    headers: HeaderMap,
}

impl Reply {
    /// When the server wrote the answer, by its own clock.
    pub(crate) fn date(&self) -> Option<&str> {
        self.header(DATE)
    }

    /// How long the server wants to be left alone: in seconds, or up to a date.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let text = self.header(RETRY_AFTER)?.trim();
        match text.parse() {
            Ok(seconds) => Some(Duration::from_secs(seconds)),
            Err(_) => {
                let parser = DateTimeParser::new();
                let until = parser.parse_timestamp(text).ok()?;
                // Both dates are of the server's clock, so that ours need not be right.
                let now = parser.parse_timestamp(self.date()?).ok()?;
                Some(Duration::try_from(until.duration_since(now)).unwrap_or_default())
            }
        }
    }

    /// How the answer is compressed, which nobody asked for.
    pub(crate) fn encoding(&self) -> Option<&str> {
        self.header(CONTENT_ENCODING).filter(|name| !name.eq_ignore_ascii_case("identity"))
    }

    fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// The connections to one endpoint.
pub(crate) struct Transport {
    http: reqwest::Client,
    host: HeaderValue,
    /// What it was made of, for another one with connections of its own.
    #[cfg(feature = "blocking")]
    made_of: (Options, Checked),
}

impl Transport {
    /// Prepares for an endpoint; connects to nothing yet.
    ///
    /// # Errors
    /// When the platform has no usable trust roots.
    pub(crate) fn new(options: &Options, checked: Checked, endpoint: &Endpoint) -> Result<Self> {
        #[cfg(feature = "blocking")]
        let made_of = (options.clone(), checked.clone());
        let http = setup::http(options, checked, endpoint)?;
        let host = HeaderValue::from_str(endpoint.host())
            .map_err(|error| Error::setup("the host of the endpoint is not one that can be sent", error))?;
        Ok(Self {
            http,
            host,
            #[cfg(feature = "blocking")]
            made_of,
        })
    }

    /// The same for the same endpoint, with connections of its own.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    #[cfg(feature = "blocking")]
    pub(crate) fn apart(&self, endpoint: &Endpoint) -> Result<Self> {
        let (options, checked) = &self.made_of;
        Self::new(options, checked.clone(), endpoint)
    }

    /// Sends one request, once, and reads the whole answer.
    ///
    /// # Errors
    /// When no complete answer came, or one that is too large.
    pub(crate) async fn send(&self, attempt: Attempt<'_>) -> Result<Reply> {
        let Attempt { action, url, identity, body, timeout, max_response_size } = attempt;
        let mut request = self
            .http
            .post(url)
            .timeout(timeout)
            .header(HOST, self.host.clone())
            .header(CONTENT_TYPE, HeaderValue::from_static(sign::CONTENT_TYPE))
            .body(body);
        if let Some(date) = identity.date {
            request = request.header(X_OSC_DATE, date);
        }
        if let Some(authorization) = identity.authorization {
            request = request.header(AUTHORIZATION, secret_header(action, &authorization)?);
        }
        let response = request.send().await.map_err(|error| self.failure(action, error))?;
        self.read(action, response, max_response_size).await
    }

    async fn read(&self, action: &str, mut response: reqwest::Response, limit: usize) -> Result<Reply> {
        let too_large = || Error::new(action, ErrorRepr::TooLarge { limit });
        let announced = usize::try_from(response.content_length().unwrap_or_default()).unwrap_or(usize::MAX);
        if announced > limit {
            return Err(too_large());
        }
        let mut body = Vec::with_capacity(announced.min(FIRST_ALLOCATION));
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failure(action, error))? {
            if chunk.len() > limit - body.len() {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        let headers = mem::take(response.headers_mut());
        Ok(Reply { status: response.status().as_u16(), body, headers })
    }

    fn failure(&self, action: &str, error: reqwest::Error) -> Error {
        let Diagnosis { advice, permanent } = tls::diagnose(&error);
        let kind = ErrorRepr::Transport {
            host: self.host.to_str().unwrap_or_default().to_owned(),
            timeout: error.is_timeout(),
            connect: error.is_connect(),
            permanent,
            advice,
            // The address adds nothing to the host and the action, which are told already.
            source: Box::new(error.without_url()) as Box<dyn StdError + Send + Sync>,
        };
        Error::new(action, kind)
    }
}

/// A header that nobody logs.
fn secret_header(action: &str, text: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        let reason = "the credentials have a character that no header can carry: copy them again".to_owned();
        Error::new(action, ErrorRepr::NotSent { reason, credentials: true })
    })?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retry_after(text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(DATE, HeaderValue::from_static("Mon, 01 Jan 2024 00:00:00 GMT"));
        headers.insert(RETRY_AFTER, HeaderValue::from_str(text).unwrap());
        Reply { status: 429, body: Vec::new(), headers }.retry_after()
    }

    #[test]
    fn the_server_can_ask_in_seconds_or_with_a_date() {
        for (text, seconds) in [
            ("0", 0),
            (" 7 ", 7),
            ("Mon, 01 Jan 2024 00:01:30 GMT", 90),
            ("Sun, 31 Dec 2023 00:00:00 GMT", 0),
        ] {
            assert_eq!(retry_after(text), Some(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_asks_for_nothing() {
        for text in ["", "soon", "-1", "1.5", "99999999999999999999999", "Mon, 99 Jan 2024 00:00:00 GMT"] {
            assert_eq!(retry_after(text), None, "{text}");
        }
        assert_eq!(Reply { status: 429, body: Vec::new(), headers: HeaderMap::new() }.retry_after(), None);
    }
}

//! Fetches one text over HTTP, within bounds.

use std::io::{ErrorKind, IsTerminal, Read, Write, stderr};
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use ureq::Agent;
use ureq::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use ureq::http::{HeaderName, Response, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Body, Error, Timeout};

use crate::import::published::FetchOptions;

/// The maximum size of a description. The published one has about one megabyte and grows by some kilobytes a month.
const MAX_SIZE: u64 = 20 << 20;

/// A reachable server accepts a connection quickly, even over a slow line.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The maximum number of redirects. A renamed repository and a storage host need two.
const MAX_REDIRECTS: u32 = 5;

/// The number of bytes to read at once.
const CHUNK_SIZE: usize = 16 << 10;

/// The number of bytes after which the progress is updated. A smaller number makes a terminal flicker.
const PROGRESS_STEP: usize = 64 << 10;

/// Why a fetch failed.
pub(super) enum Failure {
    /// The server has no such file.
    NotFound(String),
    /// Anything else.
    Other(String),
}

impl Failure {
    pub(super) fn into_message(self) -> String {
        match self {
            Self::NotFound(message) | Self::Other(message) => message,
        }
    }
}

/// A URL without its query, which may contain a token.
pub(super) fn shown(url: &Uri) -> String {
    let text = url.to_string();
    text.split_once('?').map_or(text.clone(), |(before, _)| before.to_owned())
}

/// Fetches a text. No credentials are sent; proxies are taken from the environment.
///
/// # Errors
/// Names the URL, the reason and the remedy.
pub(super) fn text(url: &Uri, options: &FetchOptions) -> Result<String, Failure> {
    let fail = |reason: String| Failure::Other(format!("cannot fetch {}: {reason}", shown(url)));
    let agent = agent(url, options.timeout);
    let response = agent.get(url).call().map_err(|error| fail(reason(&error, options.timeout)))?;
    let status = response.status();
    if !status.is_success() {
        let message =
            format!("cannot fetch {}: the server returned {status}{}", shown(url), hint(status.as_u16()));
        let is_missing = matches!(status.as_u16(), 404 | 410);
        return Err(if is_missing { Failure::NotFound(message) } else { Failure::Other(message) });
    }
    check_head(&response, options.is_pinned).map_err(fail)?;
    let bytes = read(response.into_body(), url, options.timeout).map_err(fail)?;
    if bytes.trim_ascii_start().first() == Some(&b'<') {
        return Err(fail(WEB_PAGE.to_owned()));
    }
    osc_codegen::decode(bytes).map_err(|reason| fail(format!("it {reason}")))
}

const WEB_PAGE: &str = "it is a web page, not a description: give the URL of the raw file";

fn agent(url: &Uri, timeout: Duration) -> Agent {
    // The same TLS as the runtime: ring, passed explicitly, and the roots that the system trusts.
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        // An https URL must not be redirected to http.
        .https_only(url.scheme_str() == Some("https"))
        .max_redirects(MAX_REDIRECTS)
        .http_status_as_error(false)
        .timeout_connect(Some(CONNECT_TIMEOUT.min(timeout)))
        .timeout_global(Some(timeout))
        .user_agent(concat!("osc-api-xtask/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

/// Refuses a response that is not a description, or whose truncation could not be detected.
fn check_head(response: &Response<Body>, is_pinned: bool) -> Result<(), String> {
    let header =
        |name: HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    if header(CONTENT_TYPE).to_ascii_lowercase().starts_with("text/html") {
        return Err(WEB_PAGE.to_owned());
    }
    if !matches!(header(CONTENT_ENCODING), "" | "identity") {
        return Err(
            "the response is compressed, which was not requested: download the file and import it".to_owned()
        );
    }
    // Not the length that the client computes, which is absent for an empty body.
    let length = header(CONTENT_LENGTH).parse::<u64>().ok();
    if length.is_some_and(|length| length > MAX_SIZE) {
        return Err(too_large());
    }
    let is_chunked = header(TRANSFER_ENCODING).to_ascii_lowercase().contains("chunked");
    if length.is_none() && !is_chunked && !is_pinned {
        return Err(
            "the response has no length, so a truncated one could not be detected: give the digest with \
                    --sha256, or download the file and import it"
                .to_owned(),
        );
    }
    Ok(())
}

fn read(body: Body, url: &Uri, timeout: Duration) -> Result<Vec<u8>, String> {
    let mut progress = Progress::start(&shown(url), body.content_length());
    let mut reader = body.into_reader().take(MAX_SIZE + 1);
    let (mut bytes, mut piece) = (Vec::new(), vec![0; CHUNK_SIZE]);
    loop {
        let count = match reader.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(reason(&Error::from(error), timeout)),
        };
        bytes.extend(piece.iter().take(count));
        progress.update(bytes.len());
    }
    if bytes.len() as u64 > MAX_SIZE { Err(too_large()) } else { Ok(bytes) }
}

fn too_large() -> String {
    format!("it is larger than {} MB, the maximum", MAX_SIZE >> 20)
}

/// The remedy for a status.
fn hint(status: u16) -> &'static str {
    match status {
        403 | 429 => ": the server may limit requests; wait some minutes, or download the file and import it",
        404 | 410 => ": there is no such file",
        500.. => ": the server failed; try again later",
        _ => "",
    }
}

/// An error of the HTTP client as a message.
fn reason(error: &Error, timeout: Duration) -> String {
    match error {
        Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
            "the connection timed out: is the host correct, and \
             is a proxy needed (HTTPS_PROXY)?"
                .to_owned()
        }
        Error::Timeout(_) => {
            format!("it took longer than {} s: allow more with --timeout SECONDS", timeout.as_secs_f64())
        }
        Error::TooManyRedirects => format!("it was redirected more than {MAX_REDIRECTS} times"),
        // The target of the redirect may contain a token.
        Error::BadUri(_) => "it was redirected to an invalid URL".to_owned(),
        Error::RequireHttpsOnly(_) => {
            "it was redirected from https to plain http, which is not followed".to_owned()
        }
        Error::HostNotFound => "unknown host: is it correct, and is a proxy needed (HTTPS_PROXY)?".to_owned(),
        Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => {
            "the host refuses the connection: is the port correct, and is a proxy needed (HTTPS_PROXY)?"
                .to_owned()
        }
        Error::Io(error) if error.kind() == ErrorKind::UnexpectedEof => {
            "the connection was closed before the whole text arrived: try again".to_owned()
        }
        other => other.to_string(),
    }
}

/// The progress of a fetch: one line on a terminal, nothing in a pipe.
struct Progress {
    name: String,
    length: Option<u64>,
    shown: usize,
    is_terminal: bool,
}

impl Progress {
    /// Starts with the name of the text, and its length in bytes if known.
    fn start(name: &str, length: Option<u64>) -> Self {
        let name = osc_codegen::visible(name);
        let progress = Self { name, length, shown: 0, is_terminal: stderr().is_terminal() };
        progress.show(0);
        progress
    }

    fn update(&mut self, bytes: usize) {
        if bytes >= self.shown + PROGRESS_STEP {
            self.shown = bytes;
            self.show(bytes);
        }
    }

    fn show(&self, bytes: usize) {
        if self.is_terminal {
            let of = self.length.map(|length| format!(" of {}", length >> 10)).unwrap_or_default();
            _ = write!(stderr(), "\r{}: {}{of} KB", self.name, bytes >> 10);
        }
    }
}

impl Drop for Progress {
    /// Clears the line.
    fn drop(&mut self) {
        if self.is_terminal {
            _ = write!(stderr(), "\r\x1b[K");
        }
    }
}

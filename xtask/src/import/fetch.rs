//! One text over HTTP, within bounds.

use std::io::{ErrorKind, Read};
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use ureq::Agent;
use ureq::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use ureq::http::{HeaderName, Response, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Body, Error, Timeout};

use super::progress::Progress;
use super::source::Fetching;

/// Larger answers are no description: the published one has about one megabyte, and grows by some kilobytes a month.
const LARGEST: u64 = 20 << 20;

/// A server that is there takes a call at once, even over a slow line.
const CONNECT: Duration = Duration::from_secs(10);

/// All of it: a megabyte over a line of 10 KB/s.
pub(super) const TOTAL: Duration = Duration::from_secs(120);

/// Redirects that are followed: a renamed repository and a storage host need two.
const REDIRECTS: u32 = 5;

/// Bytes that are read at once.
const PIECE: usize = 16 << 10;

/// Why a text could not be had.
pub(super) enum Failure {
    /// The server says that it has no such thing.
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

/// An address as it may be shown and recorded: a query can hold a token.
pub(super) fn shown(url: &Uri) -> String {
    let text = url.to_string();
    text.split_once('?').map_or(text.clone(), |(before, _)| before.to_owned())
}

/// Fetches a text. Nothing secret is sent, so nothing can be forwarded; proxies are taken from the environment.
///
/// # Errors
/// Names the address, what is wrong, and what to do.
pub(super) fn text(url: &Uri, fetching: &Fetching) -> Result<String, Failure> {
    let fail = |what: String| Failure::Other(format!("cannot fetch {}: {what}", shown(url)));
    let agent = agent(url, fetching.timeout);
    let answer = agent.get(url).call().map_err(|error| fail(reason(&error, fetching.timeout)))?;
    let status = answer.status();
    if !status.is_success() {
        let message =
            format!("cannot fetch {}: the server answered {status}{}", shown(url), advice(status.as_u16()));
        let is_missing = matches!(status.as_u16(), 404 | 410);
        return Err(if is_missing { Failure::NotFound(message) } else { Failure::Other(message) });
    }
    check_head(&answer, fetching.is_pinned).map_err(fail)?;
    let bytes = read(answer.into_body(), url, fetching.timeout).map_err(fail)?;
    if bytes.trim_ascii_start().first() == Some(&b'<') {
        return Err(fail(WEB_PAGE.to_owned()));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to() + 1;
        fail(format!("it is not UTF-8 text: the first wrong byte is number {at}"))
    })
}

const WEB_PAGE: &str = "it is a web page and no description: give the address of the raw file";

fn agent(url: &Uri, timeout: Duration) -> Agent {
    // The same TLS as the runtime: ring, given by hand, and the certificates that the system trusts.
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        // Who asked over https must not be led to http.
        .https_only(url.scheme_str() == Some("https"))
        .max_redirects(REDIRECTS)
        .http_status_as_error(false)
        .timeout_connect(Some(CONNECT.min(timeout)))
        .timeout_global(Some(timeout))
        .user_agent(concat!("osc-api-xtask/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

/// Refuses by the head what would be no use, or could be cut short without a trace.
fn check_head(answer: &Response<Body>, is_pinned: bool) -> Result<(), String> {
    let header =
        |name: HeaderName| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    if header(CONTENT_TYPE).to_ascii_lowercase().starts_with("text/html") {
        return Err(WEB_PAGE.to_owned());
    }
    if !matches!(header(CONTENT_ENCODING), "" | "identity") {
        return Err(
            "it comes compressed, which was not asked for: download it and import the file".to_owned()
        );
    }
    // Not what the client makes of it: to that, a text of no bytes has no length.
    let length = header(CONTENT_LENGTH).parse::<u64>().ok();
    if length.is_some_and(|length| length > LARGEST) {
        return Err(too_large());
    }
    let is_chunked = header(TRANSFER_ENCODING).to_ascii_lowercase().contains("chunked");
    if length.is_none() && !is_chunked && !is_pinned {
        return Err(
            "the server does not say how long it is, so that one cut short would pass for whole: give its \
                    digest with --sha256, or download it and import the file"
                .to_owned(),
        );
    }
    Ok(())
}

fn read(body: Body, url: &Uri, timeout: Duration) -> Result<Vec<u8>, String> {
    let mut progress = Progress::start(&shown(url), body.content_length());
    let mut reader = body.into_reader().take(LARGEST + 1);
    let (mut bytes, mut piece) = (Vec::new(), vec![0; PIECE]);
    loop {
        let count = match reader.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(reason(&Error::from(error), timeout)),
        };
        bytes.extend(piece.iter().take(count));
        progress.tell(bytes.len());
    }
    if bytes.len() as u64 > LARGEST { Err(too_large()) } else { Ok(bytes) }
}

fn too_large() -> String {
    format!("it has more than {} MB, which no description has", LARGEST >> 20)
}

/// What to do about a status.
fn advice(status: u16) -> &'static str {
    match status {
        403 | 429 => {
            ": it may limit how often one asks; wait some minutes, or download the text and import the file"
        }
        404 | 410 => ": there is nothing at this address",
        500.. => ": the fault is on its side; try again later",
        _ => "",
    }
}

/// An error of the client in words for somebody who wants the text.
fn reason(error: &Error, timeout: Duration) -> String {
    match error {
        Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
            "no connection in time: is the host right, and \
             is a proxy needed (HTTPS_PROXY)?"
                .to_owned()
        }
        Error::Timeout(_) => {
            format!("it did not come within {} s: give more with --timeout SECONDS", timeout.as_secs_f64())
        }
        Error::TooManyRedirects => format!("it was redirected more than {REDIRECTS} times"),
        // Where it was to lead may hold a token.
        Error::BadUri(_) => "it was redirected to what is no URL".to_owned(),
        Error::RequireHttpsOnly(_) => {
            "it was redirected from https to plain http, which is not followed".to_owned()
        }
        Error::HostNotFound => {
            "the host is not known: is it right, and is a proxy needed (HTTPS_PROXY)?".to_owned()
        }
        Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => {
            "the host refuses the connection: is the port right, and is a proxy needed (HTTPS_PROXY)?"
                .to_owned()
        }
        Error::Io(error) if error.kind() == ErrorKind::UnexpectedEof => {
            "the connection ended before the whole text was there: try again".to_owned()
        }
        other => other.to_string(),
    }
}

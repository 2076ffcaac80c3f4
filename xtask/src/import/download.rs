//! Descriptions that are downloaded: from a URL, or a release of the upstream repository.

mod fetch;

use std::path::PathBuf;

use ureq::http::Uri;

use self::fetch::Failure;
use super::published::{FetchOptions, Published};

/// The upstream repository has the files of each release below this URL, in a folder named after the tag.
const BASE_URL: &str = "https://raw.githubusercontent.com/outscale/osc-api/refs/tags";

/// The list of releases, for a person.
const RELEASES: &str = "https://github.com/outscale/osc-api/tags";

/// The name of the description in the upstream repository.
const FILE_NAME: &str = "outscale.yaml";

/// Where to download from.
#[derive(Debug, PartialEq)]
enum DownloadSource {
    /// A URL.
    Url(Uri),
    /// A release, without a leading `v`.
    Release(String),
}

/// Downloads the description that the argument names.
///
/// # Errors
/// Names the reason and the remedy.
pub(super) fn read(argument: &str, options: &FetchOptions) -> Result<Published, String> {
    match parse(argument)? {
        DownloadSource::Url(url) => {
            let text = fetch::text(&url, options).map_err(Failure::into_message)?;
            Ok(published(text, None, &url))
        }
        DownloadSource::Release(release) => fetch_release(release, options),
    }
}

/// Upstream tags are bare versions; a mirror may prefix them with `v`.
fn fetch_release(release: String, options: &FetchOptions) -> Result<Published, String> {
    let base = options.base_url.as_deref().unwrap_or(BASE_URL).trim_end_matches('/');
    let mut tried = Vec::new();
    for tag in [release.clone(), format!("v{release}")] {
        let url = format!("{base}/{tag}/{FILE_NAME}");
        let url = url_of(&url).map_err(|error| format!("--base-url: {error}"))?;
        match fetch::text(&url, options) {
            Ok(text) => return Ok(published(text, Some(release), &url)),
            Err(Failure::NotFound(_)) => tried.push(fetch::shown(&url)),
            Err(Failure::Other(message)) => return Err(message),
        }
    }
    let list = match options.base_url {
        None => format!("see {RELEASES} for the list"),
        Some(_) => "see the list below the base URL".to_owned(),
    };
    Err(format!("version {release} not found at {}; {list}", tried.join(" or ")))
}

fn published(text: String, release: Option<String>, url: &Uri) -> Published {
    let location = fetch::shown(url);
    Published { text, release, shown: PathBuf::from(&location), location }
}

fn parse(argument: &str) -> Result<DownloadSource, String> {
    let lower = argument.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return url_of(argument).map(DownloadSource::Url);
    }
    match release(argument) {
        Some(release) => Ok(DownloadSource::Release(release.to_owned())),
        None => Err(format!(
            "cannot import {argument:?}: it must be an existing file, a URL (http:// or https://) or a version (such as \
             1.41.0)"
        )),
    }
}

/// Parses a URL. Credentials are refused: they would be recorded in `source.toml` and shown in messages.
fn url_of(text: &str) -> Result<Uri, String> {
    let url: Uri = text.parse().map_err(|_| "invalid URL: it must be https://HOST/PATH".to_owned())?;
    let is_web = matches!(url.scheme_str(), Some("http" | "https"));
    match url.authority() {
        Some(authority) if authority.as_str().contains('@') => {
            Err("a URL with a user name or password is refused: download the file and import it".to_owned())
        }
        Some(authority) if is_web && !authority.host().is_empty() => Ok(url),
        _ => Err("invalid URL: it must be https://HOST/PATH".to_owned()),
    }
}

/// The version in `1.41.0` or `v1.41.0`: two or more numbers, with an optional suffix as in `1.41.0-beta.1`.
fn release(text: &str) -> Option<&str> {
    let version = text.strip_prefix('v').unwrap_or(text);
    let (numbers, suffix) = version.split_once('-').map_or((version, None), |(a, b)| (a, Some(b)));
    let mut parts = numbers.split('.');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_suffix = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-')
    };
    let is_version = numbers.contains('.') && parts.all(is_number) && suffix.is_none_or(is_suffix);
    is_version.then_some(version)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

    use super::*;

    #[test]
    fn versions_are_recognized() {
        for (text, expected) in [
            ("1.41.0", Some("1.41.0")),
            ("v1.41.0", Some("1.41.0")),
            ("1.0", Some("1.0")),
            ("1.41.0-beta.1", Some("1.41.0-beta.1")),
            ("1", None),
            ("v", None),
            ("1.", None),
            ("1..0", None),
            ("1.41.0-", None),
            ("1.41.0/..", None),
            ("../1.0", None),
            ("1.41.0-a/b", None),
            ("latest", None),
            ("", None),
        ] {
            assert_eq!(release(text), expected, "{text:?}");
        }
    }

    #[test]
    fn an_invalid_argument_names_the_valid_forms() {
        for text in ["no-such.yaml", "ftp://localhost/a", "latest", ""] {
            let error = parse(text).unwrap_err();
            assert!(["file", "URL", "version"].iter().all(|form| error.contains(form)), "{error}");
        }
        assert_eq!(
            parse("HTTPS://localhost/a").unwrap(),
            DownloadSource::Url("https://localhost/a".parse().unwrap())
        );
        for text in ["https://", "http://:80/a", "http://local host/"] {
            assert!(parse(text).unwrap_err().contains("https://HOST/PATH"), "{text}");
        }
    }

    #[test]
    fn credentials_in_a_url_are_refused_and_not_repeated() {
        for text in ["https://me:hidden@localhost/a", "https://hidden@localhost/a"] {
            let error = parse(text).unwrap_err();
            assert!(error.contains("password") && !error.contains("hidden"), "{error}");
        }
    }
}

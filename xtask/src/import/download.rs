//! Descriptions that are downloaded: from a URL, or a release of the upstream repository.

mod fetch;

use std::path::PathBuf;

use ureq::http::Uri;

use self::fetch::Failure;
use super::published::{FetchOptions, Published, release};

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
    match release(argument) {
        Some(release) => Ok(DownloadSource::Release(release.to_owned())),
        None => url_of(argument).map(DownloadSource::Url),
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

    use super::*;

    #[test]
    fn an_invalid_url_names_the_valid_form() {
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

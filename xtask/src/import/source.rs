//! Where a description is: a file, an address, or a release of the upstream repository.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ureq::http::Uri;

use super::fetch::{self, Failure};
use crate::sync;

/// Below it the upstream repository has each release's files, in a folder named after the release's tag.
pub(super) const BASE_URL: &str = "https://raw.githubusercontent.com/outscale/osc-api/refs/tags";

/// Where a person finds the list of releases.
const RELEASES: &str = "https://github.com/outscale/osc-api/tags";

/// The description's name in the upstream repository.
const FILE_NAME: &str = "outscale.yaml";

/// What the argument of `spec import` names.
#[derive(Debug, PartialEq)]
enum Place {
    /// A file that is there.
    File(PathBuf),
    /// An address.
    Url(Uri),
    /// A release, without a leading `v`.
    Release(String),
}

/// A description as it came, and from where.
pub(super) struct Published {
    /// The text.
    pub(super) text: String,
    /// The release that was asked for, where it was asked for by its version.
    pub(super) release: Option<String>,
    /// The file's name or the address: what `source.toml` records, and no path of anybody's machine.
    pub(super) location: String,
    /// What problems are reported against.
    pub(super) shown: PathBuf,
}

/// How to fetch.
pub(super) struct Fetching {
    /// In place of [`BASE_URL`].
    pub(super) base_url: Option<String>,
    /// How long a whole fetch may take.
    pub(super) timeout: Duration,
    /// Whether the text's digest is known, so that what the server does not say is found out anyway.
    pub(super) is_pinned: bool,
}

/// Reads or fetches what the argument names.
///
/// # Errors
/// Says what could not be had and what to do.
pub(super) fn read(argument: &str, fetching: &Fetching) -> Result<Published, String> {
    match place(argument)? {
        Place::File(path) => {
            let text = sync::read(&path)?;
            let location = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Ok(Published { text, release: None, location, shown: path })
        }
        Place::Url(url) => {
            let text = fetch::text(&url, fetching).map_err(Failure::into_message)?;
            Ok(published(text, None, &url))
        }
        Place::Release(release) => fetch_release(release, fetching),
    }
}

/// Upstream's tags are the bare versions; a repository that mirrors it may put a `v` before them.
fn fetch_release(release: String, fetching: &Fetching) -> Result<Published, String> {
    let base = fetching.base_url.as_deref().unwrap_or(BASE_URL).trim_end_matches('/');
    let mut tried = Vec::new();
    for tag in [release.clone(), format!("v{release}")] {
        let url = format!("{base}/{tag}/{FILE_NAME}");
        let url = address(&url).map_err(|error| format!("--base-url: {error}"))?;
        match fetch::text(&url, fetching) {
            Ok(text) => return Ok(published(text, Some(release), &url)),
            Err(Failure::NotFound(_)) => tried.push(fetch::shown(&url)),
            Err(Failure::Other(message)) => return Err(message),
        }
    }
    let list = match fetching.base_url {
        None => format!("look at {RELEASES} for the list"),
        Some(_) => "look at what there is below the base URL".to_owned(),
    };
    Err(format!("there is no version {release}: neither {} is there; {list}", tried.join(" nor ")))
}

fn published(text: String, release: Option<String>, url: &Uri) -> Published {
    let location = fetch::shown(url);
    Published { text, release, shown: PathBuf::from(&location), location }
}

/// A file that is there goes before anything that its name could mean.
fn place(argument: &str) -> Result<Place, String> {
    let path = Path::new(argument);
    if path.is_file() {
        return Ok(Place::File(path.to_owned()));
    }
    let lower = argument.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return address(argument).map(Place::Url);
    }
    match release(argument) {
        Some(release) => Ok(Place::Release(release.to_owned())),
        None => Err(format!(
            "{argument:?} is none of the three that can be imported: a file that is there, a URL (http:// or \
             https://), a version (such as 1.41.0)"
        )),
    }
}

/// An address without credentials: they would end up in `source.toml`, in messages and in the lists of processes.
fn address(text: &str) -> Result<Uri, String> {
    let url: Uri = text.parse().map_err(|_| "is not a URL: give it as https://HOST/PATH".to_owned())?;
    let is_web = matches!(url.scheme_str(), Some("http" | "https"));
    match url.authority() {
        Some(authority) if authority.as_str().contains('@') => {
            Err("a URL with a user name or a password in it is not fetched: download the text and import the file"
                .to_owned())
        }
        Some(authority) if is_web && !authority.host().is_empty() => Ok(url),
        _ => Err("is not a URL: give it as https://HOST/PATH".to_owned()),
    }
}

/// The version in `1.41.0` or `v1.41.0`: two numbers or more, and perhaps a suffix as in `1.41.0-beta.1`.
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
    fn versions_are_told_from_everything_else() {
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
    fn what_is_none_of_the_three_is_told_which_they_are() {
        for text in ["no-such.yaml", "ftp://localhost/a", "latest", ""] {
            let error = place(text).unwrap_err();
            assert!(["file", "URL", "version"].iter().all(|form| error.contains(form)), "{error}");
        }
        assert_eq!(place("HTTPS://localhost/a").unwrap(), Place::Url("https://localhost/a".parse().unwrap()));
        for text in ["https://", "http://:80/a", "http://local host/"] {
            assert!(place(text).unwrap_err().contains("https://HOST/PATH"), "{text}");
        }
    }

    #[test]
    fn credentials_in_an_address_are_refused_and_not_repeated() {
        for text in ["https://me:hidden@localhost/a", "https://hidden@localhost/a"] {
            let error = place(text).unwrap_err();
            assert!(error.contains("password") && !error.contains("hidden"), "{error}");
        }
    }
}

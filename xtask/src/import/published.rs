//! A published description, and the arguments and options that name its download.

use std::path::PathBuf;
use std::time::Duration;

/// The default timeout of a download: one megabyte at 10 KB/s.
pub(super) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);

/// The options of a download.
#[cfg_attr(not(feature = "download"), expect(dead_code, reason = "nothing is downloaded"))]
pub(super) struct FetchOptions {
    /// The base URL of releases, in place of the upstream repository.
    pub(super) base_url: Option<String>,
    /// The timeout of the whole download.
    pub(super) timeout: Duration,
    /// Whether the digest of the text is known, so that a truncated text is detected in any case.
    pub(super) is_pinned: bool,
}

/// A published description and its origin.
pub(super) struct Published {
    /// The text.
    pub(super) text: String,
    /// The release, if it was requested by version.
    pub(super) release: Option<String>,
    /// The name of the file or the URL, as `source.toml` records it: no path of this machine.
    pub(super) location: String,
    /// The path or URL that messages show.
    pub(super) shown: PathBuf,
}

/// Whether the argument is the URL of a web server, in either case.
pub(super) fn is_url(argument: &str) -> bool {
    let lower = argument.to_ascii_lowercase();
    lower.starts_with("http://") || lower.starts_with("https://")
}

/// The version in `1.41.0` or `v1.41.0`: two or more numbers, with an optional suffix as in `1.41.0-beta.1`.
pub(super) fn release(text: &str) -> Option<&str> {
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
}

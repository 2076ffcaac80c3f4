//! A published description, and the options of its download.

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

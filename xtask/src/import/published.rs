//! The published description: a file, or a download.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::files;

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

/// Reads or downloads the description that the argument names. An existing file takes precedence over a URL or version
/// of the same name.
///
/// # Errors
/// Names the reason and the remedy.
pub(super) fn read(argument: &str, options: &FetchOptions) -> Result<Published, String> {
    let path = Path::new(argument);
    if !path.is_file() {
        return download(argument, options);
    }
    let text = files::read(path)?;
    let location = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Published { text, release: None, location, shown: path.to_owned() })
}

#[cfg(feature = "download")]
fn download(argument: &str, options: &FetchOptions) -> Result<Published, String> {
    super::download::read(argument, options)
}

/// The command line starts the program with the feature before it gets here.
#[cfg(not(feature = "download"))]
fn download(argument: &str, _: &FetchOptions) -> Result<Published, String> {
    Err(format!("cannot import {argument:?}: this program was built without the feature `download`"))
}

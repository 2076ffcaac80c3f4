//! Reads the published description from a file, or downloads it.

use std::path::Path;

use super::published::{self, FetchOptions, Published};
use crate::files;

/// Whether the argument names a description that is not on this machine: a URL or a version.
pub(super) fn is_download(argument: &str) -> bool {
    let is_remote = published::is_url(argument) || published::release(argument).is_some();
    is_remote && !Path::new(argument).is_file()
}

/// Reads or downloads the description that the argument names. An existing file takes precedence over a URL or version
/// of the same name.
///
/// # Errors
/// Names the reason and the remedy.
pub(super) fn read(argument: &str, options: &FetchOptions) -> Result<Published, String> {
    if is_download(argument) {
        return download(argument, options);
    }
    let path = Path::new(argument);
    if !path.is_file() {
        return Err(format!(
            "cannot import {argument:?}: it must be an existing file, a URL (http:// or https://) or a version (such as \
             1.41.0)"
        ));
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

    use super::*;

    #[test]
    fn an_invalid_argument_names_the_valid_forms_and_needs_no_download() {
        let options = FetchOptions { base_url: None, timeout: published::DEFAULT_TIMEOUT, is_pinned: false };
        for text in ["no-such.yaml", "ftp://localhost/a", "latest", "", "."] {
            assert!(!is_download(text), "{text}");
            let error = read(text, &options).err().unwrap();
            assert!(["file", "URL", "version"].iter().all(|form| error.contains(form)), "{error}");
        }
        for text in ["1.41.0", "v1.41.0", "https://localhost/a", "HTTP://localhost/a"] {
            assert!(is_download(text), "{text}");
        }
        assert!(!is_download(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")));
    }
}

//! Reads the published description from a file, or downloads it.

use std::path::Path;

use super::published::{FetchOptions, Published};
use crate::files;

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

//! Reading and writing, so that no file is ever half-written.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Larger inputs are not descriptions: the published one has about one megabyte.
const LARGEST: u64 = 64 << 20;

/// The root of the workspace, whatever folder the command was started in.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

/// Reads a text.
///
/// # Errors
/// Names the file and what is wrong with it.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    let shown = path.display();
    let size = fs::metadata(path).map_err(|error| format!("cannot read {shown}: {error}"))?.len();
    bounded(path, size)?;
    text(path, fs::read(path).map_err(|error| format!("cannot read {shown}: {error}"))?)
}

/// Refuses what is too large for a description.
///
/// # Errors
/// Names the file and its size.
pub(crate) fn bounded(path: &Path, size: u64) -> Result<(), String> {
    if size <= LARGEST {
        return Ok(());
    }
    Err(format!("{} has {size} bytes: a description has at most {LARGEST}", path.display()))
}

/// Bytes as text.
///
/// # Errors
/// Names the file that they are from, and the first byte that is wrong.
pub(crate) fn text(path: &Path, bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|error| {
        format!(
            "{} is not UTF-8 text: the first wrong byte is number {}",
            path.display(),
            error.utf8_error().valid_up_to() + 1
        )
    })
}

/// Reads a text that may be missing.
///
/// # Errors
/// As [`read`], for a file that is there.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<String>, String> {
    if path.exists() { read(path).map(Some) } else { Ok(None) }
}

/// Writes a text whole or not at all: into a file beside it, which then takes its place.
///
/// # Errors
/// Names the file; what was there before is still there.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    let fail = |error: &dyn std::fmt::Display| format!("cannot write {}: {error}", path.display());
    let folder = path.parent().ok_or_else(|| fail(&"it has no folder"))?;
    fs::create_dir_all(folder).map_err(|error| fail(&error))?;
    // The name begins with a dot: what a killed run leaves behind is no source file, and the next run removes it.
    let mut file =
        tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(folder).map_err(|error| fail(&error))?;
    file.write_all(text.as_bytes()).map_err(|error| fail(&error))?;
    // Temporary files are private; sources are not.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::Permissions::from_mode(0o644);
        file.as_file().set_permissions(mode).map_err(|error| fail(&error))?;
    }
    file.persist(path).map_err(|error| fail(&error.error))?;
    Ok(())
}

/// How the names of unfinished files begin.
const TEMPORARY: &str = ".regen-";

/// Whether a file is what a killed run left behind.
pub(crate) fn is_leftover(name: &str) -> bool {
    name.starts_with(TEMPORARY)
}

/// The names of everything in a folder, sorted; none when there is no such folder.
///
/// # Errors
/// Names the folder.
pub(crate) fn names(folder: &Path) -> Result<Vec<String>, String> {
    let fail = |error: std::io::Error| format!("cannot list {}: {error}", folder.display());
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fail(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry.map_err(fail)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Removes a file, or a folder with all that is in it.
///
/// # Errors
/// Names it.
pub(crate) fn remove(path: &Path) -> Result<(), String> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.map_err(|error| format!("cannot remove {}: {error}", path.display()))
}

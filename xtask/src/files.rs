//! Reading within bounds, and writing so that no file is ever half-written.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::NamedTempFile;

/// The maximum size of an input. The published description has about one megabyte.
const MAX_SIZE: u64 = 64 << 20;

/// The prefix of the names of unfinished files. With the dot, cargo does not take them for source files.
const TEMPORARY_PREFIX: &str = ".regen-";

/// For tests: the number of changes to the disk after which the process ends, as if it were killed.
const ABORT_VARIABLE: &str = "XTASK_TEST_ABORT_AFTER";

/// Reads a text.
///
/// # Errors
/// If it cannot be read, is not a regular file, is too large or is not UTF-8.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    let fail = |error: &dyn std::fmt::Display| format!("cannot read {}: {error}", path.display());
    // Opening a named pipe would wait for a writer.
    let metadata = fs::metadata(path).map_err(|error| fail(&error))?;
    if metadata.is_dir() {
        return Err(fail(&"it is a folder"));
    }
    if !metadata.is_file() {
        return Err(fail(&"it is not a regular file; save its content to a file first"));
    }
    check_size(path, metadata.len())?;
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| fail(&error))?;
    file.take(MAX_SIZE + 1).read_to_end(&mut bytes).map_err(|error| fail(&error))?;
    check_size(path, u64::try_from(bytes.len()).unwrap_or(u64::MAX))?;
    text(path, bytes)
}

/// Reads a text that may be missing.
///
/// # Errors
/// As [`read`], for a file that exists.
pub(crate) fn read_if_exists(path: &Path) -> Result<Option<String>, String> {
    if path.exists() { read(path).map(Some) } else { Ok(None) }
}

/// Refuses an input that is too large.
///
/// # Errors
/// Names the file and its size.
pub(crate) fn check_size(path: &Path, size: u64) -> Result<(), String> {
    if size <= MAX_SIZE {
        return Ok(());
    }
    Err(format!("cannot read {}: it has {size} bytes; the maximum is {MAX_SIZE}", path.display()))
}

/// Decodes UTF-8.
///
/// # Errors
/// Names the file and the first invalid byte, or the remedy for UTF-16.
pub(crate) fn text(path: &Path, bytes: Vec<u8>) -> Result<String, String> {
    osc_codegen::decode(bytes).map_err(|reason| format!("{} {reason}", path.display()))
}

/// Line ends as in the repository: a checkout may have converted them.
pub(crate) fn with_unix_line_ends(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// Writes a text whole or not at all.
///
/// # Errors
/// Names the file, whose old content is unchanged.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    Prepared::new(path, text)?.commit()
}

/// A file that is written under a temporary name.
pub(crate) struct Prepared {
    path: PathBuf,
    file: NamedTempFile,
}

impl Prepared {
    /// Writes the text into the folder of its destination.
    ///
    /// # Errors
    /// Names the file.
    pub(crate) fn new(path: &Path, text: &str) -> Result<Self, String> {
        let fail = |error: &dyn std::fmt::Display| format!("cannot write {}: {error}", path.display());
        let folder = path.parent().ok_or_else(|| fail(&"it has no folder"))?;
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        fs::create_dir_all(folder).map_err(|error| fail(&error))?;
        let builder = tempfile::Builder::new().prefix(TEMPORARY_PREFIX).tempfile_in(folder);
        let mut file = builder.map_err(|error| fail(&error))?;
        change_point();
        file.write_all(text.as_bytes()).map_err(|error| fail(&error))?;
        // Temporary files are private; sources are not.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::Permissions::from_mode(0o644);
            file.as_file().set_permissions(mode).map_err(|error| fail(&error))?;
        }
        change_point();
        Ok(Self { path: path.to_owned(), file })
    }

    /// Moves the file to its destination.
    ///
    /// # Errors
    /// Names the file.
    pub(crate) fn commit(self) -> Result<(), String> {
        let Self { path, file } = self;
        file.persist(&path).map_err(|error| format!("cannot write {}: {}", path.display(), error.error))?;
        change_point();
        Ok(())
    }
}

/// Ends the process at the number of changes that a test asks for, without running destructors.
fn change_point() {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let Some(limit) = std::env::var(ABORT_VARIABLE).ok().and_then(|limit| limit.parse::<usize>().ok()) else {
        return;
    };
    if COUNT.fetch_add(1, Ordering::Relaxed) + 1 >= limit {
        std::process::exit(137);
    }
}

/// Whether a file is a leftover of an interrupted run.
pub(crate) fn is_leftover(name: &str) -> bool {
    name.starts_with(TEMPORARY_PREFIX)
}

/// Removes the leftovers of interrupted runs. The caller holds the [`Lock`].
///
/// # Errors
/// Names the file.
pub(crate) fn remove_leftovers(folder: &Path) -> Result<(), String> {
    names(folder)?.iter().filter(|name| is_leftover(name)).try_for_each(|name| remove(&folder.join(name)))
}

/// The names of everything in a folder, sorted. Empty if there is no such folder.
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

/// Removes a file, or a folder with its content. Succeeds if there is none.
///
/// # Errors
/// Names it.
pub(crate) fn remove(path: &Path) -> Result<(), String> {
    let is_folder = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir());
    let removed = if is_folder { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    change_point();
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(format!("cannot remove {}: {error}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Keeps other runs out of a folder until it is dropped.
pub(crate) struct Lock {
    _file: Option<File>,
}

impl Lock {
    /// Creates the folder if needed, and waits until no other run holds its lock.
    ///
    /// # Errors
    /// Names the folder.
    pub(crate) fn acquire(folder: &Path) -> Result<Self, String> {
        let fail = |error: &dyn std::fmt::Display| format!("cannot lock {}: {error}", folder.display());
        fs::create_dir_all(folder).map_err(|error| fail(&error))?;
        #[cfg(unix)]
        {
            let file = File::open(folder).map_err(|error| fail(&error))?;
            rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive)
                .map_err(|error| fail(&error))?;
            Ok(Self { _file: Some(file) })
        }
        // Folders cannot be opened there; two runs at once write the same files one by one.
        #[cfg(not(unix))]
        Ok(Self { _file: None })
    }
}

/// The differences between a folder and the wanted files.
#[derive(Default)]
pub(crate) struct Differences {
    pub(crate) stale: Vec<String>,
    pub(crate) missing: Vec<String>,
    /// Files with our header that are not wanted.
    pub(crate) orphans: Vec<String>,
    /// Other files, which are never removed.
    pub(crate) foreign: Vec<String>,
}

impl Differences {
    /// The number of files that `regen` changes.
    pub(crate) fn count(&self) -> usize {
        self.stale.len() + self.missing.len() + self.orphans.len()
    }
}

/// Compares a folder with the wanted files and, with `is_write`, makes it equal. Never removes a file without `header`.
///
/// # Errors
/// Names the file that cannot be read, written or removed.
pub(crate) fn sync(
    folder: &Path,
    wanted: &BTreeMap<String, String>,
    header: &str,
    is_write: bool,
) -> Result<Differences, String> {
    let _lock = if is_write { Some(Lock::acquire(folder)?) } else { None };
    if is_write {
        remove_leftovers(folder)?;
    }
    let mut differences = Differences::default();
    for (name, text) in wanted {
        let path = folder.join(name);
        match fs::read(&path) {
            // An unchanged file is not touched, so that Cargo rebuilds nothing.
            Ok(found) if found == text.as_bytes() => continue,
            Ok(_) => differences.stale.push(name.clone()),
            Err(_) => differences.missing.push(name.clone()),
        }
        if is_write {
            write(&path, text)?;
        }
    }
    for name in names(folder)? {
        let path = folder.join(&name);
        if wanted.contains_key(&name) || is_leftover(&name) {
            continue;
        }
        if !has_header(&path, header) {
            differences.foreign.push(name);
            continue;
        }
        if is_write {
            remove(&path)?;
        }
        differences.orphans.push(name);
    }
    Ok(differences)
}

/// Whether a regular file starts with the header of generated files.
fn has_header(path: &Path, header: &str) -> bool {
    let is_file = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file());
    let mut start = vec![0; header.len()];
    is_file
        && File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok()
        && start == header.as_bytes()
}

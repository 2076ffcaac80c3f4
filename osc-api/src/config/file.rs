//! Files that settings name: paths, bounded reading, encodings and permissions.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Component, Path, PathBuf};

use zeroize::Zeroizing;

use super::value;

/// Maximum size of a profile file or a PEM file, in bytes.
const MAX_FILE_SIZE: u64 = 1 << 20;

/// Maximum length of a path in a message, in bytes.
const MAX_SHOWN_PATH: usize = 255;

/// Minimum length of a component of a path that may be a key in Base64, in bytes.
const MIN_KEY_LENGTH: usize = 20;

/// Reads a regular file of limited size.
///
/// # Errors
/// Returns an error for anything but a regular file: reading a pipe or a device may never end.
pub(super) fn read(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    // Opening some devices has side effects.
    check(&fs::metadata(path)?)?;
    let file = open(path)?;
    // Allocated at once: growing the buffer would leave copies of a secret behind.
    let capacity = usize::try_from(MAX_FILE_SIZE.saturating_add(1)).unwrap_or(usize::MAX);
    let mut bytes = Zeroizing::new(Vec::with_capacity(capacity));
    file.take(MAX_FILE_SIZE.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() >= capacity {
        return Err(too_large());
    }
    Ok(bytes)
}

/// Opens a regular file. A path that was replaced by a pipe since it was checked does not block.
///
/// # Errors
/// See [`read`].
pub(super) fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;

        // Otherwise opening a pipe waits for its writer. It has no effect on a regular file.
        options.custom_flags(libc::O_NONBLOCK);
    }
    let file = options.open(path)?;
    check(&file.metadata()?)?;
    Ok(file)
}

/// The permission bits of a file, or `None` if the user cannot change them: on a read-only mount, or in a volume that
/// Kubernetes fills from a secret.
#[cfg(unix)]
pub(super) fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;

    let file = path.canonicalize().ok()?;
    // Kubernetes keeps the files of a volume in a directory such as `..2024_01_31_23_59_59.1`.
    let is_volume = |component: Component<'_>| matches!(component, Component::Normal(name) if name.as_encoded_bytes().starts_with(b".."));
    if file.components().any(is_volume) || is_on_read_only_mount(&file) {
        return None;
    }
    fs::metadata(&file).ok().map(|metadata| metadata.permissions().mode())
}

#[cfg(not(unix))]
pub(super) fn mode(_: &Path) -> Option<u32> {
    None
}

/// Replaces a leading `~` with the home directory. Returns `None` if there is no home directory.
pub(super) fn expand_home(path: &Path, home: Option<&Path>) -> Option<PathBuf> {
    let mut components = path.components();
    if components.next() != Some(Component::Normal(OsStr::new("~"))) {
        return Some(path.to_owned());
    }
    home.map(|home| {
        if components.as_path().as_os_str().is_empty() { home.to_owned() } else { home.join(components) }
    })
}

/// Shows the path in a message, unless it may be a key that was passed in place of a path.
pub(super) fn display(path: &Path) -> String {
    let shown = path.as_os_str().to_string_lossy();
    if is_shown(&shown) { shown.into_owned() } else { "a path (hidden, because it may be a key)".to_owned() }
}

/// The name of the encoding, if it is certainly not UTF-8.
pub(super) fn foreign_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        // Without a byte order mark: the first character is ASCII in all of these files.
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=127, ..] | [1..=127, 0, ..] => Some("UTF-16"),
        _ => None,
    }
}

/// The bytes without the byte order mark that some editors write before UTF-8.
pub(super) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn check(metadata: &Metadata) -> io::Result<()> {
    if metadata.is_dir() {
        Err(io::Error::new(ErrorKind::IsADirectory, "it is a directory"))
    } else if !metadata.is_file() {
        Err(io::Error::new(ErrorKind::InvalidInput, "it is not a regular file"))
    } else if metadata.len() > MAX_FILE_SIZE {
        Err(too_large())
    } else {
        Ok(())
    }
}

fn too_large() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "it is larger than 1 MiB")
}

/// Returns `true` if the innermost mount of a file is read-only, as far as the system lists its mounts.
#[cfg(unix)]
fn is_on_read_only_mount(file: &Path) -> bool {
    let Ok(mounts) = fs::read_to_string("/proc/self/mounts") else { return false };
    let mounts = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        let (point, options) = (fields.next()?, fields.nth(1)?);
        file.starts_with(point).then(|| (point.len(), options.split(',').any(|option| option == "ro")))
    });
    // Of two mounts at one point, the later one hides the other.
    mounts.max_by_key(|(length, _)| *length).is_some_and(|(_, is_read_only)| is_read_only)
}

fn is_shown(text: &str) -> bool {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '=' | '-' | '_');
    let may_be_key = |component: &str| {
        component.len() >= MIN_KEY_LENGTH
            && component.chars().all(is_base64)
            && component.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
    };
    text.len() <= MAX_SHOWN_PATH
        && !text.contains("-----")
        && !text.contains(['{', '"', '\n', '\r', '@'])
        && text.chars().all(|c| !c.is_control())
        && value::find_defect(text).is_none()
        && !text.split(['/', '\\']).any(may_be_key)
        && (text.starts_with(['/', '.', '~', '\\'])
            || text.contains(['.', '\\'])
            || text.len() < MIN_KEY_LENGTH)
}

//! Credentials of the environment and of a profile file.

use std::fmt;
use std::future;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::{CredentialsProvider, ProviderError, ProviderFuture};
use crate::config::{self, Credentials, Problems};

/// How often a file is checked for changes, at most.
const DEFAULT_CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// A file that was modified this shortly before it was read may change again without a new modification time.
const MTIME_GRANULARITY: Duration = Duration::from_secs(2);

/// The credentials in the environment variables of this process, such as `OSC_ACCESS_KEY` and `OSC_SECRET_KEY`, as they
/// are at the time of each load.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct EnvironmentProvider;

impl EnvironmentProvider {
    /// Creates a provider.
    pub fn new() -> Self {
        Self
    }
}

impl CredentialsProvider for EnvironmentProvider {
    fn credentials(&self) -> ProviderFuture<'_> {
        Box::pin(future::ready(config::environment_credentials().map_err(error)))
    }
}

/// The credentials of a profile file, which is read again when it changes: when it is written, replaced, or when a
/// symbolic link on the way to it points elsewhere, as in a volume that Kubernetes mounts.
///
/// Only the credentials are read again. Region, endpoint and certificates stay as they were when the client was built.
///
/// ```no_run
/// use osc_api::Client;
/// use osc_api::credentials::ProfileProvider;
///
/// # fn example() -> osc_api::Result<()> {
/// let provider = ProfileProvider::new().file("/etc/osc/config.json").profile("default");
/// let client = Client::builder()
///     .credentials_provider(provider)
///     .region("eu-west-2")
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ProfileProvider {
    file: Option<PathBuf>,
    profile: Option<String>,
    check_interval: Duration,
    last_read: Arc<Mutex<Option<ReadProfile>>>,
}

/// A version of a file, and the credentials in it.
struct ReadProfile {
    version: FileVersion,
    credentials: Credentials,
}

/// What changes with the content of a file.
#[derive(PartialEq, Eq)]
struct FileVersion {
    /// The path without symbolic links.
    path: PathBuf,
    modified: Option<SystemTime>,
    length: u64,
    inode: Inode,
}

impl ProfileProvider {
    /// Creates a provider for the profile that [`Client::from_env`](crate::Client::from_env) would use:
    /// `OSC_CONFIG_FILE` or `~/.osc/config.json`, and `OSC_PROFILE` or `default`.
    pub fn new() -> Self {
        Self { file: None, profile: None, check_interval: DEFAULT_CHECK_INTERVAL, last_read: Arc::default() }
    }

    /// Sets the profile file. A leading `~` is the home directory.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self.last_read = Arc::default();
        self
    }

    /// Sets the name of the profile.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self.last_read = Arc::default();
        self
    }

    /// Sets how often the file is checked for changes, at most. Defaults to 1 s. It is checked only before requests.
    #[must_use]
    pub fn check_interval(mut self, interval: Duration) -> Self {
        self.check_interval = interval;
        self
    }

    /// Whether the content of the file is known, and is read again only after a change.
    #[cfg(test)]
    pub(super) fn has_read(&self) -> bool {
        self.last_read.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Reads the file, unless it is unchanged.
    fn read(&self) -> Result<Credentials, Problems> {
        let path = config::profile_file(self.file.as_ref())?;
        let version = FileVersion::of(&path).ok();
        let mut last_read = self.last_read.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(ReadProfile { version: known, credentials }), Some(version)) = (&*last_read, &version)
            && known == version
        {
            return Ok(credentials.clone());
        }
        *last_read = None;
        let credentials = config::profile_credentials(self.file.as_ref(), self.profile.as_ref())?;
        // If the file changed meanwhile, it is read again next time.
        *last_read = version
            .filter(|version| version.is_settled() && FileVersion::of(&path).is_ok_and(|now| now == *version))
            .map(|version| ReadProfile { version, credentials: credentials.clone() });
        Ok(credentials)
    }
}

impl FileVersion {
    fn of(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        let metadata = path.metadata()?;
        Ok(Self { path, modified: metadata.modified().ok(), length: metadata.len(), inode: inode(&metadata) })
    }

    /// Whether any further change has another modification time.
    fn is_settled(&self) -> bool {
        self.modified.and_then(|modified| modified.elapsed().ok()).is_some_and(|age| age > MTIME_GRANULARITY)
    }
}

/// Device, number and change time of a file.
#[cfg(unix)]
type Inode = (u64, u64, i64, i64);

#[cfg(unix)]
fn inode(metadata: &std::fs::Metadata) -> Inode {
    use std::os::unix::fs::MetadataExt as _;

    (metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
type Inode = ();

#[cfg(not(unix))]
fn inode(_: &std::fs::Metadata) -> Inode {}

impl Default for ProfileProvider {
    fn default() -> Self {
        Self::new()
    }
}

impl CredentialsProvider for ProfileProvider {
    fn credentials(&self) -> ProviderFuture<'_> {
        let provider = self.clone();
        Box::pin(async move {
            let read = tokio::task::spawn_blocking(move || provider.read()).await?;
            read.map_err(error)
        })
    }

    fn refresh_interval(&self) -> Duration {
        self.check_interval
    }
}

impl fmt::Debug for ProfileProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProfileProvider")
            .field("file", &self.file)
            .field("profile", &self.profile)
            .field("check_interval", &self.check_interval)
            .finish_non_exhaustive()
    }
}

fn error(problems: Problems) -> ProviderError {
    problems.join("; ").into()
}

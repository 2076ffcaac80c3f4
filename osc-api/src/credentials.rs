//! Credentials providers: credentials that change while a client uses them.
//!
//! A client that is built with [`ClientBuilder::credentials_provider`](crate::ClientBuilder::credentials_provider) asks
//! its provider for credentials: before its first request, again when they are older than
//! [`refresh_interval`](CredentialsProvider::refresh_interval), and as soon as the server refuses them. Connections,
//! request rate and clock correction are kept when the credentials change.
//!
//! | provider | credentials |
//! |---|---|
//! | [`ProfileProvider`] | a profile file, which is read again when it changes |
//! | [`CommandProvider`] | the output of another program |
//! | [`EnvironmentProvider`] | the environment variables of this process |
//! | [`Credentials`] | fixed credentials |
//! | [`from_fn`] | the result of an async closure |
//!
//! Implement [`CredentialsProvider`] for anything else, such as a secrets manager:
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use osc_api::credentials::{CredentialsProvider, ProviderFuture};
//! use osc_api::{Client, Credentials};
//!
//! struct Vault;
//!
//! impl Vault {
//!     async fn read(&self) -> Result<(String, String), std::io::Error> {
//!         // …
//! #       Err(std::io::ErrorKind::Unsupported.into())
//!     }
//! }
//!
//! impl CredentialsProvider for Vault {
//!     fn credentials(&self) -> ProviderFuture<'_> {
//!         Box::pin(async {
//!             let (access_key, secret_key) = self.read().await?;
//!             Ok(Credentials::access_key(access_key, secret_key))
//!         })
//!     }
//!
//!     fn refresh_interval(&self) -> Duration {
//!         Duration::from_secs(300)
//!     }
//! }
//!
//! # fn example() -> osc_api::Result<()> {
//! let client = Client::builder().credentials_provider(Vault).build()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Behavior
//! - **Shared loads**: calls that need credentials at the same time wait for one load, which runs on a task of its own.
//! - **A changed access key** has a lockout guard of its own, since the server counts failed authentications per access
//!   key. A new secret key of the same access key is sent only while the guard of that access key allows it.
//! - **A refused access key**: the client loads the credentials again. If they changed, it sends the request again with
//!   the new ones; otherwise the call fails as with fixed credentials.
//! - **A provider that fails**, hangs or panics while the client has credentials: the client goes on with those, logs a
//!   warning, and asks again later. Without credentials the call fails: at once, or with its timeout.
//! - **Actions without authentication** never need the provider.

mod command;
mod profile;

use std::error::Error as StdError;
use std::fmt;
use std::future::{self, Future};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

pub use command::CommandProvider;
pub use profile::{EnvironmentProvider, ProfileProvider};

pub use crate::config::Credentials;

/// Default [`refresh_interval`](CredentialsProvider::refresh_interval).
const DEFAULT_REFRESH_INTERVAL: Duration = Duration::from_secs(60);

/// The future of [`CredentialsProvider::credentials`].
pub type ProviderFuture<'a> = Pin<Box<dyn Future<Output = Result<Credentials, ProviderError>> + Send + 'a>>;

/// Why a provider has no credentials. Its message appears in the error of the call, so it must not contain secrets.
pub type ProviderError = Box<dyn StdError + Send + Sync>;

/// A source of credentials that may change. See the [module](self).
pub trait CredentialsProvider: Send + Sync + 'static {
    /// Returns the current credentials.
    ///
    /// The future runs on a Tokio task. It must not block its thread; use `tokio::task::spawn_blocking` for what does. It
    /// is cancelled after 60 s.
    ///
    /// # Errors
    /// Returns an error if there are none at the moment.
    fn credentials(&self) -> ProviderFuture<'_>;

    /// How long the client uses credentials before it asks again. Defaults to 60 s. Zero: it asks before each request.
    ///
    /// Credentials that the server refuses are loaded again at once.
    fn refresh_interval(&self) -> Duration {
        DEFAULT_REFRESH_INTERVAL
    }
}

/// Credentials that never change.
impl CredentialsProvider for Credentials {
    fn credentials(&self) -> ProviderFuture<'_> {
        Box::pin(future::ready(Ok(self.clone())))
    }

    fn refresh_interval(&self) -> Duration {
        Duration::MAX
    }
}

impl<P: CredentialsProvider + ?Sized> CredentialsProvider for Arc<P> {
    fn credentials(&self) -> ProviderFuture<'_> {
        (**self).credentials()
    }

    fn refresh_interval(&self) -> Duration {
        (**self).refresh_interval()
    }
}

/// Creates a provider from an async closure.
///
/// ```no_run
/// use osc_api::credentials::from_fn;
/// use osc_api::{Client, Credentials};
///
/// # fn example() -> osc_api::Result<()> {
/// let provider = from_fn(|| async {
///     let key = tokio::fs::read_to_string("/run/secrets/secret_key").await?;
///     Ok(Credentials::access_key("ABCDEFGHIJ0123456789", key))
/// });
/// let client = Client::builder().credentials_provider(provider).build()?;
/// # Ok(())
/// # }
/// # mod tokio { pub mod fs { pub async fn read_to_string(_: &str) -> std::io::Result<String> { todo!() } } }
/// ```
pub fn from_fn<F, Fut>(load: F) -> FnProvider<F>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Credentials, ProviderError>> + Send + 'static,
{
    FnProvider { load, refresh_interval: DEFAULT_REFRESH_INTERVAL }
}

/// A provider made from a closure by [`from_fn`].
pub struct FnProvider<F> {
    load: F,
    refresh_interval: Duration,
}

impl<F> FnProvider<F> {
    /// Sets how long the client uses credentials before it asks again. Defaults to 60 s.
    #[must_use]
    pub fn with_refresh_interval(mut self, interval: Duration) -> Self {
        self.refresh_interval = interval;
        self
    }
}

impl<F, Fut> CredentialsProvider for FnProvider<F>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Credentials, ProviderError>> + Send + 'static,
{
    fn credentials(&self) -> ProviderFuture<'_> {
        Box::pin((self.load)())
    }

    fn refresh_interval(&self) -> Duration {
        self.refresh_interval
    }
}

impl<F> fmt::Debug for FnProvider<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FnProvider").field("refresh_interval", &self.refresh_interval).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

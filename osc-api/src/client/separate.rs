//! What the blocking client needs of the async one.

use std::sync::{Arc, Mutex};

use tokio::time::Instant;

use super::extensions::Extensions;
use super::{Client, Shared};
use crate::error::Result;
use crate::retry::RetryBudget;

impl Client {
    /// A client for the same account with the same settings, with its own connections and rate limiter: those of this
    /// client make no progress while their runtime is blocked. The credentials, their lockout guard and the clock are shared.
    ///
    /// # Errors
    /// Returns an error if the platform has no usable trust roots any more.
    pub(crate) fn separate(&self) -> Result<Self> {
        let Shared { config, identities, transport, rate_limiter, clock, .. } = &*self.shared;
        let shared = Shared {
            identities: Arc::clone(identities),
            transport: transport.separate(),
            rate_limiter: rate_limiter.separate(),
            clock: Arc::clone(clock),
            budget: Mutex::new(RetryBudget::new()),
            built: Instant::now(),
            extensions: Extensions::default(),
            config: config.clone(),
        };
        Ok(Self { shared: Arc::new(shared), settings: Arc::clone(&self.settings) })
    }

    /// This client with the settings of another one.
    pub(crate) fn with_settings_of(&self, other: &Self) -> Self {
        Self { shared: Arc::clone(&self.shared), settings: Arc::clone(&other.settings) }
    }

    /// The host of the endpoint, for error messages.
    pub(crate) fn host(&self) -> &str {
        self.shared.config.endpoint.host()
    }

    /// Whether both clients share their connections.
    #[cfg(test)]
    pub(crate) fn is_clone_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }
}

//! The client: a typed shell over bytes.

#[cfg(feature = "blocking")]
pub(crate) mod apart;
mod auth;
mod builder;
mod call;
mod client_token;
mod options;

use std::fmt;
use std::sync::{Arc, Mutex};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;

use crate::action::{Action, ActionMeta};
use crate::clock::Clock;
use crate::config::AccessKey;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::http::Transport;
use crate::json;
use crate::lockout::Guard;
use crate::rate_limit::{RateLimit, Throttle};
use crate::retry::Budget;
use crate::sign::Signer;
use crate::wait::Pollers;

use options::Settings;

pub use builder::ClientBuilder;
pub use options::CallOptions;

/// A client of the API: one method per action, for one account in one region.
///
/// Cloning is cheap, and clones share their connections: make one client and pass it around. The methods must
/// be called inside of a tokio runtime with its I/O and time drivers enabled, as `#[tokio::main]` makes it;
/// without a runtime they return an error.
///
/// ```no_run
/// use osc_api::Client;
/// use osc_api::types::ReadVmsRequest;
///
/// # async fn example() -> osc_api::Result<()> {
/// let client = Client::from_env()?;
/// for vm in client.read_vms(&ReadVmsRequest::new()).await?.vms {
///     println!("{}", vm.vm_id.unwrap_or_default());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    settings: Settings,
}

/// What all clones of a client have in common.
struct Shared {
    config: Config,
    /// Signs with the access key, where there is one.
    signer: Option<Signer>,
    transport: Transport,
    throttle: Throttle,
    guard: Arc<Guard>,
    clock: Arc<Clock>,
    budget: Mutex<Budget>,
    made: Instant,
    /// The shared pollers of waiters.
    pollers: Pollers,
}

impl Client {
    /// A client configured by the environment and the profile file, the same as the other tools of the cloud.
    ///
    /// See [the front page](crate#configuration) for what is read, and in which order.
    ///
    /// # Errors
    /// When a setting cannot be used, or when a file or profile that was asked for is not there. All problems
    /// are reported together. Missing credentials are no problem here, but one of the first call that needs
    /// them.
    pub fn from_env() -> Result<Self> {
        Self::builder().build()
    }

    /// A client configured by a profile of the profile file.
    ///
    /// What the profile says comes before the environment.
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env); a missing file or profile is a problem.
    pub fn from_profile(name: impl Into<String>) -> Result<Self> {
        Self::builder().profile(name).build()
    }

    /// A client configured by hand, where what is not said comes from the environment and the profile file.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    fn new(config: Config, transport: Transport, limit: RateLimit, settings: Settings) -> Self {
        let signer = config
            .credentials
            .access_key
            .as_ref()
            .map(|AccessKey { id, secret }| Signer::new(id, secret, &config.region));
        let shared = Shared {
            config,
            signer,
            transport,
            throttle: Throttle::new(limit),
            guard: Arc::default(),
            clock: Arc::default(),
            budget: Mutex::new(Budget::new()),
            made: Instant::now(),
            pollers: Pollers::default(),
        };
        Self { shared: Arc::new(shared), settings }
    }

    /// The same client with other settings for the calls that are made with it. Connections, rate limit and
    /// everything else are shared, so that this costs next to nothing.
    ///
    /// ```no_run
    /// # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
    /// use std::time::Duration;
    ///
    /// use osc_api::CallOptions;
    /// use osc_api::types::ReadVmsRequest;
    ///
    /// let quick = CallOptions::new().timeout(Duration::from_secs(3));
    /// let answer = client.with(quick).read_vms(&ReadVmsRequest::new()).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        Self { shared: Arc::clone(&self.shared), settings: self.settings.with(&options) }
    }

    /// Sends requests again after too many failed authentications, for this client and its clones.
    ///
    /// After the third failed authentication in a row a client sends nothing more that would be authenticated:
    /// the fourth would lock the access key or login for a minute or more, for all programs that use it. Call
    /// this when the cause is mended elsewhere, for example when a disabled key is active again; for other
    /// credentials, make another client.
    pub fn reset_authentication(&self) {
        self.shared.guard.reset();
    }

    /// The shared pollers of this client and its clones.
    pub(crate) fn pollers(&self) -> &Pollers {
        &self.shared.pollers
    }

    /// Sends an action by its type. The methods named after the actions all call this.
    ///
    /// # Errors
    /// When nothing could be sent, when no complete answer came, or when the server answered with an error:
    /// see [`Error`].
    pub async fn send<A: Action>(&self, request: &A::Request) -> Result<A::Response> {
        let body = encode(A::NAME, request)?;
        let (reply, attempts) = self.shared.exchange(self.settings, A::META, body).await?;
        decode(A::NAME, &reply, attempts)
    }

    /// Sends an action by its name, for actions and fields that are newer than this crate.
    ///
    /// The request is authenticated with what the client has: the access key, else login and password, else
    /// nothing.
    ///
    /// ```no_run
    /// # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
    /// use osc_api::serde_json::json;
    ///
    /// let request = json!({ "Filters": { "VmStateNames": ["running"] } });
    /// let answer = client.send_raw("ReadVms", &request).await?;
    /// println!("{}", answer["Vms"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`send`](Self::send); a name that is not made of ASCII letters and digits is refused.
    pub async fn send_raw(&self, action: &str, request: &Value) -> Result<Value> {
        let body = encode(action, request)?;
        let (reply, attempts) =
            self.shared.exchange(self.settings, ActionMeta::unknown(action), body).await?;
        decode(action, &reply, attempts)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Config { credentials, region, endpoint, .. } = &self.shared.config;
        f.debug_struct("Client")
            .field("endpoint", endpoint)
            .field("region", region)
            .field("credentials", credentials)
            .finish_non_exhaustive()
    }
}

pub(crate) fn encode<T: Serialize>(action: &str, request: &T) -> Result<Vec<u8>> {
    match serde_json::to_vec(request) {
        // A request without fields may be a type that is written as null; the server wants an object.
        Ok(body) if body == b"null" => Ok(b"{}".to_vec()),
        Ok(body) => Ok(body),
        Err(error) => Err(Error::encode(action, &error)),
    }
}

pub(crate) fn decode<T: DeserializeOwned>(action: &str, reply: &[u8], attempts: u32) -> Result<T> {
    json::read(reply).map_err(|json::Failure { path, error }| {
        Error::decode(action, &error, path, reply).after(attempts, false)
    })
}

#[cfg(test)]
mod tests;

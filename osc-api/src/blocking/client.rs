//! The client: encodes and decodes on the calling thread.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::worker::Background;
use crate::action::{Action, ActionMeta};
use crate::client::RawResponse;
use crate::client::client_token::EncodedRequest;
use crate::error::Result;
use crate::{CallMetadata, CallOptions, ClientBuilder, Credentials};

/// A blocking client of the API: one method per action, for one account in one Region.
///
/// Cloning is cheap, and clones share a background thread and its connections: create one client and pass it around.
/// [The module](crate::blocking) describes the thread.
///
/// ```no_run
/// use osc_api::blocking::Client;
/// use osc_api::types::ReadVmsRequest;
///
/// # fn example() -> osc_api::Result<()> {
/// let client = Client::builder().region("us-east-2").build()?;
/// for vm in client.read_vms(&ReadVmsRequest::new())?.vms {
///     println!("{}", vm.vm_id.unwrap_or_default());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    /// Account and settings of the calls; the background thread sends them.
    pub(super) template: crate::Client,
    pub(super) background: Arc<Background>,
}

impl ClientBuilder<crate::Client> {
    /// Builds a [blocking client](crate::blocking::Client) from these settings instead.
    pub fn blocking(self) -> ClientBuilder<Client> {
        self.for_client()
    }
}

impl ClientBuilder<Client> {
    /// Builds a client whose calls block the thread: see [`blocking`](crate::blocking). Nothing is sent yet.
    ///
    /// # Errors
    /// As [`Client::from_env`].
    pub fn build(self) -> Result<Client> {
        self.build_client().map(Client::from_unused)
    }
}

impl Client {
    /// Creates a client from the environment and the profile file: see
    /// [`Client::from_env`](crate::Client::from_env).
    ///
    /// # Errors
    /// See [`Client::from_env`](crate::Client::from_env).
    pub fn from_env() -> Result<Self> {
        Self::builder().build()
    }

    /// Creates a client from a profile of the profile file: see
    /// [`Client::from_profile`](crate::Client::from_profile).
    ///
    /// # Errors
    /// See [`Client::from_profile`](crate::Client::from_profile).
    pub fn from_profile(name: impl Into<String>) -> Result<Self> {
        Self::builder().profile(name.into()).build()
    }

    /// Creates a builder: see [`Client::builder`](crate::Client::builder).
    pub fn builder() -> ClientBuilder<Self> {
        ClientBuilder::default()
    }

    /// Wraps a client whose connections are not used elsewhere.
    pub(crate) fn from_unused(client: crate::Client) -> Self {
        Self { template: client, background: Arc::new(Background::new(true)) }
    }

    /// Returns a client with other settings for its calls: see [`Client::with`](crate::Client::with).
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        Self { template: self.template.with(options), background: Arc::clone(&self.background) }
    }

    /// Returns the region, such as `eu-west-2`.
    pub fn region(&self) -> &str {
        self.template.region()
    }

    /// Returns the address that requests are sent to, with its scheme and path.
    pub fn endpoint(&self) -> &str {
        self.template.endpoint()
    }

    /// Returns the name of the profile that the client was configured from, or `None` if it uses none.
    pub fn profile(&self) -> Option<&str> {
        self.template.profile()
    }

    /// Returns the credentials that the client was configured with. Their `Debug` output shows no secret.
    pub fn credentials(&self) -> Credentials {
        self.template.credentials()
    }

    /// Resumes after too many failed authentications: see
    /// [`Client::reset_authentication`](crate::Client::reset_authentication).
    pub fn reset_authentication(&self) {
        self.template.reset_authentication();
    }

    /// Sends an action by its type. All action methods call this.
    ///
    /// # Errors
    /// See [`Client::send`](crate::Client::send). A call from the client's own thread fails: it would wait for itself.
    pub fn send<A: Action>(&self, request: &A::Request) -> Result<A::Response> {
        let request = EncodedRequest::new::<A>(request)?;
        self.template.decode(&self.exchange(ActionMeta::of::<A>(), request)?)
    }

    /// Sends an action by its type, and also returns the metadata of the call: see
    /// [`Client::send_with_metadata`](crate::Client::send_with_metadata).
    ///
    /// # Errors
    /// See [`send`](Self::send).
    pub fn send_with_metadata<A: Action>(&self, request: &A::Request) -> Result<(A::Response, CallMetadata)> {
        let request = EncodedRequest::new::<A>(request)?;
        let response = self.exchange(ActionMeta::of::<A>(), request)?;
        let metadata = response.metadata();
        Ok((self.template.decode(&response)?, metadata))
    }

    /// Sends an action by name, for actions and fields newer than this crate: see
    /// [`Client::send_raw`](crate::Client::send_raw).
    ///
    /// # Errors
    /// See [`Client::send_raw`](crate::Client::send_raw).
    pub fn send_raw(&self, action: &str, request: &Value) -> Result<Value> {
        let (request, name) = (EncodedRequest::without_token(action, request)?, action.to_owned());
        let call = |client: crate::Client| async move {
            client.send_encoded(ActionMeta::unknown(&name), request).await
        };
        self.template.decode_value(&self.run(action, call)??)
    }

    /// Sends an encoded request. Compiled once, not per action.
    fn exchange(&self, action: ActionMeta<'static>, request: EncodedRequest) -> Result<RawResponse> {
        self.run(action.name, |client| client.send_encoded(action, request))?
    }

    /// Runs a future on the background thread.
    pub(super) fn run<F>(&self, action: &str, call: impl FnOnce(crate::Client) -> F) -> Result<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.background.worker(&self.template, action)?.run(&self.template, action, call)
    }
}

/// Same account and settings. The blocking client has its own connections and rate limiter, since those of the async
/// client make no progress while its thread is blocked. Failed authentications count for both.
impl From<crate::Client> for Client {
    fn from(client: crate::Client) -> Self {
        Self { template: client, background: Arc::new(Background::new(false)) }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.template.fmt(f)
    }
}

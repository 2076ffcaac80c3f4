//! The client: encodes and decodes in the thread that calls.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::worker::Home;
use crate::action::{Action, ActionMeta};
use crate::client::apart::exchange;
use crate::client::{decode, encode};
use crate::error::Result;
use crate::{CallOptions, ClientBuilder};

/// A client of the API whose calls block the thread: one method per action, for one account in one region.
///
/// Cloning is cheap, and clones share their thread and its connections: make one client and pass it around. See
/// [the module](crate::blocking) for how it goes about threads.
///
/// ```no_run
/// use osc_api::blocking::Client;
/// use osc_api::types::ReadVmsRequest;
///
/// # fn example() -> osc_api::Result<()> {
/// let client = Client::builder().region("us-east-2").build_blocking()?;
/// for vm in client.read_vms(&ReadVmsRequest::new())?.vms {
///     println!("{}", vm.vm_id.unwrap_or_default());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    /// The account and the settings of the calls; what it sends goes through the home.
    pub(super) model: crate::Client,
    pub(super) home: Arc<Home>,
}

impl Client {
    /// A client configured by the environment and the profile file: see
    /// [`Client::from_env`](crate::Client::from_env).
    ///
    /// # Errors
    /// As there.
    pub fn from_env() -> Result<Self> {
        Self::builder().build_blocking()
    }

    /// A client configured by a profile of the profile file: see
    /// [`Client::from_profile`](crate::Client::from_profile).
    ///
    /// # Errors
    /// As there.
    pub fn from_profile(name: impl Into<String>) -> Result<Self> {
        Self::builder().profile(name).build_blocking()
    }

    /// A client configured by hand. The builder is that of the async client;
    /// [`build_blocking`](ClientBuilder::build_blocking) makes this one of it.
    pub fn builder() -> ClientBuilder {
        crate::Client::builder()
    }

    /// Of a client whose connections nobody else uses.
    pub(crate) fn of_own(client: crate::Client) -> Self {
        Self { model: client, home: Arc::new(Home::new(true)) }
    }

    /// The same client with other settings for the calls that are made with it: see
    /// [`Client::with`](crate::Client::with).
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        Self { model: self.model.with(options), home: Arc::clone(&self.home) }
    }

    /// Sends requests again after too many failed authentications: see
    /// [`Client::reset_authentication`](crate::Client::reset_authentication).
    pub fn reset_authentication(&self) {
        self.model.reset_authentication();
    }

    /// Sends an action by its type. The methods named after the actions all call this.
    ///
    /// # Errors
    /// As [`Client::send`](crate::Client::send). A call from the client's own thread, where it would wait for
    /// itself, is refused.
    pub fn send<A: Action>(&self, request: &A::Request) -> Result<A::Response> {
        let body = encode(A::NAME, request)?;
        let (reply, attempts) = self.exchange(A::META, body)?;
        decode(A::NAME, &reply, attempts)
    }

    /// Sends an action by its name, for actions and fields that are newer than this crate: see
    /// [`Client::send_raw`](crate::Client::send_raw).
    ///
    /// # Errors
    /// As there.
    pub fn send_raw(&self, action: &str, request: &Value) -> Result<Value> {
        let (body, name) = (encode(action, request)?, action.to_owned());
        let call = |client| async move { exchange(client, ActionMeta::unknown(&name), body).await };
        let (reply, attempts) = self.run(action, call)??;
        decode(action, &reply, attempts)
    }

    /// Sends the bytes of a request. It is compiled once, not for each action.
    fn exchange(&self, action: ActionMeta<'static>, body: Vec<u8>) -> Result<(Vec<u8>, u32)> {
        self.run(action.name, |client| exchange(client, action, body))?
    }

    /// Runs something on the client's thread.
    pub(super) fn run<F>(&self, action: &str, call: impl FnOnce(crate::Client) -> F) -> Result<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.home.worker(&self.model, action)?.run(&self.model, action, call)
    }
}

/// The same account and settings. The blocking client has connections and a pace of its own, because those of the
/// async one stand still while its thread is blocked; failed authentications count for both.
impl From<crate::Client> for Client {
    fn from(client: crate::Client) -> Self {
        Self { model: client, home: Arc::new(Home::new(false)) }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.model.fmt(f)
    }
}

//! The client: a typed shell over bytes.

mod auth;
mod builder;
mod call;
pub(crate) mod client_token;
mod decode;
mod dry_run;
mod extensions;
mod identity;
mod metadata;
mod options;
#[cfg(feature = "blocking")]
mod separate;
mod status;

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use crate::Credentials;
use crate::action::{Action, ActionMeta};
use crate::clock::Clock;
use crate::config::{Config, Configuration, ServiceEndpoint};
use crate::error::{Error, Result};
use crate::http::Transport;
use crate::rate_limit::{RateLimit, RateLimiter};
use crate::retry::RetryBudget;

pub(crate) use call::RawResponse;
use extensions::Extensions;
use identity::Identities;
use options::Settings;

pub(crate) use client_token::EncodedRequest;

pub use builder::ClientBuilder;
pub use dry_run::{DryRun, has_dry_run};
pub use metadata::CallMetadata;
pub use options::CallOptions;
pub use status::{ClientStatus, LockoutStatus};

/// A client of the API: one method per action, for one account in one Region.
///
/// Cloning is cheap, and clones share their connections: create one client and pass it around. Its methods must be
/// called inside a Tokio runtime with I/O and time drivers, such as that of `#[tokio::main]`; otherwise they return an
/// error.
///
/// The methods come in groups: the client itself; pages, waiters and batched reads; then the actions by tag, such
/// as [Vm](#vm) or [Volume](#volume). The module [`types`](crate::types) links to every tag.
///
/// Each call runs on a task of its own. It makes progress, and times out, even if its future is not polled; dropping the
/// future cancels the call.
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
    settings: Arc<Settings>,
}

/// What all clones of a client share.
struct Shared {
    config: Config,
    identities: Arc<Identities>,
    transport: Transport,
    rate_limiter: RateLimiter,
    clock: Arc<Clock>,
    budget: Mutex<RetryBudget>,
    built: Instant,
    /// State of other modules, such as the shared pollers of waiters.
    extensions: Extensions,
}

impl Client {
    /// Creates a client from the environment and the profile file, like the other OUTSCALE tools.
    ///
    /// [`guide::configuration`](crate::guide::configuration) lists the settings and their precedence.
    ///
    /// # Errors
    /// Returns an error if a setting is invalid, or if a file or profile that was selected does not exist. All problems
    /// are reported together. Missing credentials are not an error here; the first call that needs them fails.
    pub fn from_env() -> Result<Self> {
        Self::builder().build()
    }

    /// Creates a client from a profile of the profile file. The profile takes precedence over the environment.
    ///
    /// # Errors
    /// See [`from_env`](Self::from_env). The file and the profile must exist.
    pub fn from_profile(name: impl Into<String>) -> Result<Self> {
        Self::builder().profile(name.into()).build()
    }

    /// Creates a builder, for a client configured in code. Other settings come from the environment and the profile
    /// file.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    fn new(
        config: Config,
        identities: Identities,
        transport: Transport,
        limit: RateLimit,
        settings: Settings,
    ) -> Self {
        let shared = Shared {
            config,
            identities: Arc::new(identities),
            transport,
            rate_limiter: RateLimiter::new(limit),
            clock: Arc::default(),
            budget: Mutex::new(RetryBudget::new()),
            built: Instant::now(),
            extensions: Extensions::default(),
        };
        Self { shared: Arc::new(shared), settings: Arc::new(settings) }
    }

    /// Returns a client with other settings for its calls. Connections, rate limit and everything else are shared, so
    /// this is cheap.
    ///
    /// ```no_run
    /// # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
    /// use std::time::Duration;
    ///
    /// use osc_api::CallOptions;
    /// use osc_api::types::ReadVmsRequest;
    ///
    /// let quick = CallOptions::new().timeout(Duration::from_secs(3));
    /// let response = client.with(quick).read_vms(&ReadVmsRequest::new()).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        let settings = Arc::new(self.settings.with(&options));
        Self { shared: Arc::clone(&self.shared), settings }
    }

    /// Returns the region, such as `eu-west-2`.
    pub fn region(&self) -> &str {
        &self.shared.config.region
    }

    /// Returns the address that requests are sent to, with its scheme and path.
    pub fn endpoint(&self) -> &str {
        self.shared.config.endpoint.as_str()
    }

    /// Returns the name of the profile that the client was configured from, or `None` if it uses none.
    pub fn profile(&self) -> Option<&str> {
        self.shared.config.profile.as_deref()
    }

    /// Returns the configuration that the client was built from, with the source of each setting and without secrets.
    ///
    /// ```
    /// # fn example() -> osc_api::Result<()> {
    /// let client = osc_api::Client::builder().ignore_environment().region("us-east-2").build()?;
    /// let region = client.configuration().get("region").expect("a setting");
    /// assert_eq!((region.value(), region.source()), ("us-east-2", "the region passed to the client"));
    /// // One line per setting.
    /// println!("{}", client.configuration());
    /// # Ok(())
    /// # }
    /// # example().unwrap();
    /// ```
    pub fn configuration(&self) -> &Configuration {
        &self.shared.config.configuration
    }

    /// Returns the address of a service of the cloud, such as `oos` for the object storage, so that a program need not read
    /// the profile file itself. Returns `None` if the service is unknown. Nothing is sent.
    ///
    /// The address is the first of: the variable `OSC_ENDPOINT_OOS`, `endpoints.oos` of the profile, that of the region.
    /// Those of the regions are known for `directlink`, `eim`, `fcu`, `icu`, `lbu`, `oks` and `oos`. For `api` it is the
    /// [`endpoint`](Self::endpoint) of this client. [`signing`](crate::signing) signs requests to these services.
    ///
    /// ```
    /// # fn example() -> osc_api::Result<()> {
    /// let client = osc_api::Client::builder().ignore_environment().region("us-east-2").build()?;
    /// let objects = client.service_endpoint("oos")?.expect("a known service");
    /// assert_eq!(objects.url(), "https://oos.us-east-2.outscale.com");
    /// # Ok(())
    /// # }
    /// # example().unwrap();
    /// ```
    ///
    /// # Errors
    /// Returns an error if the configured address is invalid, or plain http to another host without
    /// [`allow_http`](ClientBuilder::allow_http).
    pub fn service_endpoint(&self, service: &str) -> Result<Option<ServiceEndpoint>> {
        let Config { region, endpoint, services, configuration, .. } = &self.shared.config;
        if service.eq_ignore_ascii_case("api") {
            let source = configuration.get("endpoint").map_or("", |setting| setting.source());
            return Ok(Some(ServiceEndpoint::new(endpoint.clone(), source)));
        }
        services.endpoint(service, region).map_err(|problem| Error::configuration(vec![problem]))
    }

    /// Returns the credentials of the client, or those that its [provider](crate::credentials) returned last: none before
    /// its first load. Their `Debug` output shows no secret.
    ///
    /// ```
    /// # fn example() -> osc_api::Result<()> {
    /// let secret_key = "0123456789".repeat(4);
    /// let builder = osc_api::Client::builder().access_key("ABCDEFGHIJ0123456789", secret_key);
    /// let client = builder.build()?;
    /// assert_eq!(client.credentials().access_key_id(), Some("ABCDEFGHIJ0123456789"));
    /// # Ok(())
    /// # }
    /// # example().unwrap();
    /// ```
    pub fn credentials(&self) -> Credentials {
        let latest = self.shared.identities.latest();
        latest.map_or_else(Credentials::none, |identity| identity.credentials.clone())
    }

    /// Returns what slows down or stops the calls of this client and its clones at the moment. Sends nothing.
    ///
    /// ```no_run
    /// # fn example(client: &osc_api::Client) {
    /// let status = client.status();
    /// let is_healthy = status.lockout().is_none() && status.clock_correction_seconds() == 0;
    /// println!("healthy: {is_healthy}, limit: {:?} requests per second", status.account_rate());
    /// # }
    /// ```
    pub fn status(&self) -> ClientStatus {
        ClientStatus::of(self)
    }

    /// Resumes sending after too many failed authentications, for this client and its clones.
    ///
    /// After the third failed authentication in a row the client sends no more authenticated requests: a fourth would
    /// lock the access key or login for a minute or more, for all programs that use it. Credentials that were accepted
    /// before are probed again after the lock time, with one request, at growing intervals. Call this when the cause was
    /// fixed elsewhere, for example when a disabled key is active again. A [credentials provider](crate::credentials) is
    /// asked again. Fixed credentials do not change: build another client for others.
    pub fn reset_authentication(&self) {
        self.shared.identities.reset();
    }

    /// State of another module, shared by this client and its clones, and created on first use.
    pub(crate) fn extension<T: Any + Send + Sync + Default>(&self) -> Arc<T> {
        self.shared.extensions.get()
    }

    /// Sends an action by its type. All action methods call this.
    ///
    /// # Errors
    /// Returns an error if the request cannot be sent, if no complete response arrives, or if the server returns an
    /// error: see [`Error`](crate::Error).
    pub async fn send<A: Action>(&self, request: &A::Request) -> Result<A::Response> {
        let request = EncodedRequest::new::<A>(request)?;
        self.decode(&self.shared.call(&self.settings, ActionMeta::of::<A>(), request).await?)
    }

    /// Sends an action by its type, and also returns the request ID, the HTTP status, the number of attempts and the
    /// duration of the call.
    ///
    /// ```no_run
    /// # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
    /// use osc_api::action::ReadVms;
    /// use osc_api::types::ReadVmsRequest;
    ///
    /// let (response, metadata) = client.send_with_metadata::<ReadVms>(&ReadVmsRequest::new()).await?;
    /// println!("{} VMs in {:?}", response.vms.len(), metadata.elapsed());
    /// println!("request {:?}", metadata.request_id());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// See [`send`](Self::send).
    pub async fn send_with_metadata<A: Action>(
        &self,
        request: &A::Request,
    ) -> Result<(A::Response, CallMetadata)> {
        let request = EncodedRequest::new::<A>(request)?;
        let response = self.shared.call(&self.settings, ActionMeta::of::<A>(), request).await?;
        let metadata = response.metadata();
        Ok((self.decode(&response)?, metadata))
    }

    /// Sends an action by name, for actions and fields newer than this crate.
    ///
    /// The request is authenticated with the access key, else with login and password, else not at all.
    ///
    /// ```no_run
    /// # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
    /// use osc_api::serde_json::json;
    ///
    /// let request = json!({ "Filters": { "VmStateNames": ["running"] } });
    /// let response = client.send_raw("ReadVms", &request).await?;
    /// println!("{}", response["Vms"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// See [`send`](Self::send). The name must consist of ASCII letters and digits.
    pub async fn send_raw(&self, action: &str, request: &Value) -> Result<Value> {
        self.send_value(ActionMeta::unknown(action), request).await
    }

    /// Checks whether a call would succeed, without performing it.
    ///
    /// ```no_run
    /// # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
    /// use osc_api::action::DeleteVms;
    /// use osc_api::types::DeleteVmsRequest;
    ///
    /// let outcome = client.dry_run::<DeleteVms>(&DeleteVmsRequest::new(["i-12345678"])).await?;
    /// match outcome.refusal() {
    ///     None => println!("allowed"),
    ///     Some(error) if error.is_access_denied() => println!("the access key may not delete VMs"),
    ///     Some(error) => println!("allowed, but the request would fail: {error}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// For a client whose every call is a dry run, see [`CallOptions::dry_run`].
    ///
    /// # Errors
    /// Returns an error if the action has no dry run, and if the server does not evaluate the request: authentication,
    /// throttling, timeouts, outages.
    pub async fn dry_run<A: Action>(&self, request: &A::Request) -> Result<DryRun> {
        let request = EncodedRequest::new::<A>(request)?;
        self.send_dry(ActionMeta::of::<A>(), request).await
    }

    /// Like [`dry_run`](Self::dry_run), by the name of the action.
    ///
    /// # Errors
    /// See [`dry_run`](Self::dry_run).
    pub async fn dry_run_raw(&self, action: &str, request: &Value) -> Result<DryRun> {
        let request = EncodedRequest::without_token(action, request)?;
        self.send_dry(ActionMeta::unknown(action), request).await
    }

    /// Sends a request of any action, and returns the response as JSON.
    pub(crate) async fn send_value(&self, action: ActionMeta<'_>, request: &Value) -> Result<Value> {
        let request = EncodedRequest::without_token(action.name, request)?;
        self.decode_value(&self.shared.call(&self.settings, action, request).await?)
    }

    /// This client with calls that are retried until they time out, for reads of which many depend on each other: a page of
    /// a listing, a batch.
    pub(crate) fn persistent(&self) -> Self {
        let settings = Settings { is_persistent: true, ..(*self.settings).clone() };
        Self { shared: Arc::clone(&self.shared), settings: Arc::new(settings) }
    }

    /// The timeout of a call.
    pub(crate) fn timeout(&self) -> Duration {
        self.settings.timeout
    }

    /// Sends an encoded request, and returns the response undecoded.
    pub(crate) async fn send_encoded(
        self,
        action: ActionMeta<'_>,
        request: EncodedRequest,
    ) -> Result<RawResponse> {
        self.shared.call(&self.settings, action, request).await
    }

    /// Sends the request of a page of a listing.
    pub(crate) async fn send_for_page<A: Action>(&self, request: &A::Request) -> Result<A::Response> {
        let request = EncodedRequest::new::<A>(request)?;
        self.decode_page(&self.shared.call(&self.settings, ActionMeta::of::<A>(), request).await?)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shared { config: Config { region, endpoint, .. }, identities, .. } = &*self.shared;
        let mut shown = f.debug_struct("Client");
        shown.field("endpoint", endpoint).field("region", region);
        match identities.as_fixed() {
            Some(identity) => shown.field("credentials", &identity.credentials),
            None => shown.field("credentials", &format_args!("[provided]")),
        };
        shown.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

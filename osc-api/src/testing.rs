//! A fake API for testing programs end to end, without an account (feature `testing`).
//!
//! [`FakeApi`] is a server on the loopback interface. It authenticates requests as the cloud does, verifies
//! signatures, responds to every action with its published example, and does whatever else a test configures.
//!
//! ```
//! use osc_api::action::ReadVms;
//! use osc_api::testing::{FakeApi, Fault};
//! use osc_api::types::{ReadVmsRequest, ReadVmsResponse, Vm};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let fake = FakeApi::start()?;
//! fake.on::<ReadVms>(|request| {
//!     let mut response = ReadVmsResponse::default();
//!     response.vms = vec![Vm::default(); request.results_per_page.unwrap_or(1) as usize];
//!     response
//! });
//! fake.next::<ReadVms>(2, Fault::throttled());
//!
//! let response = fake.client()?.read_vms(&ReadVmsRequest::new().results_per_page(3)).await?;
//! assert_eq!(response.vms.len(), 3);
//! assert_eq!(fake.count::<ReadVms>(), 3);
//! # Ok(())
//! # }
//! ```
//!
//! # Responses
//! The first of these steps that applies determines the response:
//! 1. Authentication and validation: a method other than `POST` is a 405, an unknown action without a handler a 404;
//!    a wrong signature, region, date or login is a 401 like the cloud's, an unknown access key a 400; a body that is
//!    not a JSON object is a 400. An empty body counts as `{}`, as in the cloud. With
//!    [`strict_requests`](FakeApi::strict_requests), a request that does not fit its action is a 400, too. Each of
//!    these errors has a code.
//!    [Options](FakeApi::builder) add the lockout, API access rules and request rates.
//! 2. Faults planned with [`next`](FakeApi::next) and [`next_any`](FakeApi::next_any).
//! 3. A create with a `ClientToken` that was used before receives the first response again.
//! 4. The handler set with [`on`](FakeApi::on) or [`on_raw`](FakeApi::on_raw).
//! 5. The resources of a [stateful](FakeApiBuilder::stateful) fake.
//! 6. The published example of the action, as the last page; for a dry run (`DryRun`), an empty response.
//!
//! Every response has a `Date` and a request ID of its own.
//!
//! # State
//! By default, a fake has no pages and no state except those of its handlers. With [`FakeApi::builder`], it
//! [keeps resources](FakeApiBuilder::stateful) whose states advance, cuts the lists of handlers into
//! [pages](FakeApiBuilder::paginated), and enforces [API access rules](FakeApiBuilder::enforce_api_access_rules), the
//! [request rate](FakeApiBuilder::max_requests_per_second) and the [lockout](FakeApiBuilder::lockout) like the cloud. The
//! example `fake_api` runs it as a program, for other tools and languages. State of handlers:
//!
//! ```
//! use osc_api::action::{CreateVolume, ReadVolumes};
//! use osc_api::testing::{FakeApi, Fault, example};
//! use osc_api::{codes, types::*};
//! use std::sync::{Arc, Mutex};
//!
//! # fn main() -> std::io::Result<()> {
//! let fake = FakeApi::start()?;
//! let volumes = Arc::new(Mutex::new(Vec::new()));
//! let created = Arc::clone(&volumes);
//! fake.on::<CreateVolume>(move |request| {
//!     let mut volumes = created.lock().unwrap();
//!     if volumes.len() == 2 {
//!         return Err(Fault::code(codes::NO_SUCH_SNAPSHOT).details("at most two"));
//!     }
//!     let mut response = example::<CreateVolume>();
//!     response.volume.as_mut().unwrap().size = request.size;
//!     volumes.extend(response.volume.clone());
//!     Ok(response)
//! });
//! fake.on::<ReadVolumes>(move |_| {
//!     let mut response = ReadVolumesResponse::default();
//!     response.volumes = volumes.lock().unwrap().clone();
//!     response
//! });
//! # Ok(())
//! # }
//! ```
//!
//! # Time
//! Delays are in real time. If a test pauses Tokio's clock, its calls time out at random: paused time jumps to the
//! next timeout while a response is in transit. Do not pause it, or use the blocking client, whose thread has a clock
//! of its own.
//!
//! # Clients
//! [`FakeApi::client`] and [`FakeApi::client_builder`] configure clients for the fake. Other programs are configured
//! by [`FakeApi::environment`]: `Command::new("tool").envs(fake.environment())`. Programs that sign like AWS are
//! accepted, too, as by the cloud.

mod account;
mod admission;
mod body;
mod builder;
mod clock;
mod fault;
mod handler;
mod limits;
mod options;
mod paging;
mod record;
mod server;
mod signature;
mod state;
mod stub;
mod tls;
pub(crate) mod validation;

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::action::Action;
use crate::generated::service::API_PATH;
use crate::{Client, ClientBuilder, RateLimit, Result, RetryPolicy};

use server::Server;
use state::FakeState;

pub use account::StateProgress;
pub use builder::FakeApiBuilder;
pub use fault::Fault;
pub use handler::{Handler, IntoResponse};
pub use record::RecordedCall;

/// Maximum delay between attempts of the clients of a fake: tests should be quick.
const MAX_RETRY_DELAY: Duration = Duration::from_millis(1);

/// A fake API on a free port of 127.0.0.1. See [the module](self).
///
/// It runs on a thread of its own, serves async and blocking tests alike, and stops on drop. Several fakes can run in
/// parallel.
pub struct FakeApi {
    state: Arc<FakeState>,
    server: Server,
    scheme: &'static str,
}

impl FakeApi {
    /// The access key ID that the fake accepts.
    pub const ACCESS_KEY: &str = "FAKEACCESSKEY0000042";
    /// Its secret key, also made up.
    pub const SECRET_KEY: &str = "FAKESECRETKEYOFTHEFAKEENDPOINT0000000042";
    /// The login that the fake accepts.
    pub const LOGIN: &str = "fake@example.com";
    /// Its password.
    pub const PASSWORD: &str = "fake-password";
    /// The region of the fake.
    pub const REGION: &str = "eu-west-2";
    /// The image of a [stateful](FakeApiBuilder::stateful) fake.
    pub const IMAGE_ID: &str = "ami-12345678";

    /// Starts a fake with the default options.
    ///
    /// # Errors
    /// Returns an error if the system has no port or thread left.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// Creates a builder of a fake with other options.
    pub fn builder() -> FakeApiBuilder {
        FakeApiBuilder::default()
    }

    /// The endpoint: `http://127.0.0.1:<port>/api/v1`, or `https` with [TLS](FakeApiBuilder::tls).
    pub fn endpoint(&self) -> String {
        format!("{}://{}{API_PATH}", self.scheme, self.server.address())
    }

    /// Creates a client of the fake.
    ///
    /// # Errors
    /// See [`ClientBuilder::build`].
    pub fn client(&self) -> Result<Client> {
        self.client_builder().build()
    }

    /// Creates a client builder with the fake's endpoint, region and access key, ignoring the environment.
    ///
    /// Retry delays are at most 1 ms, and the rate limit is off; change that with [`retry`](ClientBuilder::retry) and
    /// [`rate_limit`](ClientBuilder::rate_limit).
    pub fn client_builder(&self) -> ClientBuilder {
        Client::builder()
            .ignore_environment()
            .endpoint(self.endpoint())
            .region(Self::REGION)
            .access_key(Self::ACCESS_KEY, Self::SECRET_KEY)
            .retry(RetryPolicy::new().base_delay(MAX_RETRY_DELAY).max_delay(MAX_RETRY_DELAY))
            .rate_limit(RateLimit::Off)
    }

    /// The environment variables that point a program to the fake, by name.
    ///
    /// Other inherited variables and the profile file still apply. For a reproducible test, call `env_clear` first and
    /// set `HOME` to an empty directory.
    pub fn environment(&self) -> [(&'static str, String); 4] {
        [
            ("OSC_ENDPOINT_API", self.endpoint()),
            ("OSC_REGION", Self::REGION.to_owned()),
            ("OSC_ACCESS_KEY", Self::ACCESS_KEY.to_owned()),
            ("OSC_SECRET_KEY", Self::SECRET_KEY.to_owned()),
        ]
    }

    /// Sets the handler of an action.
    ///
    /// The closure returns the response, or `Result<_, Fault>`. It runs on the fake's thread, one call at a time: it
    /// must not wait for another call of the same fake. If it panics, the response is a 500 that says so.
    ///
    /// ```
    /// use osc_api::action::DeleteVms;
    /// use osc_api::codes;
    /// use osc_api::testing::{FakeApi, Fault, example};
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let fake = FakeApi::start()?;
    /// fake.on::<DeleteVms>(|request| match request.vm_ids.len() {
    ///     1 => Ok(example::<DeleteVms>()),
    ///     _ => Err(Fault::code(codes::NO_SUCH_VM)),
    /// });
    /// # Ok(())
    /// # }
    /// ```
    pub fn on<A: Action + 'static>(&self, handler: impl Handler<A>)
    where
        A::Request: DeserializeOwned,
        A::Response: Serialize,
    {
        let typed = (A::AUTH, validation::reencode::<A::Request> as validation::Reencode);
        self.state.handle(A::NAME, Some(typed), handler::typed::<A>(handler));
    }

    /// Sets the handler of an action by name, with JSON values: for actions that this crate does not know, and for
    /// responses that are easier to write as JSON. Unknown actions may be called without credentials; if a call has
    /// credentials, they must be valid.
    ///
    /// ```
    /// use osc_api::serde_json::json;
    /// use osc_api::testing::FakeApi;
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let fake = FakeApi::start()?;
    /// fake.on_raw("ReadRainbows", |request| {
    ///     json!({ "Rainbows": [{ "RainbowId": request["RainbowId"] }] })
    /// });
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_raw<T: IntoResponse<Value>>(
        &self,
        action: &str,
        handler: impl FnMut(Value) -> T + Send + 'static,
    ) {
        self.state.handle(action, None, handler::raw(handler));
    }

    /// Refuses requests that do not fit their action, whether it has a handler or not: if a required member is missing, or
    /// if a value has another type. Defaults to `false`.
    ///
    /// Otherwise only a typed handler refuses them, since it cannot decode them, and it accepts values that can be
    /// converted without loss, such as `"10"` for an integer. Members that the action does not have are always accepted:
    /// they may be newer than this crate.
    ///
    /// ```
    /// use osc_api::serde_json::json;
    /// use osc_api::testing::FakeApi;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let fake = FakeApi::start()?;
    /// fake.strict_requests(true);
    /// let request = json!({ "VmIds": "i-1" });
    /// let error = fake.client()?.send_raw("DeleteVms", &request).await.unwrap_err();
    /// assert!(error.is_validation());
    /// # Ok(())
    /// # }
    /// ```
    pub fn strict_requests(&self, strict: bool) {
        self.state.set_strict(strict);
    }

    /// Injects a fault into the next `times` calls of an action, after faults that were planned before.
    pub fn next<A: Action>(&self, times: usize, fault: Fault) {
        self.next_raw(A::NAME, times, fault);
    }

    /// Like [`next`](Self::next), by the name of the action.
    pub fn next_raw(&self, action: &str, times: usize, fault: Fault) {
        self.state.plan(Some(action), times, fault);
    }

    /// Injects a fault into the next `times` calls of any action without a planned fault of its own.
    pub fn next_any(&self, times: usize, fault: Fault) {
        self.state.plan(None, times, fault);
    }

    /// Removes all planned faults.
    pub fn recover(&self) {
        self.state.recover();
    }

    /// Advances the fake's clock, which determines request rates and lockouts, and states with [`StateProgress::Clock`].
    /// The dates of requests are checked against the real time.
    pub fn advance_clock(&self, by: Duration) {
        self.state.advance_clock(by);
    }

    /// Sets the address that all callers appear to have, for [API access
    /// rules](FakeApiBuilder::enforce_api_access_rules); `None` is that of their connection.
    pub fn set_caller_address(&self, address: Option<IpAddr>) {
        self.state.set_caller_address(address);
    }

    /// All recorded calls in order of arrival, including refused ones. A retried call is recorded once per attempt.
    pub fn calls(&self) -> Vec<RecordedCall> {
        self.state.calls()
    }

    /// The recorded requests of an action. Requests that do not match its type, which [`Client::send_raw`] and other
    /// clients can send, are left out; [`calls`](Self::calls) contains them.
    pub fn requests<A: Action>(&self) -> Vec<A::Request>
    where
        A::Request: DeserializeOwned,
    {
        let calls = self.calls().into_iter().filter(|call| call.action == A::NAME);
        calls.filter_map(|call| serde_json::from_value(call.body).ok()).collect()
    }

    /// Number of recorded calls of an action.
    pub fn count<A: Action>(&self) -> usize {
        self.state.count(A::NAME)
    }

    /// Removes all recorded calls.
    pub fn clear_calls(&self) {
        self.state.clear_calls();
    }
}

impl fmt::Debug for FakeApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeApi").field("endpoint", &self.endpoint()).finish_non_exhaustive()
    }
}

/// The published example of an action's response, to be adapted by a test; of a page, as the last one. Empty for actions
/// that this crate does not know.
///
/// ```
/// use osc_api::action::ReadVms;
///
/// let mut response = osc_api::testing::example::<ReadVms>();
/// response.vms[0].vm_id = Some("i-00000001".into());
/// ```
pub fn example<A: Action>() -> A::Response
where
    A::Response: Default,
{
    let published = admission::published(A::NAME);
    published.and_then(|action| serde_json::from_value(action.example()).ok()).unwrap_or_default()
}

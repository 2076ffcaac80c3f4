//! A fake endpoint, so that programs can be tested from end to end without an account (feature `testing`).
//!
//! [`FakeApi`] is a server on this machine's loopback interface. It admits callers as the cloud does, checks
//! their signatures, answers every action with its published example, and does whatever else a test wants.
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
//!     let mut answer = ReadVmsResponse::default();
//!     answer.vms = vec![Vm::default(); request.results_per_page.unwrap_or(1) as usize];
//!     answer
//! });
//! fake.next::<ReadVms>(2, Fault::throttled());
//!
//! let answer = fake.client()?.read_vms(&ReadVmsRequest::new().results_per_page(3)).await?;
//! assert_eq!(answer.vms.len(), 3);
//! assert_eq!(fake.count::<ReadVms>(), 3);
//! # Ok(())
//! # }
//! ```
//!
//! # What it answers
//! Each request goes through these steps, and the first that has something to say answers:
//! 1. Who calls, and what for: a method other than `POST` is a 405, an action that nobody knows a 404; a wrong
//!    signature, region or date, or a wrong login, is a 401 as the cloud's, an unknown access key a 400; a body
//!    that is no JSON object is a 400.
//! 2. The faults that [`next`](FakeApi::next) and [`next_any`](FakeApi::next_any) planned.
//! 3. A create whose `ClientToken` was seen before gets the first answer again.
//! 4. The handler that [`on`](FakeApi::on) or [`on_raw`](FakeApi::on_raw) set.
//! 5. The published example of the action. Where the request says `DryRun`, an answer without any resource.
//!
//! Every answer has a `Date` and a request identifier of its own. There are no pages but those that a handler
//! makes, and no state but what a handler keeps:
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
//!         return Err(Fault::code(codes::NO_SUCH_SNAPSHOT).details("two are enough"));
//!     }
//!     let mut answer = example::<CreateVolume>();
//!     answer.volume.as_mut().unwrap().size = request.size;
//!     volumes.extend(answer.volume.clone());
//!     Ok(answer)
//! });
//! fake.on::<ReadVolumes>(move |_| {
//!     let mut answer = ReadVolumesResponse::default();
//!     answer.volumes = volumes.lock().unwrap().clone();
//!     answer
//! });
//! # Ok(())
//! # }
//! ```
//!
//! # Time
//! Delays are in real time. A test that pauses tokio's clock sees calls time out at random: while an answer is on its
//! way, such a clock jumps to the end of the next time-out. Leave it running, or use the blocking client, whose thread
//! has a clock of its own.
//!
//! # Who may call it
//! [`FakeApi::client`] and [`FakeApi::builder`] make clients that it admits. Other programs are told of it by
//! [`FakeApi::environment`]: `Command::new("tool").envs(fake.environment())`. Those that sign in the way of AWS are
//! admitted too, as the cloud admits them.

mod admission;
mod body;
mod fault;
mod handler;
mod record;
mod server;
mod signature;
mod state;
mod stub;

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::action::Action;
use crate::{Client, ClientBuilder, RateLimit, Result, RetryPolicy};

use server::Server;
use state::State;

pub use fault::Fault;
pub use handler::{Handler, IntoAnswer};
pub use record::Call;

/// The longest wait between two attempts of the clients that a fake makes: tests should be quick.
const LONGEST_WAIT: Duration = Duration::from_millis(1);

/// A fake of the cloud's endpoint, on a port of 127.0.0.1 that the system chose. See [the module](self).
///
/// It has a thread of its own, so that it serves async and blocking tests alike, and is stopped when it is
/// dropped. Several can run side by side.
pub struct FakeApi {
    state: Arc<State>,
    server: Server,
}

impl FakeApi {
    /// The one access key that the fake knows.
    pub const ACCESS_KEY: &str = "FAKEACCESSKEY0000042";
    /// The secret key that belongs to it. It is as made up as the other.
    pub const SECRET_KEY: &str = "FAKESECRETKEYOFTHEFAKEENDPOINT0000000042";
    /// The one login that the fake knows.
    pub const LOGIN: &str = "fake@example.com";
    /// The password that belongs to it.
    pub const PASSWORD: &str = "fake-password";
    /// The region that the fake stands for.
    pub const REGION: &str = "eu-west-2";

    /// Starts a fake.
    ///
    /// # Errors
    /// When the system has no port or no thread left for it.
    pub fn start() -> io::Result<Self> {
        let state = Arc::new(State::default());
        let server = Server::start(Arc::clone(&state))?;
        Ok(Self { state, server })
    }

    /// The endpoint: `http://127.0.0.1:<port>/api/v1`.
    pub fn endpoint(&self) -> String {
        format!("http://{}/api/v1", self.server.address())
    }

    /// A new client that talks to the fake.
    ///
    /// # Errors
    /// As [`ClientBuilder::build`].
    pub fn client(&self) -> Result<Client> {
        self.builder().build()
    }

    /// What [`client`](Self::client) is made of, to say more: the fake's endpoint, region and access key, and
    /// nothing of the environment.
    ///
    /// It retries as clients do, but waits a millisecond at most, and sends at full speed even if it is
    /// throttled; [`retry`](ClientBuilder::retry) and [`rate_limit`](ClientBuilder::rate_limit) change that.
    pub fn builder(&self) -> ClientBuilder {
        Client::builder()
            .ignore_environment()
            .endpoint(self.endpoint())
            .region(Self::REGION)
            .access_key(Self::ACCESS_KEY, Self::SECRET_KEY)
            .retry(RetryPolicy::new().base_delay(LONGEST_WAIT).max_delay(LONGEST_WAIT))
            .rate_limit(RateLimit::Off)
    }

    /// The environment variables that lead a program to the fake, by name.
    ///
    /// What else the program inherits still counts, such as another variable with credentials or a proxy of the
    /// profile file. With `env_clear` before, and an empty directory as its `HOME`, a test does the same everywhere.
    pub fn environment(&self) -> [(&'static str, String); 4] {
        [
            ("OSC_ENDPOINT_API", self.endpoint()),
            ("OSC_REGION", Self::REGION.to_owned()),
            ("OSC_ACCESS_KEY", Self::ACCESS_KEY.to_owned()),
            ("OSC_SECRET_KEY", Self::SECRET_KEY.to_owned()),
        ]
    }

    /// Answers an action, from now on, with what a closure makes of the request.
    ///
    /// The closure returns the response, or `Result<_, Fault>`. It runs on the fake's thread, one call after
    /// the other: it must not wait for another call of the same fake. Where it panics, the answer is a 500 that
    /// says so.
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
        self.state.handle(A::NAME, Some(A::AUTH), handler::typed::<A>(handler));
    }

    /// The same by the name of the action, in JSON: for actions that this crate does not know, and for answers
    /// that are easier to write so. An action that it does not know may be called without credentials; those that
    /// come with the call must be right.
    ///
    /// ```
    /// use osc_api::serde_json::json;
    /// use osc_api::testing::FakeApi;
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let fake = FakeApi::start()?;
    /// fake.on_raw("ReadRainbows", |request| json!({ "Rainbows": [{ "RainbowId": request["RainbowId"] }] }));
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_raw<T: IntoAnswer<Value>>(
        &self,
        action: &str,
        handler: impl FnMut(Value) -> T + Send + 'static,
    ) {
        self.state.handle(action, None, handler::raw(handler));
    }

    /// Gives the next `times` calls of an action this fault. Those that were planned before come first.
    pub fn next<A: Action>(&self, times: usize, fault: Fault) {
        self.next_raw(A::NAME, times, fault);
    }

    /// The same by the name of the action.
    pub fn next_raw(&self, action: &str, times: usize, fault: Fault) {
        self.state.plan(Some(action), times, fault);
    }

    /// Gives the next `times` calls of any action this fault, except those that have a fault of their own.
    pub fn next_any(&self, times: usize, fault: Fault) {
        self.state.plan(None, times, fault);
    }

    /// Forgets the faults that are still to come.
    pub fn recover(&self) {
        self.state.recover();
    }

    /// All calls so far, in the order of their arrival, refused ones included. A call that was sent again is
    /// here again.
    pub fn calls(&self) -> Vec<Call> {
        self.state.calls()
    }

    /// The requests of an action so far. Those that are not of its type, as [`Client::send_raw`] and other clients
    /// can send them, are left out; [`calls`](Self::calls) has them.
    pub fn requests<A: Action>(&self) -> Vec<A::Request>
    where
        A::Request: DeserializeOwned,
    {
        let calls = self.calls().into_iter().filter(|call| call.action == A::NAME);
        calls.filter_map(|call| serde_json::from_value(call.body).ok()).collect()
    }

    /// How often an action was called so far.
    pub fn count<A: Action>(&self) -> usize {
        self.state.count(A::NAME)
    }

    /// Forgets the calls so far.
    pub fn forget_calls(&self) {
        self.state.forget_calls();
    }
}

impl fmt::Debug for FakeApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeApi").field("endpoint", &self.endpoint()).finish_non_exhaustive()
    }
}

/// The published example of an action's answer, to be changed to what a test needs. Empty for actions that this
/// crate does not know.
///
/// ```
/// use osc_api::action::ReadVms;
///
/// let mut answer = osc_api::testing::example::<ReadVms>();
/// answer.vms[0].vm_id = Some("i-00000001".into());
/// ```
pub fn example<A: Action>() -> A::Response
where
    A::Response: Default,
{
    let answer = admission::known(A::NAME).and_then(|known| serde_json::from_str(known.example).ok());
    answer.unwrap_or_default()
}

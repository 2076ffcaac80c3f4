//! Waiting until a resource is in a state, or until an answer is as it should be.
//!
//! [`Client::wait_for`] takes one of the waiters that the functions of this module make, such as
//! `wait::vm("i-12345678").running()`:
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use osc_api::types::CreateVmsRequest;
//! use osc_api::wait;
//!
//! # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
//! let created = client.create_vms(&CreateVmsRequest::new("ami-12345678")).await?;
//! for id in created.vms.into_iter().filter_map(|vm| vm.vm_id) {
//!     let vm = client
//!         .wait_for(wait::vm(id).running())
//!         .timeout(Duration::from_secs(300))
//!         .on_progress(|progress| println!("{} is {:?}", progress.id, progress.state))
//!         .await?;
//!     println!("{:?}", vm.private_ip);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! - **States**: one that the crate does not know keeps the wait going. One from which the wanted one does not
//!   follow ends it with an error ([`Error::is_wait_failed`](crate::Error::is_wait_failed)) that shows the state.
//! - **Gone** is a state: `terminated`, `deleted`, or not listed any more. Such waits give the resource as it is
//!   still listed, or `None`.
//! - **Just created** resources are not always listed at once: an absence is borne for a [grace](Wait::grace).
//! - **Errors** of the reads end the wait once the client's retries could not mend them.
//! - **Many waits** of a client and its clones for one kind of resource share their reads: one request asks for
//!   up to 100 resources. A task of its own sends them, with the [options](Client::with) of the client that was
//!   the first to wait, and ends with the last wait. Any wait can be dropped at any time.
//!
//! What no function here waits for, [`Client::wait_until`] does.

mod evaluate;
mod poller;
mod run;
mod schedule;
#[cfg(test)]
mod tests;

use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Duration;

use crate::Client;
use crate::action::Action;
use crate::error::Result;

use schedule::Schedule;

#[allow(
    unused_imports,
    reason = "a description without our overlay says nothing of what can be waited for"
)]
pub use crate::generated::waiters::*;
pub(crate) use poller::Hubs;

/// As long as waits last when nothing else is said. What takes longer says so.
const TIMEOUT: Duration = Duration::from_secs(600);

/// An action that reads resources by their identifiers.
pub trait Listed: Action<Request: Send, Response: Send> + 'static {
    /// The resource.
    type Item: Clone + Send + 'static;
    /// The request for these resources, and for this page of the answer.
    fn request(ids: Vec<String>, page: Option<String>) -> Self::Request;
    /// The resources of an answer, and its next page.
    fn items(answer: Self::Response) -> (Vec<Self::Item>, Option<String>);
    /// The identifier of a resource.
    fn id(item: &Self::Item) -> Option<&str>;
}

/// What is waited for: a resource, and a state of it.
///
/// The functions of [this module](self) make them. `O` is what the wait gives: the resource, or, where the wait
/// is for it to be gone, what is still listed of it.
#[must_use = "a waiter does nothing until it is given to `Client::wait_for`"]
pub struct Waiter<A: Listed, O = <A as Listed>::Item> {
    id: String,
    subject: &'static Subject<A::Item>,
    goal: &'static Goal,
    /// Whether absence is the goal too.
    gone: bool,
    output: fn(Option<A::Item>) -> Option<O>,
    action: PhantomData<fn() -> A>,
}

/// What has a state: a resource or its parts, as generated code describes it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Subject<Item> {
    /// What it is, in words.
    pub noun: &'static str,
    /// How long to wait for it unless told otherwise.
    pub minutes: u64,
    /// Its states: one, or those of its parts. A state that the answer left out is empty.
    pub states: fn(&Item) -> Vec<&str>,
}

/// A state that can be waited for, as generated code describes it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Goal {
    /// The state in a word.
    pub name: &'static str,
    /// Any of them is the goal.
    pub states: &'static [&'static str],
    /// None of them leads to it.
    pub failures: &'static [&'static str],
}

impl<A: Listed> Waiter<A> {
    /// Waits for a state. For generated code.
    #[doc(hidden)]
    pub fn present(id: String, subject: &'static Subject<A::Item>, goal: &'static Goal) -> Self {
        Self { id, subject, goal, gone: false, output: |item| item, action: PhantomData }
    }
}

impl<A: Listed> Waiter<A, Option<A::Item>> {
    /// Waits until there is nothing left. For generated code.
    #[doc(hidden)]
    pub fn gone(id: String, subject: &'static Subject<A::Item>, goal: &'static Goal) -> Self {
        Self { id, subject, goal, gone: true, output: Some, action: PhantomData }
    }
}

impl<A: Listed, O> fmt::Debug for Waiter<A, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, subject, goal, .. } = self;
        f.debug_struct("Waiter")
            .field("resource", &subject.noun)
            .field("id", id)
            .field("goal", &goal.name)
            .finish_non_exhaustive()
    }
}

/// How far a wait has come: what the last read saw.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Progress<'a> {
    /// What is waited for, such as `VM`; the action, for [`Client::wait_until`].
    pub resource: &'a str,
    /// Its identifier; empty for [`Client::wait_until`].
    pub id: &'a str,
    /// Its state as the API writes it. `None` where it is not listed, and for [`Client::wait_until`].
    pub state: Option<&'a str>,
    /// The reads so far, this one included.
    pub reads: u32,
    /// The time since the wait began.
    pub elapsed: Duration,
}

type Report<'a> = Box<dyn FnMut(&Progress<'_>) + Send + 'a>;
type Run<'a, O> =
    Box<dyn FnOnce(Settings, Report<'a>) -> Pin<Box<dyn Future<Output = Result<O>> + Send + 'a>> + Send + 'a>;

#[derive(Clone, Copy, Debug)]
struct Settings {
    timeout: Duration,
    grace: Duration,
    schedule: Schedule,
}

/// A wait with its settings: `.await` it.
#[must_use = "waits do nothing until they are awaited"]
pub struct Wait<'a, O> {
    settings: Settings,
    report: Report<'a>,
    run: Run<'a, O>,
}

impl<'a, O> Wait<'a, O> {
    fn new(timeout: Duration, run: Run<'a, O>) -> Self {
        let settings = Settings { timeout, grace: Duration::from_secs(60), schedule: Schedule::default() };
        Self { settings, report: Box::new(|_| {}), run }
    }

    /// How long to wait. Default: 10 minutes, 15 for VMs, 40 for images and export tasks.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// The time between reads: the first, which doubles up to the longest. Default: half a second, and 10
    /// seconds. What is drawn by chance is up to a quarter shorter.
    ///
    /// A read that other waits have made counts for this one too.
    pub fn interval(mut self, first: Duration, longest: Duration) -> Self {
        self.settings.schedule = Schedule { first, longest: longest.max(first) };
        self
    }

    /// How long a resource that is waited for to be there may be missing. Default: one minute, within which even
    /// a resource that was created a moment ago is listed.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.settings.grace = grace;
        self
    }

    /// Tells `report` what each read saw. The same is in `tracing` events at level debug.
    pub fn on_progress(mut self, report: impl FnMut(&Progress<'_>) + Send + 'a) -> Self {
        self.report = Box::new(report);
        self
    }
}

impl<'a, O> IntoFuture for Wait<'a, O> {
    type Output = Result<O>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<O>> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { settings, report, run } = self;
        run(settings, report)
    }
}

impl<O> fmt::Debug for Wait<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Client {
    /// Waits until a resource is in a state, as one of the functions of [`wait`](self) says it.
    ///
    /// The result has settings of its own, and is awaited as a method of an action is. Many waits at once share
    /// their reads.
    ///
    /// ```no_run
    /// # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
    /// use osc_api::wait;
    ///
    /// let volume = client.wait_for(wait::volume("vol-12345678").available()).await?;
    /// println!("{:?} GiB", volume.size);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the resource is in a state from which the wanted one does not follow
    /// ([`is_wait_failed`](crate::Error::is_wait_failed)), when it does not exist ([`is_not_found`](crate::Error::is_not_found)),
    /// when the time is over ([`is_timeout`](crate::Error::is_timeout)), and when a read fails as any call can.
    /// [`Error::last_state`](crate::Error::last_state) has the state that was seen last.
    pub fn wait_for<'a, A: Listed, O: 'a>(&self, waiter: Waiter<A, O>) -> Wait<'a, O> {
        let client = self.clone();
        let timeout = Duration::from_secs(60 * waiter.subject.minutes);
        Wait::new(
            timeout,
            Box::new(move |settings, report| Box::pin(run::watch(client, waiter, settings, report))),
        )
    }

    /// Calls an action again and again until `found` makes something of its answer.
    ///
    /// It is for what no function of [`wait`](self) knows. Nothing is shared with other waits.
    ///
    /// ```no_run
    /// # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
    /// use osc_api::action::ReadPublicIps;
    /// use osc_api::types::{FiltersPublicIp, ReadPublicIpsRequest};
    ///
    /// // Until the address is of no VM any more.
    /// let request = ReadPublicIpsRequest::new().filters(FiltersPublicIp::new().public_ips(["203.0.113.5"]));
    /// let free = client
    ///     .wait_until::<ReadPublicIps, _>(request, |answer| {
    ///         answer.public_ips.into_iter().find(|address| address.vm_id.is_none())
    ///     })
    ///     .await?;
    /// println!("{:?}", free.public_ip_id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the time is over ([`is_timeout`](crate::Error::is_timeout)), and when a call fails.
    pub fn wait_until<'a, A, T>(
        &self,
        request: A::Request,
        found: impl FnMut(A::Response) -> Option<T> + Send + 'a,
    ) -> Wait<'a, T>
    where
        A: Action<Request: Send, Response: Send> + 'a,
        T: 'a,
    {
        let client = self.clone();
        let run: Run<'a, T> = Box::new(move |settings, report| {
            Box::pin(run::poll::<A, T>(client, request, found, settings, report))
        });
        Wait::new(TIMEOUT, run)
    }
}

//! Waiters: wait until a resource reaches a state, or until a response meets a condition.
//!
//! [`Client::wait_for`] takes a waiter built by one of the functions of this module, such as
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
//! - **States**: an unknown state keeps the waiter polling. A state from which the target cannot be reached ends it
//!   with an error ([`Error::is_wait_failed`](crate::Error::is_wait_failed)) that names the state.
//! - **A deleted resource** counts as a state: `terminated`, `deleted`, or no longer listed. Such waiters return the
//!   resource as it is still listed, or `None`.
//! - **Just created** resources are not always listed at once: a missing resource is tolerated for a
//!   [grace period](Wait::grace).
//! - **Outages**: a read that fails temporarily, even after the client's retries, is repeated until the timeout of
//!   the waiter. Any other error ends the waiter.
//! - **Shared polls**: all waiters of a client and its clones for one kind of resource share their reads. One request
//!   reads up to 100 resources. A background task sends the requests, with the [options](Client::with) of the client
//!   whose waiter was first, and ends with the last waiter. A waiter can be dropped at any time.
//!
//! For anything else, use [`Client::wait_until`].

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

pub use crate::batch::Listed;

#[allow(
    unreachable_pub,
    unused_imports,
    reason = "a description without `spec/waiters.yaml` has no waiters"
)]
pub use crate::generated::waiters::*;

/// Default timeout of [`Client::wait_until`].
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

/// A resource and the state to wait for, built by the functions of [this module](self).
///
/// `O` is the output of the wait: the resource or, if the target is its deletion, what is still listed of it.
#[must_use = "a waiter does nothing until it is passed to `Client::wait_for`"]
pub struct Waiter<A: Listed, O = <A as Listed>::Item> {
    id: String,
    subject: &'static Subject<A::Item>,
    goal: &'static Goal,
    /// Whether a resource that is not listed has reached the goal.
    accepts_absence: bool,
    output: fn(Option<A::Item>) -> Option<O>,
    action: PhantomData<fn() -> A>,
}

/// What [`Client::wait_for`] takes: a [`Waiter`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a waiter",
    label = "expected a resource and the state to wait for",
    note = "a function of `osc_api::wait` selects the resource, a method of its result the state: `wait::vm(id).running()`"
)]
pub trait IntoWaiter: sealed::SealedWaiter {
    /// The action that reads the resource.
    type Action: Listed;
    /// The output of the wait.
    type Output;

    /// The waiter.
    fn into_waiter(self) -> Waiter<Self::Action, Self::Output>;
}

impl<A: Listed, O> IntoWaiter for Waiter<A, O> {
    type Action = A;
    type Output = O;

    fn into_waiter(self) -> Self {
        self
    }
}

mod sealed {
    /// Implemented for waiters only.
    pub trait SealedWaiter {}
}

impl<A: Listed, O> sealed::SealedWaiter for Waiter<A, O> {}

/// A kind of resource that has states, as generated code describes it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Subject<Item> {
    /// Its name in prose.
    pub noun: &'static str,
    /// Default timeout, in minutes.
    pub minutes: u64,
    /// The states of a resource: one, or one per part. A state that is missing in the response is empty.
    pub states: fn(&Item) -> Vec<&str>,
}

/// A target of a waiter, as generated code describes it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Goal {
    /// Its name.
    pub name: &'static str,
    /// States that reach the goal.
    pub states: &'static [&'static str],
    /// States from which the goal cannot be reached.
    pub failures: &'static [&'static str],
}

impl<A: Listed> Waiter<A> {
    /// Waits for a state. For generated code.
    #[doc(hidden)]
    pub fn present(id: String, subject: &'static Subject<A::Item>, goal: &'static Goal) -> Self {
        Self { id, subject, goal, accepts_absence: false, output: |item| item, action: PhantomData }
    }
}

impl<A: Listed> Waiter<A, Option<A::Item>> {
    /// Waits until the resource is deleted. For generated code.
    #[doc(hidden)]
    pub fn deleted(id: String, subject: &'static Subject<A::Item>, goal: &'static Goal) -> Self {
        Self { id, subject, goal, accepts_absence: true, output: Some, action: PhantomData }
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

/// Progress of a waiter: the result of its last read.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Progress<'a> {
    /// The kind of resource, such as `VM`; for [`Client::wait_until`], the action.
    pub resource: &'a str,
    /// The ID of the resource; empty for [`Client::wait_until`].
    pub id: &'a str,
    /// Its state as the API writes it. `None` if it is not listed, if the read failed, and for
    /// [`Client::wait_until`].
    pub state: Option<&'a str>,
    /// Number of reads so far, including this one.
    pub reads: u32,
    /// Time since the wait began.
    pub elapsed: Duration,
}

type ProgressCallback<'a> = Box<dyn FnMut(&Progress<'_>) + Send + 'a>;
type StartFn<'a, O> = Box<
    dyn FnOnce(WaitSettings, ProgressCallback<'a>) -> Pin<Box<dyn Future<Output = Result<O>> + Send + 'a>>
        + Send
        + 'a,
>;

#[derive(Clone, Copy, Debug)]
struct WaitSettings {
    timeout: Duration,
    grace: Duration,
    schedule: Schedule,
}

/// A wait and its settings. `.await` it.
#[must_use = "a wait does nothing until it is awaited"]
pub struct Wait<'a, O> {
    settings: WaitSettings,
    on_progress: ProgressCallback<'a>,
    start: StartFn<'a, O>,
}

impl<'a, O> Wait<'a, O> {
    fn new(timeout: Duration, start: StartFn<'a, O>) -> Self {
        let settings =
            WaitSettings { timeout, grace: Duration::from_secs(60), schedule: Schedule::default() };
        Self { settings, on_progress: Box::new(|_| {}), start }
    }

    /// Sets the timeout of the whole wait. Defaults to 10 minutes; 15 for VMs, 40 for images and export tasks.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// Sets the poll interval: the first one, which doubles up to the longest. Defaults to 0.5 s and 10 s. Random
    /// jitter shortens an interval by up to a quarter.
    ///
    /// A read made for another waiter counts for this one, too.
    pub fn interval(mut self, first: Duration, longest: Duration) -> Self {
        self.settings.schedule = Schedule { first, longest: longest.max(first) };
        self
    }

    /// Sets how long the resource may be missing before the wait fails. Defaults to one minute, enough for a resource
    /// that was just created.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.settings.grace = grace;
        self
    }

    /// Calls `callback` after each read. `tracing` events at level debug contain the same data.
    pub fn on_progress(mut self, callback: impl FnMut(&Progress<'_>) + Send + 'a) -> Self {
        self.on_progress = Box::new(callback);
        self
    }
}

impl<'a, O> IntoFuture for Wait<'a, O> {
    type Output = Result<O>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<O>> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { settings, on_progress, start } = self;
        start(settings, on_progress)
    }
}

impl<O> fmt::Debug for Wait<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Client {
    /// Waits until a resource reaches a state.
    ///
    /// The returned [`Wait`] has settings of its own. Concurrent waits share their reads.
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
    /// Returns an error if the resource is in a state from which the target cannot be reached
    /// ([`is_wait_failed`](crate::Error::is_wait_failed)), if it does not exist
    /// ([`is_not_found`](crate::Error::is_not_found)), on timeout ([`is_timeout`](crate::Error::is_timeout)), and if
    /// a read fails permanently. [`Error::last_state`](crate::Error::last_state) is the last observed state.
    pub fn wait_for<'a, W: IntoWaiter<Output: 'a>>(&self, waiter: W) -> Wait<'a, W::Output> {
        let (client, waiter) = (self.clone(), waiter.into_waiter());
        let timeout = Duration::from_secs(60 * waiter.subject.minutes);
        Wait::new(
            timeout,
            Box::new(move |settings, on_progress| {
                Box::pin(run::wait_for(client, waiter, settings, on_progress))
            }),
        )
    }

    /// Waits until each of several resources of one kind reaches a state, and returns their outputs in the same order.
    ///
    /// The waits share their reads: one request reads up to 100 resources. The settings of the returned [`Wait`] apply to
    /// each resource, and its progress is reported resource by resource.
    ///
    /// ```no_run
    /// # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
    /// use osc_api::types::VmId;
    /// use osc_api::wait;
    ///
    /// let ids = [VmId::from("i-12345678"), VmId::from("i-87654321")];
    /// let vms = client.wait_for_all(ids.map(|id| wait::vm(id).running())).await?;
    /// println!("{} VMs are running", vms.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Returns the first error of any of the waits, as [`wait_for`](Self::wait_for); the others end with it.
    pub fn wait_for_all<'a, A: Listed, O: Send + 'a>(
        &self,
        waiters: impl IntoIterator<Item = Waiter<A, O>>,
    ) -> Wait<'a, Vec<O>> {
        let client = self.clone();
        let waiters: Vec<_> = waiters.into_iter().collect();
        let minutes = waiters.iter().map(|waiter| waiter.subject.minutes).max();
        let timeout = minutes.map_or(DEFAULT_TIMEOUT, |minutes| Duration::from_secs(60 * minutes));
        Wait::new(
            timeout,
            Box::new(move |settings, on_progress| {
                Box::pin(run::wait_for_all(client, waiters, settings, on_progress))
            }),
        )
    }

    /// Calls an action repeatedly until `condition` returns a value for its response.
    ///
    /// Use it for what no function of [`wait`](self) covers. Its reads are not shared with other waits.
    ///
    /// ```no_run
    /// # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
    /// use osc_api::action::ReadPublicIps;
    /// use osc_api::types::{FiltersPublicIp, ReadPublicIpsRequest};
    ///
    /// // Until the public IP is not associated with a VM any more.
    /// let filters = FiltersPublicIp::new().public_ips(["203.0.113.5"]);
    /// let request = ReadPublicIpsRequest::new().filters(filters);
    /// let free = client
    ///     .wait_until::<ReadPublicIps, _>(request, |response| {
    ///         response.public_ips.into_iter().find(|public_ip| public_ip.vm_id.is_none())
    ///     })
    ///     .await?;
    /// println!("{:?}", free.public_ip_id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Returns an error on timeout ([`is_timeout`](crate::Error::is_timeout)), and if a call fails permanently.
    pub fn wait_until<'a, A, T>(
        &self,
        request: A::Request,
        condition: impl FnMut(A::Response) -> Option<T> + Send + 'a,
    ) -> Wait<'a, T>
    where
        A: Action<Request: Send, Response: Send> + 'a,
        T: 'a,
    {
        let client = self.clone();
        let start: StartFn<'a, T> = Box::new(move |settings, on_progress| {
            Box::pin(run::wait_until::<A, T>(client, request, condition, settings, on_progress))
        });
        Wait::new(DEFAULT_TIMEOUT, start)
    }
}

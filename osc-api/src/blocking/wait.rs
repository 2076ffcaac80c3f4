//! Waiting until a resource is in a state, or until an answer is as it should be.

use std::fmt;
use std::future::IntoFuture as _;
use std::time::Duration;

use super::Client;
use crate::action::Action;
use crate::error::Result;
use crate::wait::{self, Listed, Progress, Waiter};

type Make<O> = Box<dyn FnOnce(crate::Client) -> wait::Wait<'static, O> + Send>;

/// A wait with its settings: [`wait`](Self::wait) begins it.
#[must_use = "a wait does nothing until `wait` is called"]
pub struct Wait<O> {
    client: Client,
    action: &'static str,
    make: Make<O>,
}

impl Client {
    /// Waits until a resource is in a state: see [`Client::wait_for`](crate::Client::wait_for).
    ///
    /// ```no_run
    /// # fn example(client: osc_api::blocking::Client) -> osc_api::Result<()> {
    /// use std::time::Duration;
    ///
    /// use osc_api::wait;
    ///
    /// let vm = client.wait_for(wait::vm("i-12345678").running()).timeout(Duration::from_secs(300)).wait()?;
    /// println!("{:?}", vm.private_ip);
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_for<A: Listed, O: Send + 'static>(&self, waiter: Waiter<A, O>) -> Wait<O> {
        Wait { client: self.clone(), action: A::NAME, make: Box::new(move |client| client.wait_for(waiter)) }
    }

    /// Calls an action again and again until `found` makes something of its answer: see
    /// [`Client::wait_until`](crate::Client::wait_until). `found` is called on the client's thread, as
    /// [`on_progress`](Wait::on_progress) has it.
    pub fn wait_until<A, T>(
        &self,
        request: A::Request,
        found: impl FnMut(A::Response) -> Option<T> + Send + 'static,
    ) -> Wait<T>
    where
        A: Action<Request: Send, Response: Send> + 'static,
        T: Send + 'static,
    {
        Wait {
            client: self.clone(),
            action: A::NAME,
            make: Box::new(move |client| client.wait_until::<A, T>(request, found)),
        }
    }
}

impl<O: Send + 'static> Wait<O> {
    /// How long to wait: see [`Wait::timeout`](wait::Wait::timeout).
    pub fn timeout(self, timeout: Duration) -> Self {
        self.change(move |wait| wait.timeout(timeout))
    }

    /// The time between reads: see [`Wait::interval`](wait::Wait::interval).
    pub fn interval(self, first: Duration, longest: Duration) -> Self {
        self.change(move |wait| wait.interval(first, longest))
    }

    /// How long a resource that is waited for to be there may be missing: see
    /// [`Wait::grace`](wait::Wait::grace).
    pub fn grace(self, grace: Duration) -> Self {
        self.change(move |wait| wait.grace(grace))
    }

    /// Tells `report` what each read saw. It is called on the client's thread: it must not take long, and what it
    /// calls of this client is refused.
    pub fn on_progress(self, report: impl FnMut(&Progress<'_>) + Send + 'static) -> Self {
        self.change(move |wait| wait.on_progress(report))
    }

    /// Waits.
    ///
    /// # Errors
    /// As [`Client::wait_for`](crate::Client::wait_for) and [`Client::wait_until`](crate::Client::wait_until).
    pub fn wait(self) -> Result<O> {
        let Self { client, action, make } = self;
        client.run(action, |client| make(client).into_future())?
    }

    fn change(
        mut self,
        change: impl FnOnce(wait::Wait<'static, O>) -> wait::Wait<'static, O> + Send + 'static,
    ) -> Self {
        let make = self.make;
        self.make = Box::new(move |client| change(make(client)));
        self
    }
}

impl<O> fmt::Debug for Wait<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait").field("action", &self.action).finish_non_exhaustive()
    }
}

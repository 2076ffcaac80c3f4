//! Waiters of the blocking client.

use std::fmt;
use std::future::IntoFuture as _;
use std::time::Duration;

use super::Client;
use crate::action::Action;
use crate::error::Result;
use crate::wait::{self, IntoWaiter, Listed, Progress, Waiter};

type WaitFn<O> = Box<dyn FnOnce(crate::Client) -> wait::Wait<'static, O> + Send>;

/// A wait and its settings. Call [`wait`](Self::wait) to start it.
#[must_use = "a wait does nothing until `wait` is called"]
pub struct Wait<O> {
    client: Client,
    action: &'static str,
    start: WaitFn<O>,
}

impl Client {
    /// Waits until a resource reaches a state: see [`Client::wait_for`](crate::Client::wait_for).
    ///
    /// ```no_run
    /// # fn example(client: osc_api::blocking::Client) -> osc_api::Result<()> {
    /// use std::time::Duration;
    ///
    /// use osc_api::wait;
    ///
    /// let running = wait::vm("i-12345678").running();
    /// let vm = client.wait_for(running).timeout(Duration::from_secs(300)).wait()?;
    /// println!("{:?}", vm.private_ip);
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_for<W: IntoWaiter<Output: Send + 'static>>(&self, waiter: W) -> Wait<W::Output> {
        let waiter = waiter.into_waiter();
        let start: WaitFn<W::Output> = Box::new(move |client| client.wait_for(waiter));
        Wait { client: self.clone(), action: <W::Action as Action>::NAME, start }
    }

    /// Waits until each of several resources reaches a state: see
    /// [`Client::wait_for_all`](crate::Client::wait_for_all).
    pub fn wait_for_all<A: Listed, O: Send + 'static>(
        &self,
        waiters: impl IntoIterator<Item = Waiter<A, O>>,
    ) -> Wait<Vec<O>> {
        let waiters: Vec<_> = waiters.into_iter().collect();
        let start: WaitFn<Vec<O>> = Box::new(move |client| client.wait_for_all(waiters));
        Wait { client: self.clone(), action: A::NAME, start }
    }

    /// Calls an action repeatedly until `condition` returns a value for its response: see
    /// [`Client::wait_until`](crate::Client::wait_until). `condition` runs on the background thread, like the callback
    /// of [`on_progress`](Wait::on_progress).
    pub fn wait_until<A, T>(
        &self,
        request: A::Request,
        condition: impl FnMut(A::Response) -> Option<T> + Send + 'static,
    ) -> Wait<T>
    where
        A: Action<Request: Send, Response: Send> + 'static,
        T: Send + 'static,
    {
        Wait {
            client: self.clone(),
            action: A::NAME,
            start: Box::new(move |client| client.wait_until::<A, T>(request, condition)),
        }
    }
}

impl<O: Send + 'static> Wait<O> {
    /// Sets the timeout: see [`Wait::timeout`](wait::Wait::timeout).
    pub fn timeout(self, timeout: Duration) -> Self {
        self.change(move |wait| wait.timeout(timeout))
    }

    /// Sets the poll interval: see [`Wait::interval`](wait::Wait::interval).
    pub fn interval(self, first: Duration, longest: Duration) -> Self {
        self.change(move |wait| wait.interval(first, longest))
    }

    /// Sets how long the resource may be missing: see
    /// [`Wait::grace`](wait::Wait::grace).
    pub fn grace(self, grace: Duration) -> Self {
        self.change(move |wait| wait.grace(grace))
    }

    /// Calls `callback` after each read, on the background thread: it must return quickly, and calls of this client in
    /// it fail.
    pub fn on_progress(self, callback: impl FnMut(&Progress<'_>) + Send + 'static) -> Self {
        self.change(move |wait| wait.on_progress(callback))
    }

    /// Waits.
    ///
    /// # Errors
    /// See [`Client::wait_for`](crate::Client::wait_for) and [`Client::wait_until`](crate::Client::wait_until).
    pub fn wait(self) -> Result<O> {
        let Self { client, action, start } = self;
        client.run(action, |client| start(client).into_future())?
    }

    fn change(
        mut self,
        change: impl FnOnce(wait::Wait<'static, O>) -> wait::Wait<'static, O> + Send + 'static,
    ) -> Self {
        let start = self.start;
        self.start = Box::new(move |client| change(start(client)));
        self
    }
}

impl<O> fmt::Debug for Wait<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait").field("action", &self.action).finish_non_exhaustive()
    }
}

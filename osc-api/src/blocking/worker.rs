//! The background thread that sends calls, and how a call gets there and back.
//!
//! Blocking uses the standard library only: Tokio's ways of blocking panic inside a runtime.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, ThreadId};
use std::{io, mem, process};

use tokio::runtime;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::Instrument as _;
use tracing::instrument::WithSubscriber as _;

use crate::Client;
use crate::client::apart::{apart, host, with_settings_of};
use crate::error::{Error, ErrorRepr, Result};

/// Name of the thread.
const THREAD_NAME: &str = "osc-api";

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The background thread shared by the clones of a blocking client, started by the first call.
pub(super) struct Background(Mutex<BackgroundState>);

struct BackgroundState {
    /// Whether the client's connections are unused, so that the first thread can take them over.
    is_unused: bool,
    worker: Option<Arc<Worker>>,
}

impl Background {
    /// Starts no thread yet. `is_unused`: the client's connections are not used elsewhere.
    pub(super) fn new(is_unused: bool) -> Self {
        Self(Mutex::new(BackgroundState { is_unused, worker: None }))
    }

    /// Returns the thread for a call, starting one if there is none, or if the last one ended or was left behind by a
    /// fork. `template` has the account.
    ///
    /// # Errors
    /// Returns an error if no thread can be started, and on the thread itself: the call would wait for itself.
    pub(super) fn worker(&self, template: &Client, action: &str) -> Result<Arc<Worker>> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(worker) = &state.worker
            && worker.is_alive()
        {
            return worker.for_another_thread(action);
        }
        if let Some(worker) = state.worker.take()
            && worker.is_foreign()
        {
            // The state of its locks at the time of the fork is unknown: they must not be touched.
            mem::forget(worker);
        }
        let client = if mem::take(&mut state.is_unused) { template.clone() } else { apart(template)? };
        let worker = Worker::start(client)
            .map_err(|error| refused(action, &format!("cannot start the background thread: {error}")))?;
        Ok(Arc::clone(state.worker.insert(Arc::new(worker))))
    }
}

/// A thread with a runtime. It ends when the worker is dropped; nothing waits for that.
pub(super) struct Worker {
    /// Its connections belong to the runtime of the thread.
    client: Client,
    jobs: UnboundedSender<Job>,
    thread: ThreadId,
    process: u32,
}

impl Worker {
    fn start(client: Client) -> io::Result<Self> {
        let (jobs, queue) = unbounded_channel();
        let (ready, started) = mpsc::sync_channel(1);
        // The runtime is created and dropped on this thread: the calling thread may belong to another runtime, and
        // dropping a runtime there panics.
        let thread = thread::Builder::new().name(THREAD_NAME.to_owned()).spawn(move || {
            match runtime::Builder::new_current_thread().enable_all().thread_name(THREAD_NAME).build() {
                Err(error) => drop(ready.send(Err(error))),
                Ok(runtime) => {
                    drop(ready.send(Ok(())));
                    runtime.block_on(serve(queue));
                    // The system's resolver may still be busy for a long time.
                    runtime.shutdown_background();
                }
            }
        })?;
        started.recv().map_err(|_| io::Error::other("the thread ended at once"))??;
        Ok(Self { client, jobs, thread: thread.thread().id(), process: process::id() })
    }

    /// Runs a call on the thread, with the settings of `template`, and waits for its result.
    ///
    /// # Errors
    /// Returns an error if the call panicked, or if the thread ended.
    pub(super) fn run<F>(
        &self,
        template: &Client,
        action: &str,
        call: impl FnOnce(Client) -> F,
    ) -> Result<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let call = call(with_settings_of(&self.client, template));
        let (sender, receiver) = mpsc::sync_channel(1);
        let job = async move { drop(sender.send(call.await)) };
        // The call is logged to the subscriber and span of the caller.
        let job: Job = Box::pin(job.in_current_span().with_current_subscriber());
        if self.jobs.send(job).is_err() {
            return Err(refused(action, "the background thread ended: call again"));
        }
        // A job that is dropped drops the sender with it.
        receiver.recv().map_err(|_| self.lost(action))
    }

    fn for_another_thread(self: &Arc<Self>, action: &str) -> Result<Arc<Self>> {
        if self.thread == thread::current().id() {
            let reason = "it was called on the client's own thread and would wait for itself: use the async client \
                          there";
            return Err(refused(action, reason));
        }
        Ok(Arc::clone(self))
    }

    fn is_alive(&self) -> bool {
        !self.is_foreign() && !self.jobs.is_closed()
    }

    /// Whether it was started before a fork created this process: threads are not inherited.
    fn is_foreign(&self) -> bool {
        self.process != process::id()
    }

    /// The error of a call whose outcome is unknown.
    fn lost(&self, action: &str) -> Error {
        let kind = ErrorRepr::Transport {
            host: host(&self.client).to_owned(),
            timeout: false,
            connect: false,
            permanent: false,
            advice: Some("the call panicked on the blocking client's thread"),
            source: "the call ended without a result".into(),
        };
        Error::new(action, kind).after(1, false)
    }
}

/// Runs jobs concurrently until the channel is closed.
async fn serve(mut queue: UnboundedReceiver<Job>) {
    while let Some(job) = queue.recv().await {
        tokio::spawn(job);
    }
}

fn refused(action: &str, reason: &str) -> Error {
    Error::new(action, ErrorRepr::NotSent { reason: reason.to_owned(), credentials: false })
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::client::apart::is_same;

    fn template() -> Client {
        Client::builder().ignore_environment().endpoint("http://127.0.0.1").build().unwrap()
    }

    #[test]
    fn a_panic_in_a_call_fails_only_that_call() {
        let (template, background) = (template(), Background::new(true));
        let worker = background.worker(&template, "ReadVms").unwrap();
        let outcome: Result<()> = worker.run(&template, "ReadVms", |_| async { panic!("on purpose") });
        let error = outcome.unwrap_err();
        assert!(error.is_transport() && !error.is_connect() && !error.is_retryable(), "{error:?}");
        assert!(error.to_string().contains("panicked"), "{error}");
        assert_eq!(
            background
                .worker(&template, "ReadVms")
                .unwrap()
                .run(&template, "ReadVms", |_| async { 7 })
                .unwrap(),
            7
        );
        assert!(Arc::ptr_eq(&worker, &background.worker(&template, "ReadVms").unwrap()));
    }

    #[test]
    fn a_call_on_the_background_thread_is_refused() {
        let (template, background) = (template(), Arc::new(Background::new(true)));
        let worker = background.worker(&template, "ReadVms").unwrap();
        let (inner, again) = (Arc::clone(&background), template.clone());
        let error = worker
            .run(&template, "ReadVms", |_| async move { inner.worker(&again, "ReadVms").err() })
            .unwrap()
            .unwrap();
        assert!(
            error.to_string().contains("was not sent") && error.to_string().contains("own thread"),
            "{error}"
        );
    }

    thread_local! {
        /// Dropped with its thread, so that the receiver observes the end of the thread.
        static GUARD: RefCell<Option<mpsc::Sender<()>>> = const { RefCell::new(None) };
    }

    /// A receiver that is disconnected when the thread ends.
    fn end_of(worker: &Worker, template: &Client) -> mpsc::Receiver<()> {
        let (sender, end) = mpsc::channel();
        let mark = async move { GUARD.with_borrow_mut(|guard| *guard = Some(sender)) };
        worker.run(template, "ReadVms", |_| mark).unwrap();
        end
    }

    #[test]
    fn the_thread_ends_with_the_last_clone() {
        let client = crate::blocking::Client::from_unused(template());
        let worker = client.background.worker(&client.template, "ReadVms").unwrap();
        let end = end_of(&worker, &client.template);
        let clone = client.with(crate::CallOptions::new());
        drop((worker, client));
        assert_eq!(clone.run("ReadVms", |_| async { 7 }).unwrap(), 7);
        assert_eq!(end.try_recv(), Err(mpsc::TryRecvError::Empty));
        drop(clone);
        assert!(end.recv().is_err());
    }

    #[test]
    fn the_last_clone_may_be_dropped_on_the_thread_itself() {
        let client = crate::blocking::Client::from_unused(template());
        let worker = client.background.worker(&client.template, "ReadVms").unwrap();
        let end = end_of(&worker, &client.template);
        let (gate, opened) = tokio::sync::oneshot::channel::<()>();
        let last = async move {
            drop(opened.await);
            drop(client);
        };
        worker.jobs.send(Box::pin(last)).map_err(drop).unwrap();
        drop(worker);
        drop(gate);
        assert!(end.recv().is_err());
    }

    #[test]
    fn a_thread_of_another_process_is_not_used() {
        let (template, background) = (template(), Background::new(true));
        let worker = background.worker(&template, "ReadVms").unwrap();
        let mut foreign = Worker::start(template.clone()).unwrap();
        foreign.process = 0;
        background.0.lock().unwrap().worker = Some(Arc::new(foreign));
        let other = background.worker(&template, "ReadVms").unwrap();
        assert!(other.is_alive() && !Arc::ptr_eq(&worker, &other));
        assert_eq!(other.run(&template, "ReadVms", |_| async { 7 }).unwrap(), 7);
    }

    #[test]
    fn a_thread_that_ended_is_replaced() {
        let (template, background) = (template(), Background::new(true));
        let (jobs, queue) = unbounded_channel();
        drop(queue);
        let thread = thread::spawn(|| {}).thread().id();
        let ended = Worker { client: template.clone(), jobs, thread, process: process::id() };
        let error = ended.run(&template, "ReadVms", |_| async { 7 }).unwrap_err();
        assert!(error.to_string().contains("was not sent"), "{error}");
        background.0.lock().unwrap().worker = Some(Arc::new(ended));
        assert_eq!(
            background
                .worker(&template, "ReadVms")
                .unwrap()
                .run(&template, "ReadVms", |_| async { 7 })
                .unwrap(),
            7
        );
    }

    #[test]
    fn connections_used_elsewhere_are_not_used_by_the_thread() {
        let template = template();
        for (is_own, is_same_one) in [(true, true), (false, false)] {
            let background = Background::new(is_own);
            assert_eq!(
                is_same(&background.worker(&template, "ReadVms").unwrap().client, &template),
                is_same_one
            );
            // The connections of an ended thread are not used, either.
            background.0.lock().unwrap().worker = None;
            assert!(!is_same(&background.worker(&template, "ReadVms").unwrap().client, &template));
        }
    }
}

//! The thread that calls are sent from, and how a call gets there and back.
//!
//! Waiting is done with the standard library alone: tokio's own ways of blocking panic inside of a runtime.

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

/// What the thread is called.
const NAME: &str = "osc-api";

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What the clones of a blocking client share: their thread, once a call needed it.
pub(super) struct Home(Mutex<State>);

struct State {
    /// Whether nobody but this home has used the client's connections, so that its first thread can have them.
    is_unused: bool,
    worker: Option<Arc<Worker>>,
}

impl Home {
    /// A home without a thread. `is_own` tells that nobody else has the client.
    pub(super) fn new(is_own: bool) -> Self {
        Self(Mutex::new(State { is_unused: is_own, worker: None }))
    }

    /// The thread for a call: that of the last one, unless it is gone or was left behind by a fork. `model` gives
    /// the account.
    ///
    /// # Errors
    /// When no thread can be started, and when this is it: the call would wait for itself.
    pub(super) fn worker(&self, model: &Client, action: &str) -> Result<Arc<Worker>> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(worker) = &state.worker
            && worker.is_alive()
        {
            return worker.for_another_thread(action);
        }
        if let Some(worker) = state.worker.take()
            && worker.is_foreign()
        {
            // Nobody knows in which state its locks were when the process forked: they are not touched again.
            mem::forget(worker);
        }
        let client = if mem::take(&mut state.is_unused) { model.clone() } else { apart(model)? };
        let worker = Worker::start(client)
            .map_err(|error| refused(action, &format!("the client's thread cannot be started: {error}")))?;
        Ok(Arc::clone(state.worker.insert(Arc::new(worker))))
    }
}

/// A thread with a runtime. It ends when the worker is dropped, and nothing waits for that.
pub(super) struct Worker {
    /// Its connections belong to the thread's runtime.
    client: Client,
    jobs: UnboundedSender<Job>,
    thread: ThreadId,
    process: u32,
}

impl Worker {
    fn start(client: Client) -> io::Result<Self> {
        let (jobs, queue) = unbounded_channel();
        let (ready, started) = mpsc::sync_channel(1);
        // The runtime is made where it will be dropped: the thread that calls may belong to another one, and
        // dropping one there panics.
        let thread = thread::Builder::new().name(NAME.to_owned()).spawn(move || {
            match runtime::Builder::new_current_thread().enable_all().thread_name(NAME).build() {
                Err(error) => drop(ready.send(Err(error))),
                Ok(runtime) => {
                    drop(ready.send(Ok(())));
                    runtime.block_on(serve(queue));
                    // The system's resolver may be in the middle of something that takes long.
                    runtime.shutdown_background();
                }
            }
        })?;
        started.recv().map_err(|_| io::Error::other("it ended at once"))??;
        Ok(Self { client, jobs, thread: thread.thread().id(), process: process::id() })
    }

    /// Runs a call on the thread, with the settings of `model`, and waits for its outcome.
    ///
    /// # Errors
    /// When the call panicked, or the thread is gone.
    pub(super) fn run<F>(
        &self,
        model: &Client,
        action: &str,
        call: impl FnOnce(Client) -> F,
    ) -> Result<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let call = call(with_settings_of(&self.client, model));
        let (reply, answer) = mpsc::sync_channel(1);
        let job = async move { drop(reply.send(call.await)) };
        // The call is a part of what the caller does, and is logged where the caller logs.
        let job: Job = Box::pin(job.in_current_span().with_current_subscriber());
        if self.jobs.send(job).is_err() {
            return Err(refused(action, "the client's thread has ended: call again"));
        }
        // A job that is dropped on its way takes the other end of the channel with it.
        answer.recv().map_err(|_| self.lost(action))
    }

    fn for_another_thread(self: &Arc<Self>, action: &str) -> Result<Arc<Self>> {
        if self.thread == thread::current().id() {
            let reason = "it was called from the client's own thread, and would wait for itself: use the async \
                          client there";
            return Err(refused(action, reason));
        }
        Ok(Arc::clone(self))
    }

    fn is_alive(&self) -> bool {
        !self.is_foreign() && !self.jobs.is_closed()
    }

    /// Whether it was started before a fork made this process: threads stay behind.
    fn is_foreign(&self) -> bool {
        self.process != process::id()
    }

    /// Of a call of which nobody knows what became.
    fn lost(&self, action: &str) -> Error {
        let kind = ErrorRepr::Transport {
            host: host(&self.client).to_owned(),
            timeout: false,
            connect: false,
            permanent: false,
            advice: Some("the call panicked on the blocking client's thread"),
            source: "the call ended without an outcome".into(),
        };
        Error::new(action, kind).after(1, false)
    }
}

/// Starts the jobs, which go on side by side, until there can be no more.
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

    fn model() -> Client {
        Client::builder().ignore_environment().endpoint("http://127.0.0.1").build().unwrap()
    }

    #[test]
    fn a_panic_in_a_call_is_the_error_of_that_call_only() {
        let (model, home) = (model(), Home::new(true));
        let worker = home.worker(&model, "ReadVms").unwrap();
        let outcome: Result<()> = worker.run(&model, "ReadVms", |_| async { panic!("on purpose") });
        let error = outcome.unwrap_err();
        assert!(error.is_transport() && !error.is_connect() && !error.is_retryable(), "{error:?}");
        assert!(error.to_string().contains("panicked"), "{error}");
        assert_eq!(
            home.worker(&model, "ReadVms").unwrap().run(&model, "ReadVms", |_| async { 7 }).unwrap(),
            7
        );
        assert!(Arc::ptr_eq(&worker, &home.worker(&model, "ReadVms").unwrap()));
    }

    #[test]
    fn a_call_from_the_thread_itself_is_refused() {
        let (model, home) = (model(), Arc::new(Home::new(true)));
        let worker = home.worker(&model, "ReadVms").unwrap();
        let (inner, again) = (Arc::clone(&home), model.clone());
        let error = worker
            .run(&model, "ReadVms", |_| async move { inner.worker(&again, "ReadVms").err() })
            .unwrap()
            .unwrap();
        assert!(
            error.to_string().contains("was not sent") && error.to_string().contains("own thread"),
            "{error}"
        );
    }

    thread_local! {
        /// Dropped with its thread, so that the other end of the channel sees the end of it.
        static LIFE: RefCell<Option<mpsc::Sender<()>>> = const { RefCell::new(None) };
    }

    /// Told nothing, but cut off when the thread ends.
    fn end_of(worker: &Worker, model: &Client) -> mpsc::Receiver<()> {
        let (life, end) = mpsc::channel();
        let mark = async move { LIFE.with_borrow_mut(|place| *place = Some(life)) };
        worker.run(model, "ReadVms", |_| mark).unwrap();
        end
    }

    #[test]
    fn the_thread_ends_with_the_last_clone() {
        let client = crate::blocking::Client::of_own(model());
        let worker = client.home.worker(&client.model, "ReadVms").unwrap();
        let end = end_of(&worker, &client.model);
        let clone = client.with(crate::CallOptions::new());
        drop((worker, client));
        assert_eq!(clone.run("ReadVms", |_| async { 7 }).unwrap(), 7);
        assert_eq!(end.try_recv(), Err(mpsc::TryRecvError::Empty));
        drop(clone);
        assert!(end.recv().is_err());
    }

    #[test]
    fn the_last_clone_may_be_dropped_on_the_thread_itself() {
        let client = crate::blocking::Client::of_own(model());
        let worker = client.home.worker(&client.model, "ReadVms").unwrap();
        let end = end_of(&worker, &client.model);
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
    fn a_thread_of_another_process_is_left_alone() {
        let (model, home) = (model(), Home::new(true));
        let worker = home.worker(&model, "ReadVms").unwrap();
        let mut foreign = Worker::start(model.clone()).unwrap();
        foreign.process = 0;
        home.0.lock().unwrap().worker = Some(Arc::new(foreign));
        let other = home.worker(&model, "ReadVms").unwrap();
        assert!(other.is_alive() && !Arc::ptr_eq(&worker, &other));
        assert_eq!(other.run(&model, "ReadVms", |_| async { 7 }).unwrap(), 7);
    }

    #[test]
    fn a_thread_that_ended_is_replaced() {
        let (model, home) = (model(), Home::new(true));
        let (jobs, queue) = unbounded_channel();
        drop(queue);
        let thread = thread::spawn(|| {}).thread().id();
        let gone = Worker { client: model.clone(), jobs, thread, process: process::id() };
        let error = gone.run(&model, "ReadVms", |_| async { 7 }).unwrap_err();
        assert!(error.to_string().contains("was not sent"), "{error}");
        home.0.lock().unwrap().worker = Some(Arc::new(gone));
        assert_eq!(
            home.worker(&model, "ReadVms").unwrap().run(&model, "ReadVms", |_| async { 7 }).unwrap(),
            7
        );
    }

    #[test]
    fn what_is_used_elsewhere_is_not_used_by_the_thread() {
        let model = model();
        for (is_own, is_same_one) in [(true, true), (false, false)] {
            let home = Home::new(is_own);
            assert_eq!(is_same(&home.worker(&model, "ReadVms").unwrap().client, &model), is_same_one);
            // The connections of a thread that is gone are not used either.
            home.0.lock().unwrap().worker = None;
            assert!(!is_same(&home.worker(&model, "ReadVms").unwrap().client, &model));
        }
    }
}

//! One wait, from its beginning to its end.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::debug;

use super::evaluate::{Evaluator, Verdict, is_temporary, join_states};
use super::poller::Subscription;
use super::schedule::after;
use super::{Listed, Progress, ProgressCallback, WaitSettings, Waiter};
use crate::action::Action;
use crate::error::{Error, ErrorRepr, NotSentCause, Result, WaitEnd};
use crate::{Client, random};

/// Waits until the state of a resource decides.
pub(super) async fn wait_for<A: Listed, O>(
    client: Client,
    waiter: Waiter<A, O>,
    settings: WaitSettings,
    on_progress: ProgressCallback<'_>,
) -> Result<O> {
    require_runtime(A::NAME)?;
    let Waiter { id, subject, goal, accepts_absence, output, .. } = waiter;
    let mut reporter = ProgressReporter::new(subject.noun, &id, on_progress);
    let mut evaluator = Evaluator::new(goal, accepts_absence, settings.grace);
    let (mut last_state, mut is_listed) = (None::<String>, false);
    let failure = |state, end| {
        let resource = Some(format!("{} {id}", subject.noun));
        Error::new(A::NAME, ErrorRepr::Wait { resource, goal: goal.name, state, end })
    };
    let deadline = after(reporter.began, settings.timeout);
    let subscription = Subscription::<A>::new(&client, &id, settings.schedule);
    loop {
        let Ok(observation) = timeout_at(deadline, subscription.next()).await else {
            let end = WaitEnd::TimedOut { after: settings.timeout, is_listed };
            return Err(failure(last_state, end));
        };
        let states = observation.as_ref().map(|item| item.as_ref().map(subject.states).unwrap_or_default());
        let state = states.as_ref().ok().and_then(|states| join_states(states));
        reporter.report(state.as_deref());
        let verdict = evaluator.evaluate(states.as_deref().map_err(|error| *error), reporter.began.elapsed());
        last_state = state.or(last_state);
        if let Ok(item) = &observation {
            is_listed = item.is_some();
        }
        match (verdict, observation) {
            (Verdict::Wait, _) => {}
            // Only a wait for a deletion can end without the resource, and its output allows for that.
            (Verdict::Reached, observation) => match output(observation.ok().flatten()) {
                Some(output) => return Ok(output),
                None => return Err(failure(last_state, WaitEnd::Missing)),
            },
            (Verdict::Failed | Verdict::Missing, Err(error)) => return Err(error),
            (Verdict::Failed, Ok(_)) => return Err(failure(last_state, WaitEnd::Failed)),
            (Verdict::Missing, Ok(_)) => return Err(failure(last_state, WaitEnd::Missing)),
        }
    }
}

/// Waits until all of them are decided, or one has failed. The results are in the order of the waiters.
pub(super) async fn wait_for_all<A: Listed, O: Send>(
    client: Client,
    waiters: Vec<Waiter<A, O>>,
    settings: WaitSettings,
    on_progress: ProgressCallback<'_>,
) -> Result<Vec<O>> {
    let on_progress = Mutex::new(on_progress);
    let report = |progress: &Progress<'_>| {
        let mut callback = on_progress.lock().unwrap_or_else(PoisonError::into_inner);
        (*callback)(progress);
    };
    let mut waits: Vec<WaitState<'_, O>> = waiters
        .into_iter()
        .map(|waiter| {
            WaitState::Pending(Box::pin(wait_for(client.clone(), waiter, settings, Box::new(report))))
        })
        .collect();
    poll_fn(|context| {
        let mut is_pending = false;
        for wait in &mut waits {
            let WaitState::Pending(future) = wait else { continue };
            match future.as_mut().poll(context) {
                Poll::Ready(Ok(output)) => *wait = WaitState::Done(output),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => is_pending = true,
            }
        }
        if is_pending { Poll::Pending } else { Poll::Ready(Ok(())) }
    })
    .await?;
    let outputs = waits.into_iter().filter_map(|wait| match wait {
        WaitState::Done(output) => Some(output),
        WaitState::Pending(_) => None,
    });
    Ok(outputs.collect())
}

/// One of several waits.
enum WaitState<'a, O> {
    Pending(Pin<Box<dyn Future<Output = Result<O>> + Send + 'a>>),
    Done(O),
}

/// Calls an action until its response meets a condition.
pub(super) async fn wait_until<A, T>(
    client: Client,
    request: A::Request,
    mut condition: impl FnMut(A::Response) -> Option<T>,
    settings: WaitSettings,
    on_progress: ProgressCallback<'_>,
) -> Result<T>
where
    A: Action<Request: Send, Response: Send>,
{
    require_runtime(A::NAME)?;
    let mut reporter = ProgressReporter::new(A::NAME, "", on_progress);
    let deadline = after(reporter.began, settings.timeout);
    let polls = async {
        loop {
            let response = client.send::<A>(&request).await;
            reporter.report(None);
            match response.map(&mut condition) {
                Ok(Some(output)) => return Ok(output),
                Err(error) if !is_temporary(&error) => return Err(error),
                Ok(None) | Err(_) => {}
            }
            sleep(settings.schedule.delay(reporter.began.elapsed(), random::unit())).await;
        }
    };
    timeout_at(deadline, polls).await.unwrap_or_else(|_| {
        let end = WaitEnd::TimedOut { after: settings.timeout, is_listed: false };
        Err(Error::new(A::NAME, ErrorRepr::Wait { resource: None, goal: "", state: None, end }))
    })
}

/// Timers panic outside a runtime.
fn require_runtime(action: &str) -> Result<()> {
    match Handle::try_current() {
        Ok(_) => Ok(()),
        Err(_) => {
            let reason = "no Tokio runtime is running: call the client from within one".to_owned();
            Err(Error::new(action, ErrorRepr::NotSent { reason, cause: NotSentCause::Invalid }))
        }
    }
}

/// Reports the progress of a wait.
struct ProgressReporter<'a> {
    resource: &'a str,
    id: &'a str,
    began: Instant,
    reads: u32,
    on_progress: ProgressCallback<'a>,
}

impl<'a> ProgressReporter<'a> {
    fn new(resource: &'a str, id: &'a str, on_progress: ProgressCallback<'a>) -> Self {
        Self { resource, id, began: Instant::now(), reads: 0, on_progress }
    }

    fn report(&mut self, state: Option<&str>) {
        let Self { resource, id, began, reads, on_progress } = self;
        *reads = reads.saturating_add(1);
        let elapsed = began.elapsed();
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        debug!(resource, id, state, reads = *reads, elapsed_ms, "waiting");
        on_progress(&Progress { resource, id, state, reads: *reads, elapsed });
    }
}

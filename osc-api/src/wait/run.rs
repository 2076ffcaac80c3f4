//! How a wait goes, from its beginning to its end.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::debug;

use super::evaluate::{Judge, Verdict, shown};
use super::poller::Place;
use super::schedule::after;
use super::{Listed, Progress, Report, Settings, Waiter};
use crate::action::Action;
use crate::error::{Error, ErrorRepr, Result, WaitEnd};
use crate::{Client, random};

/// Waits for a resource until its state decides.
pub(super) async fn watch<A: Listed, O>(
    client: Client,
    waiter: Waiter<A, O>,
    settings: Settings,
    report: Report<'_>,
) -> Result<O> {
    must_have_runtime(A::NAME)?;
    let Waiter { id, subject, goal, gone, output, .. } = waiter;
    let mut course = Course::begin(subject.noun, &id, report);
    let mut judge = Judge::new(goal, gone, settings.grace);
    let mut last: Option<String> = None;
    let end = |state, end| {
        let resource = Some(format!("{} {id}", subject.noun));
        Error::new(A::NAME, ErrorRepr::Wait { resource, goal: goal.name, state, end })
    };
    let deadline = after(course.began, settings.timeout);
    let place = Place::<A>::take(&client, &id, settings.schedule);
    loop {
        let Ok(sighting) = timeout_at(deadline, place.next()).await else {
            return Err(end(last, WaitEnd::TimedOut(settings.timeout)));
        };
        let states = sighting.as_ref().map(|item| item.as_ref().map(subject.states).unwrap_or_default());
        let state = states.as_ref().ok().and_then(|states| shown(states));
        course.sees(state.as_deref());
        let verdict = judge.judge(states.as_deref().map_err(|error| *error), course.began.elapsed());
        last = state.or(last);
        match (verdict, sighting) {
            (Verdict::Wait, _) => {}
            // Only a wait for something to be gone is over without the resource, and has an output for that.
            (Verdict::Reached, sighting) => match output(sighting.ok().flatten()) {
                Some(output) => return Ok(output),
                None => return Err(end(last, WaitEnd::Missing)),
            },
            (Verdict::Failed | Verdict::Missing, Err(error)) => return Err(error),
            (Verdict::Failed, Ok(_)) => return Err(end(last, WaitEnd::Failed)),
            (Verdict::Missing, Ok(_)) => return Err(end(last, WaitEnd::Missing)),
        }
    }
}

/// Calls an action until something is found in its answer.
pub(super) async fn poll<A, T>(
    client: Client,
    request: A::Request,
    mut found: impl FnMut(A::Response) -> Option<T>,
    settings: Settings,
    report: Report<'_>,
) -> Result<T>
where
    A: Action<Request: Send, Response: Send>,
{
    must_have_runtime(A::NAME)?;
    let mut course = Course::begin(A::NAME, "", report);
    let deadline = after(course.began, settings.timeout);
    let polls = async {
        loop {
            let answer = client.send::<A>(&request).await?;
            course.sees(None);
            if let Some(found) = found(answer) {
                return Ok(found);
            }
            sleep(settings.schedule.delay(course.began.elapsed(), random::unit())).await;
        }
    };
    timeout_at(deadline, polls).await.unwrap_or_else(|_| {
        let end = WaitEnd::TimedOut(settings.timeout);
        Err(Error::new(A::NAME, ErrorRepr::Wait { resource: None, goal: "", state: None, end }))
    })
}

/// Without a runtime there are no timers, which panic.
fn must_have_runtime(action: &str) -> Result<()> {
    match Handle::try_current() {
        Ok(_) => Ok(()),
        Err(_) => {
            let reason = "the client works inside of a tokio runtime only: call it from one".to_owned();
            Err(Error::new(action, ErrorRepr::NotSent { reason, credentials: false }))
        }
    }
}

/// What a wait tells of its way.
struct Course<'a> {
    resource: &'a str,
    id: &'a str,
    began: Instant,
    reads: u32,
    report: Report<'a>,
}

impl<'a> Course<'a> {
    fn begin(resource: &'a str, id: &'a str, report: Report<'a>) -> Self {
        Self { resource, id, began: Instant::now(), reads: 0, report }
    }

    fn sees(&mut self, state: Option<&str>) {
        let Self { resource, id, began, reads, report } = self;
        *reads = reads.saturating_add(1);
        let elapsed = began.elapsed();
        debug!(resource, id, state, reads = *reads, elapsed_ms = millis(elapsed), "waiting");
        report(&Progress { resource, id, state, reads: *reads, elapsed });
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

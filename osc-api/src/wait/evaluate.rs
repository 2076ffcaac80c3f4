//! Evaluates what a read observed: pure.

use std::time::Duration;

use super::Goal;
use crate::Error;

/// What an observation means for a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Keep polling.
    Wait,
    /// The goal is reached.
    Reached,
    /// The goal cannot be reached, or the read failed permanently.
    Failed,
    /// The resource has been missing for longer than the grace period.
    Missing,
}

/// Evaluates the observations of one wait.
#[derive(Debug)]
pub(super) struct Evaluator {
    goal: &'static Goal,
    accepts_absence: bool,
    grace: Duration,
    /// When the resource was first found missing since it was last listed, since the beginning of the wait.
    missing_since: Option<Duration>,
}

impl Evaluator {
    pub(super) fn new(goal: &'static Goal, accepts_absence: bool, grace: Duration) -> Self {
        Self { goal, accepts_absence, grace, missing_since: None }
    }

    /// Evaluates the states observed `elapsed` after the beginning of the wait. No state: the resource is not listed.
    pub(super) fn evaluate(&mut self, states: Result<&[&str], &Error>, elapsed: Duration) -> Verdict {
        match states {
            Ok([]) => self.missing(elapsed),
            Ok(states) => {
                self.missing_since = None;
                self.listed(states)
            }
            Err(error) if error.is_not_found() => self.missing(elapsed),
            Err(error) if is_temporary(error) => Verdict::Wait,
            Err(_) => Verdict::Failed,
        }
    }

    /// One part in a target state reaches it. Deletion requires all parts.
    fn listed(&self, states: &[&str]) -> Verdict {
        let Goal { states: targets, failures, .. } = self.goal;
        let mut each = states.iter();
        let is_reached = match self.accepts_absence {
            true => each.all(|state| targets.contains(state)),
            false => each.any(|state| targets.contains(state)),
        };
        if is_reached {
            Verdict::Reached
        } else if states.iter().any(|state| failures.contains(state)) {
            Verdict::Failed
        } else {
            Verdict::Wait
        }
    }

    /// A resource that was just created may not be listed yet, and consecutive reads may differ.
    fn missing(&mut self, elapsed: Duration) -> Verdict {
        let since = *self.missing_since.get_or_insert(elapsed);
        if self.accepts_absence {
            Verdict::Reached
        } else if elapsed.saturating_sub(since) >= self.grace {
            Verdict::Missing
        } else {
            Verdict::Wait
        }
    }
}

/// Whether a read that failed may succeed later: an outage does not end a wait before its timeout does.
pub(super) fn is_temporary(error: &Error) -> bool {
    error.is_retryable()
}

/// The states of a resource in one line. `None` if none is known.
pub(super) fn join_states(states: &[&str]) -> Option<String> {
    let known: Vec<&str> = states.iter().filter(|state| !state.is_empty()).copied().collect();
    (!known.is_empty()).then(|| known.join(", "))
}

//! What a sighting means for a wait: pure.

use std::time::Duration;

use super::Goal;
use crate::Error;

/// What follows from a sighting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Wait,
    Reached,
    /// In a state from which the goal does not follow, or a read that no retry can mend.
    Failed,
    /// Missing for longer than is normal.
    Missing,
}

/// Judges the sightings of one wait.
#[derive(Debug)]
pub(super) struct Judge {
    goal: &'static Goal,
    /// Whether absence is the goal too.
    gone: bool,
    grace: Duration,
    /// When it was first missing since it was last seen, from the beginning of the wait.
    missing_since: Option<Duration>,
}

impl Judge {
    pub(super) fn new(goal: &'static Goal, gone: bool, grace: Duration) -> Self {
        Self { goal, gone, grace, missing_since: None }
    }

    /// Judges the states that were seen so long after the beginning: none, where what has a state is not there.
    pub(super) fn judge(&mut self, states: Result<&[&str], &Error>, elapsed: Duration) -> Verdict {
        match states {
            Ok([]) => self.missing(elapsed),
            Ok(states) => {
                self.missing_since = None;
                self.states(states)
            }
            Err(error) if error.is_not_found() => self.missing(elapsed),
            Err(_) => Verdict::Failed,
        }
    }

    /// One part in the wanted state is enough to have it, but for it to be gone all of them must be.
    fn states(&self, states: &[&str]) -> Verdict {
        let Goal { states: wanted, failures, .. } = self.goal;
        let mut each = states.iter();
        let is_reached = match self.gone {
            true => each.all(|state| wanted.contains(state)),
            false => each.any(|state| wanted.contains(state)),
        };
        if is_reached {
            Verdict::Reached
        } else if states.iter().any(|state| failures.contains(state)) {
            Verdict::Failed
        } else {
            Verdict::Wait
        }
    }

    /// Just after it was made a resource may not be listed yet, and lists are not always of one mind.
    fn missing(&mut self, elapsed: Duration) -> Verdict {
        let since = *self.missing_since.get_or_insert(elapsed);
        if self.gone {
            Verdict::Reached
        } else if elapsed.saturating_sub(since) >= self.grace {
            Verdict::Missing
        } else {
            Verdict::Wait
        }
    }
}

/// The states of a resource in a line. `None` where there is none to show.
pub(super) fn shown(states: &[&str]) -> Option<String> {
    let known: Vec<&str> = states.iter().filter(|state| !state.is_empty()).copied().collect();
    (!known.is_empty()).then(|| known.join(", "))
}

//! The pure parts.

use std::time::Duration;

use tokio::time::Instant;

use super::evaluate::{Evaluator, Verdict, join_states};
use super::schedule::{Schedule, after};
use super::*;
use crate::error::{ApiError, Error, ErrorRepr, WaitEnd};

const SECOND: Duration = Duration::from_secs(1);
const GRACE: Duration = Duration::from_secs(60);

#[test]
fn delays_double_from_the_first_to_the_longest() {
    let schedule = Schedule::default();
    let mut elapsed = Duration::ZERO;
    let mut delays = Vec::new();
    for _ in 0..7 {
        delays.push(schedule.delay(elapsed, 0.0).as_millis());
        elapsed += schedule.delay(elapsed, 0.0);
    }
    assert_eq!(delays, [500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
}

#[test]
fn jitter_shortens_an_interval_by_at_most_a_quarter() {
    let schedule = Schedule { first: SECOND, longest: 4 * SECOND };
    for (random, millis) in [(0.0, 1000), (0.5, 875), (1.0, 750), (-3.0, 1000), (7.0, 750)] {
        assert_eq!(schedule.delay(Duration::ZERO, random).as_millis(), millis, "{random}");
    }
    assert_eq!(schedule.delay(Duration::MAX, 0.0), 4 * SECOND);
    let never = Schedule { first: Duration::MAX, longest: Duration::MAX };
    assert_eq!(never.delay(SECOND, 0.0), Duration::MAX);
}

#[tokio::test]
async fn any_timeout_can_be_added_to_now() {
    let now = Instant::now();
    assert_eq!(after(now, SECOND), now + SECOND);
    assert!(after(now, Duration::MAX) > now + 86_400 * SECOND);
}

const RUNNING: &Goal = &Goal { name: "running", states: &["running"], failures: &["terminated"] };
const DETACHED: &Goal = &Goal { name: "detached", states: &["detached"], failures: &["stuck"] };

fn not_found() -> Error {
    let response = ApiError::new(400, br#"{"Errors": [{"Code": "5063"}]}"#, None);
    Error::new("ReadVms", ErrorRepr::Api(response))
}

/// An outage of the platform, after all retries of a read.
fn unavailable() -> Error {
    Error::new("ReadVms", ErrorRepr::Api(ApiError::new(503, b"", None))).after(5, true)
}

fn denied() -> Error {
    Error::new("ReadVms", ErrorRepr::Api(ApiError::new(403, b"", None)))
}

#[test]
fn states_determine_verdicts() {
    for (goal, accepts_absence, states, verdict) in [
        (RUNNING, false, &["running"][..], Verdict::Reached),
        (RUNNING, false, &["pending"], Verdict::Wait),
        (RUNNING, false, &["of another version"], Verdict::Wait),
        (RUNNING, false, &[""], Verdict::Wait),
        (RUNNING, false, &["terminated"], Verdict::Failed),
        (RUNNING, false, &["terminated", "running"], Verdict::Reached),
        (RUNNING, false, &["pending", "terminated"], Verdict::Failed),
        (RUNNING, false, &[], Verdict::Wait),
        (DETACHED, true, &["detached"], Verdict::Reached),
        (DETACHED, true, &["detached", "detached"], Verdict::Reached),
        (DETACHED, true, &["detached", "attached"], Verdict::Wait),
        (DETACHED, true, &["detaching"], Verdict::Wait),
        (DETACHED, true, &["stuck"], Verdict::Failed),
        (DETACHED, true, &[""], Verdict::Wait),
        (DETACHED, true, &[], Verdict::Reached),
    ] {
        let verdict_of = Evaluator::new(goal, accepts_absence, GRACE).evaluate(Ok(states), Duration::ZERO);
        assert_eq!(verdict_of, verdict, "{} {states:?}", goal.name);
    }
}

#[test]
fn errors_determine_verdicts() {
    for (accepts_absence, error, verdict) in [
        (false, not_found(), Verdict::Wait),
        (true, not_found(), Verdict::Reached),
        (false, denied(), Verdict::Failed),
        (true, denied(), Verdict::Failed),
        (false, unavailable(), Verdict::Wait),
        (true, unavailable(), Verdict::Wait),
    ] {
        let verdict_of =
            Evaluator::new(RUNNING, accepts_absence, GRACE).evaluate(Err(&error), Duration::ZERO);
        assert_eq!(verdict_of, verdict, "{error}");
    }
}

#[test]
fn a_resource_is_missing_only_after_the_grace_period() {
    let mut evaluator = Evaluator::new(RUNNING, false, GRACE);
    let error = not_found();
    assert_eq!(evaluator.evaluate(Ok(&[]), 5 * SECOND), Verdict::Wait);
    assert_eq!(evaluator.evaluate(Err(&error), 64 * SECOND), Verdict::Wait);
    // It was listed, so the grace period starts again.
    assert_eq!(evaluator.evaluate(Ok(&["pending"]), 66 * SECOND), Verdict::Wait);
    assert_eq!(evaluator.evaluate(Ok(&[]), 70 * SECOND), Verdict::Wait);
    assert_eq!(evaluator.evaluate(Ok(&[]), 129 * SECOND), Verdict::Wait);
    assert_eq!(evaluator.evaluate(Err(&error), 130 * SECOND), Verdict::Missing);
    assert_eq!(Evaluator::new(RUNNING, false, Duration::ZERO).evaluate(Ok(&[]), SECOND), Verdict::Missing);
}

#[test]
fn states_are_joined_in_a_line() {
    assert_eq!(join_states(&[]), None);
    assert_eq!(join_states(&[""]), None);
    assert_eq!(join_states(&["attached", "", "detaching"]).as_deref(), Some("attached, detaching"));
}

#[test]
fn errors_name_the_resource_and_its_state() {
    let timed_out = |is_listed| WaitEnd::TimedOut { after: SECOND, is_listed };
    let error = |state: Option<&str>, end| {
        let (resource, state) = (Some("VM i-1\n".to_owned()), state.map(str::to_owned));
        Error::new("ReadVms", ErrorRepr::Wait { resource, goal: "running", state, end })
    };
    let prefix = "waiting for VM i-1 to be running failed: ";
    for (error, words) in [
        (error(Some("terminated"), WaitEnd::Failed), "it is terminated"),
        (error(None, WaitEnd::Missing), "it does not exist"),
        (error(Some("pending"), WaitEnd::Missing), "it no longer exists; its last state was pending"),
        (error(Some("pending"), timed_out(true)), "it is still pending after 1s"),
        (error(None, timed_out(false)), "it was not listed within 1s"),
        (error(None, timed_out(true)), "it is listed, without a state, after 1s"),
    ] {
        assert_eq!(error.to_string(), format!("{prefix}{words}"));
        assert_eq!(error.clone().to_string(), error.to_string());
        assert!(error.is_timeout() != error.is_wait_failed());
        assert_eq!(error.is_not_found(), words.contains("exist"));
        assert!(!error.is_transport() && !error.is_retryable());
    }
    assert_eq!(error(Some("pending"), WaitEnd::Failed).last_state(), Some("pending"));
    let kind = ErrorRepr::Wait { resource: None, goal: "", state: None, end: timed_out(false) };
    assert!(Error::new("ReadQuotas", kind).to_string().contains("waiting with ReadQuotas failed"));
}

#[test]
fn waits_are_send() {
    fn is_send<T: Send>(_: &T) {}
    let client = Client::builder().ignore_environment().build().unwrap();
    let wait = client.wait_for(vm("i-1").running());
    is_send(&wait);
    is_send(&wait.into_future());
    let wait = client.wait_until::<crate::action::ReadVms, _>(Default::default(), |_| Some(()));
    is_send(&wait);
    let waiter = vm("i-1").terminated();
    assert_eq!(format!("{waiter:?}"), r#"Waiter { resource: "VM", id: "i-1", goal: "terminated", .. }"#);
}

//! The pure parts.

use std::time::Duration;

use tokio::time::Instant;

use super::evaluate::{Judge, Verdict, shown};
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
fn chance_takes_at_most_a_quarter() {
    let schedule = Schedule { first: SECOND, longest: 4 * SECOND };
    for (chance, millis) in [(0.0, 1000), (0.5, 875), (1.0, 750), (-3.0, 1000), (7.0, 750)] {
        assert_eq!(schedule.delay(Duration::ZERO, chance).as_millis(), millis, "{chance}");
    }
    assert_eq!(schedule.delay(Duration::MAX, 0.0), 4 * SECOND);
    let never = Schedule { first: Duration::MAX, longest: Duration::MAX };
    assert_eq!(never.delay(SECOND, 0.0), Duration::MAX);
}

#[tokio::test]
async fn no_time_is_too_long() {
    let now = Instant::now();
    assert_eq!(after(now, SECOND), now + SECOND);
    assert!(after(now, Duration::MAX) > now + 86_400 * SECOND);
}

const RUNNING: &Goal = &Goal { name: "running", states: &["running"], failures: &["terminated"] };
const GONE: &Goal = &Goal { name: "detached", states: &["detached"], failures: &["stuck"] };

fn not_found() -> Error {
    let answer = ApiError::new(400, br#"{"Errors": [{"Code": "5063"}]}"#, None);
    Error::new("ReadVms", ErrorRepr::Api(answer))
}

fn denied() -> Error {
    Error::new("ReadVms", ErrorRepr::Api(ApiError::new(403, b"", None)))
}

#[test]
fn states_decide() {
    for (goal, gone, states, verdict) in [
        (RUNNING, false, &["running"][..], Verdict::Reached),
        (RUNNING, false, &["pending"], Verdict::Wait),
        (RUNNING, false, &["of another version"], Verdict::Wait),
        (RUNNING, false, &[""], Verdict::Wait),
        (RUNNING, false, &["terminated"], Verdict::Failed),
        (RUNNING, false, &["terminated", "running"], Verdict::Reached),
        (RUNNING, false, &["pending", "terminated"], Verdict::Failed),
        (RUNNING, false, &[], Verdict::Wait),
        (GONE, true, &["detached"], Verdict::Reached),
        (GONE, true, &["detached", "detached"], Verdict::Reached),
        (GONE, true, &["detached", "attached"], Verdict::Wait),
        (GONE, true, &["detaching"], Verdict::Wait),
        (GONE, true, &["stuck"], Verdict::Failed),
        (GONE, true, &[""], Verdict::Wait),
        (GONE, true, &[], Verdict::Reached),
    ] {
        let judged = Judge::new(goal, gone, GRACE).judge(Ok(states), Duration::ZERO);
        assert_eq!(judged, verdict, "{} {states:?}", goal.name);
    }
}

#[test]
fn errors_decide() {
    for (gone, error, verdict) in [
        (false, not_found(), Verdict::Wait),
        (true, not_found(), Verdict::Reached),
        (false, denied(), Verdict::Failed),
        (true, denied(), Verdict::Failed),
    ] {
        let judged = Judge::new(RUNNING, gone, GRACE).judge(Err(&error), Duration::ZERO);
        assert_eq!(judged, verdict, "{error}");
    }
}

#[test]
fn what_is_missing_is_missed_after_the_grace_only() {
    let mut judge = Judge::new(RUNNING, false, GRACE);
    let error = not_found();
    assert_eq!(judge.judge(Ok(&[]), 5 * SECOND), Verdict::Wait);
    assert_eq!(judge.judge(Err(&error), 64 * SECOND), Verdict::Wait);
    // It was seen, so that the grace begins anew.
    assert_eq!(judge.judge(Ok(&["pending"]), 66 * SECOND), Verdict::Wait);
    assert_eq!(judge.judge(Ok(&[]), 70 * SECOND), Verdict::Wait);
    assert_eq!(judge.judge(Ok(&[]), 129 * SECOND), Verdict::Wait);
    assert_eq!(judge.judge(Err(&error), 130 * SECOND), Verdict::Missing);
    assert_eq!(Judge::new(RUNNING, false, Duration::ZERO).judge(Ok(&[]), SECOND), Verdict::Missing);
}

#[test]
fn states_are_shown_in_a_line() {
    assert_eq!(shown(&[]), None);
    assert_eq!(shown(&[""]), None);
    assert_eq!(shown(&["attached", "", "detaching"]).as_deref(), Some("attached, detaching"));
}

#[test]
fn errors_show_the_resource_and_its_state() {
    let error = |state: Option<&str>, end| {
        let (resource, state) = (Some("VM i-1\n".to_owned()), state.map(str::to_owned));
        Error::new("ReadVms", ErrorRepr::Wait { resource, goal: "running", state, end })
    };
    let said = "waiting for VM i-1 to be running failed: ";
    for (error, words) in [
        (error(Some("terminated"), WaitEnd::Failed), "it is terminated"),
        (error(None, WaitEnd::Missing), "it is not there"),
        (error(Some("pending"), WaitEnd::Missing), "it is not there any more, and was pending last"),
        (error(Some("pending"), WaitEnd::TimedOut(SECOND)), "it is still pending after 1s"),
        (error(None, WaitEnd::TimedOut(SECOND)), "it was not seen within 1s"),
    ] {
        assert_eq!(error.to_string(), format!("{said}{words}"));
        assert_eq!(error.copy().to_string(), error.to_string());
        assert!(error.is_timeout() != error.is_wait_failed());
        assert_eq!(error.is_not_found(), words.starts_with("it is not there"));
        assert!(!error.is_transport() && !error.is_retryable());
    }
    assert_eq!(error(Some("pending"), WaitEnd::Failed).last_state(), Some("pending"));
    let kind = ErrorRepr::Wait { resource: None, goal: "", state: None, end: WaitEnd::TimedOut(SECOND) };
    assert!(Error::new("ReadQuotas", kind).to_string().contains("waiting with ReadQuotas failed"));
}

#[test]
fn waits_go_anywhere() {
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

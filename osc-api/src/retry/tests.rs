use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn failure(outcome: AttemptOutcome) -> RetryContext {
    let left = Duration::from_secs(1000);
    let failed = 1;
    RetryContext {
        outcome,
        repeatable: false,
        failed,
        is_persistent: false,
        throttled: 1,
        retry_after: None,
        left,
    }
}

#[test]
fn only_safe_requests_are_retried() {
    for (outcome, repeatable, again) in [
        (AttemptOutcome::Throttled, false, true),
        (AttemptOutcome::Throttled, true, true),
        (AttemptOutcome::NotSent, false, true),
        (AttemptOutcome::NotSent, true, true),
        (AttemptOutcome::Unknown, false, false),
        (AttemptOutcome::Unknown, true, true),
        (AttemptOutcome::Final, false, false),
        (AttemptOutcome::Final, true, false),
    ] {
        for random in [0.0, 0.5, 0.999] {
            let delay = RetryPolicy::new().delay(&RetryContext { repeatable, ..failure(outcome) }, random);
            assert_eq!(delay.is_some(), again, "{outcome:?}, repeatable: {repeatable}");
        }
    }
}

#[test]
fn delays_double_up_to_the_maximum_with_full_jitter() {
    let policy = RetryPolicy::new().max_attempts(u32::MAX);
    for (attempt, longest) in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (7, 30), (u32::MAX - 1, 30)]
    {
        let longest = SECOND * longest;
        let unclear = RetryContext { repeatable: true, failed: attempt, ..failure(AttemptOutcome::Unknown) };
        let throttled = RetryContext { failed: 0, throttled: attempt, ..failure(AttemptOutcome::Throttled) };
        for failure in [unclear, throttled] {
            assert_eq!(policy.delay(&failure, 0.0), Some(Duration::ZERO));
            assert_eq!(policy.delay(&failure, 0.5), Some(longest / 2));
            assert_eq!(policy.delay(&failure, 1.0), Some(longest));
        }
    }
}

#[test]
fn throttled_attempts_do_not_count() {
    let policy = RetryPolicy::new().max_attempts(3);
    for (failed, again) in [(1, true), (2, true), (3, false), (4, false)] {
        for outcome in [AttemptOutcome::NotSent, AttemptOutcome::Unknown] {
            let failure = RetryContext { repeatable: true, failed, throttled: 50, ..failure(outcome) };
            assert_eq!(policy.delay(&failure, 0.0).is_some(), again, "{outcome:?} after {failed}");
        }
    }
    let throttled = RetryContext { failed: 2, throttled: 1_000_000, ..failure(AttemptOutcome::Throttled) };
    assert!(policy.delay(&throttled, 0.0).is_some());
}

#[test]
fn a_persistent_call_is_retried_until_it_times_out_also_without_a_budget() {
    let policy = RetryPolicy::new().max_attempts(3);
    let failure = RetryContext { repeatable: true, is_persistent: true, ..failure(AttemptOutcome::Unknown) };
    for failed in [1, 3, 1000, u32::MAX] {
        assert_eq!(
            policy.delay(&RetryContext { failed, ..failure }, 1.0),
            Some(SECOND * (1 << (failed - 1).min(5)).min(30))
        );
    }
    let ending = RetryContext { failed: 1000, left: SECOND * 30, ..failure };
    assert_eq!(policy.delay(&ending, 1.0), None);
    assert_eq!(policy.unbudgeted_delay(&failure), Some(SECOND * 30));
    assert_eq!(policy.unbudgeted_delay(&RetryContext { is_persistent: false, ..failure }), None);
    // What cannot be repeated is not.
    for refused in [
        RetryContext { repeatable: false, ..failure },
        RetryContext { outcome: AttemptOutcome::Final, ..failure },
    ] {
        assert_eq!(policy.delay(&refused, 0.0), None);
    }
    assert_eq!(RetryPolicy::none().delay(&failure, 0.0), None);
}

#[test]
fn retries_beyond_the_budget_are_neither_immediate_nor_later_than_the_timeout() {
    let failure = RetryContext { repeatable: true, is_persistent: true, ..failure(AttemptOutcome::NotSent) };
    let least = SECOND / 10;
    // A policy without delays is no hot loop.
    for policy in [
        RetryPolicy::new().max_delay(Duration::ZERO),
        RetryPolicy::new().base_delay(Duration::ZERO).max_delay(least / 10),
    ] {
        assert_eq!(policy.unbudgeted_delay(&failure), Some(least));
    }
    // A timeout shorter than the maximum delay leaves time for retries, but not for many.
    let (mut left, mut retries) = (SECOND * 20, 0);
    while let Some(delay) = RetryPolicy::new().unbudgeted_delay(&RetryContext { left, ..failure }) {
        assert!(delay >= least && delay < left, "{delay:?} of {left:?}");
        left -= delay;
        retries += 1;
    }
    assert!((5..=10).contains(&retries) && left <= least, "{retries} retries, {left:?} left");
    let asked = RetryContext { retry_after: Some(SECOND * 90), ..failure };
    assert_eq!(RetryPolicy::new().unbudgeted_delay(&asked), Some(SECOND * 90));
    let ending = RetryContext { left: SECOND * 90, ..asked };
    assert_eq!(RetryPolicy::new().unbudgeted_delay(&ending), None);
}

#[test]
fn a_policy_of_one_attempt_never_retries() {
    for policy in [RetryPolicy::none(), RetryPolicy::new().max_attempts(0)] {
        for outcome in [AttemptOutcome::Throttled, AttemptOutcome::NotSent, AttemptOutcome::Unknown] {
            let failure = RetryContext { repeatable: true, failed: 0, ..failure(outcome) };
            assert_eq!(policy.delay(&failure, 0.0), None, "{outcome:?}");
        }
    }
}

#[test]
fn a_delay_that_the_server_requests_is_respected() {
    let asked = RetryContext { retry_after: Some(SECOND * 90), ..failure(AttemptOutcome::Throttled) };
    assert_eq!(RetryPolicy::new().delay(&asked, 0.5), Some(SECOND * 90));
    let shorter = RetryContext { retry_after: Some(SECOND / 10), ..failure(AttemptOutcome::Throttled) };
    assert_eq!(RetryPolicy::new().delay(&shorter, 0.5), Some(SECOND / 2));
}

#[test]
fn no_delay_exceeds_the_timeout_of_the_call() {
    let asked = RetryContext { retry_after: Some(SECOND * 10), ..failure(AttemptOutcome::Throttled) };
    for (left, again) in [(SECOND * 11, true), (SECOND * 10, false), (Duration::ZERO, false)] {
        assert_eq!(
            RetryPolicy::new().delay(&RetryContext { left, ..asked }, 0.0).is_some(),
            again,
            "{left:?}"
        );
    }
}

#[test]
fn extreme_settings_do_not_panic() {
    let policy = RetryPolicy::new().base_delay(Duration::MAX).max_delay(Duration::MAX).max_attempts(u32::MAX);
    let failure =
        RetryContext { throttled: u32::MAX, left: Duration::MAX, ..failure(AttemptOutcome::Throttled) };
    for random in [0.0, 0.3, 1.0, 2.0, -1.0, f64::NAN] {
        let _ = policy.delay(&failure, random);
    }
}

#[test]
fn the_budget_is_exhausted_and_recovers_with_time_and_success() {
    let mut budget = RetryBudget::new();
    let taken = |budget: &mut RetryBudget, now| (0..1000).filter(|_| budget.take(now)).count();
    assert_eq!(taken(&mut budget, 0.0), 50);
    assert_eq!(taken(&mut budget, 0.4), 0);
    assert_eq!(taken(&mut budget, 1.0), 2);
    // A clock that runs backwards adds no tokens.
    assert_eq!(taken(&mut budget, 0.0), 0);
    for _ in 0..101 {
        budget.earn();
    }
    assert_eq!(taken(&mut budget, 1.0), 10);
    // The budget never exceeds its maximum.
    assert_eq!(taken(&mut budget, 1e9), 50);
}

//! Turns in virtual time, with both a rate limit and unproven credentials.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use tokio::task::LocalSet;
use tokio::time::{Instant, sleep, timeout};

use super::*;
use crate::rate_limit::RateLimit;

/// A generator of test data (xorshift).
struct Random(u64);

impl Random {
    /// A number below `limit`.
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

fn run<F: Future>(future: F) -> F::Output {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build().unwrap();
    LocalSet::new().block_on(&runtime, future)
}

/// Sends calls that all start at once; if `may_cancel`, some are cancelled while they wait. Returns their numbers and the
/// times at which they were sent.
async fn send_all(limit: RateLimit, calls: u64, seed: u64, may_cancel: bool) -> Vec<(u64, Duration)> {
    let (limiter, guard) = (Rc::new(RateLimiter::new(limit)), Arc::new(LockoutGuard::default()));
    let random = Rc::new(RefCell::new(Random(seed)));
    let (sent, began) = (Rc::new(RefCell::new(Vec::new())), Instant::now());
    // The first responses say nothing about the credentials.
    let unrelated = Rc::new(Cell::new(random.borrow_mut().below(3)));
    let tasks: Vec<_> = (0..calls)
        .map(|number| {
            let (limiter, guard, random) = (limiter.clone(), guard.clone(), random.clone());
            let (sent, unrelated) = (sent.clone(), unrelated.clone());
            tokio::task::spawn_local(async move {
                let is_cancelled = may_cancel && random.borrow_mut().below(4) == 0;
                let patience = match is_cancelled {
                    true => random.borrow_mut().below(3000),
                    false => 3_600_000,
                };
                let mut waiting_for = WaitingFor::RateLimit;
                let turn = wait(&limiter, Some(&guard), "ReadVms", &mut waiting_for);
                let Ok(turn) = timeout(Duration::from_millis(patience), turn).await else { return };
                let Turn { rate_permit, lockout_permit } = turn.unwrap();
                sent.borrow_mut().push((number, began.elapsed()));
                let latency = random.borrow_mut().below(8000);
                sleep(Duration::from_millis(latency)).await;
                rate_permit.accepted();
                let lockout_permit = lockout_permit.unwrap();
                match unrelated.get() {
                    0 => lockout_permit.accepted(),
                    _ => lockout_permit.unaffected(),
                }
                unrelated.set(unrelated.get().saturating_sub(1));
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    sent.take()
}

#[test]
fn a_rate_is_never_exceeded_whatever_the_calls_wait_for() {
    for seed in 1..=200 {
        for (rate, interval) in [(10.0, 100), (4.0, 250), (0.5, 2000)] {
            let calls = 3 + seed % 20;
            let mut sent = run(send_all(RateLimit::Fixed(rate), calls, seed, true));
            assert!(!sent.is_empty());
            sent.sort_by_key(|(_, time)| *time);
            for (first, second) in sent.iter().zip(sent.iter().skip(1)) {
                let gap = second.1 - first.1;
                assert!(gap >= Duration::from_millis(interval), "seed {seed}, {rate}/s: {gap:?} in {sent:?}");
            }
        }
    }
}

#[test]
fn calls_that_waited_for_the_guard_keep_their_order() {
    for seed in 1..=100 {
        let sent = run(send_all(RateLimit::Fixed(10.0), 20, seed, false));
        let numbers: Vec<_> = sent.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, (0..20).collect::<Vec<_>>(), "seed {seed}: {sent:?}");
    }
}

/// Nothing is sent before the first response, so the second call is sent right after it.
#[test]
fn a_permit_that_is_released_is_used_by_the_next_request() {
    run(async {
        let (limiter, guard) = (RateLimiter::new(RateLimit::Fixed(1.0)), Arc::new(LockoutGuard::default()));
        let began = Instant::now();
        let call = async |latency| {
            let mut waiting_for = WaitingFor::RateLimit;
            let turn = wait(&limiter, Some(&guard), "ReadVms", &mut waiting_for).await.unwrap();
            let sent = began.elapsed();
            sleep(Duration::from_millis(latency)).await;
            turn.rate_permit.accepted();
            turn.lockout_permit.unwrap().accepted();
            sent
        };
        let sent = tokio::join!(call(1300), call(0), call(0));
        assert_eq!(sent, (Duration::ZERO, Duration::from_millis(1300), Duration::from_millis(2300)));
    });
}

#[test]
fn a_closed_guard_refuses_without_using_the_rate() {
    run(async {
        let (limiter, guard) = (RateLimiter::new(RateLimit::Fixed(1.0)), Arc::new(LockoutGuard::default()));
        for _ in 0..crate::lockout::MAX_FAILURES {
            guard.try_acquire(false).unwrap().unwrap().refused(String::new());
        }
        let began = Instant::now();
        for _ in 0..10 {
            let mut waiting_for = WaitingFor::RateLimit;
            assert!(wait(&limiter, Some(&guard), "ReadVms", &mut waiting_for).await.is_err());
        }
        assert_eq!(began.elapsed(), Duration::ZERO);
    });
}

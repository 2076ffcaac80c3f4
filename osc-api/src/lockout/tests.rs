//! The lockout guard in virtual time, also against a simulated server that counts failures.

use std::future::Future;
use std::task::{Context, Poll, Waker};

use tokio::time::{advance, sleep};

use super::*;

impl LockoutGuard {
    /// Waits until a request may be sent.
    async fn acquire(self: &Arc<Self>) -> Result<LockoutPermit, Closed> {
        let mut has_waited = false;
        loop {
            has_waited = self.ready(has_waited).await;
            if let Some(result) = self.try_acquire(has_waited) {
                return result;
            }
        }
    }
}

fn is_waiting(guard: &Arc<LockoutGuard>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    matches!(pin!(guard.acquire()).poll(&mut context), Poll::Pending)
}

async fn permit(guard: &Arc<LockoutGuard>) -> LockoutPermit {
    guard.acquire().await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_fourth_failure_is_never_sent() {
    let guard = Arc::new(LockoutGuard::default());
    for failures in 1..=MAX_FAILURES {
        assert_eq!(permit(&guard).await.refused(format!("no {failures}")), failures);
    }
    let closed = guard.acquire().await.unwrap_err();
    assert_eq!(closed, Closed { failures: 3, possible_failures: 0, last_refusal: "no 3".to_owned() });
    guard.reset();
    assert!(guard.acquire().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_success_resets_the_count() {
    let guard = Arc::new(LockoutGuard::default());
    for _ in 0..10 {
        permit(&guard).await.refused(String::new());
        permit(&guard).await.refused(String::new());
        permit(&guard).await.accepted();
    }
    assert!(guard.acquire().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn unproven_requests_are_sent_one_at_a_time() {
    let guard = Arc::new(LockoutGuard::default());
    let first = permit(&guard).await;
    assert!(is_waiting(&guard));
    first.accepted();
    let mut many = Vec::new();
    for _ in 0..100 {
        many.push(permit(&guard).await);
    }
    // One of them fails: from now on, requests are sent one at a time again.
    assert_eq!(many.pop().unwrap().refused(String::new()), 1);
    assert!(is_waiting(&guard));
    many.into_iter().for_each(LockoutPermit::unaffected);
    assert!(!is_waiting(&guard));
}

/// Ways in which an unproven request ends without a usable response.
#[tokio::test(start_paused = true)]
async fn a_lost_response_counts_as_a_possible_failure_while_unproven() {
    let guard = Arc::new(LockoutGuard::default());
    for _ in 0..MAX_FAILURES {
        drop(permit(&guard).await);
    }
    assert_eq!(guard.acquire().await.unwrap_err().possible_failures, MAX_FAILURES);
    let guard = Arc::new(LockoutGuard::default());
    permit(&guard).await.accepted();
    for _ in 0..100 {
        drop(permit(&guard).await);
    }
    assert!(guard.acquire().await.is_ok(), "proven credentials");
    let guard = Arc::new(LockoutGuard::default());
    for _ in 0..100 {
        permit(&guard).await.unaffected();
    }
    assert!(guard.acquire().await.is_ok(), "not sent, or an outage");
}

#[tokio::test(start_paused = true)]
async fn a_closed_guard_probes_at_growing_intervals() {
    let guard = Arc::new(LockoutGuard::default());
    permit(&guard).await.accepted();
    for _ in 0..MAX_FAILURES {
        permit(&guard).await.refused(String::new());
    }
    let mut waits = Vec::new();
    for _ in 0..12 {
        let closed = Instant::now();
        while guard.acquire().await.is_err() {
            sleep(Duration::from_secs(1)).await;
        }
        waits.push(closed.elapsed().as_secs());
        // The loop dropped the permit of the probe: it counts as a failed probe.
    }
    assert_eq!(waits, [60, 120, 180, 240, 300, 360, 420, 480, 540, 600, 600, 600]);
    advance(MAX_LOCK_TIME).await;
    let probe = permit(&guard).await;
    assert!(guard.acquire().await.is_err(), "only one probe at a time");
    probe.accepted();
    assert!(guard.acquire().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn credentials_that_were_never_accepted_are_not_probed_unless_configured() {
    for (probes_rejected, is_open) in [(false, false), (true, true)] {
        let guard = Arc::new(LockoutGuard::new(probes_rejected));
        for _ in 0..MAX_FAILURES {
            permit(&guard).await.refused(String::new());
        }
        advance(Duration::from_secs(86_400)).await;
        assert_eq!(guard.acquire().await.is_ok(), is_open);
    }
    // Lost responses alone prove nothing against the credentials: an outage at the start does not last forever.
    let guard = Arc::new(LockoutGuard::default());
    for _ in 0..MAX_FAILURES {
        drop(permit(&guard).await);
    }
    advance(LOCK_TIME).await;
    assert!(guard.acquire().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_slow_request_delays_the_next_one_only_for_a_while() {
    let guard = Arc::new(LockoutGuard::default());
    let began = Instant::now();
    let first = permit(&guard).await;
    let second = permit(&guard).await;
    assert_eq!(began.elapsed(), SERIAL_TIMEOUT);
    let third = permit(&guard).await;
    // All three may fail; a fourth must not be sent.
    assert!(timeout(SERIAL_TIMEOUT * 100, guard.acquire()).await.is_err());
    for permit in [first, second, third] {
        permit.refused(String::new());
    }
    assert!(guard.acquire().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_late_success_of_an_earlier_request_does_not_reset_the_count() {
    let guard = Arc::new(LockoutGuard::default());
    permit(&guard).await.accepted();
    let (early, other) = (permit(&guard).await, permit(&guard).await);
    assert_eq!(other.refused(String::new()), 1);
    early.accepted();
    assert_eq!(permit(&guard).await.refused(String::new()), 2);
    permit(&guard).await.accepted();
    assert_eq!(permit(&guard).await.refused(String::new()), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_for_the_date_counts_once() {
    let guard = Arc::new(LockoutGuard::default());
    permit(&guard).await.accepted();
    let mut many = Vec::new();
    for _ in 0..20 {
        many.push(permit(&guard).await);
    }
    for (index, permit) in many.into_iter().enumerate() {
        permit.refused_for_its_date(index == 0);
    }
    let next = permit(&guard).await;
    assert!(is_waiting(&guard), "the next request is sent alone");
    next.accepted();
}

/// A small pseudorandom generator, so that a seed yields the same schedule on every machine.
struct XorShift(u64);

impl XorShift {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// Tasks with a wrong key that lose responses, cancel and time out at random: the server never sees four failures in
/// a row within the lock time, and no task waits forever.
#[test]
fn a_wrong_key_never_reaches_the_server_four_times_in_a_row() {
    for seed in 1..=1000_u64 {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async move {
            let guard = Arc::new(LockoutGuard::default());
            let failures = Arc::new(std::sync::atomic::AtomicU32::new(0));
            let mut tasks = tokio::task::JoinSet::new();
            for task in 0..12_u64 {
                let (guard, failures) = (Arc::clone(&guard), Arc::clone(&failures));
                tasks.spawn(async move {
                    let mut random = XorShift(seed * 7919 + task + 1);
                    for _ in 0..4 {
                        sleep(Duration::from_millis(random.next(2000))).await;
                        let call_timeout = Duration::from_millis(1 + random.next(9000));
                        let call = async {
                            let Ok(permit) = guard.acquire().await else { return };
                            // The server counts the failure before the response arrives or is lost.
                            sleep(Duration::from_millis(random.next(3000))).await;
                            failures.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                            sleep(Duration::from_millis(random.next(3000))).await;
                            match random.next(3) {
                                0 => drop(permit),
                                _ => _ = permit.refused("no".to_owned()),
                            }
                        };
                        // The timeout cancels the call at any point.
                        drop(timeout(call_timeout, call).await);
                    }
                });
            }
            while tasks.join_next().await.is_some() {}
            let failures = failures.load(std::sync::atomic::Ordering::SeqCst);
            assert!(failures <= MAX_FAILURES, "seed {seed}: {failures} failures");
        });
    }
}

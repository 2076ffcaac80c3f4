//! The rate limiter in virtual time.

mod simulation;

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::task::{Context, Waker};

use tokio::task::LocalSet;
use tokio::time::sleep;

use super::*;

impl RateLimiter {
    /// Waits at the end of the queue.
    async fn acquire(&self, action: &str) -> Permit {
        self.acquire_at(action, Position::default()).await
    }
}

fn run<F: Future>(future: F) -> F::Output {
    run_in(true, future)
}

fn run_in<F: Future>(is_virtual_time: bool, future: F) -> F::Output {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(is_virtual_time).build().unwrap();
    LocalSet::new().block_on(&runtime, future)
}

#[test]
fn one_throttled_response_after_idle_time_at_most_halves_the_rate() {
    for is_by_action in [true, false] {
        run(async {
            let limiter = RateLimiter::new(RateLimit::Adaptive);
            // Settles below 20 requests per second.
            let mut sent = 0;
            for _ in 0..40 {
                let permit = limiter.acquire("ReadVms").await;
                sleep(Duration::from_millis(10)).await;
                sent += 1;
                match sent == 20 {
                    true => permit.throttled(is_by_action, None),
                    false => permit.accepted(),
                }
            }
            let former = rate_of(&limiter, is_by_action);
            sleep(Duration::from_secs(60)).await;
            limiter.acquire("ReadVms").await.throttled(is_by_action, None);
            let began = Instant::now();
            for _ in 0..20 {
                limiter.acquire("ReadVms").await.accepted();
            }
            let rate = 20.0 / began.elapsed().as_secs_f64();
            assert!(rate >= former / 2.0, "{rate} after {former}");
        });
    }
}

fn rate_of(limiter: &RateLimiter, is_by_action: bool) -> f64 {
    lock(&limiter.queues).rate("ReadVms", is_by_action).unwrap()
}

#[test]
fn a_wait_far_in_the_future_stops_one_call_and_not_the_client() {
    for limit in [RateLimit::Adaptive, RateLimit::Fixed(5.0)] {
        for is_by_action in [true, false] {
            run(async {
                let limiter = RateLimiter::new(limit);
                let far = Duration::from_secs(1_000_000_000);
                limiter.acquire("ReadVms").await.throttled(is_by_action, Some(far));
                let began = Instant::now();
                limiter.acquire("ReadVms").await.accepted();
                assert!(began.elapsed() <= Duration::from_secs(1), "{limit:?}: {:?}", began.elapsed());
            });
        }
    }
}

#[test]
fn a_short_delay_applies_only_to_the_limiter_that_reported_it() {
    run(async {
        let limiter = RateLimiter::new(RateLimit::Adaptive);
        limiter.acquire("ReadVms").await.throttled(true, Some(Duration::from_secs(20)));
        let began = Instant::now();
        limiter.acquire("ReadNets").await.accepted();
        assert_eq!(began.elapsed(), Duration::ZERO);
        limiter.acquire("ReadVms").await.accepted();
        assert_eq!(began.elapsed(), Duration::from_secs(20));
        limiter.acquire("ReadVms").await.throttled(false, Some(Duration::from_secs(20)));
        limiter.acquire("ReadNets").await.accepted();
        assert_eq!(began.elapsed(), Duration::from_secs(40));
    });
}

/// Every mode, with five permits held by futures that are never polled again, and with others ahead in the
/// queue that were polled a few times.
#[test]
fn a_call_never_waits_for_a_future_that_is_not_polled() {
    for limit in [RateLimit::Adaptive, RateLimit::Fixed(20.0)] {
        for polls in 0..4 {
            for is_dropped in [false, true] {
                run(async {
                    let limiter = RateLimiter::new(limit);
                    let mut held = Vec::new();
                    for _ in 0..5 {
                        held.push(limiter.acquire("ReadVms").await);
                    }
                    let mut stalled: Vec<_> = (0..20).map(|_| Box::pin(limiter.acquire("ReadVms"))).collect();
                    for _ in 0..polls {
                        for future in &mut stalled {
                            let _ = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                        }
                        sleep(Duration::from_millis(1)).await;
                        stalled.retain_mut(|future| {
                            future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending()
                        });
                    }
                    if is_dropped {
                        stalled.clear();
                    }
                    let began = Instant::now();
                    for _ in 0..10 {
                        limiter.acquire("ReadVms").await.accepted();
                    }
                    assert!(
                        began.elapsed() < Duration::from_secs(4),
                        "{limit:?} {polls} {:?}",
                        began.elapsed()
                    );
                    drop((held, stalled));
                });
            }
        }
    }
}

#[test]
fn requests_of_an_action_are_sent_in_the_order_of_the_calls() {
    run(async {
        let limiter = Rc::new(RateLimiter::new(RateLimit::Fixed(100.0)));
        let order = Rc::new(RefCell::new(Vec::new()));
        let tasks: Vec<_> = (0..200)
            .map(|number| {
                let (limiter, order) = (limiter.clone(), order.clone());
                tokio::task::spawn_local(async move {
                    let permit = limiter.acquire("ReadVms").await;
                    order.borrow_mut().push(number);
                    permit.accepted();
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.borrow(), (0..200).collect::<Vec<_>>());
    });
}

#[test]
fn a_dropped_permit_counts_for_nothing_and_frees_its_request() {
    run(async {
        let limiter = RateLimiter::new(RateLimit::Adaptive);
        let began = Instant::now();
        for _ in 0..1000 {
            drop(limiter.acquire("ReadVms").await);
        }
        assert_eq!(began.elapsed(), Duration::ZERO);
        let mut held = Vec::new();
        for _ in 0..5 {
            held.push(limiter.acquire("ReadVms").await);
        }
        let (sixth, ()) = tokio::join!(limiter.acquire("ReadVms"), async {
            sleep(Duration::from_millis(10)).await;
            held.pop();
        });
        assert_eq!(began.elapsed(), Duration::from_millis(10));
        sixth.accepted();
    });
}

#[test]
fn a_fixed_rate_is_even_and_never_exceeded() {
    run(async {
        let limiter = RateLimiter::new(RateLimit::Fixed(5.0));
        let began = Instant::now();
        for _ in 0..50 {
            // The rate is the caller's, whatever the server returns.
            limiter.acquire("ReadVms").await.throttled(true, None);
        }
        assert_eq!(began.elapsed(), Duration::from_millis(200) * 49);
        // Idle time is not saved up.
        sleep(Duration::from_secs(3600)).await;
        let began = Instant::now();
        for _ in 0..3 {
            limiter.acquire("ReadVms").await.accepted();
        }
        assert_eq!(began.elapsed(), Duration::from_millis(400));
    });
}

#[test]
fn off_never_waits() {
    run(async {
        let limiter = RateLimiter::new(RateLimit::Off);
        let began = Instant::now();
        for _ in 0..1000 {
            limiter.acquire("ReadVms").await.throttled(false, Some(Duration::from_secs(20)));
        }
        assert_eq!(began.elapsed(), Duration::ZERO);
    });
}

#[test]
fn impossible_rates_are_refused() {
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(RateLimit::from(rate).problem().is_some(), "{rate}");
    }
    for limit in [RateLimit::Adaptive, RateLimit::Off, RateLimit::Fixed(0.001), RateLimit::Fixed(1e9)] {
        assert_eq!(limit.problem(), None);
    }
}

//! The rate limiter against simulated servers, in virtual time.

use std::cell::{Cell, RefCell};
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

/// How the simulated server limits.
#[derive(Clone, Copy, Debug)]
enum LimiterKind {
    Bucket,
    Window,
}

#[derive(Debug)]
struct Server {
    kind: LimiterKind,
    rate: f64,
    tokens: f64,
    at: f64,
    /// Refuses everything from the first of these seconds until the second.
    outage: (f64, f64),
    start: Instant,
}

impl Server {
    fn admits(&mut self) -> bool {
        let now = self.start.elapsed().as_secs_f64();
        if (self.outage.0..self.outage.1).contains(&now) {
            return false;
        }
        match self.kind {
            LimiterKind::Bucket => self.tokens = (self.tokens + (now - self.at) * self.rate).min(self.rate),
            LimiterKind::Window if now.floor() > self.at.floor() => self.tokens = self.rate,
            LimiterKind::Window => {}
        }
        self.at = now;
        let is_admitted = self.tokens >= 1.0;
        self.tokens -= f64::from(u8::from(is_admitted));
        is_admitted
    }
}

struct Row {
    name: &'static str,
    rate: f64,
    is_by_action: bool,
    calls: usize,
    tasks: usize,
    outage: (f64, f64),
    min_of_ideal: f64,
    max_throttled: f64,
}

struct Measured {
    seconds: f64,
    of_ideal: f64,
    throttled: f64,
    accepted_at: Vec<f64>,
}

struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / (1_u64 << 31) as f64
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

fn simulate(row: &Row, kind: LimiterKind, seed: u64) -> Measured {
    run(send_all(row, kind, seed))
}

/// Sends the calls of a row from its tasks, with full jitter before each retry.
async fn send_all(row: &Row, kind: LimiterKind, seed: u64) -> Measured {
    let start = Instant::now();
    let server = Server { kind, rate: row.rate, tokens: row.rate, at: 0.0, outage: row.outage, start };
    let server = Rc::new(RefCell::new(server));
    let random = Rc::new(RefCell::new(Random(seed)));
    let limiter = Rc::new(RateLimiter::new(RateLimit::Adaptive));
    let (left, throttled) = (Rc::new(Cell::new(row.calls)), Rc::new(Cell::new(0_usize)));
    let accepted_at = Rc::new(RefCell::new(Vec::new()));
    let tasks: Vec<_> = (0..row.tasks)
        .map(|_| {
            let (server, random, limiter) = (server.clone(), random.clone(), limiter.clone());
            let (left, throttled, accepted_at) = (left.clone(), throttled.clone(), accepted_at.clone());
            let is_by_action = row.is_by_action;
            tokio::task::spawn_local(async move {
                while left.get() > 0 {
                    left.set(left.get() - 1);
                    let mut attempt = 0;
                    loop {
                        let permit = limiter.acquire("ReadVms").await;
                        let latency = Duration::from_secs_f64(0.005 + 0.03 * random.borrow_mut().unit());
                        sleep(latency / 2).await;
                        let is_admitted = server.borrow_mut().admits();
                        sleep(latency / 2).await;
                        if is_admitted {
                            permit.accepted();
                            accepted_at.borrow_mut().push(start.elapsed().as_secs_f64());
                            break;
                        }
                        permit.throttled(is_by_action, None);
                        throttled.set(throttled.get() + 1);
                        let max = f64::from(1 << attempt.min(5)).min(30.0);
                        attempt += 1;
                        let delay = max * random.borrow_mut().unit();
                        sleep(Duration::from_secs_f64(delay)).await;
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let seconds = start.elapsed().as_secs_f64();
    let ideal = (row.calls as f64 - row.rate).max(0.0) / row.rate + row.outage.1 - row.outage.0;
    let throttled = throttled.get() as f64 / (throttled.get() + row.calls) as f64;
    let accepted_at = accepted_at.take();
    Measured { seconds, of_ideal: ideal / seconds, throttled, accepted_at }
}

const NEVER: (f64, f64) = (0.0, 0.0);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    Row { name: "50/s by action", rate: 50.0, is_by_action: true, calls: 3000, tasks: 32, outage: NEVER, min_of_ideal: 0.9, max_throttled: 0.05 },
    Row { name: "50/s by account", rate: 50.0, is_by_action: false, calls: 3000, tasks: 32, outage: NEVER, min_of_ideal: 0.9, max_throttled: 0.05 },
    // A short run, with the first measurement of the limit: a server that counts within seconds of the clock leaves at most
    // 93 % of this ideal.
    Row { name: "50/s for 15 s", rate: 50.0, is_by_action: true, calls: 750, tasks: 32, outage: NEVER, min_of_ideal: 0.88, max_throttled: 0.05 },
    Row { name: "10/s by account", rate: 10.0, is_by_action: false, calls: 600, tasks: 32, outage: NEVER, min_of_ideal: 0.85, max_throttled: 0.05 },
    Row { name: "5,000 queued, 50/s by action", rate: 50.0, is_by_action: true, calls: 5000, tasks: 5000, outage: NEVER, min_of_ideal: 0.85, max_throttled: 0.05 },
    Row { name: "1,000/s by account", rate: 1000.0, is_by_action: false, calls: 30_000, tasks: 64, outage: NEVER, min_of_ideal: 0.8, max_throttled: 0.05 },
    Row { name: "3/s by action", rate: 3.0, is_by_action: true, calls: 180, tasks: 16, outage: NEVER, min_of_ideal: 0.9, max_throttled: 0.15 },
    Row { name: "3/s by account", rate: 3.0, is_by_action: false, calls: 180, tasks: 16, outage: NEVER, min_of_ideal: 0.9, max_throttled: 0.15 },
];

#[test]
fn the_request_rate_follows_the_limit_of_the_server() {
    let mut problems = Vec::new();
    for row in TABLE {
        for kind in [LimiterKind::Bucket, LimiterKind::Window] {
            for seed in 1..=3 {
                let Measured { seconds, of_ideal, throttled, .. } = simulate(row, kind, seed);
                let line = format!(
                    "{:30} {kind:?} seed {seed}: {seconds:6.1} s, {:5.1} % of ideal, {:4.1} % throttled",
                    row.name,
                    of_ideal * 100.0,
                    throttled * 100.0
                );
                println!("{line}");
                if of_ideal < row.min_of_ideal || throttled > row.max_throttled {
                    problems.push(line);
                }
            }
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn an_outage_of_three_seconds_is_over_within_five() {
    let mut problems = Vec::new();
    for rate in [3.0, 10.0, 50.0, 200.0] {
        for kind in [LimiterKind::Bucket, LimiterKind::Window] {
            for is_by_action in [true, false] {
                let calls = rate as usize * 60;
                let row = Row {
                    name: "outage",
                    rate,
                    is_by_action,
                    calls,
                    tasks: 64,
                    outage: (20.0, 23.0),
                    min_of_ideal: 0.0,
                    max_throttled: 1.0,
                };
                let measured = simulate(&row, kind, 7);
                let accepted = measured.accepted_at.iter().filter(|at| (28.0..34.0).contains(*at)).count();
                let of_full = accepted as f64 / (rate * 6.0);
                println!(
                    "{rate}/s {kind:?} by action {is_by_action}: {:.0} % of full, 5 s after",
                    of_full * 100.0
                );
                if of_full < 0.85 {
                    problems.push((rate, kind, is_by_action, of_full));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{problems:?}");
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
fn a_short_wait_holds_for_the_limiter_that_asked_for_it() {
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
fn a_server_that_never_throttles_is_used_at_full_speed() {
    let row = Row {
        name: "unlimited",
        rate: 1e9,
        is_by_action: false,
        calls: 20_000,
        tasks: 32,
        outage: NEVER,
        min_of_ideal: 0.0,
        max_throttled: 0.0,
    };
    let measured = simulate(&row, LimiterKind::Bucket, 1);
    // 32 tasks with responses after 20 ms on average: 1,600 per second, after a start with few in flight.
    assert!(measured.seconds < 16.0, "{}", measured.seconds);
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

/// Run by hand: `cargo test --release -p osc-api --lib real_time -- --ignored --nocapture`.
#[test]
#[ignore = "takes two minutes of real time"]
fn the_rate_follows_the_limit_in_real_time() {
    for (rate, tasks) in [(50.0, 32), (1000.0, 64)] {
        for kind in [LimiterKind::Bucket, LimiterKind::Window] {
            let row = Row {
                name: "real time",
                rate,
                is_by_action: true,
                calls: rate as usize * 30,
                tasks,
                outage: NEVER,
                min_of_ideal: 0.9,
                max_throttled: 0.05,
            };
            let Measured { seconds, of_ideal, throttled, .. } = run_in(false, send_all(&row, kind, 1));
            let (percent, share) = (of_ideal * 100.0, throttled * 100.0);
            println!("{rate}/s {kind:?}: {seconds:.1} s, {percent:.1} % of ideal, {share:.1} % throttled");
            assert!(of_ideal >= row.min_of_ideal && throttled <= row.max_throttled);
        }
    }
}

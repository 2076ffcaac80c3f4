//! The paces against servers that exist on paper only: the clock is a number, so that half a minute passes in
//! no time, and always in the same way.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::controller::{Answer, Pace, Turn};
use super::*;

/// How a server limits.
#[derive(Clone, Debug)]
enum Limiter {
    /// So many tokens, which come back evenly within a second.
    Bucket { rate: f64, tokens: f64, at: f64 },
    /// So many within each second of the clock.
    Window { rate: u32, second: i64, count: u32 },
}

impl Limiter {
    fn bucket(rate: f64) -> Self {
        Self::Bucket { rate, tokens: rate, at: 0.0 }
    }

    fn window(rate: u32) -> Self {
        Self::Window { rate, second: -1, count: 0 }
    }

    fn admits(&mut self, now: f64) -> bool {
        match self {
            Self::Bucket { rate, tokens, at } => {
                *tokens = (*tokens + (now - *at) * *rate).min(*rate);
                *at = now;
                let is_there = *tokens >= 1.0;
                *tokens -= f64::from(u8::from(is_there));
                is_there
            }
            Self::Window { rate, second, count } => {
                if *second != now as i64 {
                    (*second, *count) = (now as i64, 0);
                }
                *count += 1;
                *count <= *rate
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A request reaches the server.
    Arrival { sent: u64 },
    /// Its answer reaches the client.
    Answer { sent: u64, admitted: bool },
    /// A throttled task has waited, and queues again; or the first of the queue asks again.
    Ready { joins: bool },
}

/// What happened.
#[derive(Debug)]
struct Outcome {
    seconds: f64,
    throttled: usize,
}

/// Sends so many requests from so many tasks. Everything is in microseconds.
fn simulate(pace: &mut Pace, mut limiter: Limiter, calls: usize, tasks: usize, latency: u64) -> Outcome {
    let start = Instant::now();
    let at = |micros: u64| start + Duration::from_micros(micros);
    let mut events = BinaryHeap::new();
    let (mut queued, mut begun, mut done, mut throttled, mut now) = (tasks, tasks, 0, 0, 0);
    let mut random = 1_u64;
    // The next time at which the first of the queue asks again.
    let mut wake = u64::MAX;
    events.push(Reverse((0, Event::Ready { joins: false })));
    while let Some(Reverse((time, event))) = events.pop() {
        now = time;
        match event {
            Event::Arrival { sent } => {
                let admitted = limiter.admits(now as f64 / 1e6);
                events.push(Reverse((now + latency / 2, Event::Answer { sent, admitted })));
            }
            Event::Answer { sent, admitted: true } => {
                pace.answered(at(now), at(sent), Answer::Taken);
                done += 1;
                if begun < calls {
                    begun += 1;
                    queued += 1;
                }
            }
            Event::Answer { sent, admitted: false } => {
                pace.answered(at(now), at(sent), Answer::Throttled(None));
                throttled += 1;
                // Full jitter below a second, from a small generator that is always the same.
                random =
                    random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                events.push(Reverse((now + (random >> 33) % 1_000_000, Event::Ready { joins: true })));
            }
            Event::Ready { joins } => queued += usize::from(joins),
        }
        if done == calls {
            break;
        }
        if wake <= now {
            wake = u64::MAX;
        }
        while queued > 0 {
            match pace.turn(at(now)) {
                Turn::Go => {
                    queued -= 1;
                    events.push(Reverse((now + latency / 2, Event::Arrival { sent: now })));
                }
                Turn::At(time) => {
                    let asked = (time.duration_since(start).as_micros() as u64).max(now + 1);
                    if asked < wake {
                        wake = asked;
                        events.push(Reverse((asked, Event::Ready { joins: false })));
                    }
                    break;
                }
                Turn::Later => break,
            }
        }
    }
    Outcome { seconds: now as f64 / 1e6, throttled }
}

#[test]
fn thirty_two_tasks_share_ten_requests_a_second() {
    // 300 calls take 29 seconds at best: the server lets ten pass at once.
    for latency in [1_000, 20_000, 100_000] {
        for limiter in [Limiter::bucket(10.0), Limiter::window(10)] {
            let outcome = simulate(&mut Pace::adaptive(), limiter.clone(), 300, 32, latency);
            assert!(outcome.seconds <= 29.0 * 1.2 + 1.0, "{latency} µs, {limiter:?}: {outcome:?}");
            assert!(outcome.throttled <= 15, "{latency} µs, {limiter:?}: {outcome:?}");
        }
    }
}

#[test]
fn other_limits_are_found_too() {
    for (rate, most) in [(50, 0.05), (200, 0.05)] {
        for latency in [1_000, 20_000, 100_000] {
            for limiter in [Limiter::bucket(f64::from(rate)), Limiter::window(rate)] {
                let calls = rate as usize * 30;
                let outcome = simulate(&mut Pace::adaptive(), limiter.clone(), calls, 32, latency);
                assert!(outcome.seconds <= 36.0, "{latency} µs, {limiter:?}: {outcome:?}");
                let share = outcome.throttled as f64 / calls as f64;
                assert!(share <= most, "{latency} µs, {limiter:?}: {outcome:?}");
            }
        }
    }
}

#[test]
fn a_server_that_throttles_nobody_is_used_at_full_speed() {
    let outcome = simulate(&mut Pace::adaptive(), Limiter::bucket(1e9), 100_000, 32, 1_000);
    // 32 tasks with answers after a millisecond make 32,000 calls a second.
    assert!(outcome.seconds < 3.2 && outcome.throttled == 0, "{outcome:?}");
}

#[test]
fn a_limit_that_is_raised_is_found() {
    let mut pace = Pace::adaptive();
    simulate(&mut pace, Limiter::bucket(10.0), 300, 32, 20_000);
    let lowered = pace.rate().unwrap();
    assert!(lowered < 12.0, "{lowered}");
    // The clock of the second simulation begins anew, some time later than that of the first.
    let mut now = Instant::now() + Duration::from_secs(3600);
    for _ in 0..2_000 {
        while let Turn::At(time) = pace.turn(now) {
            now = time;
        }
        pace.answered(now, now, Answer::Taken);
    }
    assert!(pace.rate().unwrap() > 100.0, "{:?}", pace.rate());
}

#[test]
fn a_rate_that_holds_nobody_up_does_not_grow() {
    let start = Instant::now();
    let mut pace = Pace::lowered(10.0, start);
    let rate = pace.rate();
    for second in 1..1000 {
        let now = start + Duration::from_secs(second);
        assert_eq!(pace.turn(now), Turn::Go);
        pace.answered(now, now, Answer::Taken);
    }
    assert_eq!(pace.rate(), rate);
}

#[test]
fn answers_to_requests_from_before_do_not_lower_the_rate_again() {
    let start = Instant::now();
    let mut pace = Pace::adaptive();
    for _ in 0..5 {
        assert_eq!(pace.turn(start), Turn::Go);
    }
    assert_eq!(pace.turn(start), Turn::Later);
    let now = start + Duration::from_millis(10);
    for answer in [Answer::Taken, Answer::Taken, Answer::Throttled(None)] {
        pace.answered(now, start, answer);
    }
    let rate = pace.rate().unwrap();
    assert!((rate - 2.0 * 0.93).abs() < 1e-9, "{rate}");
    pace.answered(now, start, Answer::Throttled(None));
    pace.answered(now, start, Answer::None);
    assert_eq!(pace.rate(), Some(rate));
    // One that was sent afterwards does.
    let later = now + Duration::from_secs(5);
    assert_eq!(pace.turn(later), Turn::Go);
    pace.answered(later, later, Answer::Throttled(None));
    assert!(pace.rate().unwrap() < rate);
}

#[test]
fn a_limit_that_others_have_used_up_is_met_with_patience_but_not_with_despair() {
    let start = Instant::now();
    let mut pace = Pace::adaptive();
    assert_eq!(pace.turn(start), Turn::Go);
    pace.answered(start, start, Answer::Throttled(None));
    assert_eq!(pace.rate(), Some(1.0));
    assert_eq!(pace.turn(start), Turn::At(start + Duration::from_secs(1)));
}

#[test]
fn a_fixed_rate_is_even_and_never_exceeded() {
    let start = Instant::now();
    let mut pace = Pace::fixed(5.0, start);
    let mut now = start;
    for _ in 0..50 {
        while let Turn::At(time) = pace.turn(now) {
            now = time;
        }
        // Whatever the server says, the rate is the caller's.
        pace.answered(now, now, Answer::Throttled(None));
    }
    assert_eq!(now - start, Duration::from_millis(200) * 49);
    assert_eq!(pace.rate(), Some(5.0));
    // Idle time is not saved up.
    let later = now + Duration::from_secs(3600);
    assert_eq!(pace.turn(later), Turn::Go);
    assert_eq!(pace.turn(later), Turn::At(later + Duration::from_millis(200)));
}

#[test]
fn the_server_is_waited_for_as_long_as_it_asks() {
    let start = Instant::now();
    // But one answer must not stop everything for a day.
    for (asked, waited) in [(7, 7), (30, 30), (86_400, 30)] {
        for mut pace in [Pace::adaptive(), Pace::fixed(5.0, start)] {
            assert_eq!(pace.turn(start), Turn::Go);
            pace.answered(start, start, Answer::Throttled(Some(Duration::from_secs(asked))));
            assert_eq!(pace.turn(start), Turn::At(start + Duration::from_secs(waited)));
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

#[test]
fn an_action_that_is_throttled_on_its_own_slows_down_no_other() {
    runtime().block_on(async {
        let throttle = Throttle::new(RateLimit::Adaptive);
        let pass = throttle.enter("ReadVms").await;
        pass.throttled(Some("ReadVms"), Some(Duration::from_secs(20)));
        let began = Instant::now();
        throttle.enter("ReadNets").await.taken();
        assert_eq!(began.elapsed(), Duration::ZERO);
        assert!(throttle.enter_before("ReadVms", began + Duration::from_secs(19)).await.is_none());
        throttle.enter("ReadVms").await.taken();
        assert_eq!(began.elapsed(), Duration::from_secs(20));
    });
}

#[test]
fn an_account_that_is_throttled_slows_down_all() {
    runtime().block_on(async {
        let throttle = Throttle::new(RateLimit::Adaptive);
        throttle.enter("ReadVms").await.throttled(None, Some(Duration::from_secs(20)));
        let began = Instant::now();
        throttle.enter("ReadNets").await.taken();
        assert_eq!(began.elapsed(), Duration::from_secs(20));
    });
}

#[test]
fn a_pass_that_is_dropped_makes_room() {
    runtime().block_on(async {
        let throttle = Throttle::new(RateLimit::Adaptive);
        let mut passes = Vec::new();
        for _ in 0..5 {
            passes.push(throttle.enter("ReadVms").await);
        }
        let began = Instant::now();
        assert!(throttle.enter_before("ReadVms", began + Duration::from_secs(9)).await.is_none());
        passes.pop();
        assert!(throttle.enter_before("ReadVms", began + Duration::from_secs(99)).await.is_some());
        assert_eq!(began.elapsed(), Duration::from_secs(9));
    });
}

#[test]
fn off_is_off() {
    runtime().block_on(async {
        let throttle = Throttle::new(RateLimit::Off);
        let began = Instant::now();
        let mut passes = Vec::new();
        for _ in 0..1000 {
            passes.push(throttle.enter("ReadVms").await);
        }
        for pass in passes {
            pass.throttled(None, Some(Duration::from_secs(20)));
        }
        throttle.enter("ReadVms").await.taken();
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

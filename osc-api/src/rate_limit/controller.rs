//! How fast requests may go out, as a pure state machine: the clock is passed in.
//!
//! *Adaptive* begins at full speed, but with few requests at a time: more with each answer that is not
//! "too soon". The first throttled answer tells what the server lets through in a second; from then on
//! requests go out at a little less than that, evenly spaced. After that the rate grows step by step: slowly up to
//! what was too much before, then faster and faster, until the server throttles again.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// The server counts by the second (the provider's documentation).
const WINDOW: Duration = Duration::from_secs(1);

/// So many requests are on their way at first. The other official clients send as many in a second, so that no
/// server allows fewer.
const START: f64 = 5.0;

/// How much each good answer adds to the number of requests that may be on their way.
const GROWTH: f64 = 0.3;

/// What is left of a rate that was too much.
const DECREASE: f64 = 0.93;

/// The step up after each second without a throttled answer, as a part of the rate.
const STEP: f64 = 0.02;

/// The same until a rate was too much for the first time: what the server took of a burst says how much it takes
/// at least.
const FIRST_STEP: f64 = 0.2;

/// The smallest step up, in requests per second.
const SMALLEST_STEP: f64 = 0.1;

/// From this rate on, in requests per second, the requests of one second are enough to measure it.
const COUNTABLE: f64 = 8.0;

/// The slowest that it becomes, in requests per second.
const SLOWEST: f64 = 0.2;

/// The slowest that it begins with, in requests per second, where another program has used up the limit and
/// nothing was measured.
const SLOWEST_FIRST: f64 = 1.0;

/// The longest that one answer can stop all requests for. The call that it answered waits for as long as it was
/// asked to, within its own time.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// So many answers are remembered to measure the rate. Faster rates are measured over less than a second.
const REMEMBERED: usize = 256;

/// A timer that is late by less than this does not slow down what follows.
const LATENESS: Duration = Duration::from_millis(50);

/// Whether a request may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Now.
    Go,
    /// Not before this time.
    At(Instant),
    /// Not before another one was answered.
    Later,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The server took it.
    Taken,
    /// The server said that it came too soon, and perhaps how long to wait.
    Throttled(Option<Duration>),
    /// Nobody knows.
    None,
}

/// The pace of requests to one limiter of the server.
#[derive(Debug)]
pub(crate) struct Pace {
    mode: Mode,
    in_flight: usize,
    /// When the last requests were answered that the server took.
    taken: VecDeque<Instant>,
}

#[derive(Debug)]
enum Mode {
    /// As fast as can be, with so many at a time.
    Ramp { most: f64 },
    /// Evenly spaced, adapting.
    Adaptive(Spaced, Growth),
    /// Evenly spaced, for ever.
    Fixed(Spaced),
}

/// Requests at a rate.
#[derive(Clone, Copy, Debug)]
struct Spaced {
    /// Requests per second.
    rate: f64,
    /// Nothing goes out before this.
    next: Instant,
    /// Whether somebody waits for `next`.
    awaited: bool,
}

/// How the rate changed.
#[derive(Clone, Copy, Debug)]
struct Growth {
    /// The rate that was too much.
    ceiling: f64,
    lowered: Instant,
    raised: Instant,
    /// The next step, as a part of the rate.
    step: f64,
    /// Whether the rate held anybody up since the last step. One that is not used needs not grow.
    was_felt: bool,
}

impl Spaced {
    fn new(rate: f64, next: Instant) -> Self {
        Self { rate, next, awaited: false }
    }

    fn turn(&mut self, now: Instant) -> Turn {
        if now < self.next {
            self.awaited = true;
            return Turn::At(self.next);
        }
        let is_late = self.awaited && now.duration_since(self.next) < LATENESS;
        let from = if is_late { self.next } else { now };
        self.next = later(from, 1.0 / self.rate);
        self.awaited = false;
        Turn::Go
    }
}

impl Growth {
    fn new(ceiling: f64, now: Instant, step: f64) -> Self {
        Self { ceiling, lowered: now, raised: now, step, was_felt: false }
    }

    /// The rate after another request was taken.
    fn raise(&mut self, rate: f64, now: Instant) -> f64 {
        if !self.was_felt || now.duration_since(self.raised) < WINDOW {
            return rate;
        }
        self.raised = now;
        self.was_felt = false;
        let raised = rate + (rate * self.step).max(SMALLEST_STEP);
        if raised > self.ceiling {
            self.step = (self.step * 2.0).min(1.0);
        }
        raised
    }
}

impl Pace {
    /// Adapts to the throttling that it meets.
    pub(crate) fn adaptive() -> Self {
        Self::new(Mode::Ramp { most: START })
    }

    /// So many requests per second, evenly spaced.
    pub(crate) fn fixed(rate: f64, now: Instant) -> Self {
        Self::new(Mode::Fixed(Spaced::new(rate, now)))
    }

    /// A rate that was too much is known already.
    pub(crate) fn lowered(too_much: f64, now: Instant) -> Self {
        let rate = (too_much * DECREASE).max(SLOWEST_FIRST);
        let spaced = Spaced::new(rate, later(now, 1.0 / rate));
        Self::new(Mode::Adaptive(spaced, Growth::new(too_much, now, FIRST_STEP)))
    }

    fn new(mode: Mode) -> Self {
        Self { mode, in_flight: 0, taken: VecDeque::new() }
    }

    /// Asks whether a request may go out. With [`Turn::Go`] it counts as sent.
    pub(crate) fn turn(&mut self, now: Instant) -> Turn {
        let turn = match &mut self.mode {
            Mode::Ramp { most } if (self.in_flight as f64) < *most => Turn::Go,
            Mode::Ramp { .. } => Turn::Later,
            Mode::Fixed(spaced) => spaced.turn(now),
            Mode::Adaptive(spaced, growth) => {
                let turn = spaced.turn(now);
                growth.was_felt |= turn != Turn::Go;
                turn
            }
        };
        if turn == Turn::Go {
            self.in_flight += 1;
        }
        turn
    }

    /// Tells how a request that went out at `sent` ended.
    pub(crate) fn answered(&mut self, now: Instant, sent: Instant, answer: Answer) {
        self.in_flight = self.in_flight.saturating_sub(1);
        match answer {
            Answer::None => {}
            Answer::Taken => self.taken(now),
            Answer::Throttled(wait) => {
                self.slow_down(now, sent);
                if let Some(wait) = wait {
                    self.pause(now, wait);
                }
            }
        }
    }

    /// Lets nothing out for a while.
    pub(crate) fn pause(&mut self, now: Instant, wait: Duration) {
        match &mut self.mode {
            Mode::Ramp { .. } => {}
            Mode::Adaptive(spaced, _) | Mode::Fixed(spaced) => {
                spaced.next = spaced.next.max(later(now, wait.min(LONGEST_PAUSE).as_secs_f64()));
            }
        }
    }

    /// The rate, where there is one.
    pub(crate) fn rate(&self) -> Option<f64> {
        match &self.mode {
            Mode::Ramp { .. } => None,
            Mode::Adaptive(spaced, _) | Mode::Fixed(spaced) => Some(spaced.rate),
        }
    }

    /// What the server took in the last second, in requests per second.
    pub(crate) fn measured(&mut self, now: Instant) -> f64 {
        while self.taken.front().is_some_and(|at| now.duration_since(*at) >= WINDOW) {
            self.taken.pop_front();
        }
        let span = match self.taken.front() {
            Some(first) if self.taken.len() == REMEMBERED => now.duration_since(*first),
            _ => WINDOW,
        };
        // Many answers in no time at all say nothing about a second.
        self.taken.len() as f64 / span.max(Duration::from_millis(1)).as_secs_f64()
    }

    fn taken(&mut self, now: Instant) {
        match &mut self.mode {
            Mode::Ramp { most } => *most += GROWTH,
            Mode::Adaptive(spaced, growth) => spaced.rate = growth.raise(spaced.rate, now),
            Mode::Fixed(_) => return,
        }
        if self.taken.len() == REMEMBERED {
            self.taken.pop_front();
        }
        self.taken.push_back(now);
    }

    fn slow_down(&mut self, now: Instant, sent: Instant) {
        let (known, measured) = (self.rate(), self.measured(now));
        match &self.mode {
            Mode::Fixed(_) => return,
            // It went out before the rate was lowered: this is no news.
            Mode::Adaptive(_, growth) if sent <= growth.lowered => return,
            Mode::Ramp { .. } | Mode::Adaptive(..) => {}
        }
        // At a slow rate, what was taken in a single second is no measure of it.
        let too_much = match known {
            Some(known) if known < COUNTABLE => known,
            Some(known) => measured.min(known),
            None => measured,
        };
        let (slowest, step) = match known {
            Some(_) => (SLOWEST, STEP),
            None => (SLOWEST_FIRST, FIRST_STEP),
        };
        let rate = (too_much * DECREASE).max(slowest);
        // What went out within this second counts: after a burst, the pace begins when it would have been
        // through with it.
        let since = self.taken.front().copied().unwrap_or(now);
        let next = later(since, self.taken.len() as f64 / rate).max(later(now, 1.0 / rate));
        let next = next.min(now + WINDOW + WINDOW).max(later(now, 1.0 / rate));
        self.mode = Mode::Adaptive(Spaced::new(rate, next), Growth::new(too_much, now, step));
    }
}

/// So many seconds after a time. What is too far away is an hour away.
fn later(time: Instant, seconds: f64) -> Instant {
    let seconds =
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX).min(Duration::from_secs(3600));
    time.checked_add(seconds).unwrap_or(time)
}

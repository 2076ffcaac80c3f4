//! The rate of requests to one limiter of the server, as a pure state machine: time is passed in.
//!
//! *Adaptive* starts without a rate, but with few requests in flight: more with each accepted request. The first
//! throttled response shows how many requests the server accepts per second. From then on requests are evenly
//! spaced just below that rate. The rate then ramps up: in small steps to the observed limit, then in growing
//! steps beyond it, until the server throttles again.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::history::{Counts, History};
use super::schedule::{SendDecision, SendSchedule, later};

/// Period over which the server counts requests (provider's documentation). The rate is lowered at most once in it.
const WINDOW: Duration = Duration::from_secs(1);

/// Requests in flight at first. Other official clients send 5 per second, so no server allows fewer.
const INITIAL_IN_FLIGHT: f64 = 5.0;

/// Added to the limit of requests in flight by each accepted request.
const IN_FLIGHT_GROWTH: f64 = 0.2;

/// Time after which a request in flight no longer counts: its future may never be polled again.
const IN_FLIGHT_TIMEOUT: Duration = Duration::from_secs(1);

/// Fraction of an observed limit that is used.
const DECREASE: f64 = 0.93;

/// Fraction of a limit that is used once it was observed twice.
const CONFIRMED_DECREASE: f64 = 0.975;

/// Increase per second without a throttled response, as a fraction of the rate.
const STEP: f64 = 0.02;

/// Increase per second after the first observation of a limit, which is only a lower bound.
const FIRST_STEP: f64 = 0.1;

/// Maximum increase, as a fraction of the rate.
const MAX_STEP: f64 = 0.25;

/// Interval between increases while the rate is well below a limit that was observed.
const RECOVERY_INTERVAL: Duration = Duration::from_millis(250);

/// Maximum time without an increase at a limit that was confirmed repeatedly.
const MAX_HOLD: Duration = Duration::from_secs(16);

/// Time without an accepted request after which the server is in an outage, in sixteenths of a second.
const OUTAGE_SLICES: u64 = 12;

/// Minimum rate that can be measured within one second, in requests per second.
const MIN_MEASURABLE_RATE: f64 = 8.0;

/// Minimum rate, in requests per second.
const MIN_RATE: f64 = 0.2;

/// Rate while the server has never accepted a request, in requests per second.
const PROBE_RATE: f64 = 1.0;

/// Maximum `Retry-After` that delays the whole client. A longer one delays only the call that received it.
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// Controls the rate of requests to one limiter of the server.
#[derive(Debug)]
pub(crate) struct RateController {
    mode: LimitMode,
    in_flight: InFlight,
    history: History,
    /// The most requests accepted within a second, since a limit was observed.
    peak: f64,
}

#[derive(Debug)]
enum LimitMode {
    /// No limit is known, and none is probed for.
    Open,
    /// No limit is known: limits the requests in flight.
    Ramp { max_in_flight: f64 },
    /// Evenly spaced, adapting.
    Adaptive(SendSchedule, Growth),
    /// Evenly spaced at a configured rate.
    Fixed(SendSchedule),
}

/// Requests that were sent and have not ended, by number.
#[derive(Debug, Default)]
struct InFlight(BTreeMap<u64, Instant>);

impl InFlight {
    fn expire(&mut self, now: Instant) {
        while let Some(oldest) = self.0.first_entry()
            && now.duration_since(*oldest.get()) >= IN_FLIGHT_TIMEOUT
        {
            oldest.remove();
        }
    }

    /// When the oldest stops counting.
    fn next_expiry(&self, now: Instant) -> Instant {
        self.0.values().next().map_or(now, |sent| *sent + IN_FLIGHT_TIMEOUT)
    }
}

/// How the rate of [`LimitMode::Adaptive`] changes.
#[derive(Clone, Copy, Debug)]
struct Growth {
    /// The observed limit.
    ceiling: f64,
    /// The limit observed before that.
    previous_ceiling: f64,
    lowered: Instant,
    raised: Instant,
    /// Minimum time since the rate was lowered before it exceeds the plateau.
    hold: Duration,
    /// The next increase, as a fraction of the rate.
    step: f64,
    /// Whether the ceiling was observed twice.
    is_confirmed: bool,
    /// Whether a request waited since the last increase. A rate that is not used need not grow.
    was_needed: bool,
    /// The server refused everything for a second.
    is_outage: bool,
    /// Nothing was ever accepted.
    is_probe: bool,
}

impl Growth {
    fn new(ceiling: f64, now: Instant, step: f64) -> Self {
        Self {
            ceiling,
            previous_ceiling: ceiling,
            lowered: now,
            raised: now,
            hold: WINDOW,
            step,
            is_confirmed: false,
            was_needed: false,
            is_outage: false,
            is_probe: false,
        }
    }

    /// The rate just below the ceiling.
    fn plateau(&self) -> f64 {
        self.ceiling * if self.is_confirmed { CONFIRMED_DECREASE } else { DECREASE }
    }

    /// The rate after a request was accepted.
    fn raise(&mut self, rate: f64, now: Instant) -> f64 {
        let plateau = self.plateau();
        if self.is_outage {
            self.is_outage = false;
            self.raised = now;
            return (self.ceiling / 2.0).max(rate);
        }
        let since = now.saturating_duration_since(self.raised);
        if rate < plateau * 0.99 {
            if !self.was_needed || since < RECOVERY_INTERVAL {
                return rate;
            }
            (self.raised, self.was_needed) = (now, false);
            return (rate * 1.5).min(plateau);
        }
        if !self.was_needed || since < WINDOW || now.saturating_duration_since(self.lowered) < self.hold {
            return rate;
        }
        (self.raised, self.was_needed) = (now, false);
        let raised = rate * (1.0 + self.step);
        if raised > self.ceiling {
            self.step = (self.step * 2.0).min(MAX_STEP);
        }
        raised
    }
}

impl RateController {
    /// Adapts to the throttling that it observes.
    pub(crate) fn adaptive() -> Self {
        Self::new(LimitMode::Ramp { max_in_flight: INITIAL_IN_FLIGHT })
    }

    /// Does not limit before the server throttles, then adapts.
    pub(crate) fn open() -> Self {
        Self::new(LimitMode::Open)
    }

    /// Requests per second, evenly spaced.
    pub(crate) fn fixed(rate: f64, now: Instant) -> Self {
        Self::new(LimitMode::Fixed(SendSchedule::new(rate, now)))
    }

    fn new(mode: LimitMode) -> Self {
        Self { mode, in_flight: InFlight::default(), history: History::default(), peak: 0.0 }
    }

    /// When the next request may be sent.
    pub(crate) fn decide(&mut self, now: Instant) -> SendDecision {
        match &mut self.mode {
            LimitMode::Open => SendDecision::Now,
            LimitMode::Ramp { max_in_flight } => {
                self.in_flight.expire(now);
                match (self.in_flight.0.len() as f64) < *max_in_flight {
                    true => SendDecision::Now,
                    false => SendDecision::At(self.in_flight.next_expiry(now)),
                }
            }
            LimitMode::Fixed(schedule) => schedule.decide(now),
            LimitMode::Adaptive(schedule, growth) => {
                let decision = schedule.decide(now);
                growth.was_needed |= decision != SendDecision::Now;
                decision
            }
        }
    }

    /// The time between two requests.
    pub(crate) fn interval(&self) -> Duration {
        match &self.mode {
            LimitMode::Open | LimitMode::Ramp { .. } => Duration::ZERO,
            LimitMode::Fixed(schedule) | LimitMode::Adaptive(schedule, _) => {
                Duration::try_from_secs_f64(1.0 / schedule.rate).unwrap_or(Duration::MAX)
            }
        }
    }

    /// Counts a request as sent. Numbers increase with time.
    pub(crate) fn send(&mut self, now: Instant, number: u64) {
        match &mut self.mode {
            LimitMode::Open => {}
            LimitMode::Ramp { .. } => _ = self.in_flight.0.insert(number, now),
            LimitMode::Fixed(schedule) | LimitMode::Adaptive(schedule, _) => schedule.take(now, number),
        }
    }

    /// Records that a request that was counted as sent at `granted` is not sent.
    pub(crate) fn cancel(&mut self, number: u64, granted: Instant) {
        self.end(number);
        if let LimitMode::Adaptive(schedule, _) | LimitMode::Fixed(schedule) = &mut self.mode {
            schedule.release(number, granted);
        }
    }

    /// Records that a request ended, with or without a response.
    pub(crate) fn end(&mut self, number: u64) {
        self.in_flight.0.remove(&number);
    }

    /// Records that the server accepted a request.
    pub(crate) fn accepted(&mut self, now: Instant) {
        self.history.record(now, true);
        self.peak = self.peak.max(f64::from(self.history.last_second(now).accepted));
        match &mut self.mode {
            LimitMode::Ramp { max_in_flight } => *max_in_flight += IN_FLIGHT_GROWTH,
            LimitMode::Adaptive(_, growth) if growth.is_probe => {
                self.mode = LimitMode::Ramp { max_in_flight: INITIAL_IN_FLIGHT };
            }
            LimitMode::Adaptive(schedule, growth) => schedule.rate = growth.raise(schedule.rate, now),
            LimitMode::Open | LimitMode::Fixed(_) => {}
        }
    }

    /// Records that the server throttled a request that was sent at `sent`.
    pub(crate) fn throttled(&mut self, now: Instant, sent: Instant, retry_after: Option<Duration>) {
        self.history.record(now, false);
        match &self.mode {
            LimitMode::Open | LimitMode::Ramp { .. } => self.observe_limit(now),
            // Sent before the rate was lowered: throttling was to be expected.
            LimitMode::Adaptive(_, growth) if sent <= growth.lowered => {}
            LimitMode::Adaptive(_, growth) if now.saturating_duration_since(growth.lowered) < WINDOW => {}
            LimitMode::Adaptive(schedule, growth) => {
                let (rate, growth) = self.lower(now, schedule.rate, *growth);
                self.set_rate(now, rate, growth);
            }
            LimitMode::Fixed(_) => {}
        }
        if let Some(pause) = retry_after.filter(|pause| *pause <= MAX_PAUSE)
            && let LimitMode::Adaptive(schedule, _) | LimitMode::Fixed(schedule) = &mut self.mode
        {
            schedule.next = schedule.next.max(now + pause);
        }
    }

    /// Requests per second, once limited.
    pub(crate) fn rate(&self) -> Option<f64> {
        match &self.mode {
            LimitMode::Open | LimitMode::Ramp { .. } => None,
            LimitMode::Adaptive(schedule, _) | LimitMode::Fixed(schedule) => Some(schedule.rate),
        }
    }

    /// Sets the rate after the first throttled response.
    fn observe_limit(&mut self, now: Instant) {
        let Counts { accepted, throttled } = self.history.last_second(now);
        let is_idle = f64::from(accepted + throttled) < self.peak / 2.0;
        let limit = if is_idle { self.peak } else { f64::from(accepted) };
        let mut growth = Growth::new(limit, now, FIRST_STEP);
        growth.is_probe = limit < 1.0;
        self.set_rate(now, growth.plateau().max(PROBE_RATE), growth);
    }

    /// Lowers the rate after a throttled response.
    fn lower(&mut self, now: Instant, rate: f64, old: Growth) -> (f64, Growth) {
        let Counts { accepted, throttled } = self.history.last_second(now);
        let (accepted, attempts) = (f64::from(accepted), f64::from(accepted + throttled));
        let is_refusing_all = self.history.last_accepted(now, OUTAGE_SLICES) == 0;
        if is_refusing_all && (attempts >= rate * 0.6 || old.is_outage) {
            // Not a measurement of the limit: the server refuses everything for a while. Neither was an observation just
            // before, which may include the start of the outage.
            let is_recent = now.saturating_duration_since(old.lowered) < WINDOW * 2;
            let ceiling = if is_recent { old.ceiling.max(old.previous_ceiling) } else { old.ceiling };
            let old = Growth { ceiling, previous_ceiling: ceiling, ..old };
            let is_long = now.saturating_duration_since(old.raised) > WINDOW * 8;
            let min_rate = if is_long { MIN_RATE } else { old.ceiling / 4.0 };
            let growth = Growth { lowered: now, is_outage: true, ..old };
            return ((rate / 2.0).max(min_rate), growth);
        }
        // A second with few requests is not a measurement of the limit.
        let is_measured = rate >= MIN_MEASURABLE_RATE && attempts >= rate * 0.6;
        let limit = match is_measured {
            // A server that saves up unused requests accepts more for a while: its limit is in between.
            true if accepted.min(rate) > old.ceiling * 1.25 => f64::midpoint(old.ceiling, accepted.min(rate)),
            true => accepted.min(rate),
            false => rate,
        };
        let mut growth = Growth { previous_ceiling: old.ceiling, ..Growth::new(limit, now, STEP) };
        if (limit / old.ceiling - 1.0).abs() < 0.25 {
            growth.hold = (old.hold * 2).min(MAX_HOLD);
            growth.is_confirmed = true;
        }
        if is_measured {
            self.peak = limit;
        }
        (growth.plateau().max(MIN_RATE), growth)
    }

    fn set_rate(&mut self, now: Instant, rate: f64, growth: Growth) {
        let mut next = later(now, 1.0 / rate);
        if !growth.is_confirmed {
            // A server that counts per second of the clock accepts nothing more in the second of a burst.
            let counts = self.history.last_second(now);
            let since = self.history.oldest(now).unwrap_or(now);
            let end_of_burst = later(since, f64::from(counts.accepted) / growth.ceiling);
            next = next.max(end_of_burst.min(now + WINDOW));
        }
        self.mode = LimitMode::Adaptive(SendSchedule::new(rate, next), growth);
        self.in_flight.0.clear();
    }
}

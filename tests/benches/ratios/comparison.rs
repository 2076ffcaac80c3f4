//! Runs candidates alternately in many rounds, so that noise on the machine affects all of them alike.
//!
//! Noise only ever makes a candidate slower. Therefore a low quantile is compared instead of the median, and samples
//! are short enough that many of them run without interruption.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Duration of one sample of a candidate.
const SAMPLE_TIME: Duration = Duration::from_millis(4);

/// A comparison ends after `MAX_ROUNDS`, or after `MAX_TIME` if at least `MIN_ROUNDS` are complete.
const MAX_ROUNDS: usize = 400;
const MIN_ROUNDS: usize = 15;
const MAX_TIME: Duration = Duration::from_secs(8);

/// The quantile of the samples that is compared.
const QUANTILE: f64 = 0.2;

/// The work of a candidate. The argument is the number of repetitions.
pub type Work<'a> = Box<dyn FnMut(usize) + 'a>;

/// Several implementations of the same work.
pub struct Benchmark {
    pub title: &'static str,
    /// Number of VMs in the response that the candidates decode or receive.
    pub vms: usize,
    /// Number of units in one repetition, such as VMs: results are per unit.
    pub units: usize,
    /// Two numbers of repetitions, whose difference is counted; `None` if counts are not repeatable.
    pub counted: Option<[usize; 2]>,
    /// The first candidate is the crate.
    pub candidates: fn(&Input) -> Vec<Candidate<'_>>,
}

/// What the candidates decode or receive.
pub struct Input {
    /// A response of ReadVms.
    pub response: Vec<u8>,
    /// A server that sends the response.
    pub server: SocketAddr,
}

/// One implementation of the work.
pub struct Candidate<'a> {
    pub name: &'static str,
    /// Maximum number of instructions per unit.
    pub max_instructions: Option<u64>,
    /// Maximum number of allocations per unit.
    pub max_allocations: Option<u64>,
    pub work: Work<'a>,
}

impl<'a> Candidate<'a> {
    pub fn new(name: &'static str, work: impl FnMut(usize) + 'a) -> Self {
        Self { name, max_instructions: None, max_allocations: None, work: Box::new(work) }
    }

    /// The crate itself.
    pub fn ours(work: impl FnMut(usize) + 'a) -> Self {
        Self::new("osc-api", work)
    }

    pub fn limits(self, instructions: u64, allocations: u64) -> Self {
        Self { max_instructions: Some(instructions), max_allocations: Some(allocations), ..self }
    }
}

/// Measures the time of all candidates. Returns seconds per repetition.
pub fn times(candidates: &mut [Candidate<'_>]) -> Vec<f64> {
    let mut calibrate_all =
        || -> Vec<usize> { candidates.iter_mut().map(|candidate| calibrate(&mut candidate.work)).collect() };
    // The first calibration is a warm-up: connections are opened, and rate limiters adapt.
    calibrate_all();
    let repetitions = calibrate_all();
    let mut samples = vec![Vec::new(); candidates.len()];
    let start = Instant::now();
    for round in 0..MAX_ROUNDS {
        if round >= MIN_ROUNDS && start.elapsed() > MAX_TIME {
            break;
        }
        for turn in 0..candidates.len() {
            // The order rotates, so that no candidate always finds the caches as the same predecessor left them.
            let index = (round + turn) % candidates.len();
            samples[index].push(time(&mut candidates[index].work, repetitions[index]));
        }
    }
    samples.into_iter().map(quantile).collect()
}

/// The number of repetitions that fill one sample.
fn calibrate(work: &mut Work<'_>) -> usize {
    let mut repetitions = 1;
    loop {
        let duration = time(work, repetitions) * repetitions as f64;
        if duration >= SAMPLE_TIME.as_secs_f64() / 2.0 {
            return (repetitions as f64 * SAMPLE_TIME.as_secs_f64() / duration).ceil() as usize;
        }
        repetitions *= 2;
    }
}

/// Seconds per repetition.
fn time(work: &mut Work<'_>, repetitions: usize) -> f64 {
    let start = Instant::now();
    work(repetitions);
    start.elapsed().as_secs_f64() / repetitions as f64
}

fn quantile(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[(seconds.len() as f64 * QUANTILE) as usize]
}

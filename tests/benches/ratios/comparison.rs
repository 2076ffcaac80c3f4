//! Runs candidates alternately in many rounds, so that noise on the machine affects all of them alike.
//!
//! Noise only ever makes a candidate slower. Therefore a low quantile is compared instead of the median, and samples
//! are short enough that many of them run without interruption.

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

/// A comparison and its title.
pub type Benchmark = (&'static str, fn() -> Comparison);

/// One implementation of the work, with the target for the speed of the first candidate relative to it, if any.
pub struct Candidate<'a> {
    pub name: &'static str,
    pub target: Option<f64>,
    pub work: Work<'a>,
}

/// The measurements of a comparison.
pub struct Comparison(Vec<Samples>);

struct Samples {
    name: &'static str,
    target: Option<f64>,
    /// Seconds per repetition, one value per round.
    seconds: Vec<f64>,
}

impl<'a> Candidate<'a> {
    /// The crate itself.
    pub fn ours(work: impl FnMut(usize) + 'a) -> Self {
        Self { name: "osc-api", target: None, work: Box::new(work) }
    }

    /// An implementation to compare with.
    pub fn other(name: &'static str, target: impl Into<Option<f64>>, work: impl FnMut(usize) + 'a) -> Self {
        Self { name, target: target.into(), work: Box::new(work) }
    }
}

/// Measures all candidates; the first is compared with each of the others.
pub fn compare(mut candidates: Vec<Candidate<'_>>) -> Comparison {
    let mut calibrate_all =
        || -> Vec<usize> { candidates.iter_mut().map(|candidate| calibrate(&mut candidate.work)).collect() };
    // The first calibration is a warm-up: connections are opened, and rate limiters adapt.
    calibrate_all();
    let repetitions = calibrate_all();
    let mut samples: Vec<Samples> = candidates
        .iter()
        .map(|Candidate { name, target, .. }| Samples { name, target: *target, seconds: Vec::new() })
        .collect();
    let start = Instant::now();
    for round in 0..MAX_ROUNDS {
        if round >= MIN_ROUNDS && start.elapsed() > MAX_TIME {
            break;
        }
        for turn in 0..candidates.len() {
            // The order rotates, so that no candidate always finds the caches as the same predecessor left them.
            let index = (round + turn) % candidates.len();
            let (candidate, samples) = (&mut candidates[index], &mut samples[index]);
            samples.seconds.push(time(&mut candidate.work, repetitions[index]));
        }
    }
    Comparison(samples)
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

/// Prints the header of the table.
pub fn print_header() {
    println!(
        "| benchmark | compared with | ours | theirs | relative speed | target |\n|---|---|---|---|---|---|"
    );
}

impl Comparison {
    /// Prints a row of the table for each candidate except the first.
    pub fn print(&self, title: &str) {
        let Some((ours, others)) = self.0.split_first() else { return };
        for Samples { name, target, seconds } in others {
            let [ours, theirs] = [&ours.seconds, seconds].map(|seconds| quantile(seconds));
            let ratio = theirs / ours;
            let target = target.map_or(String::new(), |target| {
                format!("{target:.2}{}", if ratio < target { ", missed" } else { "" })
            });
            println!(
                "| {title} | {name} | {} | {} | {ratio:.2} | {target} |",
                duration(ours),
                duration(theirs)
            );
        }
    }
}

fn quantile(seconds: &[f64]) -> f64 {
    let mut sorted = seconds.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[(sorted.len() as f64 * QUANTILE) as usize]
}

fn duration(seconds: f64) -> String {
    format!("{:.2?}", Duration::from_secs_f64(seconds))
}

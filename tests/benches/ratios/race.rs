//! Contestants in turn, many times over: a noisy machine then disturbs all of them alike.
//!
//! What else the machine does only ever makes a contestant slower. So it is not the median that counts but a low
//! quantile, and stretches are so short that many of them run from end to end without being interrupted.

use std::time::{Duration, Instant};

/// How long a contestant runs at a stretch.
const STRETCH: Duration = Duration::from_millis(4);

/// A race ends after so many rounds, or when it takes longer than this but not before the fewest.
const MOST_ROUNDS: usize = 400;
const FEWEST_ROUNDS: usize = 15;
const TIME: Duration = Duration::from_secs(8);

/// The part of the rounds that were disturbed less than the one that counts.
const QUANTILE: f64 = 0.2;

/// The work of a contestant: so many repetitions.
pub type Work<'a> = Box<dyn FnMut(usize) + 'a>;

/// A race by its title.
pub type Race = (&'static str, fn() -> Outcome);

/// One way to do the work, and the share of its speed that the first way is to reach, if that is a target.
pub struct Contestant<'a> {
    pub name: &'static str,
    pub target: Option<f64>,
    pub work: Work<'a>,
}

/// What a race gave.
pub struct Outcome(Vec<Lane>);

struct Lane {
    name: &'static str,
    target: Option<f64>,
    /// Of one repetition in each round.
    seconds: Vec<f64>,
}

impl<'a> Contestant<'a> {
    /// The crate itself.
    pub fn ours(work: impl FnMut(usize) + 'a) -> Self {
        Self { name: "osc-api", target: None, work: Box::new(work) }
    }

    /// Something to compare with.
    pub fn other(name: &'static str, target: impl Into<Option<f64>>, work: impl FnMut(usize) + 'a) -> Self {
        Self { name, target: target.into(), work: Box::new(work) }
    }
}

/// Lets all run in turn; the first is compared with each of the others.
pub fn race(mut contestants: Vec<Contestant<'_>>) -> Outcome {
    let mut calibrate_all = || -> Vec<usize> {
        contestants.iter_mut().map(|contestant| calibrate(&mut contestant.work)).collect()
    };
    // The first time is for warming up: connections are made, and clients find their speed.
    calibrate_all();
    let repetitions = calibrate_all();
    let mut lanes: Vec<Lane> = contestants
        .iter()
        .map(|Contestant { name, target, .. }| Lane { name, target: *target, seconds: Vec::new() })
        .collect();
    let start = Instant::now();
    for round in 0..MOST_ROUNDS {
        if round >= FEWEST_ROUNDS && start.elapsed() > TIME {
            break;
        }
        for turn in 0..contestants.len() {
            // Each comes after each, so that nobody always finds the caches as the same other one left them.
            let index = (round + turn) % contestants.len();
            let (contestant, lane) = (&mut contestants[index], &mut lanes[index]);
            lane.seconds.push(time(&mut contestant.work, repetitions[index]));
        }
    }
    Outcome(lanes)
}

/// As many repetitions as fill a stretch.
fn calibrate(work: &mut Work<'_>) -> usize {
    let mut repetitions = 1;
    loop {
        let stretch = time(work, repetitions) * repetitions as f64;
        if stretch >= STRETCH.as_secs_f64() / 2.0 {
            return (repetitions as f64 * STRETCH.as_secs_f64() / stretch).ceil() as usize;
        }
        repetitions *= 2;
    }
}

/// Seconds of one repetition.
fn time(work: &mut Work<'_>, repetitions: usize) -> f64 {
    let start = Instant::now();
    work(repetitions);
    start.elapsed().as_secs_f64() / repetitions as f64
}

/// Begins the table.
pub fn head() {
    println!("| what | beside | ours | theirs | speed, theirs = 1 | target |\n|---|---|---|---|---|---|");
}

impl Outcome {
    /// A line of the table for each comparison.
    pub fn print(&self, title: &str) {
        let Some((ours, others)) = self.0.split_first() else { return };
        for Lane { name, target, seconds } in others {
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

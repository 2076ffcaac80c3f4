//! Runs benchmarks and prints their results as a table.

use std::env;
use std::time::Duration;

use crate::comparison::{Benchmark, Candidate, Input, times};
use crate::counts::{self, Counts};
use crate::{fixtures, server};

/// Runs the benchmarks whose title contains the first argument; all without an argument. With `--no-times`, only
/// counts.
pub fn main(benchmarks: &[&[Benchmark]]) {
    if counts::run_counted(benchmarks) {
        return;
    }
    let (options, filters): (Vec<String>, Vec<String>) =
        env::args().skip(1).partition(|argument| argument.starts_with('-'));
    let filter = filters.into_iter().next().unwrap_or_default();
    let is_timed = !options.iter().any(|option| option == "--no-times");
    let is_counted = counts::is_available();
    if !is_counted {
        eprintln!("valgrind is not installed: instructions and allocations are not counted");
    }
    println!("Per call, VM or other unit of work. A ratio is that of a candidate to `osc-api`.\n");
    println!(
        "| benchmark | candidate | instructions | ratio | allocations | heap peak ÷ text | time | ratio |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for benchmark in benchmarks.iter().copied().flatten() {
        if benchmark.title.contains(&filter) {
            print(benchmark, is_counted, is_timed);
        }
    }
}

/// Measures a benchmark and prints a row for each candidate.
fn print(benchmark: &Benchmark, is_counted: bool, is_timed: bool) {
    let response = fixtures::read_vms_response(benchmark.vms);
    let input = Input { server: server::start(&response), response };
    let mut candidates = (benchmark.candidates)(&input);
    let counts: Vec<Option<Counts>> = (0..candidates.len())
        .map(|candidate| is_counted.then(|| counts::count(benchmark, candidate, &input)).flatten())
        .collect();
    let times = if is_timed { times(&mut candidates) } else { Vec::new() };
    let ours = counts.first().and_then(Option::as_ref).map(|counts| counts.instructions as f64);
    for (index, Candidate { name, max_instructions, max_allocations, .. }) in candidates.iter().enumerate() {
        let count = counts[index].as_ref();
        let instructions =
            count.map(|count| limited(count.instructions as f64, *max_instructions, count.instructions));
        let ratio = count.zip(ours).map(|(count, ours)| format!("{:.2}", count.instructions as f64 / ours));
        let allocations = count.map(|count| {
            limited(count.allocations, *max_allocations, format_args!("{:.2}", count.allocations))
        });
        let peak = count.map(|count| format!("{:.2}", count.heap_peak));
        let seconds = times.get(index).map(|seconds| seconds / benchmark.units as f64);
        let time = seconds.map(|seconds| format!("{:.2?}", Duration::from_secs_f64(seconds)));
        let slowdown =
            times.first().zip(times.get(index)).map(|(ours, theirs)| format!("{:.2}", theirs / ours));
        let cells = [instructions, ratio, allocations, peak, time, slowdown].map(Option::unwrap_or_default);
        println!("| {} | {name} | {} |", benchmark.title, cells.join(" | "));
    }
}

/// A value, and its limit if that is exceeded.
fn limited(value: f64, limit: Option<u64>, text: impl std::fmt::Display) -> String {
    match limit {
        Some(limit) if value > limit as f64 => format!("{text}, **limit {limit}**"),
        _ => text.to_string(),
    }
}

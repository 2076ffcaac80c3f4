//! Instructions, allocations and the heap peak of a candidate, counted by valgrind.
//!
//! The benchmark starts itself under valgrind, with the server in the process outside: only the candidate is counted.
//! Two runs differ in the number of repetitions, so that starting the process, opening connections and filling caches
//! cancel out.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

use crate::comparison::{Benchmark, Input};

/// First argument of a counted process. The title, the candidate, the number of repetitions, the response's file and
/// the server's address follow.
const COUNTED: &str = "--counted";

/// Counts of one candidate, per unit of the benchmark.
pub struct Counts {
    pub instructions: u64,
    pub allocations: f64,
    /// Largest size of the heap in one repetition, as a multiple of the response's text.
    pub heap_peak: f64,
}

/// Whether valgrind can be started.
pub fn is_available() -> bool {
    let mut version = Command::new("valgrind");
    version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}

/// Runs one candidate if this process was started to be counted. Returns whether it was.
pub fn run_counted(benchmarks: &[&[Benchmark]]) -> bool {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [COUNTED, title, candidate, repetitions, response, server] =
        &*arguments.iter().map(String::as_str).collect::<Vec<_>>()
    else {
        return false;
    };
    let benchmark =
        benchmarks.iter().copied().flatten().find(|benchmark| benchmark.title == *title).expect("a title");
    let input = Input {
        response: fs::read(response).expect("a response"),
        server: server.parse().expect("an address"),
    };
    let mut candidates = (benchmark.candidates)(&input);
    let work = &mut candidates[candidate.parse::<usize>().expect("an index")].work;
    work(repetitions.parse().expect("a number"));
    true
}

/// Counts one candidate of a benchmark.
pub fn count(benchmark: &Benchmark, candidate: usize, input: &Input) -> Option<Counts> {
    let counted = benchmark.counted?;
    let folder = tempfile::tempdir().expect("a folder for the response");
    let response = folder.path().join("response.json");
    fs::write(&response, &input.response).expect("a file for the response");
    let run = |tool: &str, repetitions: usize| {
        valgrind(tool, benchmark.title, candidate, repetitions, &response, input.server)
    };
    let per_unit = |totals: [u64; 2]| {
        let units = (counted[1] - counted[0]) * benchmark.units;
        totals[1].saturating_sub(totals[0]) as f64 / units as f64
    };
    let instructions = counted.map(|repetitions| number(&run("callgrind", repetitions), "Collected :", 0));
    let heap = counted.map(|repetitions| number(&run("dhat", repetitions), "Total:", 1));
    let peak = [0, 1].map(|repetitions| number(&run("dhat", repetitions), "At t-gmax:", 0));
    Some(Counts {
        instructions: per_unit(instructions).round() as u64,
        allocations: per_unit(heap),
        heap_peak: peak[1].saturating_sub(peak[0]) as f64 / input.response.len() as f64,
    })
}

/// Runs a candidate under a tool of valgrind, and returns the tool's report.
fn valgrind(
    tool: &str,
    title: &str,
    candidate: usize,
    repetitions: usize,
    response: &Path,
    server: SocketAddr,
) -> String {
    let output = Command::new("valgrind")
        .arg(format!("--tool={tool}"))
        .arg(format!("--{tool}-out-file=/dev/null"))
        .arg(env::current_exe().expect("the path of this program"))
        .args([COUNTED, title, &candidate.to_string(), &repetitions.to_string()])
        .arg(response)
        .arg(server.to_string())
        .output()
        .expect("valgrind");
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{title}, candidate {candidate}, under {tool}:\n{report}");
    report
}

/// The number at a position of the line that contains a label, such as `==42== Total:  1,234 bytes in 5 blocks`.
fn number(report: &str, label: &str, position: usize) -> u64 {
    let (_, rest) = report.split_once(label).unwrap_or_else(|| panic!("no {label} in {report}"));
    let line = rest.lines().next().unwrap_or_default();
    let numbers = line.split_whitespace().filter_map(|word| word.replace(',', "").parse().ok());
    numbers.into_iter().nth(position).unwrap_or_else(|| panic!("no number in {line}"))
}

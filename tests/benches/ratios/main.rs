//! Speed of the crate relative to a lower bound for the same work: see `benches/README.md`.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a failed expectation stops the benchmark")]

mod calls;
mod codec;
mod comparison;
mod fixtures;
mod server;
mod shape;
mod signature;

fn main() {
    // Runs the benchmarks whose title contains the first argument; all without an argument.
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    comparison::print_header();
    for (title, run) in signature::ALL.iter().chain(codec::ALL).chain(calls::ALL) {
        if title.contains(&filter) {
            run().print(title);
        }
    }
}

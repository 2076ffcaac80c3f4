//! Speed of the crate relative to a lower bound for the same work: see `benches/README.md`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failed expectation stops the benchmark"
)]

mod calls;
mod codec;
mod comparison;
mod counts;
mod fixtures;
mod server;
mod shape;
mod signature;
mod table;

fn main() {
    table::main(&[signature::ALL, codec::ALL, calls::ALL]);
}

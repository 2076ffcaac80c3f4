//! How fast the crate is, beside the least that the same work can cost: see `benches/README.md`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot go on says why and stops"
)]

mod calls;
mod codec;
mod material;
mod race;
mod server;
mod shape;
mod signature;

fn main() {
    // What to run, by a part of its title; all without.
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    race::head();
    for (title, run) in signature::ALL.iter().chain(codec::ALL).chain(calls::ALL) {
        if title.contains(&filter) {
            run().print(title);
        }
    }
}

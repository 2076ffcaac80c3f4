//! `spec diff`: what it says of every kind of change, whether it says all and nothing else, and whether it is right.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

mod caller;
mod command;
mod complete;
#[path = "../expected.rs"]
mod expected;
mod laws;
mod raw;
mod rules;
mod semver;
mod small;
#[path = "../xtask.rs"]
mod xtask;

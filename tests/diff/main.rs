//! `spec diff`: every kind of change is reported, nothing else is, and the verdicts are correct.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed expectation fails the test"
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

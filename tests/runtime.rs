//! The crate `osc-api`: its client, types, fake API and examples.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a failed expectation fails the test"
)]

mod blocking;
mod examples;
mod fake;
mod listing;
mod pagination;
mod round_trip;
mod signing;
mod values;
mod waiting;
mod wire;

//! The generator and the command line of this repository.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a failed expectation fails the test"
)]

mod architecture;
mod counts;
mod diagnostics;
mod diff;
mod doc_code;
mod docs;
mod expected;
#[path = "fuzz/src/lib.rs"]
#[allow(dead_code, reason = "the fuzz targets use the rest")]
mod fuzz;
mod golden;
mod hostile;
mod import;
mod language;
mod misuse;
mod published;
mod regen;
mod xtask;

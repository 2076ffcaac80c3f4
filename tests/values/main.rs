//! Value types as callers use them: open enums, dates, lenient decoding, no secrets in errors.

#![expect(clippy::expect_used, clippy::panic, reason = "a failed expectation fails the test")]

mod dates;
mod decoding;
mod enums;
mod errors;
#[path = "../round_trip/listing.rs"]
mod listing;

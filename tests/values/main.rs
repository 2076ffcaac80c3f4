//! The value types as callers meet them: open enums, dates, lenient decoding, secrets in errors.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on says why and stops")]

mod dates;
mod decoding;
mod enums;
mod errors;
#[path = "../round_trip/listing.rs"]
mod listing;

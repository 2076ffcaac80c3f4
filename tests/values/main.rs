//! The value types as callers meet them: open enums, dates, secrets in errors.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on says why and stops")]

mod dates;
mod enums;
mod errors;
#[path = "../round_trip/listing.rs"]
mod listing;

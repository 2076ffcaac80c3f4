//! Value types as callers use them: open enums, dates, lenient decoding, no secrets in errors.

mod dates;
mod decoding;
mod enums;
mod errors;

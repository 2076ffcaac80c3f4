//! SHA-256, as hexadecimal digits.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The SHA-256 of bytes, in lower case.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        // Writing into a string cannot fail.
        _ = write!(hex, "{byte:02x}");
        hex
    })
}

//! SHA-256, as hexadecimal digits.

use std::fmt::Write;

use ring::digest;

/// The SHA-256 of bytes, in lower case.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, bytes);
    digest.as_ref().iter().fold(String::new(), |mut hex, byte| {
        // Writing into a string cannot fail.
        _ = write!(hex, "{byte:02x}");
        hex
    })
}

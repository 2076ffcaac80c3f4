//! SHA-256, as hexadecimal digits.

use std::fmt::Write;

use hmac_sha256::Hash;

/// The SHA-256 of bytes, in lower case.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Hash::hash(bytes).iter().fold(String::new(), |mut hex, byte| {
        // Writing into a string cannot fail.
        _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::sha256;

    /// The examples of FIPS 180-2, appendix B.
    #[test]
    fn digests_are_those_of_the_standard() {
        for (text, digest) in [
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            ),
        ] {
            assert_eq!(sha256(text.as_bytes()), digest);
        }
        let million = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
        assert_eq!(sha256(&[b'a'; 1_000_000]), million);
    }
}

//! Randomness from the operating system.

use std::fmt::Write as _;

/// Returns a number in `0.0..1.0`; 0.5 if the system has no randomness.
pub(crate) fn unit() -> f64 {
    let mut bytes = [0; 4];
    match getrandom::getrandom(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0),
        Err(_) => 0.5,
    }
}

/// Returns 128 random bits as 32 hexadecimal digits, or `None` if the system has no randomness.
pub(crate) fn token() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::getrandom(&mut bytes).ok()?;
    let mut token = String::with_capacity(32);
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(token, "{byte:02x}");
    }
    Some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_within_their_range_and_differ() {
        let numbers: Vec<f64> = (0..1000).map(|_| unit()).collect();
        assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)));
        assert!(numbers.iter().any(|number| *number < 0.1) && numbers.iter().any(|number| *number > 0.9));
    }

    #[test]
    fn tokens_are_short_and_differ() {
        let (one, other) = (token().unwrap(), token().unwrap());
        assert_ne!(one, other);
        assert!(one.len() == 32 && one.bytes().all(|byte| byte.is_ascii_hexdigit()), "{one}");
    }
}

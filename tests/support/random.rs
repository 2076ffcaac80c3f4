//! Pseudo-random numbers that are the same in every run.

use std::env;

/// The size of a random sample: `size` times the value of the variable `OSC_TEST_SIMULATIONS`, by default 1. CI sets it
/// to 3.
///
/// # Panics
/// If the value is no positive number.
pub fn sample(size: u64) -> u64 {
    let factor = env::var("OSC_TEST_SIMULATIONS").map_or(1, |text| text.parse().unwrap_or_default());
    assert!(factor > 0, "OSC_TEST_SIMULATIONS must be a positive number");
    size * factor
}

/// A generator of pseudo-random numbers (SplitMix64).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A generator with this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `limit`, which must not be 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    /// `true` in one of `count` cases.
    pub fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }
}

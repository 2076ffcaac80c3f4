//! Shared by the fuzz targets and the test `hostile`: builds and mutates inputs of the generator, and checks its
//! properties.

pub mod check;
pub mod mutate;
pub mod parts;
pub mod prose;
pub mod rust;
pub mod seeds;
pub mod valid;
pub mod words;
pub mod yaml;

pub use check::check;
pub use parts::Parts;

/// Pseudo-random bytes for a seed (SplitMix64).
pub fn noise(number: u64, length: usize) -> Vec<u8> {
    let mut state = number;
    let words = std::iter::from_fn(move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Some(word ^ (word >> 31))
    });
    words.flat_map(u64::to_le_bytes).take(length).collect()
}

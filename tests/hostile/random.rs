//! Well-formed random descriptions with hostile names, texts, nesting and values.

use arbitrary::Unstructured;
use osc_tests::random::sample;

use super::{expect_properties, outcome};
use crate::fuzz::{Parts, noise, valid, yaml};

/// Number of descriptions, for [`sample`].
const DESCRIPTIONS: u64 = 34;

/// Maximum number of random bytes per description.
const MAX_BYTES: usize = 4096;

/// The description with this number, and an older version. Fewer bytes give a smaller description of the same kind.
pub fn random(number: u64, bytes: usize) -> Parts {
    let noise = noise(number, bytes);
    let mut noise = Unstructured::new(&noise);
    let mut next = || yaml::write(&valid::description(&mut noise).unwrap());
    let (description, older) = (next(), next());
    Parts { older: Some(older), ..Parts::of(description) }
}

#[test]
fn well_formed_descriptions_are_generated_or_rejected_with_a_reason() {
    let mut generated = 0;
    let descriptions = sample(DESCRIPTIONS);
    for number in 0..descriptions {
        let parts = random(number, MAX_BYTES);
        match outcome(&parts) {
            Ok(files) => generated += u64::from(files.is_some()),
            Err(_) => {
                // The smallest that still fails is the easiest to read.
                let smaller = (0..MAX_BYTES).step_by(64).map(|bytes| random(number, bytes));
                let smallest = smaller.into_iter().find(|parts| outcome(parts).is_err()).unwrap_or(parts);
                expect_properties(&format!("random-{number}"), &smallest);
            }
        }
    }
    // Clashing names are rejected; if most descriptions are, too little is tested.
    assert!(generated * 2 > descriptions, "only {generated} of {descriptions} descriptions are generated");
}

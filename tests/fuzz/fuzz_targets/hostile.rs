//! Well-formed descriptions with hostile names, texts and values.
#![no_main]

use libfuzzer_sys::arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use osc_fuzz::{Parts, check, valid, yaml};

fuzz_target!(|bytes: &[u8]| {
    let mut noise = Unstructured::new(bytes);
    let description = valid::description(&mut noise).map(|value| yaml::write(&value));
    let older = valid::description(&mut noise).map(|value| yaml::write(&value));
    let Ok(description) = description else { return };
    let parts = Parts { older: older.ok(), ..Parts::of(description) };
    if let Err(wrong) = check(&parts) {
        panic!("{wrong}\n{}", parts.write());
    }
});

//! Any inputs: arbitrary bytes and mutated descriptions.
#![no_main]

use std::path::Path;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use osc_fuzz::{Parts, check, mutate, seeds};

fuzz_target!(
    init: {
        // Before libFuzzer reads its corpus.
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR"));
        seeds::write(&fuzz.join("../.."), &fuzz.join("corpus/generator")).expect("the seeds can be written");
    },
    |bytes: &[u8]| {
        if let Err(violation) = check(&Parts::read(bytes)) {
        panic!("{violation}");
        }
    }
);

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // One in eight mutates bytes, which seldom leaves valid YAML.
    if seed % 8 == 0 {
        return fuzzer_mutate(data, size, max_size);
    }
    let text = mutate::mutate(&Parts::read(&data[..size]), seed.into()).write();
    let length = text.len().min(max_size);
    data[..length].copy_from_slice(&text.as_bytes()[..length]);
    length
});

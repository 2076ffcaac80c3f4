//! Well-formed descriptions with hostile names, texts and values.
#![no_main]

use std::fs;
use std::path::Path;

use libfuzzer_sys::arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use osc_fuzz::{Parts, check, noise, valid, yaml};

/// Number of seeds. Short ones give trivial descriptions.
const SEEDS: u64 = 128;

fuzz_target!(
    init: {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/hostile");
        fs::create_dir_all(&corpus).expect("the corpus can be written");
        for number in 0..SEEDS {
            fs::write(corpus.join(format!("noise-{number}")), noise(number, 2048)).expect("a seed can be written");
        }
    },
    |bytes: &[u8]| {
        let mut noise = Unstructured::new(bytes);
        let description = valid::description(&mut noise).map(|value| yaml::write(&value));
        let older = valid::description(&mut noise).map(|value| yaml::write(&value));
        let Ok(description) = description else { return };
        let parts = Parts { older: older.ok(), ..Parts::of(description) };
        if let Err(violation) = check(&parts) {
        panic!("{violation}\n{}", parts.write());
        }
    }
);

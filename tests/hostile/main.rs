//! The generator and inputs that mean it no good: well-formed descriptions with hostile names, texts and values, damaged
//! ones by the hundred, and everything that fuzzing has found.
//!
//! What must be true of them is in `fuzz/src/check.rs`, which the fuzz targets share. The inputs are the same in every
//! run. Where a test fails, it names a file with the input: mend the generator, and move the file to `fuzz/finds`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by a panic"
)]

#[path = "../doc_code.rs"]
mod doc_code;
#[path = "../expected.rs"]
mod expected;
#[allow(dead_code, reason = "the fuzz targets use the rest")]
#[path = "../fuzz/src/lib.rs"]
mod fuzz;

mod compiled;
mod made;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use fuzz::{Parts, check, mutate, seeds};
use osc_codegen::Files;

/// How many damaged inputs are tried.
const DAMAGED: u64 = 300;

/// The longest that one input may take, in an unoptimised build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Checks one input, in time. The files, if it was one that files are made of; else what is wrong.
fn outcome(parts: &Parts) -> Result<Option<Files>, String> {
    let (sender, receiver) = mpsc::channel();
    let parts = parts.clone();
    thread::spawn(move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| check(&parts)));
        sender.send(outcome.unwrap_or_else(|_| Err("the generator panicked".to_owned())))
    });
    receiver.recv_timeout(PATIENCE).unwrap_or_else(|_| Err(format!("no answer within {PATIENCE:?}")))
}

/// Checks an input and, if it fails, keeps it for the one who mends the generator.
#[track_caller]
fn expect_good(name: &str, parts: &Parts) -> Option<Files> {
    outcome(parts).unwrap_or_else(|wrong| {
        let kept = expected::workspace("target/hostile-finds");
        std::fs::create_dir_all(&kept).unwrap();
        let kept = kept.join(name);
        std::fs::write(&kept, parts.write()).unwrap();
        panic!("{name}: {wrong}\n\nThe input is {}", kept.display())
    })
}

#[test]
fn everything_that_was_found_stays_mended() {
    let seeds = seeds::all(&expected::workspace("")).unwrap();
    let mut found = 0;
    for (name, parts) in seeds.iter().filter(|(name, _)| !name.starts_with("contract-")) {
        found += usize::from(name.starts_with("find-"));
        let files = expect_good(name, parts);
        assert!(files.is_some() || !name.starts_with("golden-"), "{name} is not generated any more");
    }
    assert!(found > 0, "there are no finds in fuzz/finds");
}

#[test]
fn damaged_inputs_are_refused_or_generated_whole() {
    let seeds = seeds::all(&expected::workspace("")).unwrap();
    let mut generated = 0;
    for number in 0..DAMAGED {
        // Steps that share no factor with the number of seeds, so that each has its turn.
        let (_, seed) = &seeds[(number * 7919) as usize % seeds.len()];
        let damages = 1 + number % 3;
        let parts =
            (0..damages).fold(seed.clone(), |parts, damage| mutate::mutate(&parts, number * 3 + damage));
        generated += usize::from(expect_good(&format!("damaged-{number}"), &parts).is_some());
    }
    // Damages that are all refused, or all without effect, try nothing.
    let share = generated as f64 / DAMAGED as f64;
    assert!((0.1..0.9).contains(&share), "{generated} of {DAMAGED} damaged inputs are generated");
}

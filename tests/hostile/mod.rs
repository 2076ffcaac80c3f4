//! Runs the generator on hostile inputs: well-formed descriptions with hostile names, texts and values, hundreds of
//! damaged ones, and every input that fuzzing found.
//!
//! `fuzz/src/check.rs` has the properties, which the fuzz targets share. The inputs are the same in every run; CI has
//! more of them. A
//! failing test prints the path of a file with the input: fix the generator and move the file to `fuzz/finds`.
mod compiled;
mod random;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::fuzz::{Parts, check, mutate, seeds};
use osc_codegen::Files;
use osc_tests::random::sample;

use crate::expected;

/// Number of damaged inputs, for [`sample`].
const DAMAGED: u64 = 100;

/// Timeout of one input, in an unoptimized build on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Checks one input within the timeout. Returns the files, if the input is valid, or the violated property.
fn outcome(parts: &Parts) -> Result<Option<Files>, String> {
    let (sender, receiver) = mpsc::channel();
    let parts = parts.clone();
    thread::spawn(move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| check(&parts)));
        sender.send(outcome.unwrap_or_else(|_| Err("the generator panicked".to_owned())))
    });
    receiver.recv_timeout(TIMEOUT).unwrap_or_else(|_| Err(format!("no result within {TIMEOUT:?}")))
}

/// Checks an input and, if it fails, saves it to a file.
#[track_caller]
fn expect_properties(name: &str, parts: &Parts) -> Option<Files> {
    outcome(parts).unwrap_or_else(|violation| {
        let folder = expected::workspace("target/hostile-finds");
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join(name);
        std::fs::write(&file, parts.write()).unwrap();
        panic!("{name}: {violation}\n\nThe input is {}", file.display())
    })
}

#[test]
fn earlier_finds_stay_fixed() {
    let seeds = seeds::all(&expected::workspace("")).unwrap();
    let mut found = 0;
    for (name, parts) in seeds.iter().filter(|(name, _)| !name.starts_with("contract-")) {
        found += usize::from(name.starts_with("find-"));
        let files = expect_properties(name, parts);
        assert!(files.is_some() || !name.starts_with("golden-"), "{name} is no longer generated");
    }
    assert!(found > 0, "there are no finds in fuzz/finds");
}

#[test]
fn damaged_inputs_are_rejected_or_generated_completely() {
    let seeds = seeds::all(&expected::workspace("")).unwrap();
    let mut generated = 0;
    let damaged = sample(DAMAGED);
    for number in 0..damaged {
        // The step shares no factor with the number of seeds, so that seeds of all kinds are used.
        let (_, seed) = &seeds[(number * 7919) as usize % seeds.len()];
        let damages = 1 + number % 3;
        let parts =
            (0..damages).fold(seed.clone(), |parts, damage| mutate::mutate(&parts, number * 3 + damage));
        generated += usize::from(expect_properties(&format!("damaged-{number}"), &parts).is_some());
    }
    // Damage that is always rejected, or never has an effect, tests nothing.
    let share = generated as f64 / damaged as f64;
    assert!((0.1..0.9).contains(&share), "{generated} of {damaged} damaged inputs are generated");
}

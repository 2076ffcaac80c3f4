//! Every published example, and variants of it that a newer or less exact server could send.
//!
//! The crate's types decode and encode the values, which are then compared leaf by leaf. The feature `serde` gives
//! every type both directions.

mod built;
mod compare;
mod contract;
mod dispatch;
mod examples;
mod filled;
mod mismatches;
mod secrets;
mod shared;
mod variations;
mod wording;

use serde_json::Value;

use crate::round_trip::contract::Side;

/// The failures of a test that checks many values.
#[derive(Default)]
struct Failures {
    checked: usize,
    failed: Vec<String>,
}

impl Failures {
    /// Decodes and encodes a value with its type, and records the differences from the expected value.
    fn check(&mut self, action: &str, side: Side, what: &str, value: &Value, expected: &Value) {
        self.checked += 1;
        match dispatch::codec(action, side).recode(value) {
            Ok(back) => {
                for difference in compare::differences(expected, &back) {
                    self.failed.push(format!("{action} {side:?}, {what}: {difference}"));
                }
            }
            Err(problem) => self.failed.push(format!("{action} {side:?}, {what}: {problem}")),
        }
    }

    /// Ends the test: fails with the first failures, or returns the number of checked values.
    fn finish(self) -> usize {
        let Self { checked, failed } = self;
        let shown = failed.iter().take(40).map(|line| format!("\n  {line}")).collect::<String>();
        assert!(failed.is_empty(), "{} failures in {checked} values:{shown}", failed.len());
        assert_ne!(checked, 0, "nothing was checked");
        checked
    }
}

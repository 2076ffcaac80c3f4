//! Every published example, and copies of it that a server newer or sloppier than the description could send.
//!
//! Values are decoded and encoded by the crate's own types, and then compared leaf by leaf. Both directions of
//! every type are there because this package switches on the feature `serde-all`.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on says why and stops")]

mod built;
mod compare;
mod contract;
mod dispatch;
mod examples;
mod filled;
mod listing;
mod mismatches;
mod secrets;
mod shared;
mod variations;
mod wording;

use serde_json::Value;

use crate::contract::Side;

/// What went wrong with one value: where it is from, and what happened to it.
#[derive(Default)]
struct Failures {
    checked: usize,
    failed: Vec<String>,
}

impl Failures {
    /// Sends a value through its type, and notes how what comes back differs from what is expected.
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

    /// Ends the test: with the first failures, or with the number of values that passed.
    fn finish(self) -> usize {
        let Self { checked, failed } = self;
        let shown = failed.iter().take(40).map(|line| format!("\n  {line}")).collect::<String>();
        assert!(failed.is_empty(), "{} failures in {checked} values:{shown}", failed.len());
        assert_ne!(checked, 0, "nothing was checked");
        checked
    }
}

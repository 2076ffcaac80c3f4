//! `metrics`.

use osc_api::codes;
use osc_api::testing::Fault;

use crate::examples::{run, start};

#[test]
fn calls_are_counted_by_action_and_outcome_even_if_one_fails() {
    let fake = start();
    let succeeded = run("metrics", &fake, &[]);
    let lines = succeeded.succeeded();
    for line in [
        "# TYPE osc_calls_total counter",
        "osc_calls_total{action=\"ReadRegions\",outcome=\"succeeded\",error=\"\"} 1",
        "osc_attempts_total{action=\"ReadVms\",outcome=\"succeeded\",error=\"\"} 1",
        "osc_throttled_total{action=\"ReadVms\",outcome=\"succeeded\",error=\"\"} 0",
    ] {
        assert!(lines.contains(&line), "{line} is not in {lines:#?}");
    }
    fake.next_raw("ReadVms", 1, Fault::code(codes::INVALID_PARAMETER_VALUE));
    let failed = run("metrics", &fake, &[]);
    let line = "osc_calls_total{action=\"ReadVms\",outcome=\"failed\",error=\"validation\"} 1";
    assert!(failed.lines().contains(&line), "{failed:?}");
}

//! Decoding and encoding responses. The lower bound: structs with the same fields and serde's derive.

use std::hint::black_box;
use std::mem::ManuallyDrop;

use osc_api::__private;
use osc_api::types::ReadVmsResponse;
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::comparison::{Benchmark, Candidate, Input};
use crate::shape;

pub const ALL: &[Benchmark] = &[
    Benchmark {
        title: "decode and drop, 1 VM",
        vms: 1,
        units: 1,
        counted: Some([200, 1_200]),
        candidates: decoding,
    },
    Benchmark {
        title: "decode and drop, per VM of 1,000",
        vms: 1_000,
        units: 1_000,
        counted: Some([1, 5]),
        candidates: decoding,
    },
    Benchmark {
        title: "drop, per VM of 1,000",
        vms: 1_000,
        units: 1_000,
        counted: None,
        candidates: dropping,
    },
    Benchmark {
        title: "encode, per VM of 1,000",
        vms: 1_000,
        units: 1_000,
        counted: Some([1, 5]),
        candidates: encoding,
    },
];

fn decoding(input: &Input) -> Vec<Candidate<'_>> {
    let text = &input.response;
    vec![
        Candidate::ours(repeat(text, __private::read::<ReadVmsResponse>)).limits(40_000, 18),
        Candidate::new("serde derive, `from_slice`", repeat(text, from_slice)),
        Candidate::new("serde derive, `from_str`", repeat(text, from_str)),
        Candidate::new(
            "serde `IgnoredAny`",
            repeat(text, |bytes| serde_json::from_slice::<IgnoredAny>(bytes)),
        ),
    ]
}

fn from_slice(bytes: &[u8]) -> serde_json::Result<shape::ReadVmsResponse> {
    serde_json::from_slice(bytes)
}

/// Validates UTF-8 first, then decodes from `&str`.
fn from_str(bytes: &[u8]) -> serde_json::Result<shape::ReadVmsResponse> {
    serde_json::from_str(str::from_utf8(bytes).expect("UTF-8"))
}

/// Decodes the text and drops the value.
pub fn repeat<T>(text: &[u8], decode: impl Fn(&[u8]) -> serde_json::Result<T>) -> impl FnMut(usize) {
    move |repetitions| {
        for _ in 0..repetitions {
            black_box(decode(black_box(text)).expect("a response"));
        }
    }
}

fn encoding(input: &Input) -> Vec<Candidate<'_>> {
    fn encode<T: Serialize + DeserializeOwned>(text: &[u8]) -> impl FnMut(usize) + use<T> {
        let response: T = serde_json::from_slice(text).expect("a response");
        move |repetitions| {
            for _ in 0..repetitions {
                black_box(serde_json::to_vec(black_box(&response)).expect("JSON"));
            }
        }
    }

    let text = &input.response;
    vec![
        Candidate::ours(encode::<ReadVmsResponse>(text)),
        Candidate::new("serde derive", encode::<shape::ReadVmsResponse>(text)),
    ]
}

/// The share of dropping the value: compares decoding with and without the drop.
fn dropping(input: &Input) -> Vec<Candidate<'_>> {
    let text = &input.response;
    let keep = |bytes: &[u8]| __private::read::<ReadVmsResponse>(bytes).map(ManuallyDrop::new);
    vec![
        Candidate::ours(repeat(text, __private::read::<ReadVmsResponse>)),
        Candidate::new("the same, never dropped", repeat(text, keep)),
    ]
}

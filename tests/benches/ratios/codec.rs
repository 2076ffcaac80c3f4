//! Decoding and encoding responses. The lower bound: structs with the same fields and serde's derive.

use std::hint::black_box;
use std::mem::ManuallyDrop;

use osc_api::__private;
use osc_api::types::ReadVmsResponse;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::comparison::{Benchmark, Candidate, Comparison, compare};
use crate::fixtures::read_vms_response;
use crate::shape;

pub const ALL: &[Benchmark] = &[
    ("decode, 1 VM", || decoding(1)),
    ("decode, 1,000 VMs", || decoding(1_000)),
    ("decode, 10,000 VMs", || decoding(10_000)),
    ("encode, 1 VM", || encoding(1)),
    ("encode, 1,000 VMs", || encoding(1_000)),
    ("encode, 10,000 VMs", || encoding(10_000)),
    ("drop, 1,000 VMs", || dropping(1_000)),
];

fn decoding(vms: usize) -> Comparison {
    let text = read_vms_response(vms);
    compare(vec![
        Candidate::ours(repeat(&text, __private::read::<ReadVmsResponse>)),
        Candidate::other("serde derive, `from_slice`", 0.9, repeat(&text, from_slice)),
        Candidate::other("serde derive, `from_str`", 0.9, repeat(&text, from_str)),
    ])
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

fn encoding(vms: usize) -> Comparison {
    fn encode<T: Serialize + DeserializeOwned>(text: &[u8]) -> impl FnMut(usize) {
        let response: T = serde_json::from_slice(text).expect("a response");
        move |repetitions| {
            for _ in 0..repetitions {
                black_box(serde_json::to_vec(black_box(&response)).expect("JSON"));
            }
        }
    }

    let text = read_vms_response(vms);
    compare(vec![
        Candidate::ours(encode::<ReadVmsResponse>(&text)),
        Candidate::other("serde derive", 0.9, encode::<shape::ReadVmsResponse>(&text)),
    ])
}

/// The share of dropping the value: compares decoding with and without the drop.
fn dropping(vms: usize) -> Comparison {
    let text = read_vms_response(vms);
    let keep = |bytes: &[u8]| __private::read::<ReadVmsResponse>(bytes).map(ManuallyDrop::new);
    compare(vec![
        Candidate::ours(repeat(&text, __private::read::<ReadVmsResponse>)),
        Candidate::other("the same, never dropped", None, repeat(&text, keep)),
    ])
}

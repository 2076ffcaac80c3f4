//! Responds from and to text. The floor: structs of the same shape with serde's own derive.

use std::hint::black_box;
use std::mem::ManuallyDrop;

use osc_api::__private;
use osc_api::types::ReadVmsResponse;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::material::read_vms_response;
use crate::race::{Contestant, Outcome, Race, race};
use crate::shape;

pub const ALL: &[Race] = &[
    ("decode, 1 VM", || decoding(1)),
    ("decode, 1,000 VMs", || decoding(1_000)),
    ("decode, 10,000 VMs", || decoding(10_000)),
    ("encode, 1 VM", || encoding(1)),
    ("encode, 1,000 VMs", || encoding(1_000)),
    ("encode, 10,000 VMs", || encoding(10_000)),
    ("drop, 1,000 VMs", || dropping(1_000)),
];

fn decoding(vms: usize) -> Outcome {
    let text = read_vms_response(vms);
    race(vec![
        Contestant::ours(repeat(&text, __private::read::<ReadVmsResponse>)),
        Contestant::other("serde derive, `from_slice`", 0.9, repeat(&text, from_slice)),
        Contestant::other("serde derive, `from_str`", 0.9, repeat(&text, from_str)),
    ])
}

fn from_slice(bytes: &[u8]) -> serde_json::Result<shape::ReadVmsResponse> {
    serde_json::from_slice(bytes)
}

/// The other way to do it with `serde_json`.
fn from_str(bytes: &[u8]) -> serde_json::Result<shape::ReadVmsResponse> {
    serde_json::from_str(str::from_utf8(bytes).expect("a text"))
}

/// From text to a value, and its end.
pub fn repeat<T>(text: &[u8], decode: impl Fn(&[u8]) -> serde_json::Result<T>) -> impl FnMut(usize) {
    move |repetitions| {
        for _ in 0..repetitions {
            black_box(decode(black_box(text)).expect("a response"));
        }
    }
}

fn encoding(vms: usize) -> Outcome {
    fn encode<T: Serialize + DeserializeOwned>(text: &[u8]) -> impl FnMut(usize) {
        let response: T = serde_json::from_slice(text).expect("a response");
        move |repetitions| {
            for _ in 0..repetitions {
                black_box(serde_json::to_vec(black_box(&response)).expect("a text"));
            }
        }
    }

    let text = read_vms_response(vms);
    race(vec![
        Contestant::ours(encode::<ReadVmsResponse>(&text)),
        Contestant::other("serde derive", 0.9, encode::<shape::ReadVmsResponse>(&text)),
    ])
}

/// How much of the decoding is the end of the value: what is compared is the decoding without it.
fn dropping(vms: usize) -> Outcome {
    let text = read_vms_response(vms);
    let keep = |bytes: &[u8]| __private::read::<ReadVmsResponse>(bytes).map(ManuallyDrop::new);
    race(vec![
        Contestant::ours(repeat(&text, __private::read::<ReadVmsResponse>)),
        Contestant::other("the same, never dropped", None, repeat(&text, keep)),
    ])
}

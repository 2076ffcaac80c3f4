//! Signing one request. The lower bound: hashing the body, and one HMAC with a prepared key.

use std::hint::black_box;

use osc_api::__private;
use ring::{digest, hmac};

use crate::comparison::{Benchmark, Candidate, Input};
use crate::fixtures::{ACCESS_KEY, REGION, SECRET_KEY};

pub const ALL: &[Benchmark] = &[
    Benchmark { title: "signature, body of 100 B", candidates: |_| candidates(100), ..SIGNATURE },
    Benchmark { title: "signature, body of 1 kB", candidates: |_| candidates(1_000), ..SIGNATURE },
];

const SIGNATURE: Benchmark = Benchmark {
    title: "",
    vms: 0,
    units: 1,
    counted: Some([200, 1_200]),
    candidates: |_: &Input| Vec::new(),
};

/// As long as a string to sign.
const STRING_TO_SIGN: [u8; 136] = [b'x'; 136];

fn candidates(size: usize) -> Vec<Candidate<'static>> {
    let body = vec![b'x'; size];
    let ours = {
        let (sign, body) = (__private::signer(ACCESS_KEY, SECRET_KEY, REGION), body.clone());
        let mut second = 1_800_000_000;
        move |repetitions| {
            for _ in 0..repetitions {
                second += 1;
                let (second, body) = black_box((second, &body));
                black_box(sign(second, "api.us-east-2.outscale.com", "/api/v1/ReadVms", body));
            }
        }
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, &[7; digest::SHA256_OUTPUT_LEN]);
    let lower_bound = move |repetitions| {
        for _ in 0..repetitions {
            black_box(digest::digest(&digest::SHA256, black_box(&body)));
            black_box(hmac::sign(&key, black_box(&STRING_TO_SIGN)));
        }
    };
    vec![Candidate::ours(ours), Candidate::new("ring: SHA-256 and HMAC", lower_bound)]
}

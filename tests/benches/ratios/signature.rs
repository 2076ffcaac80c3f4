//! Signing one request. The lower bound: hashing the body, and one HMAC with a prepared key.

use std::hint::black_box;

use osc_api::__private;
use ring::{digest, hmac};

use crate::comparison::{Benchmark, Candidate, Comparison, compare};
use crate::fixtures::{ACCESS_KEY, REGION, SECRET_KEY};

pub const ALL: &[Benchmark] =
    &[("signature, body of 100 B", || signature(100)), ("signature, body of 1 kB", || signature(1_000))];

/// As long as a string to sign.
const STRING_TO_SIGN: [u8; 136] = [b'x'; 136];

fn signature(size: usize) -> Comparison {
    let body = vec![b'x'; size];
    let sign = __private::signer(ACCESS_KEY, SECRET_KEY, REGION);
    let mut second = 1_800_000_000;
    let ours = |repetitions| {
        for _ in 0..repetitions {
            second += 1;
            black_box(sign(
                black_box(second),
                "api.us-east-2.outscale.com",
                "/api/v1/ReadVms",
                black_box(&body),
            ));
        }
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, &[7; digest::SHA256_OUTPUT_LEN]);
    let lower_bound = |repetitions| {
        for _ in 0..repetitions {
            black_box(digest::digest(&digest::SHA256, black_box(&body)));
            black_box(hmac::sign(&key, black_box(&STRING_TO_SIGN)));
        }
    };
    compare(vec![Candidate::ours(ours), Candidate::other("ring: SHA-256 and HMAC", 0.5, lower_bound)])
}

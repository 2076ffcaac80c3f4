//! Speed of the crate relative to `outscale_api`, another client of the same API: see `benches/README.md`.

#[path = "../../ratios/calls.rs"]
#[expect(dead_code, reason = "shared with the benchmark of the workspace, which uses the rest")]
mod calls;
#[path = "../../ratios/codec.rs"]
#[expect(dead_code, reason = "shared with the benchmark of the workspace, which uses the rest")]
mod codec;
#[path = "../../ratios/comparison.rs"]
mod comparison;
#[path = "../../ratios/counts.rs"]
mod counts;
#[path = "../../ratios/fixtures.rs"]
mod fixtures;
#[path = "../../ratios/server.rs"]
mod server;
#[path = "../../ratios/shape.rs"]
mod shape;
#[path = "../../ratios/table.rs"]
mod table;

use std::hint::black_box;
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use osc_api::__private;
use osc_api::types::ReadVmsResponse;
use outscale_api::apis::configuration::{AWSv4Key, Configuration};
use outscale_api::apis::middleware::{BackoffParams, ClientWithBackoff, LimiterParams};
use outscale_api::apis::vm_api;
use outscale_api::models;

use crate::comparison::{Benchmark, Candidate, Input};
use crate::fixtures::{ACCESS_KEY, REGION, SECRET_KEY};

/// The other client.
const PEER: &str = "outscale_api";

const ALL: &[Benchmark] = &[
    Benchmark {
        title: "signature, body of 1 kB",
        vms: 0,
        units: 1,
        counted: Some([200, 1_200]),
        candidates: signature,
    },
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
        title: "sequential calls, 1 VM",
        vms: 1,
        units: 1,
        counted: Some([200, 1_200]),
        candidates: |input| calling(input, 1),
    },
    Benchmark {
        title: "32 concurrent calls, 1 VM",
        vms: 1,
        units: 1,
        counted: None,
        candidates: |input| calling(input, 32),
    },
    Benchmark {
        title: "sequential calls, 1,000 VMs",
        vms: 1_000,
        units: 1,
        counted: Some([2, 6]),
        candidates: |input| calling(input, 1),
    },
    Benchmark {
        title: "32 concurrent calls, 1,000 VMs",
        vms: 1_000,
        units: 1,
        counted: None,
        candidates: |input| calling(input, 32),
    },
];

fn main() {
    table::main(&[ALL]);
}

fn signature(_: &Input) -> Vec<Candidate<'_>> {
    let body = "x".repeat(1_000);
    let ours = {
        let (sign, body) = (__private::signer(ACCESS_KEY, SECRET_KEY, REGION), body.clone());
        move |repetitions| {
            for _ in 0..repetitions {
                let body = black_box(body.as_bytes());
                black_box(sign(1_800_000_000, "api.us-east-2.outscale.com", "/api/v1/ReadVms", body));
            }
        }
    };
    let key = peer_key();
    let theirs = move |repetitions| {
        for _ in 0..repetitions {
            let url = "https://api.us-east-2.outscale.com/api/v1/ReadVms";
            black_box(key.sign(url, "POST", black_box(&body)).expect("a signature"));
        }
    };
    vec![Candidate::ours(ours), Candidate::new(PEER, theirs)]
}

fn decoding(input: &Input) -> Vec<Candidate<'_>> {
    let text = &input.response;
    let peer = |bytes: &[u8]| {
        // Validates UTF-8 first and decodes from `&str`, as the other client does.
        serde_json::from_str::<models::ReadVmsResponse>(str::from_utf8(bytes).expect("UTF-8"))
    };
    vec![
        Candidate::ours(codec::repeat(text, __private::read::<ReadVmsResponse>)),
        Candidate::new(PEER, codec::repeat(text, peer)),
    ]
}

fn calling(input: &Input, in_flight: usize) -> Vec<Candidate<'static>> {
    vec![
        Candidate::ours(calls::ours(input.server, in_flight)),
        Candidate::new(PEER, peer_calls(input.server, in_flight)),
    ]
}

/// The other client is blocking, so that each call in flight needs a thread.
fn peer_calls(address: SocketAddr, in_flight: usize) -> impl FnMut(usize) {
    let http = reqwest::blocking::Client::builder().no_proxy().build().expect("a client");
    // Its limit of five calls per second is switched off.
    let limiter = LimiterParams { max_requests: usize::MAX, window: Duration::from_millis(1) };
    let configuration = Configuration {
        base_path: format!("http://{address}/api/v1"),
        client: ClientWithBackoff::new(http, BackoffParams::default(), limiter),
        aws_v4_key: Some(peer_key()),
        ..Configuration::default()
    };
    move |repetitions| {
        let call = |calls: usize| {
            for _ in 0..calls {
                black_box(
                    vm_api::read_vms(&configuration, Some(models::ReadVmsRequest::new())).expect("a response"),
                );
            }
        };
        thread::scope(|scope| {
            for task in 0..in_flight {
                let calls = repetitions / in_flight + usize::from(task < repetitions % in_flight);
                scope.spawn(move || call(calls));
            }
        });
    }
}

fn peer_key() -> AWSv4Key {
    AWSv4Key {
        access_key: ACCESS_KEY.to_owned(),
        secret_key: SECRET_KEY.to_owned().into(),
        region: REGION.to_owned(),
        service: "oapi".to_owned(),
    }
}

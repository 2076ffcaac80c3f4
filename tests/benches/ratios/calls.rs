//! Whole calls over loopback. The floor: reqwest, to which the same signed request is given ready-made.

use std::hint::black_box;
use std::net::SocketAddr;
use std::sync::Arc;

use osc_api::types::ReadVmsRequest;
use osc_api::{__private, Client};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue};
use tokio::runtime::{Builder, Runtime};

use crate::material::{ACCESS_KEY, REGION, SECRET_KEY, read_vms_response};
use crate::race::{Contestant, Outcome, Race, race};
use crate::{server, shape};

pub const ALL: &[Race] = &[
    ("calls one by one, 1 VM", || calls(1, 1)),
    ("calls 32 in flight, 1 VM", || calls(1, 32)),
    ("calls one by one, 1,000 VMs", || calls(1_000, 1)),
    ("calls 32 in flight, 1,000 VMs", || calls(1_000, 32)),
];

fn calls(vms: usize, in_flight: usize) -> Outcome {
    let address = server::start(&read_vms_response(vms));
    let runtime = runtime();
    // What a response costs to decode is compared elsewhere; here it is the same on both sides, where it counts.
    let (undecoded, decoded) = if vms == 1 { (Some(0.9), None) } else { (None, Some(0.9)) };
    race(vec![
        Contestant::ours(ours(&runtime, address, in_flight)),
        Contestant::other("reqwest", undecoded, prepared(&runtime, address, in_flight, false)),
        Contestant::other("reqwest and serde derive", decoded, prepared(&runtime, address, in_flight, true)),
    ])
}

pub fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// Calls as a user makes them.
pub fn ours(runtime: &Runtime, address: SocketAddr, in_flight: usize) -> impl FnMut(usize) {
    let client = Client::builder()
        .ignore_environment()
        .region(REGION)
        .endpoint(format!("http://{address}/api/v1"))
        .access_key(ACCESS_KEY, SECRET_KEY)
        .build()
        .expect("a client");
    move |repetitions| {
        let client = client.clone();
        spread(runtime, repetitions, in_flight, move || {
            let client = client.clone();
            async move {
                black_box(client.read_vms(&ReadVmsRequest::new()).await.expect("a response"));
            }
        });
    }
}

/// Calls with a request that was signed once.
fn prepared(runtime: &Runtime, address: SocketAddr, in_flight: usize, decode: bool) -> impl FnMut(usize) {
    let request = Arc::new(Prepared::new(address));
    move |repetitions| {
        let request = Arc::clone(&request);
        spread(runtime, repetitions, in_flight, move || {
            let request = Arc::clone(&request);
            async move {
                let body = request.send().await;
                if decode {
                    black_box(serde_json::from_slice::<shape::ReadVmsResponse>(&body).expect("a response"));
                }
            }
        });
    }
}

struct Prepared {
    http: reqwest::Client,
    url: reqwest::Url,
    headers: HeaderMap,
}

impl Prepared {
    fn new(address: SocketAddr) -> Self {
        let host = address.to_string();
        let sign = __private::signer(ACCESS_KEY, SECRET_KEY, REGION);
        let (date, authorization) = sign(1_800_000_000, &host, "/api/v1/ReadVms", b"{}");
        let value = |text: &str| HeaderValue::from_str(text).expect("a header");
        let headers = HeaderMap::from_iter([
            (HOST, value(&host)),
            (CONTENT_TYPE, value("application/json")),
            (HeaderName::from_static("x-osc-date"), value(&date)),
            (AUTHORIZATION, value(&authorization)),
        ]);
        // No process-wide provider is set, so that one has to be given, although nothing is encrypted here.
        let tls =
            rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("the default versions")
                .with_root_certificates(rustls::RootCertStore::empty())
                .with_no_client_auth();
        let http =
            reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().build().expect("a client");
        Self { http, url: format!("http://{host}/api/v1/ReadVms").parse().expect("a URL"), headers }
    }

    async fn send(&self) -> Vec<u8> {
        let request = self.http.post(self.url.clone()).headers(self.headers.clone()).body("{}");
        let response = request.send().await.expect("a response");
        response.bytes().await.expect("a body").into()
    }
}

/// Makes calls from so many tasks at once.
fn spread<F: Future<Output = ()> + Send + 'static>(
    runtime: &Runtime,
    repetitions: usize,
    in_flight: usize,
    call: impl Fn() -> F + Clone + Send + 'static,
) {
    let tasks: Vec<_> = (0..in_flight)
        .map(|task| {
            let calls = repetitions / in_flight + usize::from(task < repetitions % in_flight);
            let call = call.clone();
            runtime.spawn(async move {
                for _ in 0..calls {
                    call().await;
                }
            })
        })
        .collect();
    runtime.block_on(async {
        for task in tasks {
            task.await.expect("all calls to succeed");
        }
    });
}

//! Complete calls over loopback. The lower bound: reqwest with the same request, signed in advance.

use std::hint::black_box;
use std::net::SocketAddr;
use std::sync::Arc;

use osc_api::types::ReadVmsRequest;
use osc_api::{__private, Client};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue};
use tokio::runtime::{Builder, Runtime};

use crate::comparison::{Benchmark, Candidate, Comparison, compare};
use crate::fixtures::{ACCESS_KEY, REGION, SECRET_KEY, read_vms_response};
use crate::{server, shape};

pub const ALL: &[Benchmark] = &[
    ("sequential calls, 1 VM", || calls(1, 1)),
    ("32 concurrent calls, 1 VM", || calls(1, 32)),
    ("sequential calls, 1,000 VMs", || calls(1_000, 1)),
    ("32 concurrent calls, 1,000 VMs", || calls(1_000, 32)),
];

fn calls(vms: usize, in_flight: usize) -> Comparison {
    let address = server::start(&read_vms_response(vms));
    let runtime = runtime();
    // Decoding has separate benchmarks. The target for one VM is reqwest without decoding; for many VMs, with decoding.
    let (undecoded, decoded) = if vms == 1 { (Some(0.9), None) } else { (None, Some(0.9)) };
    compare(vec![
        Candidate::ours(ours(&runtime, address, in_flight)),
        Candidate::other("reqwest", undecoded, prepared(&runtime, address, in_flight, false)),
        Candidate::other("reqwest and serde derive", decoded, prepared(&runtime, address, in_flight, true)),
    ])
}

pub fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// Calls with the client.
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

/// Calls with a request that is signed once.
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
        // reqwest needs a crypto provider even for plain HTTP, and no process-wide one is set.
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

/// Runs the calls in `in_flight` concurrent tasks.
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
            task.await.expect("no panic");
        }
    });
}

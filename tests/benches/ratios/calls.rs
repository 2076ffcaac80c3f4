//! Complete calls over loopback. The lower bounds: hyper and reqwest with the same request, signed in advance.

use std::hint::black_box;
use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue};
use hyper_util::rt::TokioIo;
use osc_api::types::ReadVmsRequest;
use osc_api::{__private, Client};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

use crate::comparison::{Benchmark, Candidate};
use crate::fixtures::{ACCESS_KEY, REGION, SECRET_KEY};
use crate::shape;

pub const ALL: &[Benchmark] = &[
    Benchmark {
        title: "sequential calls, 1 VM",
        vms: 1,
        units: 1,
        counted: Some([200, 1_200]),
        candidates: |input| {
            let server = input.server;
            vec![
                Candidate::ours(ours(server, 1)).limits(105_000, 100),
                Candidate::new("hyper, bytes only", one_connection(server)),
                Candidate::new("reqwest, bytes only", prepared(server, 1, false)),
                Candidate::new("reqwest and serde derive", prepared(server, 1, true)),
            ]
        },
    },
    Benchmark {
        title: "sequential calls, 1,000 VMs",
        vms: 1_000,
        units: 1,
        counted: Some([2, 6]),
        candidates: |input| candidates(input.server, 1),
    },
    // Not counted: how often a worker finds nothing to do depends on the scheduling of threads.
    Benchmark {
        title: "32 concurrent calls, 1 VM",
        vms: 1,
        units: 1,
        counted: None,
        candidates: |input| candidates(input.server, 32),
    },
    Benchmark {
        title: "32 concurrent calls, 1,000 VMs",
        vms: 1_000,
        units: 1,
        counted: None,
        candidates: |input| candidates(input.server, 32),
    },
];

fn candidates(server: SocketAddr, in_flight: usize) -> Vec<Candidate<'static>> {
    vec![
        Candidate::ours(ours(server, in_flight)),
        Candidate::new("reqwest, bytes only", prepared(server, in_flight, false)),
        Candidate::new("reqwest and serde derive", prepared(server, in_flight, true)),
    ]
}

/// Sequential calls run on one thread, so that their instructions do not depend on the scheduling of threads.
fn runtime(in_flight: usize) -> Runtime {
    let mut builder =
        if in_flight == 1 { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    builder.worker_threads(2).enable_all().build().expect("a runtime")
}

/// Calls with the client.
pub fn ours(server: SocketAddr, in_flight: usize) -> impl FnMut(usize) {
    let runtime = runtime(in_flight);
    let client = Client::builder()
        .ignore_environment()
        .region(REGION)
        .endpoint(format!("http://{server}/api/v1"))
        .access_key(ACCESS_KEY, SECRET_KEY)
        .build()
        .expect("a client");
    move |repetitions| {
        let client = client.clone();
        spread(&runtime, repetitions, in_flight, move || {
            let client = client.clone();
            async move {
                black_box(client.read_vms(&ReadVmsRequest::new()).await.expect("a response"));
            }
        });
    }
}

/// Calls over one connection, without a client: what HTTP itself costs.
fn one_connection(server: SocketAddr) -> impl FnMut(usize) {
    let runtime = runtime(1);
    let (host, headers) = signed(server);
    let connect = async {
        let stream = TcpStream::connect(server).await.expect("a connection");
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("a connection");
        tokio::spawn(connection);
        sender
    };
    let mut sender = runtime.block_on(connect);
    let request = move |sender: &mut SendRequest<Full<Bytes>>| {
        let mut request = hyper::Request::post("/api/v1/ReadVms").body("{}".into()).expect("a request");
        request.headers_mut().clone_from(&headers);
        request.headers_mut().insert(HOST, host.clone());
        sender.send_request(request)
    };
    move |repetitions| {
        runtime.block_on(async {
            for _ in 0..repetitions {
                sender.ready().await.expect("an open connection");
                let response = request(&mut sender).await.expect("a response");
                black_box(response.into_body().collect().await.expect("a body").to_bytes());
            }
        });
    }
}

/// Calls with a request that is signed once.
fn prepared(server: SocketAddr, in_flight: usize, is_decoded: bool) -> impl FnMut(usize) {
    let (runtime, request) = (runtime(in_flight), Arc::new(Prepared::new(server)));
    move |repetitions| {
        let request = Arc::clone(&request);
        spread(&runtime, repetitions, in_flight, move || {
            let request = Arc::clone(&request);
            async move {
                let body = request.send().await;
                if is_decoded {
                    black_box(serde_json::from_slice::<shape::ReadVmsResponse>(&body).expect("a response"));
                } else {
                    black_box(body);
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
    fn new(server: SocketAddr) -> Self {
        let (host, mut headers) = signed(server);
        headers.insert(HOST, host);
        // reqwest needs a crypto provider even for plain HTTP, and no process-wide one is set.
        let tls =
            rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("the default versions")
                .with_root_certificates(rustls::RootCertStore::empty())
                .with_no_client_auth();
        let http =
            reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().build().expect("a client");
        Self { http, url: format!("http://{server}/api/v1/ReadVms").parse().expect("a URL"), headers }
    }

    async fn send(&self) -> Vec<u8> {
        let request = self.http.post(self.url.clone()).headers(self.headers.clone()).body("{}");
        let response = request.send().await.expect("a response");
        response.bytes().await.expect("a body").into()
    }
}

/// The headers of a signed request, without its host.
fn signed(server: SocketAddr) -> (HeaderValue, HeaderMap) {
    let host = server.to_string();
    let sign = __private::signer(ACCESS_KEY, SECRET_KEY, REGION);
    let (date, authorization) = sign(1_800_000_000, &host, "/api/v1/ReadVms", b"{}");
    let value = |text: &str| HeaderValue::from_str(text).expect("a header");
    let headers = HeaderMap::from_iter([
        (CONTENT_TYPE, value("application/json")),
        (HeaderName::from_static("x-osc-date"), value(&date)),
        (AUTHORIZATION, value(&authorization)),
    ]);
    (value(&host), headers)
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

//! The thread of a fake, and its connections.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use super::body::Body;
use super::state::{FakeState, Peer};

/// Delay before accepting connections again after a failure.
const ACCEPT_RETRY_INTERVAL: Duration = Duration::from_millis(10);

/// A running server, stopped on drop.
pub(super) struct Server {
    address: SocketAddr,
    /// Dropping it stops the server.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a thread that serves requests from the state.
    ///
    /// # Errors
    /// Returns an error if the port is in use, or the system has no port or thread left.
    pub(super) fn start(state: Arc<FakeState>, port: u16, tls: Option<ServerConfig>) -> io::Result<Self> {
        let tls = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
        let (stop, stopped) = oneshot::channel();
        let (started, start) = mpsc::channel();
        let run = move || {
            // The runtime is dropped on this thread: on a thread of the caller's runtime, dropping it would panic.
            let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
            let listening = runtime.and_then(|runtime| {
                let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port)))?;
                Ok((listener.local_addr()?, listener, runtime))
            });
            match listening {
                Ok((address, listener, runtime)) => {
                    runtime.spawn(accept(listener, state, tls));
                    // If the caller is no longer there, the server stops at once.
                    drop(started.send(Ok(address)));
                    drop(runtime.block_on(stopped));
                }
                Err(error) => drop(started.send(Err(error))),
            }
        };
        let thread = thread::Builder::new().name("osc-api-fake".to_owned()).spawn(run)?;
        let address = start.recv().map_err(io::Error::other)??;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        // A handler may own the fake: then this is the server's own thread.
        let thread = self.thread.take().filter(|thread| thread.thread().id() != thread::current().id());
        drop(thread.map(JoinHandle::join));
    }
}

async fn accept(listener: TcpListener, state: Arc<FakeState>, tls: Option<TlsAcceptor>) {
    loop {
        let Ok((stream, address)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_RETRY_INTERVAL).await;
            continue;
        };
        let (state, tls) = (Arc::clone(&state), tls.clone());
        // A broken connection concerns only its client.
        tokio::spawn(async move {
            let mut peer = Peer { address: address.ip(), certificates: Vec::new() };
            let Some(tls) = tls else { return serve(stream, state, peer).await };
            if let Ok(stream) = tls.accept(stream).await {
                peer.certificates
                    .extend_from_slice(stream.get_ref().1.peer_certificates().unwrap_or_default());
                serve(stream, state, peer).await;
            }
        });
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    state: Arc<FakeState>,
    peer: Peer,
) {
    let service = service_fn(move |request| respond(Arc::clone(&state), peer.clone(), request));
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

async fn respond(
    state: Arc<FakeState>,
    peer: Peer,
    request: Request<Incoming>,
) -> io::Result<Response<Body>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let response = state.respond(&Request::from_parts(head, body), &peer);
    if !response.delay.is_zero() {
        tokio::time::sleep(response.delay).await;
    }
    response.into_http()
}

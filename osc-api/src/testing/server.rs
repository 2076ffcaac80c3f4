//! The fake's thread and its connections.

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
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::body::Body;
use super::state::State;

/// Between two tries to accept a connection, where the first failed.
const PAUSE: Duration = Duration::from_millis(10);

/// A running server. It stops when it is dropped.
pub(super) struct Server {
    address: SocketAddr,
    /// That it is gone is the sign to stop.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a thread that answers requests with what the state says.
    ///
    /// # Errors
    /// When the system has no port or no thread left.
    pub(super) fn start(state: Arc<State>) -> io::Result<Self> {
        let (stop, stopped) = oneshot::channel();
        let (started, start) = mpsc::channel();
        let run = move || {
            // The runtime lives and dies on this thread: dropped on one of the caller's runtime, it would panic.
            let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
            let listening = runtime.and_then(|runtime| {
                let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
                Ok((listener.local_addr()?, listener, runtime))
            });
            match listening {
                Ok((address, listener, runtime)) => {
                    runtime.spawn(accept(listener, state));
                    // Whoever asked for the server may be gone already; then it stops at once.
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
        // A handler may own the fake itself, and then this is the thread that is to end.
        let thread = self.thread.take().filter(|thread| thread.thread().id() != thread::current().id());
        drop(thread.map(JoinHandle::join));
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let state = Arc::clone(&state);
        let service = service_fn(move |request| respond(Arc::clone(&state), request));
        // A connection that breaks concerns nobody but its client, which sees it.
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn respond(state: Arc<State>, request: Request<Incoming>) -> io::Result<Response<Body>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let reply = state.answer(&Request::from_parts(head, body));
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    reply.into_response()
}

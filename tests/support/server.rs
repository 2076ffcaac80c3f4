//! A local HTTP server whose behavior is a closure, and which records its requests.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::SockRef;

use crate::http::{After, Buffered, Reply, Request};
use crate::logs::{self, Span};

/// A running server on a free port of 127.0.0.1. It stops when it is dropped.
///
/// Every connection has its own thread, so that requests are handled concurrently.
pub struct Server {
    scheme: &'static str,
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    /// Log position at which the server started: an earlier server may have had the same address.
    since: usize,
    stop: Arc<AtomicBool>,
    listener: Option<JoinHandle<Vec<JoinHandle<()>>>>,
}

impl Server {
    /// Starts a server that responds to each request with the result of `handler`.
    ///
    /// # Errors
    /// Returns an error if no port can be opened on the loopback interface.
    pub fn start<R: Into<Reply>>(
        handler: impl Fn(&Request) -> R + Send + Sync + 'static,
    ) -> io::Result<Self> {
        Self::start_over(handler, Ok)
    }

    /// Starts a server that does the same over TLS. Only requests after the handshake are recorded.
    ///
    /// # Errors
    /// Returns an error if no port can be opened on the loopback interface.
    pub fn start_tls<R: Into<Reply>>(
        config: ServerConfig,
        handler: impl Fn(&Request) -> R + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let config = Arc::new(config);
        let mut server = Self::start_over(handler, move |stream| {
            let tls = ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
            Ok(StreamOwned::new(tls, stream))
        })?;
        server.scheme = "https";
        Ok(server)
    }

    fn start_over<R: Into<Reply>, S: Read + Write>(
        handler: impl Fn(&Request) -> R + Send + Sync + 'static,
        open: impl Fn(TcpStream) -> io::Result<S> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&requests);
        Self::listen(requests, move |stream| {
            let socket = stream.try_clone()?;
            let mut connection = Buffered::new(open(stream)?);
            let mut serve_requests = || -> io::Result<After> {
                while let Some(request) = Request::read(&mut connection)? {
                    let reply = handler(&request).into();
                    record.lock().unwrap_or_else(PoisonError::into_inner).push(request);
                    match reply.write(&mut connection)? {
                        After::Open => {}
                        last => return Ok(last),
                    }
                }
                Ok(After::Closed)
            };
            match serve_requests() {
                Ok(After::Broken) => reset(&socket),
                Ok(_) => {}
                // A reset must not discard the last bytes sent, such as the reason of a failed handshake.
                Err(_) => drain(socket),
            }
            Ok(())
        })
    }

    /// Starts a server that resets every connection as soon as a request begins to arrive.
    ///
    /// # Errors
    /// Returns an error if no port can be opened on the loopback interface.
    pub fn start_resetting() -> io::Result<Self> {
        // Closing a socket that holds unread bytes resets the connection.
        Self::start_raw(|stream| stream.read_exact(&mut [0]))
    }

    /// Starts a server that handles each connection with `serve` and reads no requests itself.
    ///
    /// # Errors
    /// Returns an error if no port can be opened on the loopback interface.
    pub fn start_raw(
        serve: impl Fn(&mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        Self::listen(Arc::default(), move |mut stream| serve(&mut stream))
    }

    fn listen(
        requests: Arc<Mutex<Vec<Request>>>,
        serve: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        // From now on, logs are searched for secrets.
        logs::watch();
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = socket.local_addr()?;
        let since = logs::now();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let listener = thread::spawn(move || accept(&socket, &stopped, &Arc::new(serve)));
        Ok(Self { scheme: "http", address, requests, since, stop, listener: Some(listener) })
    }

    /// The address, such as `127.0.0.1:40123`: what a client sends as `Host`.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// The endpoint for a client: `http://127.0.0.1:<port>/api/v1`, or `https` if the server uses TLS.
    pub fn endpoint(&self) -> String {
        format!("{}://{}/api/v1", self.scheme, self.address)
    }

    /// The requests received so far, in the order in which they were read.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The spans of a crate or module that have the server's address in a field.
    pub fn spans(&self, module: &str) -> Vec<Span> {
        logs::spans(self.since, module, &self.host())
    }

    /// Waits until all sent bytes are read and every connection is closed, then returns everything received.
    ///
    /// All clients must be dropped or have closed their connections; otherwise this waits forever. Blocks the thread.
    pub fn finish(mut self) -> Seen {
        let connections = self.stop();
        // One of them only woke the listener.
        let count = connections.len().saturating_sub(1);
        for connection in connections {
            drop(connection.join());
        }
        Seen { requests: self.requests(), connections: count }
    }

    /// Stops accepting connections and returns the threads of the existing ones.
    fn stop(&mut self) -> Vec<JoinHandle<()>> {
        let Some(listener) = self.listener.take() else {
            return Vec::new();
        };
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the listener, which waits for a connection.
        drop(TcpStream::connect(self.address));
        listener.join().unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop());
    }
}

/// Everything that a server has received.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The requests, in the order in which they were read.
    pub requests: Vec<Request>,
    /// Number of connections.
    pub connections: usize,
}

/// Starts a thread for each connection, until the server is stopped and no connection is pending.
fn accept(
    socket: &TcpListener,
    stop: &AtomicBool,
    serve: &Arc<impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static>,
) -> Vec<JoinHandle<()>> {
    let mut connections = Vec::new();
    while let Ok((stream, _)) = socket.accept() {
        if stop.load(Ordering::SeqCst) && socket.set_nonblocking(true).is_err() {
            break;
        }
        let serve = Arc::clone(serve);
        connections.push(thread::spawn(move || {
            // A failed connection ends its thread; the client under test reports the failure.
            drop(stream.set_nonblocking(false).and_then(|()| serve(stream)));
        }));
    }
    connections
}

/// Reads the remaining bytes, so that the connection is closed and not reset.
fn drain(mut stream: TcpStream) {
    if stream.shutdown(Shutdown::Write).is_ok() {
        drop(io::copy(&mut stream, &mut io::sink()));
    }
}

/// Resets a connection when it is closed.
fn reset(stream: &TcpStream) {
    // If this fails, the test sees a closed connection instead of a reset one.
    drop(SockRef::from(stream).set_linger(Some(Duration::ZERO)));
}

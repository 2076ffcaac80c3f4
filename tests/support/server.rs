//! A local HTTP server whose behaviour is a closure, and which remembers what it was asked.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::http::{Reply, Request};

/// A running server on 127.0.0.1, on a port that the system chose. It stops when it is dropped.
///
/// Every connection has a thread of its own, so requests are answered side by side.
pub struct Server {
    scheme: &'static str,
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    stop: Arc<AtomicBool>,
    listener: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server that does with each request what `handler` says.
    ///
    /// # Errors
    /// When no port can be opened on the loopback interface.
    pub fn start<R: Into<Reply>>(
        handler: impl Fn(&Request) -> R + Send + Sync + 'static,
    ) -> io::Result<Self> {
        Self::start_over(handler, Ok)
    }

    /// Starts a server that does the same over TLS. Only what comes after the handshake is a request.
    ///
    /// # Errors
    /// When no port can be opened on the loopback interface.
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
            let mut connection = Connection(BufReader::new(open(stream)?));
            while let Some(request) = Request::read(&mut connection)? {
                let reply = handler(&request).into();
                record.lock().unwrap_or_else(PoisonError::into_inner).push(request);
                if !reply.write(&mut connection)? {
                    break;
                }
            }
            Ok(())
        })
    }

    /// Starts a server that resets every connection as soon as a request begins to arrive.
    ///
    /// # Errors
    /// When no port can be opened on the loopback interface.
    pub fn start_resetting() -> io::Result<Self> {
        // A socket that is closed while it holds bytes nobody read is reset, not ended in good order.
        Self::listen(Arc::default(), |mut stream| stream.read_exact(&mut [0]))
    }

    fn listen(
        requests: Arc<Mutex<Vec<Request>>>,
        serve: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = socket.local_addr()?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let serve = Arc::new(serve);
        let listener = thread::spawn(move || {
            for stream in socket.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                let serve = Arc::clone(&serve);
                // A connection that breaks ends its thread: the client is what is tested, and it will say so.
                thread::spawn(move || stream.and_then(|stream| serve(stream)));
            }
        });
        Ok(Self { scheme: "http", address, requests, stop, listener: Some(listener) })
    }

    /// The address, such as `127.0.0.1:40123`: what a client sends as `Host`.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// The endpoint to give to a client: `http://127.0.0.1:<port>/api/v1`, or `https` where the server speaks TLS.
    pub fn endpoint(&self) -> String {
        format!("{}://{}/api/v1", self.scheme, self.address)
    }

    /// The requests received so far, in the order in which they were read.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the listener, which waits for a connection.
        drop(TcpStream::connect(self.address));
        if let Some(listener) = self.listener.take() {
            drop(listener.join());
        }
    }
}

/// Reads through the buffer, writes past it.
struct Connection<S>(BufReader<S>);

impl<S: Read> Read for Connection<S> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

impl<S: Read> BufRead for Connection<S> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.0.consume(amount);
    }
}

impl<S: Write> Write for Connection<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.get_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.get_mut().flush()
    }
}

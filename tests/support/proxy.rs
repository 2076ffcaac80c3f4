//! A minimal HTTP proxy that connects every client to one server, whichever host the client requests.

use std::io::{self, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use crate::http::{Buffered, Reply, Request, Response};
use crate::logs;

/// A running proxy on a free port of 127.0.0.1. It stops when it is dropped.
pub struct Proxy {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    stop: Arc<AtomicBool>,
    listener: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Starts a proxy to the server at `target`, such as `127.0.0.1:40123`.
    ///
    /// It calls `admit` for each request, whether for a tunnel or to be forwarded, and responds with the returned
    /// refusal, if any.
    ///
    /// # Errors
    /// Returns an error if no port can be opened on the loopback interface.
    pub fn start(
        target: String,
        admit: impl Fn(&Request) -> Result<(), Response> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        logs::watch();
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = socket.local_addr()?;
        let (requests, stop) = (Arc::<Mutex<Vec<_>>>::default(), Arc::new(AtomicBool::new(false)));
        let (record, stopped) = (Arc::clone(&requests), Arc::clone(&stop));
        let serve = Arc::new(move |stream: TcpStream| {
            let mut client = Buffered::new(stream);
            let Some(request) = Request::read(&mut client)? else { return Ok(()) };
            let admitted = admit(&request);
            record.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
            match admitted {
                Ok(()) => connect(client, &target, &request),
                Err(refusal) => Reply::from(refusal).write(&mut client).map(drop),
            }
        });
        let listener = thread::spawn(move || {
            for stream in socket.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                let serve = Arc::clone(&serve);
                // A failed connection ends its thread; the client under test reports the failure.
                thread::spawn(move || -> io::Result<()> { serve(stream?) });
            }
        });
        Ok(Self { address, requests, stop, listener: Some(listener) })
    }

    /// The address, such as `127.0.0.1:40123`.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// The requests received so far, for tunnels and for forwarding.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the listener, which waits for a connection.
        drop(TcpStream::connect(self.address));
        if let Some(listener) = self.listener.take() {
            drop(listener.join());
        }
    }
}

/// Opens a tunnel for a client, or forwards its request and tunnels the rest of the connection.
fn connect(mut client: Buffered<TcpStream>, target: &str, request: &Request) -> io::Result<()> {
    let mut server = TcpStream::connect(target)?;
    if request.method == "CONNECT" {
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    } else {
        server.write_all(&forwarded(request))?;
    }
    let (mut back, mut responses) = (client.get_ref().try_clone()?, server.try_clone()?);
    let to_client = thread::spawn(move || {
        drop(io::copy(&mut responses, &mut back));
        drop(back.shutdown(Shutdown::Write));
    });
    drop(io::copy(&mut client, &mut server));
    drop(server.shutdown(Shutdown::Write));
    drop(to_client.join());
    Ok(())
}

/// The request as the server receives it: without the host in the request line and without the headers for the proxy.
fn forwarded(request: &Request) -> Vec<u8> {
    let target =
        request.target.strip_prefix("http://").and_then(|rest| rest.find('/').map(|at| rest.split_at(at).1));
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method, target.unwrap_or(&request.target));
    for (name, value) in &request.headers {
        if !name.to_ascii_lowercase().starts_with("proxy-") {
            head.extend([name, ": ", value, "\r\n"]);
        }
    }
    [head.as_bytes(), b"\r\n", &request.body].concat()
}

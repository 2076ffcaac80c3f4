//! The other side of a call, as each row of the table wants it.

use std::any::Any;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use osc_api::types::ReadAccessKeysRequest;
use osc_api::{Client, ClientBuilder};
use osc_tests::cloud;
use osc_tests::http::{Reply, Response, Then};
use osc_tests::server::Server;

use crate::ok;
use crate::tls::{Authority, trusting};

/// What is wrong with the other side.
pub(super) enum Fault {
    /// It reads requests, and replies so to the first, the second, …
    Replies(Arc<dyn Fn(usize) -> Reply + Send + Sync>),
    /// It does so with every connection, and reads no request.
    Connections(fn(&mut TcpStream) -> io::Result<()>),
    /// It does so with every connection, and TLS is expected of it.
    Handshakes(fn(&mut TcpStream) -> io::Result<()>),
    /// Its TLS is so, and the client trusts this authority.
    Tls(fn() -> (Server, Authority)),
    /// No one listens there.
    Refused,
    /// No such host is known.
    Unknown,
    /// It closed a connection after the request before, which was responded.
    Idle,
    /// Between the two is a proxy that gives this status in place of a connection.
    Proxy(u16),
}

/// What the number in a cell counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    /// The requests that the server read.
    Requests,
    /// The connections that it accepted.
    Connections,
    /// What the error says: there is no server.
    Attempts,
}

/// A fault in place, ready for a call.
pub(super) struct Stage {
    pub(super) server: Option<Server>,
    /// Makes a client that knows where to go, whom to trust, and who it is.
    pub(super) builder: ClientBuilder,
    pub(super) counted: Counted,
    /// For each request that was read: whether it was refused because it came too soon.
    pub(super) throttled: Arc<Mutex<Vec<bool>>>,
    /// What must live as long as the call.
    pub(super) held: Box<dyn Any + Send>,
}

impl Fault {
    /// Puts the fault in place.
    pub(super) fn stage(&self) -> Stage {
        match self {
            Self::Replies(reply) => {
                let reply = Arc::clone(reply);
                Stage::replying(move |number| reply(number))
            }
            Self::Idle => Stage::replying(|_| ok().into()),
            Self::Connections(serve) => {
                let server = Server::start_raw(*serve).expect("a local port");
                let builder = trusting(server.endpoint(), []);
                Stage::new(Some(server), builder, Counted::Connections)
            }
            Self::Handshakes(serve) => {
                let server = Server::start_raw(*serve).expect("a local port");
                let root = Authority::new("untrusted authority");
                let builder = trusting(format!("https://{}", server.host()), [&root]);
                Stage::new(Some(server), builder.connect_timeout(SHORT), Counted::Connections)
            }
            Self::Tls(start) => {
                let (server, root) = start();
                let builder = trusting(server.endpoint(), [&root]);
                Stage::new(Some(server), builder, Counted::Connections)
            }
            Self::Refused => {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a local port");
                let address = listener.local_addr().expect("an address");
                // The port of this end is taken, so that no other process gets it, and nothing listens there.
                let taken = TcpStream::connect(address).expect("a connection");
                let endpoint = format!("http://{}", taken.local_addr().expect("an address"));
                let held = Box::new((listener, taken));
                Stage { held, ..Stage::new(None, trusting(endpoint, []), Counted::Attempts) }
            }
            Self::Unknown => {
                // Reserved never to exist (RFC 6761, 6.4).
                let builder =
                    trusting("https://api.example.invalid", [&Authority::new("untrusted authority")]);
                Stage::new(None, builder, Counted::Attempts)
            }
            Self::Proxy(status) => {
                let refusal = Response::new(*status, "<html>no</html>");
                let proxy = Server::start(move |_| refusal.clone()).expect("a local port");
                let builder =
                    trusting("https://api.example.invalid", [&Authority::new("untrusted authority")]);
                let builder = builder.proxy(format!("http://{}", proxy.host()));
                // What the proxy reads is no request to the API.
                Stage::new(Some(proxy), builder, Counted::Connections)
            }
        }
    }
}

impl Stage {
    fn new(server: Option<Server>, builder: ClientBuilder, counted: Counted) -> Self {
        Self { server, builder, counted, throttled: Arc::default(), held: Box::new(()) }
    }

    /// A server that admits callers as the cloud does, and then replies so to the first, the second, …
    fn replying(reply: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        let (number, record) = (AtomicUsize::new(0), Arc::<Mutex<Vec<bool>>>::default());
        let throttled = Arc::clone(&record);
        let server = Server::start(move |request| {
            if request.action() == FIRST_ACTION {
                return Reply::Part(ok(), usize::MAX, Then::HangUp);
            }
            let reply = match cloud::admit(request) {
                Ok(()) => reply(number.fetch_add(1, Ordering::SeqCst)),
                // Every attempt must carry a signature that fits it: no row expects this.
                Err(_) => Response::new(418, "not admitted").into(),
            };
            record.lock().expect("no panic").push(is_throttling(&reply));
            reply
        });
        let server = server.expect("a local port");
        let builder = trusting(server.endpoint(), []);
        Self { throttled, ..Self::new(Some(server), builder, Counted::Requests) }
    }
}

/// The action called before the call under test: it proves the credentials.
pub(super) const FIRST_ACTION: &str = "ReadAccessKeys";

/// As short as it can be without failing a connection to this machine.
pub(super) const SHORT: Duration = Duration::from_millis(500);

/// The largest response that the clients of the table take.
pub(super) const LIMIT: usize = 64 * 1024;

/// Proves the credentials: an unproven request whose response is lost is not retried.
pub(super) async fn prove_credentials(client: &Client) {
    client.read_access_keys(&ReadAccessKeysRequest::new()).await.expect("a response");
}

/// Leaves the client with a connection that the server has closed since.
pub(super) async fn leave_an_idle_connection(client: &Client) {
    prove_credentials(client).await;
    // The end of the connection is on its way already: time enough for it to arrive on the same machine.
    tokio::time::sleep(Duration::from_millis(50)).await;
}

fn is_throttling(reply: &Reply) -> bool {
    match reply {
        Reply::Response(response) => match response.status() {
            429 => true,
            503 => response.to_json()["Errors"][0]["Code"] == "6",
            _ => false,
        },
        _ => false,
    }
}

//! The servers and networks that the rows of the table call.

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

use crate::wire::ok;
use crate::wire::tls::{Authority, trusting};

/// A fault of a server or network.
pub(super) enum Fault {
    /// The server reads requests and sends the reply for their number, which starts at 0.
    Replies(Arc<dyn Fn(usize) -> Reply + Send + Sync>),
    /// The server handles every connection with this function and reads no request.
    Connections(fn(&mut TcpStream) -> io::Result<()>),
    /// Like `Connections`, with an `https` endpoint.
    Handshakes(fn(&mut TcpStream) -> io::Result<()>),
    /// A TLS server, and the authority that the client trusts.
    Tls(fn() -> (Server, Authority)),
    /// Connections are refused.
    Refused,
    /// The host name does not resolve.
    UnknownHost,
    /// The server closed the connection after the previous response.
    Idle,
    /// A proxy responds to `CONNECT` with this status.
    Proxy(u16),
}

/// The unit of the number in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    /// Requests that the server read.
    Requests,
    /// Connections that the server accepted.
    Connections,
    /// Attempts that the error reports: there is no server.
    Attempts,
}

/// The server and the client settings of a fault, ready for a call.
pub(super) struct Stage {
    pub(super) server: Option<Server>,
    /// Has the endpoint, the root certificate and the credentials.
    pub(super) builder: ClientBuilder,
    pub(super) counted: Counted,
    /// For each request that was read: whether it was throttled.
    pub(super) throttled: Arc<Mutex<Vec<bool>>>,
    /// Resources that must live as long as the call.
    pub(super) resources: Box<dyn Any + Send>,
}

impl Fault {
    /// Sets up the fault.
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
                Stage::new(Some(server), builder.connect_timeout(SHORT_TIMEOUT), Counted::Connections)
            }
            Self::Tls(start) => {
                let (server, root) = start();
                let builder = trusting(server.endpoint(), [&root]);
                Stage::new(Some(server), builder, Counted::Connections)
            }
            Self::Refused => {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a local port");
                let address = listener.local_addr().expect("an address");
                // The local port of a connection: no other process can listen on it.
                let connection = TcpStream::connect(address).expect("a connection");
                let endpoint = format!("http://{}", connection.local_addr().expect("an address"));
                let resources = Box::new((listener, connection));
                Stage { resources, ..Stage::new(None, trusting(endpoint, []), Counted::Attempts) }
            }
            Self::UnknownHost => {
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
                // The proxy reads no requests to the API.
                Stage::new(Some(proxy), builder, Counted::Connections)
            }
        }
    }
}

impl Stage {
    fn new(server: Option<Server>, builder: ClientBuilder, counted: Counted) -> Self {
        Self { server, builder, counted, throttled: Arc::default(), resources: Box::new(()) }
    }

    /// A server that authenticates callers as the real API does, then sends the reply for the number of the request.
    fn replying(reply: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        let (number, record) = (AtomicUsize::new(0), Arc::<Mutex<Vec<bool>>>::default());
        let throttled = Arc::clone(&record);
        let server = Server::start(move |request| {
            if request.action() == FIRST_ACTION {
                return Reply::Part(ok(), usize::MAX, Then::HangUp);
            }
            let reply = match cloud::admit(request) {
                Ok(()) => reply(number.fetch_add(1, Ordering::SeqCst)),
                // Every attempt must carry a valid signature: no row expects this status.
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

/// As short as possible without failing a connection to the loopback interface.
pub(super) const SHORT_TIMEOUT: Duration = Duration::from_millis(500);

/// The largest response that the clients of the table accept, in bytes.
pub(super) const MAX_RESPONSE_SIZE: usize = 64 * 1024;

/// Proves the credentials: without proven credentials, a request whose response is lost is not retried.
pub(super) async fn prove_credentials(client: &Client) {
    client.read_access_keys(&ReadAccessKeysRequest::new()).await.expect("a response");
}

/// Leaves the client with an idle connection that the server has closed.
pub(super) async fn leave_an_idle_connection(client: &Client) {
    prove_credentials(client).await;
    // The server has already closed it: this is enough time for the client to be notified.
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

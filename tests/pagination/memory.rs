//! Ten thousand pages of a thousand items: each item once, and no more memory than for a few pages.
//!
//! A program of its own, because the memory that is looked at is that of the whole process.

#![expect(clippy::string_slice, reason = "a test that cannot go on says why and stops")]

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

use osc_api::types::ReadPublicIpRangesRequest;
use osc_api::{Client, RateLimit};

const PAGES: usize = 10_000;
const ITEMS: usize = 1_000;

/// When memory is looked at for the first time: by then everything has been allocated once.
const SETTLED: usize = 500;

/// What memory may grow by from then on, in KiB. It is less than one byte for each item.
const GROWTH: usize = 8 * 1024;

/// The pages of the server: all of one length, so that a page is made by writing its number into the one before.
struct Pages {
    body: Vec<u8>,
    /// Where the number of the page stands.
    numbers: Vec<usize>,
    /// Where the number of the page after it stands.
    next: usize,
}

impl Pages {
    fn new() -> Self {
        let mut body = "{\"PublicIps\":[".to_owned();
        let mut numbers = Vec::new();
        for item in 0..ITEMS {
            numbers.push(body.len() + 1);
            body.push_str(&format!("\"00000.{item:03}\","));
        }
        body.pop();
        body.push_str("],\"NextPageToken\":\"");
        let next = body.len();
        body.push_str("00000\"}");
        Self { body: body.into_bytes(), numbers, next }
    }

    /// The page of this number; the last one has no token.
    fn page(&mut self, page: usize) -> &[u8] {
        let mut write = |at: usize, text: &str| {
            if let Some(place) = self.body.get_mut(at..at + text.len()) {
                place.copy_from_slice(text.as_bytes());
            }
        };
        let number = format!("{page:05}");
        self.numbers.iter().for_each(|at| write(*at, &number));
        let next = if page + 1 < PAGES { format!("{:05}\"", page + 1) } else { "\"    }".to_owned() };
        write(self.next, &next);
        let length = self.body.len() - if page + 1 < PAGES { 0 } else { 1 };
        self.body.get(..length).unwrap_or_default()
    }
}

/// A server that remembers nothing, unlike the one of the other tests: its memory must not grow either. It ends with the
/// process.
fn start() -> io::Result<String> {
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let endpoint = format!("http://{}/api/v1", socket.local_addr()?);
    thread::spawn(move || {
        for stream in socket.incoming().flatten() {
            thread::spawn(move || serve(stream));
        }
    });
    Ok(endpoint)
}

/// Responds one request after the other.
fn serve(mut stream: TcpStream) -> io::Result<()> {
    let (mut reader, mut pages) = (BufReader::new(stream.try_clone()?), Pages::new());
    loop {
        let mut length = 0;
        let mut line = String::new();
        while reader.read_line(&mut line)? > 2 {
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            line.clear();
        }
        let mut body = String::new();
        if length == 0 || reader.by_ref().take(length).read_to_string(&mut body)? == 0 {
            return Ok(());
        }
        let token = body.split_once("\"NextPageToken\":\"").map_or("0", |(_, rest)| &rest[..5]);
        let page = pages.page(token.parse().map_err(io::Error::other)?);
        let head = format!(
            "HTTP/1.1 200 \r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            page.len()
        );
        stream.write_all(&[head.as_bytes(), page].concat())?;
    }
}

/// The memory that this process has, in KiB; `None` where the system does not tell it in this way.
fn resident() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[tokio::test]
async fn memory_is_flat_over_any_number_of_pages() {
    let endpoint = start().expect("a local port");
    let client = Client::builder().ignore_environment().endpoint(endpoint);
    let client = client.rate_limit(RateLimit::Off).build().expect("a client");
    let mut items = client.paginate(ReadPublicIpRangesRequest::new()).prefetch(1);
    let mut settled = None;
    for page in 0..PAGES {
        if page == SETTLED {
            settled = resident();
        }
        let mut expected = format!("{page:05}.000");
        for item in 0..ITEMS {
            expected.truncate(6);
            expected.extend([100, 10, 1].map(|unit| char::from(b'0' + (item / unit % 10) as u8)));
            let found = items.try_next().await.unwrap_or_else(|error| panic!("at {expected}: {error}"));
            assert_eq!(found.as_deref(), Some(&*expected));
        }
    }
    assert!(items.next().await.is_none());
    match (settled, resident()) {
        (Some(before), Some(after)) => {
            println!("{before} KiB after {SETTLED} pages, {after} KiB after {PAGES}");
            assert!(after < before + GROWTH, "memory grew from {before} to {after} KiB");
        }
        _ => println!("this system does not tell how much memory a process has"),
    }
}

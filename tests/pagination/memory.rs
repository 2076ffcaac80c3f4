//! Thousands of pages of a thousand items: each item is returned once, and memory use does not grow.
//!
//! The part that measures runs in a process of its own: other tests use memory too. Linux only: other systems report no
//! memory use in `/proc`.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

use osc_api::types::ReadPublicIpRangesRequest;
use osc_api::{Client, RateLimit};
use osc_tests::child;
use osc_tests::random::sample;

/// Number of pages, for [`sample`].
const PAGES: u64 = 2_000;
const ITEMS: usize = 1_000;

/// Number of pages before the first measurement: by then, all buffers have been allocated once.
const WARM_UP_PAGES: usize = 500;

/// Maximum growth of memory after the first measurement, in bytes per page: less than two bytes per item.
const MAX_GROWTH: usize = 1_500;

fn pages() -> usize {
    sample(PAGES) as usize
}

/// The pages of the server. All have the same length, so that a page is created by overwriting the numbers of the last.
struct Pages {
    body: Vec<u8>,
    /// Offsets of the page number.
    numbers: Vec<usize>,
    /// Offset of the number of the next page.
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

    /// The page with this number; the last page has no token.
    fn page(&mut self, page: usize) -> &[u8] {
        let mut write = |at: usize, text: &str| {
            if let Some(slot) = self.body.get_mut(at..at + text.len()) {
                slot.copy_from_slice(text.as_bytes());
            }
        };
        let number = format!("{page:05}");
        self.numbers.iter().for_each(|at| write(*at, &number));
        let pages = pages();
        let next = if page + 1 < pages { format!("{:05}\"", page + 1) } else { "\"    }".to_owned() };
        write(self.next, &next);
        let length = self.body.len() - if page + 1 < pages { 0 } else { 1 };
        self.body.get(..length).unwrap_or_default()
    }
}

/// Starts a server that, unlike the one of the other tests, records nothing: its memory must not grow either. It runs
/// until the process ends.
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

/// Responds to the requests of one connection in turn.
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

/// The resident memory of this process in KiB.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("the status of this process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("the resident memory");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[test]
fn memory_use_does_not_grow_with_the_number_of_pages() {
    if child::task().is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        return runtime.block_on(measure());
    }
    let test = "pagination::memory::memory_use_does_not_grow_with_the_number_of_pages";
    let output = child::command(test, "measure").output().expect("the program runs");
    let shown = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success() && shown.contains("KiB after"), "{shown}");
}

/// Reads all pages and compares the memory use before and after.
async fn measure() {
    let endpoint = start().expect("a local port");
    let client = Client::builder().ignore_environment().endpoint(endpoint);
    let client = client.rate_limit(RateLimit::Off).build().expect("a client");
    let mut items = client.paginate(ReadPublicIpRangesRequest::new()).prefetch(1);
    let (mut before, pages) = (0, pages());
    for page in 0..pages {
        if page == WARM_UP_PAGES {
            before = resident();
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
    let after = resident();
    println!("{before} KiB after {WARM_UP_PAGES} pages, {after} KiB after {pages}");
    let max_growth = (pages - WARM_UP_PAGES) * MAX_GROWTH / 1024;
    assert!(after < before + max_growth, "memory grew from {before} to {after} KiB");
}

//! A table of faults: how often each kind of action is sent, and what its caller gets.
//!
//! What is expected is in `rows.rs`; here is what runs it. Every cell has a server and a client of its own, and all
//! run side by side.

mod faults;
mod rows;

use std::any::Any;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use osc_api::types::{CreateNetRequest, CreateVolumeRequest, DeleteVolumeRequest, ReadVmsRequest};
use osc_api::{Client, Error, RateLimit, RetryPolicy};
use osc_tests::http::Request;
use osc_tests::logs;
use osc_tests::server::{Seen, Server};
use tokio::task::{spawn, spawn_blocking};

use faults::{Counted, FIRST_ACTION, Fault, LIMIT, Stage};

/// The wait before a second attempt.
const MOMENT: Duration = Duration::from_millis(1);

/// A kind of fault, and what comes of it.
struct Row {
    name: &'static str,
    fault: Fault,
    /// The timeout of an attempt, where it matters.
    attempt_timeout: Option<Duration>,
    /// The timeout of the whole call, where it matters.
    timeout: Option<Duration>,
    /// For each of [`CLASSES`]: how often the other side was asked, and what the caller got.
    expected: [&'static str; 4],
}

/// A kind of action, by what repeating it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Read,
    Create,
    CreateWithToken,
    Delete,
}

const CLASSES: [Class; 4] = [Class::Read, Class::Create, Class::CreateWithToken, Class::Delete];

/// A cell that is ready to go: what takes the machine's time is done.
struct Prepared {
    row: &'static str,
    class: Class,
    client: Client,
    server: Option<Server>,
    counted: Counted,
    throttled: Arc<Mutex<Vec<bool>>>,
    held: Box<dyn Any + Send>,
    is_idle: bool,
    is_limited: bool,
}

/// What came of one cell.
struct Cell {
    row: &'static str,
    class: Class,
    result: Result<(), Error>,
    /// How often the other side was asked, in the unit that the row counts in.
    count: usize,
    counted: Counted,
    /// Whether the whole call had little time.
    is_limited: bool,
    requests: Vec<Request>,
    /// Whether each request was responded with a refusal that says it came too soon.
    throttled: Vec<bool>,
}

impl Class {
    async fn call(self, client: &Client) -> Result<(), Error> {
        match self {
            Self::Read => client.read_vms(&ReadVmsRequest::new()).await.map(drop),
            Self::Create => client.create_net(&CreateNetRequest::new("10.0.0.0/16")).await.map(drop),
            Self::CreateWithToken => {
                client.create_volume(&CreateVolumeRequest::new("eu-west-2a").size(10)).await.map(drop)
            }
            Self::Delete => client.delete_volume(&DeleteVolumeRequest::new("vol-00000001")).await.map(drop),
        }
    }
}

impl Row {
    /// Whether it has a timeout that a busy machine could exceed.
    fn is_hasty(&self) -> bool {
        self.attempt_timeout.or(self.timeout).is_some() || matches!(self.fault, Fault::Handshakes(_))
    }

    fn prepare(&self, class: Class) -> Prepared {
        let Stage { server, builder, counted, throttled, held } = self.fault.stage();
        let mut builder = builder
            .rate_limit(RateLimit::Off)
            .max_response_size(LIMIT)
            .retry(RetryPolicy::new().base_delay(MOMENT).max_delay(4 * MOMENT));
        if let Some(timeout) = self.attempt_timeout {
            builder = builder.attempt_timeout(timeout);
        }
        if let Some(timeout) = self.timeout {
            builder = builder.timeout(timeout);
        }
        let client = builder.build().expect("a client");
        let is_idle = matches!(self.fault, Fault::Idle);
        let is_limited = self.timeout.is_some();
        Prepared { row: self.name, class, client, server, counted, throttled, held, is_idle, is_limited }
    }
}

impl Prepared {
    async fn run(self) -> Cell {
        let Self { row, class, client, server, counted, throttled, held, is_idle, is_limited } = self;
        match counted {
            _ if is_idle => faults::leave_an_idle_connection(&client).await,
            Counted::Requests => faults::prove_credentials(&client).await,
            Counted::Connections | Counted::Attempts => {}
        }
        let result = class.call(&client).await;
        // Its connections close with it, and the server can come to an end.
        drop(client);
        let seen = spawn_blocking(move || server.map(Server::finish)).await;
        let Seen { mut requests, connections } = seen.expect("no panic").unwrap_or_default();
        drop(held);
        // Neither what went before nor what a proxy was asked for is part of the call.
        requests.retain(|request| request.action() != FIRST_ACTION && request.method == "POST");
        let count = match counted {
            Counted::Requests => requests.len(),
            Counted::Connections => connections,
            Counted::Attempts => result.as_ref().map_or_else(Error::attempts, |()| 0) as usize,
        };
        let throttled = throttled.lock().expect("no panic").clone();
        Cell { row, class, result, count, counted, is_limited, requests, throttled }
    }
}

impl Cell {
    /// What stands in the table.
    fn show(&self) -> String {
        // How often a timeout can be filled with refusals is a matter of speed.
        let count =
            if self.is_limited && self.count > 1 { "many".to_owned() } else { self.count.to_string() };
        let outcome = match &self.result {
            Ok(()) => "ok".to_owned(),
            // It may be over while a request is on its way, or before the next.
            Err(error) if self.is_limited && (error.is_timeout() || error.is_throttled()) => {
                "out of time".to_owned()
            }
            Err(error) => outcome(error),
        };
        format!("{count} {outcome}")
    }

    /// The requests that the server may have carried out: all but the throttled ones.
    fn carried_out(&self) -> usize {
        self.requests.len() - self.throttled.iter().filter(|throttled| **throttled).count()
    }
}

fn outcome(error: &Error) -> String {
    match error.api() {
        Some(response) => response.status().to_string(),
        None if error.is_connect() && error.is_timeout() => "not sent in time".to_owned(),
        None if error.is_connect() => "not sent".to_owned(),
        None if error.is_timeout() => "timeout".to_owned(),
        None if error.is_transport() => "broken".to_owned(),
        None if error.is_decode() => "not understood".to_owned(),
        None if error.to_string().contains("larger than") => "too large".to_owned(),
        None => format!("{error}"),
    }
}

/// Runs rows, all at once.
async fn run<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<Cell> {
    let prepared: Vec<_> = rows.flat_map(|row| CLASSES.map(|class| row.prepare(class))).collect();
    let running: Vec<_> = prepared.into_iter().map(|cell| spawn(cell.run())).collect();
    let mut cells = Vec::new();
    for cell in running {
        cells.push(cell.await.expect("no panic"));
    }
    cells
}

#[tokio::test]
async fn every_fault_has_the_consequences_of_the_table() {
    let rows = rows::all();
    assert!(rows.len() >= 40, "{} faults", rows.len());
    let names: BTreeSet<_> = rows.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), rows.len(), "two faults of one name");
    // The hasty ones have the machine for themselves.
    let (hasty, patient): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.is_hasty());
    let mut cells = run(patient.iter().copied()).await;
    cells.extend(run(hasty.iter().copied()).await);

    let mut wrong = String::new();
    for (cells, row) in cells.chunks(CLASSES.len()).zip(patient.into_iter().chain(hasty)) {
        let found: Vec<String> = cells.iter().map(Cell::show).collect();
        let Row { name, expected, .. } = row;
        if found != *expected {
            let errors: Vec<_> = cells.iter().filter_map(|cell| cell.result.as_ref().err()).collect();
            let first = errors.first().map(|error| format!("{error:#}")).unwrap_or_default();
            writeln!(wrong, "{name}\n  expected {expected:?}\n  found    {found:?}\n  {first}")
                .expect("a string takes all");
        }
    }
    assert!(wrong.is_empty(), "rows that differ, of {:?}:\n{wrong}", CLASSES);

    for cell in &cells {
        nothing_is_done_twice(cell);
        attempts_are_reported(cell);
        no_secret_is_reported(cell);
    }
    tokens_are_of_one_call(&cells);
}

/// Whatever the table says: a create that the server cannot know again is carried out once at most.
fn nothing_is_done_twice(cell: &Cell) {
    let Cell { row, class, result, .. } = cell;
    if let Class::Create | Class::Delete = class {
        assert!(cell.carried_out() <= 1, "{row}, {class:?}: carried out {} times", cell.carried_out());
        // The error must not be retryable while the outcome is unknown.
        let unclear = result.as_ref().err().filter(|error| !error.is_connect() && !error.is_conflict());
        if let Some(error) = unclear.filter(|_| cell.carried_out() == 1) {
            assert!(!error.is_retryable(), "{row}, {class:?}: {error:?}");
        }
    }
}

/// The error counts what the server has counted.
fn attempts_are_reported(cell: &Cell) {
    let Cell { row, class, result, count, counted, is_limited, .. } = cell;
    if let (Err(error), Counted::Requests | Counted::Connections) = (result, counted) {
        // The timeout of the call may pass while the last attempt still connects.
        let unseen = usize::from(*is_limited && error.attempts() as usize == count + 1);
        assert_eq!(error.attempts() as usize, count + unseen, "{row}, {class:?}: {error}");
    }
}

/// Neither the error nor anything below it shows a key, a password or a signature.
fn no_secret_is_reported(cell: &Cell) {
    let Err(error) = &cell.result else { return };
    let mut shown = format!("{error}\n{error:#}\n{error:?}\n{error:#?}");
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        write!(shown, "\n{source}\n{source:?}").expect("a string takes all");
        cause = source.source();
    }
    assert!(!logs::contains_secret(&shown), "{}, {:?}: {shown}", cell.row, cell.class);
    assert_eq!(error.to_string().lines().count(), 1, "{error}");
    let action = error.action().unwrap_or_default();
    assert!(error.to_string().contains(action) && !action.is_empty(), "{error}");
}

/// All attempts of a call carry one client token, which no other call carries; other actions have none.
fn tokens_are_of_one_call(cells: &[Cell]) {
    let mut all = BTreeSet::new();
    for Cell { row, class, requests, .. } in cells {
        let of_call =
            requests.iter().map(|request| request.json()["ClientToken"].as_str().map(str::to_owned));
        let tokens: BTreeSet<Option<String>> = of_call.collect();
        if *class == Class::CreateWithToken {
            assert!(tokens.len() <= 1, "{row}: {tokens:?}");
            for token in tokens {
                let token = token.unwrap_or_else(|| panic!("{row}: a volume without a token"));
                assert!((16..=64).contains(&token.len()), "{row}: {token}");
                assert!(all.insert(token), "{row}: the token of another call");
            }
        } else {
            assert!(tokens.iter().all(Option::is_none), "{row}, {class:?}: {tokens:?}");
        }
    }
    assert!(all.len() > 20, "only {} calls with a token came to the server", all.len());
}

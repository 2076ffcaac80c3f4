//! A table of faults: for each kind of action, the number of requests and the result of the call.
//!
//! The expected values are in `rows.rs`; this file runs the table. Every cell has its own server and client, and the
//! cells run concurrently.

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

use crate::wire::RETRY_DELAY;
use faults::{Counted, FIRST_ACTION, Fault, MAX_RESPONSE_SIZE, Stage};

/// A kind of fault and the expected outcome.
struct Row {
    name: &'static str,
    fault: Fault,
    /// Attempt timeout, if the row needs one.
    attempt_timeout: Option<Duration>,
    /// Timeout of the whole call, if the row needs one.
    timeout: Option<Duration>,
    /// For each of [`CLASSES`]: the count and the outcome, as [`Cell::show`] prints them.
    expected: [&'static str; 4],
}

/// A kind of action, by the effect of repeating it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Read,
    Create,
    CreateWithToken,
    Delete,
}

const CLASSES: [Class; 4] = [Class::Read, Class::Create, Class::CreateWithToken, Class::Delete];

/// A cell that is ready to run: the expensive setup is done.
struct Prepared {
    row: &'static str,
    class: Class,
    client: Client,
    server: Option<Server>,
    counted: Counted,
    throttled: Arc<Mutex<Vec<bool>>>,
    resources: Box<dyn Any + Send>,
    is_idle: bool,
    is_limited: bool,
}

/// The result of one cell.
struct Cell {
    row: &'static str,
    class: Class,
    result: Result<(), Error>,
    /// Number of requests, connections or attempts, depending on `counted`.
    count: usize,
    counted: Counted,
    /// Whether the row limits the time of the whole call.
    is_limited: bool,
    requests: Vec<Request>,
    /// For each request: whether it was throttled.
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
    /// Whether the row has a timeout that a busy machine could exceed.
    fn is_time_sensitive(&self) -> bool {
        self.attempt_timeout.or(self.timeout).is_some() || matches!(self.fault, Fault::Handshakes(_))
    }

    fn prepare(&self, class: Class) -> Prepared {
        let Stage { server, builder, counted, throttled, resources } = self.fault.stage();
        let mut builder = builder
            .rate_limit(RateLimit::Off)
            .max_response_size(MAX_RESPONSE_SIZE)
            .retry(RetryPolicy::new().base_delay(RETRY_DELAY).max_delay(4 * RETRY_DELAY));
        if let Some(timeout) = self.attempt_timeout {
            builder = builder.attempt_timeout(timeout);
        }
        if let Some(timeout) = self.timeout {
            builder = builder.timeout(timeout);
        }
        let client = builder.build().expect("a client");
        let is_idle = matches!(self.fault, Fault::Idle);
        let is_limited = self.timeout.is_some();
        Prepared { row: self.name, class, client, server, counted, throttled, resources, is_idle, is_limited }
    }
}

impl Prepared {
    async fn run(self) -> Cell {
        let Self { row, class, client, server, counted, throttled, resources, is_idle, is_limited } = self;
        match counted {
            _ if is_idle => faults::leave_an_idle_connection(&client).await,
            Counted::Requests => faults::prove_credentials(&client).await,
            Counted::Connections | Counted::Attempts => {}
        }
        let result = class.call(&client).await;
        // Closes its connections, so that the server can finish.
        drop(client);
        let seen = spawn_blocking(move || server.map(Server::finish)).await;
        let Seen { mut requests, connections } = seen.expect("no panic").unwrap_or_default();
        drop(resources);
        // The preparing call and the requests of a proxy are not part of the call.
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
    /// The cell as the table prints it.
    fn show(&self) -> String {
        // The number of refusals before the timeout depends on the machine's speed.
        let count =
            if self.is_limited && self.count > 1 { "many".to_owned() } else { self.count.to_string() };
        let outcome = match &self.result {
            Ok(()) => "ok".to_owned(),
            // The timeout may pass during a request or between two.
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
        None if error.is_decode() => "not decoded".to_owned(),
        None if error.to_string().contains("larger than") => "too large".to_owned(),
        None => format!("{error}"),
    }
}

/// Runs rows concurrently.
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
async fn every_fault_has_the_outcome_in_the_table() {
    let rows = rows::all();
    assert!(rows.len() >= 40, "{} faults", rows.len());
    let names: BTreeSet<_> = rows.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), rows.len(), "two faults have the same name");
    // The time-sensitive rows run separately, without the load of the others.
    let (time_sensitive, others): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.is_time_sensitive());
    let mut cells = run(others.iter().copied()).await;
    cells.extend(run(time_sensitive.iter().copied()).await);

    let mut wrong = String::new();
    for (cells, row) in cells.chunks(CLASSES.len()).zip(others.into_iter().chain(time_sensitive)) {
        let found: Vec<String> = cells.iter().map(Cell::show).collect();
        let Row { name, expected, .. } = row;
        if found != *expected {
            let errors: Vec<_> = cells.iter().filter_map(|cell| cell.result.as_ref().err()).collect();
            let first = errors.first().map(|error| format!("{error:#}")).unwrap_or_default();
            writeln!(wrong, "{name}\n  expected {expected:?}\n  found    {found:?}\n  {first}")
                .expect("writing to a string cannot fail");
        }
    }
    assert!(wrong.is_empty(), "rows that differ, for {:?}:\n{wrong}", CLASSES);

    for cell in &cells {
        assert_at_most_one_execution(cell);
        assert_attempts_are_reported(cell);
        assert_no_secret_is_shown(cell);
    }
    assert_one_token_per_call(&cells);
}

/// Checks that a create without a client token is carried out at most once, independently of the table.
fn assert_at_most_one_execution(cell: &Cell) {
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

/// Checks that the error reports the number of attempts that the server counted.
fn assert_attempts_are_reported(cell: &Cell) {
    let Cell { row, class, result, count, counted, is_limited, .. } = cell;
    if let (Err(error), Counted::Requests | Counted::Connections) = (result, counted) {
        // The timeout of the call may pass while the last attempt is connecting.
        let unseen = usize::from(*is_limited && error.attempts() as usize == count + 1);
        assert_eq!(error.attempts() as usize, count + unseen, "{row}, {class:?}: {error}");
    }
}

/// Checks that neither the error nor its sources show a key, a password or a signature.
fn assert_no_secret_is_shown(cell: &Cell) {
    let Err(error) = &cell.result else { return };
    let mut shown = format!("{error}\n{error:#}\n{error:?}\n{error:#?}");
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        write!(shown, "\n{source}\n{source:?}").expect("writing to a string cannot fail");
        cause = source.source();
    }
    assert!(!logs::contains_secret(&shown), "{}, {:?}: {shown}", cell.row, cell.class);
    assert_eq!(error.to_string().lines().count(), 1, "{error}");
    let action = error.action().unwrap_or_default();
    assert!(error.to_string().contains(action) && !action.is_empty(), "{error}");
}

/// Checks that all attempts of a call carry the same client token, that no two calls share one, and that other
/// actions have none.
fn assert_one_token_per_call(cells: &[Cell]) {
    let mut all = BTreeSet::new();
    for Cell { row, class, requests, .. } in cells {
        let of_call =
            requests.iter().map(|request| request.json()["ClientToken"].as_str().map(str::to_owned));
        let tokens: BTreeSet<Option<String>> = of_call.collect();
        if *class == Class::CreateWithToken {
            assert!(tokens.len() <= 1, "{row}: {tokens:?}");
            for token in tokens {
                let token = token.unwrap_or_else(|| panic!("{row}: a request without a client token"));
                assert!((16..=64).contains(&token.len()), "{row}: {token}");
                assert!(all.insert(token), "{row}: another call has the same client token");
            }
        } else {
            assert!(tokens.iter().all(Option::is_none), "{row}, {class:?}: {tokens:?}");
        }
    }
    assert!(all.len() > 20, "the server received only {} calls with a client token", all.len());
}

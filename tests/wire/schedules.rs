//! Random schedules of faults: whatever the server does, the client creates nothing twice, and its errors are truthful
//! about the outcome.

use std::collections::{HashMap, HashSet, VecDeque};
use std::env;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use osc_api::types::{CreateNetRequest, CreateVolumeRequest, DeleteNetRequest, ReadVmsRequest};
use osc_api::{Client, Error};
use osc_tests::cloud::{self, ACCESS_KEY, SECRET_KEY};
use osc_tests::http::{Reply, Request, Response, Then};
use osc_tests::random::{Random, sample};
use osc_tests::server::Server;
use tokio::task::{JoinSet, yield_now};

use crate::wire::{ok, retrying, server};

/// Number of schedules to run, for [`sample`]. The variable `OSC_TEST_SCHEDULES` overrides it.
const DEFAULT_SCHEDULES: u64 = 500;

/// Number of calls per client: few enough for its retry budget.
const CALLS_PER_CLIENT: u64 = 16;

/// Number of concurrent clients.
const MAX_CLIENTS: usize = 4;

/// Delay of the delayed responses.
const MAX_DELAY: Duration = Duration::from_millis(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Read,
    CreateWithoutToken,
    CreateWithGeneratedToken,
    CreateWithOwnToken,
    Delete,
}

/// The server's treatment of one request.
#[derive(Clone, Copy, Debug)]
enum Treatment {
    None,
    /// A status and an error code of the API: certainly not carried out.
    Refused(u16, &'static str),
    /// An error response after which the outcome is unknown.
    Unknown {
        status: u16,
        is_carried_out: bool,
    },
    /// No complete response.
    Lost {
        is_carried_out: bool,
        is_partial: bool,
        then: Then,
    },
}

/// One call and its faults.
#[derive(Clone, Debug)]
struct Schedule {
    seed: u64,
    kind: Kind,
    faults: Vec<(Treatment, Duration)>,
    /// Number of times the caller yields before it drops the future.
    cancelled_after: Option<u64>,
}

impl Schedule {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let kind = match random.below(5) {
            0 => Kind::Read,
            1 => Kind::CreateWithoutToken,
            2 => Kind::CreateWithGeneratedToken,
            3 => Kind::CreateWithOwnToken,
            _ => Kind::Delete,
        };
        let count = random.below(7);
        let faults = (0..count).map(|_| {
            let delay = if random.below(4) == 0 { MAX_DELAY } else { Duration::ZERO };
            (fault(&mut random), delay)
        });
        let faults = faults.collect();
        let cancelled_after = (random.below(5) == 0).then(|| random.below(60));
        Self { seed, kind, faults, cancelled_after }
    }
}

fn fault(random: &mut Random) -> Treatment {
    let is_carried_out = random.below(2) == 0;
    match random.below(16) {
        0 => Treatment::None,
        1 => Treatment::Refused(503, "6"),
        2 | 3 => Treatment::Refused(429, "24"),
        4 => Treatment::Refused(429, "25"),
        5 => Treatment::Refused(409, "6007"),
        6 => Treatment::Refused(409, "9085"),
        7 => match random.below(3) {
            0 => Treatment::Refused(401, "1"),
            _ => Treatment::Refused(400, "4000"),
        },
        8 => Treatment::Unknown { status: 502, is_carried_out },
        9 | 10 => Treatment::Unknown { status: 500, is_carried_out },
        11 => Treatment::Unknown { status: 408, is_carried_out },
        _ => {
            let then = if random.below(2) == 0 { Then::Reset } else { Then::HangUp };
            Treatment::Lost { is_carried_out, is_partial: random.below(3) == 0, then }
        }
    }
}

/// The server's record of one call.
#[derive(Debug, Default)]
struct Progress {
    faults: VecDeque<(Treatment, Duration)>,
    requests: u32,
    deletes: usize,
    creates_without_token: usize,
    /// Client tokens of the creates that were carried out: a create with a known token has no effect.
    tokens: HashSet<String>,
}

impl Progress {
    fn creates(&self) -> usize {
        self.creates_without_token + self.tokens.len()
    }

    fn carry_out(&mut self, request: &Request) {
        match (request.action(), request.json()["ClientToken"].as_str()) {
            ("DeleteNet", _) => self.deletes += 1,
            ("ReadVms", _) => {}
            (_, Some(token)) => _ = self.tokens.insert(token.to_owned()),
            (_, None) => self.creates_without_token += 1,
        }
    }

    fn reply(&mut self, request: &Request, fault: Treatment) -> Reply {
        let is_carried_out = match fault {
            Treatment::None => true,
            Treatment::Refused(..) => false,
            Treatment::Unknown { is_carried_out, .. } | Treatment::Lost { is_carried_out, .. } => {
                is_carried_out
            }
        };
        if is_carried_out {
            self.carry_out(request);
        }
        match fault {
            Treatment::None => ok().into(),
            Treatment::Refused(status, code) => cloud::refusal(status, code, "Refused", "").into(),
            Treatment::Unknown { status: 502, .. } => {
                Response::new(502, "<html>bad gateway</html>").header("Content-Type", "text/html").into()
            }
            Treatment::Unknown { status, .. } => cloud::refusal(status, "2000", "InternalError", "").into(),
            Treatment::Lost { is_partial: true, then, .. } => Reply::Part(ok(), 5, then),
            Treatment::Lost { is_partial: false, then, .. } => Reply::Nothing(then),
        }
    }
}

/// All calls that the server knows, by a name that their requests contain.
#[derive(Clone, Default)]
struct Calls(Arc<Mutex<HashMap<String, Progress>>>);

impl Calls {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Progress>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn server(&self) -> Server {
        let calls = self.clone();
        server(move |request| {
            if let Err(refusal) = cloud::admit(request) {
                return refusal.into();
            }
            let body = request.json();
            let members = ["NextPageToken", "IpRange", "SubregionName", "NetId"];
            let name = members.iter().find_map(|member| body[member].as_str()).expect("a name");
            let (reply, delay) = {
                let mut calls = calls.lock();
                let progress = calls.get_mut(name).expect("a known call");
                progress.requests += 1;
                let (fault, delay) = progress.faults.pop_front().unwrap_or((Treatment::None, Duration::ZERO));
                (progress.reply(request, fault), delay)
            };
            if !delay.is_zero() {
                thread::sleep(delay);
            }
            reply
        })
    }

    /// The number of requests, and of creates and deletes that were carried out.
    fn counts(&self, name: &str) -> (u32, usize, usize) {
        let calls = self.lock();
        let progress = &calls[name];
        (progress.requests, progress.creates(), progress.deletes)
    }
}

async fn call(client: &Client, kind: Kind, name: &str) -> Result<(), Error> {
    match kind {
        Kind::Read => client.read_vms(&ReadVmsRequest::new().next_page_token(name)).await.map(drop),
        Kind::CreateWithoutToken => client.create_net(&CreateNetRequest::new(name)).await.map(drop),
        Kind::CreateWithGeneratedToken => {
            client.create_volume(&CreateVolumeRequest::new(name)).await.map(drop)
        }
        Kind::CreateWithOwnToken => {
            let request = CreateVolumeRequest::new(name).client_token(name);
            client.create_volume(&request).await.map(drop)
        }
        Kind::Delete => client.delete_net(&DeleteNetRequest::new(name)).await.map(drop),
    }
}

/// Sends the call of a schedule, and repeats it once if the error is retryable.
async fn run(client: &Client, calls: &Calls, schedule: &Schedule) -> Result<Outcome, String> {
    let name = &format!("call-{}", schedule.seed);
    let faults = schedule.faults.iter().copied().collect();
    calls.lock().insert(name.clone(), Progress { faults, ..Progress::default() });
    let result = match schedule.cancelled_after {
        None => Some(call(client, schedule.kind, name).await),
        Some(yields) => tokio::select! {
            biased;
            result = call(client, schedule.kind, name) => Some(result),
            () = yield_times(yields) => None,
        },
    };
    let Some(result) = result else { return Ok(Outcome::Cancelled) };
    let (requests, creates, deletes) = calls.counts(name);
    if creates > 1 {
        return Err(format!("the client created {creates} times: {result:?}"));
    }
    let Err(error) = result else {
        let is_done = schedule.kind == Kind::Read || creates + deletes >= 1;
        return if is_done {
            Ok(Outcome::Succeeded)
        } else {
            Err("the call succeeded without being carried out".to_owned())
        };
    };
    if error.attempts() != requests {
        return Err(format!("the server saw {requests} requests: {error:?}"));
    }
    let text = error.to_string();
    let says_not_sent = text.contains("was not sent") && !text.contains("was not sent again");
    if (says_not_sent || error.is_connect()) && creates + deletes > 0 {
        return Err(format!("it was carried out: {error}"));
    }
    if error.is_locked_out() {
        // So that the other calls can go on: the faults include failed authentications.
        client.reset_authentication();
    }
    if !error.is_retryable() {
        return Ok(Outcome::Failed);
    }
    calls.lock().get_mut(name).expect("a known call").faults.clear();
    let repeated = call(client, schedule.kind, name).await;
    let (_, creates, _) = calls.counts(name);
    if creates > 1 {
        return Err(format!("repeated, it created {creates} times: {error:?}, then {repeated:?}"));
    }
    Ok(Outcome::Repeated)
}

async fn yield_times(count: u64) {
    for _ in 0..count {
        yield_now().await;
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Outcome {
    Succeeded,
    Failed,
    Repeated,
    Cancelled,
}

fn variable<T: FromStr>(name: &str, default: T) -> T {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[tokio::test]
async fn no_schedule_of_faults_causes_a_second_create_or_an_untruthful_error() {
    let schedules: u64 = variable("OSC_TEST_SCHEDULES", sample(DEFAULT_SCHEDULES));
    let first: u64 = variable("OSC_TEST_FIRST_SEED", 0);
    let calls = Calls::default();
    let server = calls.server();
    let mut tasks = JoinSet::new();
    let mut counts: HashMap<Outcome, usize> = HashMap::new();
    let mut violations = Vec::new();
    let mut next = first;
    while next < first + schedules || !tasks.is_empty() {
        if next < first + schedules && tasks.len() < MAX_CLIENTS {
            let client = retrying(&server).access_key(ACCESS_KEY, SECRET_KEY).build().expect("a client");
            let last = (next + CALLS_PER_CLIENT).min(first + schedules);
            tasks.spawn(run_batch(client, calls.clone(), next..last));
            next = last;
            continue;
        }
        for (schedule, result) in tasks.join_next().await.expect("a task").expect("no panic") {
            match result {
                Ok(outcome) => *counts.entry(outcome).or_default() += 1,
                Err(violation) => violations.push(format!("{violation}\n  {schedule:?}")),
            }
        }
    }
    // Requests of canceled calls have been carried out by now, or never will be.
    for (name, progress) in &*calls.lock() {
        if progress.creates() > 1 {
            violations.push(format!("{name}: {progress:?}"));
        }
    }
    println!("{schedules} schedules from seed {first}: {counts:?}, {} violations", violations.len());
    assert!(violations.is_empty(), "{} violations:\n{}", violations.len(), violations.join("\n"));
    for outcome in [Outcome::Succeeded, Outcome::Failed, Outcome::Repeated, Outcome::Cancelled] {
        assert!(
            schedules < DEFAULT_SCHEDULES || counts.contains_key(&outcome),
            "no call has the outcome {outcome:?}: {counts:?}"
        );
    }
}

/// Runs schedules concurrently with one client. Half of the clients have proven credentials: the others do not retry a
/// request whose response was lost.
async fn run_batch(
    client: Client,
    calls: Calls,
    seeds: std::ops::Range<u64>,
) -> Vec<(Schedule, Result<Outcome, String>)> {
    if (seeds.start / CALLS_PER_CLIENT).is_multiple_of(2) {
        let name = format!("first of {seeds:?}");
        calls.lock().insert(name.clone(), Progress::default());
        call(&client, Kind::Read, &name).await.expect("a response");
    }
    let mut running = JoinSet::new();
    for schedule in seeds.map(Schedule::new) {
        let (client, calls) = (client.clone(), calls.clone());
        running.spawn(async move {
            let result = run(&client, &calls, &schedule).await;
            (schedule, result)
        });
    }
    running.join_all().await
}

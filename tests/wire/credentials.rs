//! Credentials that change while a client uses them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use osc_api::action::ReadVms;
use osc_api::credentials::{CredentialsProvider, ProviderError, ProviderFuture, from_fn};
use osc_api::types::{ReadRegionsRequest, ReadVmsRequest};
use osc_api::{Client, Credentials, Error};
use osc_tests::cloud::{self, REGION, refusal};
use osc_tests::http::Request;
use osc_tests::osc4;
use osc_tests::random::{Random, sample};
use osc_tests::server::Server;
use tokio::task::JoinSet;

use crate::wire::{ok, retrying, server};

const TASKS: usize = 64;

/// An account whose access keys change, and the provider that follows them.
#[derive(Clone, Default)]
struct Account(Arc<AccountState>);

#[derive(Default)]
struct AccountState {
    /// The secret keys of the access keys that the server accepts.
    accepted: RwLock<HashMap<String, String>>,
    /// What the provider returns.
    provided: Mutex<Option<(String, String)>>,
    /// Number of requests that the server refused.
    refused: AtomicUsize,
    loads: AtomicUsize,
    /// Number of requests that the server received.
    received: AtomicUsize,
    interval: Mutex<Duration>,
}

impl Account {
    /// An account with one access key.
    fn new(interval: Duration) -> Self {
        let account = Self::default();
        *account.0.interval.lock().expect("no panic") = interval;
        account.accept("FIRSTACCESSKEY");
        account.provide("FIRSTACCESSKEY");
        account
    }

    fn accept(&self, key: &str) {
        let mut accepted = self.0.accepted.write().expect("no panic");
        accepted.insert(key.to_owned(), format!("SECRETOF{key}"));
    }

    fn revoke(&self, key: &str) {
        self.0.accepted.write().expect("no panic").remove(key);
    }

    fn provide(&self, key: &str) {
        let credentials = (key.to_owned(), format!("SECRETOF{key}"));
        *self.0.provided.lock().expect("no panic") = Some(credentials);
    }

    fn refused(&self) -> usize {
        self.0.refused.load(Ordering::SeqCst)
    }

    fn server(&self) -> Server {
        let account = self.clone();
        server(move |request| {
            account.0.received.fetch_add(1, Ordering::SeqCst);
            let secret_key_of = |key: &str| account.0.accepted.read().expect("no panic").get(key).cloned();
            if request.action() == "ReadRegions"
                || osc4::verify(request, REGION, secret_key_of, cloud::now()).is_ok()
            {
                ok()
            } else {
                account.0.refused.fetch_add(1, Ordering::SeqCst);
                refusal(401, "1", "AccessDenied", "")
            }
        })
    }

    fn client(&self, server: &Server) -> Client {
        retrying(server).credentials_provider(self.clone()).build().expect("a client")
    }
}

impl CredentialsProvider for Account {
    fn credentials(&self) -> ProviderFuture<'_> {
        self.0.loads.fetch_add(1, Ordering::SeqCst);
        let provided = self.0.provided.lock().expect("no panic").clone();
        Box::pin(async {
            let (key, secret) = provided.ok_or("none")?;
            Ok(Credentials::access_key(key, secret))
        })
    }

    fn refresh_interval(&self) -> Duration {
        *self.0.interval.lock().expect("no panic")
    }
}

/// The access key that signed a request.
fn key_of(request: &Request) -> &str {
    let header = request.header("Authorization").unwrap_or_default();
    header.split_once("Credential=").and_then(|(_, rest)| rest.split('/').next()).unwrap_or_default()
}

/// Number of calls of each task so far.
struct Counts(Vec<AtomicUsize>);

impl Counts {
    fn now(&self) -> Vec<usize> {
        self.0.iter().map(|count| count.load(Ordering::SeqCst)).collect()
    }

    /// Waits until each task has begun and ended a call.
    async fn one_more_call_each(&self) {
        let before = self.now();
        // The first one may have begun before.
        while self.now().iter().zip(&before).any(|(now, before)| *now < before + 2) {
            tokio::task::yield_now().await;
        }
    }
}

/// Number of seeds of the tests that change keys, for [`sample`].
const SEEDS: u64 = 2;

/// Calls in 64 tasks until they are stopped, while `change` runs. Returns the number of calls. Each is sent twice at most.
async fn calls_during(client: &Client, change: impl AsyncFnOnce(&Counts)) -> usize {
    let stop = Arc::new(AtomicBool::new(false));
    let counts = Arc::new(Counts((0..TASKS).map(|_| AtomicUsize::new(0)).collect()));
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let (client, stop, counts) = (client.clone(), Arc::clone(&stop), Arc::clone(&counts));
        tasks.spawn(async move {
            while !stop.load(Ordering::SeqCst) {
                let request = ReadVmsRequest::new();
                let call = client.send_with_metadata::<ReadVms>(&request);
                let (_, metadata) = call.await.expect("no call is lost");
                assert!(metadata.attempts() <= 2, "{metadata:?}");
                counts.0[task].fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    change(&counts).await;
    stop.store(true, Ordering::SeqCst);
    tasks.join_all().await;
    counts.now().into_iter().sum()
}

/// Waits until no task uses a key any more, as the guide advises before a key is revoked.
async fn unused(account: &Account, server: &Server, key: &str) {
    loop {
        more_requests(account, 2 * TASKS).await;
        if server.requests().iter().rev().take(2 * TASKS).map(key_of).all(|used| used != key) {
            return;
        }
    }
}

/// Waits until the server has received `count` more requests.
async fn more_requests(account: &Account, count: usize) {
    let received = || account.0.received.load(Ordering::SeqCst);
    let until = received() + count;
    while received() < until {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_that_is_replaced_before_it_is_revoked_fails_no_authentication_and_keeps_connections() {
    let account = Account::new(Duration::ZERO);
    let server = account.server();
    let client = account.client(&server);
    let calls = calls_during(&client, async |counts| {
        for (old, new) in [("FIRSTACCESSKEY", "SECONDACCESSKEY"), ("SECONDACCESSKEY", "THIRDACCESSKEY")] {
            more_requests(&account, 500).await;
            account.accept(new);
            account.provide(new);
            // Requests that were signed with the old key have arrived by then.
            counts.one_more_call_each().await;
            account.revoke(old);
        }
        more_requests(&account, 100).await;
    })
    .await;
    assert_eq!(account.refused(), 0);
    drop(client);
    let seen = server.finish();
    assert_eq!(seen.requests.len(), calls, "one request per call");
    // The pool may open a few more than there are tasks, but none for a new key.
    assert!(seen.connections < 2 * TASKS, "{} connections", seen.connections);
    assert_eq!(seen.requests.last().map(key_of), Some("THIRDACCESSKEY"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_that_is_revoked_without_notice_loses_no_call() {
    // The client does not ask again by itself.
    for seed in 0..sample(SEEDS) {
        let mut random = Random::new(seed);
        let account = Account::new(Duration::MAX);
        let server = account.server();
        let client = account.client(&server);
        let mut refused = Vec::new();
        let calls = calls_during(&client, async |_| {
            for (old, new) in [("FIRSTACCESSKEY", "SECONDACCESSKEY"), ("SECONDACCESSKEY", "THIRDACCESSKEY")] {
                let before = account.refused();
                more_requests(&account, 100 + random.below(200) as usize).await;
                account.accept(new);
                account.provide(new);
                account.revoke(old);
                more_requests(&account, 200).await;
                refused.push(account.refused() - before);
            }
        });
        let calls = calls.await;
        println!("seed {seed}: {calls} calls, refused per revocation: {refused:?}");
        // At most the requests that were on their way, and none that was signed after the first refusal.
        assert!(refused.iter().all(|refused| (1..=TASKS).contains(refused)), "seed {seed}: {refused:?}");
        drop(client);
        let seen = server.finish();
        assert_eq!(seen.requests.len(), calls + account.refused(), "seed {seed}");
        assert_eq!(seen.requests.last().map(key_of), Some("THIRDACCESSKEY"), "seed {seed}");
        assert!(seen.connections < 2 * TASKS, "seed {seed}: {} connections", seen.connections);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_that_is_revoked_when_nothing_uses_it_any_more_fails_no_authentication() {
    for seed in 0..sample(SEEDS) {
        let mut random = Random::new(seed);
        let account = Account::new(Duration::from_millis(random.below(8)));
        let server = account.server();
        let client = account.client(&server);
        let calls = calls_during(&client, async |_| {
            for (old, new) in [("FIRSTACCESSKEY", "SECONDACCESSKEY"), ("SECONDACCESSKEY", "THIRDACCESSKEY")] {
                more_requests(&account, 100 + random.below(200) as usize).await;
                account.accept(new);
                account.provide(new);
                unused(&account, &server, old).await;
                account.revoke(old);
            }
            more_requests(&account, 100).await;
        });
        let calls = calls.await;
        println!("seed {seed}: {calls} calls, {} refused", account.refused());
        assert_eq!(account.refused(), 0, "seed {seed}");
        drop(client);
        let seen = server.finish();
        assert_eq!(seen.requests.len(), calls, "seed {seed}: one request per call");
        assert!(seen.connections < 2 * TASKS, "seed {seed}: {} connections", seen.connections);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_tasks_that_resume_after_a_change_one_request_fails_authentication_at_most() {
    let account = Account::new(Duration::MAX);
    let server = account.server();
    let client = account.client(&server);
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    account.accept("SECONDACCESSKEY");
    account.provide("SECONDACCESSKEY");
    account.revoke("FIRSTACCESSKEY");
    // The first call finds out. All others, which start meanwhile or later, wait for the new key.
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    let calls = calls_during(&client, async |_| more_requests(&account, 200).await).await;
    assert!(calls >= TASKS && account.refused() == 1, "{}", account.refused());
}

#[tokio::test]
async fn a_refused_key_that_did_not_change_is_sent_three_times_at_most() {
    let account = Account::new(Duration::MAX);
    account.revoke("FIRSTACCESSKEY");
    let server = account.server();
    let client = account.client(&server);
    for number in 0..8 {
        let error = client.read_vms(&ReadVmsRequest::new()).await.expect_err("a refusal");
        assert_eq!((error.is_authentication(), error.is_locked_out()), (true, number >= 3), "{error}");
    }
    assert_eq!(account.refused(), 3);
    // A new key needs neither a new client nor a reset.
    account.accept("SECONDACCESSKEY");
    account.provide("SECONDACCESSKEY");
    client.reset_authentication();
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
}

/// The message of a call.
async fn failure(client: &Client) -> Error {
    client.read_vms(&ReadVmsRequest::new()).await.expect_err("no credentials")
}

#[tokio::test]
async fn a_provider_that_fails_hangs_or_panics_fails_the_call_but_none_that_needs_no_credentials() {
    let account = Account::new(Duration::ZERO);
    let server = account.server();
    let build = |provider: Box<dyn Fn() -> ProviderFuture<'static> + Send + Sync>| {
        let client =
            retrying(&server).credentials_provider(from_fn(provider)).timeout(Duration::from_millis(200));
        client.build().expect("a client")
    };
    let failing = build(Box::new(|| Box::pin(async { Err(ProviderError::from("the vault is sealed")) })));
    let error = failure(&failing).await;
    assert!(error.is_authentication() && !error.is_retryable() && error.attempts() == 0, "{error}");
    let expected = "ReadVms was not sent: the credentials provider failed: the vault is sealed";
    assert_eq!(error.to_string(), expected);

    let hanging = build(Box::new(|| Box::pin(std::future::pending())));
    let error = failure(&hanging).await;
    assert!(error.is_timeout() && error.is_retryable() && error.attempts() == 0, "{error}");
    assert!(error.to_string().contains("200ms while waiting for the credentials provider"), "{error}");

    let panicking = build(Box::new(|| Box::pin(async { panic!("a defect of the provider") })));
    let error = failure(&panicking).await;
    assert!(error.to_string().ends_with("the credentials provider failed: it panicked"), "{error}");

    let empty = build(Box::new(|| Box::pin(async { Ok(Credentials::none()) })));
    let error = failure(&empty).await;
    assert!(error.is_authentication() && error.to_string().contains("requires an access key"), "{error}");

    for client in [failing, hanging, panicking, empty] {
        client.read_regions(&ReadRegionsRequest::new()).await.expect("it needs no credentials");
    }
}

#[test]
fn the_blocking_client_follows_a_provider() {
    let account = Account::new(Duration::ZERO);
    let server = account.server();
    let client =
        retrying(&server).credentials_provider(account.clone()).blocking().build().expect("a client");
    client.read_vms(&ReadVmsRequest::new()).expect("a response");
    account.accept("SECONDACCESSKEY");
    account.provide("SECONDACCESSKEY");
    account.revoke("FIRSTACCESSKEY");
    client.read_vms(&ReadVmsRequest::new()).expect("a response");
    let keys: Vec<_> = server.requests().iter().map(|request| key_of(request).to_owned()).collect();
    assert_eq!(keys, ["FIRSTACCESSKEY", "SECONDACCESSKEY"]);
}

#[tokio::test]
async fn a_client_with_a_provider_shows_no_secret_and_needs_no_other_credentials() {
    let account = Account::new(Duration::ZERO);
    let server = account.server();
    let client = account.client(&server);
    client.read_vms(&ReadVmsRequest::new()).await.expect("a response");
    let shown = format!("{client:?}");
    assert!(!shown.contains("FIRSTACCESSKEY") && shown.contains("provided"), "{shown}");
    // The last setting counts.
    let fixed = retrying(&server).credentials_provider(account.clone()).access_key("FIRSTACCESSKEY", "wrong");
    let error = failure(&fixed.build().expect("a client")).await;
    assert!(error.is_authentication(), "{error}");
}

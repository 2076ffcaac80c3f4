use std::future::pending;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::time::{Instant, sleep};

use super::*;
use crate::credentials::{ProviderError, ProviderFuture};
use crate::lockout::MAX_FAILURES;

/// A provider whose behavior a test changes.
#[derive(Clone, Default)]
struct Script(Arc<ScriptState>);

#[derive(Default)]
struct ScriptState {
    credentials: Mutex<Option<Credentials>>,
    mood: Mutex<Mood>,
    interval: Mutex<Duration>,
    loads: AtomicU32,
}

#[derive(Clone, Copy, Default)]
enum Mood {
    #[default]
    Works,
    Takes(Duration),
    Hangs,
    Panics,
}

impl Script {
    fn new(key: &str) -> Self {
        let script = Self::default();
        script.set(key, "secret");
        *script.0.interval.lock().unwrap() = Duration::from_secs(60);
        script
    }

    fn set(&self, key: &str, secret: &str) {
        *self.0.credentials.lock().unwrap() = Some(Credentials::access_key(key, secret));
    }

    fn fail(&self) {
        *self.0.credentials.lock().unwrap() = None;
    }

    fn be(&self, mood: Mood) {
        *self.0.mood.lock().unwrap() = mood;
    }

    fn every(self, interval: Duration) -> Self {
        *self.0.interval.lock().unwrap() = interval;
        self
    }

    fn loads(&self) -> u32 {
        self.0.loads.load(Ordering::SeqCst)
    }

    fn identities(&self) -> Arc<Identities> {
        Arc::new(Identities::provided(Arc::new(self.clone()), "region".to_owned(), false))
    }
}

impl CredentialsProvider for Script {
    fn credentials(&self) -> ProviderFuture<'_> {
        Box::pin(async {
            self.0.loads.fetch_add(1, Ordering::SeqCst);
            let mood = *self.0.mood.lock().unwrap();
            match mood {
                Mood::Works => {}
                Mood::Takes(time) => sleep(time).await,
                Mood::Hangs => pending().await,
                Mood::Panics => panic!("a defect of the provider"),
            }
            self.0
                .credentials
                .lock()
                .unwrap()
                .clone()
                .ok_or_else(|| ProviderError::from("the vault is sealed"))
        })
    }

    fn refresh_interval(&self) -> Duration {
        *self.0.interval.lock().unwrap()
    }
}

/// The access key ID of the identity in use.
async fn key(identities: &Identities) -> String {
    key_of(&identities.current().await.map_err(|reason| reason.to_string()).unwrap())
}

fn key_of(ticket: &Ticket) -> String {
    ticket.identity.credentials.access_key.as_ref().unwrap().id.clone()
}

async fn failure(identities: &Identities) -> String {
    identities.current().await.err().unwrap().to_string()
}

#[tokio::test(start_paused = true)]
async fn credentials_are_loaded_once_per_interval_and_a_change_is_noticed_after_it() {
    let script = Script::new("FIRST");
    let identities = script.identities();
    assert_eq!(script.loads(), 0, "not before the first request");
    for _ in 0..10 {
        assert_eq!(key(&identities).await, "FIRST");
    }
    script.set("SECOND", "secret");
    sleep(Duration::from_secs(59)).await;
    assert_eq!((key(&identities).await.as_str(), script.loads()), ("FIRST", 1));
    sleep(Duration::from_secs(2)).await;
    assert_eq!((key(&identities).await.as_str(), script.loads()), ("SECOND", 2));
}

#[tokio::test(start_paused = true)]
async fn an_interval_of_zero_loads_for_each_request() {
    let script = Script::new("FIRST").every(Duration::ZERO);
    let identities = script.identities();
    assert_eq!(key(&identities).await, "FIRST");
    script.set("SECOND", "secret");
    assert_eq!(key(&identities).await, "SECOND");
    assert_eq!(script.loads(), 2);
}

#[tokio::test(start_paused = true)]
async fn concurrent_calls_share_one_load_and_a_cancelled_one_does_not_cancel_it() {
    let script = Script::new("FIRST");
    script.be(Mood::Takes(Duration::from_secs(3)));
    let identities = script.identities();
    let task = || {
        let identities = Arc::clone(&identities);
        tokio::spawn(async move { key(&identities).await })
    };
    let tasks: Vec<_> = (0..64).map(|_| task()).collect();
    sleep(Duration::from_secs(1)).await;
    let mut tasks = tasks.into_iter();
    // The first one, which started the load.
    tasks.next().unwrap().abort();
    for task in tasks {
        assert_eq!(task.await.unwrap(), "FIRST");
    }
    assert_eq!(script.loads(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_same_credentials_keep_their_identity() {
    let script = Script::new("FIRST").every(Duration::ZERO);
    let identities = script.identities();
    let first = identities.current().await.ok().unwrap();
    let again = identities.current().await.ok().unwrap();
    assert!(!Identities::differ(&first, &again) && identities.is_valid(&first));
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_are_loaded_again_by_one_load_before_any_other_request() {
    let script = Script::new("FIRST");
    let identities = script.identities();
    let (one, other) = (identities.current().await.ok().unwrap(), identities.current().await.ok().unwrap());
    script.set("SECOND", "secret");
    identities.refused(&one);
    assert!(!identities.is_valid(&other), "a request that waits for its turn must not use it");
    identities.refused(&other);
    assert_eq!((key(&identities).await.as_str(), script.loads()), ("SECOND", 2));
    // A late refusal of the old credentials says nothing about the new ones.
    identities.refused(&other);
    assert_eq!((key(&identities).await.as_str(), script.loads()), ("SECOND", 2));
}

#[tokio::test(start_paused = true)]
async fn a_load_that_began_before_a_refusal_does_not_count_after_it() {
    let script = Script::new("FIRST").every(Duration::ZERO);
    let identities = script.identities();
    let first = identities.current().await.ok().unwrap();
    script.be(Mood::Takes(Duration::from_millis(500)));
    let running = tokio::spawn({
        let identities = Arc::clone(&identities);
        async move { key(&identities).await }
    });
    sleep(Duration::from_millis(100)).await;
    identities.refused(&first);
    script.be(Mood::Works);
    script.set("SECOND", "secret");
    assert_eq!(key(&identities).await, "SECOND");
    assert_eq!(running.await.unwrap(), "SECOND");
    // The load that began first ends last, and is ignored.
    script.set("THIRD", "secret");
    sleep(Duration::from_secs(1)).await;
    assert_eq!(identities.current().await.map(|ticket| key_of(&ticket)).ok().unwrap(), "THIRD");
}

#[tokio::test(start_paused = true)]
async fn without_credentials_a_failure_is_reported_and_the_next_call_asks_again() {
    let script = Script::new("FIRST");
    script.fail();
    let identities = script.identities();
    assert_eq!(failure(&identities).await, "the vault is sealed");
    assert_eq!(failure(&identities).await, "the vault is sealed");
    assert_eq!(script.loads(), 2);
    script.set("FIRST", "secret");
    assert_eq!(key(&identities).await, "FIRST");
}

#[tokio::test(start_paused = true)]
async fn a_panic_and_invalid_credentials_are_failures() {
    let script = Script::new("FIRST");
    script.be(Mood::Panics);
    let identities = script.identities();
    assert_eq!(failure(&identities).await, "it panicked");
    script.be(Mood::Works);
    script.set("NO KEY", "marker-secret");
    let shown = failure(&identities).await;
    assert!(shown.contains("letters and digits") && !shown.contains("marker"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn with_credentials_a_provider_that_fails_hangs_or_panics_delays_calls_by_a_second_at_most() {
    for (mood, is_failing) in [(Mood::Works, true), (Mood::Hangs, false), (Mood::Panics, false)] {
        let script = Script::new("FIRST");
        let identities = script.identities();
        assert_eq!(key(&identities).await, "FIRST");
        script.be(mood);
        if is_failing {
            script.fail();
        }
        for refused in [false, true] {
            sleep(Duration::from_secs(61)).await;
            if refused {
                identities.refused(&identities.current().await.ok().unwrap());
            }
            let began = Instant::now();
            let ticket = identities.current().await.ok().unwrap();
            assert_eq!(key_of(&ticket), "FIRST");
            assert!(identities.is_valid(&ticket), "otherwise the call would wait again");
            assert!(began.elapsed() <= REFRESH_PATIENCE);
        }
        script.be(Mood::Works);
        script.set("SECOND", "secret");
        sleep(Duration::from_secs(121)).await;
        assert_eq!(key(&identities).await, "SECOND");
    }
}

#[tokio::test(start_paused = true)]
async fn a_load_that_hangs_without_credentials_ends() {
    let script = Script::new("FIRST");
    script.be(Mood::Hangs);
    let identities = script.identities();
    assert_eq!(failure(&identities).await, "it did not finish within 60s");
}

#[test]
fn a_load_of_a_runtime_that_is_not_running_is_not_waited_for() {
    let runtime =
        || tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let script = Script::new("FIRST");
    script.be(Mood::Takes(Duration::from_secs(2)));
    let identities = script.identities();
    let idle = runtime();
    let abandoned = Arc::clone(&identities);
    let abandoned = idle.spawn(async move { key(&abandoned).await });
    // It starts its load, and is never polled again.
    idle.block_on(tokio::task::yield_now());
    idle.block_on(tokio::task::yield_now());
    assert_eq!(runtime().block_on(key(&identities)), "FIRST");
    assert_eq!(script.loads(), 2);
    drop(idle);
    drop(abandoned);
    assert_eq!(runtime().block_on(key(&identities)), "FIRST");
}

#[tokio::test(start_paused = true)]
async fn each_access_key_has_its_own_lockout_guard() {
    let script = Script::new("FIRST").every(Duration::ZERO);
    let identities = script.identities();
    let refuse = async || {
        let ticket = identities.current().await.ok().unwrap();
        let permit = ticket.identity.lockout.try_acquire(false).unwrap().ok()?;
        Some(permit.refused(String::new()))
    };
    for failures in 1..=MAX_FAILURES {
        assert_eq!(refuse().await, Some(failures));
    }
    assert_eq!(refuse().await, None, "closed");
    script.set("SECOND", "secret");
    assert_eq!(refuse().await, Some(1), "another access key has a count of its own");
    script.set("FIRST", "secret");
    assert_eq!(refuse().await, None, "and the first one is still counted");
    // Another secret of the same access key has its first try after the lock time.
    script.set("FIRST", "another secret".replace(' ', "-").as_str());
    assert_eq!(refuse().await, None);
    sleep(Duration::from_secs(61)).await;
    assert_eq!(refuse().await, Some(MAX_FAILURES + 1));
    sleep(Duration::from_secs(3600)).await;
    assert_eq!(refuse().await, None, "it was refused for certain, too");
}

#[tokio::test(start_paused = true)]
async fn a_closed_guard_makes_the_provider_load_again_but_not_more_than_once_per_second() {
    let script = Script::new("FIRST");
    let identities = script.identities();
    let ticket = identities.current().await.ok().unwrap();
    assert!(!identities.locked_out(&ticket), "just loaded");
    sleep(Duration::from_secs(1)).await;
    script.set("SECOND", "secret");
    assert!(identities.locked_out(&ticket));
    assert!(identities.locked_out(&ticket), "another call, of the same time");
    assert_eq!((key(&identities).await.as_str(), script.loads()), ("SECOND", 2));
    let ticket = identities.current().await.ok().unwrap();
    assert!(!identities.locked_out(&ticket));
}

#[tokio::test(start_paused = true)]
async fn a_reset_resets_all_guards_and_loads_again() {
    let script = Script::new("FIRST");
    let identities = script.identities();
    let ticket = identities.current().await.ok().unwrap();
    for _ in 0..MAX_FAILURES {
        ticket.identity.lockout.try_acquire(false).unwrap().unwrap().refused(String::new());
    }
    identities.reset();
    assert!(ticket.identity.lockout.try_acquire(false).unwrap().is_ok());
    assert_eq!((key(&identities).await.as_str(), script.loads()), ("FIRST", 2));
}

#[tokio::test(start_paused = true)]
async fn guards_of_many_access_keys_are_not_kept_forever() {
    let script = Script::new("FIRST").every(Duration::ZERO);
    let identities = script.identities();
    for number in 0..100 {
        script.set(&format!("KEY{number}"), "secret");
        assert_eq!(key(&identities).await, format!("KEY{number}"));
    }
    let IdentitySource::Provided(provided) = &identities.source else { panic!("it is provided") };
    assert_eq!(provided.state().guards.len(), MAX_GUARDS);
}

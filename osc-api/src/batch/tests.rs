use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::*;
use crate::action::{Auth, RetrySafety};
use crate::credentials::{ProviderError, from_fn};

/// The requests of [`ReadThings`], by the prefix of their IDs: tests run in parallel.
static REQUESTS: Mutex<Vec<Vec<String>>> = Mutex::new(Vec::new());

#[derive(Clone, Debug)]
struct Thing;

struct ReadThings;

impl Action for ReadThings {
    type Request = Value;
    type Response = Value;
    const NAME: &'static str = "ReadThings";
    const AUTH: Auth = Auth::AccessKey;
    const RETRY: RetrySafety = RetrySafety::Idempotent;
}

impl sealed::SealedListed for ReadThings {}

impl Listed for ReadThings {
    type Item = Thing;

    fn request(ids: Vec<String>, _: Option<String>) -> Value {
        REQUESTS.lock().unwrap().push(ids);
        json!({})
    }

    fn items(_: Value) -> (Vec<Thing>, Option<String>) {
        (Vec::new(), None)
    }

    fn id(_: &Thing) -> Option<&str> {
        None
    }
}

impl ReadById for Thing {
    type Id = String;
    type Action = ReadThings;
}

/// Sizes of the requests with IDs of this prefix.
fn sizes(prefix: &str) -> Vec<usize> {
    let requests = REQUESTS.lock().unwrap();
    requests.iter().filter(|ids| ids[0].starts_with(prefix)).map(Vec::len).collect()
}

/// A client whose calls fail after this time, without I/O, which paused time would disturb.
fn client(duration: Duration) -> Client {
    let provider = from_fn(move || async move {
        sleep(duration).await;
        Err(ProviderError::from("no credentials"))
    });
    Client::builder().ignore_environment().credentials_provider(provider).build().unwrap()
}

/// Starts a task per ID, and returns the time that each read took.
async fn read_all(client: &Client, ids: impl Iterator<Item = String>) -> Vec<Duration> {
    let mut reads = JoinSet::new();
    for id in ids {
        let things = client.batch::<Thing>();
        reads.spawn(async move {
            let began = Instant::now();
            let error = things.read(id).await.unwrap_err();
            assert!(error.to_string().contains("no credentials"), "{error}");
            began.elapsed()
        });
    }
    reads.join_all().await
}

#[tokio::test(start_paused = true)]
async fn a_thousand_concurrent_reads_are_ten_requests_and_wait_two_milliseconds() {
    let times = read_all(&client(Duration::ZERO), (0..1000).map(|n| format!("many-{n}"))).await;
    assert_eq!(sizes("many-"), [100; 10]);
    assert!(times.iter().all(|time| *time <= Duration::from_millis(3)), "{:?}", times.iter().max());
}

#[tokio::test(start_paused = true)]
async fn a_single_read_waits_two_milliseconds() {
    let times = read_all(&client(Duration::ZERO), ["single-1".to_owned()].into_iter()).await;
    assert!(times[0] <= Duration::from_millis(3), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn reads_of_one_resource_share_its_place() {
    read_all(&client(Duration::ZERO), (0..500).map(|_| "same-1".to_owned())).await;
    assert_eq!(sizes("same-"), [1]);
}

#[tokio::test(start_paused = true)]
async fn while_a_request_is_in_flight_reads_gather_for_a_tenth_of_a_second_at_most() {
    let client = client(Duration::from_secs(10));
    let mut reads = JoinSet::new();
    for number in 0..50 {
        let things = client.batch::<Thing>();
        reads.spawn(async move { things.read(format!("slow-{number}")).await.is_err() });
        sleep(Duration::from_millis(10)).await;
    }
    // The first one alone, then about ten each.
    let sizes = sizes("slow-");
    assert_eq!(sizes[0], 1, "{sizes:?}");
    assert!(
        (4..=6).contains(&sizes.len()) && sizes[1..].iter().all(|size| (9..=12).contains(size)),
        "{sizes:?}"
    );
    assert!(reads.join_all().await.into_iter().all(|is_error| is_error));
}

#[tokio::test(start_paused = true)]
async fn dropped_reads_are_not_sent_and_do_not_stall_others() {
    let client = client(Duration::ZERO);
    let things = client.batch::<Thing>();
    let dropped: Vec<_> = (0..150)
        .map(|number| {
            let things = things.clone();
            tokio::spawn(async move { things.read(format!("dropped-{number}")).await })
        })
        .collect();
    tokio::task::yield_now().await;
    dropped.iter().for_each(|task| task.abort());
    for task in dropped {
        assert!(task.await.unwrap_err().is_cancelled());
    }
    assert_eq!(read_all(&client, ["dropped-last".to_owned()].into_iter()).await.len(), 1);
    assert_eq!(*sizes("dropped-").last().unwrap(), 1, "the rest of the dropped reads is not sent");
}

#[tokio::test(start_paused = true)]
async fn a_request_ends_with_the_last_of_its_reads() {
    let client = client(Duration::from_secs(30));
    let things = client.batch::<Thing>();
    let read = |id: &'static str| {
        let things = things.clone();
        tokio::spawn(async move { things.read(id).await.is_err() })
    };
    let (first, second) = (read("ends-1"), read("ends-2"));
    sleep(Duration::from_secs(1)).await;
    first.abort();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(queue::in_flight::<ReadThings>(&client), 1, "the other read waits");
    second.abort();
    sleep(Duration::from_millis(1)).await;
    assert_eq!(queue::in_flight::<ReadThings>(&client), 0);
}

#[tokio::test(start_paused = true)]
async fn a_read_that_is_not_polled_blocks_no_other() {
    let client = client(Duration::ZERO);
    let things = client.batch::<Thing>();
    let mut first = Box::pin(things.read("unpolled-1"));
    // It is the first of its request, and is polled once.
    assert!(
        std::future::poll_fn(|context| std::task::Poll::Ready(first.as_mut().poll(context).is_pending()))
            .await
    );
    read_all(&client, ["unpolled-2".to_owned()].into_iter()).await;
    assert_eq!(sizes("unpolled-"), [2]);
    assert!(first.await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_read_ends_within_the_timeout_of_its_own_client() {
    let client = client(Duration::from_secs(50));
    let first = tokio::spawn({
        let things = client.batch::<Thing>();
        async move { things.read("timeout-1").await }
    });
    tokio::task::yield_now().await;
    let quick = client.with(crate::CallOptions::new().timeout(Duration::from_secs(1)));
    let began = Instant::now();
    let error = quick.batch::<Thing>().read("timeout-2").await.unwrap_err();
    assert!(error.is_timeout() && error.is_retryable(), "{error}");
    assert_eq!(began.elapsed(), Duration::from_secs(1));
    assert!(!first.await.unwrap().unwrap_err().is_timeout(), "the other read has more time");
}

#[test]
fn a_runtime_that_is_not_running_blocks_no_read_of_another() {
    let runtime =
        || tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let client = client(Duration::ZERO);
    let idle = runtime();
    let things = client.batch::<Thing>();
    let abandoned = idle.spawn(async move { things.read("idle-1").await });
    idle.block_on(tokio::task::yield_now());
    runtime().block_on(read_all(&client, ["idle-2".to_owned()].into_iter()));
    assert_eq!(sizes("idle-"), [1]);
    drop(idle);
    drop(abandoned);
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    let client = client(Duration::ZERO);
    let things = client.batch::<Thing>();
    let read = std::pin::pin!(things.read("outside"));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = read.poll(&mut context) else { panic!("it was sent") };
    assert!(error.to_string().contains("Tokio runtime"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn queues_of_ended_runtimes_are_dropped() {
    static ENDED: AtomicUsize = AtomicUsize::new(0);
    let client = Arc::new(client(Duration::ZERO));
    for number in 0..20 {
        let client = Arc::clone(&client);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap();
            runtime.block_on(read_all(&client, [format!("ended-{number}")].into_iter()));
            ENDED.fetch_add(1, Ordering::SeqCst);
        })
        .join()
        .unwrap();
    }
    assert_eq!(ENDED.load(Ordering::SeqCst), 20);
    assert!(queue::count::<ReadThings>(&client) <= 2, "{}", queue::count::<ReadThings>(&client));
}

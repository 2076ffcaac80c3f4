//! Prefetching, cancellation and runtimes.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use osc_api::types::{ReadPublicIpRangesRequest, ReadUsersRequest};
use osc_tests::http::{Reply, Then};
use tokio::task::yield_now;

use crate::pagination::{Listing, all_names, client, listing, page_of, response, server};

/// Yields to all other tasks many times.
async fn run_other_tasks() {
    for _ in 0..500 {
        yield_now().await;
    }
}

#[tokio::test]
async fn exactly_the_configured_number_of_pages_is_prefetched() {
    for prefetch in [1, 2, 5] {
        let server = listing(20);
        let client = client(&server);
        let mut items = client.paginate(ReadPublicIpRangesRequest::new()).prefetch(prefetch);
        items.try_next().await.expect("no error").expect("an item");
        while server.requests().len() < 1 + prefetch {
            yield_now().await;
        }
        run_other_tasks().await;
        assert_eq!(server.requests().len(), 1 + prefetch);
        drop(items);
        run_other_tasks().await;
        assert_eq!(server.requests().len(), 1 + prefetch, "a dropped stream keeps fetching");
    }
}

#[tokio::test]
async fn without_prefetch_a_page_is_fetched_only_when_needed() {
    let server = listing(20);
    let mut items = client(&server).paginate(ReadPublicIpRangesRequest::new());
    items.try_next().await.expect("no error").expect("an item");
    run_other_tasks().await;
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn dropping_the_stream_cancels_the_request_in_flight() {
    // The server never sends the second page.
    let server = server(|request| match page_of(request) {
        0 => response(request, 2).into(),
        _ => Reply::Nothing(Then::Wait),
    });
    let client = client(&server);
    let mut items = client.paginate(ReadUsersRequest::new()).prefetch(1);
    items.try_next().await.expect("no error").expect("an item");
    while server.requests().len() < 2 {
        yield_now().await;
    }
    drop((items, client));
    // `finish` waits for all connections to close, and would hang if one were still open.
    run_other_tasks().await;
    assert_eq!(tokio::task::spawn_blocking(|| server.finish()).await.expect("no panic").requests.len(), 2);
}

/// Reads to the end with futures that are dropped after this number of polls.
async fn read_with_dropped_futures<R: Listing>(polls: usize, prefetch: usize) {
    let server = listing(20);
    let mut items = client(&server).paginate((R::ALL)()).prefetch(prefetch);
    let (mut names, mut dropped) = (Vec::new(), 0);
    'listing: loop {
        let mut next = pin!(items.next());
        for _ in 0..polls {
            match next.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(Some(item)) => {
                    names.push(R::name(item.expect("no error")));
                    continue 'listing;
                }
                Poll::Ready(None) => break 'listing,
                Poll::Pending => yield_now().await,
            }
        }
        dropped += 1;
    }
    assert_eq!(names, all_names(20), "{polls} polls, prefetch {prefetch}");
    // The first poll of a page sends the request, so it cannot be ready yet.
    assert!(polls > 1 || dropped > 0, "no future was dropped");
    assert_eq!(server.requests().len(), 20, "a page was fetched twice");
}

#[tokio::test]
async fn dropping_a_future_loses_no_item() {
    for polls in [1, 2, 4] {
        for prefetch in [0, 2] {
            read_with_dropped_futures::<ReadPublicIpRangesRequest>(polls, prefetch).await;
            read_with_dropped_futures::<ReadUsersRequest>(polls, prefetch).await;
        }
    }
}

#[test]
fn a_missing_or_dropped_runtime_causes_an_error_and_no_panic() {
    let server = listing(2);
    for prefetch in [0, 1] {
        let mut items = client(&server).paginate(ReadUsersRequest::new()).prefetch(prefetch);
        let next = pin!(items.next()).poll(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(Some(Err(error))) = next else { panic!("no error: {next:?}") };
        assert!(error.to_string().contains("runtime"), "{error}");
    }
    // If the runtime in which a stream began is dropped, its task ends and the stream continues.
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut items = client(&server).paginate(ReadUsersRequest::new()).prefetch(1);
    let mut names = Vec::new();
    for _ in 0..2 {
        let item = runtime().block_on(items.try_next()).expect("no error").expect("an item");
        names.push(ReadUsersRequest::name(item));
    }
    runtime().block_on(async {
        while let Some(item) = items.try_next().await.expect("no error") {
            names.push(ReadUsersRequest::name(item));
        }
    });
    assert_eq!(names, all_names(2));
}

#[test]
fn a_page_in_flight_is_fetched_again_when_its_runtime_is_dropped() {
    for prefetch in [0, 1] {
        let server = listing(2);
        let mut items = client(&server).paginate(ReadUsersRequest::new()).prefetch(prefetch);
        let runtime =
            || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let first = runtime();
        first.block_on(async {
            let next = pin!(items.next()).poll(&mut Context::from_waker(Waker::noop()));
            assert!(next.is_pending());
            while server.requests().is_empty() && prefetch > 0 {
                yield_now().await;
            }
        });
        drop(first);
        let (names, errors) = runtime().block_on(crate::pagination::read(items));
        assert_eq!(names, all_names(2), "prefetch {prefetch}: {errors:?}");
    }
}

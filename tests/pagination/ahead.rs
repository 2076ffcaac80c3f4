//! Fetching ahead, and those who do not wait.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use osc_api::types::{ReadPublicIpRangesRequest, ReadUsersRequest};
use osc_tests::http::{Reply, Then};
use tokio::task::yield_now;

use crate::{Listing, all_names, client, listing, page_of, response, server};

/// Lets everything else go on for a while.
async fn let_others_work() {
    for _ in 0..500 {
        yield_now().await;
    }
}

#[tokio::test]
async fn so_many_pages_are_fetched_while_the_first_is_consumed_and_no_more() {
    for ahead in [1, 2, 5] {
        let server = listing(20);
        let client = client(&server);
        let mut items = client.paginate(ReadPublicIpRangesRequest::new()).prefetch(ahead);
        items.try_next().await.expect("no error").expect("an item");
        while server.requests().len() < 1 + ahead {
            yield_now().await;
        }
        let_others_work().await;
        assert_eq!(server.requests().len(), 1 + ahead);
        drop(items);
        let_others_work().await;
        assert_eq!(server.requests().len(), 1 + ahead, "a stream that is gone goes on");
    }
}

#[tokio::test]
async fn without_prefetch_a_page_is_fetched_when_it_is_needed() {
    let server = listing(20);
    let mut items = client(&server).paginate(ReadPublicIpRangesRequest::new());
    items.try_next().await.expect("no error").expect("an item");
    let_others_work().await;
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_page_on_its_way_is_given_up_with_the_stream() {
    // The second page never comes.
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
    // The server waits for its connections: this would hang if one were still open.
    let_others_work().await;
    assert_eq!(tokio::task::spawn_blocking(|| server.finish()).await.expect("the end").requests.len(), 2);
}

/// Reads to the end by futures that are dropped after so many polls.
async fn impatient<R: Listing>(polls: usize, ahead: usize) {
    let server = listing(20);
    let mut items = client(&server).paginate((R::ALL)()).prefetch(ahead);
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
    assert_eq!(names, all_names(20), "{polls} polls, {ahead} ahead");
    // The first poll of a page asks for it, so that nothing can be there at once.
    assert!(polls > 1 || dropped > 0, "no future was dropped");
    assert_eq!(server.requests().len(), 20, "a page was fetched twice");
}

#[tokio::test]
async fn a_future_that_is_dropped_loses_nothing() {
    for polls in [1, 2, 4] {
        for ahead in [0, 2] {
            impatient::<ReadPublicIpRangesRequest>(polls, ahead).await;
            impatient::<ReadUsersRequest>(polls, ahead).await;
        }
    }
}

#[test]
fn without_a_runtime_it_is_an_error_and_no_panic() {
    let server = listing(2);
    for ahead in [0, 1] {
        let mut items = client(&server).paginate(ReadUsersRequest::new()).prefetch(ahead);
        let next = pin!(items.next()).poll(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(Some(Err(error))) = next else { panic!("no error: {next:?}") };
        assert!(error.to_string().contains("runtime"), "{error}");
    }
    // One that ended under a stream that was begun in it: the task is gone, the stream is not.
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
fn a_page_on_its_way_survives_its_runtime() {
    for ahead in [0, 1] {
        let server = listing(2);
        let mut items = client(&server).paginate(ReadUsersRequest::new()).prefetch(ahead);
        let runtime =
            || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let first = runtime();
        first.block_on(async {
            let next = pin!(items.next()).poll(&mut Context::from_waker(Waker::noop()));
            assert!(next.is_pending());
            while server.requests().is_empty() && ahead > 0 {
                yield_now().await;
            }
        });
        drop(first);
        let (names, errors) = runtime().block_on(crate::read(items));
        assert_eq!(names, all_names(2), "{ahead} ahead: {errors:?}");
    }
}

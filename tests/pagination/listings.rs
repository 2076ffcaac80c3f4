//! Pagination without failures.

use std::future::poll_fn;
use std::pin::Pin;

use futures_core::Stream;
use osc_api::types::{ReadEntitiesLinkedToPolicyRequest, ReadPublicIpRangesRequest, ReadUsersRequest};
use osc_tests::http::Response;
use serde_json::{Value, json};

use crate::pagination::{Listing, PER_PAGE, all_names, client, listing, names, read, server};

async fn check_items<R: Listing>() {
    for pages in [1, 2, 20] {
        for prefetch in [0, 1, 3, 50, usize::MAX] {
            let server = listing(pages);
            let (names, errors) = read(client(&server).paginate((R::ALL)()).prefetch(prefetch)).await;
            assert_eq!(names, all_names(pages), "{pages} pages, prefetch {prefetch}");
            assert!(errors.is_empty(), "{errors:?}");
            assert_eq!(server.requests().len(), pages);
        }
    }
}

#[tokio::test]
async fn pagination_by_token_returns_each_item_once() {
    check_items::<ReadPublicIpRangesRequest>().await;
}

#[tokio::test]
async fn pagination_by_first_item_returns_each_item_once() {
    check_items::<ReadUsersRequest>().await;
}

#[tokio::test]
async fn no_request_is_sent_before_an_item_is_requested() {
    let server = listing(2);
    let items = client(&server).paginate(ReadUsersRequest::new()).prefetch(1);
    assert!(format!("{items:?}").contains("ReadUsers"));
    drop(items);
    assert!(server.requests().is_empty());
}

/// The bodies of the requests that read two pages.
async fn bodies<R: Listing>(request: R, size: Option<u32>) -> Vec<Value> {
    let server = listing(2);
    let mut items = client(&server).paginate(request);
    if let Some(size) = size {
        items = items.page_size(size);
    }
    let (names, _) = read(items).await;
    assert_eq!(names, all_names(2));
    server.requests().iter().map(|request| request.json()).collect()
}

#[tokio::test]
async fn requests_carry_the_pagination_fields_of_the_api() {
    let token = |size: i64| {
        [json!({ "ResultsPerPage": size }), json!({ "ResultsPerPage": size, "NextPageToken": "page 1" })]
    };
    let request = ReadPublicIpRangesRequest::new;
    assert_eq!(bodies(request(), None).await, token(1000));
    assert_eq!(bodies(request().results_per_page(7), None).await, token(7));
    assert_eq!(bodies(request().results_per_page(7), Some(9)).await, token(9));
    let users = ReadUsersRequest::new;
    assert_eq!(bodies(users(), None).await, [json!({}), json!({ "FirstItem": PER_PAGE })]);
    let sized = [json!({ "ResultsPerPage": 5 }), json!({ "ResultsPerPage": 5, "FirstItem": PER_PAGE })];
    assert_eq!(bodies(users(), Some(5)).await, sized);
}

#[tokio::test]
async fn all_other_fields_are_repeated_in_the_request_of_each_page() {
    let server = listing(3);
    let request = ReadPublicIpRangesRequest::new().dry_run(false);
    let all: Vec<String> = client(&server).paginate(request).try_collect().await.expect("all items");
    assert_eq!(all, all_names(3));
    assert!(server.requests().iter().all(|request| request.json()["DryRun"] == json!(false)));
}

#[tokio::test]
async fn pages_are_complete_responses() {
    let server = listing(4);
    let mut pages = client(&server).paginate(ReadUsersRequest::new()).prefetch(1).pages();
    for page in 0..4 {
        let response = pages.try_next().await.expect("no error").expect("a page");
        let page_names: Vec<_> = response.users.into_iter().map(ReadUsersRequest::name).collect();
        assert_eq!((page_names, response.has_more_items), (names(page), Some(page < 3)));
    }
    assert!(pages.next().await.is_none() && pages.next_page().is_none());
}

#[tokio::test]
async fn a_page_token_continues_a_listing_in_another_process() {
    let server = listing(6);
    let mut pages = client(&server).paginate(ReadPublicIpRangesRequest::new().results_per_page(50)).pages();
    let mut names: Vec<String> = Vec::new();
    for _ in 0..2 {
        names.extend(pages.try_next().await.expect("no error").expect("a page").public_ips);
    }
    let token = pages.next_page().and_then(|request| request.next_page_token.clone()).expect("a token");
    drop(pages);
    // The other process has only the token.
    let request = ReadPublicIpRangesRequest::new().next_page_token(token);
    let (rest, _) = read(client(&server).paginate(request)).await;
    names.extend(rest);
    assert_eq!(names, all_names(6));
}

#[tokio::test]
async fn next_page_is_the_page_after_the_last_returned_item() {
    let server = listing(3);
    let mut items = client(&server).paginate(ReadUsersRequest::new()).prefetch(2);
    assert_eq!(items.next_page().map(|request| request.first_item), Some(None));
    for page in 1..=3 {
        for _ in 0..PER_PAGE {
            items.try_next().await.expect("no error").expect("an item");
            let next = items.next_page().map(|request| request.first_item);
            assert_eq!(next, (page < 3).then_some(Some((page * PER_PAGE) as i64)));
        }
    }
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn items_and_pages_are_streams() {
    let server = listing(2);
    let mut items = client(&server).paginate(ReadUsersRequest::new());
    let mut names = Vec::new();
    assert_eq!(items.size_hint(), (0, None));
    while let Some(item) = poll_fn(|context| Pin::new(&mut items).poll_next(context)).await {
        names.push(ReadUsersRequest::name(item.expect("no error")));
        let remaining = PER_PAGE - (names.len() - 1) % PER_PAGE - 1;
        assert_eq!(items.size_hint(), (remaining, (names.len() > PER_PAGE).then_some(remaining)));
    }
    assert_eq!(names, all_names(2));
    let mut pages = client(&server).paginate(ReadUsersRequest::new()).pages();
    let first = poll_fn(|context| Pin::new(&mut pages).poll_next(context)).await;
    assert_eq!(first.expect("a page").expect("no error").users.len(), PER_PAGE);
}

#[tokio::test]
async fn items_of_several_lists_are_returned_in_one_sequence() {
    let pages = [
        json!({ "Accounts": [{ "Id": "a" }], "Groups": [{ "Id": "b" }, { "Id": "c" }], "HasMoreItems": true }),
        json!({ "Users": [{ "Id": "d" }, { "Id": "e" }], "HasMoreItems": false }),
    ];
    let server = server(move |request| {
        let page = usize::from(request.json()["FirstItem"] == json!(3));
        Response::json(200, &json!({ "PolicyEntities": pages[page] }))
    });
    let items = client(&server).paginate(ReadEntitiesLinkedToPolicyRequest::new("orn"));
    let all: Vec<_> = items.try_collect().await.expect("all items");
    let ids: Vec<_> = all.into_iter().filter_map(|entity| entity.id).collect();
    assert_eq!(ids, ["a", "b", "c", "d", "e"]);
    assert_eq!(server.requests().len(), 2);
}

//! Paginated actions as iterators.

use std::sync::atomic::{AtomicUsize, Ordering};

use osc_api::Error;
use osc_api::types::{ReadUsersRequest, ReadVmsRequest, Vm};
use osc_tests::http::{Request, Response};
use osc_tests::server::Server;
use serde_json::{Value, json};

use crate::blocking::{builder, client, server};

/// Number of pages.
const PAGES: usize = 5;
/// Number of VMs per page.
const SIZE: usize = 3;

/// A page of VMs; its token is its number.
fn page(request: &Request) -> Response {
    let number = request.json()["NextPageToken"].as_str().map_or(0, |token| token.parse().expect("a token"));
    let vms: Vec<Value> = (0..SIZE).map(|vm| json!({ "VmId": id(number * SIZE + vm) })).collect();
    let next = if number + 1 < PAGES { json!((number + 1).to_string()) } else { Value::Null };
    Response::json(200, &json!({ "Vms": vms, "NextPageToken": next }))
}

fn id(number: usize) -> String {
    format!("i-{number:08}")
}

fn all() -> Vec<String> {
    (0..PAGES * SIZE).map(id).collect()
}

fn ids(vms: impl IntoIterator<Item = Result<Vm, Error>>) -> Vec<String> {
    vms.into_iter().map(|vm| vm.expect("an item").vm_id.expect("an ID").into()).collect()
}

/// The tokens and page sizes of the requests received.
fn tokens_and_sizes(server: &Server) -> Vec<(Option<String>, Option<i64>)> {
    let bodies = server.requests().into_iter().map(|request| request.json());
    bodies
        .map(|body| (body["NextPageToken"].as_str().map(str::to_owned), body["ResultsPerPage"].as_i64()))
        .collect()
}

#[test]
fn items_are_returned_once_and_in_order() {
    for prefetch in [0, 1, 10] {
        let server = server(page);
        let vms = client(&server).paginate(ReadVmsRequest::new()).page_size(3).prefetch(prefetch);
        assert_eq!(ids(vms), all());
        let expected = (0..PAGES).map(|page| ((page > 0).then(|| page.to_string()), Some(3)));
        assert_eq!(tokens_and_sizes(&server), expected.collect::<Vec<_>>());
    }
}

#[test]
fn a_page_is_fetched_only_when_its_first_item_is_requested() {
    let server = server(page);
    let mut vms = client(&server).paginate(ReadVmsRequest::new());
    assert_eq!((server.requests().len(), vms.size_hint()), (0, (0, None)));
    for number in 0..SIZE {
        assert_eq!(ids(vms.next()), [id(number)]);
        assert_eq!((server.requests().len(), vms.size_hint().0), (1, SIZE - 1 - number));
    }
    assert_eq!(vms.next_page().and_then(|request| request.next_page_token.as_deref()), Some("1"));
    assert_eq!(ids(vms.by_ref().take(1)), [id(SIZE)]);
    assert_eq!(server.requests().len(), 2);
    assert_eq!(ids(vms.by_ref()).len(), (PAGES - 1) * SIZE - 1);
    assert!(vms.next().is_none() && vms.next_page().is_none());
    assert_eq!((vms.size_hint(), server.requests().len()), ((0, Some(0)), PAGES));
}

#[test]
fn pages_are_returned_as_complete_responses() {
    let server = server(page);
    let mut pages = client(&server).paginate(ReadVmsRequest::new()).pages();
    let first = pages.next().expect("a page").expect("no error");
    assert_eq!(first.vms.len(), SIZE);
    assert_eq!(pages.next_page().and_then(|request| request.next_page_token.as_deref()), Some("1"));
    assert_eq!(pages.by_ref().filter(Result::is_ok).count(), PAGES - 1);
    assert!(pages.next().is_none() && pages.next_page().is_none());
}

#[test]
fn a_failed_page_is_fetched_again() {
    for prefetch in [0, 1] {
        // Every second request fails, the first one included.
        let number = AtomicUsize::new(0);
        let server = server(move |request| match number.fetch_add(1, Ordering::SeqCst) % 2 {
            0 => Response::new(500, ""),
            _ => page(request),
        });
        let client =
            builder(&server).retry(osc_api::RetryPolicy::none()).blocking().build().expect("a client");
        let mut vms = client.paginate(ReadVmsRequest::new()).prefetch(prefetch);
        let (mut read, mut failures) = (Vec::new(), 0);
        for vm in vms.by_ref() {
            match vm {
                Ok(vm) => read.extend(vm.vm_id.map(String::from)),
                Err(error) => {
                    assert!(error.is_server_error(), "{error:?}");
                    failures += 1;
                }
            }
        }
        assert_eq!((read, failures), (all(), PAGES));
    }
}

#[test]
fn a_repeated_page_token_is_an_error_that_ends_the_iteration() {
    let server =
        server(|_| Response::json(200, &json!({ "Vms": [{ "VmId": "i-1" }], "NextPageToken": "again" })));
    let mut vms = client(&server).paginate(ReadVmsRequest::new());
    let error = vms.find_map(Result::err).expect("an error");
    assert!(error.is_pagination(), "{error:?}");
    assert!(vms.next().is_none());
}

#[test]
fn actions_paginated_by_item_number_are_iterators_too() {
    let server = server(|request| {
        let first = request.json()["FirstItem"].as_i64().unwrap_or_default();
        Response::json(200, &json!({ "Users": [{ "UserId": first.to_string() }], "HasMoreItems": first < 4 }))
    });
    let users: Result<Vec<_>, _> = client(&server).paginate(ReadUsersRequest::new()).collect();
    let ids: Vec<_> = users.expect("items").into_iter().filter_map(|user| user.user_id).collect();
    assert_eq!(ids, ["0", "1", "2", "3", "4"]);
}

//! The way through a listing, without a network.

use crate::error::ErrorRepr;
use crate::types::{
    MinimalPolicy, PolicyEntities, ReadEntitiesLinkedToPolicyRequest, ReadEntitiesLinkedToPolicyResponse,
    ReadPublicIpRangesRequest, ReadPublicIpRangesResponse, ReadUsersRequest, ReadUsersResponse, User,
};
use crate::{ApiError, Client, Error, Items, Pages, Paginated};

use super::cursor::Walk;

fn ranges(items: usize, token: Option<&str>) -> ReadPublicIpRangesResponse {
    ReadPublicIpRangesResponse {
        public_ips: vec![String::new(); items],
        next_page_token: token.map(str::to_owned),
        ..Default::default()
    }
}

fn users(items: usize, more: Option<bool>) -> ReadUsersResponse {
    ReadUsersResponse { users: vec![User::default(); items], has_more_items: more, ..Default::default() }
}

/// An answer of the server with an error.
fn refusal(status: u16, code: u32) -> Error {
    let body = format!(r#"{{"Errors": [{{"Type": "T", "Code": "{code}"}}]}}"#);
    Error::new("ReadPublicIpRanges", ErrorRepr::Api(ApiError::new(status, body.as_bytes(), None)))
}

#[test]
fn a_token_is_sent_with_a_page_size() {
    let mut walk = Walk::new(ReadPublicIpRangesRequest::new());
    walk.advance(&ranges(3, Some("two")));
    let request = walk.wanted().expect("a next page");
    assert_eq!((request.next_page_token.as_deref(), request.results_per_page), (Some("two"), Some(1000)));
    walk.set_size(7);
    walk.advance(&ranges(0, Some("three")));
    let request = walk.wanted().expect("a next page");
    assert_eq!((request.next_page_token.as_deref(), request.results_per_page), (Some("three"), Some(7)));
}

#[test]
fn a_listing_ends_with_a_missing_or_an_empty_token() {
    for token in [None, Some("")] {
        let mut walk = Walk::new(ReadPublicIpRangesRequest::new().results_per_page(5));
        assert_eq!(walk.wanted().and_then(|request| request.results_per_page), Some(5));
        walk.advance(&ranges(5, token));
        assert!(walk.is_over() && walk.place().is_none() && walk.take_dead_end().is_none());
    }
}

#[test]
fn a_listing_by_first_item_counts_what_it_got() {
    let mut walk = Walk::new(ReadUsersRequest::new().first_item(10));
    walk.advance(&users(3, Some(true)));
    walk.advance(&users(4, Some(true)));
    let request = walk.wanted().expect("a next page");
    assert_eq!((request.first_item, request.results_per_page), (Some(17), None));
    for more in [None, Some(false)] {
        let mut walk = walk.clone();
        walk.advance(&users(0, more));
        assert!(walk.is_over());
    }
}

#[test]
fn all_lists_of_a_page_count() {
    let mut walk = Walk::new(ReadEntitiesLinkedToPolicyRequest::new("orn"));
    let list = |n| vec![MinimalPolicy::default(); n];
    let inside = PolicyEntities {
        accounts: list(1),
        groups: list(2),
        users: list(4),
        has_more_items: Some(true),
        ..Default::default()
    };
    let answer = ReadEntitiesLinkedToPolicyResponse { policy_entities: Some(inside), ..Default::default() };
    walk.advance(&answer);
    assert_eq!(walk.wanted().and_then(|request| request.first_item), Some(7));
    assert_eq!(<ReadEntitiesLinkedToPolicyRequest as Paginated>::items(answer).len(), 7);
    walk.advance(&ReadEntitiesLinkedToPolicyResponse::default());
    assert!(walk.is_over());
}

#[test]
fn an_empty_page_that_claims_more_is_a_dead_end() {
    let mut walk = Walk::new(ReadUsersRequest::new());
    walk.advance(&users(0, Some(true)));
    assert!(!walk.is_over() && walk.wanted().is_none());
    assert!(walk.take_dead_end().is_some_and(|reason| reason.contains("without any")));
    assert!(walk.is_over() && walk.take_dead_end().is_none());
}

#[test]
fn a_circle_of_tokens_is_a_dead_end_however_long_it_is() {
    for before in [0, 1, 5, 100] {
        for length in [1, 2, 3, 7, 64, 1000] {
            let mut walk = Walk::new(ReadPublicIpRangesRequest::new());
            let mut pages = 0;
            while walk.wanted().is_some() {
                let token = if pages < before { pages } else { before + (pages - before) % length };
                walk.advance(&ranges(1, Some(&token.to_string())));
                pages += 1;
                assert!(pages <= 4 * (before + length) + 8, "{before} pages, then a circle of {length}");
            }
            assert!(pages > before + length, "{before}, {length}: stopped at {pages}");
            assert!(walk.take_dead_end().is_some_and(|reason| reason.contains("again")));
        }
    }
}

#[test]
fn empty_pages_without_an_end_are_a_dead_end() {
    let mut walk = Walk::new(ReadPublicIpRangesRequest::new());
    let mut pages = 0;
    while walk.wanted().is_some() {
        walk.advance(&ranges(usize::from(pages == 500), Some(&pages.to_string())));
        pages += 1;
        assert!(pages < 2000);
    }
    // The one that was not empty began the count anew.
    assert_eq!(pages, 1501);
    assert!(walk.take_dead_end().is_some_and(|reason| reason.contains("nothing but empty pages")));
}

#[test]
fn a_refused_token_is_the_end_and_says_so() {
    for code in [4116, 4117] {
        let mut walk = Walk::new(ReadPublicIpRangesRequest::new());
        walk.advance(&ranges(1, Some("old")));
        let error = walk.failed(refusal(400, code));
        assert!(walk.is_over() && walk.place().is_none());
        assert!(error.is_pagination() && error.is_validation() && error.has_code(code), "{error:?}");
        assert!(!error.is_retryable());
        let text = error.to_string();
        let expected = "ReadPublicIpRanges cannot list any further: the server does not take the token";
        assert!(text.starts_with(expected) && text.contains(&code.to_string()), "{text}");
    }
}

#[test]
fn a_page_may_fail_twice_for_a_reason_that_stays_and_for_ever_for_one_that_passes() {
    let mut walk = Walk::new(ReadPublicIpRangesRequest::new());
    for _ in 0..10 {
        assert!(walk.failed(refusal(503, 6)).is_retryable());
        assert!(walk.wanted().is_some());
    }
    walk.failed(refusal(403, 5));
    walk.failed(refusal(429, 24));
    walk.failed(refusal(403, 5));
    assert!(walk.wanted().is_some());
    walk.advance(&ranges(1, Some("two")));
    walk.failed(refusal(403, 5));
    assert!(walk.wanted().is_some(), "this page failed once only");
    walk.failed(refusal(403, 5));
    assert!(walk.is_over());
    assert_eq!(walk.place().and_then(|request| request.next_page_token.as_deref()), Some("two"));
}

#[test]
fn streams_and_their_futures_go_anywhere() {
    fn movable<T: Send + Unpin + 'static>() {}
    fn sendable<T: Send>(_: T) {}
    movable::<Items<ReadUsersRequest>>();
    movable::<Pages<ReadUsersRequest>>();
    // Compiled only: they would need a client.
    _ = |client: Client| {
        let mut items = client.paginate(ReadUsersRequest::new());
        sendable(items.next());
        sendable(items.try_next());
        sendable(items.try_collect::<Vec<_>>());
        sendable(client.paginate(ReadUsersRequest::new()).pages().next());
    };
}

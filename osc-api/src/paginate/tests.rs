//! The page cursor, without a network.

use crate::error::ErrorRepr;
use crate::types::{
    MinimalPolicy, PolicyEntities, ReadEntitiesLinkedToPolicyRequest, ReadEntitiesLinkedToPolicyResponse,
    ReadPublicIpRangesRequest, ReadPublicIpRangesResponse, ReadUsersRequest, ReadUsersResponse, User,
};
use crate::{ApiError, Client, Error, Items, Pages, Paginated};

use super::cursor::PageCursor;

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

/// An error response.
fn error_response(status: u16, code: u32) -> Error {
    let body = format!(r#"{{"Errors": [{{"Type": "T", "Code": "{code}"}}]}}"#);
    Error::new("ReadPublicIpRanges", ErrorRepr::Api(ApiError::new(status, body.as_bytes(), None)))
}

#[test]
fn a_token_is_sent_with_a_page_size() {
    let mut cursor = PageCursor::new(ReadPublicIpRangesRequest::new());
    cursor.advance(&ranges(3, Some("two")));
    let request = cursor.request().expect("a next page");
    assert_eq!((request.next_page_token.as_deref(), request.results_per_page), (Some("two"), Some(1000)));
    cursor.set_size(7);
    cursor.advance(&ranges(0, Some("three")));
    let request = cursor.request().expect("a next page");
    assert_eq!((request.next_page_token.as_deref(), request.results_per_page), (Some("three"), Some(7)));
}

#[test]
fn pagination_ends_with_a_missing_or_empty_token() {
    for token in [None, Some("")] {
        let mut cursor = PageCursor::new(ReadPublicIpRangesRequest::new().results_per_page(5));
        assert_eq!(cursor.request().and_then(|request| request.results_per_page), Some(5));
        cursor.advance(&ranges(5, token));
        assert!(cursor.is_finished() && cursor.position().is_none() && cursor.take_failure().is_none());
    }
}

#[test]
fn first_item_advances_by_the_number_of_items() {
    let mut cursor = PageCursor::new(ReadUsersRequest::new().first_item(10));
    cursor.advance(&users(3, Some(true)));
    cursor.advance(&users(4, Some(true)));
    let request = cursor.request().expect("a next page");
    assert_eq!((request.first_item, request.results_per_page), (Some(17), None));
    for more in [None, Some(false)] {
        let mut cursor = cursor.clone();
        cursor.advance(&users(0, more));
        assert!(cursor.is_finished());
    }
}

#[test]
fn pagination_ends_where_no_further_item_can_be_requested() {
    let mut cursor = PageCursor::new(ReadUsersRequest::new().first_item(i64::MAX - 1));
    cursor.advance(&users(1, Some(true)));
    assert_eq!(cursor.request().and_then(|request| request.first_item), Some(i64::MAX));
    cursor.advance(&users(1, Some(true)));
    assert!(cursor.request().is_none() && cursor.take_failure().is_some());
}

#[test]
fn items_of_all_lists_of_a_page_are_counted() {
    let mut cursor = PageCursor::new(ReadEntitiesLinkedToPolicyRequest::new("orn"));
    let list = |n| vec![MinimalPolicy::default(); n];
    let inside = PolicyEntities {
        accounts: list(1),
        groups: list(2),
        users: list(4),
        has_more_items: Some(true),
        ..Default::default()
    };
    let response = ReadEntitiesLinkedToPolicyResponse { policy_entities: Some(inside), ..Default::default() };
    cursor.advance(&response);
    assert_eq!(cursor.request().and_then(|request| request.first_item), Some(7));
    assert_eq!(<ReadEntitiesLinkedToPolicyRequest as Paginated>::items(response).len(), 7);
    cursor.advance(&ReadEntitiesLinkedToPolicyResponse::default());
    assert!(cursor.is_finished());
}

#[test]
fn an_empty_page_that_claims_more_items_ends_pagination() {
    let mut cursor = PageCursor::new(ReadUsersRequest::new());
    cursor.advance(&users(0, Some(true)));
    assert!(!cursor.is_finished() && cursor.request().is_none());
    assert!(cursor.take_failure().is_some_and(|reason| reason.contains("empty page")));
    assert!(cursor.is_finished() && cursor.take_failure().is_none());
}

#[test]
fn a_cycle_of_tokens_of_any_length_ends_pagination() {
    for before in [0, 1, 5, 100] {
        for length in [1, 2, 3, 7, 64, 1000] {
            let mut cursor = PageCursor::new(ReadPublicIpRangesRequest::new());
            let mut pages = 0;
            while cursor.request().is_some() {
                let token = if pages < before { pages } else { before + (pages - before) % length };
                cursor.advance(&ranges(1, Some(&token.to_string())));
                pages += 1;
                assert!(pages <= 4 * (before + length) + 8, "{before} pages, then a cycle of {length}");
            }
            assert!(pages > before + length, "{before}, {length}: stopped at {pages}");
            assert!(cursor.take_failure().is_some_and(|reason| reason.contains("repeated")));
        }
    }
}

#[test]
fn endless_empty_pages_end_pagination() {
    let mut cursor = PageCursor::new(ReadPublicIpRangesRequest::new());
    let mut pages = 0;
    while cursor.request().is_some() {
        cursor.advance(&ranges(usize::from(pages == 500), Some(&pages.to_string())));
        pages += 1;
        assert!(pages < 2000);
    }
    // The page that was not empty restarted the count.
    assert_eq!(pages, 1501);
    assert!(cursor.take_failure().is_some_and(|reason| reason.contains("empty pages in a row")));
}

#[test]
fn a_refused_token_ends_pagination_with_the_server_error() {
    for code in [4116, 4117] {
        let mut cursor = PageCursor::new(ReadPublicIpRangesRequest::new());
        cursor.advance(&ranges(1, Some("old")));
        let error = cursor.failed(error_response(400, code));
        assert!(cursor.is_finished() && cursor.position().is_none());
        assert!(error.is_pagination() && error.is_validation() && error.has_code(code), "{error:?}");
        assert!(!error.is_retryable());
        let text = error.to_string();
        let expected = "ReadPublicIpRanges cannot continue pagination: the server refused the page token";
        assert!(text.starts_with(expected) && text.contains(&code.to_string()), "{text}");
    }
}

#[test]
fn a_page_may_fail_permanently_once_and_temporarily_without_limit() {
    let mut cursor = PageCursor::new(ReadPublicIpRangesRequest::new());
    for _ in 0..10 {
        assert!(cursor.failed(error_response(503, 6)).is_retryable());
        assert!(cursor.request().is_some());
    }
    cursor.failed(error_response(403, 5));
    cursor.failed(error_response(429, 24));
    cursor.failed(error_response(403, 5));
    assert!(cursor.request().is_some());
    cursor.advance(&ranges(1, Some("two")));
    cursor.failed(error_response(403, 5));
    assert!(cursor.request().is_some(), "this page failed only once");
    cursor.failed(error_response(403, 5));
    assert!(cursor.is_finished());
    assert_eq!(cursor.position().and_then(|request| request.next_page_token.as_deref()), Some("two"));
}

#[test]
fn streams_and_their_futures_are_send() {
    fn movable<T: Send + Unpin + 'static>() {}
    fn sendable<T: Send>(_: T) {}
    movable::<Items<ReadUsersRequest>>();
    movable::<Pages<ReadUsersRequest>>();
    // Only compiled.
    _ = |client: Client| {
        let mut items = client.paginate(ReadUsersRequest::new());
        sendable(items.next());
        sendable(items.try_next());
        sendable(items.try_collect::<Vec<_>>());
        sendable(client.paginate(ReadUsersRequest::new()).pages().next());
    };
}

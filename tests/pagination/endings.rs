//! Pagination that cannot continue: an error, then the end.

use osc_api::types::{ReadPublicIpRangesRequest, ReadUsersRequest};
use osc_api::{Error, codes};
use osc_tests::cloud::refusal;
use osc_tests::http::{Request, Response};
use serde_json::json;

use crate::pagination::{Listing, all_names, client, listing, page_of, read, response, server};

/// Reads all pages, which must yield exactly one error. Returns the names, the error and the number of requests.
async fn read_until_error<R: Listing>(
    prefetch: usize,
    handler: impl Fn(&Request) -> Response + Send + Sync + 'static,
) -> (Vec<String>, Error, usize) {
    let server = server(handler);
    let (names, mut errors) = read(client(&server).paginate((R::ALL)()).prefetch(prefetch)).await;
    let error = errors.pop().expect("an error");
    assert!(errors.is_empty(), "more than one error: {errors:?}");
    assert!(error.is_pagination() && !error.is_retryable(), "{error:?}");
    (names, error, server.requests().len())
}

#[tokio::test]
async fn a_repeated_token_is_an_error_after_all_items_before_it() {
    for prefetch in [0, 1] {
        let (names, error, requests) = read_until_error::<ReadPublicIpRangesRequest>(prefetch, |request| {
            let page = page_of(request);
            let items = crate::pagination::names(page);
            // The third page repeats its own token.
            let token = format!("page {}", (page + 1).min(2));
            Response::json(200, &json!({ "PublicIps": items, "NextPageToken": token }))
        })
        .await;
        assert_eq!((names, requests), (all_names(3), 3));
        let expected = "ReadPublicIpRanges cannot continue pagination: the server repeated a page token";
        assert!(error.to_string().starts_with(expected), "{error}");
        assert!(error.api().is_none());
    }
}

#[tokio::test]
async fn an_empty_page_that_claims_more_is_an_error() {
    let (names, error, requests) =
        read_until_error::<ReadUsersRequest>(1, |request| match page_of(request) {
            0 | 1 => response(request, 9),
            _ => Response::json(200, &json!({ "Users": [], "HasMoreItems": true })),
        })
        .await;
    assert_eq!((names, requests), (all_names(2), 3));
    assert!(error.to_string().contains("returned an empty page"), "{error}");
}

#[tokio::test]
async fn empty_pages_with_a_token_are_skipped() {
    let server = server(|request| match page_of(request) {
        page @ (0 | 2 | 3) => Response::json(200, &json!({ "NextPageToken": format!("page {}", page + 1) })),
        _ => response(request, 5),
    });
    let (names, errors) = read(client(&server).paginate(ReadPublicIpRangesRequest::new())).await;
    assert_eq!(
        (names, errors.len()),
        ([crate::pagination::names(1), crate::pagination::names(4)].concat(), 0)
    );
}

#[tokio::test]
async fn an_expired_token_is_an_error_with_a_hint() {
    for code in [codes::PAGE_TOKEN_EXPIRED, codes::INVALID_PAGE_TOKEN] {
        for prefetch in [0, 1] {
            let (names, error, requests) =
                read_until_error::<ReadPublicIpRangesRequest>(prefetch, move |request| {
                    match page_of(request) {
                        0..=3 => response(request, 9),
                        _ => refusal(400, &code.to_string(), "InvalidParameterValue", ""),
                    }
                })
                .await;
            assert_eq!((names, requests), (all_names(4), 5));
            assert!(error.has_code(code) && error.is_validation() && error.request_id().is_some());
            assert!(error.to_string().contains("list again from the beginning"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_permanent_error_is_returned_twice_and_then_ends_the_listing() {
    let denying = server(|request| match page_of(request) {
        0 | 1 => response(request, 5),
        _ => refusal(403, "5", "AccessDenied", ""),
    });
    let mut items = client(&denying).paginate(ReadPublicIpRangesRequest::new());
    let mut results = Vec::new();
    while let Some(item) = items.next().await {
        results.push(item.map_err(|error| error.is_access_denied()));
    }
    let expected: Vec<_> = all_names(2).into_iter().map(Ok).chain([Err(true), Err(true)]).collect();
    assert_eq!(results, expected);
    assert!(items.next().await.is_none());
    assert_eq!(denying.requests().len(), 4);
    // Once the error is resolved, a new listing can continue at the same page.
    let next_page = items.next_page().expect("a next page").clone();
    let (rest, _) = read(client(&listing(5)).paginate(next_page)).await;
    assert_eq!(rest, all_names(5).split_off(all_names(2).len()));
}

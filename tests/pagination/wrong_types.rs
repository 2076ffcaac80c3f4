//! Pages whose list, page token or flag has the wrong type: no item is lost without an error.

use std::sync::Mutex;

use osc_api::types::{ReadEntitiesLinkedToPolicyRequest, ReadPublicIpRangesRequest, ReadUsersRequest};
use osc_tests::http::Response;
use osc_tests::server::Server;
use serde_json::{Value, json};

use crate::pagination::{Listing, all_names, client, page_of, read, response, server};

const PAGES: usize = 4;

/// A server that once returns this page with a member of the wrong type.
fn wrong_once(page: usize, member: &'static str, value: Value) -> Server {
    let is_wrong = Mutex::new(true);
    server(move |request| {
        let valid = response(request, PAGES);
        let mut is_wrong = is_wrong.lock().expect("no panic");
        if page_of(request) != page || !*is_wrong {
            return valid;
        }
        *is_wrong = false;
        let mut body = valid.to_json();
        body[member] = value.clone();
        Response::json(200, &body)
    })
}

async fn check<R: Listing>(member: &'static str, values: &[Value]) {
    for value in values {
        for page in 0..PAGES {
            for prefetch in [0, 2] {
                let case = format!("{member} is {value} on page {page}, prefetch {prefetch}");
                let server = wrong_once(page, member, value.clone());
                let (names, errors) = read(client(&server).paginate((R::ALL)()).prefetch(prefetch)).await;
                assert_eq!(names, all_names(PAGES), "{case}");
                assert_eq!(errors.len(), 1, "{case}: {errors:?}");
                assert!(
                    errors[0].is_decode() && errors[0].to_string().contains(member),
                    "{case}: {}",
                    errors[0]
                );
            }
        }
    }
}

#[tokio::test]
async fn a_list_of_the_wrong_type_is_an_error_and_loses_no_item() {
    check::<ReadPublicIpRangesRequest>("PublicIps", &[json!(true), json!({ "a": 1 })]).await;
    check::<ReadUsersRequest>("Users", &[json!(true), json!("none"), json!(5)]).await;
}

#[tokio::test]
async fn a_page_token_or_flag_of_the_wrong_type_is_an_error_and_loses_no_item() {
    check::<ReadPublicIpRangesRequest>("NextPageToken", &[json!(false), json!({}), json!(["page 1"])]).await;
    check::<ReadUsersRequest>("HasMoreItems", &[json!("yes"), json!(7), json!({}), json!([true])]).await;
}

#[tokio::test]
async fn a_nested_page_of_the_wrong_type_is_an_error() {
    for entities in [
        json!(5),
        json!({ "Accounts": true }),
        json!({ "HasMoreItems": "yes" }),
        json!({ "Users": "none", "HasMoreItems": false }),
    ] {
        let body = json!({ "PolicyEntities": entities });
        let server = server(move |_| Response::json(200, &body));
        let mut items = client(&server)
            .paginate(ReadEntitiesLinkedToPolicyRequest::new("orn:ows:idauth::012345678910:policy/x"));
        let error = items.try_next().await.expect_err("an error");
        assert!(error.is_decode(), "{error}");
    }
}

#[tokio::test]
async fn other_members_of_the_wrong_type_cost_only_their_field() {
    for (member, value) in [("MaxResultsLimit", json!("many")), ("ResponseContext", json!(5))] {
        let server = wrong_once(1, member, value);
        let (names, errors) = read(client(&server).paginate(ReadUsersRequest::new())).await;
        assert_eq!((names, errors.len()), (all_names(PAGES), 0), "{member}: {errors:?}");
    }
    let server = server(|request| {
        let mut body = response(request, PAGES).to_json();
        let more = body["HasMoreItems"].as_bool().expect("a boolean");
        body["HasMoreItems"] = json!(more.to_string());
        Response::json(200, &body)
    });
    let (names, errors) = read(client(&server).paginate(ReadUsersRequest::new())).await;
    assert_eq!((names, errors.len()), (all_names(PAGES), 0), "{errors:?}");
}

/// A single call has no next page to lose.
#[tokio::test]
async fn in_a_single_call_a_list_of_the_wrong_type_is_empty() {
    let body = json!({ "Users": true, "HasMoreItems": "yes" });
    let server = server(move |_| Response::json(200, &body));
    let response = client(&server).read_users(&ReadUsersRequest::new()).await.expect("a response");
    assert!(response.users.is_empty() && response.has_more_items.is_none());
}

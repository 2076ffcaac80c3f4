//! Everything that can go wrong with a page, at every page: nothing is lost, nothing comes twice.

use std::collections::BTreeSet;
use std::sync::Mutex;

use osc_api::types::{ReadPublicIpRangesRequest, ReadUsersRequest};
use osc_tests::cloud::refusal;
use osc_tests::http::{Reply, Response, Then};
use osc_tests::server::Server;

use crate::{Listing, all_names, client, page_of, read, response, server};

const PAGES: usize = 20;

/// What comes in place of the good response.
type Fault = fn(Response) -> Reply;

const FAULTS: &[(&str, Fault)] = &[
    ("status 500", |_| Response::new(500, "").into()),
    ("a gateway's page", |_| {
        Response::new(502, "<html>no</html>").header("Content-Type", "text/html").into()
    }),
    ("throttled by the platform", |_| refusal(503, "6", "Throttled", "").into()),
    ("not authenticated", |_| refusal(401, "1", "AccessDenied", "").into()),
    ("not allowed", |_| refusal(403, "5", "AccessDenied", "").into()),
    ("wrong parameter", |_| refusal(400, "4000", "InvalidParameter", "").into()),
    ("no response", |_| Reply::Nothing(Then::HangUp)),
    ("no response, and a broken connection", |_| Reply::Nothing(Then::Reset)),
    ("half of the response", |good| Reply::Part(good, 20, Then::HangUp)),
    ("no HTTP", |_| Reply::Raw(b"hello\r\n\r\n".to_vec(), Then::HangUp)),
    ("no JSON", |_| Response::new(200, "fine").into()),
    ("JSON that stops", |_| Response::new(200, "{\"PublicIps\": [\"item 0\"").into()),
    ("JSON of another form", |_| Response::new(200, "{\"PublicIps\": 1, \"Users\": 1}").into()),
];

/// A server that fails once on each of these pages.
fn failing(fault: Fault, pages: BTreeSet<usize>) -> Server {
    let left = Mutex::new(pages);
    server(move |request| {
        let good = response(request, PAGES);
        let fails = left.lock().expect("no panic").remove(&page_of(request));
        if fails { fault(good) } else { good.into() }
    })
}

async fn survives<R: Listing>(what: &str, fault: Fault, pages: BTreeSet<usize>, ahead: usize) {
    let (failures, place) = (pages.len(), format!("{what} at {pages:?}, {ahead} ahead"));
    let server = failing(fault, pages);
    let (names, errors) = read(client(&server).paginate((R::ALL)()).prefetch(ahead)).await;
    assert_eq!(names, all_names(PAGES), "{place}");
    assert_eq!(errors.len(), failures, "{place}: {errors:?}");
    assert_eq!(server.requests().len(), PAGES + failures, "{place}");
}

/// Every failure, at each page of a listing of its own, and at all pages of one listing.
async fn survives_all<R: Listing>() {
    for (what, fault) in FAULTS {
        for page in 0..PAGES {
            survives::<R>(what, *fault, BTreeSet::from([page]), page % 3).await;
        }
        for ahead in 0..3 {
            survives::<R>(what, *fault, (0..PAGES).collect(), ahead).await;
        }
    }
}

#[tokio::test]
async fn any_failure_at_any_page_of_a_listing_by_token() {
    survives_all::<ReadPublicIpRangesRequest>().await;
}

#[tokio::test]
async fn any_failure_at_any_page_of_a_listing_by_first_item() {
    survives_all::<ReadUsersRequest>().await;
}

//! Every kind of failure at every page: no item is lost or returned twice.

use std::collections::BTreeSet;
use std::sync::Mutex;

use osc_api::types::{ReadPublicIpRangesRequest, ReadUsersRequest};
use osc_tests::cloud::refusal;
use osc_tests::http::{Reply, Response, Then};
use osc_tests::server::Server;

use crate::pagination::{Listing, all_names, client, page_of, read, response, server};

/// Number of pages: a first one, a last one, and more between them than are prefetched.
const PAGES: usize = 7;

/// Replaces the valid response.
type PageFault = fn(Response) -> Reply;

const FAULTS: &[(&str, PageFault)] = &[
    ("status 500", |_| Response::new(500, "").into()),
    ("HTML of a gateway", |_| {
        Response::new(502, "<html>no</html>").header("Content-Type", "text/html").into()
    }),
    ("throttled by the platform", |_| refusal(503, "6", "Throttled", "").into()),
    ("not authenticated", |_| refusal(401, "1", "AccessDenied", "").into()),
    ("not allowed", |_| refusal(403, "5", "AccessDenied", "").into()),
    ("wrong parameter", |_| refusal(400, "4000", "InvalidParameter", "").into()),
    ("no response", |_| Reply::Nothing(Then::HangUp)),
    ("no response and a connection reset", |_| Reply::Nothing(Then::Reset)),
    ("half of the response", |valid| Reply::Part(valid, 20, Then::HangUp)),
    ("not HTTP", |_| Reply::Raw(b"hello\r\n\r\n".to_vec(), Then::HangUp)),
    ("not JSON", |_| Response::new(200, "fine").into()),
    ("truncated JSON", |_| Response::new(200, "{\"PublicIps\": [\"item 0\"").into()),
    ("JSON of another type", |_| Response::new(200, "[]").into()),
];

/// A server that fails once on each of these pages.
fn failing(fault: PageFault, pages: BTreeSet<usize>) -> Server {
    let left = Mutex::new(pages);
    server(move |request| {
        let valid = response(request, PAGES);
        let fails = left.lock().expect("no panic").remove(&page_of(request));
        if fails { fault(valid) } else { valid.into() }
    })
}

async fn check_recovery<R: Listing>(what: &str, fault: PageFault, pages: BTreeSet<usize>, prefetch: usize) {
    let (failures, case) = (pages.len(), format!("{what} at {pages:?}, prefetch {prefetch}"));
    let server = failing(fault, pages);
    let (names, errors) = read(client(&server).paginate((R::ALL)()).prefetch(prefetch)).await;
    assert_eq!(names, all_names(PAGES), "{case}");
    assert_eq!(errors.len(), failures, "{case}: {errors:?}");
    assert_eq!(server.requests().len(), PAGES + failures, "{case}");
}

/// Checks every kind of failure at each page separately, and at all pages of one listing.
async fn check_all_faults<R: Listing>() {
    for (what, fault) in FAULTS {
        for page in 0..PAGES {
            check_recovery::<R>(what, *fault, BTreeSet::from([page]), page % 3).await;
        }
        for prefetch in 0..3 {
            check_recovery::<R>(what, *fault, (0..PAGES).collect(), prefetch).await;
        }
    }
}

#[tokio::test]
async fn pagination_by_token_recovers_from_any_failure_at_any_page() {
    check_all_faults::<ReadPublicIpRangesRequest>().await;
}

#[tokio::test]
async fn pagination_by_first_item_recovers_from_any_failure_at_any_page() {
    check_all_faults::<ReadUsersRequest>().await;
}

//! Listings over real HTTP, page by page: complete, whatever happens in between.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why and stops"
)]

mod ahead;
mod endings;
mod faults;
mod listings;
mod refused;

use osc_api::types::{ReadPublicIpRangesRequest, ReadUsersRequest, User};
use osc_api::{Client, ClientBuilder, Items, Paginated, RateLimit, RetryPolicy};
use osc_tests::cloud::{ACCESS_KEY, REGION, SECRET_KEY, refusal};
use osc_tests::http::{Reply, Request, Response};
use osc_tests::server::Server;
use serde_json::{Value, json};

/// Items on each page of the server.
const PER_PAGE: usize = 3;

/// A listing that the test server knows: one by token, one by the number of the first item.
trait Listing: Paginated {
    /// A request for all of it.
    const ALL: fn() -> Self;

    /// What tells an item from all others.
    fn name(item: Self::Item) -> String;
}

impl Listing for ReadPublicIpRangesRequest {
    const ALL: fn() -> Self = Self::new;

    fn name(item: String) -> String {
        item
    }
}

impl Listing for ReadUsersRequest {
    const ALL: fn() -> Self = Self::new;

    fn name(item: User) -> String {
        item.user_name.unwrap_or_default()
    }
}

/// The page that a request asks for, from 0.
fn page_of(request: &Request) -> usize {
    let body = request.json();
    match (body["NextPageToken"].as_str(), body["FirstItem"].as_u64()) {
        (Some(token), _) => token.strip_prefix("page ").and_then(|n| n.parse().ok()).expect("our token"),
        (None, Some(first)) => first as usize / PER_PAGE,
        (None, None) => 0,
    }
}

/// The names of the items on a page.
fn names(page: usize) -> Vec<String> {
    (0..PER_PAGE).map(|item| format!("item {}", page * PER_PAGE + item)).collect()
}

/// The response to a request of either listing.
fn response(request: &Request, pages: usize) -> Response {
    let page = page_of(request);
    let more = page + 1 < pages;
    let body = request.json();
    if request.action() == "ReadUsers" {
        let users: Vec<Value> = names(page).iter().map(|name| json!({ "UserName": name })).collect();
        return Response::json(200, &json!({ "Users": users, "HasMoreItems": more }));
    }
    if page > 0 && !body["ResultsPerPage"].is_i64() {
        return refusal(400, "4000", "InvalidParameter", "a token needs ResultsPerPage");
    }
    let token = more.then(|| format!("page {}", page + 1));
    Response::json(200, &json!({ "PublicIps": names(page), "NextPageToken": token }))
}

/// A server with so many pages of each listing.
fn listing(pages: usize) -> Server {
    server(move |request| response(request, pages))
}

fn server<R: Into<Reply>>(handler: impl Fn(&Request) -> R + Send + Sync + 'static) -> Server {
    Server::start(handler).expect("a local port")
}

/// Its clients send everything once, at once.
fn builder(server: &Server) -> ClientBuilder {
    Client::builder()
        .ignore_environment()
        .region(REGION)
        .endpoint(server.endpoint())
        .access_key(ACCESS_KEY, SECRET_KEY)
        .retry(RetryPolicy::none())
        .rate_limit(RateLimit::Off)
}

fn client(server: &Server) -> Client {
    builder(server).build().expect("a client")
}

/// All names that a listing of so many pages has, in order.
fn all_names(pages: usize) -> Vec<String> {
    (0..pages).flat_map(names).collect()
}

/// Reads to the end, asking again after each error. Gives the names and the errors.
async fn read<R: Listing>(mut items: Items<R>) -> (Vec<String>, Vec<osc_api::Error>) {
    let (mut names, mut errors) = (Vec::new(), Vec::new());
    while let Some(item) = items.next().await {
        match item {
            Ok(item) => names.push(R::name(item)),
            Err(error) => errors.push(error),
        }
    }
    (names, errors)
}

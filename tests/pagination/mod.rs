//! Pagination over real HTTP: every item is returned once, whichever pages fail.

mod compile_errors;
mod endings;
mod faults;
mod inventory;
mod listings;
#[cfg(target_os = "linux")]
mod memory;
mod prefetch;
mod wrong_types;

use osc_api::types::{ReadPublicIpRangesRequest, ReadUsersRequest, User};
use osc_api::{Client, ClientBuilder, Items, Paginated, RateLimit, RetryPolicy};
use osc_tests::cloud::{ACCESS_KEY, REGION, SECRET_KEY, refusal};
use osc_tests::http::{Reply, Request, Response};
use osc_tests::server::Server;
use serde_json::{Value, json};

/// Items on each page of the server.
const PER_PAGE: usize = 3;

/// A paginated action of the test server: one uses page tokens, the other the number of the first item.
trait Listing: Paginated {
    /// Creates a request for all items.
    const ALL: fn() -> Self;

    /// The unique name of an item.
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
        item.user_name.unwrap_or_default().into()
    }
}

/// The number of the requested page, counted from 0.
fn page_of(request: &Request) -> usize {
    let body = request.json();
    match (body["NextPageToken"].as_str(), body["FirstItem"].as_u64()) {
        (Some(token), _) => {
            token.strip_prefix("page ").and_then(|n| n.parse().ok()).expect("a token of this server")
        }
        (None, Some(first)) => first as usize / PER_PAGE,
        (None, None) => 0,
    }
}

/// The names of the items on a page.
fn names(page: usize) -> Vec<String> {
    (0..PER_PAGE).map(|item| format!("item {}", page * PER_PAGE + item)).collect()
}

/// The response to a request of either action.
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

/// A server that has this number of pages for each action.
fn listing(pages: usize) -> Server {
    server(move |request| response(request, pages))
}

fn server<R: Into<Reply>>(handler: impl Fn(&Request) -> R + Send + Sync + 'static) -> Server {
    Server::start(handler).expect("a local port")
}

/// A client builder without retries or a rate limit.
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

/// The names of the items on all pages, in order.
fn all_names(pages: usize) -> Vec<String> {
    (0..pages).flat_map(names).collect()
}

/// Reads to the end, continuing after each error. Returns the names and the errors.
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

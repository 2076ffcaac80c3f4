//! The fake API of the feature `testing`: every documented behavior, over real HTTP.

mod access_keys;
mod access_rules;
mod authentication;
mod examples;
mod faults;
mod handlers;
mod lifecycle;
mod limits;
mod paging;
mod programs;
mod raw;
mod records;
mod state;
mod strict;

use osc_api::Client;
use osc_api::testing::FakeApi;

fn start() -> FakeApi {
    FakeApi::start().expect("a fake API")
}

fn client(fake: &FakeApi) -> Client {
    fake.client().expect("a client")
}

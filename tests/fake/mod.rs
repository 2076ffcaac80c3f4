//! The fake API of the feature `testing`: every documented behavior, over real HTTP.

mod authentication;
mod examples;
mod faults;
mod handlers;
mod lifecycle;
mod raw;
mod records;
mod strict;

use osc_api::Client;
use osc_api::testing::FakeApi;

fn start() -> FakeApi {
    FakeApi::start().expect("a fake API")
}

fn client(fake: &FakeApi) -> Client {
    fake.client().expect("a client")
}

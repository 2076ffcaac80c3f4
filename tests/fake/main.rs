//! The fake endpoint of the feature `testing`: everything that its documentation says, over real HTTP.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why and stops"
)]

mod admission;
mod examples;
mod faults;
mod handlers;
mod life;
mod raw;
mod records;

use osc_api::Client;
use osc_api::testing::FakeApi;

fn start() -> FakeApi {
    FakeApi::start().expect("a fake")
}

fn client(fake: &FakeApi) -> Client {
    fake.client().expect("a client")
}

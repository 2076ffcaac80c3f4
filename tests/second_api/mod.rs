//! A second API of the same shape, invented: another name, signature, date header and endpoint, other read verbs and
//! another client token. The generator takes all of them from `description.yaml` and the `x-service` of `overlay.yaml`.
//!
//! `generated` is what `cargo xtask regen --spec … --out …` writes, compiled here under `deny(warnings)`.
//! `BLESS=1 cargo test -p osc-tests --test generator regen::second_api` rewrites it. The module `published` of that target
//! compiles it with the runtime and sends a request.
#![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

/// The generated files.
#[path = "generated"]
#[rustfmt::skip]
pub mod generated {
    #[path = "blocking.rs"]
    mod blocking;
    #[path = "fake_data.rs"]
    pub mod fake_data;
    #[path = "listings.rs"]
    pub mod listings;
    #[path = "modules.rs"]
    pub mod modules;
    #[path = "service.rs"]
    pub mod service;
    use modules::{action, types};
}

use super::__private;
use super::action::{Action, Auth, RetrySafety};
use generated::modules::{API_VERSION, codes, types};
use generated::{fake_data, modules, service};

#[test]
fn service_constants_come_from_the_description() {
    assert_eq!(service::CLIENT_NAME, "Harbour API client");
    assert_eq!(
        (service::ALGORITHM, service::KEY_PREFIX, service::TERMINATOR),
        ("HBR1-HMAC-SHA256", "HBR1", "hbr1_request")
    );
    assert_eq!((service::CREDENTIAL_SERVICE, service::DATE_HEADER), ("port", "x-harbour-date"));
    assert_eq!(service::SIGNED_HEADERS, "content-type;host;x-harbour-date");
    let endpoint =
        (service::HOST_PREFIX, service::DEFAULT_REGION, service::DEFAULT_DOMAIN, service::API_PATH);
    assert_eq!(endpoint, ("port.", "north-1", "harbour.example", "/v2"));
    assert_eq!((API_VERSION, codes::NO_SUCH_BERTH, codes::TRANSIENT), ("2.3", 5001, &[9001][..]));
}

#[test]
fn reads_and_creates_with_a_client_token_are_safe_to_retry() {
    use modules::action::{AddBerth, DockShip, GetTide, ListBerths, RemoveBerth};
    assert_eq!((ListBerths::RETRY, GetTide::RETRY), (RetrySafety::Idempotent, RetrySafety::Idempotent));
    assert_eq!(AddBerth::RETRY, RetrySafety::ClientToken);
    assert_eq!((DockShip::RETRY, RemoveBerth::RETRY), (RetrySafety::Unsafe, RetrySafety::Unsafe));
    let auth = (ListBerths::AUTH, GetTide::AUTH, DockShip::AUTH);
    assert_eq!(auth, (Auth::AccessKeyOrBasic, Auth::None, Auth::AccessKey));
}

#[test]
fn published_examples_decode() {
    let example = fake_data::PUBLISHED_ACTIONS.iter().find(|(name, ..)| *name == "ListBerths");
    let response: types::ListBerthsResponse = __private::read(example.unwrap().3.as_bytes()).unwrap();
    let ships: Vec<_> = response.berths.iter().map(|berth| berth.ship_name.clone()).collect();
    assert_eq!(ships.len(), 2, "{ships:?}");
    assert_eq!(response.next_page_token.as_deref(), Some("bmV4dA"));
}

//! The entry to the generated code: what is public, and where.
//!
//! The files next to `modules.rs` are written by `cargo xtask regen` and are not edited by hand.

// The generator has its own printer: the text must not depend on the version of rustfmt.
#[rustfmt::skip]
#[expect(unreachable_pub, reason = "the generated modules are private, their items re-exported")]
#[expect(clippy::too_many_lines, reason = "the names of the error codes are one table")]
#[path = "generated/modules.rs"]
mod modules;

#[rustfmt::skip]
#[expect(unreachable_pub, reason = "the modules of the runtime use it")]
#[cfg_attr(not(feature = "testing"), expect(dead_code, reason = "the fake API uses the client token's name"))]
#[path = "generated/service.rs"]
pub(crate) mod service;

#[rustfmt::skip]
#[expect(unreachable_pub, reason = "as above")]
#[path = "generated/listings.rs"]
mod listings;

#[cfg(feature = "testing")]
#[rustfmt::skip]
#[expect(unreachable_pub, reason = "as above")]
#[path = "generated/fake_data.rs"]
mod fake_data;

#[cfg(feature = "blocking")]
#[rustfmt::skip]
#[path = "generated/blocking.rs"]
mod blocking;

#[cfg(feature = "testing")]
pub(crate) use fake_data::PUBLISHED_ACTIONS;
pub(crate) use listings::{DRY_RUN_ACTIONS, LISTINGS};
#[expect(unreachable_pub, reason = "re-exported by the public modules")]
pub use modules::{API_VERSION, action, codes, types, waiters};

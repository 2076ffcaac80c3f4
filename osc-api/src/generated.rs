//! The front of the generated code: what of it is public, and where.
//!
//! The files beside `modules.rs` are written by `cargo xtask regen` and are not edited by hand.

// The generator has its own printer: the text must not depend on the version of rustfmt.
#[rustfmt::skip]
#[path = "generated/modules.rs"]
mod modules;

#[cfg(feature = "testing")]
#[rustfmt::skip]
#[path = "generated/answers.rs"]
mod answers;

#[cfg(feature = "blocking")]
#[rustfmt::skip]
#[path = "generated/blocking.rs"]
mod blocking;

#[cfg(feature = "testing")]
pub(crate) use answers::ANSWERS;
pub use modules::{API_VERSION, action, codes, types, waiters};

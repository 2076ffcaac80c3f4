//! The front of the generated code: what of it is public, and where.
//!
//! The files beside `modules.rs` are written by `cargo xtask regen` and are not edited by hand.

// The generator has its own printer: the text must not depend on the version of rustfmt.
#[rustfmt::skip]
#[path = "generated/modules.rs"]
mod modules;

pub use modules::{API_VERSION, action, codes, types};

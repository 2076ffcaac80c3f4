//! Checks of an import: examples that do not match their schemas, overlay actions that a new version makes obsolete,
//! value sets in prose. Also the contract: the published description without its prose.

mod example_check;
mod overlay_review;
mod strip_prose;
mod value_sets;

pub use example_check::check_examples;
pub(crate) use overlay_review::review_overlay;
pub use strip_prose::{Contract, strip_prose};
pub(crate) use value_sets::compare as compare_value_sets;

//! The changes between two models, as callers of `osc-api` see them, and the version bump they require.
//!
//! The comparison covers the generated interface and the documented constraints of values. It leaves out texts,
//! published examples and the responses of the fake API: these change often and break no caller.
//!
//! A change is reported once, where it happens: a new field is reported at its struct, not at every type that
//! contains the struct. [`Impact`] classifies a change:
//! - *breaking*: code written against the old crate may no longer compile, or behaves differently;
//! - *additive*: code compiles and behaves as before, and there is something new to use or to know;
//! - *internal*: neither the interface nor the documentation of the crate changes.

mod actions;
mod change;
mod codes;
mod fields;
mod index;
mod renames;
mod report;
mod semver;
mod service;
mod types;
mod waiters;

pub use change::{Change, ChangeKind, Diff, Impact};
use index::Index;
pub use semver::Bump;

use crate::ir::Api;

impl Diff {
    /// Compares two models.
    pub fn between(old: &Api, new: &Api) -> Self {
        let (old_index, new_index) = (Index::new(old), Index::new(new));
        let renamed = renames::types(&old_index, &new_index);
        let mut changes = Vec::new();
        actions::compare(&old_index, &new_index, &renamed, &mut changes);
        types::compare(&old_index, &new_index, &renamed, &mut changes);
        waiters::compare(&old.waiters, &new.waiters, &mut changes);
        service::compare(&old.service, &new.service, &mut changes);
        codes::compare(old, new, &mut changes);
        Self::new(old.version.clone(), new.version.clone(), changes)
    }
}

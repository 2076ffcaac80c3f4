//! What changes between two models, as the callers of `osc-api` see it, and what each change means for its version.
//!
//! Compared is what is generated and what the description says of values. Left out are texts, the published
//! examples, and what the fake endpoint of the feature `testing` answers: they change often and break nobody.
//!
//! A change is told once, where it happens: that a struct gains a field is told there, not at every type that holds
//! the struct. [`Impact`] says what a change does to callers:
//! - *breaking*: code written against the old crate may not compile any more, or does something else;
//! - *additive*: it compiles and does what it did, but there is something new to use or to know, worth a release;
//! - *internal*: neither the crate's interface nor its documentation changes.

mod actions;
mod codes;
mod fields;
mod index;
mod kind;
mod renames;
mod report;
mod rust;
mod semver;
mod types;
mod values;
mod waiters;

use std::fmt;

use index::Index;
pub use kind::ChangeKind;
pub use semver::Bump;

use crate::diagnostics::Pointer;
use crate::ir::Api;

/// What a change does to the callers of the crate. The most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// Code that was written against the old crate may not compile any more, or does something else.
    Breaking,
    /// There is something new, and nothing that was there is gone.
    Additive,
    /// Nobody outside of this repository sees it.
    Internal,
}

impl Impact {
    /// All of them, the most important first.
    pub const ALL: [Self; 3] = [Self::Breaking, Self::Additive, Self::Internal];
}

impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Breaking => "breaking",
            Self::Additive => "additive",
            Self::Internal => "internal",
        })
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What kind of change it is.
    pub kind: ChangeKind,
    /// What it does to callers.
    pub class: Impact,
    /// The Rust path below the crate, such as `types::Vm::boot_mode`: the new one, unless the item is gone.
    pub path: String,
    /// Where it is described: in the new description, unless the item is gone.
    pub at: Pointer,
    /// Where it was described, for what seems to be renamed.
    pub from: Option<Pointer>,
    /// What it was, unless it is new.
    pub was: Option<String>,
    /// What it is, unless it is gone.
    pub is: Option<String>,
    /// Why it has its class.
    pub reason: String,
}

impl Change {
    fn new(kind: ChangeKind, class: Impact, path: String, at: &Pointer, reason: impl Into<String>) -> Self {
        Self { kind, class, path, at: at.clone(), from: None, was: None, is: None, reason: reason.into() }
    }

    fn was(self, was: impl Into<String>) -> Self {
        Self { was: Some(was.into()), ..self }
    }

    fn is(self, is: impl Into<String>) -> Self {
        Self { is: Some(is.into()), ..self }
    }

    fn from(self, from: &Pointer) -> Self {
        Self { from: Some(from.clone()), ..self }
    }
}

/// All changes from one model to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff {
    /// The old description's version.
    pub old: String,
    /// The new description's version.
    pub new: String,
    /// The changes: by class, breaking ones first, then by kind and place.
    pub changes: Vec<Change>,
}

impl Diff {
    /// Compares two models.
    pub fn of(old: &Api, new: &Api) -> Self {
        let (old_index, new_index) = (Index::of(old), Index::of(new));
        let renamed = renames::types(&old_index, &new_index);
        let mut changes = Vec::new();
        actions::compare(&old_index, &new_index, &renamed, &mut changes);
        types::compare(&old_index, &new_index, &renamed, &mut changes);
        waiters::compare(&old.waiters, &new.waiters, &mut changes);
        codes::compare(&old.codes, &new.codes, &mut changes);
        changes.sort_by(|a, b| {
            let key = |change: &Change| (change.class, change.kind);
            key(a).cmp(&key(b)).then_with(|| (&a.path, &a.was, &a.is).cmp(&(&b.path, &b.was, &b.is)))
        });
        Self { old: old.version.clone(), new: new.version.clone(), changes }
    }

    /// The changes of a class.
    pub fn of_class(&self, class: Impact) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.class == class)
    }

    /// The class of the most important change. Nothing where there is none.
    pub fn class(&self) -> Option<Impact> {
        self.changes.first().map(|change| change.class)
    }

    /// The report for a terminal. `current` is the crate's version, where it is known.
    pub fn text(&self, current: Option<&str>) -> String {
        report::text::report(self, current)
    }

    /// The report for a pull request.
    pub fn markdown(&self, current: Option<&str>) -> String {
        report::markdown::report(self, current)
    }

    /// The report for machines: one JSON object.
    pub fn json(&self, current: Option<&str>) -> String {
        report::json::report(self, current)
    }

    /// The version bump that the changes ask for.
    pub fn bump(&self, current: Option<&str>) -> Bump {
        Bump::of(self.class(), current)
    }

    /// `2 breaking, 1 additive, 0 internal changes`.
    fn counts(&self) -> String {
        let counts = Impact::ALL.map(|class| format!("{} {class}", self.of_class(class).count()));
        format!("{} changes", counts.join(", "))
    }
}

//! A list of changes: the kind of each, and its impact on callers.

use std::fmt;

use crate::diagnostics::Pointer;

/// All changes from one model to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff {
    /// The version of the old description.
    pub old_version: String,
    /// The version of the new description.
    pub new_version: String,
    /// The changes, sorted by impact, kind and path.
    pub changes: Vec<Change>,
}

impl Diff {
    pub(super) fn new(old_version: String, new_version: String, mut changes: Vec<Change>) -> Self {
        changes.sort_by(|a, b| {
            let key = |change: &Change| (change.impact, change.kind);
            key(a).cmp(&key(b)).then_with(|| (&a.path, &a.old, &a.new).cmp(&(&b.path, &b.old, &b.new)))
        });
        Self { old_version, new_version, changes }
    }

    /// The changes with an impact.
    pub fn with_impact(&self, impact: Impact) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.impact == impact)
    }

    /// The impact of the most important change. `None` if nothing changed.
    pub fn impact(&self) -> Option<Impact> {
        self.changes.first().map(|change| change.impact)
    }

    /// The number of changes by impact, such as `2 breaking, 1 additive, 0 internal changes`.
    pub fn counts(&self) -> String {
        let counts = Impact::ALL.map(|impact| format!("{} {impact}", self.with_impact(impact).count()));
        format!("{} changes", counts.join(", "))
    }
}

/// The impact of a change on callers of the crate, most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// Code written against the old crate may no longer compile, or behaves differently.
    Breaking,
    /// Something is new, and nothing was removed.
    Additive,
    /// Not visible outside this repository.
    Internal,
}

impl Impact {
    /// All of them, most important first.
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
    /// The kind of change.
    pub kind: ChangeKind,
    /// The impact on callers.
    pub impact: Impact,
    /// The Rust path below the crate, such as `types::Vm::boot_mode`: the new one, unless the item was removed.
    pub path: String,
    /// The location in the new description, or in the old one if the item was removed.
    pub at: Pointer,
    /// The location in the old description, for an item that appears to be renamed.
    pub old_at: Option<Pointer>,
    /// The old state. `None` for a new item.
    pub old: Option<String>,
    /// The new state. `None` for a removed item.
    pub new: Option<String>,
    /// Why the change has this impact.
    pub reason: String,
}

impl Change {
    pub(super) fn new(
        kind: ChangeKind,
        impact: Impact,
        path: String,
        at: &Pointer,
        reason: impl Into<String>,
    ) -> Self {
        Self { kind, impact, path, at: at.clone(), old_at: None, old: None, new: None, reason: reason.into() }
    }

    pub(super) fn with_old(self, old: impl Into<String>) -> Self {
        Self { old: Some(old.into()), ..self }
    }

    pub(super) fn with_new(self, new: impl Into<String>) -> Self {
        Self { new: Some(new.into()), ..self }
    }

    pub(super) fn with_old_at(self, at: &Pointer) -> Self {
        Self { old_at: Some(at.clone()), ..self }
    }
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident $name:literal,)+) => {
        /// The kind of a change, in the order in which reports list them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ChangeKind {
            $($(#[doc = $doc])+ $kind,)+
        }

        impl ChangeKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// The name in JSON reports, such as `field-added`. Text reports write spaces for the hyphens.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }
        }
    };
}

kinds! {
    /// An action was removed.
    ActionRemoved "action-removed",
    /// An action appears to be renamed.
    ActionRenamed "action-likely-renamed",
    /// An action was added.
    ActionAdded "action-added",
    /// The Rust name of an action changed: its method or its marker.
    ActionName "action-name",
    /// The request type of an action changed.
    ActionRequest "action-request",
    /// The response type of an action changed.
    ActionResponse "action-response",
    /// The authentication of an action changed.
    ActionAuth "action-authentication",
    /// Whether a call may be repeated changed.
    ActionRetry "action-retry",
    /// The pagination of an action changed.
    ActionPages "action-pages",
    /// An action was deprecated, or is no longer deprecated.
    ActionDeprecated "action-deprecated",
    /// An action has another tag and is generated into another file.
    ActionMoved "action-moved",
    /// A type was removed.
    TypeRemoved "type-removed",
    /// A type appears to be renamed.
    TypeRenamed "type-likely-renamed",
    /// A type was added.
    TypeAdded "type-added",
    /// A struct became an enum or an alias, or the reverse.
    TypeKind "type-kind",
    /// A type is used in requests or responses where it was not, or the reverse.
    TypeDirection "type-direction",
    /// An alias refers to another type.
    TypeAlias "type-alias",
    /// The order of the arguments of `new` changed.
    Arguments "arguments-order",
    /// A type is generated into another file.
    TypeMoved "type-moved",
    /// A field was removed.
    FieldRemoved "field-removed",
    /// A field appears to be renamed.
    FieldRenamed "field-likely-renamed",
    /// A field was added.
    FieldAdded "field-added",
    /// The Rust name of a field changed, its wire name did not.
    FieldName "field-name",
    /// The wire name of a field changed, its Rust name did not.
    FieldWire "field-wire-name",
    /// The type of a field changed.
    FieldType "field-type",
    /// A field became required or optional.
    FieldRequired "field-required",
    /// A field became nullable, or is no longer nullable.
    FieldNullable "field-nullable",
    /// The server's default for an omitted field changed.
    FieldDefault "field-default",
    /// The limits of a field changed.
    FieldLimits "field-limits",
    /// The limits or the format of list elements changed.
    FieldElements "field-elements",
    /// The format of a field changed, its type did not.
    FieldFormat "field-format",
    /// A field was deprecated, or is no longer deprecated.
    FieldDeprecated "field-deprecated",
    /// The values of an enum were strings and are integers, or the reverse.
    ValuesKind "values-kind",
    /// A value of an enum was removed.
    ValueRemoved "value-removed",
    /// The spelling of an enum value appears to have changed.
    ValueRenamed "value-likely-renamed",
    /// A value of an enum was added.
    ValueAdded "value-added",
    /// The variant of a value was renamed.
    VariantName "variant-name",
    /// A waiter or one of its goals was removed.
    WaiterRemoved "waiter-removed",
    /// A waiter or one of its goals was added.
    WaiterAdded "waiter-added",
    /// A waiter ends in other states or returns another type.
    WaiterChanged "waiter-changed",
    /// The constant of an error code was removed.
    CodeRemoved "code-removed",
    /// The constant of an error code was added.
    CodeAdded "code-added",
    /// The number, name or class of an error code changed.
    CodeChanged "code-changed",
    /// The signature of requests, their date header or their endpoint changed.
    ServiceChanged "service-changed",
}

impl ChangeKind {
    /// Whether a report lists paths only, without the old and the new state.
    pub(super) fn has_path_only(self) -> bool {
        matches!(self, Self::TypeAdded | Self::TypeRemoved)
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name().replace('-', " "))
    }
}

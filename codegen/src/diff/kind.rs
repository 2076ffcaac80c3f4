//! The kinds of change.

use std::fmt;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident $name:literal,)+) => {
        /// What changed. In the order in which a report tells them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ChangeKind {
            $($(#[doc = $doc])+ $kind,)+
        }

        impl ChangeKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// The name in reports for machines, such as `field-added`; with a space for the dash it is told to
            /// people.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }
        }
    };
}

kinds! {
    /// An action is gone.
    ActionRemoved "action-removed",
    /// An action seems to have another name now.
    ActionRenamed "action-likely-renamed",
    /// An action is new.
    ActionAdded "action-added",
    /// The Rust name of an action changed: of its method or its marker.
    ActionName "action-name",
    /// An action takes another request.
    ActionRequest "action-request",
    /// An action has another answer.
    ActionResponse "action-response",
    /// What proves who calls.
    ActionAuth "action-authentication",
    /// Whether a call may be repeated.
    ActionRetry "action-retry",
    /// How answers are cut into pages.
    ActionPages "action-pages",
    /// Callers are asked not to use it, or no longer asked so.
    ActionDeprecated "action-deprecated",
    /// An action has another tag, and is in another file.
    ActionMoved "action-moved",
    /// A type is gone.
    TypeRemoved "type-removed",
    /// A type seems to have another name now.
    TypeRenamed "type-likely-renamed",
    /// A type is new.
    TypeAdded "type-added",
    /// A struct became an enum or an alias, or the other way round.
    TypeKind "type-kind",
    /// A type travels another way.
    TypeDirection "type-direction",
    /// An alias stands for another type.
    TypeAlias "type-alias",
    /// The arguments of `new` have another order.
    Arguments "arguments-order",
    /// A type is in another file.
    TypeMoved "type-moved",
    /// A field is gone.
    FieldRemoved "field-removed",
    /// A field seems to have another name now.
    FieldRenamed "field-likely-renamed",
    /// A field is new.
    FieldAdded "field-added",
    /// The Rust name of a field changed, the one on the wire did not.
    FieldName "field-name",
    /// The name of a field on the wire changed, the one in Rust did not.
    FieldWire "field-wire-name",
    /// A field has another type.
    FieldType "field-type",
    /// A field is required now, or no longer.
    FieldRequired "field-required",
    /// A field can be null now, or no longer.
    FieldNullable "field-nullable",
    /// The server takes another value where the field is absent.
    FieldDefault "field-default",
    /// The server accepts other values.
    FieldLimits "field-limits",
    /// The elements of a list have other limits or another format.
    FieldElements "field-elements",
    /// The format says something else, and the type is the same.
    FieldFormat "field-format",
    /// Callers are asked not to use it, or no longer asked so.
    FieldDeprecated "field-deprecated",
    /// The values of an enum were texts and are integers, or the other way round.
    ValuesKind "values-kind",
    /// A value of an enum is gone.
    ValueRemoved "value-removed",
    /// A value of an enum seems to be spelled in another way now.
    ValueRenamed "value-likely-renamed",
    /// A value of an enum is new.
    ValueAdded "value-added",
    /// The variant of a value has another name.
    VariantName "variant-name",
    /// What could be waited for is gone.
    WaiterRemoved "waiter-removed",
    /// There is more to wait for.
    WaiterAdded "waiter-added",
    /// A wait ends in another way, or tells something else.
    WaiterChanged "waiter-changed",
    /// A constant for an error code is gone.
    CodeRemoved "code-removed",
    /// A constant for an error code is new.
    CodeAdded "code-added",
    /// What is known of an error code changed.
    CodeChanged "code-changed",
}

impl ChangeKind {
    /// Whether the name says all and neither the old nor the new is shown beside it.
    pub(super) fn is_bare(self) -> bool {
        matches!(self, Self::TypeAdded | Self::TypeRemoved)
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name().replace('-', " "))
    }
}

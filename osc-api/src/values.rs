//! The types of values that generated structs are made of, and what their setters take.

pub(crate) mod argument;
pub(crate) mod datetime;
pub(crate) mod id;
pub(crate) mod nullable;
pub(crate) mod open_enum;
pub(crate) mod secret;

/// The traits that generated code re-exports next to its types.
pub mod traits {
    #[cfg(feature = "testing")]
    pub use super::argument::IntoField;
    pub use super::argument::{IntoId, IntoList, IntoValue, IntoVec};
    pub use super::id::Identifier;
}

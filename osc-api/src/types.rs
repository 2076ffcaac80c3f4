//! The requests, responses and other types of the API, all at one level.

pub(crate) mod argument;
pub(crate) mod datetime;
pub(crate) mod id;
pub(crate) mod nullable;
pub(crate) mod open_enum;
pub(crate) mod secret;

pub use argument::{IntoId, IntoList, IntoValue};
pub use id::Identifier;

pub use crate::generated::types::*;

//! The requests, responses and other types of the API, all at one level.

pub(crate) mod datetime;
pub(crate) mod nullable;
pub(crate) mod open_enum;
pub(crate) mod secret;

pub use crate::generated::types::*;

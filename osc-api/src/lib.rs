//! Typed, async client of the OUTSCALE API: every action and every type of the published description, and a
//! runtime that signs, sends and maps errors.
//!
//! # A first program
//! ```no_run
//! use osc_api::Client;
//! use osc_api::types::ReadVmsRequest;
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> osc_api::Result<()> {
//!     let client = Client::from_env()?;
//!     for vm in client.read_vms(&ReadVmsRequest::new()).await?.vms {
//!         println!("{:?} is {:?}", vm.vm_id, vm.state);
//!     }
//!     Ok(())
//! }
//! ```
//! Each action is a method of [`Client`]; its request and response are in [`types`]. Requests are made with
//! `new`, which takes what the API requires, and a setter for each other field. In answers any field may be
//! missing.
//!
//! # Configuration
//! [`Client::from_env`] takes each setting from the first of these that has it: the environment, the profile,
//! the default. [`Client::builder`] puts what the program itself says before them.
//!
//! | setting | environment | profile | default |
//! |---|---|---|---|
//! | access key | `OSC_ACCESS_KEY`, `OSC_SECRET_KEY` | `access_key`, `secret_key` | |
//! | login | `OSC_LOGIN`, `OSC_PASSWORD` | `login`, `password` | |
//! | region | `OSC_REGION` | `region` | `eu-west-2` |
//! | endpoint | `OSC_ENDPOINT_API` | `endpoints.api` | `https://api.<region>.outscale.com/api/v1` |
//! | scheme of an endpoint without one | `OSC_PROTOCOL` | `protocol` | `https` |
//!
//! Profiles are in `~/.osc/config.json`, or in the file that `OSC_CONFIG_FILE` names: an object of profiles
//! by name. `OSC_PROFILE` chooses one; otherwise it is the one with `"default": true`, or else the one called
//! `default`.
//! ```json
//! { "default": { "access_key": "…", "secret_key": "…", "region": "eu-west-2" } }
//! ```
//! Credentials are one unit: when the environment has any part of them, the profile's are not used. An empty
//! variable counts as one that is not set. A profile that the program names, with [`Client::from_profile`] or
//! the builder, comes before the environment.
//!
//! # Actions newer than this crate
//! [`Client::send_raw`] sends any action by its name, as [`serde_json::Value`]. With types of your own,
//! implement [`Action`].
//!
//! # Errors
//! Every call returns the one type [`Error`]. Its predicates tell what to do next, and [`Error::api`] gives
//! the server's words, codes and request identifier.
//!
//! # Features
//! None is on by default.
//! - `serde-all`: `Serialize` and `Deserialize` on every type. Without it, requests are only written and
//!   responses only read, which keeps the build small.
//! - `chrono`, `time`: conversions between this crate's dates and those of the crates of that name. Those of
//!   `jiff` are always there.

pub mod action;
mod client;
mod codec;
mod config;
mod credentials;
mod datetime;
mod endpoint;
mod error;
mod generated;
mod nullable;
mod open_enum;
mod secret;
mod sign;
#[doc(hidden)]
pub mod support;
mod transport;

/// Compiles the code of the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// The requests, responses and other types of the API, all at one level.
pub mod types {
    pub use crate::generated::types::*;
}

pub use serde_json;

pub use crate::action::Action;
pub use crate::client::{Client, ClientBuilder};
pub use crate::credentials::Credentials;
pub use crate::datetime::{Date, DateOrDateTime, DateTime, ParseDateError};
pub use crate::error::{ApiError, Error, ErrorItem, Result};
pub use crate::generated::API_VERSION;
pub use crate::nullable::Nullable;
pub use crate::open_enum::{UnknownInteger, UnknownValue};
pub use crate::secret::Secret;

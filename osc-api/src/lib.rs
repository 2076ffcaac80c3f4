//! A typed, async SDK for the OUTSCALE API: every action and every type of the published description, with a small
//! runtime that configures itself like the other OUTSCALE tools, signs requests, retries when that is safe, and
//! reports clear errors.
//!
//! # First program
//! With an access key in the environment (`OSC_ACCESS_KEY`, `OSC_SECRET_KEY`, `OSC_REGION`) or in
//! `~/.osc/config.json`:
//! ```no_run
//! use osc_api::Client;
//! use osc_api::types::ReadVmsRequest;
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> osc_api::Result<()> {
//!     let client = Client::from_env()?;
//!     for vm in client.read_vms(&ReadVmsRequest::new()).await?.vms {
//!         println!("{} is {:?}", vm.vm_id()?, vm.state);
//!     }
//!     Ok(())
//! }
//! ```
//! Each action is a method of [`Client`], with an example. Its request and response are in [`types`]. Build a request
//! with `new`, which takes the required fields, and set the others with setters. Any field of a response may be
//! missing.
//!
//! # Guides
//! | guide | topic |
//! |---|---|
//! | [configuration](guide::configuration) | credentials, region, endpoint, certificates, proxies: environment, profiles, builder |
//! | [identifiers](guide::identifiers) | a type for each kind of resource, constructors, setters |
//! | [errors](guide::errors) | the error type, its predicates, the server's codes |
//! | [retries](guide::retries) | retries, request rate, lockout, clock skew, timeouts |
//! | [pagination](guide::pagination) | paginated actions as streams |
//! | [waiters](guide::waiters) | wait until a VM is running, until a volume is deleted |
//! | [rotating keys](guide::rotating_keys) | credentials that change while a program runs |
//! | [controllers](guide::controllers) | long-running programs, batched reads, inventories, dry runs |
//! | [blocking](guide::blocking) | the blocking client |
//! | [restrict API access](guide::restrict_api_access) | API access rules and client certificates, without a lockout |
//! | [testing](guide::testing) | a fake API for your own tests |
//! | [logging](guide::logging) | spans and events |
//! | [metrics](guide::metrics) | observers, request IDs, a status for health endpoints |
//! | [newer actions](guide::newer_actions) | actions and fields newer than the crate |
//! | [features](guide::features) | Cargo features |
//! | [versioning](guide::versioning) | what a release may change |
//! | [migrating from `outscale_api`](guide::migrating_from_outscale_api) | the same ten tasks with both crates |
//! | [coming from AWS](guide::coming_from_aws), [from Python](guide::coming_from_python) | the names and habits of those SDKs |

#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(missing_debug_implementations, unreachable_pub)]

// The methods of the client are documented in the order of these modules, the actions last.
mod client;

mod paginate;

pub mod wait;

#[doc(hidden)]
pub mod __private;
pub mod action;
pub mod api_access;
pub mod batch;
#[cfg(feature = "blocking")]
pub mod blocking;
mod clock;
mod config;
pub mod credentials;
mod error;
pub mod guide;
mod http;
mod json;
pub mod listing;
mod lockout;
mod observer;
mod random;
mod rate_limit;
mod retry;
mod sign;
pub mod signing;
#[cfg(feature = "testing")]
pub mod testing;
mod values;

mod generated;

/// Compiles the code of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

// Crates whose types are part of this interface.
pub use jiff;
pub use serde_json;

pub use crate::action::Action;
pub use crate::client::{
    CallMetadata, CallOptions, Client, ClientBuilder, ClientStatus, DryRun, LockoutStatus, has_dry_run,
};
pub use crate::config::{Configuration, ConfigurationSetting, Credentials, ServiceEndpoint};
pub use crate::error::{ApiError, Error, ErrorItem, ErrorKind, Result};
pub use crate::generated::{API_VERSION, codes, types};
pub use crate::observer::{AttemptEvent, CallEvent, CallOutcome, Observer};
pub use crate::paginate::{Items, ListRequest, Pages, Paginated};
pub use crate::rate_limit::RateLimit;
pub use crate::retry::RetryPolicy;
pub use crate::values::datetime::{Date, DateOrDateTime, DateTime, ParseDateError};
pub use crate::values::nullable::Nullable;
pub use crate::values::open_enum::{UnknownInteger, UnknownValue};
pub use crate::values::secret::Secret;

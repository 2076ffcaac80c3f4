//! Typed, async client of the OUTSCALE API: every action and every type of the published description, and a
//! runtime that one can rely on: it configures itself as the other tools do, signs, sends, sends again where that
//! is safe, and says what went wrong.
//!
//! # A first program
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
//!         println!("{:?} is {:?}", vm.vm_id, vm.state);
//!     }
//!     Ok(())
//! }
//! ```
//! Each action is a method of [`Client`], with an example; its request and response are in [`types`]. Requests are
//! made with `new`, which takes what the API requires, and a setter for each other field. In answers any field may
//! be missing.
//!
//! # The rest, a page each
//! | page | what it tells |
//! |---|---|
//! | [configuration](guide::configuration) | access keys, logins, regions, endpoints, certificates, proxies: environment, profiles, builder |
//! | [errors](guide::errors) | the one error type, its predicates, the server's codes |
//! | [retries](guide::retries) | retries, speed, the guard against lock-out, the clock, time-outs |
//! | [pages](guide::pagination) | listings as streams |
//! | [waiting](guide::waiters) | until a VM runs, until a volume is gone |
//! | [blocking](guide::blocking) | the same client without async |
//! | [testing](guide::testing) | a fake endpoint for your own tests |
//! | [logging](guide::logging) | spans and events |
//! | [newer actions](guide::newer_actions) | what the crate does not know yet |
//! | [features](guide::features) | what can be switched on |
//! | [versioning](guide::versioning) | what a release may change |
//! | [coming from `outscale_api`](guide::coming_from_outscale_api) | the same ten tasks with both crates |

#[doc(hidden)]
pub mod __private;
pub mod action;
#[cfg(feature = "blocking")]
pub mod blocking;
mod client;
mod clock;
mod config;
mod credentials;
mod error;
mod generated;
pub mod guide;
mod http;
mod json;
mod lockout;
mod paginate;
mod random;
mod rate_limit;
mod retry;
mod sign;
#[cfg(feature = "testing")]
pub mod testing;
pub mod types;
pub mod wait;

/// Compiles the code of the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

pub use serde_json;

pub use crate::action::Action;
pub use crate::client::{CallOptions, Client, ClientBuilder};
pub use crate::credentials::Credentials;
pub use crate::error::{ApiError, Error, ErrorItem, Result};
pub use crate::generated::{API_VERSION, codes};
pub use crate::paginate::{Items, Pages, Paginated};
pub use crate::rate_limit::RateLimit;
pub use crate::retry::RetryPolicy;
pub use crate::types::datetime::{Date, DateOrDateTime, DateTime, ParseDateError};
pub use crate::types::nullable::Nullable;
pub use crate::types::open_enum::{UnknownInteger, UnknownValue};
pub use crate::types::secret::Secret;

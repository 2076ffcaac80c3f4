//! Typed, async client of the OUTSCALE API: every action and every type of the published description, and a
//! runtime that one can rely on: it configures itself as the other tools do, signs, sends, sends again where that
//! is safe, and says what went wrong.
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
//! [`Client::from_env`] takes each setting from the first of these that has it: the environment, the profile, the
//! default. [`Client::builder`] puts what the program itself says before them.
//!
//! | setting | builder | environment | profile | default |
//! |---|---|---|---|---|
//! | access key | `access_key` | `OSC_ACCESS_KEY`, `OSC_SECRET_KEY` | `access_key`, `secret_key` | |
//! | the same of the second generation | `access_key` | `OSC_ACCESS_KEY_V2`, `OSC_SECRET_KEY_V2` | `access_key_v2`, `secret_key_v2` | |
//! | services that take the second generation | | `OSC_IAM_V2_SERVICES` | `iam_v2_services` | none |
//! | login | `basic` | `OSC_LOGIN`, `OSC_PASSWORD` | `login` (or `email`), `password` | |
//! | which of them to use | `credentials`, `no_credentials` | `OSC_AUTH_METHOD` | | what there is, the access key first |
//! | region | `region` | `OSC_REGION` | `region` (or `region_name`) | `eu-west-2` |
//! | endpoint | `endpoint` | `OSC_ENDPOINT_API` | `endpoints.api` (or `endpoint`, `host`) | `https://api.<region>.outscale.com/api/v1` |
//! | scheme of an endpoint without one | | `OSC_PROTOCOL` | `protocol` (or `https`) | `https` |
//! | plain http to another machine | `allow_http` | | | no |
//! | client certificate and key, files in PEM | `client_certificate` | `OSC_X509_CLIENT_CERT`, `OSC_X509_CLIENT_KEY` | `x509_client_cert`, `x509_client_key` | none |
//! | the same as base64 of the files | | `OSC_X509_CLIENT_CERT_B64`, `OSC_X509_CLIENT_KEY_B64` | `x509_client_cert_b64`, `x509_client_key_b64` | |
//! | the same as one file | `client_certificate_with_key` | `OSC_X509_CLIENT_CERT` alone | `client_certificate` | |
//! | more trusted authorities | `add_root_certificate` | | | those of the platform |
//! | take any certificate of a server | `tls_skip_verify` | `OSC_TLS_SKIP_VERIFY` | `tls_skip_verify` | no |
//! | proxy | `proxy`, `no_proxy` | `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY` | `proxy` | none |
//! | profile | `profile` | `OSC_PROFILE` | | the one with `"default": true`, else `default` |
//! | profile file | `config_file` | `OSC_CONFIG_FILE` | | `~/.osc/config.json` |
//!
//! The profile file is an object of profiles by name, and other tools use it too: keys that are not in the table are left
//! alone.
//! ```json
//! { "default": { "access_key": "…", "secret_key": "…", "region": "eu-west-2" } }
//! ```
//! - Credentials are one unit: when the environment has any part of them, the profile's are not used. The same holds for a
//!   client certificate and its key.
//! - An empty variable counts as one that is not set. Relative paths start at the working directory; `~` is not expanded.
//! - A profile that the program names, with [`Client::from_profile`] or the builder, comes before the environment.
//! - Keys of the second generation are used where the list names the service `api` (or `osc`); a place that has none of
//!   them still gives its first-generation ones.
//! - `OSC_AUTH_METHOD` is `accesskey`, `basic` (or `password`), or `none`.
//! - The variables about proxies say nothing about this machine itself; `proxy` in the program or the profile does. Plain
//!   http is not sent through a proxy on another machine unless `allow_http` is set.
//! - All problems are reported together, each with its place and remedy, and never with a value that may be secret. A
//!   profile file with secrets that others can read, and certificates that are not looked at, are logged as warnings.
//!
//! # When something fails
//! A call is more than a request: it waits for its turn, signs, sends, and sends again where that helps and does
//! no harm. All of it is on by default, shared by the clones of a client, and can be changed with
//! [`Client::builder`] for all calls and with [`Client::with`] for some.
//!
//! - **Retries** ([`RetryPolicy`]): throttled requests and those that were never sent, always; where nobody knows
//!   whether the action was carried out, only what can be repeated without harm. `CreateVms`, `CreateVolume`,
//!   `CreateSnapshot` and `CreateNatService` can: the client gives them a `ClientToken`. No other create is ever
//!   sent twice.
//! - **Speed** ([`RateLimit`]): full, until the server throttles; then a little less than what it lets through,
//!   and up again step by step.
//! - **Authentication**: four failures in a row lock an access key or login for all who use it. After the third
//!   one the client sends nothing more, and says so ([`Error::is_guard_closed`],
//!   [`Client::reset_authentication`]). Until a first request was accepted, requests go out one after the other.
//! - **Clock**: the server refuses requests that are dated more than five minutes off. The client learns the
//!   server's time from its answers and signs with that.
//! - **Time-outs**: 10 seconds for a connection, 60 for an attempt, 5 minutes for a call. Any future can be
//!   dropped at any time.
//!
//! ```
//! use std::time::Duration;
//!
//! use osc_api::{CallOptions, Client, RetryPolicy};
//!
//! # fn example() -> osc_api::Result<()> {
//! let client = Client::builder()
//!     .timeout(Duration::from_secs(600))
//!     .retry(RetryPolicy::new().max_attempts(8))
//!     .rate_limit(5.0)
//!     .build()?;
//! let impatient = client.with(CallOptions::new().timeout(Duration::from_secs(2)).retry(RetryPolicy::none()));
//! # let _ = impatient;
//! # Ok(())
//! # }
//! ```
//!
//! # Pages
//! Listings come in pages of up to 1000 items. [`Client::paginate`] goes through all of them, one page at a time
//! in memory; an error loses nothing, and asking on fetches the failed page again:
//! ```no_run
//! # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
//! use osc_api::types::ReadVolumesRequest;
//!
//! let mut volumes = client.paginate(ReadVolumesRequest::new());
//! while let Some(volume) = volumes.try_next().await? {
//!     println!("{:?}", volume.volume_id);
//! }
//! # Ok(())
//! # }
//! ```
//! It is a `Stream` too. Requests of actions that answer everything at once do not compile there: call their
//! method.
//!
//! # Waiting for states
//! Creating and deleting takes time after the answer is there. [`Client::wait_for`] takes what [`wait`] makes:
//! ```no_run
//! # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
//! use osc_api::wait;
//!
//! let vm = client.wait_for(wait::vm("i-12345678").running()).await?;
//! println!("{:?}", vm.private_ip);
//! # Ok(())
//! # }
//! ```
//! A state that is not known keeps the wait going; one from which the wanted one does not follow is an error
//! ([`Error::is_wait_failed`], [`Error::last_state`]), and so is the end of the time ([`Error::is_timeout`]). Gone
//! is a state. A hundred waits for a hundred VMs send no more requests than one. [`Client::wait_until`] waits on
//! any action with a closure.
//!
//! # Without async, and in tests
//! With the feature `blocking`, `blocking::Client` has the same methods, listings as iterators, and waits. It may
//! be called inside of a runtime too: it blocks that thread and never panics.
//!
//! With the feature `testing`, `testing::FakeApi` is a server on this machine that admits callers as the cloud
//! does, and answers every action with its published example, or what the test says: other answers, errors,
//! throttling, delays, broken connections. The module's page has whole programs.
//! ```toml
//! [dev-dependencies]
//! osc-api = { version = "0.1", features = ["testing"] }
//! ```
//!
//! # Errors
//! Every call returns the one type [`Error`]. Branch on its predicates, not on texts:
//!
//! | predicate | what it means | what to do |
//! |---|---|---|
//! | [`is_retryable`](Error::is_retryable) | it may pass, and repeating does nothing twice | wait, call again |
//! | [`is_not_found`](Error::is_not_found) | a resource does not exist | after a delete: done |
//! | [`is_conflict`](Error::is_conflict), [`is_dependency`](Error::is_dependency) | the state does not fit, or something else depends on it | wait for a state, or undo the other first |
//! | [`is_validation`](Error::is_validation) | the request is wrong | mend the program or its input |
//! | [`is_quota`](Error::is_quota), [`is_capacity`](Error::is_capacity) | no room, in the account or in the cloud | ask for a quota, or try elsewhere |
//! | [`is_authentication`](Error::is_authentication), [`is_access_denied`](Error::is_access_denied) | who calls, or what they may do | stop: mend credentials or policies |
//! | [`is_pagination`](Error::is_pagination) | a listing has no way on: its token is too old, or the server leads in a circle | list again from the beginning |
//! | [`is_wait_failed`](Error::is_wait_failed) | a resource will not get into the state that was waited for | look at `last_state`, start over |
//! | [`is_transport`](Error::is_transport), [`is_server_error`](Error::is_server_error) | nobody knows whether the action was carried out, unless [`is_connect`](Error::is_connect) | read the state before creating again |
//!
//! [`Error::has_code`] asks for one of the server's codes, which [`codes`] names:
//! `error.has_code(codes::SUBNET_IN_USE)`. [`Error::api`] has the whole answer: status, every error with code,
//! type and details, and the raw text.
//!
//! `Display` is one line for logs and people, with `{:#}` the causes too. It ends with the request's identifier
//! ([`Error::request_id`]), which the provider's support asks for. No error ever holds a secret or the request.
//!
//! What may pass was retried before an error comes back, within the client's [`RetryPolicy`];
//! [`Error::attempts`] says how often. After three failed authentications in a row the client holds further calls
//! back ([`Error::is_guard_closed`]), because a fourth failure would lock the access key. A dry run that would have
//! worked is no error.
//!
//! # Logging
//! The crate tells what it does through [`tracing`](https://docs.rs/tracing): a span `osc_api` at level info for
//! each call, with `action`, `endpoint`, `attempts`, `status`, `request_id` and `duration_ms`, and events in it
//! for requests that are sent again (info), throttling (debug), a clock that is wrong and authentication that
//! fails too often (warn). Waits tell each of their reads (debug). Bodies and secrets are in none of them, at no level.
//!
//! # Actions newer than this crate
//! [`Client::send_raw`] sends any action by its name, as [`serde_json::Value`]. With types of your own,
//! implement [`Action`].
//!
//! # Features
//! None is on by default.
//! - `blocking`: the same client without async: the module `blocking`.
//! - `serde-all`: `Serialize` and `Deserialize` on every type. Without it, requests are only written and
//!   responses only read, which keeps the build small.
//! - `chrono`, `time`: conversions between this crate's dates and those of the crates of that name. Those of
//!   `jiff` are always there.
//! - `testing`: the module `testing`, a fake endpoint for tests of programs that use this crate. Includes
//!   `serde-all`.

pub mod action;
#[cfg(feature = "blocking")]
pub mod blocking;
mod client;
mod clock;
mod codec;
pub mod coming_from_outscale_api;
mod config;
mod credentials;
mod datetime;
mod endpoint;
mod error;
mod generated;
mod guard;
mod nullable;
mod open_enum;
mod paginate;
mod random;
mod retry;
mod secret;
mod sign;
#[doc(hidden)]
pub mod support;
#[cfg(feature = "testing")]
pub mod testing;
mod throttle;
mod transport;
pub mod wait;

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
pub use crate::client::{CallOptions, Client, ClientBuilder};
pub use crate::credentials::Credentials;
pub use crate::datetime::{Date, DateOrDateTime, DateTime, ParseDateError};
pub use crate::error::{ApiError, Error, ErrorItem, Result};
pub use crate::generated::{API_VERSION, codes};
pub use crate::nullable::Nullable;
pub use crate::open_enum::{UnknownInteger, UnknownValue};
pub use crate::paginate::{Items, Pages, Paginated};
pub use crate::retry::RetryPolicy;
pub use crate::secret::Secret;
pub use crate::throttle::RateLimit;

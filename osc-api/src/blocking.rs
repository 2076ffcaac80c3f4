//! A blocking client: every call blocks the thread until the response has arrived (feature `blocking`).
//!
//! ```no_run
//! use osc_api::blocking::Client;
//! use osc_api::types::ReadVmsRequest;
//!
//! fn main() -> osc_api::Result<()> {
//!     let client = Client::from_env()?;
//!     for vm in client.read_vms(&ReadVmsRequest::new())?.vms {
//!         println!("{:?} is {:?}", vm.vm_id, vm.state);
//!     }
//!     Ok(())
//! }
//! ```
//! - It needs no runtime, and works inside one, too: a background thread, shared by all clones, sends the requests. A
//!   blocked thread runs no other tasks, so async code should use the [async client](crate::Client).
//! - Any number of threads may call concurrently; their requests are sent in parallel.
//! - The first call starts the thread, and it ends with the last clone. Nothing waits for its end.
//! - Retries, timeouts, rate limit and errors are those of the async client. In a forked process, the first call starts
//!   a new thread with new connections.

mod client;
mod paginate;
mod wait;
mod worker;

pub use client::Client;
pub use paginate::{Items, Pages};
pub use wait::Wait;

//! The same client for programs that are not async: every call blocks the thread until its answer is there. Needs
//! the feature `blocking`.
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
//! - It needs no runtime, and works inside of one too: requests are sent from a thread of its own, which clones
//!   share. Still, a blocked thread runs no other tasks: async code is better off with the
//!   [async client](crate::Client).
//! - Any number of threads may call at once, and their requests are on their way side by side.
//! - The thread is started by the first call and ends with the last clone. Nothing waits for its end.
//! - Retries, time-outs, speed and errors are those of the async client. In a process that `fork` made, the first
//!   call starts a thread with connections of its own.

mod client;
mod pages;
mod wait;
mod worker;

pub use client::Client;
pub use pages::{Items, Pages};
pub use wait::Wait;

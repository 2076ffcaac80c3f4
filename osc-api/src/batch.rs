//! Batched reads: many tasks that each read one resource by ID share their requests.
//!
//! A controller, a Terraform provider or a web handler often reads resources one by one, each in a task of its own.
//! [`Client::batch`] turns such reads into few requests, each for up to 100 IDs:
//!
//! ```no_run
//! use osc_api::types::{Vm, VmId};
//!
//! # async fn example(client: osc_api::Client, ids: Vec<VmId>) -> osc_api::Result<()> {
//! let vms = client.batch::<Vm>();
//! let reads = ids.into_iter().map(|id| {
//!     let vms = vms.clone();
//!     tokio::spawn(async move { vms.read(&id).await })
//! });
//! for read in reads.collect::<Vec<_>>() {
//!     if let Some(vm) = read.await.expect("the task ends")? {
//!         println!("{:?} is {:?}", vm.vm_id, vm.state);
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! - **Result**: that of a separate call for the one ID. A resource that does not exist is `None`.
//! - **Latency**: a read waits 2 ms for others, and up to 100 ms while another request of the same type is in flight.
//!   A full request is sent at once.
//! - **Outages**: a request is retried until the reads time out, as pages of listings are.
//! - **Errors**: if the server refuses a request because of one of its IDs, the request is divided until only that ID
//!   fails. Any other error is that of all reads of the request.
//! - **Cancellation**: a read that is dropped does not affect others. A request without reads is cancelled.
//! - **Freshness**: every request is sent after the reads that it serves began. Nothing is cached.
//! - **Scope**: reads share requests if they are made in the same Tokio runtime, through the same client or its clones.
//!   A request is sent with the [options](Client::with) of the client whose read was first; each read ends within the
//!   timeout of its own client.

mod queue;
mod read;

use std::fmt;
use std::marker::PhantomData;

use crate::Client;
use crate::action::Action;
use crate::error::Result;

pub(crate) use read::{MAX_IDS_PER_REQUEST, read_divided};

/// An action that reads resources by ID. It cannot be implemented outside of this crate.
pub trait Listed: sealed::SealedListed + Action<Request: Send, Response: Send> + 'static {
    /// The resource.
    type Item: Clone + Send + 'static;
    /// The request for the resources with these IDs, and for this page.
    fn request(ids: Vec<String>, page: Option<String>) -> Self::Request;
    /// The resources of a response, and the token of its next page.
    fn items(response: Self::Response) -> (Vec<Self::Item>, Option<String>);
    /// The ID of a resource.
    fn id(item: &Self::Item) -> Option<&str>;
}

pub(crate) mod sealed {
    /// Implemented for generated actions only.
    pub trait SealedListed {}
}

/// A resource that can be read by its ID, such as [`Vm`](crate::types::Vm): see [`Client::batch`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read by ID",
    note = "call its `read_…` method of `Client` with filters instead"
)]
pub trait ReadById: Sized {
    /// The type of its ID.
    type Id: fmt::Display;
    /// The action that reads it.
    type Action: Listed<Item = Self>;
}

/// Reads resources of one type by ID, in shared requests. Returned by [`Client::batch`].
pub struct Batch<T> {
    client: Client,
    resource: PhantomData<fn() -> T>,
}

impl Client {
    /// Reads resources of one type by their IDs, in requests that concurrent reads share. See [`batch`](self).
    ///
    /// ```no_run
    /// # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
    /// use osc_api::types::Volume;
    ///
    /// let volume = client.batch::<Volume>().read("vol-12345678").await?;
    /// println!("{:?}", volume.and_then(|volume| volume.size));
    /// # Ok(())
    /// # }
    /// ```
    pub fn batch<T: ReadById>(&self) -> Batch<T> {
        Batch { client: self.clone(), resource: PhantomData }
    }
}

impl<T: ReadById> Batch<T> {
    /// Reads a resource. Returns `None` if it does not exist.
    ///
    /// # Errors
    /// Returns the error of the shared request, or of a separate one if the server refuses this ID.
    pub async fn read(&self, id: impl Into<T::Id>) -> Result<Option<T>> {
        queue::read::<T::Action>(&self.client, id.into().to_string()).await
    }
}

impl<T> Clone for Batch<T> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), resource: PhantomData }
    }
}

impl<T> fmt::Debug for Batch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("client", &self.client).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

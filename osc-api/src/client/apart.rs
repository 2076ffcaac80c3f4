//! What the blocking client needs of the async one.

use std::sync::{Arc, Mutex};

use tokio::time::Instant;

use super::{Client, Shared};
use crate::action::ActionMeta;
use crate::config::AccessKey;
use crate::error::Result;
use crate::retry::Budget;
use crate::sign::Signer;
use crate::wait::Pollers;

/// A client for the same account with the same settings, whose connections and queues are its own: those of the
/// other stand still as long as the runtime that they belong to is blocked.
///
/// What is known of the credentials and of the server's clock holds for both: one as for the other, too many
/// failures lock the account.
///
/// # Errors
/// When the platform has no usable trust roots any more.
pub(crate) fn apart(client: &Client) -> Result<Client> {
    let Shared { config, transport, throttle, guard, clock, .. } = &*client.shared;
    let key = config.credentials.access_key.as_ref();
    let shared = Shared {
        signer: key.map(|AccessKey { id, secret }| Signer::new(id, secret, &config.region)),
        transport: transport.apart(&config.endpoint)?,
        throttle: throttle.apart(),
        guard: Arc::clone(guard),
        clock: Arc::clone(clock),
        budget: Mutex::new(Budget::new()),
        made: Instant::now(),
        pollers: Pollers::default(),
        config: config.clone(),
    };
    Ok(Client { shared: Arc::new(shared), settings: client.settings })
}

/// The client with the settings of another one.
pub(crate) fn with_settings_of(client: &Client, other: &Client) -> Client {
    Client { shared: Arc::clone(&client.shared), settings: other.settings }
}

/// Where the client sends its requests, for error messages.
pub(crate) fn host(client: &Client) -> &str {
    client.shared.config.endpoint.host()
}

/// One call in bytes: the body of a request in, that of its answer and the number of attempts out.
pub(crate) async fn exchange(
    client: Client,
    action: ActionMeta<'_>,
    body: Vec<u8>,
) -> Result<(Vec<u8>, u32)> {
    client.shared.exchange(client.settings, action, body).await
}

/// Whether both have the same connections.
#[cfg(test)]
pub(crate) fn is_same(client: &Client, other: &Client) -> bool {
    Arc::ptr_eq(&client.shared, &other.shared)
}

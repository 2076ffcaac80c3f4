//! The credentials that requests are signed with: fixed, or those that a provider has at the moment.
//!
//! All calls share one load of a provider, on a task of its own: a call that is cancelled does not cancel the load of
//! others. A task of another runtime is not waited for, since that runtime may not be running.

mod load;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::{Handle, Id};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::config::{AccessKeyPair, Basic};
use crate::credentials::{Credentials, CredentialsProvider};
use crate::lockout::LockoutGuard;
use crate::sign::Signer;

use load::{LastLoad, RunningLoad};

/// How long a call that has credentials waits for newer ones.
const REFRESH_PATIENCE: Duration = Duration::from_secs(1);

/// Minimum time between two loads because the lockout guard is closed, or after a load that failed.
const MIN_RELOAD_INTERVAL: Duration = Duration::from_secs(1);

/// Maximum number of access keys whose lockout guards are kept.
const MAX_GUARDS: usize = 16;

/// Credentials, the signer of their access key, and the guard of their failed authentications.
pub(super) struct Identity {
    pub(super) credentials: Credentials,
    pub(super) signer: Option<Signer>,
    pub(super) lockout: Arc<LockoutGuard>,
}

/// An identity, as a request is about to use it.
#[derive(Clone)]
pub(super) struct Ticket {
    pub(super) identity: Arc<Identity>,
    /// The load that was required when it was issued.
    required: u64,
}

/// The identities of a client and its clones.
pub(super) struct Identities {
    /// For actions without authentication.
    anonymous: Arc<Identity>,
    source: IdentitySource,
}

enum IdentitySource {
    Fixed(Arc<Identity>),
    Provided(Arc<Provided>),
}

/// The identity that a provider has.
struct Provided {
    provider: Arc<dyn CredentialsProvider>,
    region: String,
    probes_rejected: bool,
    state: Mutex<ProvidedState>,
    /// Wakes those that wait for a load.
    finished: Notify,
}

#[derive(Default)]
struct ProvidedState {
    current: Option<Arc<Identity>>,
    /// Number of loads started so far: the number of the newest one.
    started: u64,
    /// The oldest load whose result may be used: an older one may have loaded credentials that were refused since.
    required: u64,
    /// At most one per runtime that may still be used.
    running: Vec<RunningLoad>,
    last: Option<LastLoad>,
    /// The lockout guard of each access key or login: the server counts failed authentications for each.
    guards: Vec<(GuardKey, Arc<LockoutGuard>)>,
}

/// The access key ID and the login.
#[derive(PartialEq, Eq)]
struct GuardKey(Option<String>, Option<String>);

impl Identity {
    pub(super) fn new(credentials: Credentials, region: &str, lockout: Arc<LockoutGuard>) -> Self {
        let signer = credentials.access_key.as_ref();
        let signer = signer.map(|AccessKeyPair { id, secret }| Signer::new(id, secret, region));
        Self { credentials, signer, lockout }
    }
}

impl Identities {
    /// The same credentials for all requests.
    pub(super) fn fixed(credentials: Credentials, region: &str, probes_rejected: bool) -> Self {
        let identity = Identity::new(credentials, region, Arc::new(LockoutGuard::new(probes_rejected)));
        Self::new(IdentitySource::Fixed(Arc::new(identity)))
    }

    /// The credentials of a provider.
    pub(super) fn provided(
        provider: Arc<dyn CredentialsProvider>,
        region: String,
        probes_rejected: bool,
    ) -> Self {
        Self::new(IdentitySource::Provided(Arc::new(Provided {
            provider,
            region,
            probes_rejected,
            state: Mutex::default(),
            finished: Notify::new(),
        })))
    }

    fn new(source: IdentitySource) -> Self {
        let anonymous = Identity::new(Credentials::none(), "", Arc::default());
        Self { anonymous: Arc::new(anonymous), source }
    }

    /// The identity for actions without authentication.
    pub(super) fn anonymous(&self) -> Ticket {
        Ticket { identity: Arc::clone(&self.anonymous), required: 0 }
    }

    /// The identity, if no provider has to be asked for it.
    pub(super) fn as_fixed(&self) -> Option<&Identity> {
        match &self.source {
            IdentitySource::Fixed(identity) => Some(identity),
            IdentitySource::Provided(_) => None,
        }
    }

    /// The identity that was used last, without asking a provider: `None` before its first load.
    pub(super) fn latest(&self) -> Option<Arc<Identity>> {
        match &self.source {
            IdentitySource::Fixed(identity) => Some(Arc::clone(identity)),
            IdentitySource::Provided(provided) => provided.state().current.clone(),
        }
    }

    /// The identity to use for a request. Cancel-safe.
    ///
    /// # Errors
    /// Returns the reason why a provider has no credentials.
    pub(super) async fn current(&self) -> Result<Ticket, Arc<str>> {
        match &self.source {
            IdentitySource::Fixed(identity) => Ok(Ticket { identity: Arc::clone(identity), required: 0 }),
            IdentitySource::Provided(provided) => provided.current().await,
        }
    }

    /// Whether a request may still use this ticket, which was issued before it waited for its turn.
    pub(super) fn is_valid(&self, ticket: &Ticket) -> bool {
        match &self.source {
            IdentitySource::Fixed(_) => true,
            IdentitySource::Provided(_) if Arc::ptr_eq(&ticket.identity, &self.anonymous) => true,
            IdentitySource::Provided(provided) => {
                let state = provided.state();
                state.required == ticket.required
                    && state.current.as_ref().is_some_and(|current| Arc::ptr_eq(current, &ticket.identity))
            }
        }
    }

    /// The server refused the credentials of this ticket: no other request uses them before they were loaded again.
    /// Must be called before the lockout guard lets the next request pass.
    pub(super) fn refused(&self, ticket: &Ticket) {
        if let IdentitySource::Provided(provided) = &self.source {
            let mut state = provided.state();
            let is_current =
                state.current.as_ref().is_some_and(|current| Arc::ptr_eq(current, &ticket.identity));
            // Requests that were refused together need one load.
            let is_pending = state.last.as_ref().is_none_or(|last| last.number < state.required);
            if is_current && !is_pending {
                state.required = state.started.saturating_add(1);
            }
        }
    }

    /// The lockout guard of this ticket is closed. Returns `true` if the credentials may have changed since they were
    /// loaded, so that it makes sense to load them again.
    pub(super) fn locked_out(&self, ticket: &Ticket) -> bool {
        let IdentitySource::Provided(provided) = &self.source else { return false };
        let mut state = provided.state();
        if state.required != ticket.required {
            return true;
        }
        let is_old = |last: &LastLoad| last.began.elapsed() >= MIN_RELOAD_INTERVAL;
        let is_due = state.last.as_ref().is_none_or(is_old);
        if is_due {
            state.required = state.started.saturating_add(1);
        }
        is_due
    }

    /// Forgets failed authentications, and loads the credentials again before the next request.
    pub(super) fn reset(&self) {
        match &self.source {
            IdentitySource::Fixed(identity) => identity.lockout.reset(),
            IdentitySource::Provided(provided) => {
                let mut state = provided.state();
                state.required = state.started.saturating_add(1);
                state.guards.iter().for_each(|(_, guard)| guard.reset());
            }
        }
    }

    /// Whether these credentials differ from those of the ticket.
    pub(super) fn differ(ticket: &Ticket, other: &Ticket) -> bool {
        !Arc::ptr_eq(&ticket.identity, &other.identity)
    }
}

impl Provided {
    async fn current(self: &Arc<Self>) -> Result<Ticket, Arc<str>> {
        // A load that began earlier may have read credentials that changed before this call.
        let mut oldest = None;
        let runtime = Handle::try_current().ok().map(|runtime| runtime.id());
        loop {
            let mut finished = std::pin::pin!(self.finished.notified());
            // Registered before looking at the state, so that no load in between is missed.
            finished.as_mut().enable();
            let stale = {
                let state = self.state();
                let oldest = *oldest.get_or_insert_with(|| {
                    let running = runtime.and_then(|runtime| state.usable_load(runtime));
                    running.unwrap_or(state.started.saturating_add(1))
                });
                match state.evaluate(oldest) {
                    Some(result) => return result,
                    None => state.ticket(),
                }
            };
            self.ensure_load();
            match stale {
                None => finished.await,
                Some(stale) => {
                    if timeout(REFRESH_PATIENCE, finished).await.is_err() {
                        tracing::warn!("the credentials provider is slow: using the last credentials");
                        return Ok(stale);
                    }
                }
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, ProvidedState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes loaded credentials the current ones. The same credentials keep their identity.
    fn accept(&self, state: &mut ProvidedState, credentials: Credentials) {
        let is_new_secret = match &state.current {
            Some(current) if current.credentials == credentials => return,
            Some(current) => GuardKey::of(&current.credentials) == GuardKey::of(&credentials),
            None => false,
        };
        let lockout = state.guard(GuardKey::of(&credentials), self.probes_rejected);
        if is_new_secret {
            lockout.replace_secret();
        }
        if state.current.is_some() {
            tracing::info!("the credentials changed");
        }
        state.current = Some(Arc::new(Identity::new(credentials, &self.region, lockout)));
    }
}

impl ProvidedState {
    /// The load of this runtime that is running and may be used.
    fn usable_load(&self, runtime: Id) -> Option<u64> {
        let is_usable = |load: &&RunningLoad| load.runtime == runtime && load.number >= self.required;
        self.running.iter().find(is_usable).map(|load| load.number)
    }

    fn ticket(&self) -> Option<Ticket> {
        let identity = Arc::clone(self.current.as_ref()?);
        Some(Ticket { identity, required: self.required })
    }

    /// The result for a call, or `None` if it must wait for a load. `oldest`: the oldest load that read credentials no earlier than
    /// the call began, or was running then.
    fn evaluate(&self, oldest: u64) -> Option<Result<Ticket, Arc<str>>> {
        let LastLoad { number, began, interval, result } = self.last.as_ref()?;
        if *number < self.required {
            return None;
        }
        let age = began.elapsed();
        match (self.ticket(), result) {
            (Some(ticket), Ok(())) => (*number >= oldest || age < *interval).then_some(Ok(ticket)),
            (Some(ticket), Err(_)) => {
                let interval = (*interval).max(MIN_RELOAD_INTERVAL);
                (*number >= oldest || age < interval).then_some(Ok(ticket))
            }
            (None, Ok(())) => None,
            (None, Err(reason)) => (*number >= oldest).then(|| Err(Arc::clone(reason))),
        }
    }

    /// The lockout guard of an access key or login.
    fn guard(&mut self, key: GuardKey, probes_rejected: bool) -> Arc<LockoutGuard> {
        let known = self.guards.iter().position(|(known, _)| *known == key);
        let (key, guard) = match known {
            Some(index) => self.guards.remove(index),
            None => (key, Arc::new(LockoutGuard::new(probes_rejected))),
        };
        if self.guards.len() >= MAX_GUARDS {
            self.guards.remove(0);
        }
        self.guards.push((key, Arc::clone(&guard)));
        guard
    }
}

impl GuardKey {
    fn of(credentials: &Credentials) -> Self {
        let Credentials { access_key, basic } = credentials;
        let access_key = access_key.as_ref().map(|AccessKeyPair { id, .. }| id.clone());
        Self(access_key, basic.as_ref().map(|Basic { login, .. }| login.clone()))
    }
}

#[cfg(test)]
mod tests;

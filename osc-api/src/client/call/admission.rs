//! The right of a call to send its next request: credentials, the rate limit and the lockout guard.

use std::sync::Arc;

use tokio::time::timeout_at;

use super::turn::{self, Turn, WaitingFor};
use super::{CHECK_AUTHENTICATION, Call};
use crate::action::Auth;
use crate::client::auth::AuthMethod;
use crate::client::identity::{Identities, Ticket};
use crate::clock::Skew;
use crate::error::{Error, ErrorRepr, NotSentCause, Result};
use crate::lockout::{Closed, LockoutGuard};

/// How often a call loads refused credentials again, at most.
const MAX_RELOADS: u32 = 3;

/// The right to send a request now, with these credentials.
pub(super) struct Admission {
    pub(super) ticket: Ticket,
    pub(super) turn: Turn,
}

impl Call {
    /// Waits until the request may be sent, with the credentials that are current then.
    pub(super) async fn admit(&mut self) -> Result<Admission> {
        let mut was_reloaded = false;
        loop {
            let ticket = self.credentials().await?;
            let method = AuthMethod::choose(self.action(), &ticket.identity, &self.shared.config)?;
            let guard = (!matches!(method, AuthMethod::Anonymous)).then_some(&ticket.identity.lockout);
            let turn = match self.turn(guard).await {
                Err(error) if error.is_locked_out() && !was_reloaded => {
                    was_reloaded = true;
                    if !self.shared.identities.locked_out(&ticket) {
                        return Err(error);
                    }
                    continue;
                }
                turn => turn?,
            };
            if self.shared.identities.is_valid(&ticket) {
                self.ticket = guard.is_some().then(|| ticket.clone());
                return Ok(Admission { ticket, turn });
            }
            // The credentials were refused or changed meanwhile.
            turn.release();
        }
    }

    /// The current credentials, as soon as they are loaded.
    async fn credentials(&self) -> Result<Ticket> {
        let identities = &self.shared.identities;
        if self.meta.auth == Auth::None {
            return Ok(identities.anonymous());
        }
        match timeout_at(self.deadline, identities.current()).await {
            Ok(Ok(ticket)) => Ok(ticket),
            Ok(Err(reason)) => {
                let reason = format!("the credentials provider failed: {reason}");
                let kind = ErrorRepr::NotSent { reason, cause: NotSentCause::Credentials };
                Err(Error::new(self.name(), kind))
            }
            Err(_) => Err(self.queue_timeout("waiting for the credentials provider")),
        }
    }

    /// Waits for the rate limiter and the lockout guard, until the call times out.
    async fn turn(&self, guard: Option<&Arc<LockoutGuard>>) -> Result<Turn> {
        let mut waiting_for = WaitingFor::RateLimit;
        let turn = turn::wait(&self.shared.rate_limiter, guard, self.name(), &mut waiting_for);
        match timeout_at(self.deadline, turn).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(Closed { failures, possible_failures, last_refusal })) => {
                let kind = ErrorRepr::LockedOut { failures, possible_failures, last_refusal };
                Err(Error::new(self.name(), kind))
            }
            Err(_) => Err(self.queue_timeout(match waiting_for {
                WaitingFor::RateLimit => "waiting for the rate limit",
                WaitingFor::LockoutGuard => {
                    "waiting for the first response of this client, which shows whether the credentials are valid"
                }
            })),
        }
    }

    /// Whether the server refused the credentials themselves: not the date of the request, and not a login in its body.
    pub(super) fn are_credentials_refused(&self, error: &Error) -> bool {
        error.api().is_some()
            && error.is_authentication()
            && self.last_skew == Skew::None
            && self.name() != CHECK_AUTHENTICATION
    }

    /// Whether the credentials, which were refused, have been replaced meanwhile.
    pub(super) async fn has_new_credentials(&mut self, error: &Error) -> bool {
        let Some(refused) = self.ticket.clone().filter(|_| self.are_credentials_refused(error)) else {
            return false;
        };
        let is_allowed = self.reloads < MAX_RELOADS && !self.settings.retry.is_off();
        if !is_allowed || self.shared.identities.as_fixed().is_some() {
            return false;
        }
        self.reloads += 1;
        self.credentials().await.is_ok_and(|current| Identities::differ(&current, &refused))
    }

    fn queue_timeout(&self, activity: &str) -> Error {
        let reason = format!("it timed out after {:?} while {activity}", self.settings.timeout);
        Error::new(self.name(), ErrorRepr::NotSent { reason, cause: NotSentCause::TimedOut })
    }
}

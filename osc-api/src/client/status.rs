//! A snapshot of what slows down or stops the calls of a client, for health endpoints.

use std::time::Duration;

use super::Client;

/// What slows down or stops the calls of a client at the moment: see [`Client::status`].
#[derive(Clone, Debug, PartialEq)]
pub struct ClientStatus {
    account_rate: Option<f64>,
    action_rates: Vec<(String, f64)>,
    lockout: Option<LockoutStatus>,
    clock_correction_seconds: i64,
}

/// The state of a closed lockout guard: no authenticated request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockoutStatus {
    failures: u32,
    probe_after: Option<Duration>,
}

impl ClientStatus {
    /// The status of a client at the moment.
    pub(super) fn of(client: &Client) -> Self {
        let shared = &client.shared;
        let (account_rate, action_rates) = shared.rate_limiter.rates();
        let closed = shared.identities.latest().and_then(|identity| identity.lockout.closed());
        Self {
            account_rate,
            action_rates,
            lockout: closed.map(|(failures, probe_after)| LockoutStatus { failures, probe_after }),
            clock_correction_seconds: shared.clock.correction().as_secs(),
        }
    }

    /// Returns the current limit of all requests, per second, or `None` if they are not limited: the configured rate, or
    /// the one that the client adapted to after the server throttled it.
    pub fn account_rate(&self) -> Option<f64> {
        self.account_rate
    }

    /// Returns the actions that are limited separately, each with its limit in requests per second.
    pub fn action_rates(&self) -> &[(String, f64)] {
        &self.action_rates
    }

    /// Returns `true` if a rate limit is in force.
    pub fn is_limited(&self) -> bool {
        self.account_rate.is_some() || !self.action_rates.is_empty()
    }

    /// Returns the state of the lockout guard if it is closed: after failed authentications, the client sends no
    /// authenticated requests.
    pub fn lockout(&self) -> Option<LockoutStatus> {
        self.lockout
    }

    /// Returns what the client adds to this machine's clock, in seconds: 0 unless the server refused the date of a
    /// request. Any other value means that the clock should be set.
    pub fn clock_correction_seconds(&self) -> i64 {
        self.clock_correction_seconds
    }
}

impl LockoutStatus {
    /// Returns the number of failed authentications, including possible ones whose response was lost.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Returns the time until the client probes the credentials with one request, or `None` if it never does: then the
    /// credentials must be corrected.
    pub fn probe_after(&self) -> Option<Duration> {
        self.probe_after
    }
}

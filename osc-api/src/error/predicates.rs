//! Predicates for programs.
//!
//! Codes take precedence over the status, which is less precise. The ranges are the
//! server's: 1000s dependencies, 4000s parameters, 5000s missing resources, 6000s states, 9000s conflicts, 10000s quotas
//! and capacity.

use super::{ApiError, Error, ErrorRepr, NotSentCause, WaitEnd};

/// Whether a failed attempt may have been carried out, and whether another one would help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttemptOutcome {
    /// The server throttled the request: it was not carried out.
    Throttled,
    /// The request was not sent, for a temporary reason.
    NotSent,
    /// The request may have been carried out.
    Unknown,
    /// Another attempt would not help.
    Final,
}

impl Error {
    /// Returns `true` if the client could not be built from the builder, the environment and the profile.
    pub fn is_configuration(&self) -> bool {
        matches!(self.0.kind, ErrorRepr::Configuration { .. })
    }

    /// Returns `true` if no complete response arrived in time. The action may still have been carried out, unless
    /// [`is_connect`](Self::is_connect) is true, too.
    ///
    /// Also true if a [waiter](crate::wait) timed out; [`last_state`](Self::last_state) is the last state it observed.
    pub fn is_timeout(&self) -> bool {
        match &self.0.kind {
            ErrorRepr::NotSent { cause, .. } => *cause == NotSentCause::TimedOut,
            ErrorRepr::Transport { timeout, .. } => *timeout,
            ErrorRepr::Wait { end, .. } => matches!(end, WaitEnd::TimedOut { .. }),
            _ => false,
        }
    }

    /// Returns `true` if a [wait](crate::wait) can no longer succeed: the resource is in a state from which the target cannot
    /// be reached, or it does not exist. [`last_state`](Self::last_state) is that state.
    pub fn is_wait_failed(&self) -> bool {
        matches!(self.0.kind, ErrorRepr::Wait { end: WaitEnd::Failed | WaitEnd::Missing, .. })
    }

    /// Returns `true` if no connection could be established: unknown host, refused, untrusted certificate. Nothing was sent
    /// in any attempt of the call.
    pub fn is_connect(&self) -> bool {
        !self.0.is_outcome_unknown && self.is_connect_failure()
    }

    /// Returns `true` if no complete response arrived, for any reason: also if [`is_timeout`](Self::is_timeout) or
    /// [`is_connect`](Self::is_connect) is true.
    pub fn is_transport(&self) -> bool {
        matches!(self.0.kind, ErrorRepr::Transport { .. })
    }

    /// Returns `true` if the action succeeded, but its response cannot be decoded, an intermediary compressed it although
    /// the client did not request that, or it lacks a value that the program requires, such as
    /// [`volume_id`](crate::types::Volume::volume_id).
    pub fn is_decode(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorRepr::Decode { .. } | ErrorRepr::UnexpectedEncoding(_) | ErrorRepr::MissingValue(_)
        )
    }

    /// Returns `true` if the credentials are missing, refused, locked or expired; also if
    /// [`is_locked_out`](Self::is_locked_out) is true.
    ///
    /// Do not retry with the same credentials: a few failures in a row lock them.
    pub fn is_authentication(&self) -> bool {
        match &self.0.kind {
            ErrorRepr::NotSent { cause, .. } => *cause == NotSentCause::Credentials,
            ErrorRepr::LockedOut { .. } => true,
            ErrorRepr::Api(error) => error.is_authentication(),
            _ => false,
        }
    }

    /// Returns `true` if the lockout guard of the client prevented the call: the last authentications failed, and one more
    /// failure would lock the access key or login.
    ///
    /// Correct the credentials and build a new client, or call
    /// [`Client::reset_authentication`](crate::Client::reset_authentication) once the cause is fixed.
    pub fn is_locked_out(&self) -> bool {
        matches!(self.0.kind, ErrorRepr::LockedOut { .. })
    }

    /// Returns `true` if the caller is authenticated but not allowed to do this, by policy or by API access rules.
    pub fn is_access_denied(&self) -> bool {
        self.api().is_some_and(ApiError::is_access_denied)
    }

    /// Returns `true` if the request was throttled. It was not carried out.
    pub fn is_throttled(&self) -> bool {
        self.api().is_some_and(ApiError::is_throttled)
    }

    /// Returns `true` if the request is invalid: a parameter is missing, malformed, or does not fit the others (codes from 4000
    /// to 4999 except 4120, the unknown access key; status 400, 413 or 422 without a code of any other known range).
    pub fn is_validation(&self) -> bool {
        self.api().is_some_and(ApiError::is_validation)
    }

    /// Returns `true` if a resource in the request does not exist (codes from 5000 to 5999; their status is 400), or one that
    /// was [waited](crate::wait) for.
    pub fn is_not_found(&self) -> bool {
        self.api().is_some_and(ApiError::is_not_found)
            || matches!(self.0.kind, ErrorRepr::Wait { end: WaitEnd::Missing, .. })
    }

    /// Returns `true` if the request does not fit the state of a resource, or conflicts with another resource (codes from 6000
    /// to 6999 and from 9000 to 9999; status 409 that concerns neither quota nor capacity).
    ///
    /// If [`is_retryable`](Self::is_retryable) is true as well, the conflict is temporary.
    pub fn is_conflict(&self) -> bool {
        self.api().is_some_and(ApiError::is_conflict)
    }

    /// Returns `true` if the request failed because of a resource that depends on this one, or that this one depends on (codes
    /// from 1000 to 1999; status 424).
    pub fn is_dependency(&self) -> bool {
        self.api().is_some_and(ApiError::is_dependency)
    }

    /// Returns `true` if pagination cannot continue: the server repeats a page token, claims more items after an empty page, or
    /// refuses a page token, which may have expired ([`PAGE_TOKEN_EXPIRED`](crate::codes::PAGE_TOKEN_EXPIRED)).
    ///
    /// The items yielded so far are valid. List again from the beginning to get the rest.
    pub fn is_pagination(&self) -> bool {
        matches!(self.0.kind, ErrorRepr::Pagination { .. })
    }

    /// Returns `true` if a quota of the account is exhausted (codes from 10003).
    pub fn is_quota(&self) -> bool {
        self.api().is_some_and(ApiError::is_quota)
    }

    /// Returns `true` if the cloud has no capacity for the resource at the moment (code 10001).
    pub fn is_capacity(&self) -> bool {
        self.api().is_some_and(ApiError::is_capacity)
    }

    /// Returns `true` if the platform, or a gateway in front of it, failed (status 500 and above, except
    /// [throttling](Self::is_throttled)). The action may still have been carried out.
    pub fn is_server_error(&self) -> bool {
        self.api().is_some_and(ApiError::is_server_error)
    }

    /// Returns `true` if one of the errors of the response has this code, such as one of [`codes`](crate::codes).
    pub fn has_code(&self, code: u32) -> bool {
        self.api().is_some_and(|error| error.has(&[code..=code]))
    }

    /// Returns `true` if it is unknown whether the action was carried out: an attempt of the call received no complete response,
    /// or status 408, 500, 502, 503 or 504. Always `false` for actions that only read.
    pub fn is_outcome_unknown(&self) -> bool {
        self.0.is_outcome_unknown
    }

    /// Returns `true` if repeating the call unchanged may succeed, and cannot carry out anything twice.
    ///
    /// The client has already retried within its [`RetryPolicy`](crate::RetryPolicy), so wait before the next call. It is true
    /// for
    /// - throttled calls, and calls that timed out in a queue of the client;
    /// - calls that were not sent because no connection could be established, unless the cause is permanent, such as an untrusted
    ///   certificate;
    /// - calls whose outcome is unknown, if repeating them is safe: the action only reads, or the request has the caller's own
    ///   client token (a token generated by the client is new for each call);
    /// - temporary conflicts, such as a volume that is not ready yet: all errors of the response have codes that
    ///   [`codes`](crate::codes) documents as temporary.
    ///
    /// If an attempt of the call may have been carried out, it is true only if repeating the call is safe.
    ///
    /// It is false for everything else: configuration, authentication, missing permissions, validation, missing resources,
    /// quotas, capacity, responses that cannot be decoded or are too large.
    pub fn is_retryable(&self) -> bool {
        if self.0.is_outcome_unknown && !self.0.is_repeatable {
            return false;
        }
        match self.outcome() {
            AttemptOutcome::Throttled | AttemptOutcome::NotSent => true,
            _ if self.api().is_some_and(ApiError::is_transient) => true,
            AttemptOutcome::Unknown => self.0.is_repeatable,
            AttemptOutcome::Final => false,
        }
    }

    /// Whether the API itself evaluated the request, which it does only after authentication.
    pub(crate) fn proves_authentication(&self) -> bool {
        let is_proof =
            |response: &ApiError| response.is_api_format() && matches!(response.status(), 400 | 404..=424);
        self.api().is_some_and(is_proof) && !self.is_authentication() && !self.is_throttled()
    }

    /// Whether the failed attempt may have been carried out, and whether another one would help.
    pub(crate) fn outcome(&self) -> AttemptOutcome {
        if self.is_throttled() {
            AttemptOutcome::Throttled
        } else if self.is_permanent() {
            AttemptOutcome::Final
        } else if self.is_connect_failure() || self.is_queue_timeout() {
            AttemptOutcome::NotSent
        } else if self.is_transport()
            || self.api().is_some_and(|response| matches!(response.status(), 408 | 500 | 502..=504))
        {
            AttemptOutcome::Unknown
        } else {
            AttemptOutcome::Final
        }
    }

    /// Whether the last attempt established no connection.
    pub(crate) fn is_connect_failure(&self) -> bool {
        matches!(self.0.kind, ErrorRepr::Transport { connect: true, .. })
    }

    /// Whether the request timed out in a queue of the client.
    pub(crate) fn is_queue_timeout(&self) -> bool {
        matches!(self.0.kind, ErrorRepr::NotSent { cause: NotSentCause::TimedOut, .. })
    }

    /// Whether the error is a 401 in the API's own format.
    pub(crate) fn is_own_401(&self) -> bool {
        self.api().is_some_and(|response| response.is_api_format() && response.status() == 401)
    }

    /// Whether every attempt fails in the same way until the configuration changes, as with an untrusted certificate.
    pub(crate) fn is_permanent(&self) -> bool {
        matches!(self.0.kind, ErrorRepr::Transport { permanent: true, .. })
    }
}

//! What programs branch on.
//!
//! A code says more than a status, so codes are asked first and the status where there is none. The ranges are
//! the server's own: 1000s dependencies, 4000s parameters, 5000s missing resources, 6000s states, 9000s
//! conflicts, 10000s quotas and capacity.

use super::{ApiError, Error, ErrorRepr, NotSentCause, WaitEnd};

/// What a failed attempt says about whether the request was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttemptOutcome {
    /// The server throttled the request: it was not carried out.
    Throttled,
    /// The request was not sent, for a reason that may pass.
    NotSent,
    /// The request may have been carried out.
    Unknown,
    /// Another attempt would not help.
    Final,
}

impl Error {
    /// Whether the client could not be made from what the program, the environment and the profile say.
    pub fn is_configuration(&self) -> bool {
        matches!(self.0.kind, ErrorRepr::Configuration { .. })
    }

    /// Whether no complete answer came in time. The action may have been carried out nevertheless, unless
    /// [`is_connect`](Self::is_connect) is true too.
    ///
    /// Also whether the time of a [wait](crate::wait) was over; [`last_state`](Self::last_state) is the state by then.
    pub fn is_timeout(&self) -> bool {
        match &self.0.kind {
            ErrorRepr::NotSent { cause, .. } => *cause == NotSentCause::TimedOut,
            ErrorRepr::Transport { timeout, .. } => *timeout,
            ErrorRepr::Wait { end, .. } => matches!(end, WaitEnd::TimedOut(_)),
            _ => false,
        }
    }

    /// Whether a [wait](crate::wait) is of no use any more: the resource is in a state from which the wanted one
    /// does not follow, or it does not exist. [`last_state`](Self::last_state) is that state.
    pub fn is_wait_failed(&self) -> bool {
        matches!(self.0.kind, ErrorRepr::Wait { end: WaitEnd::Failed | WaitEnd::Missing, .. })
    }

    /// Whether no connection could be made: unknown host, refused, TLS not trusted. Nothing was sent, in no attempt of
    /// the call.
    pub fn is_connect(&self) -> bool {
        !self.0.is_outcome_unknown && self.is_connect_failure()
    }

    /// Whether the network or the other side failed to bring a complete answer, in any way: also where
    /// [`is_timeout`](Self::is_timeout) or [`is_connect`](Self::is_connect) is true.
    pub fn is_transport(&self) -> bool {
        matches!(self.0.kind, ErrorRepr::Transport { .. })
    }

    /// Whether the action succeeded but its answer could not be understood, or was compressed on its way
    /// though nobody had asked for it.
    pub fn is_decode(&self) -> bool {
        matches!(self.0.kind, ErrorRepr::Decode { .. } | ErrorRepr::UnexpectedEncoding(_))
    }

    /// Whether the credentials were not accepted, are locked, have expired, or are not there at all; also
    /// where [`is_locked_out`](Self::is_locked_out) is true.
    ///
    /// Do not try again with the same ones: a few failures in a row lock them.
    pub fn is_authentication(&self) -> bool {
        match &self.0.kind {
            ErrorRepr::NotSent { cause, .. } => *cause == NotSentCause::Credentials,
            ErrorRepr::LockedOut { .. } => true,
            ErrorRepr::Api(error) => error.is_authentication(),
            _ => false,
        }
    }

    /// Whether the client kept the call back itself, because its guard is closed: the last authentications
    /// failed, and one more would lock the access key or the login.
    ///
    /// Correct the credentials and make a new client, or open the guard with
    /// [`Client::reset_authentication`](crate::Client::reset_authentication) once the cause is mended.
    pub fn is_locked_out(&self) -> bool {
        matches!(self.0.kind, ErrorRepr::LockedOut { .. })
    }

    /// Whether the caller is known but not allowed to do this, be it by policy or by API access rules.
    pub fn is_access_denied(&self) -> bool {
        self.api().is_some_and(ApiError::is_access_denied)
    }

    /// Whether the request came too soon after others. It was not carried out.
    pub fn is_throttled(&self) -> bool {
        self.api().is_some_and(ApiError::is_throttled)
    }

    /// Whether the request itself is wrong: a parameter is missing, malformed, or does not fit the others
    /// (codes from 4000 to 4999 but 4120, the unknown access key; a status 400 without a code).
    pub fn is_validation(&self) -> bool {
        self.api().is_some_and(ApiError::is_validation)
    }

    /// Whether a resource that the request names does not exist (codes from 5000 to 5999; their status is 400), or
    /// one that was [waited](crate::wait) for.
    pub fn is_not_found(&self) -> bool {
        self.api().is_some_and(ApiError::is_not_found)
            || matches!(self.0.kind, ErrorRepr::Wait { end: WaitEnd::Missing, .. })
    }

    /// Whether the request does not fit the state of a resource, or collides with another resource (codes
    /// from 6000 to 6999 and from 9000 to 9999; a status 409 that is about neither quota nor capacity).
    ///
    /// Where [`is_retryable`](Self::is_retryable) is true as well, the state passes by waiting.
    pub fn is_conflict(&self) -> bool {
        self.api().is_some_and(ApiError::is_conflict)
    }

    /// Whether the request failed because of what depends on the resource or what the resource depends on
    /// (codes from 1000 to 1999; status 424).
    pub fn is_dependency(&self) -> bool {
        self.api().is_some_and(ApiError::is_dependency)
    }

    /// Whether a listing of [`Client::paginate`](crate::Client::paginate) cannot go on: the server gives a page
    /// token twice, claims more items after an empty page, or refuses the token of a page, which may be too old
    /// ([`PAGE_TOKEN_EXPIRED`](crate::codes::PAGE_TOKEN_EXPIRED)).
    ///
    /// What was listed until then is good. The rest is found by listing again from the beginning only.
    pub fn is_pagination(&self) -> bool {
        matches!(self.0.kind, ErrorRepr::Pagination { .. })
    }

    /// Whether a quota of the account is used up (codes from 10003).
    pub fn is_quota(&self) -> bool {
        self.api().is_some_and(ApiError::is_quota)
    }

    /// Whether the cloud has no room for the resource now (code 10001).
    pub fn is_capacity(&self) -> bool {
        self.api().is_some_and(ApiError::is_capacity)
    }

    /// Whether the platform, or a gateway before it, is out of order (status 500 and above, less what is
    /// [throttling](Self::is_throttled)). The action may have been carried out nevertheless.
    pub fn is_server_error(&self) -> bool {
        self.api().is_some_and(ApiError::is_server_error)
    }

    /// Whether one of the errors of the answer has this code, such as one of [`codes`](crate::codes).
    pub fn has_code(&self, code: u32) -> bool {
        self.api().is_some_and(|error| error.has(&[code..=code]))
    }

    /// Whether it is unknown if the action was carried out: an earlier attempt of the call may have been, or the last one.
    /// Always `false` for idempotent actions.
    pub fn is_outcome_unknown(&self) -> bool {
        self.0.is_outcome_unknown
    }

    /// Whether sending the same call again may succeed with nothing changed, and cannot do anything twice.
    ///
    /// The client has retried already what its [`RetryPolicy`](crate::RetryPolicy) allows, so that waiting
    /// before the next call is in place. It is true for
    /// - throttled calls;
    /// - calls that were not sent because no connection could be made, unless the cause stays until somebody
    ///   changes something, such as a certificate that is not trusted;
    /// - calls of which nobody knows whether they were carried out (no complete answer, or the status 500,
    ///   502, 503 or 504), where repeating the action is harmless: it only reads, or it carries a client token
    ///   of the caller's (the one that the client makes up is new for each call);
    /// - conflicts that pass by waiting, such as a volume that is not ready yet: all errors of the answer have
    ///   a code whose text in [`codes`](crate::codes) says so.
    ///
    /// If an earlier attempt of the call may have been carried out, it is true only for what can be repeated safely.
    ///
    /// It is false for everything else: configuration, authentication, what is not allowed, validation, what
    /// does not exist, quotas, capacity, answers that cannot be understood or are too large.
    pub fn is_retryable(&self) -> bool {
        if self.0.is_outcome_unknown && !self.0.repeatable {
            return false;
        }
        match self.outcome() {
            AttemptOutcome::Throttled | AttemptOutcome::NotSent => true,
            _ if self.api().is_some_and(ApiError::is_transient) => true,
            AttemptOutcome::Unknown => self.0.repeatable,
            AttemptOutcome::Final => false,
        }
    }

    /// Whether the API itself looked at the request, which it does only after it knew who sent it.
    pub(crate) fn proves_authentication(&self) -> bool {
        let is_proof = |answer: &ApiError| answer.is_own_form() && matches!(answer.status(), 400 | 404..=424);
        self.api().is_some_and(is_proof) && !self.is_authentication() && !self.is_throttled()
    }

    /// What the failed attempt says about whether the request was carried out.
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

    /// Whether the last attempt made no connection.
    pub(crate) fn is_connect_failure(&self) -> bool {
        matches!(self.0.kind, ErrorRepr::Transport { connect: true, .. })
    }

    /// Whether the request timed out in a queue of the client.
    pub(crate) fn is_queue_timeout(&self) -> bool {
        matches!(self.0.kind, ErrorRepr::NotSent { cause: NotSentCause::TimedOut, .. })
    }

    /// Whether the error is a 401 in the API's own format.
    pub(crate) fn is_own_401(&self) -> bool {
        self.api().is_some_and(|response| response.is_own_form() && response.status() == 401)
    }

    /// Whether no connection will do until somebody changes something, as with certificates.
    pub(crate) fn is_permanent(&self) -> bool {
        matches!(self.0.kind, ErrorRepr::Transport { permanent: true, .. })
    }
}

//! What an attempt teaches the rate limiter, the clock and the lockout guard.

use tracing::warn;

use super::{CHECK_AUTHENTICATION, Call};
use crate::clock::{Reading, Skew};
use crate::codes;
use crate::error::{ApiError, Error};
use crate::http::HttpResponse;
use crate::lockout::{self, LockoutPermit};
use crate::rate_limit::Permit as RatePermit;

impl Call {
    pub(super) fn report_to_rate_limiter(&self, permit: RatePermit, error: Option<&Error>) {
        match error {
            Some(error) if error.is_throttled() => {
                let is_by_action = error.has_code(codes::THROTTLED_BY_ACTION);
                let retry_after = error.api().and_then(ApiError::retry_after);
                permit.throttled(is_by_action, retry_after);
            }
            // A failing server says nothing about its limits.
            Some(error) if error.is_server_error() => drop(permit),
            _ => permit.accepted(),
        }
    }

    /// Learns from a 401 of the API whether the request was dated wrong.
    pub(super) fn learn_skew(
        &self,
        reading: Reading,
        response: &HttpResponse,
        error: Option<&Error>,
    ) -> Skew {
        if !error.is_some_and(Error::is_own_401) {
            return Skew::None;
        }
        let Some(date) = response.date() else { return Skew::None };
        let skew = self.shared.clock.learn(reading, date);
        if let Skew::Learned(correction) = skew {
            let seconds = correction.as_secs();
            warn!(seconds, "the machine's clock is wrong: requests are signed with the corrected time");
        }
        skew
    }

    pub(super) fn report_to_lockout_guard(
        &self,
        permit: LockoutPermit,
        response: &HttpResponse,
        error: Option<&Error>,
        skew: Skew,
    ) {
        match error {
            // Only the API's own responses prove anything: portals and gateways have success pages of their own.
            None if is_api_response(&response.body) => permit.accepted(),
            None => permit.unaffected(),
            Some(error) if error.is_authentication() && skew != Skew::None => {
                permit.refused_for_its_date(matches!(skew, Skew::Learned(_)));
            }
            // It concerns the login in the request, and proves nothing about the caller.
            Some(error) if error.is_authentication() && self.name() == CHECK_AUTHENTICATION => drop(permit),
            Some(error) if error.is_authentication() => {
                let refusal = error.api().map(ToString::to_string).unwrap_or_default();
                let failures = permit.refused(refusal);
                if failures >= lockout::MAX_FAILURES {
                    warn!(
                        failures,
                        "lockout guard closed: one more failure would lock the access key or login"
                    );
                }
            }
            Some(error) if error.proves_authentication() => permit.accepted(),
            Some(_) => permit.unaffected(),
        }
    }
}

/// Whether a successful response can be the API's own: a JSON object, not the HTML page of a portal.
fn is_api_response(body: &[u8]) -> bool {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
    text.first() == Some(&b'{') && text.last() == Some(&b'}')
}

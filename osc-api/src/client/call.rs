//! One call: attempts, until one succeeds or another would be of no use or no longer safe.

use std::borrow::Cow;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};
use tracing::field::Empty;
use tracing::{Instrument as _, Span, debug, info, info_span, warn};

use super::Shared;
use super::auth::Sender;
use super::client_token::{self, Token};
use super::options::Settings;
use crate::action::{ActionMeta, RetrySafety};
use crate::clock::Reading;
use crate::codes;
use crate::error::{ApiError, Error, ErrorRepr, Result, request_id};
use crate::http::{Attempt, Identity, Reply};
use crate::lockout::{self, Permit};
use crate::random;
use crate::rate_limit::Permit as RatePermit;
use crate::retry::{Budget, Failure, Outcome};

/// Longer than any call: where a time-out is too large to add to a time.
const FAR: Duration = Duration::from_secs(365 * 86_400);

/// What stands for a secret.
const REDACTED: &str = "[redacted]";

/// A call on its way.
struct Call<'a> {
    shared: &'a Shared,
    settings: Settings,
    action: ActionMeta<'a>,
    sender: Sender<'a>,
    body: Vec<u8>,
    /// Whether sending the request twice does no more than sending it once.
    repeatable: bool,
    /// Whether the same holds for the whole call: with a token that was made for this one it does not.
    repeatable_by_caller: bool,
    /// Requests that went out.
    attempts: u32,
    /// Those of them that were throttled.
    throttled: u32,
    /// The time that the last one was signed with.
    signed_at: Option<Reading>,
    /// Whether the request was sent again because the clock was wrong.
    was_corrected: bool,
}

impl Shared {
    /// The untyped core: bytes in, the bytes of a successful answer out, and how many attempts it took.
    pub(super) async fn exchange(
        &self,
        settings: Settings,
        action: ActionMeta<'_>,
        body: Vec<u8>,
    ) -> Result<(Vec<u8>, u32)> {
        let mut call = Call::new(self, settings, action, body)?;
        let span = info_span!(
            "osc_api",
            action = action.name,
            endpoint = self.config.endpoint.host(),
            attempts = Empty,
            status = Empty,
            request_id = Empty,
            duration_ms = Empty,
        );
        let began = Instant::now();
        let result = call.run().instrument(span.clone()).await;
        if !span.is_disabled() {
            call.record(&span, began, &result);
        }
        let reply = result.map_err(|error| error.after(call.attempts, call.repeatable_by_caller))?;
        self.budget().earn();
        match reply.encoding() {
            None => Ok((reply.body, call.attempts)),
            Some(name) => Err(Error::new(action.name, ErrorRepr::UnexpectedEncoding(name.to_owned()))
                .after(call.attempts, false)),
        }
    }
}

impl<'a> Call<'a> {
    /// Prepares a call.
    ///
    /// # Errors
    /// When it cannot succeed.
    fn new(shared: &'a Shared, settings: Settings, action: ActionMeta<'a>, body: Vec<u8>) -> Result<Self> {
        let refused = |reason: &str| {
            Error::new(action.name, ErrorRepr::NotSent { reason: reason.to_owned(), credentials: false })
        };
        if action.name.is_empty() || !action.name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(refused("the name of an action is made of ASCII letters and digits"));
        }
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(refused("the client works inside of a tokio runtime only: call it from one"));
        }
        let sender = Sender::of(action, shared.signer.as_ref(), &shared.config)?;
        let (body, token) = match action.retry {
            RetrySafety::ClientToken => client_token::fill_in(body),
            RetrySafety::Idempotent | RetrySafety::Unsafe => (body, Token::Missing),
        };
        let is_idempotent = action.retry == RetrySafety::Idempotent;
        Ok(Self {
            shared,
            settings,
            action,
            sender,
            body,
            repeatable: is_idempotent || token != Token::Missing,
            repeatable_by_caller: is_idempotent || token == Token::Given,
            attempts: 0,
            throttled: 0,
            signed_at: None,
            was_corrected: false,
        })
    }

    async fn run(&mut self) -> Result<Reply> {
        let shared = self.shared;
        let mut pass = shared.throttle.acquire(self.action.name).await;
        let now = Instant::now();
        let deadline = now.checked_add(self.settings.timeout).unwrap_or(now + FAR);
        loop {
            let error = match self.attempt(pass, deadline).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            let Some(delay) = self.delay(&error, deadline) else { return Err(error) };
            let (attempts, delay_ms, reason) = (self.attempts, millis(delay), reason(&error));
            info!(attempts, delay_ms, reason, "the request is sent again");
            sleep(delay).await;
            pass = match timeout_at(deadline, shared.throttle.acquire(self.action.name)).await {
                Ok(pass) => pass,
                Err(_) => return Err(error),
            };
        }
    }

    /// Sends the request once, and tells everybody what came of it.
    async fn attempt(&mut self, pass: RatePermit, deadline: Instant) -> Result<Reply> {
        let permit = match self.sender {
            Sender::Nobody => None,
            Sender::Key(_) | Sender::Login(_) => Some(self.permit(deadline).await?),
        };
        let reading = self.shared.clock.read();
        self.signed_at = Some(reading);
        let endpoint = &self.shared.config.endpoint;
        let url = endpoint.action(self.action.name);
        let attempt = Attempt {
            action: self.action.name,
            identity: self.sender.identify(reading.at, endpoint.host(), url.path(), &self.body),
            url,
            body: self.body.clone(),
            timeout: self.settings.attempt_timeout.min(deadline.duration_since(Instant::now())),
            max_response_size: self.settings.max_response_size,
        };
        self.attempts += 1;
        let reply = self.shared.transport.send(attempt).await?;
        let error = match reply.status {
            200..300 => None,
            status => {
                let url = endpoint.action(self.action.name);
                let sent = self.sender.identify(reading.at, endpoint.host(), url.path(), &self.body);
                let body = redact(&reply.body, &sent);
                let answer = ApiError::new(status, &body, reply.retry_after());
                Some(Error::new(self.action.name, ErrorRepr::Api(answer)))
            }
        };
        self.tell_throttle(pass, error.as_ref());
        // Before the guard lets the next request out, which else would be signed with the wrong time too.
        let is_accepted = permit.is_some() && error.as_ref().is_none_or(Error::proves_authentication);
        if !is_accepted
            && let Some(correction) = reply.date().and_then(|d| self.shared.clock.learn(reading, d))
        {
            let seconds = correction.as_secs();
            warn!(
                seconds,
                "this machine's clock is not the server's: requests are signed with the corrected time"
            );
        }
        if let Some(permit) = permit {
            tell_guard(permit, error.as_ref());
        }
        error.map_or(Ok(reply), Err)
    }

    /// Waits until the guard lets the request pass.
    async fn permit(&self, deadline: Instant) -> Result<Permit<'a>> {
        let name = self.action.name;
        match timeout_at(deadline, self.shared.guard.enter()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(lockout::Closed { failures, last })) => {
                Err(Error::new(name, ErrorRepr::LockedOut { failures, last }))
            }
            Err(_) => {
                let reason = "its time was over before the first request of this client was answered, which \
                              shows whether the credentials are good";
                Err(Error::new(name, ErrorRepr::NotSent { reason: reason.to_owned(), credentials: false }))
            }
        }
    }

    fn tell_throttle(&mut self, pass: RatePermit, error: Option<&Error>) {
        match error {
            Some(error) if error.is_throttled() => {
                self.throttled += 1;
                let is_of_action = error.has_code(codes::THROTTLED_BY_ACTION);
                let retry_after = error.api().and_then(ApiError::retry_after);
                let scope = if is_of_action { "action" } else { "account" };
                debug!(scope, retry_after_ms = retry_after.map(millis), "the server throttles");
                pass.throttled(is_of_action, retry_after);
            }
            // A server in trouble says nothing about its limits.
            Some(error) if error.is_server_error() => drop(pass),
            _ => pass.accepted(),
        }
    }

    /// How long to wait before the request is sent again, or `None` where it must not be.
    fn delay(&mut self, error: &Error, deadline: Instant) -> Option<Duration> {
        let Settings { retry, .. } = self.settings;
        if self.is_clock_to_blame(error) && !self.was_corrected && !retry.sends_once() {
            self.was_corrected = true;
            return Some(Duration::ZERO);
        }
        let failure = Failure {
            outcome: Outcome::of(error),
            repeatable: self.repeatable,
            failed: self.attempts - self.throttled,
            throttled: self.throttled,
            retry_after: error.api().and_then(ApiError::retry_after),
            left: deadline.duration_since(Instant::now()),
        };
        let delay = retry.delay(&failure, random::unit())?;
        let is_paid = failure.outcome == Outcome::Throttled || self.shared.take_retry();
        if !is_paid {
            info!("the request is not sent again: too many others were, and the platform needs rest");
        }
        is_paid.then_some(delay)
    }

    /// Whether the request was signed with a time that turned out to be wrong.
    fn is_clock_to_blame(&self, error: &Error) -> bool {
        let is_refused =
            error.is_authentication() && error.api().is_some_and(|answer| answer.status() == 401);
        is_refused && self.signed_at.is_some_and(|reading| self.shared.clock.has_moved(reading))
    }

    fn record(&self, span: &Span, began: Instant, result: &Result<Reply>) {
        let (status, id) = match result {
            Ok(reply) => (Some(reply.status), request_id(&reply.body)),
            Err(error) => (error.api().map(ApiError::status), error.request_id().map(str::to_owned)),
        };
        span.record("attempts", self.attempts);
        span.record("duration_ms", millis(began.elapsed()));
        span.record("status", status);
        span.record("request_id", id);
    }
}

impl Shared {
    /// Takes one retry from the budget of all calls, if there is one.
    fn take_retry(&self) -> bool {
        let now = self.made.elapsed().as_secs_f64();
        self.budget().take(now)
    }

    fn budget(&self) -> MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells whether the server knew who sent the request, where its answer shows that.
fn tell_guard(permit: Permit<'_>, error: Option<&Error>) {
    match error {
        None => permit.accepted(),
        Some(error) if error.is_authentication() => {
            let answer = error.api().map(ToString::to_string).unwrap_or_default();
            let failures = permit.refused(answer);
            if failures >= lockout::MOST {
                warn!(
                    failures,
                    "no more requests are sent: another failed authentication would lock the account"
                );
            }
        }
        Some(error) if error.proves_authentication() => permit.accepted(),
        Some(_) => {}
    }
}

/// An answer without the credentials of its request: some gateways show in their error page what they were sent.
fn redact<'a>(body: &'a [u8], sent: &Identity) -> Cow<'a, [u8]> {
    // The end of the header is what opens the door: the signature, or login and password.
    let secret =
        sent.authorization.as_ref().and_then(|text| text.rsplit([' ', '=']).find(|part| !part.is_empty()));
    let Some(secret) = secret else { return Cow::Borrowed(body) };
    let text = String::from_utf8_lossy(body);
    // Some writers of JSON put a backslash before each slash.
    let escaped = secret.replace('/', "\\/");
    match text.contains(secret) || text.contains(&escaped) {
        true => Cow::Owned(text.replace(secret, REDACTED).replace(&escaped, REDACTED).into_bytes()),
        false => Cow::Borrowed(body),
    }
}

/// Why an attempt failed, without a word of the answer's body: that belongs into no log.
fn reason(error: &Error) -> String {
    match (error.api(), error.api().and_then(ApiError::code)) {
        (Some(answer), Some(code)) => format!("status {}, code {code}", answer.status()),
        (Some(answer), None) => format!("status {}", answer.status()),
        (None, _) => error.to_string(),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

//! One call: attempts until one succeeds, or until another one is useless or no longer safe.
//!
//! Each call runs on a task of its own, which is cancelled when the caller drops its future: a call makes progress and
//! times out whether or not its future is polled, and never waits for another future to be polled.

mod admission;
mod progress;
mod redact;
mod report;
mod task;
mod turn;

use std::pin::Pin;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};
use tracing::instrument::WithSubscriber as _;
use tracing::{Instrument as _, info};

use super::Shared;
use super::auth::AuthMethod;
use super::client_token::{EncodedRequest, TokenOrigin};
use super::dry_run::make_dry;
use super::identity::Ticket;
use super::metadata::CallMetadata;
use super::options::Settings;
use crate::action::{ActionMeta, RetrySafety};
use crate::clock::Skew;
use crate::error::{ApiError, AttemptOutcome, Error, ErrorRepr, NotSentCause, Result};
use crate::http::header::HeaderValue;
use crate::http::{Attempt, AuthHeaders, HttpResponse};
use crate::random;
use crate::retry::{RetryBudget, RetryContext};

use admission::Admission;
use task::CallTask;
use turn::Turn;

pub(crate) use progress::{CallEnd, CallProgress};

/// Longer than any call: replaces a timeout that is too large to be added to an instant.
const FAR_FUTURE: Duration = Duration::from_secs(365 * 86_400);

/// An action whose 401 concerns the login in its request, not the caller.
const CHECK_AUTHENTICATION: &str = "CheckAuthentication";

/// A successful response that is not decoded yet. The call ends with [`CallProgress::report_end`].
pub(crate) struct RawResponse {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    pub(crate) progress: Arc<CallProgress>,
}

impl RawResponse {
    pub(crate) fn metadata(&self) -> CallMetadata {
        self.progress.metadata(self.status, &self.body)
    }
}

/// A call in progress.
struct Call {
    shared: Arc<Shared>,
    settings: Arc<Settings>,
    /// The action without its name, which [`CallProgress::action`] has.
    meta: ActionMeta<'static>,
    body: Bytes,
    /// Whether the request is idempotent.
    is_repeatable: bool,
    /// Whether the caller can safely repeat the call. Not with a token that was generated for this call.
    is_repeatable_by_caller: bool,
    /// The credentials of the last attempt.
    ticket: Option<Ticket>,
    /// How often the credentials were loaded again because the server refused them.
    reloads: u32,
    deadline: Instant,
    progress: Arc<CallProgress>,
    /// Whether the last response blames the date of its request.
    last_skew: Skew,
    /// Whether the request was retried because the clock was wrong.
    was_corrected: bool,
}

/// What the task of a call runs. Boxed once, so that it is not copied on its way into the task.
type Run = Pin<Box<dyn Future<Output = Result<HttpResponse>> + Send>>;

/// How a failed attempt may be retried.
enum Retry {
    /// After this delay.
    After(Duration),
    /// At once: the clock was corrected.
    WithCorrectedClock,
    No,
}

impl Shared {
    /// The untyped core: an encoded request in, a successful response out. Reports the end of a call that fails.
    pub(super) async fn call(
        self: &Arc<Self>,
        settings: &Arc<Settings>,
        action: ActionMeta<'_>,
        request: EncodedRequest,
    ) -> Result<RawResponse> {
        let progress = Arc::new(CallProgress::new(action.name, Arc::clone(settings), &self.config));
        let result = match self.start(Arc::clone(&progress), Arc::clone(settings), action, request) {
            Ok(task) => task.join(self.config.endpoint.host()).await,
            Err(error) => Err(error),
        };
        match result {
            Ok(response) => Ok(RawResponse { status: response.status, body: response.body, progress }),
            Err(error) => {
                progress.report_end(&CallEnd::Failed(&error));
                Err(error)
            }
        }
    }

    /// Starts the task of a call.
    fn start(
        self: &Arc<Self>,
        progress: Arc<CallProgress>,
        settings: Arc<Settings>,
        action: ActionMeta<'_>,
        request: EncodedRequest,
    ) -> Result<CallTask<HttpResponse>> {
        let runtime = validate(action)?;
        if let Some(problem) = &settings.header_problem {
            return Err(invalid(action.name, problem));
        }
        let (action, request) = match settings.is_dry_run {
            true => {
                (ActionMeta { retry: RetrySafety::Idempotent, ..action }, make_dry(action.name, request)?)
            }
            false => (action, request),
        };
        let span = progress.span().clone();
        let call = Call::new(Arc::clone(self), settings, action, request, Arc::clone(&progress))?;
        let is_repeatable = call.is_repeatable_by_caller;
        let run: Run = Box::pin(call.finish());
        let task = runtime.spawn(run.instrument(span).with_current_subscriber());
        Ok(CallTask { task, progress, is_repeatable, retry: action.retry, is_finished: false })
    }

    fn take_retry(&self) -> bool {
        let now = self.built.elapsed().as_secs_f64();
        self.budget().take(now)
    }

    fn budget(&self) -> MutexGuard<'_, RetryBudget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Checks what makes any call fail. Returns the runtime.
fn validate(action: ActionMeta<'_>) -> Result<Handle> {
    if action.name.is_empty() || !action.name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(invalid(action.name, "the name of an action consists of ASCII letters and digits"));
    }
    let no_runtime = "no Tokio runtime is running: call the client from within one";
    Handle::try_current().map_err(|_| invalid(action.name, no_runtime))
}

fn invalid(action: &str, reason: &str) -> Error {
    Error::new(action, ErrorRepr::NotSent { reason: reason.to_owned(), cause: NotSentCause::Invalid })
}

impl Call {
    /// Prepares a call.
    ///
    /// # Errors
    /// Returns an error if the client has no credentials that the action accepts.
    fn new(
        shared: Arc<Shared>,
        settings: Arc<Settings>,
        action: ActionMeta<'_>,
        request: EncodedRequest,
        progress: Arc<CallProgress>,
    ) -> Result<Self> {
        if let Some(identity) = shared.identities.as_fixed() {
            AuthMethod::choose(action, identity, &shared.config)?;
        }
        let EncodedRequest { body, token } = request;
        let is_idempotent = action.retry == RetrySafety::Idempotent;
        let began = progress.began();
        Ok(Self {
            meta: ActionMeta { name: "", ..action },
            body: body.into(),
            is_repeatable: is_idempotent || token != TokenOrigin::None,
            is_repeatable_by_caller: is_idempotent || token == TokenOrigin::Caller,
            ticket: None,
            reloads: 0,
            deadline: began.checked_add(settings.timeout).unwrap_or(began + FAR_FUTURE),
            settings,
            progress,
            last_skew: Skew::None,
            was_corrected: false,
            shared,
        })
    }

    /// Runs the call, and returns its response.
    async fn finish(mut self) -> Result<HttpResponse> {
        let response = self.run().await.map_err(|error| self.complete(error))?;
        self.shared.budget().earn();
        match response.encoding() {
            None => Ok(response),
            Some(name) => {
                let kind = ErrorRepr::UnexpectedEncoding(name.to_owned());
                Err(Error::new(self.name(), kind).after(self.progress.attempts(), false))
            }
        }
    }

    fn name(&self) -> &str {
        self.progress.action()
    }

    /// Adds to an error what only the call knows.
    fn complete(&self, error: Error) -> Error {
        let error = error.after(self.progress.attempts(), self.is_repeatable_by_caller);
        let is_idempotent = self.meta.retry == RetrySafety::Idempotent;
        let is_outcome_unknown = self.progress.may_have_been_carried_out() && !is_idempotent;
        if is_outcome_unknown { error.with_unknown_outcome() } else { error }
    }

    async fn run(&mut self) -> Result<HttpResponse> {
        let mut last_error = None;
        loop {
            let error = match self.attempt().await {
                Ok(response) => {
                    self.progress.report_attempt(Ok(response.status), None);
                    return Ok(response);
                }
                Err(error) => error,
            };
            self.progress.end_attempt(error.outcome());
            if error.is_queue_timeout() {
                // The earlier failure explains more than the queue in which its retry timed out.
                return Err(last_error.unwrap_or(error));
            }
            if self.has_new_credentials(&error).await {
                self.progress.report_attempt(Err(&error), Some(Duration::ZERO));
                info!(
                    attempts = self.progress.attempts(),
                    "{}: retrying with the new credentials",
                    self.name()
                );
                continue;
            }
            let delay = match self.retry(&error) {
                Retry::No => None,
                Retry::WithCorrectedClock => Some(Duration::ZERO),
                Retry::After(delay) => Some(delay),
            };
            self.progress.report_attempt(Err(&error), delay);
            self.log_failure(&error, delay);
            let Some(delay) = delay else { return Err(error) };
            sleep(delay).await;
            last_error = Some(error);
        }
    }

    /// Logs a retry, and throttling even without one.
    fn log_failure(&self, error: &Error, delay: Option<Duration>) {
        if delay.is_none() && !error.is_throttled() {
            return;
        }
        let (attempts, reason) = (self.progress.attempts(), reason(error));
        let cause = if error.is_throttled() { "throttled" } else { "failed" };
        let delay_ms = delay.map(millis);
        let next = delay_ms.map_or("not retried".to_owned(), |ms| format!("retrying in {ms} ms or later"));
        info!(attempts, delay_ms, reason, "{} {cause}: {next}", self.name());
    }

    /// Sends the request once, and reports the result to the rate limiter, the lockout guard and the clock.
    async fn attempt(&mut self) -> Result<HttpResponse> {
        let shared = Arc::clone(&self.shared);
        let Admission { ticket, turn: Turn { rate_permit, lockout_permit } } = self.admit().await?;
        let reading = shared.clock.read();
        if reading.has_jumped {
            ticket.identity.lockout.require_proof();
        }
        let method = AuthMethod::choose(self.action(), &ticket.identity, &shared.config)?;
        let (endpoint, path) = (&shared.config.endpoint, shared.config.endpoint.path_of(self.name()));
        let auth = method.headers(reading.at, endpoint.host(), self.name(), &path, &self.body);
        let authorization = auth.as_ref().ok().and_then(|auth| auth.authorization.clone());
        self.last_skew = Skew::None;
        let sent = match auth {
            Ok(auth) => self.send(path, auth).await,
            Err(error) => Err(error),
        };
        let response = match sent {
            Ok(response) => response,
            Err(error) => {
                // A lost response may have been a failed authentication; a request that was not sent was none.
                match lockout_permit {
                    Some(permit) if error.outcome() == AttemptOutcome::Unknown => drop(permit),
                    Some(permit) => permit.unaffected(),
                    None => {}
                }
                return Err(error);
            }
        };
        let error = self.response_error(&response, authorization.as_ref());
        self.report_to_rate_limiter(rate_permit, error.as_ref());
        // Before the lockout guard lets the next request pass, which would be signed with the wrong time, too.
        let skew = self.learn_skew(reading, &response, error.as_ref());
        self.last_skew = skew;
        let is_refused = error.as_ref().is_some_and(|error| self.are_credentials_refused(error));
        if is_refused && lockout_permit.is_some() {
            // Before the lockout guard lets the next request pass.
            shared.identities.refused(&ticket);
        }
        if let Some(permit) = lockout_permit {
            self.report_to_lockout_guard(permit, &response, error.as_ref(), skew);
        }
        error.map_or(Ok(response), Err)
    }

    /// Sends the request once.
    async fn send(&self, path: String, auth: AuthHeaders) -> Result<HttpResponse> {
        let attempt = Attempt {
            action: self.name(),
            path,
            auth,
            headers: &self.settings.headers,
            body: self.body.clone(),
            reuses_connection: self.is_repeatable,
            timeout: self.settings.attempt_timeout.min(self.deadline.duration_since(Instant::now())),
            max_response_size: self.settings.max_response_size,
        };
        self.progress.start_attempt();
        self.shared.transport.send(attempt).await
    }

    /// The error that a response reports, if any, without the secrets of the request.
    fn response_error(&self, response: &HttpResponse, authorization: Option<&HeaderValue>) -> Option<Error> {
        if matches!(response.status, 200..300) {
            return None;
        }
        let authorization = authorization.and_then(|header| header.to_str().ok());
        let body = redact::redact(&response.body, authorization, &self.settings.headers, &self.body);
        let response = ApiError::new(response.status, &body, response.retry_after());
        Some(Error::new(self.name(), ErrorRepr::Api(response)))
    }

    fn action(&self) -> ActionMeta<'_> {
        ActionMeta { name: self.name(), ..self.meta }
    }

    /// Decides whether and when the request is retried.
    fn retry(&mut self, error: &Error) -> Retry {
        let policy = self.settings.retry;
        let is_clock_to_blame =
            self.last_skew != Skew::None && error.is_own_401() && error.is_authentication();
        if is_clock_to_blame && !self.was_corrected && !policy.is_off() {
            self.was_corrected = true;
            return Retry::WithCorrectedClock;
        }
        let outcome = error.outcome();
        // The lost response may have been a failed authentication.
        let is_unproven = |ticket: &Ticket| !ticket.identity.lockout.is_proven();
        let may_be_refusal = error.is_transport() && self.ticket.as_ref().is_some_and(is_unproven);
        if outcome == AttemptOutcome::Unknown && may_be_refusal {
            return Retry::No;
        }
        let failure = RetryContext {
            outcome,
            repeatable: self.is_repeatable,
            failed: self.progress.attempts().saturating_sub(self.progress.throttled() + self.reloads),
            is_persistent: self.settings.is_persistent,
            throttled: self.progress.throttled(),
            retry_after: error.api().and_then(ApiError::retry_after),
            left: self.deadline.duration_since(Instant::now()),
        };
        let Some(delay) = policy.delay(&failure, random::unit()) else { return Retry::No };
        if outcome == AttemptOutcome::Throttled || self.shared.take_retry() {
            return Retry::After(delay);
        }
        match policy.unbudgeted_delay(&failure) {
            Some(delay) => Retry::After(delay),
            None => {
                info!("not retrying: retry budget exhausted");
                Retry::No
            }
        }
    }
}

/// Why an attempt failed, without anything of the response's body, which must not be logged.
fn reason(error: &Error) -> String {
    match (error.api(), error.api().and_then(ApiError::code)) {
        (Some(response), Some(code)) => format!("status {}, code {code}", response.status()),
        (Some(response), None) => format!("status {}", response.status()),
        (None, _) => error.to_string(),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

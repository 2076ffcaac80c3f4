//! The state of a fake, and its response to a request. No sockets here.

use std::collections::HashMap;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::Request;
use hyper::body::Bytes;
use hyper::header::AUTHORIZATION;
use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use serde_json::{Map, Value, json};

use super::account::{AccessRules, FakeAccount};
use super::admission::{self, PublishedAction};
use super::clock::FakeClock;
use super::fault::{Fault, FaultKind, error_body};
use super::handler::ErasedHandler;
use super::limits::{Lockouts, Throttle};
use super::options::FakeOptions;
use super::paging;
use super::record::RecordedCall;
use super::stub::{Content, StubResponse};
use super::validation::{self, Reencode};
use crate::action::Auth;
use crate::generated::service::CLIENT_TOKEN;

/// Counts the requests of all fakes of this process: no two responses have the same request ID.
static REQUEST_COUNT: AtomicU64 = AtomicU64::new(1);

/// The state of a fake.
pub(super) struct FakeState {
    options: FakeOptions,
    inner: Mutex<FakeStateInner>,
}

/// The other end of a connection.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    pub(super) address: IpAddr,
    /// The client certificate and those that follow it; empty without one.
    pub(super) certificates: Vec<CertificateDer<'static>>,
}

struct FakeStateInner {
    handlers: HashMap<String, Registered>,
    planned: Vec<PlannedFault>,
    calls: Vec<RecordedCall>,
    /// First responses by action and client token.
    responses_by_token: HashMap<(String, String), Value>,
    /// Whether requests that lack members or have values of another type are refused.
    is_strict: bool,
    clock: FakeClock,
    throttle: Throttle,
    lockouts: Lockouts,
    account: FakeAccount,
    /// Replaces the address of every caller.
    caller_address: Option<IpAddr>,
}

#[derive(Clone)]
struct Registered {
    auth: Auth,
    /// For strict validation, unless the action is unknown.
    reencode: Option<Reencode>,
    run: Arc<Mutex<ErasedHandler>>,
}

/// A fault to inject.
struct PlannedFault {
    /// `None` for any action.
    action: Option<String>,
    left: usize,
    fault: Fault,
}

impl FakeState {
    pub(super) fn new(options: FakeOptions) -> Self {
        let inner = FakeStateInner {
            handlers: HashMap::new(),
            planned: Vec::new(),
            calls: Vec::new(),
            responses_by_token: HashMap::new(),
            is_strict: options.is_strict,
            clock: FakeClock::new(options.has_manual_clock),
            throttle: Throttle::new(options.max_rate_per_account, options.max_rate_per_action),
            lockouts: Lockouts::new(options.has_lockout),
            account: FakeAccount::new(options.state_progress),
            caller_address: None,
        };
        Self { options, inner: Mutex::new(inner) }
    }

    pub(super) fn advance_clock(&self, by: Duration) {
        self.lock().clock.advance(by);
    }

    pub(super) fn set_caller_address(&self, address: Option<IpAddr>) {
        self.lock().caller_address = address;
    }

    /// Sets the handler of an action; `typed` are the authentication and the request of its type.
    pub(super) fn handle(&self, action: &str, typed: Option<(Auth, Reencode)>, run: ErasedHandler) {
        let published = || admission::published(action).map(|known| (known.auth, known.reencode));
        let typed = typed.or_else(published);
        let registered = Registered {
            auth: typed.map_or(Auth::Available, |(auth, _)| auth),
            reencode: typed.map(|(_, reencode)| reencode),
            run: Arc::new(Mutex::new(run)),
        };
        let former = self.lock().handlers.insert(action.to_owned(), registered);
        // Dropping what the handler captured may run any code: not while holding the lock.
        drop(former);
    }

    pub(super) fn plan(&self, action: Option<&str>, left: usize, fault: Fault) {
        if left > 0 {
            self.lock().planned.push(PlannedFault { action: action.map(str::to_owned), left, fault });
        }
    }

    pub(super) fn set_strict(&self, is_strict: bool) {
        self.lock().is_strict = is_strict;
    }

    pub(super) fn recover(&self) {
        self.lock().planned.clear();
    }

    pub(super) fn calls(&self) -> Vec<RecordedCall> {
        self.lock().calls.clone()
    }

    pub(super) fn count(&self, action: &str) -> usize {
        self.lock().calls.iter().filter(|call| call.action == action).count()
    }

    pub(super) fn clear_calls(&self) {
        self.lock().calls.clear();
    }

    /// Responds to a request, and records it.
    pub(super) fn respond(&self, request: &Request<Bytes>, peer: &Peer) -> StubResponse {
        let request_id =
            format!("fa4e0000-0000-4000-8000-{:012x}", REQUEST_COUNT.fetch_add(1, Ordering::Relaxed));
        let action = admission::action(request);
        let body = serde_json::from_slice(request.body()).unwrap_or_default();
        let response = self.decide(request, action, &body, peer).into_response(&request_id);
        let action = action.unwrap_or(request.uri().path()).to_owned();
        let headers = request.headers().iter().map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        let headers = headers.collect();
        self.lock().calls.push(RecordedCall { action, body, status: response.status(), request_id, headers });
        response
    }

    fn decide(&self, request: &Request<Bytes>, action: Option<&str>, body: &Value, peer: &Peer) -> Decision {
        let registered = action.and_then(|action| self.lock().handlers.get(action).cloned());
        let published = action.and_then(admission::published);
        let auth = registered.as_ref().map(|it| it.auth).or(published.as_ref().map(|it| it.auth));
        let reencode = match &registered {
            Some(registered) => registered.reencode,
            None => published.as_ref().map(|known| known.reencode),
        };
        let action = action.unwrap_or_default();
        let admitted = self
            .admit(request, action, auth, peer)
            .and_then(|()| admission::check_body(request, body))
            .and_then(|()| self.validate(request.body(), body, reencode));
        if let Err(fault) = admitted {
            return Decision::faulty(fault, json!({}));
        }
        let fault = self.lock().take_fault(action);
        let is_carried_out = fault.as_ref().is_none_or(|fault| match fault.fault {
            FaultKind::None | FaultKind::CutResponse => true,
            FaultKind::Error { .. } | FaultKind::Text { .. } | FaultKind::Cut => false,
        });
        let example = || example(published.as_ref(), body);
        let carried_out = match (registered, reencode) {
            _ if !is_carried_out => Ok(Value::Null),
            (Some(registered), _) => self
                .carry_out(action, body, || run_handler(action, &registered, request.body()))
                .and_then(|response| self.paginated(self.options.is_paginated, body, response, reencode)),
            (None, Some(reencode)) if self.has_state_of(action) => self
                .carry_out(action, body, || self.run_operation(action, &reencode(request.body())?))
                .and_then(|response| self.paginated(true, body, response, Some(reencode))),
            (None, _) => Ok(example()),
        };
        let decision = match carried_out {
            Ok(response) => Decision::regular(response),
            Err(fault) => Decision::faulty(fault, example()),
        };
        match fault {
            Some(fault) => decision.with(fault),
            None => decision,
        }
    }

    /// Accepts a call, or refuses it as the cloud would: by its authentication, the API access rules and the request
    /// rate.
    fn admit(
        &self,
        request: &Request<Bytes>,
        action: &str,
        auth: Option<Auth>,
        peer: &Peer,
    ) -> Result<(), Fault> {
        let auth = admission::check_call(request, auth)?;
        let name = admission::claimed_credentials(request, auth);
        let mut state = self.lock();
        let now = state.clock.now();
        if let Some(name) = &name {
            state.lockouts.check(name, now)?;
        }
        let at = Timestamp::now();
        let secret_key = name.as_deref().and_then(|id| state.account.access_keys().secret_key(id, at));
        let authenticated = admission::authenticate(request, auth, secret_key, at, self.options.signed_hosts);
        if let Some(name) = &name {
            match &authenticated {
                Ok(()) => state.lockouts.record(name, true, now),
                Err(fault) if fault.is_failed_authentication() => state.lockouts.record(name, false, now),
                Err(_) => {}
            }
        }
        authenticated?;
        if auth == Auth::None || (auth == Auth::Available && !request.headers().contains_key(AUTHORIZATION)) {
            return Ok(());
        }
        if self.options.has_access_rules {
            let address = state.caller_address.unwrap_or(peer.address);
            state.account.access().admit(address, &peer.certificates)?;
        }
        state.throttle.admit(action, now)
    }

    /// Whether the action reads or changes state that the fake keeps.
    fn has_state_of(&self, action: &str) -> bool {
        let FakeOptions { is_stateful, has_access_rules, .. } = self.options;
        (is_stateful && FakeAccount::has(action)) || (has_access_rules && AccessRules::has(action))
    }

    fn run_operation(&self, action: &str, request: &Value) -> Result<Value, Fault> {
        let mut state = self.lock();
        let now = state.clock.now();
        state.account.carry_out(action, request, now).unwrap_or_else(|| Ok(json!({})))
    }

    fn paginated(
        &self,
        is_paginated: bool,
        request: &Value,
        mut response: Value,
        reencode: Option<Reencode>,
    ) -> Result<Value, Fault> {
        if is_paginated {
            paging::page(request, &mut response, reencode)?;
        }
        Ok(response)
    }

    /// In strict mode, refuses requests that do not fit their action.
    fn validate(&self, bytes: &[u8], body: &Value, reencode: Option<Reencode>) -> Result<(), Fault> {
        match reencode.filter(|_| self.lock().is_strict) {
            Some(reencode) => validation::check(body, bytes, reencode),
            None => Ok(()),
        }
    }

    /// Carries out an action, unless it was carried out before for the same client token.
    fn carry_out(
        &self,
        action: &str,
        body: &Value,
        run: impl FnOnce() -> Result<Value, Fault>,
    ) -> Result<Value, Fault> {
        let token = body.get(CLIENT_TOKEN).and_then(Value::as_str).filter(|_| !is_dry_run(body));
        let token = token.map(|token| (action.to_owned(), token.to_owned()));
        let first = token.as_ref().and_then(|token| self.lock().responses_by_token.get(token).cloned());
        if let Some(first) = first {
            return Ok(first);
        }
        let value = run()?;
        if let Some(token) = token {
            self.lock().responses_by_token.insert(token, value.clone());
        }
        Ok(value)
    }

    fn lock(&self) -> MutexGuard<'_, FakeStateInner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FakeStateInner {
    /// Takes the first fault planned for the action, else the first one for any action.
    fn take_fault(&mut self, action: &str) -> Option<Fault> {
        let own = self.planned.iter().position(|planned| planned.action.as_deref() == Some(action));
        let any = || self.planned.iter().position(|planned| planned.action.is_none());
        let index = own.or_else(any)?;
        let planned = self.planned.get_mut(index)?;
        planned.left -= 1;
        match planned.left {
            0 => Some(self.planned.remove(index).fault),
            _ => Some(planned.fault.clone()),
        }
    }
}

/// The regular response to a request, and a fault that changes or replaces it.
struct Decision {
    response: Value,
    fault: Option<Fault>,
}

impl Decision {
    fn regular(response: Value) -> Self {
        Self { response, fault: None }
    }

    fn faulty(fault: Fault, response: Value) -> Self {
        Self { response, fault: Some(fault) }
    }

    /// Adds a planned fault. If that is only a delay, the handler's fault stays.
    fn with(mut self, outer: Fault) -> Self {
        self.fault = Some(match self.fault {
            Some(inner) if outer.fault == FaultKind::None => {
                let delay = inner.delay.saturating_add(outer.delay);
                Fault { delay, retry_after: inner.retry_after.or(outer.retry_after), ..inner }
            }
            _ => outer,
        });
        self
    }

    fn into_response(self, request_id: &str) -> StubResponse {
        let Self { response, fault: planned } = self;
        let Fault { fault, delay, retry_after } = planned.unwrap_or_else(|| Fault::delay(Default::default()));
        let (status, content) = match fault {
            FaultKind::None => (200, Content::Json(with_request_id(response, request_id))),
            FaultKind::CutResponse => (200, Content::Half(with_request_id(response, request_id))),
            FaultKind::Cut => (0, Content::Nothing),
            FaultKind::Text { status, text } => (status, Content::Text(text)),
            FaultKind::Error { status, code, kind, details } => {
                (status, Content::Json(with_request_id(error_body(code, &kind, &details), request_id)))
            }
        };
        StubResponse { status, content, delay, retry_after, request_id: request_id.to_owned() }
    }
}

fn run_handler(action: &str, registered: &Registered, bytes: &[u8]) -> Result<Value, Fault> {
    let mut run = registered.run.lock().unwrap_or_else(PoisonError::into_inner);
    catch_unwind(AssertUnwindSafe(|| run(bytes))).unwrap_or_else(|_| {
        let details = format!("the handler of {action} panicked: see the test output");
        Err(Fault::uncoded(500, "FakeApi", details))
    })
}

fn is_dry_run(body: &Value) -> bool {
    body.get("DryRun") == Some(&Value::Bool(true))
}

/// The published example, or an empty response for a dry run.
fn example(published: Option<&PublishedAction>, body: &Value) -> Value {
    let published = published.filter(|_| !is_dry_run(body));
    published.map_or_else(|| json!({}), PublishedAction::example)
}

/// Sets the request ID.
fn with_request_id(mut response: Value, request_id: &str) -> Value {
    if let Value::Object(members) = &mut response {
        let context = members.entry("ResponseContext").or_insert_with(|| Map::new().into());
        if !context.is_object() {
            *context = Map::new().into();
        }
        if let Value::Object(context) = context {
            context.insert("RequestId".to_owned(), request_id.into());
        }
    }
    response
}

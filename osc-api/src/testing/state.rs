//! What a fake knows and remembers, and how it answers a request: no sockets here.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::Request;
use hyper::body::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::admission;
use super::fault::{Fault, Outcome, error_body};
use super::handler::Untyped;
use super::record::Call;
use super::stub::{Content, Reply};
use crate::action::Auth;

/// Requests of all fakes of this process, so that no two answers have the same identifier.
static REQUESTS: AtomicU64 = AtomicU64::new(1);

/// The state of a fake.
#[derive(Default)]
pub(super) struct State {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    handlers: HashMap<String, Registered>,
    planned: Vec<Planned>,
    calls: Vec<Call>,
    /// First answers by action and client token.
    created: HashMap<(String, String), Value>,
}

#[derive(Clone)]
struct Registered {
    auth: Auth,
    run: Arc<Mutex<Untyped>>,
}

/// A fault that is still to come.
struct Planned {
    /// `None` for any.
    action: Option<String>,
    left: usize,
    fault: Fault,
}

impl State {
    pub(super) fn handle(&self, action: &str, auth: Option<Auth>, run: Untyped) {
        let published = || admission::known(action).map(|known| known.auth);
        let auth = auth.or_else(published).unwrap_or(Auth::Available);
        let registered = Registered { auth, run: Arc::new(Mutex::new(run)) };
        let former = self.lock().handlers.insert(action.to_owned(), registered);
        // What it captured may do anything when it is dropped: not under the lock.
        drop(former);
    }

    pub(super) fn plan(&self, action: Option<&str>, left: usize, fault: Fault) {
        if left > 0 {
            self.lock().planned.push(Planned { action: action.map(str::to_owned), left, fault });
        }
    }

    pub(super) fn recover(&self) {
        self.lock().planned.clear();
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.lock().calls.clone()
    }

    pub(super) fn count(&self, action: &str) -> usize {
        self.lock().calls.iter().filter(|call| call.action == action).count()
    }

    pub(super) fn forget_calls(&self) {
        self.lock().calls.clear();
    }

    /// Answers a request, and remembers both.
    pub(super) fn answer(&self, request: &Request<Bytes>) -> Reply {
        let request_id = format!("fa4e0000-0000-4000-8000-{:012x}", REQUESTS.fetch_add(1, Ordering::Relaxed));
        let action = admission::action(request);
        let body = serde_json::from_slice(request.body()).unwrap_or_default();
        let reply = self.decide(request, action, &body).into_reply(&request_id);
        let action = action.unwrap_or(request.uri().path()).to_owned();
        self.lock().calls.push(Call { action, body, status: reply.status(), request_id });
        reply
    }

    fn decide(&self, request: &Request<Bytes>, action: Option<&str>, body: &Value) -> Decision {
        let registered = action.and_then(|action| self.lock().handlers.get(action).cloned());
        let published = action.and_then(admission::known);
        let auth = registered.as_ref().map(|it| it.auth).or(published.as_ref().map(|it| it.auth));
        if let Err(fault) = admission::admit(request, body, auth, Timestamp::now()) {
            return Decision::instead(fault, json!({}));
        }
        let action = action.unwrap_or_default();
        let fault = self.lock().take_fault(action);
        let is_carried_out = fault.as_ref().is_none_or(|fault| match fault.outcome {
            Outcome::Answer | Outcome::CutAnswer => true,
            Outcome::Error { .. } | Outcome::Text { .. } | Outcome::Cut => false,
        });
        let example = || example(published.as_ref().map(|known| known.example), body);
        let decision = match registered {
            _ if !is_carried_out => Decision::answer(Value::Null),
            None => Decision::answer(example()),
            Some(registered) => self
                .carry_out(action, &registered, request.body(), body)
                .unwrap_or_else(|fault| Decision::instead(fault, example())),
        };
        match fault {
            Some(fault) => decision.with(fault),
            None => decision,
        }
    }

    /// Runs a handler, unless the client token says that it ran before.
    fn carry_out(
        &self,
        action: &str,
        registered: &Registered,
        bytes: &[u8],
        body: &Value,
    ) -> Result<Decision, Fault> {
        let token = body.get("ClientToken").and_then(Value::as_str);
        let token = token.map(|token| (action.to_owned(), token.to_owned()));
        let first = token.as_ref().and_then(|token| self.lock().created.get(token).cloned());
        if let Some(first) = first {
            return Ok(Decision::answer(first));
        }
        let mut run = registered.run.lock().unwrap_or_else(PoisonError::into_inner);
        let value = catch_unwind(AssertUnwindSafe(|| run(bytes))).unwrap_or_else(|_| {
            let details = format!("the handler of {action} panicked: see the output of the test");
            Err(Fault::uncoded(500, "FakeApi", details))
        })?;
        if let Some(token) = token {
            self.lock().created.insert(token, value.clone());
        }
        Ok(Decision::answer(value))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// The first fault that was planned for the action, else the first one for any.
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

/// What a request gets: an answer, and perhaps a fault that changes or replaces it.
struct Decision {
    answer: Value,
    fault: Option<Fault>,
}

impl Decision {
    fn answer(answer: Value) -> Self {
        Self { answer, fault: None }
    }

    fn instead(fault: Fault, answer: Value) -> Self {
        Self { answer, fault: Some(fault) }
    }

    /// The same under a fault from outside. Where that only delays, the handler's own fault stays.
    fn with(mut self, outer: Fault) -> Self {
        self.fault = Some(match self.fault {
            Some(inner) if outer.outcome == Outcome::Answer => {
                let delay = inner.delay.saturating_add(outer.delay);
                Fault { delay, retry_after: inner.retry_after.or(outer.retry_after), ..inner }
            }
            _ => outer,
        });
        self
    }

    fn into_reply(self, request_id: &str) -> Reply {
        let Self { answer, fault } = self;
        let Fault { outcome, delay, retry_after } = fault.unwrap_or_else(|| Fault::delay(Default::default()));
        let (status, content) = match outcome {
            Outcome::Answer => (200, Content::Json(with_id(answer, request_id))),
            Outcome::CutAnswer => (200, Content::Half(with_id(answer, request_id))),
            Outcome::Cut => (0, Content::Nothing),
            Outcome::Text { status, text } => (status, Content::Text(text)),
            Outcome::Error { status, code, kind, details } => {
                (status, Content::Json(with_id(error_body(code, &kind, &details), request_id)))
            }
        };
        Reply { status, content, delay, retry_after, request_id: request_id.to_owned() }
    }
}

/// The published answer, or one without any resource where nothing was to be done.
fn example(published: Option<&str>, body: &Value) -> Value {
    let is_dry_run = body.get("DryRun") == Some(&Value::Bool(true));
    let published = published.filter(|_| !is_dry_run);
    published.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| json!({}))
}

/// The same with the identifier of this request, whatever it had before.
fn with_id(mut answer: Value, request_id: &str) -> Value {
    if let Value::Object(members) = &mut answer {
        let context = members.entry("ResponseContext").or_insert_with(|| Map::new().into());
        if !context.is_object() {
            *context = Map::new().into();
        }
        if let Value::Object(context) = context {
            context.insert("RequestId".to_owned(), request_id.into());
        }
    }
    answer
}

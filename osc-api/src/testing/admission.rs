//! Who may call what, as the cloud has it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::body::Bytes;
use hyper::header::AUTHORIZATION;
use hyper::{Method, Request};
use jiff::Timestamp;
use serde_json::Value;

use super::FakeApi;
use super::fault::Fault;
use super::signature::{self, Refusal};
use crate::action::Auth;
use crate::codes;
use crate::generated::EXAMPLE_RESPONSES;

/// The path below which the actions are.
const API_PATH: &str = "/api/v1/";

/// What is published of an action.
pub(super) struct Known {
    pub(super) auth: Auth,
    /// The first example of its answer, as JSON.
    pub(super) example: &'static str,
}

/// What is published of an action, if there is one of this name.
pub(super) fn known(action: &str) -> Option<Known> {
    let index = EXAMPLE_RESPONSES.binary_search_by(|(name, ..)| (*name).cmp(action)).ok()?;
    EXAMPLE_RESPONSES.get(index).map(|&(_, auth, example)| Known { auth, example })
}

/// The action that a request asks for, if its path is one of an action.
pub(super) fn action(request: &Request<Bytes>) -> Option<&str> {
    let name = request.uri().path().strip_prefix(API_PATH)?;
    (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(name)
}

/// Lets a request pass, or says how the cloud refuses it. `body` is its body as JSON, and `auth` what the action
/// wants, where there is one.
///
/// # Errors
/// The refusal.
pub(super) fn admit(
    request: &Request<Bytes>,
    body: &Value,
    auth: Option<Auth>,
    now: Timestamp,
) -> Result<(), Fault> {
    if request.method() != Method::POST {
        return Err(Fault::code(codes::METHOD_NOT_ALLOWED).details("every action is a POST"));
    }
    let Some(auth) = auth else {
        let path = request.uri().path();
        let text =
            format!("the fake endpoint knows no action at {path}: give it a handler with `on` or `on_raw`");
        return Err(Fault::status(404, text));
    };
    identify(request, auth, now)?;
    match body {
        Value::Object(_) => Ok(()),
        _ => Err(Fault::uncoded(400, "InvalidParameterValue", "the body must be a JSON object")),
    }
}

fn identify(request: &Request<Bytes>, auth: Auth, now: Timestamp) -> Result<(), Fault> {
    let header = request.headers().get(AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    match (auth, header) {
        (Auth::None, _) | (Auth::Available, None) => Ok(()),
        (_, None) => Err(refused("the request is not signed")),
        (_, Some(header)) => match (header.strip_prefix("Basic "), auth) {
            (None, _) => signature::verify(request, header, now).map_err(|refusal| match refusal {
                // An access key that nobody has is refused in a way of its own.
                Refusal::UnknownKey => Fault::code(4120),
                Refusal::Wrong(reason) => refused(reason),
            }),
            (Some(pair), Auth::AccessKeyOrBasic | Auth::Available) => login(request, pair),
            (Some(_), _) => Err(Fault::code(9).details("the action takes no login and password")),
        },
    }
}

fn login(request: &Request<Bytes>, pair: &str) -> Result<(), Fault> {
    let known = format!("{}:{}", FakeApi::LOGIN, FakeApi::PASSWORD);
    if request.headers().get(signature::DATE).is_none() {
        Err(refused("the request has no X-Osc-Date"))
    } else if STANDARD.decode(pair).is_ok_and(|pair| pair == known.as_bytes()) {
        Ok(())
    } else {
        Err(refused("the login or the password is another one"))
    }
}

fn refused(reason: impl Into<String>) -> Fault {
    Fault::code(codes::AUTHENTICATION_FAILED).details(reason)
}

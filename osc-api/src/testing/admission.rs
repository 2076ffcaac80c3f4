//! Authentication and validation of requests, as in the cloud.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::body::Bytes;
use hyper::header::AUTHORIZATION;
use hyper::{Method, Request};
use jiff::Timestamp;
use serde_json::Value;

use super::FakeApi;
use super::fault::Fault;
use super::signature::{self, Refusal, SignedHosts};
use super::validation::Reencode;
use crate::action::Auth;
use crate::codes;
use crate::generated::PUBLISHED_ACTIONS;
use crate::generated::service::API_PATH;

/// A published action.
pub(super) struct PublishedAction {
    pub(super) auth: Auth,
    pub(super) reencode: Reencode,
    /// The first example of its response, as JSON.
    example: &'static str,
}

impl PublishedAction {
    /// The first example of its response, as the last page. It is the response to every page, so that a listing would
    /// not end if it said that there are more, as some published examples do.
    pub(super) fn example(&self) -> Value {
        let mut response = serde_json::from_str(self.example).unwrap_or_default();
        end_pages(&mut response);
        response
    }
}

/// Removes what says that there are more pages.
fn end_pages(response: &mut Value) {
    let Value::Object(members) = response else { return };
    members.remove("NextPageToken");
    if let Some(has_more) = members.get_mut("HasMoreItems") {
        *has_more = false.into();
    }
    members.values_mut().for_each(end_pages);
}

/// The published action of this name.
pub(super) fn published(action: &str) -> Option<PublishedAction> {
    let index = PUBLISHED_ACTIONS.binary_search_by(|(name, ..)| (*name).cmp(action)).ok()?;
    PUBLISHED_ACTIONS.get(index).map(|&(_, auth, reencode, example)| PublishedAction {
        auth,
        reencode,
        example,
    })
}

/// The action in the path of a request.
pub(super) fn action(request: &Request<Bytes>) -> Option<&str> {
    let name = request.uri().path().strip_prefix(API_PATH)?.strip_prefix('/')?;
    (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(name)
}

/// Checks that a request is a call of an action, and returns the authentication of the action; `auth` is `None` for an
/// unknown action.
///
/// # Errors
/// Returns the error response.
pub(super) fn check_call(request: &Request<Bytes>, auth: Option<Auth>) -> Result<Auth, Fault> {
    if request.method() != Method::POST {
        return Err(Fault::code(codes::METHOD_NOT_ALLOWED).details("every action is a POST"));
    }
    auth.ok_or_else(|| {
        let details = match action(request) {
            Some(action) => format!("there is no action `{action}`"),
            None => format!("{} is no path of an action: `{API_PATH}/ReadVms` is one", request.uri().path()),
        };
        // With a code: a 404 without one means a resource that does not exist.
        Fault::error(404, codes::INVALID_METHOD_NAME, "InvalidParameterValue", details)
    })
}

/// Checks that the body is a JSON object. `body` is its JSON.
///
/// # Errors
/// Returns the error response.
pub(super) fn check_body(request: &Request<Bytes>, body: &Value) -> Result<(), Fault> {
    match body {
        Value::Object(_) => Ok(()),
        // The cloud accepts a request without a body like `{}`.
        Value::Null if request.body().is_empty() => Ok(()),
        _ => Err(Fault::code(codes::INVALID_PARAMETER_VALUE).details("the body must be a JSON object")),
    }
}

/// The access key or login with which a request tries to authenticate, unless the action needs no authentication.
pub(super) fn claimed_credentials(request: &Request<Bytes>, auth: Auth) -> Option<String> {
    let header = authorization(request).filter(|_| auth != Auth::None)?;
    match header.strip_prefix("Basic ") {
        Some(pair) => {
            let pair = String::from_utf8(STANDARD.decode(pair).ok()?).ok()?;
            pair.split_once(':').map(|(login, _)| login.to_owned())
        }
        None => signature::claimed_access_key(header).map(str::to_owned),
    }
}

/// Authenticates a request. `secret_key` is that of the access key that it claims, if requests can be signed with it.
///
/// # Errors
/// Returns the error response.
pub(super) fn authenticate(
    request: &Request<Bytes>,
    auth: Auth,
    secret_key: Option<&str>,
    now: Timestamp,
    hosts: SignedHosts,
) -> Result<(), Fault> {
    match (auth, authorization(request)) {
        (Auth::None, _) | (Auth::Available, None) => Ok(()),
        (_, None) => Err(not_authenticated("the request is not signed")),
        (_, Some(header)) => match (header.strip_prefix("Basic "), auth) {
            (None, _) => {
                signature::verify(request, header, secret_key, now, hosts).map_err(|refusal| match refusal {
                    // The cloud refuses an unknown access key with a code of its own.
                    Refusal::UnknownKey => Fault::code(4120),
                    Refusal::Invalid(reason) => not_authenticated(reason),
                })
            }
            (Some(pair), Auth::AccessKeyOrBasic | Auth::Available) => login(request, pair),
            (Some(_), _) => Err(Fault::code(9).details("the action does not accept a login and password")),
        },
    }
}

fn authorization(request: &Request<Bytes>) -> Option<&str> {
    request.headers().get(AUTHORIZATION).map(|value| value.to_str().unwrap_or_default())
}

fn login(request: &Request<Bytes>, pair: &str) -> Result<(), Fault> {
    let known = format!("{}:{}", FakeApi::LOGIN, FakeApi::PASSWORD);
    if request.headers().get(signature::DATE).is_none() {
        Err(not_authenticated("the request has no X-Osc-Date"))
    } else if STANDARD.decode(pair).is_ok_and(|pair| pair == known.as_bytes()) {
        Ok(())
    } else {
        Err(not_authenticated("wrong login or password"))
    }
}

fn not_authenticated(reason: impl Into<String>) -> Fault {
    Fault::code(codes::AUTHENTICATION_FAILED).details(reason)
}

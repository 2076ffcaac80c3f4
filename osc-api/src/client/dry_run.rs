//! Dry runs: the server checks a call without performing it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{CallOptions, Client, EncodedRequest};
use crate::action::ActionMeta;
use crate::error::{Error, ErrorRepr, NotSentCause, Result};
use crate::generated::DRY_RUN_ACTIONS;

/// The result of a dry run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum DryRun {
    /// The call would succeed, as far as the server can tell without performing it.
    WouldSucceed,
    /// The call would be refused, with this error: [`is_access_denied`](Error::is_access_denied) if the caller lacks the
    /// permission, [`is_validation`](Error::is_validation) if the request is invalid, and so on.
    WouldBeRefused(Error),
}

impl DryRun {
    /// Returns `true` if the call would succeed.
    pub fn would_succeed(&self) -> bool {
        matches!(self, Self::WouldSucceed)
    }

    /// Returns the error that the call would be refused with.
    pub fn refusal(&self) -> Option<&Error> {
        match self {
            Self::WouldSucceed => None,
            Self::WouldBeRefused(error) => Some(error),
        }
    }

    /// An error that says nothing about the call itself stays an error.
    fn of(result: Result<()>) -> Result<Self> {
        match result {
            Ok(()) => Ok(Self::WouldSucceed),
            Err(error) if is_refusal(&error) => Ok(Self::WouldBeRefused(error)),
            Err(error) => Err(error),
        }
    }
}

impl Client {
    /// Sends a request as a dry run. The response has nothing to decode.
    pub(super) async fn send_dry(&self, action: ActionMeta<'_>, request: EncodedRequest) -> Result<DryRun> {
        let client = self.with(CallOptions::new().dry_run(true));
        DryRun::of(client.send_encoded(action, request).await.map(drop))
    }
}

/// Returns `true` if an action has a dry run. Requests of other actions have no field `DryRun`.
///
/// ```
/// assert!(osc_api::has_dry_run("DeleteVms"));
/// assert!(!osc_api::has_dry_run("ReadPolicy"));
/// ```
pub fn has_dry_run(action: &str) -> bool {
    DRY_RUN_ACTIONS.binary_search(&action).is_ok()
}

/// Turns a request into a dry run of it.
///
/// # Errors
/// Returns an error if the action has no dry run: the server would perform the action.
pub(crate) fn make_dry(action: &str, request: EncodedRequest) -> Result<EncodedRequest> {
    let EncodedRequest { body, token } = request;
    let invalid = |reason: &str| {
        Error::new(action, ErrorRepr::NotSent { reason: reason.to_owned(), cause: NotSentCause::Invalid })
    };
    let not_an_object = || invalid("a request is a JSON object");
    let Flag(dry_run) = serde_json::from_slice(&body).map_err(|_| not_an_object())?;
    match dry_run {
        // The caller knows the action.
        Some(Value::Bool(true)) => return Ok(EncodedRequest { body, token }),
        None => {}
        Some(_) => return Err(invalid("its `DryRun` contradicts the client's dry runs: leave it out")),
    }
    if !has_dry_run(action) {
        return Err(invalid("it has no dry run, and would be performed"));
    }
    let members = body.strip_prefix(b"{").ok_or_else(not_an_object)?;
    let is_empty = members.trim_ascii_start().first() == Some(&b'}');
    let start: &[u8] = if is_empty { br#"{"DryRun":true"# } else { br#"{"DryRun":true,"# };
    Ok(EncodedRequest { body: [start, members].concat(), token })
}

/// `DryRun` of a request, if it has it. Other values are not kept: they may be secrets.
struct Flag(Option<Value>);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FlagVisitor)
    }
}

struct FlagVisitor;

impl<'de> Visitor<'de> for FlagVisitor {
    type Value = Flag;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Flag, A::Error> {
        let mut flag = Flag(None);
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            if name == "DryRun" {
                flag = Flag(Some(members.next_value()?));
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(flag)
    }
}

/// Whether the server evaluated the request and refused it.
fn is_refusal(error: &Error) -> bool {
    error.api().is_some_and(|response| matches!(response.status(), 400..500))
        && !error.is_authentication()
        && !error.is_throttled()
        && !matches!(error.outcome(), crate::error::AttemptOutcome::Unknown)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn made(action: &str, body: &Value) -> Result<Value> {
        let request = EncodedRequest::without_token(action, body)?;
        make_dry(action, request).map(|request| serde_json::from_slice(&request.body).unwrap())
    }

    #[test]
    fn a_request_becomes_a_dry_run() {
        for (body, expected) in [
            (json!({}), json!({ "DryRun": true })),
            (json!({ "VmIds": ["i-1"] }), json!({ "DryRun": true, "VmIds": ["i-1"] })),
            (json!({ "A": { "DryRun": false } }), json!({ "A": { "DryRun": false }, "DryRun": true })),
            (json!({ "DryRun": true }), json!({ "DryRun": true })),
        ] {
            assert_eq!(made("DeleteVms", &body).unwrap(), expected);
        }
    }

    #[test]
    fn what_could_be_performed_is_not_sent() {
        for (action, body) in [
            ("DeletePolicyVersion", json!({})),
            ("DeleteRainbows", json!({})),
            ("DeleteVms", json!({ "DryRun": false })),
            ("DeleteVms", json!({ "DryRun": "true" })),
            ("DeleteVms", json!([])),
        ] {
            let error = made(action, &body).unwrap_err();
            assert!(error.to_string().starts_with(&format!("{action} was not sent: ")), "{error}");
        }
        // The caller knows better than this version of the crate.
        assert!(made("DeleteRainbows", &json!({ "DryRun": true })).is_ok());
    }

    #[test]
    fn the_actions_are_sorted() {
        assert!(DRY_RUN_ACTIONS.is_sorted());
    }
}

//! The client token: a create that arrives twice with the same token returns the first result.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use crate::generated::service::CLIENT_TOKEN;
use crate::random;

/// Origin of the client token of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenOrigin {
    /// Set by the caller: the same if the caller repeats the call.
    Caller,
    /// Generated for this call.
    Generated,
    /// The request has no token.
    None,
}

/// Adds a token to a request, unless the caller set one.
pub(super) fn ensure(body: Vec<u8>) -> (Vec<u8>, TokenOrigin) {
    type Members = BTreeMap<String, Option<IgnoredAny>>;
    let Ok(members) = serde_json::from_slice::<Members>(&body) else {
        return (body, TokenOrigin::None);
    };
    match members.get(CLIENT_TOKEN) {
        Some(Some(_)) => return (body, TokenOrigin::Caller),
        Some(None) => return (body, TokenOrigin::None),
        None => {}
    }
    let (Some(token), Some(start)) = (random::token(), body.iter().position(|byte| *byte == b'{')) else {
        return (body, TokenOrigin::None);
    };
    let separator = if members.is_empty() { "" } else { "," };
    let member = format!("\"{CLIENT_TOKEN}\":\"{token}\"{separator}");
    let mut with_token = body;
    with_token.splice(start + 1..=start, member.into_bytes());
    (with_token, TokenOrigin::Generated)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn ensured(request: &str) -> (Value, TokenOrigin) {
        let (body, token) = ensure(request.as_bytes().to_vec());
        (serde_json::from_slice(&body).unwrap(), token)
    }

    #[test]
    fn a_request_without_a_token_gets_a_new_one() {
        for request in ["{}", " { } ", r#"{"A":1}"#, r#"{ "A": {"ClientToken": "inner"}, "B": [] }"#] {
            let (one, token) = ensured(request);
            let (other, _) = ensured(request);
            assert_eq!(token, TokenOrigin::Generated);
            assert_ne!(one["ClientToken"], other["ClientToken"]);
            let length = one["ClientToken"].as_str().unwrap().len();
            assert!((16..=64).contains(&length), "{one}");
            let mut rest = one;
            rest.as_object_mut().unwrap().remove("ClientToken");
            assert_eq!(rest, serde_json::from_str::<Value>(request).unwrap());
        }
    }

    #[test]
    fn the_token_of_the_caller_is_kept() {
        let request = json!({ "A": 1, "ClientToken": "mine" });
        assert_eq!(ensured(&request.to_string()), (request, TokenOrigin::Caller));
    }

    #[test]
    fn a_request_that_cannot_have_a_token_is_unchanged() {
        for request in [json!({ "ClientToken": null }), json!([]), json!("text")] {
            assert_eq!(ensured(&request.to_string()), (request, TokenOrigin::None));
        }
    }
}

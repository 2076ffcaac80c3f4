//! The client token: with it, a create that arrives twice gives the first result again.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use crate::random;

const MEMBER: &str = "ClientToken";

/// Whose token a request has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// The caller's: it is the same when the caller makes the call again.
    Given,
    /// This call's.
    Made,
    /// None, and no place for one.
    Missing,
}

/// Gives a request a token, unless the caller gave it one.
pub(super) fn fill_in(body: Vec<u8>) -> (Vec<u8>, Token) {
    type Members = BTreeMap<String, Option<IgnoredAny>>;
    let Ok(members) = serde_json::from_slice::<Members>(&body) else {
        return (body, Token::Missing);
    };
    match members.get(MEMBER) {
        Some(Some(_)) => return (body, Token::Given),
        Some(None) => return (body, Token::Missing),
        None => {}
    }
    let (Some(token), Some(start)) = (random::token(), body.iter().position(|byte| *byte == b'{')) else {
        return (body, Token::Missing);
    };
    let separator = if members.is_empty() { "" } else { "," };
    let member = format!("\"{MEMBER}\":\"{token}\"{separator}");
    let mut filled = body;
    filled.splice(start + 1..=start, member.into_bytes());
    (filled, Token::Made)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn filled(request: &str) -> (Value, Token) {
        let (body, token) = fill_in(request.as_bytes().to_vec());
        (serde_json::from_slice(&body).unwrap(), token)
    }

    #[test]
    fn a_request_without_a_token_gets_one_of_its_own() {
        for request in ["{}", " { } ", r#"{"A":1}"#, r#"{ "A": {"ClientToken": "inner"}, "B": [] }"#] {
            let (one, token) = filled(request);
            let (other, _) = filled(request);
            assert_eq!(token, Token::Made);
            assert_ne!(one["ClientToken"], other["ClientToken"]);
            let length = one["ClientToken"].as_str().unwrap().len();
            assert!((16..=64).contains(&length), "{one}");
            let mut rest = one;
            rest.as_object_mut().unwrap().remove("ClientToken");
            assert_eq!(rest, serde_json::from_str::<Value>(request).unwrap());
        }
    }

    #[test]
    fn the_callers_token_is_the_one() {
        let request = json!({ "A": 1, "ClientToken": "mine" });
        assert_eq!(filled(&request.to_string()), (request, Token::Given));
    }

    #[test]
    fn what_has_no_place_for_a_token_stays_as_it_is() {
        for request in [json!({ "ClientToken": null }), json!([]), json!("text")] {
            assert_eq!(filled(&request.to_string()), (request, Token::Missing));
        }
    }
}

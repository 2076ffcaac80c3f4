//! Encoding of requests, with a client token: a create that arrives twice with the same token returns the first result.

use serde::Serialize;

use crate::action::{Action, RetrySafety};
use crate::error::{Error, Result};
use crate::random;

/// Origin of the client token of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenOrigin {
    /// Set by the caller: the same if the caller repeats the call.
    Caller,
    /// Generated for this call.
    Generated,
    /// The request has no token.
    None,
}

/// A request, ready to send.
#[derive(Debug)]
pub(crate) struct EncodedRequest {
    pub(crate) body: Vec<u8>,
    pub(crate) token: TokenOrigin,
}

impl EncodedRequest {
    /// Encodes the request of an action. A client token is generated if the action has one and the caller set none.
    pub(crate) fn new<A: Action>(request: &A::Request) -> Result<Self> {
        if A::RETRY != RetrySafety::ClientToken {
            return Self::without_token(A::NAME, request);
        }
        let mut request = request.clone();
        let token = A::client_token(&mut request).map_or(TokenOrigin::None, ensure);
        Ok(Self { body: encode(A::NAME, &request)?, token })
    }

    /// Encodes a request that has no client token.
    pub(crate) fn without_token<T: Serialize>(action: &str, request: &T) -> Result<Self> {
        Ok(Self { body: encode(action, request)?, token: TokenOrigin::None })
    }
}

/// Sets a new token, unless there is one. Without randomness the request is sent without a token, and never retried.
fn ensure(token: &mut Option<String>) -> TokenOrigin {
    if token.is_some() {
        return TokenOrigin::Caller;
    }
    *token = random::token();
    if token.is_some() { TokenOrigin::Generated } else { TokenOrigin::None }
}

pub(super) fn encode<T: Serialize>(action: &str, request: &T) -> Result<Vec<u8>> {
    match serde_json::to_vec(request) {
        // A request without fields may be serialized as null; the server requires an object.
        Ok(body) if body == b"null" => Ok(b"{}".to_vec()),
        Ok(body) => Ok(body),
        Err(error) => Err(Error::encode(action, &error)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::action::{Auth, CreateVms, ReadVms};
    use crate::types::{CreateVmsRequest, ReadVmsRequest};

    fn encoded<A: Action>(request: &A::Request) -> (Value, TokenOrigin) {
        let EncodedRequest { body, token } = EncodedRequest::new::<A>(request).unwrap();
        (serde_json::from_slice(&body).unwrap(), token)
    }

    #[test]
    fn a_request_without_a_token_gets_a_new_one() {
        let request = CreateVmsRequest::new("ami-1");
        let (one, token) = encoded::<CreateVms>(&request);
        let (other, _) = encoded::<CreateVms>(&request);
        assert_eq!(token, TokenOrigin::Generated);
        assert_ne!(one["ClientToken"], other["ClientToken"]);
        assert!((16..=64).contains(&one["ClientToken"].as_str().unwrap().len()), "{one}");
        assert_eq!(one["ImageId"], "ami-1");
    }

    #[test]
    fn the_token_of_the_caller_is_kept() {
        let request = CreateVmsRequest::new("ami-1").client_token("mine");
        let expected = json!({ "ClientToken": "mine", "ImageId": "ami-1" });
        assert_eq!(encoded::<CreateVms>(&request), (expected, TokenOrigin::Caller));
    }

    #[test]
    fn other_actions_have_no_token() {
        assert_eq!(encoded::<ReadVms>(&ReadVmsRequest::new()), (json!({}), TokenOrigin::None));
    }

    /// An action of another crate that does not say where its token is.
    struct Careless;

    impl Action for Careless {
        type Request = Value;
        type Response = Value;
        const NAME: &'static str = "Careless";
        const AUTH: Auth = Auth::None;
        const RETRY: RetrySafety = RetrySafety::ClientToken;
    }

    #[test]
    fn an_action_that_does_not_return_its_token_field_counts_as_without_a_token() {
        let request = json!({ "ClientToken": "mine" });
        assert_eq!(encoded::<Careless>(&request), (request, TokenOrigin::None));
    }
}

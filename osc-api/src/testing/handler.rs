//! What a test does with a request.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::fault::Fault;
use crate::action::Action;
use crate::json::{self, Failure};

/// A handler without its types: the request's bytes in, the answer as JSON out.
pub(super) type Untyped = Box<dyn FnMut(&[u8]) -> Result<Value, Fault> + Send>;

/// A closure that answers an action: from its request to its response, or to `Result<_, Fault>`.
///
/// All such closures are handlers; nobody needs to implement this.
#[diagnostic::on_unimplemented(
    message = "this does not handle the action `{A}`",
    note = "a handler is a closure from the action's request to its response, or to a `Result` of that and `Fault`, \
            that is `Send` and borrows nothing"
)]
pub trait Handler<A: Action>: FnMut(A::Request) -> <Self as Handler<A>>::Answer + Send + 'static {
    /// What it returns.
    type Answer: IntoAnswer<A::Response>;
}

impl<A, F, T> Handler<A> for F
where
    A: Action,
    F: FnMut(A::Request) -> T + Send + 'static,
    T: IntoAnswer<A::Response>,
{
    type Answer = T;
}

/// What a handler can return: a response `R`, or `Result<R, Fault>`.
#[diagnostic::on_unimplemented(
    message = "a handler returns `{R}` or `Result<{R}, Fault>`, not `{Self}`",
    label = "not an answer"
)]
pub trait IntoAnswer<R> {
    /// The response, or what comes in its place.
    ///
    /// # Errors
    /// The fault.
    fn into_answer(self) -> Result<R, Fault>;
}

impl<R> IntoAnswer<R> for R {
    fn into_answer(self) -> Result<R, Fault> {
        Ok(self)
    }
}

impl<R> IntoAnswer<R> for Result<R, Fault> {
    fn into_answer(self) -> Result<R, Fault> {
        self
    }
}

/// Takes the types off a handler of an action.
pub(super) fn typed<A: Action + 'static>(mut handler: impl Handler<A>) -> Untyped
where
    A::Request: DeserializeOwned,
    A::Response: Serialize,
{
    Box::new(move |body| {
        let response = handler(decode(body)?).into_answer()?;
        serde_json::to_value(response).map_err(|error| broken(&error))
    })
}

/// Takes the types off a handler of JSON.
pub(super) fn raw<T: IntoAnswer<Value>>(mut handler: impl FnMut(Value) -> T + Send + 'static) -> Untyped {
    Box::new(move |body| handler(decode(body)?).into_answer())
}

/// A request that is not of its form is refused as the cloud would refuse it. Its values are not repeated: they may be
/// secret.
fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    json::read(body).map_err(|Failure { path, .. }| {
        let place = path.as_deref().unwrap_or("the request");
        Fault::uncoded(400, "InvalidParameterValue", format!("{place} is not what the action takes"))
    })
}

fn broken(error: &serde_json::Error) -> Fault {
    Fault::uncoded(500, "FakeApi", format!("the handler's response cannot be written as JSON: {error}"))
}

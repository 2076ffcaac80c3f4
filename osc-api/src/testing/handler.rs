//! Handlers: what a test responds to a request.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::fault::Fault;
use super::validation::decode;
use crate::action::Action;

/// A type-erased handler: from the bytes of a request to a JSON response.
pub(super) type ErasedHandler = Box<dyn FnMut(&[u8]) -> Result<Value, Fault> + Send>;

/// A handler of an action: a closure from its request to its response, or to `Result<_, Fault>`.
///
/// Implemented for all such closures.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler of the action `{A}`",
    note = "a handler is a closure from the action's request to its response, or to a `Result` of that and `Fault`, \
            that is `Send` and borrows nothing"
)]
pub trait Handler<A: Action>: FnMut(A::Request) -> <Self as Handler<A>>::Output + Send + 'static {
    /// The return type.
    type Output: IntoResponse<A::Response>;
}

impl<A, F, T> Handler<A> for F
where
    A: Action,
    F: FnMut(A::Request) -> T + Send + 'static,
    T: IntoResponse<A::Response>,
{
    type Output = T;
}

/// Return type of a handler: a response `R`, or `Result<R, Fault>`.
#[diagnostic::on_unimplemented(
    message = "a handler returns `{R}` or `Result<{R}, Fault>`, not `{Self}`",
    label = "not a response"
)]
pub trait IntoResponse<R> {
    /// Converts into the response.
    ///
    /// # Errors
    /// Returns the fault to send instead.
    fn into_response(self) -> Result<R, Fault>;
}

impl<R> IntoResponse<R> for R {
    fn into_response(self) -> Result<R, Fault> {
        Ok(self)
    }
}

impl<R> IntoResponse<R> for Result<R, Fault> {
    fn into_response(self) -> Result<R, Fault> {
        self
    }
}

/// Erases the types of a handler.
pub(super) fn typed<A: Action + 'static>(mut handler: impl Handler<A>) -> ErasedHandler
where
    A::Request: DeserializeOwned,
    A::Response: Serialize,
{
    Box::new(move |body| {
        let response = handler(decode(body)?).into_response()?;
        serde_json::to_value(response).map_err(|error| not_serializable(&error))
    })
}

/// Erases the types of a JSON handler.
pub(super) fn raw<T: IntoResponse<Value>>(
    mut handler: impl FnMut(Value) -> T + Send + 'static,
) -> ErasedHandler {
    Box::new(move |body| handler(decode(body)?).into_response())
}

fn not_serializable(error: &serde_json::Error) -> Fault {
    Fault::uncoded(500, "FakeApi", format!("the handler's response cannot be serialized: {error}"))
}

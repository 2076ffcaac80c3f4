//! JSON for the generated structs: encoding requests, decoding responses.
//!
//! serde's derive macros would take three times the build time of the whole crate: they support formats and
//! attributes that this API does not use. Instead, each struct gives a table of its fields, and the API's rules are
//! in one place:
//! - an absent member is not encoded; an empty list is;
//! - any member of a response may be missing, null, repeated or unknown, and null elements of lists are left out;
//! - a value of another type is converted if nothing is lost by it, and ignored otherwise.

mod context;
mod encode;
mod macros;
mod object;
mod path;
pub(crate) mod text;
mod value;

#[cfg(test)]
mod tests;

use serde::de::DeserializeOwned;
use serde_json::error::Category;

use context::{Context, Strictness};

pub(crate) use context::Mismatch;
pub use encode::{Member, Object};
pub use object::{Entry, Members, decode, from_object, has_only_context};
pub use value::{FromObject, Name, Received, Scalar, Slot};

/// Smallest limit of a decoded response, in bytes: a struct is larger than the text of an almost empty object.
const MIN_DECODED_SIZE: usize = 1 << 20;

/// A decoded response, and what was ignored in it.
#[derive(Debug)]
pub(crate) struct Decoded<T> {
    pub(crate) value: T,
    pub(crate) ignored: Option<Ignored>,
}

/// Values of a response that do not fit their types.
#[derive(Debug)]
pub(crate) struct Ignored {
    pub(crate) count: usize,
    /// Path of the first one, such as `Vms[3].BlockDeviceMappings[0].Bsu`.
    pub(crate) path: String,
    /// Kinds of the first one's value and type.
    pub(crate) mismatch: Mismatch,
}

/// The reason why a text could not be decoded.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The text is not JSON or not of the type.
    Invalid {
        /// Path of the value, such as `Vms[3].BlockDeviceMappings[0].Bsu`; `None` for the text as a whole.
        path: Option<String>,
        error: serde_json::Error,
    },
    /// The decoded lists, maps and boxes are larger than this number of bytes.
    TooLarge { limit: usize },
}

/// How a response is decoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DecodeOptions {
    /// Limit of the response's size in bytes. What is decoded may take twice as much memory.
    pub(crate) max_response_size: usize,
    /// Fails for a value that does not fit its type, instead of ignoring it.
    pub(crate) is_strict: bool,
}

/// Decodes a whole response.
///
/// # Errors
/// Returns an error if the text is not JSON or not of this type, or if the decoded response is too large.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8], options: DecodeOptions) -> Result<Decoded<T>, Failure> {
    let text = text::decode(body);
    match read_text(&text, options) {
        Err(Failure::Invalid { error, .. }) if error.is_eof() && text::is_blank(&text) => {
            // For some types an empty body is as good as null. Others report what they really got.
            read_text("null", options).map_err(|_| failure(&text, error))
        }
        Err(Failure::Invalid { path, error }) if error.classify() == Category::Syntax => {
            match text::repair(&text) {
                Some(repaired) => read_text(&repaired, options),
                None => Err(Failure::Invalid { path, error }),
            }
        }
        result => result,
    }
}

fn read_text<T: DeserializeOwned>(text: &str, options: DecodeOptions) -> Result<Decoded<T>, Failure> {
    let limit = options.max_response_size.saturating_mul(2).max(MIN_DECODED_SIZE);
    let strictness = if options.is_strict { Strictness::Strict } else { Strictness::Lenient };
    let (result, context) = context::run(Context::new(strictness, limit), || serde_json::from_str(text));
    match result {
        Ok(value) => Ok(Decoded { value, ignored: ignored::<T>(text, context) }),
        Err(_) if context.is_exceeded => Err(Failure::TooLarge { limit }),
        Err(error) => Err(failure(text, error)),
    }
}

/// Finds the first ignored value. Decoding keeps no account of where it is, so that it is done once more, up to there.
#[cold]
fn locate<T: DeserializeOwned>(text: &str) -> String {
    let context = Context::new(Strictness::Strict, usize::MAX);
    match context::run(context, || serde_json::from_str::<T>(text)).0 {
        Ok(_) => String::new(),
        Err(error) => path::of(text.as_bytes(), &error),
    }
}

fn ignored<T: DeserializeOwned>(text: &str, context: Context) -> Option<Ignored> {
    let Context { ignored: count @ 1.., first: Some(mismatch), .. } = context else { return None };
    Some(Ignored { count, path: locate::<T>(text), mismatch })
}

#[cold]
fn failure(text: &str, error: serde_json::Error) -> Failure {
    let path = Some(path::of(text.as_bytes(), &error)).filter(|path| !path.is_empty());
    Failure::Invalid { path, error }
}

//! JSON for the generated structs: encoding requests, decoding responses.
//!
//! serde's derive macros would triple the build time of the whole crate: they support formats and attributes that this
//! API does not use. Instead, each struct has a table of its fields, and the rules of the API are in one place:
//! - an absent member is not encoded; an empty list is;
//! - any member of a response may be missing, null, repeated or unknown, and null elements of lists are skipped;
//! - a value of another type is converted if nothing is lost by it, and ignored otherwise.

mod access;
mod bounded;
mod context;
mod decoder;
mod encode;
mod macros;
mod name;
mod object;
mod path;
mod scalar;
mod scanner;
mod skeleton;
mod target;
pub(crate) mod text;
mod value;

#[cfg(test)]
mod tests;

use serde::de::DeserializeOwned;
use serde_json::error::Category;

use context::Context;

pub(crate) use bounded::BoundedValue;
pub(crate) use context::{Mismatch, Strictness};
pub use encode::{Member, Object};
pub use object::{decode, decode_request, insert_object, take};
pub use scalar::Scalar;
pub use target::{Fields, Outcome, ReadError, ReadList, ReadObject, Target};
pub use value::{Members, Received, from_text};

/// How many times larger than the limit of its text a response of generated types may be.
const MAX_EXPANSION: usize = 2;

/// The same for JSON values: each object of a few members takes 700 bytes, and published examples 13 times their text.
const MAX_VALUE_EXPANSION: usize = 16;

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
    /// Limit of the memory that the lists, maps and boxes take, in bytes.
    max_decoded_size: usize,
    strictness: Strictness,
}

impl DecodeOptions {
    /// For generated types, by the limit of the response's size in bytes.
    pub(crate) fn new(max_response_size: usize, strictness: Strictness) -> Self {
        let max_decoded_size = max_response_size.saturating_mul(MAX_EXPANSION).max(MIN_DECODED_SIZE);
        Self { max_decoded_size, strictness }
    }

    /// For [`BoundedValue`].
    pub(crate) fn for_value(max_response_size: usize) -> Self {
        let max_decoded_size = max_response_size.saturating_mul(MAX_VALUE_EXPANSION).max(MIN_DECODED_SIZE);
        Self { max_decoded_size, strictness: Strictness::Lenient }
    }
}

/// Decodes a whole response.
///
/// # Errors
/// Returns an error if the text is not JSON or not of this type, or if the decoded response is too large.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8], options: DecodeOptions) -> Result<Decoded<T>, Failure> {
    let text = text::decode(body);
    match read_text(&text, options) {
        Err(Failure::Invalid { error, .. }) if error.is_eof() && text::is_blank(&text) => {
            // Some types accept an empty body like null. The others report the empty body.
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
    let DecodeOptions { max_decoded_size: limit, strictness } = options;
    let (result, context) = context::run(Context::new(strictness, limit), || decoder::from_str(text));
    match result {
        Ok(value) => Ok(Decoded { value, ignored: ignored::<T>(text, context) }),
        Err(_) if context.is_exceeded => Err(Failure::TooLarge { limit }),
        Err(error) => Err(match context::take_lost_member() {
            Some(name) => Failure::Invalid { path: Some(name), error },
            None => failure(text, error),
        }),
    }
}

/// Finds the first ignored value. Decoding does not track its location, so the text is decoded again up to there.
#[cold]
fn locate<T: DeserializeOwned>(text: &str) -> String {
    let context = Context::new(Strictness::Strict, usize::MAX);
    match context::run(context, || decoder::from_str::<T>(text)).0 {
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

//! Decoding a successful response for a client: within its limits, with a warning for what is ignored.

use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing::warn;

use super::Client;
use crate::error::{Error, Result};
use crate::json::{self, BoundedValue, DecodeOptions, Decoded, Failure, Ignored, Strictness};

impl Client {
    /// Decodes the body of a successful response.
    pub(crate) fn decode<T: DeserializeOwned>(&self, action: &str, body: &[u8], attempts: u32) -> Result<T> {
        self.decode_as(action, body, attempts, self.options(Strictness::Lenient))
    }

    /// Decodes the body of a successful response of any type.
    pub(crate) fn decode_value(&self, action: &str, body: &[u8], attempts: u32) -> Result<Value> {
        let options = DecodeOptions::for_value(self.settings.max_response_size);
        self.decode_as(action, body, attempts, options).map(|BoundedValue(value)| value)
    }

    /// Decodes a page of a listing. A list or a page token of an unexpected type is an error: to ignore it would end the
    /// listing early.
    pub(crate) fn decode_page<T: DeserializeOwned>(
        &self,
        action: &str,
        body: &[u8],
        attempts: u32,
    ) -> Result<T> {
        self.decode_as(action, body, attempts, self.options(Strictness::WholePage))
    }

    fn options(&self, strictness: Strictness) -> DecodeOptions {
        let strictness = if self.settings.is_decoding_strict { Strictness::Strict } else { strictness };
        DecodeOptions::new(self.settings.max_response_size, strictness)
    }

    fn decode_as<T: DeserializeOwned>(
        &self,
        action: &str,
        body: &[u8],
        attempts: u32,
        options: DecodeOptions,
    ) -> Result<T> {
        match json::read(body, options) {
            Ok(Decoded { value, ignored }) => {
                if let Some(ignored) = ignored {
                    report(action, &ignored);
                }
                Ok(value)
            }
            Err(failure) => Err(self.decode_error(action, body, failure).after(attempts, false)),
        }
    }

    #[cold]
    fn decode_error(&self, action: &str, body: &[u8], failure: Failure) -> Error {
        match failure {
            Failure::Invalid { path, error } => {
                Error::decode(action, self.shared.config.endpoint.host(), &error, path, body)
            }
            Failure::TooLarge { limit } => Error::decoded_too_large(action, limit),
        }
    }
}

/// Logs one warning per response. It has no values, which may be secrets.
#[cold]
fn report(action: &str, ignored: &Ignored) {
    let Ignored { count, path, mismatch } = ignored;
    let (found, expected) = (mismatch.found, mismatch.expected);
    warn!(action, count, path, found, expected, "ignored response values of an unexpected type");
}

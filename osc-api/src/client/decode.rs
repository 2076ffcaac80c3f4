//! Decoding a successful response for a client: within its limits, with a warning for what is ignored.

use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing::warn;

use super::Client;
use super::call::{CallEnd, RawResponse};
use crate::error::{Error, Result};
use crate::json::{self, BoundedValue, DecodeOptions, Decoded, Failure, Ignored, Strictness};

impl Client {
    /// Decodes a successful response, which ends its call.
    pub(crate) fn decode<T: DeserializeOwned>(&self, response: &RawResponse) -> Result<T> {
        self.decode_as(response, self.options(Strictness::Lenient))
    }

    /// Decodes a successful response of any type.
    pub(crate) fn decode_value(&self, response: &RawResponse) -> Result<Value> {
        let options = DecodeOptions::for_value(self.settings.max_response_size);
        self.decode_as(response, options).map(|BoundedValue(value)| value)
    }

    /// Decodes a page of a listing. A list or a page token of an unexpected type is an error: to ignore it would end the
    /// listing early.
    pub(crate) fn decode_page<T: DeserializeOwned>(&self, response: &RawResponse) -> Result<T> {
        self.decode_as(response, self.options(Strictness::WholePage))
    }

    fn options(&self, strictness: Strictness) -> DecodeOptions {
        let strictness = if self.settings.is_decoding_strict { Strictness::Strict } else { strictness };
        DecodeOptions::new(self.settings.max_response_size, strictness)
    }

    fn decode_as<T: DeserializeOwned>(&self, response: &RawResponse, options: DecodeOptions) -> Result<T> {
        let RawResponse { status, body, progress } = response;
        match json::read(body, options) {
            Ok(Decoded { value, ignored }) => {
                if let Some(ignored) = ignored {
                    report(progress.action(), &ignored);
                }
                progress.report_end(&CallEnd::Succeeded(*status, body));
                Ok(value)
            }
            Err(failure) => Err(self.decode_error(response, failure)),
        }
    }

    #[cold]
    fn decode_error(&self, response: &RawResponse, failure: Failure) -> Error {
        let RawResponse { body, progress, .. } = response;
        let action = progress.action();
        let error = match failure {
            Failure::Invalid { path, error } => {
                Error::decode(action, self.shared.config.endpoint.host(), &error, path, body)
            }
            Failure::TooLarge { limit } => Error::decoded_too_large(action, limit),
        };
        let error = error.after(progress.attempts(), false);
        progress.report_end(&CallEnd::Failed(&error));
        error
    }
}

/// Logs one warning per response. It has no values, which may be secrets.
#[cold]
fn report(action: &str, ignored: &Ignored) {
    let Ignored { count, path, mismatch } = ignored;
    let (found, expected) = (mismatch.found, mismatch.expected);
    warn!(action, count, path, found, expected, "ignored response values of an unexpected type");
}

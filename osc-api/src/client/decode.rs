//! Decoding a successful response for a client: within its limits, with a warning for what is ignored.

use serde::de::DeserializeOwned;
use tracing::warn;

use super::Client;
use crate::error::{Error, Result};
use crate::json::{self, DecodeOptions, Decoded, Failure, Ignored};

impl Client {
    /// Decodes the body of a successful response.
    pub(crate) fn decode<T: DeserializeOwned>(&self, action: &str, body: &[u8], attempts: u32) -> Result<T> {
        let options = DecodeOptions {
            max_response_size: self.settings.max_response_size,
            is_strict: self.settings.is_decoding_strict,
        };
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

//! What generated code calls. Not part of the public interface: anything here may change in any version.

pub use serde;

pub use crate::batch::sealed::SealedListed;
pub use crate::json::{
    Fields, Member, Members, Object, Outcome, ReadError, ReadList, ReadObject, Received, Scalar, Target,
    decode, decode_request, from_text, insert_object, take,
};
pub use crate::listing::{ListingRow, PageStyle};
pub use crate::paginate::sealed::{SealedListRequest, SealedPaginated};
pub use crate::paginate::{Cursor, ListRequest, Next, ResponseOf};
#[cfg(feature = "testing")]
pub use crate::testing::validation::{Reencode, reencode};
#[cfg(feature = "testing")]
pub use crate::values::argument::IntoField;
pub use crate::values::argument::{FromText, IntoId, IntoList, IntoValue, IntoVec};
pub use crate::values::id::sealed::Sealed as SealedIdentifier;
pub use crate::values::id::{IdText, Identifier};
pub use crate::values::open_enum::text;
pub use crate::values::traits;
pub use crate::{
    __exchanged as exchanged, __identifier as identifier, __identifier_from as identifier_from,
    __into_value as into_value, __open_enum as open_enum, __open_integer_enum as open_integer_enum,
    __received as received, __sent as sent, __test_setters as test_setters,
};

/// The value of an accessor, or an error with the path of the missing value.
///
/// # Errors
/// Returns an error without a value.
pub fn required<'a, T>(value: Option<&'a T>, path: &'static str) -> crate::Result<&'a T> {
    value.ok_or_else(|| crate::Error::missing(path))
}

/// Signs like the client, with everything passed in: for test vectors computed by other programs.
///
/// Returns the value of `X-Osc-Date` and that of `Authorization`.
pub fn sign(
    access_key: &str,
    secret_key: &str,
    region: &str,
    unix_seconds: i64,
    host: &str,
    path: &str,
    body: &[u8],
) -> (String, String) {
    signer(access_key, secret_key, region)(unix_seconds, host, path, body)
}

/// Like [`sign`], for many requests: the returned function takes the last four arguments.
pub fn signer(
    access_key: &str,
    secret_key: &str,
    region: &str,
) -> impl Fn(i64, &str, &str, &[u8]) -> (String, String) + use<> {
    let signer = crate::sign::Signer::new(access_key, &crate::Secret::from(secret_key), region);
    move |unix_seconds, host, path, body| {
        let at = jiff::Timestamp::from_second(unix_seconds).unwrap_or_default();
        let crate::sign::Signed { date, authorization } = signer.sign(at, host, path, body);
        (date, authorization)
    }
}

/// Decodes a response as the client does, with its default limit.
///
/// # Errors
/// Returns an error if the text is not JSON or not of this type.
pub fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    let options = crate::json::DecodeOptions::new(64 << 20, crate::json::Strictness::Lenient);
    match crate::json::read(bytes, options) {
        Ok(decoded) => Ok(decoded.value),
        Err(crate::json::Failure::Invalid { error, .. }) => Err(error),
        Err(crate::json::Failure::TooLarge { .. }) => {
            Err(serde::de::Error::custom("the response is too large"))
        }
    }
}
